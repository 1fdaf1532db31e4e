"""Agreement beyond chance, where chance is defined in other ways than alpha does.

Here because readers ask for them. Which coefficient a study reports is best decided before its answers are
known: AC1 is high by construction where one answer prevails, and the kappas are low there.
"""

from __future__ import annotations

import math
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import comb, stdtrit

from .coding import Floats, Ints
from .deletion import Units, units
from .disagreement import COUNT, MOMENTS, SQUARED_WEIGHT, WEIGHT, one_hot, rows_of, sums_of_products
from .estimate import AGREEMENT, Estimate, Limits
from .intervals import Interval, check, estimate, estimated, guarded, not_defined, value_of
from .table import Ratings

Chance = Literal["gwet", "fleiss", "brennan_prediger"]
Weights = Literal["identity", "linear", "quadratic", "ordinal"]
WITH_LINEARISATION = ("linearisation",)

NAMES: dict[str, str] = {
    "gwet": "Gwet's AC1",
    "fleiss": "Fleiss' kappa",
    "brennan_prediger": "Brennan-Prediger kappa",
    "conger": "Conger's kappa",
}


def agreement_weights(r: Ratings, weights: Weights | ArrayLike = "identity") -> Floats:
    """(points, points) how much two answers agree: 1 on the diagonal.

    linear, quadratic: 1 − |c−k|/max and 1 − (c−k)²/max, of the numbers on an interval or ratio scale and of
    the places otherwise. ordinal: Gwet's 1 − C(|c−k|+1, 2)/C(V, 2), always of the places. Or your own table.
    Raises ValueError for unknown weights, and for a table that is not symmetric with ones on the diagonal.
    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 3.
    """
    v = len(r.points)
    if not isinstance(weights, str):
        table = np.asarray(weights, dtype=np.float64)
        if table.shape != (v, v) or (table != table.T).any() or (table.diagonal() != 1).any():
            raise ValueError(f"Weights for {v} points are a symmetric table of {v} by {v} with ones on the diagonal.")
        return table
    if weights == "identity":
        return np.eye(v)
    if weights not in ("linear", "quadratic", "ordinal"):
        raise ValueError(f"Unknown weights {weights!r}.")
    x = (
        r.numbers
        if r.scale.kind in ("interval", "ratio") and weights != "ordinal"
        else np.arange(v, dtype=np.float64)
    )
    apart = np.abs(x[:, None] - x[None, :])
    if weights == "ordinal":
        apart = np.asarray(comb(apart + 1, 2))
    elif weights == "quadratic":
        apart = apart**2
    most = apart.max(initial=0.0)
    return 1 - apart / most if most > 0 else np.ones((v, v))


class BeyondChance:
    """κ = (p_a − p_e) / (1 − p_e) with p_e from π, the mean over items of their shares of each answer.

    p_a is the mean agreement of pairs over items with two ratings; π is of all items.
    Gwet: p_e = ΣW · Σ π_k (1−π_k) / (V (V−1)); Fleiss: π'Wπ; Brennan and Prediger: ΣW / V².
    """

    def __init__(self, w: Floats, chance: Chance) -> None:
        self.w = w
        self.chance = chance

    def ratings(self, value: Ints, weight: Floats | None) -> Floats:
        return rows_of(one_hot(value, len(self.w)), weight)

    def statistics(self, rows: Floats) -> Floats:
        m, total, itself, counts = rows[:, COUNT], rows[:, WEIGHT], rows[:, SQUARED_WEIGHT], rows[:, MOMENTS:]
        paired, present = m > 1.5, m > 0.5  # whole numbers, up to rounding
        same = sums_of_products(counts @ self.w, counts) - itself
        p_a = np.divide(same, total**2 - itself, out=np.zeros_like(total), where=paired)
        shares = np.divide(counts, total[:, None], out=np.zeros_like(counts), where=present[:, None])
        return np.column_stack([p_a, paired, present, shares])

    def value(self, totals: Floats) -> Floats:
        p_a, p_e = self.parts(totals)
        return (p_a - p_e) / np.where(1 - p_e > 0, 1 - p_e, np.nan)

    def parts(self, totals: Floats) -> tuple[Floats, Floats]:
        """p_a and p_e for each row of totals."""
        p_a = totals[:, 0] / np.where(totals[:, 1] > 0, totals[:, 1], np.nan)
        pi = totals[:, 3:] / np.where(totals[:, 2:3] > 0, totals[:, 2:3], np.nan)
        if self.chance == "fleiss":
            return p_a, sums_of_products(pi @ self.w, pi)
        if self.chance == "gwet":
            return p_a, self._spread() * (pi * (1 - pi)).sum(axis=1)
        return p_a, np.full(len(totals), self.w.mean())

    def half_slope(self, pi: Floats) -> Floats:
        """(V,) h with p_e,u = Σ_k h_k n_uk / m_u: half of what p_e gains with each share."""
        if self.chance == "fleiss":
            return np.asarray(self.w @ pi)
        if self.chance == "gwet":
            return self._spread() * (1 - pi)
        return np.full(len(self.w), self.w.mean())

    def _spread(self) -> float:
        v = len(self.w)
        return float(self.w.sum()) / (v * (v - 1)) if v > 1 else math.nan


