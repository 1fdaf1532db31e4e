"""Answers that were not given: how many, why, and what they could change at worst."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from .coding import Mask
from .estimate import json_safe
from .posterior import posterior
from .table import Ratings, Scale

UNSTATED = "unstated"


@dataclass(frozen=True)
class Bounds:
    """Where a number must lie whatever those who abstained would have said.

    value: without them. low, high: if all of them had chosen one end. n: answers; n_abstained: the rest.
    Source: Manski (2003), Partial Identification of Probability Distributions.
    """

    value: float
    low: float
    high: float
    n: int
    n_abstained: int
    unit: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: json_safe(value) for name, value in dataclasses.asdict(self).items()}


def mean_bounds(values: ArrayLike, n_abstained: int, least: float, most: float, unit: str = "points") -> Bounds:
    """Bounds of the mean of numbers on a scale from least to most."""
    given = np.asarray(values, dtype=np.float64)
    total = len(given) + n_abstained
    if not total:
        note = "Not defined: nobody was asked."
        return Bounds(math.nan, math.nan, math.nan, 0, 0, unit, (note,))
    value = float(given.mean()) if len(given) else math.nan
    low, high = ((given.sum() + n_abstained * end) / total for end in (least, most))
    notes = () if len(given) else ("Everybody abstained: only the ends of the scale are known.",)
    return Bounds(value, float(low), float(high), len(given), n_abstained, unit, notes)


def share_bounds(n_chosen: int, n: int, n_abstained: int) -> Bounds:
    """Bounds of the share of people who would choose something that n_chosen of n answers did."""
    return mean_bounds(np.repeat([1.0, 0.0], [n_chosen, n - n_chosen]), n_abstained, 0.0, 1.0, "proportion")


def item_bounds(r: Ratings) -> pd.DataFrame:
    """One row an item: item_id, value, low, high, n, n_abstained, for means of first occasions.

    The ends of the scale are those of its domain, or of the values given where it is open.
    Raises ValueError when points are not numbers.
    """
    first, x = r.first(), r.numbers
    n_items = len(r.item_ids)
    n = np.bincount(first.item, minlength=n_items).astype(np.float64)
    absent = np.bincount(first.abstained_item, minlength=n_items).astype(np.float64)
    total = np.bincount(first.item, weights=x[first.value], minlength=n_items).astype(np.float64)
    asked = np.where(n + absent > 0, n + absent, np.nan)
    least, most = (float(x.min()), float(x.max())) if len(x) else (math.nan, math.nan)
    return pd.DataFrame(
        {
            "item_id": r.item_ids,
            "value": total / np.where(n > 0, n, np.nan),
            "low": (total + absent * least) / asked,
            "high": (total + absent * most) / asked,
            "n": n.astype(np.int64),
            "n_abstained": absent.astype(np.int64),
        }
    )


@dataclass(frozen=True)
class Difference:
    """Mean of cohort a less that of cohort b, over first occasions, without and with the worst abstentions.

    robust: the difference has the same sign wherever those who abstained would have stood.
    """

    difference: Bounds
    a: Bounds
    b: Bounds
    robust: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "difference": self.difference.to_dict(),
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "robust": self.robust,
        }


def difference_bounds(r: Ratings, a: Mask, b: Mask) -> Difference:
    """Whether two cohorts differ in their mean whatever those who abstained would have said."""
    x = r.numbers
    least, most = (float(x.min()), float(x.max())) if len(x) else (math.nan, math.nan)
    sides = []
    for mask in (a, b):
        some = r.where(annotators=mask).first()
        sides.append(mean_bounds(x[some.value], some.n_abstained, least, most, r.scale.unit))
    one, other = sides
    low, high = one.low - other.high, one.high - other.low
    notes = one.notes + other.notes
    n, absent = one.n + other.n, one.n_abstained + other.n_abstained
    difference = Bounds(one.value - other.value, low, high, n, absent, r.scale.unit, notes)
    return Difference(difference, one, other, bool(low > 0 or high < 0))


def rates(abstained: ArrayLike, asked: ArrayLike, names: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """How often people abstained, by item, cohort or reason, with beta-binomial credible limits.

    abstained, asked: (groups,) counts. From 30 groups on, what all groups have in common is learnt from them,
    so that a group of few is drawn towards the rest; before that ½ and ½ are added.
    Returns name, n_abstained, n_asked, rate, low, high; rate is nan where nobody was asked.
    Raises ValueError where more abstained than were asked.
    """
    some, of = np.asarray(abstained, dtype=np.float64), np.asarray(asked, dtype=np.float64)
    if (some > of).any() or (some < 0).any():
        raise ValueError("In one group more people abstained than were asked, or fewer than none.")
    found = posterior(np.column_stack([some, of - some]))
    alpha, beta = found.concentration.T
    low, high = (np.asarray(betaincinv(alpha, beta, q)) for q in ((1 - level) / 2, (1 + level) / 2))
    return pd.DataFrame(
        {
            "name": np.asarray(names),
            "n_abstained": some.astype(np.int64),
            "n_asked": of.astype(np.int64),
            "rate": some / np.where(of > 0, of, np.nan),
            "low": low,
            "high": high,
        }
    )


def item_rates(r: Ratings, *, level: float = 0.95) -> pd.DataFrame:
    """Abstention rates by item on first occasions."""
    first, n_items = r.first(), len(r.item_ids)
    absent = np.bincount(first.abstained_item, minlength=n_items)
    return rates(absent, absent + np.bincount(first.item, minlength=n_items), r.item_ids, level=level)


def cohort_rates(r: Ratings, groups: Mapping[str, Mask], *, level: float = 0.95) -> pd.DataFrame:
    """Abstention rates by cohort on first occasions; masks run along annotator_ids."""
    each = [r.where(annotators=mask).first() for mask in groups.values()]
    absent = np.array([some.n_abstained for some in each], dtype=np.int64)
    asked = absent + np.array([len(some) for some in each], dtype=np.int64)
    return rates(absent, asked, np.array(list(groups), dtype=object), level=level)


def reason_rates(r: Ratings, reasons: ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """Share of all first answers that are abstentions for each reason.

    reasons: one for each abstention of r, in its order; a missing one is "unstated".
    """
    named = _named(reasons, r.n_abstained)[r.abstained_occasion == 0]
    found, times = np.unique(named.astype(str), return_counts=True)
    asked = len(r.first()) + len(named)
    return rates(times, np.full(len(times), asked), found, level=level)


def with_abstentions(r: Ratings, reasons: ArrayLike | None = None) -> Ratings:
    """The same people with every abstention as an answer of its own kind, on a nominal scale.

    reasons: one for each abstention; each becomes a point "abstain: reason", so that an alpha of the result
    counts two people who both decline for one reason as agreeing.
    """
    given = [r.points[code] for code in r.value.tolist()]
    why = _named(reasons, r.n_abstained) if reasons is not None else None
    absent = ["abstain"] * r.n_abstained if why is None else [f"abstain: {each}" for each in why]
    domain = (*(str(point) for point in r.points), *sorted(set(absent)))
    return Ratings.from_arrays(
        r.item_ids[np.concatenate([r.item, r.abstained_item])],
        r.annotator_ids[np.concatenate([r.annotator, r.abstained_annotator])],
        [*(str(point) for point in given), *absent],
        Scale("nominal", domain),
        occasion=np.concatenate([r.occasion, r.abstained_occasion]),
    )


def _named(reasons: ArrayLike, n: int) -> np.ndarray[Any, np.dtype[Any]]:
    named = pd.Series(np.asarray(reasons, dtype=object))
    if len(named) != n:
        raise ValueError(f"There are {n} abstentions and {len(named)} reasons.")
    return np.where(named.isna() | (named == ""), UNSTATED, named)
