"""JSON bodies, read strictly: a hostile body is a located 400, never a crash and never a stored surprise."""

import json
import math

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most 1 MiB and 16 levels; no duplicate keys, NUL, lone surrogates or infinities."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise ParseError(f"The body is larger than {MAX_BYTES} bytes.", code="too_large")
        if not body.strip():
            return {}
        try:
            orjson.loads(body)  # Strict and bounded in depth, so the reading below cannot exhaust the stack.
            value = json.loads(body, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not valid JSON: {error}", code="invalid_json") from None
        _check(value, depth=1)
        return value


def _no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constants(name):
    raise ValueError(f"{name} is not a number")


def _check(value, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.", code="too_deep")
    if isinstance(value, str) and "\x00" in value:
        raise ParseError("Text must not contain the NUL character.", code="nul_character")
    if isinstance(value, float) and not math.isfinite(value):
        raise ParseError("Numbers must be finite.", code="not_finite")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth + 1)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
