"""Would other annotators say the same: the reliability of a mean, and of one pool against another."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .agreement import alpha
from .coding import Floats, Ints
from .deletion import units
from .disagreement import COUNT, MOMENTS, WEIGHT, Alpha, Distance, MidRanks, distance_of
from .estimate import AGREEMENT, IDENTITY, Estimate, Link
from .intervals import MOST_POINTS_IN_PAIRS, check, estimate, estimated, not_defined, value_of
from .needed import Needed, needed
from .table import Ratings, mid_ranks

Measure = Literal["kappa_x", "normalised", "difference"]
MOST_POINTS_IN_PRODUCTS = MOST_POINTS_IN_PAIRS


def k_rater(one: Estimate, k: int) -> Estimate:
    """Reliability of the mean of k annotators, from alpha of one: kα / (1 + (k−1) α), its limits likewise.

    nan, with a note, where α is so low that the formula has no meaning: at or below −1/(k−1).
    Raises ValueError when k is below one.
    Source: Spearman and Brown; for alpha Wong & Paritosh (2022), arXiv 2203.12913.
    """
    if k < 1:
        raise ValueError(f"A mean is of at least one annotator, not {k}.")
    value = _of_mean(one.value, k)
    low, high = (None if at is None else _of_mean(at, k) for at in (one.low, one.high))
    notes = one.notes
    if math.isnan(value) and not math.isnan(one.value):
        notes = ("Not defined: agreement is so far below chance that a mean has no reliability.", *notes)
    return dataclasses.replace(
        one,
        value=value,
        low=None if low is None or math.isnan(low) else low,
        high=None if high is None or math.isnan(high) else high,
        method=f"Reliability of the mean of {k}, from: {one.method}",
        unit="reliability",
        se=None if one.se is None else one.se * k / (1 + (k - 1) * one.value) ** 2,
        notes=notes,
    )


def raters_needed(one: Estimate, target: float = 0.8) -> Needed:
    """Annotators per item so that their mean has the target reliability, with limits from those of alpha."""

    def exact(alpha: float) -> float:
        if not alpha > 0:
            return math.nan
        return target / (1 - target) * max(1 - alpha, 0.0) / alpha

    return needed(exact, one.value, one.high, one.low, target, "reliability of the mean")


@dataclass(frozen=True)
class CrossReplication:
    """Agreement across two pools, beside that inside each.

    kappa_x: how much less two people, one of each pool, differ about an item than about two items.
    normalised: kappa_x / √(α_a α_b), which tells a difference between pools from disagreement inside them.
        It can exceed one, and is not defined unless both alphas are positive: read it with its parts.
    difference: α_a − kappa_x: above zero when pool a agrees with itself more than with the other.
    """

    kappa_x: Estimate
    normalised: Estimate
    difference: Estimate
    alpha_a: Estimate
    alpha_b: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {field.name: getattr(self, field.name).to_dict() for field in dataclasses.fields(self)}


class Across:
    """Two pools side by side in one row of an item: first what pool a adds, then what pool b adds.

    A rating's value is its point, plus V for pool b. κ_x = 1 − d_o / d_e over items that both pools rated,
    d_o = Σ_u (a_u+b_u)/(a_u b_u) c_u'Δd_u / Σ_u (a_u+b_u), d_e = (Σc)'Δ(Σd) / (Σa Σb).
    Ordinal ranks are those of both pools together.
    """

    def __init__(self, delta: Distance, n_points: int, measure: Measure) -> None:
        self.delta = delta
        self.n_points = n_points
        self.measure = measure
        self.alpha = Alpha(delta)
        self.half = MOMENTS + delta.moments(np.zeros(0, dtype=np.int64)).shape[1]

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        of_b = value >= self.n_points
        one = self.alpha.ratings(np.where(of_b, value - self.n_points, value), weight)
        return np.column_stack([np.where(of_b[:, None], 0.0, one), np.where(of_b[:, None], one, 0.0)])

    def statistics(self, rows: Floats) -> Floats:
        a, b = rows[:, : self.half], rows[:, self.half :]
        return np.column_stack([self.alpha.statistics(a), self.alpha.statistics(b), self._across(a, b)])

    def value(self, totals: Floats) -> Floats:
        alpha_a, alpha_b, kappa = self.parts(totals)
        if self.measure == "kappa_x":
            return kappa
        if self.measure == "difference":
            return alpha_a - kappa
        both = np.where((alpha_a > 0) & (alpha_b > 0), alpha_a * alpha_b, np.nan)
        return kappa / np.sqrt(both)

    def parts(self, totals: Floats) -> tuple[Floats, Floats, Floats]:
        """α of each pool and κ_x, for each row of totals."""
        n_alpha = self.alpha.statistics(np.zeros((0, self.half))).shape[1]
        across = totals[:, 2 * n_alpha :]
        return (
            self.alpha.value(totals[:, :n_alpha]),
            self.alpha.value(totals[:, n_alpha : 2 * n_alpha]),
            self._kappa(across),
        )

    def _across(self, a: Floats, b: Floats) -> Floats:
        """Σ c Δ d with its factor, the weight of the item, and each pool's sums, over items both rated."""
        w_a, w_b = a[:, WEIGHT], b[:, WEIGHT]
        both = (a[:, COUNT] > 0.5) & (b[:, COUNT] > 0.5)
        factor = np.divide(w_a + w_b, w_a * w_b, out=np.zeros_like(w_a), where=both)
        sums = np.column_stack([w_a, a[:, MOMENTS:], w_b, b[:, MOMENTS:]])
        products = self._products(w_a, a[:, MOMENTS:], w_b, b[:, MOMENTS:])
        return np.column_stack([products * factor[:, None], both * (w_a + w_b), both[:, None] * sums])

    def _products(self, w_a: Floats, a: Floats, w_b: Floats, b: Floats) -> Floats:
        if isinstance(self.delta, MidRanks):
            return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
        return self._between(w_a, a, w_b, b)[:, None]

    def _between(self, w_a: Floats, a: Floats, w_b: Floats, b: Floats) -> Floats:
        """Σ_c Σ_k a_c b_k δ_ck: half of what the two together have more than each alone."""
        d = self.delta.expected
        return (d(w_a + w_b, a + b) - d(w_a, a) - d(w_b, b)) / 2

    def _kappa(self, across: Floats) -> Floats:
        n_moments = self.half - MOMENTS
        cut = across.shape[1] - 2 * (1 + n_moments)
        products, weight = across[:, : cut - 1], across[:, cut - 1]
        w_a, a = across[:, cut], across[:, cut + 1 : cut + 1 + n_moments]
        w_b, b = across[:, cut + 1 + n_moments], across[:, cut + 2 + n_moments :]
        if isinstance(self.delta, MidRanks):
            r = mid_ranks(a + b)
            far = (r[:, :, None] - r[:, None, :]) ** 2
            observed = np.einsum("gp,gp->g", products, far.reshape(len(far), -1))
            expected = np.einsum("gc,gck,gk->g", a, far, b)
        else:
            observed, expected = products.sum(axis=1), self._between(w_a, a, w_b, b)
        d_o = observed / np.where(weight > 0, weight, np.nan)
        d_e = expected / np.where(w_a * w_b > 0, w_a * w_b, np.nan)
        return np.asarray(1 - d_o / np.where(d_e > 0, d_e, np.nan))