def gwet(
    r: Ratings,
    weights: Weights | ArrayLike = "identity",
    *,
    interval: Interval | Literal["linearisation"] | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Gwet's AC1, and AC2 with other weights than identity, of first occasions.

    interval: as for alpha, or "linearisation" for Gwet's standard error, which takes the annotators as given.
    The whole scale counts, so its domain should be declared. nan, with a note, when no item has two ratings
    or p_e is one.
    Source: Gwet (2008), doi:10.1348/000711006X126600; the variance as in Gwet (2014), chapter 5.
    """
    return _beyond_chance(r, "gwet", weights, interval, level, rng, n_resamples, guard)


def fleiss(
    r: Ratings,
    weights: Weights | ArrayLike = "identity",
    *,
    interval: Interval | Literal["linearisation"] | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Fleiss' generalised kappa of first occasions, here for unequal rows; options as for gwet.

    Source: Fleiss (1971), doi:10.1037/h0031619; missing ratings as in Gwet (2014).
    """
    return _beyond_chance(r, "fleiss", weights, interval, level, rng, n_resamples, guard)


def brennan_prediger(
    r: Ratings,
    weights: Weights | ArrayLike = "identity",
    *,
    interval: Interval | Literal["linearisation"] | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Kappa where chance is all answers alike often, of first occasions; options as for gwet.

    Source: Brennan & Prediger (1981), doi:10.1177/001316448104100307.
    """
    return _beyond_chance(r, "brennan_prediger", weights, interval, level, rng, n_resamples, guard)


def conger(
    r: Ratings,
    weights: Weights | ArrayLike = "identity",
    *,
    interval: Literal["linearisation"] | None = "linearisation",
    level: float = 0.95,
    guard: bool = True,
) -> Estimate:
    """Conger's kappa of first occasions: chance from each annotator's own shares; Cohen's kappa for two.

    p_e = Σ_{g≠h} p_g'W p_h / (R (R−1)) with p_g the shares of annotator g. Weights of ratings are left aside.
    The standard error takes the annotators as given.
    Source: Conger (1980), doi:10.1037/0033-2909.88.2.322.
    """
    if interval not in (None, "linearisation"):
        raise ValueError(f"Unknown interval {interval!r}; Conger's kappa has 'linearisation' or None.")
    check(interval, level, None, more=WITH_LINEARISATION)
    first, w = r.first(), agreement_weights(r, weights)
    unweighted = Ratings(**{**vars(first), "weight": None})
    method, undefined = _name("conger", weights), _no_chance(unweighted)
    u = units(unweighted, BeyondChance(w, "fleiss")) if undefined is None else None
    if u is None or u.n_annotators < 2:
        return not_defined(r, first, method, "kappa", level, undefined or "Not defined: one annotator.")
    value, each = _conger(u, w)
    if not math.isfinite(value):
        return not_defined(r, first, method, "kappa", level, "Not defined: by chance alone all would agree.")
    limits = guarded(_linearised(value, each, np.ones(u.n_items), level), u, "linearisation", guard)
    return estimate(value, limits if interval else Limits(), r, u, method, interval, "kappa", level)


def _beyond_chance(
    r: Ratings,
    chance: Chance,
    weights: Weights | ArrayLike,
    interval: str | None,
    level: float,
    rng: np.random.Generator | None,
    n_resamples: int,
    guard: bool,
) -> Estimate:
    check(interval, level, rng, more=WITH_LINEARISATION)
    first, coefficient = r.first(), BeyondChance(agreement_weights(r, weights), chance)
    method, undefined = _name(chance, weights), _no_chance(first)
    if undefined:
        return not_defined(r, first, method, "kappa", level, undefined)
    u = units(first, coefficient)
    if not math.isfinite(value_of(u, coefficient)):
        return not_defined(r, first, method, "kappa", level, "Not defined: by chance alone all would agree.")
    if interval == "linearisation":
        value, each = value_of(u, coefficient), _each_item(u, coefficient)
        limits = guarded(_linearised(value, each, u.times, level), u, interval, guard)
    else:
        value, limits = estimated(
            u, coefficient, AGREEMENT, cast(Interval | None, interval), level, rng, n_resamples, guard
        )
    return estimate(value, limits, r, u, method, interval, "kappa", level)


def _each_item(u: Units, coefficient: BeyondChance) -> Floats:
    """κ_u − κ for each row of items: how far one item moves κ, N times over.

    κ_u = (N/N₂) (p_a,u − p_e 1[m_u≥2]) / (1−p_e) − 2 (1−κ) (p_e,u − p_e) / (1−p_e).
    """
    each = coefficient.statistics(u.rows)
    totals = u.times @ each
    p_a, p_e = (float(part[0]) for part in coefficient.parts(totals[None, :]))
    n, n2, kappa = totals[2], totals[1], (p_a - p_e) / (1 - p_e)
    p_eu = each[:, 3:] @ coefficient.half_slope(totals[3:] / n)
    mean = float(u.times @ p_eu) / n
    own = n / n2 * (each[:, 0] - p_e * each[:, 1]) / (1 - p_e)
    return np.asarray(own - kappa - 2 * (1 - kappa) * (p_eu - mean) / (1 - p_e))


def _conger(u: Units, w: Floats) -> tuple[float, Floats]:
    """Conger's κ, and κ_u − κ of each item, with p_e linearised in every annotator's shares."""
    coefficient = BeyondChance(w, "fleiss")
    each = coefficient.statistics(u.rows)[u.item_row]
    n, n2, r, v = u.n_items, each[:, 1].sum(), u.n_annotators, len(w)
    value = u.cell_value[u.rating_cell]
    given = np.bincount(u.annotator * v + value, minlength=r * v).reshape(r, v).astype(np.float64)
    n_g = given.sum(axis=1)
    p_g = given / n_g[:, None]
    everyone = p_g.sum(axis=0)
    p_e = float(everyone @ w @ everyone - sums_of_products(p_g @ w, p_g).sum()) / (r * (r - 1))
    p_a = float(each[:, 0].sum() / n2)
    if not p_e < 1:
        return math.nan, np.full(n, np.nan)
    kappa = (p_a - p_e) / (1 - p_e)

    others = (everyone - p_g) @ w
    gain = (others - sums_of_products(others, p_g)[:, None]) * (n / n_g)[:, None] / (r * (r - 1))
    p_eu = np.bincount(u.rating_item, weights=gain[u.annotator, value], minlength=n)
    own = n / n2 * (each[:, 0] - p_e * each[:, 1]) / (1 - p_e)
    return kappa, np.asarray(own - kappa - 2 * (1 - kappa) * p_eu / (1 - p_e))


def _linearised(value: float, each: Floats, times: Floats, level: float) -> Limits:
    n = float(times.sum())
    if n < 2:
        return Limits(notes=("No limits: a standard error needs two items.",))
    variance = float(times @ each**2) / (n * (n - 1))
    half = float(stdtrit(n - 1, (1 + level) / 2)) * math.sqrt(variance)
    return Limits(value - half, value + half, math.sqrt(variance), n - 1, {"item": variance})


def _no_chance(first: Ratings) -> str | None:
    if len(first.points) < 2 and len(first):
        return "Not defined: the scale has a single point."
    if not len(first) or np.bincount(first.item).max() < 2:
        return "Not defined: no item has two ratings."
    return None


def _name(chance: str, weights: Weights | ArrayLike) -> str:
    if not isinstance(weights, str):
        return f"{NAMES[chance].replace('AC1', 'AC2')}, weights of your own"
    if weights == "identity":
        return NAMES[chance]
    return f"{NAMES[chance].replace('AC1', 'AC2')}, {weights} weights"
