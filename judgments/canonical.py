"""One way to write a value down, so that its hash means the same everywhere."""

import hashlib
import secrets
from typing import Any

import orjson


def dumps(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8, shortest round-trip numbers.

    Raises TypeError for what JSON cannot hold, lone surrogates included.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def loads(text: str) -> Any:
    return orjson.loads(text)


def digest(value: Any) -> str:
    """sha256 of the canonical JSON, in hex."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def text_digest(salt: bytes | memoryview, text: str) -> str:
    """sha256 of salt and text: what stays in the history when the text itself is erased."""
    return hashlib.sha256(bytes(salt) + text.encode()).hexdigest()
