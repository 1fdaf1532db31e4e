"""Who reads what next: one item at a time, each offer drawn by lot with a probability that is recorded.

Room is a row: k judgments wanted are k slots, made when an item is first offered. Whoever holds the
row's lock holds the room, so people racing for the last place can never both have it.

Locks are taken in one order everywhere: participant, assignment, slot, and the event chain's head last.
"""

from judgments.assignment.claims import (
    lock_participant,
    next_assignment,
    open_item,
    release_expired,
    skip,
    take_along,
    waiting,
)
from judgments.assignment.shelves import with_room
from judgments.assignment.slots import agree_with_design, take_open_slot

__all__ = [
    "agree_with_design",
    "lock_participant",
    "next_assignment",
    "open_item",
    "release_expired",
    "skip",
    "take_along",
    "take_open_slot",
    "waiting",
    "with_room",
]
