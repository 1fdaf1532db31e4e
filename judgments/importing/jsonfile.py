"""JSON Lines (one object a line) and JSON (one list of objects), read strictly."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from judgments.importing.sources import BYTE_ORDER_MARK, Row, Source
from judgments.importing.values import deeper_than, has_large_number, strings_in

BLANK = b" \t\r\n"


class _Twice(ValueError):
    """An object names a key twice."""


def lines(source: Source) -> Iterator[Row]:
    """JSON Lines: each object at its line. Blank lines are passed over."""
    for number, line in source.lines():
        if not line.strip(BLANK):
            continue
        text = source.decoded(number, line)
        value = _parsed(source, number, text)
        if value is not None and _fits(source, number, value, len(line)):
            yield Row(number, value)


def array(source: Source) -> Iterator[Row]:
    """A JSON list: each object at the line on which it begins."""
    text = _array_text(source)
    decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_not_a_number)
    place, line, counted = _skip(text, text.index("[") + 1), 1, 0
    while not text.startswith("]", place):
        line, counted = line + text.count("\n", counted, place), place
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise source.problems.stop(source.name, line, "", "json", _words(error)) from None
        if _fits(source, line, value, end - place) and _is_keepable(source, line, value, text[place:end]):
            yield Row(line, value)
        place = _next(source, text, _skip(text, end))
    if _skip(text, place + 1) != len(text):
        line += text.count("\n", counted, place)
        raise source.problems.stop(source.name, line, "", "json", "Something follows after the list.")


def _array_text(source: Source) -> str:
    try:
        return source.whole().removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        words = f"Not UTF-8: byte {error.object[error.start]:#04x}. Save the file as UTF-8."
        raise source.problems.stop(source.name, line, "", "encoding", words) from None


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] in {" ", "\t", "\r", "\n"}:
        place += 1
    return place


def _next(source: Source, text: str, place: int) -> int:
    """Past the comma after an element, or at the closing bracket."""
    line = text.count("\n", 0, place) + 1 if not text.startswith((",", "]"), place) else 0
    if line:
        raise source.problems.stop(source.name, line, "", "json", "A comma or the end of the list is missing here.")
    if text.startswith("]", place):
        return place
    after = _skip(text, place + 1)
    if text.startswith("]", after):
        line = text.count("\n", 0, after) + 1
        raise source.problems.stop(source.name, line, "", "json", "A comma stands before the end of the list.")
    return after


def strict(text: str, depth: int) -> Any:
    """A JSON value, or ValueError in words: keys named twice, NUL, half surrogates, numbers too large, too deep."""
    try:
        # The first reading is strict about numbers, surrogates and recursion; the second finds keys named twice.
        if _is_deep(orjson.loads(text), text, depth):
            raise ValueError(f"Lists and objects lie more than {depth} deep.")
        value = json.loads(text, object_pairs_hook=_pairs)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(_words(error)) from None
    if why := _unkeepable(value, text):
        raise ValueError(why)
    return value


def _parsed(source: Source, number: int, text: str) -> Any:
    """The value of one line, or None with a problem noted."""
    try:
        return strict(text.rstrip("\r\n"), source.limits.depth)
    except ValueError as error:
        source.problems.add(source.name, number, "", "json", str(error))
        return None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Twice(f"The key {twice[:80]!r} is there twice.")
    return value


def _not_a_number(name: str):
    raise ValueError(f"{name} is not a number that can be kept.")


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "Lists and objects lie too deep."
    if isinstance(error, json.JSONDecodeError):
        return f"Not complete JSON: {error.msg} at character {error.colno}."
    return str(error)


def _fits(source: Source, line: int, value: Any, size: int) -> bool:
    if not isinstance(value, dict):
        source.problems.add(source.name, line, "", "json", "Each row is an object with named fields.")
        return False
    code, words = _unfit(source, value, size)
    if code:
        source.problems.add(source.name, line, "", code, words)
    return not code


def _unfit(source: Source, value: dict[str, Any], size: int) -> tuple[str, str]:
    limits = source.limits
    if size > limits.row_bytes:
        return "row_too_large", "This row is too long."
    if len(value) > limits.columns:
        return "columns", f"There are {len(value)} fields; at most {limits.columns} can be brought in."
    if size > limits.field_bytes:
        for name, field in value.items():
            if len(field.encode() if isinstance(field, str) else orjson.dumps(field)) > limits.field_bytes:
                return "field_too_large", f"{name[:80]} is longer than {limits.field_bytes // 1024} KB."
    return "", ""


def _is_deep(value: Any, text: str, depth: int) -> bool:
    return text.count("[") + text.count("{") > depth and deeper_than(value, depth)


def _is_keepable(source: Source, line: int, value: Any, text: str) -> bool:
    """Whether one element of a list can be kept, as `strict` sees to for a line."""
    depth = source.limits.depth
    deep = f"Lists and objects lie more than {depth} deep." if _is_deep(value, text, depth) else ""
    if why := deep or _unkeepable(value, text):
        source.problems.add(source.name, line, "", "json", why)
        return False
    return True


def _unkeepable(value: Any, text: str) -> str:
    """Why a parsed value cannot be kept on both databases; empty when it can."""
    if "\\" in text and any("\x00" in found or _has_surrogate(found) for found in strings_in(value)):
        return "A NUL character or half a surrogate pair cannot be kept."
    if has_large_number(value):
        return "A number is too large to be kept; write it as text."
    return ""


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
