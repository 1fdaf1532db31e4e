"""Observed and expected disagreement as sums over items, for every kind of scale.

A coefficient is a function of totals T, the sum over items of a few columns. What one rating adds to
its item (`ratings`), what an item then adds to the totals (`statistics`) and the coefficient of the
totals (`value`) are all that the jackknife and the bootstrap need.
"""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

from .coding import Floats, Ints
from .table import Ratings, distance, mid_ranks

Weighting = Literal["ratings", "items"]

# Every item row starts with these columns, then follow the moments.
COUNT, WEIGHT, SQUARED_WEIGHT, MOMENTS = 0, 1, 2, 3
NEGLIGIBLE = 1e-12


class Coefficient(Protocol):
    """What the jackknife needs to know about a coefficient."""

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        """(n, L) what each rating adds to the row of its item."""

    def statistics(self, rows: Floats) -> Floats:
        """(items, K) what items with these rows add to the totals."""

    def value(self, totals: Floats) -> Floats:
        """(G,) the coefficient for each row of totals; nan where it is not defined."""


class Distance(Protocol):
    """A squared distance δ between answers, through the sums it needs."""

    def moments(self, value: Ints) -> Floats:
        """(n, A) what each rating adds to the moments of its item."""

    def within(self, weight: Floats, moments: Floats) -> Floats:
        """(items, B) Σ_c Σ_k n_c n_k δ_ck of each item, in columns that may be added up over items."""

    def observed(self, within: Floats, moments: Floats) -> Floats:
        """(G,) the sum of distances that the added columns stand for."""

    def expected(self, weight: Floats, moments: Floats) -> Floats:
        """(G,) Σ_c Σ_k n_c n_k δ_ck of the totals."""


class Nominal:
    """δ = 1[c≠k], so that Σ_c Σ_k n_c n_k δ_ck = n² − Σ_c n_c²."""

    def __init__(self, n_points: int) -> None:
        self.n_points = n_points

    def moments(self, value: Ints) -> Floats:
        return one_hot(value, self.n_points)

    def within(self, weight: Floats, moments: Floats) -> Floats:
        return self.expected(weight, moments)[:, None]

    def observed(self, within: Floats, moments: Floats) -> Floats:
        return _sums(within)

    def expected(self, weight: Floats, moments: Floats) -> Floats:
        return weight**2 - sums_of_products(moments, moments)


class Tabled:
    """Any fixed table of distances, such as those of a ratio scale or of sets."""

    def __init__(self, delta: Floats) -> None:
        self.delta = delta

    def moments(self, value: Ints) -> Floats:
        return one_hot(value, len(self.delta))

    def within(self, weight: Floats, moments: Floats) -> Floats:
        return self.expected(weight, moments)[:, None]

    def observed(self, within: Floats, moments: Floats) -> Floats:
        return _sums(within)

    def expected(self, weight: Floats, moments: Floats) -> Floats:
        return sums_of_products(moments @ self.delta, moments)


class Squares:
    """δ = (c−k)², which needs Σx and Σx² alone, however many different values there are."""

    def __init__(self, numbers: Floats) -> None:
        # Numbers near their middle keep the difference of large sums below precise.
        self.x = numbers - (numbers.min() + numbers.max()) / 2 if len(numbers) else numbers

    def moments(self, value: Ints) -> Floats:
        x = self.x[value]
        return np.column_stack([x, x**2])

    def within(self, weight: Floats, moments: Floats) -> Floats:
        return self.expected(weight, moments)[:, None]

    def observed(self, within: Floats, moments: Floats) -> Floats:
        return _sums(within)

    def expected(self, weight: Floats, moments: Floats) -> Floats:
        squares = weight * moments[:, 1]
        spread = squares - moments[:, 0] ** 2
        return np.where(spread > NEGLIGIBLE * squares, 2 * spread, 0.0)


class MidRanks:
    """δ = (r_c−r_k)² with the mid-ranks of the totals, which change whenever a rating leaves.

    So an item keeps one column for each pair of points, 2 n_uc n_uk, and distances come last.
    """

    def __init__(self, n_points: int) -> None:
        self.n_points = n_points
        self.c, self.k = np.triu_indices(n_points, 1)

    def moments(self, value: Ints) -> Floats:
        return one_hot(value, self.n_points)

    def within(self, weight: Floats, moments: Floats) -> Floats:
        return 2 * moments[:, self.c] * moments[:, self.k]

    def observed(self, within: Floats, moments: Floats) -> Floats:
        r = mid_ranks(moments)
        return sums_of_products(within, (r[:, self.c] - r[:, self.k]) ** 2)

    def expected(self, weight: Floats, moments: Floats) -> Floats:
        r = mid_ranks(moments) - moments.sum(axis=1, keepdims=True) / 2  # Σ n_c r_c is now 0
        return 2 * weight * sums_of_products(moments, r**2)


