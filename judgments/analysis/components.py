"""Variance components of a crossed design: items, annotators, their cells, and occasions inside a cell.

y_ujt = μ + a_u + b_j + (ab)_uj + e_ujt. What is needed of the ratings is n, Σy of each cell and Σy² of all,
so a GROUP BY item and annotator serves as well as the ratings themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .coding import Floats, Ints
from .estimate import blocks

ITEM, LEVEL, PATTERN, OCCASION = range(4)
SINGULAR = 1e-10
# Columns of what Henderson's equations are made of.
N, SUM, T_0, T_A, T_B, T_AB, N_A, N_B, K_3, K_4, N_AB, A, B, C = range(14)


@dataclass(frozen=True)
class Cells:
    """One row for each item and annotator that met.

    item, annotator: codes 0..A−1 and 0..B−1, all in use. n: occasions. total: Σ y of the cell, y less the
    mean of all. squares: Σ y² of the cell, likewise. mean: what was taken off.
    """

    item: Ints
    annotator: Ints
    n: Floats
    total: Floats
    squares: Floats
    mean: float

    @classmethod
    def from_sums(
        cls, item: ArrayLike, annotator: ArrayLike, n: ArrayLike, total: ArrayLike, squares: ArrayLike
    ) -> Cells:
        """Cells from sums of raw values, as a GROUP BY gives them; any ids will do."""
        counts, sums, raw = (np.asarray(column, dtype=np.float64) for column in (n, total, squares))
        mean = float(sums.sum() / counts.sum()) if counts.sum() > 0 else 0.0
        codes = [np.unique(np.asarray(ids), return_inverse=True)[1].astype(np.int64) for ids in (item, annotator)]
        order = np.lexsort((codes[1], codes[0]))
        centred = sums - counts * mean
        squared = raw - 2 * mean * sums + counts * mean**2
        return cls(codes[0][order], codes[1][order], counts[order], centred[order], squared[order], mean)

    @classmethod
    def from_values(cls, item: Ints, annotator: Ints, y: Floats) -> Cells:
        """Cells from one row a rating, sorted by item and annotator."""
        used = [_renumbered(codes) for codes in (item, annotator)]
        new = np.ones(len(y), dtype=bool)
        new[1:] = (np.diff(item) != 0) | (np.diff(annotator) != 0)
        first = np.flatnonzero(new)
        mean = float(y.mean()) if len(y) else 0.0
        z = y - mean
        if len(first) == len(y):
            return cls(used[0], used[1], np.ones(len(y)), z, z**2, mean)
        n, total, squares = (np.add.reduceat(column, first) for column in (np.ones(len(y)), z, z**2))
        return cls(used[0][first], used[1][first], n, total, squares, mean)

    @property
    def n_items(self) -> int:
        """A."""
        return int(self.item[-1]) + 1 if len(self.item) else 0

    @property
    def n_annotators(self) -> int:
        """B."""
        return int(self.annotator.max(initial=-1)) + 1

    @property
    def n_ratings(self) -> int:
        """n, occasions counted one by one."""
        return round(float(self.n.sum()))

    @property
    def repeated(self) -> bool:
        """True when some person answered some item more than once."""
        return self.n_ratings > len(self.n)

    @property
    def within(self) -> float:
        """Σ of squares inside cells: people against themselves."""
        return max(float((self.squares - self.total**2 / self.n).sum()), 0.0) if self.repeated else 0.0

    @property
    def nested(self) -> bool:
        """True when each annotator met one item, or each item one annotator."""
        return len(self.n) in (self.n_items, self.n_annotators)

    @property
    def n_parts(self) -> int:
        """Groups of items and annotators without a rating between them."""
        if not len(self.n):
            return 0
        a, b = self.n_items, self.n_annotators
        edges = (np.ones(len(self.n)), (self.item, a + self.annotator))
        return int(connected_components(csr_array(edges, shape=(a + b, a + b)), directed=False)[0])


def henderson(cells: Cells) -> Floats:
    """(4,) σ² of item, level, pattern and occasion by Henderson's method I; may be negative.

    Without repeats pattern and occasion cannot be told apart: their sum stands in both places. nan where the
    equations have no single solution, such as when every item has annotators of its own.
    Source: Henderson (1953), doi:10.2307/3001853; Searle, Casella & McCulloch (1992), chapter 5.
    """
    return np.asarray(solve(sums_of(cells)[None, :], cells.repeated)[0])


def solve(sums: Floats, repeated: bool) -> Floats:
    """(G, 4) Henderson's components from each row of sums."""
    n = np.where(sums[:, N] > 0, sums[:, N], np.nan)
    mean = sums[:, SUM] ** 2 / n
    k_1, k_2, k_3, k_4, k_5 = sums[:, N_A] / n, sums[:, N_B] / n, sums[:, K_3], sums[:, K_4], sums[:, N_AB] / n
    a, b, c = sums[:, A], sums[:, B], sums[:, C]
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.where(n > c, n - c, np.nan)
        error = (sums[:, T_0] - sums[:, T_AB]) / free if repeated else np.zeros(len(sums))
        left = np.empty((3, 3, len(sums)))
        left[0] = n - k_1, k_3 - k_2, k_3 - k_5
        left[1] = k_4 - k_1, n - k_2, k_4 - k_5
        left[2] = n - k_1, n - k_2, n - k_5
        right = np.stack(
            [
                sums[:, T_A] - mean - (a - 1) * error,
                sums[:, T_B] - mean - (b - 1) * error,
                sums[:, T_AB] - mean - (c - 1) * error,
            ]
        )
        item, level, pattern = _cramer(left / n, right / n)
    return np.column_stack([item, level, pattern, error if repeated else pattern])


