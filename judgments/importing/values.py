"""Values as they are written in files: what is blank, what counts as an id, what can be kept."""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import orjson

MOST_ID = 200
BEYOND = 2**63
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,5}\Z")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}\Z", re.ASCII)
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs", "Mn", "Me"}


def is_blank(text: str) -> bool:
    """Whether nothing can be seen: empty, spaces, controls and zero-width characters only."""
    return not any(unicodedata.category(character) not in INVISIBLE for character in text.strip())


def written(value: Any) -> str:
    """A plain value as a data file would write it: the code by which scale points and keys are found."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def joined(values: Iterable[str]) -> str:
    """Several keys as one, so that different keys stay different: a|b, with | and \\ escaped inside."""
    parts = list(values)
    if len(parts) == 1:
        return parts[0]
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def id_problem(value: str) -> str:
    """Why a text cannot be an id; empty when it can."""
    if value.isascii() and value.isalnum() and len(value) <= MOST_ID:
        return ""
    if is_blank(value):
        return "An id is missing."
    if len(value) > MOST_ID:
        return f"This id has {len(value)} characters; at most {MOST_ID} can be kept."
    if not value.isprintable():
        place = next(index for index, character in enumerate(value, 1) if not character.isprintable())
        return f"This id holds an invisible character (character {place})."
    return ""


def alike(value: str) -> str:
    """The form under which two ids look the same to a person."""
    if value.isascii():
        folded = value.strip().casefold()
        return value if folded == value else folded  # One object rather than two, for many ids.
    folded = unicodedata.normalize("NFC", value).casefold().strip()
    return unicodedata.normalize("NFC", folded)


def deeper_than(value: Any, most: int) -> bool:
    """Whether lists and objects lie in each other more than `most` deep."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def strings_in(value: Any) -> Iterable[str]:
    """Every text inside a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings_in(str(key))
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def has_large_number(value: Any) -> bool:
    """Whether a number inside the value is infinite, or a whole one beyond 64 bits."""
    kind = type(value)
    if kind is str:
        return False
    if kind is dict:
        return any(map(has_large_number, value.values()))
    if kind is list:
        return any(map(has_large_number, value))
    return (kind is int and abs(value) >= BEYOND) or (kind is float and math.isinf(value))
