"""Draws that can be made again: every order and side follows from a study's seed and what it is drawn for.

A keyed permutation orders a study's items without storing the order: the item at place p costs the same
to find in a study of a thousand items and of a million.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 8
"""Four are too few for domains of a few bits: pairs of neighbours come out visibly uneven."""


def key(seed: str, *about: object) -> bytes:
    """A key for one draw: HMAC-SHA256 of what it is about, under the study's seed."""
    return hmac.new(seed.encode(), "\x1f".join(map(str, about)).encode(), hashlib.sha256).digest()


def bits_for(count: int) -> int:
    """The smallest even number of bits, at least 2, whose numbers include 0 … count - 1."""
    bits = max(2, (max(count, 1) - 1).bit_length())
    return bits + bits % 2


def permute(place: int, bits: int, key: bytes) -> int:
    """The number at a place of the keyed permutation of 0 … 2**bits - 1 (a balanced Feistel network).

    bits: even. Raises ValueError for a place outside the domain.
    Source: Luby and Rackoff (1988), doi:10.1137/0217022.
    """
    left, right = _halves(place, bits)
    for round_ in range(ROUNDS):
        left, right = right, left ^ _mix(right, round_, bits // 2, key)
    return (left << bits // 2) | right


def place_of(number: int, bits: int, key: bytes) -> int:
    """The place at which `permute` gives the number: its inverse."""
    left, right = _halves(number, bits)
    for round_ in reversed(range(ROUNDS)):
        left, right = right ^ _mix(left, round_, bits // 2, key), left
    return (left << bits // 2) | right


def shuffled(values: Sequence[T], key: bytes) -> list[T]:
    """The values in an order that follows from the key alone."""
    by_rank = sorted(range(len(values)), key=lambda index: hmac.digest(key, b"%d" % index, "sha256"))
    return [values[index] for index in by_rank]


def _halves(value: int, bits: int) -> tuple[int, int]:
    if bits % 2 or not 0 <= value < 1 << bits:
        raise ValueError(f"{value} is outside a domain of {bits} bits, or the bits are odd.")
    half = bits // 2
    return value >> half, value & ((1 << half) - 1)


def _mix(value: int, round_: int, half: int, key: bytes) -> int:
    digest = hmac.digest(key, b"%d:%d" % (round_, value), "sha256")
    return int.from_bytes(digest[:8], "big") & ((1 << half) - 1)