@dataclass(frozen=True)
class WithoutEach:
    """(G, 4) components without one item, one annotator, one cell."""

    items: Floats
    annotators: Floats
    cells: Floats


def without_each(cells: Cells) -> WithoutEach:
    """Henderson's components again without each item, annotator and cell; each in closed form."""
    totals = sums_of(cells)
    by_item, by_annotator = _Margin(cells.item, cells, "item"), _Margin(cells.annotator, cells, "annotator")
    own = np.zeros((len(cells.n), 14))
    for column, values in (
        (N, cells.n),
        (SUM, cells.total),
        (T_0, cells.squares),
        (T_AB, cells.total**2 / cells.n),
        (N_AB, cells.n**2),
        (C, np.ones(len(cells.n))),
    ):
        own[:, column] = values
    repeated = cells.repeated
    lost_with_item = by_annotator.lost_by_cell() + own
    lost_with_annotator = by_item.lost_by_cell() + own
    each_cell = np.empty((len(cells.n), 4))
    for some in blocks(len(own), 8 * 60):
        lost = lost_with_item[some] + lost_with_annotator[some] - own[some]
        each_cell[some] = solve(totals - lost, repeated)
    return WithoutEach(
        solve(totals - by_item.whole() - by_item.added(lost_with_item), repeated),
        solve(totals - by_annotator.whole() - by_annotator.added(lost_with_annotator), repeated),
        each_cell,
    )


def minque0(y: ArrayLike, factors: Sequence[ArrayLike]) -> Floats:
    """(factors + 1,) σ² of each random factor, then of what is left, by MINQUE(0); may be negative.

    For any number of factors, crossed or nested. Good for large main effects and as a start; with few
    repeats the smaller components are two to three times less precise than Henderson's.
    nan where factors cannot be told apart. Source: Rao (1971), doi:10.1016/0047-259X(71)90001-7.
    """
    x = np.asarray(y, dtype=np.float64)
    n, k = len(x), len(factors)
    if n < 2:
        return np.full(k + 1, np.nan)
    x = x - x.mean()
    codes = [np.unique(np.asarray(factor), return_inverse=True)[1] for factor in factors]
    size = [np.bincount(code).astype(np.float64) for code in codes]
    left, right = np.empty((k + 1, k + 1)), np.empty(k + 1)
    for c in range(k):
        right[c] = float((np.bincount(codes[c], weights=x) ** 2).sum())
        left[c, k] = left[k, c] = n - float((size[c] ** 2).sum()) / n
        for d in range(k):
            _, together = np.unique(codes[c] * len(size[d]) + codes[d], return_counts=True)
            cross = float((size[c][codes[c]] * size[d][codes[d]]).sum())
            squares = float((size[c] ** 2).sum()) * float((size[d] ** 2).sum())
            left[c, d] = float((together.astype(np.float64) ** 2).sum()) - 2 * cross / n + squares / n**2
    left[k, k], right[k] = n - 1, float((x**2).sum())
    if np.linalg.matrix_rank(left) <= k:
        return np.full(k + 1, np.nan)
    return np.asarray(np.linalg.solve(left, right))


