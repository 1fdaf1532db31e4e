"""JSON bodies, read strictly: a hostile body is a located 4xx, never a crash and never a stored surprise."""

import json
import math

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
MAX_INTEGER = 2**53
"""Above it a number is not the same everywhere: not in floats, and not in other people's JSON readers."""


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = f"The body is larger than {MAX_BYTES} bytes."


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most 1 MiB and 16 levels; no duplicate keys, NUL, lone surrogates or endless numbers."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
        if not body.strip():
            return {}
        try:
            orjson.loads(body)  # Strict about UTF-8 and surrogates, and bounded in depth.
            value = json.loads(body, object_pairs_hook=_no_duplicates, parse_constant=_no_constants, parse_int=_whole)
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


def _whole(digits: str) -> int:
    # Length first: turning a million digits into a number takes time.
    if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
        raise ValueError("a whole number lies beyond 2 to the power of 53")
    return int(digits)


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