class Alpha:
    """Krippendorff's α = 1 − D_o / D_e for a distance; ratings may carry weights.

    With weights, M_u = Σ_j w_j and s_u = Σ_j w_j², D_o adds M_u / (M_u² − s_u) · Σ n_uc n_uk δ_ck over
    items, so that only pairs of different people count; weights of one give back 1 / (m_u − 1).
    D_e divides by M − 1, so weights should average about one.
    weighting "ratings" lets an item count m_u, as is customary; "items" lets each count one.
    """

    def __init__(self, delta: Distance, weighting: Weighting = "ratings") -> None:
        self.delta = delta
        self.weighting = weighting

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        return rows_of(self.delta.moments(value), weight)

    def statistics(self, rows: Floats) -> Floats:
        factor, sums = self.shares(rows)
        return np.column_stack([self.delta.within(rows[:, WEIGHT], rows[:, MOMENTS:]) * factor[:, None], sums])

    def shares(self, rows: Floats) -> tuple[Floats, Floats]:
        """What an item's sum of distances is multiplied with, and (items, 2 + A) what else it adds."""
        m, w, s = rows[:, COUNT], rows[:, WEIGHT], rows[:, SQUARED_WEIGHT]
        paired = m > 1.5  # whole numbers, up to rounding
        g = np.divide(1.0, w, out=np.zeros_like(w), where=paired) if self.weighting == "items" else paired * 1.0
        factor = np.divide(g * w, w**2 - s, out=np.zeros_like(w), where=paired)
        return factor, np.column_stack([g * w, g**2 * w, g[:, None] * rows[:, MOMENTS:]])

    def value(self, totals: Floats) -> Floats:
        n_moments = self.delta.moments(np.zeros(0, dtype=np.int64)).shape[1]
        cut = totals.shape[1] - n_moments
        w, itself, moments = totals[:, cut - 2], totals[:, cut - 1], totals[:, cut:]
        observed = self.delta.observed(totals[:, : cut - 2], moments) / np.where(w > 0, w, np.nan)
        pairs = w**2 - itself
        expected = self.delta.expected(w, moments) / np.where(pairs > 0, pairs, np.nan)
        return 1 - observed / np.where(expected > 0, expected, np.nan)


class ReducedBias:
    """α̃ of Hughes (2024, arXiv 2210.13265), which is less biased for few items with many annotators.

    With a items and N_r ratings: MSE = Σ o_u / (2 N_r), SST = n'Δn / (2 N_r),
    MSA = (SST − (N_r−a) MSE) / (a−1), n* = (N_r − Σ m_u² / N_r) / (a−1), θ = MSA / MSE,
    α̃ = (θ−1) / (θ+n*−1). For a fixed distance only.
    """

    def __init__(self, delta: Distance) -> None:
        self.delta = delta
        self.customary = Alpha(delta)

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        return self.customary.ratings(value, weight)

    def statistics(self, rows: Floats) -> Floats:
        m = np.where(rows[:, COUNT] > 1.5, rows[:, COUNT], 0.0)
        return np.column_stack([m > 0, m**2, self.customary.statistics(rows)])

    def value(self, totals: Floats) -> Floats:
        msa, mse, n_star = self.mean_squares(totals)
        total = msa + (n_star - 1) * mse
        return (msa - mse) / np.where(total != 0, total, np.nan)

    def mean_squares(self, totals: Floats) -> tuple[Floats, Floats, Floats]:
        """MSA, MSE and n* for each row of totals."""
        a, m2, o, n, moments = totals[:, 0], totals[:, 1], totals[:, 2], totals[:, 3], totals[:, 5:]
        n = np.where(n > 0, n, np.nan)
        between = np.where(a > 1, a - 1, np.nan)
        mse = o / (2 * n)
        sst = self.delta.expected(n, moments) / (2 * n)
        return (sst - (n - a) * mse) / between, mse, (n - m2 / n) / between


class PairAgreement:
    """Share of annotator pairs that gave an item the same answer, averaged over items."""

    def __init__(self, n_points: int) -> None:
        self.n_points = n_points

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        return rows_of(one_hot(value, self.n_points), weight)

    def statistics(self, rows: Floats) -> Floats:
        m, w, s, counts = rows[:, COUNT], rows[:, WEIGHT], rows[:, SQUARED_WEIGHT], rows[:, MOMENTS:]
        paired = m > 1.5
        same = sums_of_products(counts, counts) - s
        return np.column_stack([np.divide(same, w**2 - s, out=np.zeros_like(w), where=paired), paired])

    def value(self, totals: Floats) -> Floats:
        n_items = totals[:, 1]
        return totals[:, 0] / np.where(n_items > 0, n_items, np.nan)


def distance_of(r: Ratings) -> Distance:
    """The distance that belongs to the scale of the ratings."""
    n_points = len(r.points)
    if r.scale.kind == "nominal":
        return Nominal(n_points)
    if r.scale.kind == "ordinal":
        return MidRanks(n_points)
    if r.scale.kind == "interval":
        return Squares(r.numbers)
    return Tabled(distance(r.scale, r.points if r.scale.kind == "set" else r.numbers.tolist()))


def rows_of(moments: Floats, weight: Floats | None) -> Floats:
    """(n, 3 + A) what each rating adds to its item: a head, its weight, its square, weighted moments."""
    w = np.ones(len(moments)) if weight is None else weight
    return np.column_stack([np.ones(len(moments)), w, w**2, w[:, None] * moments])


def one_hot(value: Ints, n_points: int) -> Floats:
    """(n, points) one where the rating is that point, zero elsewhere."""
    hot = np.zeros((len(value), n_points))
    hot[np.arange(len(value)), value] = 1.0
    return hot


def _sums(rows: Floats) -> Floats:
    return np.asarray(rows.sum(axis=1))


def sums_of_products(a: Floats, b: Floats) -> Floats:
    """(rows,) Σ_c a_c b_c of each row."""
    return np.asarray(np.einsum("uc,uc->u", a, b))
