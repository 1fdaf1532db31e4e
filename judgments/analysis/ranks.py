"""Ordinal alpha on scales with many points, where a column for each pair of points would be too much.

Ordinal alpha is interval alpha on mid-ranks, and the sum of an item's squared rank distances is
2 (M Σ n_c r_c² − (Σ n_c r_c)²) for whatever ranks are in force. So each left-out group brings its own ranks:
all items together are a quadratic form in them, and only the items that the group touches are added up again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .coding import Floats, Ints
from .deletion import AllLeftOut, Units, ratings_of_annotators, rows_after
from .disagreement import MOMENTS, WEIGHT, Alpha, sums_of_products
from .estimate import LeftOut, blocks
from .table import mid_ranks


@dataclass(frozen=True)
class _Rows:
    """Items as the sums they add; factor is that of their rank distances, added are all other columns."""

    weight: Floats
    counts: Floats
    factor: Floats
    added: Floats

    @classmethod
    def of(cls, rows: Floats, coefficient: Alpha) -> _Rows:
        factor, added = coefficient.shares(rows)
        return cls(rows[:, WEIGHT], rows[:, MOMENTS:], factor, added)

    def distances(self, r: Floats) -> Floats:
        """(items,) what each item adds to the observed disagreement under its row of ranks r."""
        first = sums_of_products(self.counts, r)
        second = sums_of_products(self.counts, r**2)
        return np.asarray(2 * self.factor * (self.weight * second - first**2))

    def take(self, which: slice | Ints) -> _Rows:
        return _Rows(self.weight[which], self.counts[which], self.factor[which], self.added[which])


def without_each(u: Units, coefficient: Alpha) -> AllLeftOut:
    """Ordinal alpha, and again without each item, each annotator and each rating in turn."""
    rows = _Rows.of(u.rows, coefficient)
    totals = u.times @ rows.added
    form = _quadratic_form(rows, u.times)

    items, cells = np.empty(len(u.rows)), np.empty(len(u.cell_row))
    for some in blocks(len(items), 32 * len(totals)):
        left, own = totals - rows.added[some], rows.take(some)
        items[some] = _alpha(left, form, own.distances(_centred_ranks(left)))

    lost = np.zeros((u.n_annotators, len(totals)))
    ratings_of = ratings_of_annotators(u)
    for some in blocks(len(cells), 64 * len(totals)):
        before, after = (
            rows.take(u.cell_row[some]),
            _Rows.of(rows_after(u, coefficient, some), coefficient),
        )
        change = before.added - after.added
        left = totals - change
        r = _centred_ranks(left)
        cells[some] = _alpha(left, form, before.distances(r) - after.distances(r))
        lost += ratings_of[some].T @ change
    annotators = _without_annotators(u, coefficient, rows, totals - lost, form)
    return AllLeftOut(
        float(_alpha(totals[None, :], form, np.zeros(1))[0]),
        LeftOut(items, u.times),
        LeftOut(annotators, np.ones(u.n_annotators)),
        LeftOut(cells, u.cell_times),
    )


def value(u: Units, coefficient: Alpha) -> float:
    """Ordinal alpha alone."""
    rows = _Rows.of(u.rows, coefficient)
    return float(_alpha((u.times @ rows.added)[None, :], _quadratic_form(rows, u.times), np.zeros(1))[0])


def _without_annotators(u: Units, coefficient: Alpha, rows: _Rows, left: Floats, form: Floats) -> Floats:
    r = _centred_ranks(left)
    gone = np.zeros(u.n_annotators)
    for some in blocks(len(u.rating_cell), 64 * left.shape[1]):
        cell, annotator = u.rating_cell[some], u.annotator[some]
        before, after = (
            rows.take(u.cell_row[cell]),
            _Rows.of(rows_after(u, coefficient, cell), coefficient),
        )
        change = before.distances(r[annotator]) - after.distances(r[annotator])
        if u.rating_times is not None:
            change = change * u.rating_times[some]
        gone += np.bincount(annotator, weights=change, minlength=u.n_annotators)
    return _alpha(left, form, gone)


def _quadratic_form(rows: _Rows, times: Floats) -> Floats:
    """L with r'Lr = Σ_u of the rank distances of all items under the same ranks r."""
    together = (rows.counts * (times * rows.factor)[:, None]).T @ rows.counts
    return np.asarray(2 * (np.diag(together.sum(axis=1)) - together))


def _centred_ranks(totals: Floats) -> Floats:
    counts = totals[:, 2:]
    return np.asarray(mid_ranks(counts) - counts.sum(axis=1, keepdims=True) / 2)


def _alpha(totals: Floats, form: Floats, gone: Floats) -> Floats:
    """α of totals, when `gone` of the observed disagreement of all items is not there."""
    r = _centred_ranks(totals)
    w, itself, counts = totals[:, 0], totals[:, 1], totals[:, 2:]
    everything = sums_of_products(r @ form, r)
    observed = (everything - gone) / np.where(w > 0, w, np.nan)
    pairs = w**2 - itself
    expected = 2 * w * sums_of_products(counts, r**2) / np.where(pairs > 0, pairs, np.nan)
    return 1 - observed / np.where(expected > 0, expected, np.nan)
