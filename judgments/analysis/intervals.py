"""From a coefficient of ratings to an estimate with its limits, whatever is taken to be drawn at random."""

from __future__ import annotations

import math
from typing import Literal, TypeGuard, get_args

import numpy as np

from . import deletion, ranks
from .bootstrap import crossed_bootstrap
from .deletion import AllLeftOut, Units
from .disagreement import Alpha, Coefficient, MidRanks
from .estimate import (
    Estimate,
    Limits,
    Link,
    item_jackknife,
    percentile_limits,
    too_few,
    two_way_jackknife,
    unit_bootstrap,
)
from .table import Ratings

Interval = Literal["two_way", "items", "annotators", "bootstrap", "bootstrap_annotators", "pigeonhole"]
RANDOM: tuple[Interval, ...] = ("bootstrap", "bootstrap_annotators", "pigeonhole")
WITH_ANNOTATORS: tuple[Interval, ...] = ("two_way", "annotators", "bootstrap_annotators", "pigeonhole")

DRAWN: dict[str, str] = {
    "two_way": "two-way jackknife; items and annotators drawn at random",
    "items": "jackknife over items; items drawn at random, annotators fixed",
    "annotators": "jackknife over annotators; annotators drawn at random, items fixed",
    "bootstrap": "bootstrap over items, percentiles; items drawn at random, annotators fixed",
    "bootstrap_annotators": "bootstrap over annotators, percentiles; annotators drawn at random, items fixed",
    "pigeonhole": "pigeonhole bootstrap, percentiles; items and annotators drawn at random",
    "linearisation": "linearisation; items drawn at random, annotators fixed",
}
# Up to here, a column for each pair of points is the faster way.
MOST_POINTS_IN_PAIRS = 20


def check(interval: str | None, level: float, rng: np.random.Generator | None, *, more: tuple[str, ...] = ()) -> None:
    """ValueError for an interval or level that does not exist, or for resampling without rng."""
    known = (*get_args(Interval), *more)
    if interval is not None and interval not in known:
        raise ValueError(f"Unknown interval {interval!r}; one of {', '.join(known)} or None.")
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, not {level!r}.")
    if interval in RANDOM and rng is None:
        raise ValueError("A bootstrap needs rng, so that it can be repeated.")


def value_of(u: Units, coefficient: Coefficient) -> float:
    """The coefficient of all items together."""
    if _has_many_ranks(coefficient):
        return ranks.value(u, coefficient)
    return float(coefficient.value((u.times @ coefficient.statistics(u.rows))[None, :])[0])


def without_each(u: Units, coefficient: Coefficient) -> AllLeftOut:
    """The coefficient, and again without each item, each annotator and each rating in turn."""
    if _has_many_ranks(coefficient):
        return ranks.without_each(u, coefficient)
    return deletion.without_each(u, coefficient)


def estimated(
    u: Units,
    coefficient: Coefficient,
    link: Link,
    interval: Interval | None,
    level: float,
    rng: np.random.Generator | None,
    n_resamples: int,
    guard: bool,
) -> tuple[float, Limits]:
    """The value and its limits; guard withholds limits where items or annotators are too few."""
    if interval is None:
        return value_of(u, coefficient), Limits()
    if interval in RANDOM:
        assert rng is not None
        limits = _resampled(u, coefficient, interval, level, rng, n_resamples)
        return value_of(u, coefficient), guarded(limits, u, interval, guard)
    left = without_each(u, coefficient)
    if interval == "items":
        limits = item_jackknife(left.value, left.items, link=link, level=level)
    elif interval == "annotators":
        limits = item_jackknife(left.value, left.annotators, link=link, level=level, name="annotator")
    else:
        limits = two_way_jackknife(left.value, left.items, left.annotators, left.cells, link=link, level=level)
    return left.value, guarded(limits, u, interval, guard)


def guarded(limits: Limits, u: Units, interval: str, guard: bool) -> Limits:
    """The limits, or none with a reason when there are too few items or annotators to trust them."""
    reason = too_few(u.n_items, u.n_annotators if interval in WITH_ANNOTATORS else None) if guard else None
    return limits if reason is None else Limits(notes=(reason,))


def estimate(
    value: float,
    limits: Limits,
    r: Ratings,
    u: Units,
    method: str,
    interval: str | None,
    unit: str,
    level: float,
) -> Estimate:
    """The estimate of ratings r from their units u."""
    return Estimate(
        value=value,
        low=limits.low,
        high=limits.high,
        level=level,
        method=method if interval is None else f"{method}; {DRAWN[interval]}",
        unit=unit,
        se=limits.se,
        df=limits.df,
        n_items=u.n_items,
        n_annotators=u.n_annotators,
        n_ratings=u.n_ratings,
        n_abstained=r.first().n_abstained,
        notes=(*limits.notes, *_left_out(r, u.n_ratings)),
        components=limits.components,
    )


def not_defined(r: Ratings, used: Ratings, method: str, unit: str, level: float, why: str) -> Estimate:
    """An estimate without a value; used are the ratings that would have entered it."""
    return Estimate(
        value=math.nan,
        low=None,
        high=None,
        level=level,
        method=method,
        unit=unit,
        se=None,
        df=None,
        n_items=len(np.unique(used.item)),
        n_annotators=len(np.unique(used.annotator)),
        n_ratings=len(used),
        n_abstained=r.first().n_abstained,
        notes=(why, *_left_out(r, len(used))),
    )


def _resampled(
    u: Units, coefficient: Coefficient, interval: str, level: float, rng: np.random.Generator, n_resamples: int
) -> Limits:
    if _has_many_ranks(coefficient):
        return Limits(notes=("No limits: on an ordinal scale this long only a jackknife is computed.",))
    if interval == "bootstrap":
        values = unit_bootstrap(coefficient.statistics(u.rows), u.times, coefficient.value, n_resamples, rng)
    else:
        values = crossed_bootstrap(u, coefficient, n_resamples, rng, items=interval == "pigeonhole")
    return percentile_limits(values, level)


def _has_many_ranks(coefficient: Coefficient) -> TypeGuard[Alpha]:
    if not isinstance(coefficient, Alpha) or not isinstance(coefficient.delta, MidRanks):
        return False
    return coefficient.delta.n_points > MOST_POINTS_IN_PAIRS


def _left_out(r: Ratings, n_used: int) -> tuple[str, ...]:
    n_alone = len(r.first()) - n_used
    return (f"Ratings that stand alone on their item and were left out: {n_alone}.",) if n_alone else ()
