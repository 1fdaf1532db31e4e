"""Answers counted by place, and how many pairs of readers answered differently."""

from dataclasses import dataclass

import numpy as np

from judgments.analysis.coding import Floats, Ints
from judgments.ledger import Dimension
from judgments.ledger.tables import POINT, Ratings
from judgments.models import Level


@dataclass(frozen=True)
class Counted:
    """Point answers on one dimension, for each item of the ledger.

    counts: (items, places) readers at each place; for sets, readers who chose each label.
    pairs, differ: (items,) pairs of readers with a point, and those of them that lie at different places;
        on a line, places are its parts; two sets differ unless they are equal.
    """

    counts: Ints
    pairs: Ints
    differ: Ints

    @property
    def share(self) -> Floats:
        """(items,) share of pairs that differ; nan where nobody can be paired."""
        return np.divide(self.differ, self.pairs, out=np.full(len(self.pairs), np.nan), where=self.pairs > 0)


def counted(dimension: Dimension, given: Ratings, item: Ints, n_items: int) -> Counted:
    """Counts of the point answers among `given`; item: the row of the item of each of them."""
    if dimension.level == Level.OPEN:
        return Counted(np.zeros((n_items, 0), np.int64), *(np.zeros(n_items, np.int64) for _ in range(2)))
    if dimension.level == Level.SET:
        return _counted_sets(dimension, given, item, n_items)
    placed = (given.form == POINT) & np.isfinite(given.point)
    place = dimension.place_of(given.point[placed])
    counts = _table(item[placed], place, n_items, len(dimension.places))
    return Counted(counts, *_pairs(counts))


def _counted_sets(dimension: Dimension, given: Ratings, item: Ints, n_items: int) -> Counted:
    chosen = given.form == POINT
    sets, items = given.labels[chosen], item[chosen]
    codes: dict[tuple, int] = {}
    which = np.array([codes.setdefault(tuple(labels), len(codes)) for labels in sets], dtype=np.int64)
    label = np.array([value for labels in sets for value in labels], dtype=np.float64)
    label_item = np.repeat(items, [len(labels) for labels in sets]) if len(sets) else items
    counts = _table(label_item, dimension.place_of(label), n_items, len(dimension.places))
    return Counted(counts, *_pairs(_table(items, which, n_items, len(codes))))


def _table(item: Ints, place: Ints, n_items: int, n_places: int) -> Ints:
    flat = np.bincount(item * n_places + place, minlength=n_items * n_places)
    return flat.reshape(n_items, n_places).astype(np.int64)


def _pairs(counts: Ints) -> tuple[Ints, Ints]:
    n = counts.sum(axis=1)
    alike = (counts * (counts - 1)).sum(axis=1) // 2
    pairs = n * (n - 1) // 2
    return pairs, pairs - alike
