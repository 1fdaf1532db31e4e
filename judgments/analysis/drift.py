"""Whether judging changes as people go on, apart from which items they happen to meet.

Every answer is compared with the others' answers to the same item. Items must not have been chosen by what
people had answered; anchors, shown again at fixed times, are the surest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit
from scipy.stats import spearmanr

from .clusters import Entered, estimate
from .coding import Floats, Ints, Mask
from .estimate import Estimate, Limits, json_safe
from .permutation import bh, permutation_p
from .table import Ratings

FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Trend:
    """slope: points a step, with limits; p: two-sided, of the t test; spearman: rank correlation with order;
    last: the exponentially weighted mean residual at the end."""

    slope: Estimate
    p: float
    spearman: float
    last: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        numbers = {"p": self.p, "spearman": self.spearman, "last": self.last}
        return {"slope": self.slope.to_dict(), **{name: json_safe(value) for name, value in numbers.items()}}


@dataclass(frozen=True)
class Drift:
    """pool: how the residuals of all people go with their own order, errors clustered by person.

    people: annotator_id, n, slope, se, p and p_bh, by shuffling the order of a person's residuals, and last.
    anchors: for each period the mean residual of anchor items against their first period; empty without.
    """

    pool: Estimate
    pool_p: float
    people: pd.DataFrame
    anchors: pd.DataFrame
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; of people only how many drift at 5 %."""
        return {
            "pool": self.pool.to_dict(),
            "pool_p": json_safe(self.pool_p),
            "n_people": len(self.people),
            "n_drifting": int((self.people["p_bh"] <= 0.05).sum()),
            "anchors": [json_safe(row) for row in self.anchors.to_dict("records")],
            "notes": list(self.notes),
        }


def trend(x: ArrayLike, *, weight: float = 0.3, level: float = 0.95) -> Trend:
    """The course of one row of residuals, one step apart. weight: λ of the exponentially weighted mean."""
    y = np.asarray(x, dtype=np.float64)
    n = len(y)
    entered = Entered(0, 1, n)
    method = "Least-squares slope on order; t limits"
    if n < 3 or y.min() == y.max():
        why = "Not defined: fewer than three answers." if n < 3 else "Nothing changes."
        slope = estimate(math.nan, Limits(notes=(why,)), entered, method=method, unit="points a step", level=level)
        return Trend(slope, math.nan, math.nan, _ewma(y, weight))
    t = np.arange(n) - (n - 1) / 2
    b = float(t @ y / (t @ t))
    se = math.sqrt(float(((y - y.mean() - b * t) ** 2).sum()) / (n - 2) / float(t @ t))
    half = float(stdtrit(n - 2, (1 + level) / 2)) * se
    p = 2 * float(stdtr(n - 2, -abs(b) / se)) if se > 0 else 0.0
    limits = Limits(b - half, b + half, se, n - 2.0)
    slope = estimate(b, limits, entered, method=method, unit="points a step", level=level)
    return Trend(slope, p, float(spearmanr(t, y).statistic), _ewma(y, weight))


def ewma(x: ArrayLike, weight: float = 0.3) -> Floats:
    """(n,) z_t = λ x_t + (1−λ) z_{t−1}, from z = 0."""
    z, course = 0.0, []
    for value in np.asarray(x, dtype=np.float64).tolist():
        z = weight * value + (1 - weight) * z
        course.append(z)
    return np.array(course)


def drift(
    r: Ratings,
    time: ArrayLike,
    *,
    anchor: Mask | None = None,
    period: ArrayLike | None = None,
    n_permutations: int = 999,
    fewest_answers: int = FEWEST_ANSWERS,
    weight: float = 0.3,
    level: float = 0.95,
    rng: np.random.Generator,
) -> Drift:
    """Drift of people and of the pool.

    time: one for each rating of r, in its order; only a person's own order counts. anchor: along item_ids, items
    shown again and again; period: one for each rating, such as a week. People with fewer than fewest_answers
    with a residual are left out. Raises ValueError when lengths differ or points are not numbers.
    """
    when = np.asarray(time, dtype=np.float64)
    if len(when) != len(r):
        raise ValueError(f"There are {len(r)} ratings and {len(when)} times.")
    first = r.occasion == 0
    left = residuals(r)
    known = first & np.isfinite(left)
    order = np.lexsort((when[known], r.annotator[known]))
    person, y = r.annotator[known][order], left[known][order]
    n_all = np.bincount(person, minlength=len(r.annotator_ids))
    keep = n_all[person] >= fewest_answers
    person, y = person[keep], y[keep]
    notes = () if len(y) else (f"Not defined: nobody has {fewest_answers} answers to items that others judged.",)
    rows = []
    for each in np.unique(person):
        own = y[person == each]
        found = trend(own, weight=weight, level=level)
        null = _shuffled_slopes(own, n_permutations, rng)
        p = float(permutation_p(found.slope.value, null))
        rows.append((r.annotator_ids[each], len(own), found.slope.value, found.slope.se, p, found.last))
    people = pd.DataFrame(rows, columns=["annotator_id", "n", "slope", "se", "p", "last"])
    people.insert(5, "p_bh", bh(people["p"].to_numpy(dtype=np.float64)))
    pool, pool_p = _pool(person, y, level, notes)
    anchors = _anchors(r, anchor, period)
    return Drift(pool, pool_p, people, anchors, notes)