def cross_replication(
    a: Ratings,
    b: Ratings,
    *,
    interval: Literal["two_way", "items", "annotators"] | None = "two_way",
    level: float = 0.95,
    guard: bool = True,
) -> CrossReplication:
    """Cross-replication reliability of two pools that share item_ids, annotator_ids and points.

    Such pools come from one study by `Ratings.where`. One person
    belongs in one pool. Agreement inside a pool uses all its items, κ_x the items that both pools rated.
    Values are nan, with a note, where nothing is shared or the scale is too long to be compared on ranks.
    Raises ValueError when the two do not share their codes, or a person answered one item in both.
    Source: Wong, Paritosh & Aroyo (2021), arXiv 2106.07393; here from counts rather than pairs.
    """
    check(interval, level, None)
    _check_pools(a, b)
    both = _pooled(a, b)
    parts: dict[Measure, tuple[str, Link]] = {
        "kappa_x": ("Cross-replication reliability", AGREEMENT),
        "normalised": ("Normalised cross-replication reliability", IDENTITY),
        "difference": ("Agreement inside less agreement across", IDENTITY),
    }
    found: dict[str, Estimate] = {
        name: _across(both, a, name, f"{method}, {a.scale.kind}", link, interval, level, guard)
        for name, (method, link) in parts.items()
    }
    return CrossReplication(
        **found, alpha_a=_inside(a, interval, level, guard), alpha_b=_inside(b, interval, level, guard)
    )


