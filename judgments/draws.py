"""Draws that can be made again: every order and side follows from a study's seed and what it is drawn for."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def key(seed: str, *about: object) -> bytes:
    """A key for one draw: HMAC-SHA256 of what it is about, under the study's seed."""
    return hmac.new(seed.encode(), "\x1f".join(map(str, about)).encode(), hashlib.sha256).digest()


def fraction(key: bytes, about: str = "") -> float:
    """A number drawn evenly from [0, 1), in steps of 2**-53."""
    return (int.from_bytes(hmac.digest(key, about.encode(), "sha256")[:8], "big") >> 11) * 2.0**-53


def below(count: int, key: bytes, about: str = "") -> int:
    """A whole number drawn evenly from 0 … count - 1; 128 bits, so that no remainder shows."""
    return int.from_bytes(hmac.digest(key, about.encode(), "sha256")[:16], "big") % count


def rank(number: int, key: bytes) -> bytes:
    """Where a number stands in the keyed order of all numbers: sorted by rank, every order is equally likely."""
    return hmac.digest(key, b"%d" % number, "sha256")


def shuffled(values: Sequence[T], key: bytes) -> list[T]:
    """The values in an order that follows from the key alone."""
    return [values[index] for index in sorted(range(len(values)), key=lambda index: rank(index, key))]
