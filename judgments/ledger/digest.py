"""What a ledger holds, as one number: the same judgments by the same people, whatever rows they have."""

import hashlib

import numpy as np

from judgments.ledger.tables import Ledger


def content(held: Ledger) -> int:
    """A number of 256 bits that is the same for the same items, people and answers in the same order."""
    judged, given = held.judgments, held.ratings
    found = hashlib.sha256()
    for dimension in held.dimensions:
        found.update(dimension.name.encode())
    columns: tuple[np.ndarray, ...] = (
        judged.item, judged.reader, judged.occasion, judged.revision, judged.is_current, judged.is_counted,
        given.judgment, given.dimension, given.form, given.reason, given.point, given.low, given.high,
        given.both_a, given.both_b,
    )  # fmt: skip
    for column in columns:
        found.update(np.ascontiguousarray(column).tobytes())
    found.update(repr([labels for labels in given.labels if labels is not None]).encode())
    return int.from_bytes(found.digest())