def _across(
    both: Ratings,
    a: Ratings,
    measure: Measure,
    method: str,
    link: Link,
    interval: Literal["two_way", "items", "annotators"] | None,
    level: float,
    guard: bool,
) -> Estimate:
    why = _not_across(both, a)
    if why:
        return not_defined(both, both, method, "alpha", level, why)
    coefficient = Across(distance_of(a), len(a.points), measure)
    u = units(both, coefficient)
    value = value_of(u, coefficient)
    if not math.isfinite(value):
        why = "Not defined: without variation, or with agreement inside a pool that is not above chance."
        return not_defined(both, both, method, "alpha", level, why)
    value, limits = estimated(u, coefficient, link, interval, level, None, 0, guard)
    return estimate(value, limits, both, u, method, interval, "alpha", level)


def _inside(
    pool: Ratings, interval: Literal["two_way", "items", "annotators"] | None, level: float, guard: bool
) -> Estimate:
    return alpha(pool, interval=interval, level=level, guard=guard)


def _not_across(both: Ratings, a: Ratings) -> str | None:
    n_points = len(a.points)
    of_b = both.value >= n_points
    n_items = len(both.item_ids)
    shared = (np.bincount(both.item[of_b], minlength=n_items) > 0) & (
        np.bincount(both.item[~of_b], minlength=n_items) > 0
    )
    if not shared.any():
        return "Not defined: no item was rated by both."
    if a.scale.kind == "ordinal" and n_points > MOST_POINTS_IN_PRODUCTS:
        return f"Not computed: {n_points} ordinal values are too many to be compared one by one."
    return None


def _pooled(a: Ratings, b: Ratings) -> Ratings:
    """First occasions of both, sorted by item and annotator, with values of b moved up by V."""
    a, b = a.first(), b.first()
    item, annotator = np.concatenate([a.item, b.item]), np.concatenate([a.annotator, b.annotator])
    order = np.lexsort((annotator, item))
    weights = [np.ones(len(pool)) if pool.weight is None else pool.weight for pool in (a, b)]
    unweighted = a.weight is None and b.weight is None
    value = np.concatenate([a.value, b.value + len(a.points)])
    same = (np.diff(item[order]) == 0) & (np.diff(annotator[order]) == 0)
    if same.any():
        raise ValueError("A person answered one item in both pools; put each person in one.")
    pooled = dataclasses.replace(
        a,
        item=item[order],
        annotator=annotator[order],
        occasion=np.zeros(len(order), dtype=np.int64),
        value=value[order],
        weight=None if unweighted else np.concatenate(weights)[order],
        points=(*((0, point) for point in a.points), *((1, point) for point in a.points)),
        abstained_item=np.concatenate([a.abstained_item, b.abstained_item]),
        abstained_annotator=np.concatenate([a.abstained_annotator, b.abstained_annotator]),
        abstained_occasion=np.concatenate([a.abstained_occasion, b.abstained_occasion]),
    )
    return pooled if pooled.weight is None else pooled.rows(pooled.weight > 0)


def _check_pools(a: Ratings, b: Ratings) -> None:
    if a.points != b.points or a.scale != b.scale:
        raise ValueError("The pools must be measured on one scale with the same points.")
    for ids in ("item_ids", "annotator_ids"):
        if not np.array_equal(getattr(a, ids), getattr(b, ids)):
            raise ValueError(f"The pools must share their {ids}; take both out of one table with `where`.")


def _of_mean(alpha: float, k: int) -> float:
    below = 1 + (k - 1) * alpha
    return k * alpha / below if below > 0 else math.nan