def residuals(r: Ratings) -> Floats:
    """(n,) each answer less the mean of the others' first answers to the item; nan where nobody else gave one."""
    x, first = r.numbers[r.value], r.occasion == 0
    n_items = len(r.item_ids)
    total = np.bincount(r.item[first], weights=x[first], minlength=n_items)
    n = np.bincount(r.item[first], minlength=n_items)
    own = _own_first(r, x, first)
    has_own = np.isfinite(own)
    others = n[r.item] - has_own
    mean = (total[r.item] - np.where(has_own, own, 0.0)) / np.where(others > 0, others, np.nan)
    return np.asarray(x - mean)


def _own_first(r: Ratings, x: Floats, first: Mask) -> Floats:
    """(n,) the first answer of the same person to the same item; nan without one."""
    key = r.item * len(r.annotator_ids) + r.annotator
    firsts = dict(zip(key[first].tolist(), x[first].tolist(), strict=True))
    return np.array([firsts.get(each, math.nan) for each in key.tolist()], dtype=np.float64)


def _shuffled_slopes(y: Floats, n_permutations: int, rng: np.random.Generator) -> Floats:
    t = np.arange(len(y)) - (len(y) - 1) / 2
    drawn = rng.permuted(np.tile(y, (n_permutations, 1)), axis=1)
    return np.asarray(drawn @ t / (t @ t)) if len(y) > 1 else np.full(n_permutations, np.nan)


def _pool(person: Ints, y: Floats, level: float, notes: tuple[str, ...]) -> tuple[Estimate, float]:
    """The common slope within people, with errors clustered by person (C/(C−1))."""
    people, code = np.unique(person, return_inverse=True)
    c, n = len(people), np.bincount(code, minlength=len(people))
    start = np.concatenate([[0], np.cumsum(n)[:-1]]) if c else np.zeros(0)
    step = np.arange(len(y)) - start[code] if len(y) else np.zeros(0)
    entered = Entered(0, c, len(y))
    method = "Common slope within people, item-adjusted; errors clustered by person"
    unit = "points a step"
    t = step - (n[code] - 1) / 2 if len(y) else step
    scale = float(t @ t)
    if scale == 0 or c < 2:
        why = notes or ("Not defined: fewer than two people.",)
        value = estimate(math.nan, Limits(notes=why), entered, method=method, unit=unit, level=level)
        return value, math.nan
    centred = y - (np.bincount(code, weights=y, minlength=c) / n)[code]
    b = float(t @ centred / scale)
    scores = np.bincount(code, weights=t * (centred - b * t), minlength=c)
    se = math.sqrt(float(scores @ scores) * c / (c - 1)) / scale
    half = float(stdtrit(c - 1, (1 + level) / 2)) * se
    p = 2 * float(stdtr(c - 1, -abs(b) / se)) if se > 0 else math.nan
    limits = Limits(b - half, b + half, se, c - 1.0)
    return estimate(b, limits, entered, method=method, unit=unit, level=level), p


def _anchors(r: Ratings, anchor: Mask | None, period: ArrayLike | None) -> pd.DataFrame:
    """Mean change of anchor items since their own first period, by period, each item counted once."""
    columns = ["period", "change", "se", "n_items", "n"]
    if anchor is None or period is None:
        return pd.DataFrame(columns=columns)
    spans = np.asarray(period)
    if len(spans) != len(r):
        raise ValueError(f"There are {len(r)} ratings and {len(spans)} periods.")
    here = anchor[r.item]
    table = pd.DataFrame({"item": r.item[here], "period": spans[here], "y": r.numbers[r.value[here]]})
    by_item = table.groupby(["item", "period"])["y"].agg(["mean", "size"]).reset_index()
    by_item["change"] = by_item["mean"] - by_item.groupby("item")["mean"].transform("first")
    by_period = by_item.groupby("period").agg(
        change=("change", "mean"), sd=("change", "std"), n_items=("item", "size"), n=("size", "sum")
    )
    by_period["se"] = by_period["sd"] / np.sqrt(by_period["n_items"])
    return by_period.reset_index()[columns]


def _ewma(y: Floats, weight: float) -> float:
    course = ewma(y, weight)
    return float(course[-1]) if len(course) else math.nan
