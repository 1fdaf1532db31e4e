"""A coefficient again, without one item, one annotator or one rating.

A rating of value v that leaves an item with pattern p changes the totals by Δ(p, v), whichever item and
annotator it is, so Δ is worked out once for each distinct (p, v).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from .coding import Floats, Ints
from .disagreement import Coefficient, Squares
from .estimate import LeftOut, blocks, leave_out
from .table import Ratings, compress

# More points than this and hardly two items share a pattern.
MOST_POINTS_IN_PATTERNS = 32


@dataclass(frozen=True)
class Units:
    """Items as rows of sums, and the ratings that could leave them.

    Which items those are is up to who made them: for alpha, those with at least two ratings.

    rows: (P, L) one row for all items alike; times: (P,) how many items that is.
    cell_row, cell_value, cell_weight, cell_times: (C,) the distinct ratings: of which row, with which
    value and weight, and how many ratings that is.
    item_row: (N,) the row of each item. rating_item, rating_cell, annotator: (n,) the item, the cell and
    the annotator of each rating; items are 0..N−1 and annotators 0..R−1, in the order of their ids.
    rating_times: how many ratings each of these stands for; None for one each.
    """

    rows: Floats
    times: Floats
    cell_row: Ints
    cell_value: Ints
    cell_weight: Floats | None
    cell_times: Floats
    item_row: Ints
    rating_item: Ints
    rating_cell: Ints
    annotator: Ints
    n_annotators: int
    rating_times: Floats | None = None

    @property
    def n_items(self) -> int:
        """How many items the rows stand for."""
        return round(float(self.times.sum()))

    @property
    def n_ratings(self) -> int:
        """Ratings of these items."""
        return len(self.rating_cell) if self.rating_times is None else round(float(self.rating_times.sum()))


def paired(r: Ratings) -> Ratings:
    """First occasions that count for something, of items that have at least two of them."""
    r = r.first()
    if r.weight is not None and not r.weight.all():
        r = r.rows(r.weight > 0)
    m = np.bincount(r.item, minlength=len(r.item_ids))
    alone = m[r.item] < 2
    return r.rows(~alone) if alone.any() else r


def units(r: Ratings, coefficient: Coefficient, *, moments_only: bool = False) -> Units:
    """The rows of paired ratings for a coefficient; moments_only says that it needs no counts."""
    many = len(r.points) > MOST_POINTS_IN_PATTERNS
    if r.weight is None and not (moments_only and many):
        return _from_patterns(r, coefficient, many)
    return _from_ratings(r, coefficient)


def needs_moments_only(delta: object) -> bool:
    """True for a distance that has no use for the count of each value."""
    return isinstance(delta, Squares)


@dataclass(frozen=True)
class AllLeftOut:
    """A coefficient, and its values without one item, one annotator, one rating."""

    value: float
    items: LeftOut
    annotators: LeftOut
    cells: LeftOut


def without_each(u: Units, coefficient: Coefficient) -> AllLeftOut:
    """The coefficient, and again without each item, each annotator and each rating in turn."""
    statistics = coefficient.statistics(u.rows)
    totals = u.times @ statistics
    without_cell = np.empty(len(u.cell_row))
    ratings_of = ratings_of_annotators(u)
    lost = np.zeros((u.n_annotators, len(totals)))
    for some in blocks(len(u.cell_row), 8 * len(totals)):
        change = statistics[u.cell_row[some]] - coefficient.statistics(rows_after(u, coefficient, some))
        without_cell[some] = coefficient.value(totals - change)
        lost += ratings_of[some].T @ change
    return AllLeftOut(
        float(coefficient.value(totals[None, :])[0]),
        leave_out(totals, statistics, coefficient.value, u.times),
        leave_out(totals, lost, coefficient.value),
        LeftOut(without_cell, u.cell_times),
    )


def rows_after(u: Units, coefficient: Coefficient, some: slice | Ints) -> Floats:
    """(cells, L) the rows that are left when one rating of each of these cells is gone."""
    weight = None if u.cell_weight is None else u.cell_weight[some]
    return u.rows[u.cell_row[some]] - coefficient.ratings(u.cell_value[some], weight)


def ratings_of_annotators(u: Units) -> csr_array:
    """(cells, annotators) how many ratings of a cell an annotator gave."""
    times = np.ones(len(u.rating_cell)) if u.rating_times is None else u.rating_times
    table = csr_array((times, (u.rating_cell, u.annotator)), shape=(len(u.cell_row), u.n_annotators))
    table.sum_duplicates()
    return table


def _from_patterns(r: Ratings, coefficient: Coefficient, many: bool) -> Units:
    n_points = len(r.points)
    item, n_items = _renumbered(r.item, len(r.item_ids))
    counts = np.bincount(item * n_points + r.value, minlength=n_items * n_points).reshape(n_items, n_points)
    if many:
        times, pattern = np.ones(n_items), np.arange(n_items)
    else:
        patterns = compress(counts)
        assert patterns.item_pattern is not None
        counts, times, pattern = (
            patterns.counts,
            patterns.multiplicity.astype(np.float64),
            patterns.item_pattern,
        )
    cell_row, cell_value = np.nonzero(counts)
    cell_of = np.full(counts.size, -1, dtype=np.int64)
    cell_of[cell_row * n_points + cell_value] = np.arange(len(cell_row))
    annotator, n_annotators = _renumbered(r.annotator, len(r.annotator_ids))
    return Units(
        rows=np.asarray(counts @ coefficient.ratings(np.arange(n_points), None), dtype=np.float64),
        times=times,
        cell_row=cell_row,
        cell_value=cell_value,
        cell_weight=None,
        cell_times=times[cell_row] * counts[cell_row, cell_value],
        item_row=pattern,
        rating_item=item,
        rating_cell=cell_of[pattern[item] * n_points + r.value],
        annotator=annotator,
        n_annotators=n_annotators,
    )


def _from_ratings(r: Ratings, coefficient: Coefficient) -> Units:
    item, n_items = _renumbered(r.item, len(r.item_ids))
    annotator, n_annotators = _renumbered(r.annotator, len(r.annotator_ids))
    each = coefficient.ratings(r.value, r.weight)
    sums = [np.bincount(item, weights=column, minlength=n_items) for column in each.T]
    return Units(
        rows=np.column_stack(sums).astype(np.float64),
        times=np.ones(n_items),
        cell_row=item,
        cell_value=r.value,
        cell_weight=r.weight,
        cell_times=np.ones(len(r)),
        item_row=np.arange(n_items),
        rating_item=item,
        rating_cell=np.arange(len(r)),
        annotator=annotator,
        n_annotators=n_annotators,
    )


def _renumbered(codes: Ints, n_codes: int) -> tuple[Ints, int]:
    """Codes that are in use, as 0, 1, 2 ... in the same order, and how many they are."""
    used = np.bincount(codes, minlength=n_codes) > 0
    n_used = int(used.sum())
    return (codes, n_used) if n_used == n_codes else ((np.cumsum(used) - 1)[codes], n_used)