def sums_of(cells: Cells) -> Floats:
    """(14,) what Henderson's equations are made of."""
    item, annotator = _Margin(cells.item, cells, "item"), _Margin(cells.annotator, cells, "annotator")
    totals = np.zeros(14)
    totals[[N, SUM, T_0]] = cells.n.sum(), cells.total.sum(), cells.squares.sum()
    totals[T_AB] = (cells.total**2 / cells.n).sum()
    totals[N_AB] = (cells.n**2).sum()
    totals[C] = len(cells.n)
    return np.asarray(totals + item.whole().sum(axis=0) + annotator.whole().sum(axis=0))


class _Margin:
    """Items or annotators as groups of cells: n, Σy and Σn_uj² of each group."""

    def __init__(self, group: Ints, cells: Cells, name: str) -> None:
        self.group, self.cells = group, cells
        size = int(group.max(initial=-1)) + 1
        self.n, self.y, self.q = (
            np.bincount(group, weights=column, minlength=size) for column in (cells.n, cells.total, cells.n**2)
        )
        self.columns = (T_A, N_A, K_3, A) if name == "item" else (T_B, N_B, K_4, B)

    def whole(self) -> Floats:
        """(groups, 14) what goes when a group goes, in the columns of this margin alone."""
        lost = np.zeros((len(self.n), 14))
        for column, values in zip(
            self.columns, (self.y**2 / self.n, self.n**2, self.q / self.n, np.ones(len(self.n))), strict=True
        ):
            lost[:, column] = values
        return lost

    def lost_by_cell(self) -> Floats:
        """(cells, 14) what this margin loses when one of its cells goes and the group stays, if it can."""
        n, y, q = self.n[self.group], self.y[self.group], self.q[self.group]
        rest = n - self.cells.n
        stays = rest > 0.5
        kept = np.where(stays, rest, 1.0)
        lost = np.zeros((len(n), 14))
        for column, values in zip(
            self.columns,
            (
                y**2 / n - np.where(stays, (y - self.cells.total) ** 2 / kept, 0.0),
                n**2 - rest**2,
                q / n - np.where(stays, (q - self.cells.n**2) / kept, 0.0),
                ~stays * 1.0,
            ),
            strict=True,
        ):
            lost[:, column] = values
        return lost

    def added(self, each: Floats) -> Floats:
        """(groups, 14) what cells lose, added up over each group."""
        size = len(self.n)
        return np.column_stack([np.bincount(self.group, weights=column, minlength=size) for column in each.T])


def _cramer(left: Floats, right: Floats) -> tuple[Floats, Floats, Floats]:
    """Solutions of many systems of three equations; nan where a determinant is nothing beside its terms."""
    (a, b, c), (d, e, f), (g, h, i) = left
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    size = np.abs(left).max(axis=(0, 1))
    det = np.where(np.abs(det) > SINGULAR * size**3, det, np.nan)
    p, q, r = right
    x = p * (e * i - f * h) - b * (q * i - f * r) + c * (q * h - e * r)
    y = a * (q * i - f * r) - p * (d * i - f * g) + c * (d * r - q * g)
    z = a * (e * r - q * h) - b * (d * r - q * g) + p * (d * h - e * g)
    return x / det, y / det, z / det


def _renumbered(codes: Ints) -> Ints:
    used = np.bincount(codes, minlength=1) > 0
    return codes if used.all() else np.asarray((np.cumsum(used) - 1)[codes], dtype=np.int64)
