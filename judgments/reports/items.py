"""Every item with its answers by place, and with how many pairs of readers differ: an order to read them in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis.estimate import json_safe
from judgments.ledger import FORMS, Ledger
from judgments.models import Study
from judgments.reports.counting import Counted, counted
from judgments.reports.keeping import kept


@dataclass(frozen=True)
class ItemCounts:
    """One item on one dimension. counts: point answers at each place; forms: all answers by form.

    differ: share of the pairs of readers who answered differently; nan where there is no pair.
    """

    counts: dict[str, int]
    forms: dict[str, int]
    differ: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"counts": self.counts, "forms": self.forms, "differ": json_safe(self.differ)}


@dataclass(frozen=True)
class ItemRow:
    """One item. differ: share of pairs that differ, of all pairs on all of its dimensions together."""

    uid: str
    external_id: str
    n_readers: int
    differ: float
    dimensions: dict[str, ItemCounts]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: json_safe(getattr(self, name)) for name in ("uid", "external_id", "n_readers", "differ")}
        return plain | {"dimensions": {name: found.to_dict() for name, found in self.dimensions.items()}}


def items(study: Study, subset: str | None = None) -> tuple[ItemRow, ...]:
    """All items in their own order; sort them by `differ` to begin where readers part.

    Of a subset, only the items that were judged in it. Raises UnknownSubset.
    """
    return kept(study, "items", subset, lambda held: _items(held, only_judged=subset is not None))


def _items(held: Ledger, *, only_judged: bool) -> tuple[ItemRow, ...]:
    n = len(held.items.id)
    by_dimension: dict[str, tuple[Counted, np.ndarray]] = {}
    for row, dimension in enumerate(held.dimensions):
        given = held.on(row, held.is_of_reading)
        item = held.judgments.item[given.judgment]
        forms = np.bincount(item * len(FORMS) + given.form, minlength=n * len(FORMS)).reshape(n, len(FORMS))
        by_dimension[dimension.name] = counted(dimension, given, item, n), forms
    places = {dimension.name: dimension.places for dimension in held.dimensions}
    columns = {
        name: (found.counts.tolist(), forms.tolist(), found.share.tolist())
        for name, (found, forms) in by_dimension.items()
    }
    differ = _together([found for found, _ in by_dimension.values()], n).tolist()
    readings = held.judgments.item[held.judgments.are_readings]
    readers = np.bincount(readings, minlength=n).tolist()
    return tuple(
        ItemRow(
            uid=held.items.uid[row],
            external_id=held.items.external_id[row],
            n_readers=readers[row],
            differ=differ[row],
            dimensions={
                name: ItemCounts(
                    dict(zip(places[name], counts[row], strict=True)),
                    dict(zip(FORMS, forms[row], strict=True)),
                    share[row],
                )
                for name, (counts, forms, share) in columns.items()
            },
        )
        for row in range(n)
        if readers[row] or not only_judged
    )


def _together(found: list[Counted], n: int) -> np.ndarray:
    pairs = sum((each.pairs for each in found), np.zeros(n, np.int64))
    differ = sum((each.differ for each in found), np.zeros(n, np.int64))
    return np.divide(differ, pairs, out=np.full(n, math.nan), where=pairs > 0)
