"""Agreement between annotators: how much less they differ about one item than about two.

Low agreement on a question of values is a finding about the question, not a mark for the annotators.
"""

from __future__ import annotations

import math
from typing import Literal, TypeGuard

import numpy as np
from scipy.special import stdtrit

from . import deletion, ranks
from .coding import Floats
from .deletion import AllLeftOut, Units, needs_moments_only, paired, units
from .disagreement import Alpha, Coefficient, MidRanks, PairAgreement, ReducedBias, Weighting, distance_of
from .estimate import (
    AGREEMENT,
    PROPORTION,
    Estimate,
    LeftOut,
    Limits,
    Link,
    item_jackknife,
    percentile_limits,
    too_few,
    two_way_jackknife,
    unit_bootstrap,
)
from .table import Ratings

Interval = Literal["two_way", "items", "bootstrap"]
Estimator = Literal["customary", "reduced_bias"]

DRAWN = {
    "two_way": "two-way jackknife; items and annotators drawn at random",
    "items": "jackknife over items; items drawn at random, annotators fixed",
    "bootstrap": "bootstrap over items, percentiles; items drawn at random, annotators fixed",
}
# Beyond this many cells a table of items by values is not built.
MOST_CELLS = 30_000_000
MOST_ORDINAL_POINTS = 256
# Up to here, a column for each pair of points is the faster way.
MOST_POINTS_IN_PAIRS = 20


def alpha(
    r: Ratings,
    *,
    interval: Interval | None = "two_way",
    estimator: Estimator = "customary",
    weighting: Weighting = "ratings",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Krippendorff's alpha of first occasions: 1 is full agreement, 0 is what chance would give.

    interval: what is drawn at random; "bootstrap" needs rng; None gives the value alone.
    estimator: "reduced_bias" suits fewer than 30 items; it is defined for a fixed distance, without weights.
    weighting: "ratings" counts an item by its ratings, as is customary; "items" counts each item once.
    guard: withhold limits below 10 items or 3 annotators.
    Items with a single rating are left out, also of the expected disagreement. The value is nan, with a note,
    when no item has two ratings or every rating is the same. Raises ValueError for an unknown option.
    Source: Krippendorff (2011); Hayes & Krippendorff (2007), doi:10.1080/19312450709336664.
    """
    _check(interval, level, rng)
    if estimator not in ("customary", "reduced_bias") or weighting not in ("ratings", "items"):
        raise ValueError(f"Unknown estimator {estimator!r} or weighting {weighting!r}.")
    method = f"Krippendorff's alpha, {r.scale.kind}" + (", reduced bias" if estimator == "reduced_bias" else "")
    method += ", each item counted once" if weighting == "items" else ""
    pairs = paired(r)
    undefined = _no_alpha(pairs, estimator, weighting)
    if undefined:
        return _without_value(r, pairs, method, "alpha", level, undefined)

    delta = distance_of(r)
    coefficient = ReducedBias(delta) if estimator == "reduced_bias" else Alpha(delta, weighting)
    u = units(pairs, coefficient, moments_only=needs_moments_only(delta))
    if isinstance(coefficient, ReducedBias) and interval == "items":
        value, limits = _reduced_bias_over_items(u, coefficient, level)
        limits = _guarded(limits, u, "items", guard)
    else:
        value, limits = _estimated(u, coefficient, AGREEMENT, interval, level, rng, n_resamples, guard)
    return _estimate(value, limits, r, u, method, interval, "alpha", level)


def pair_agreement(
    r: Ratings,
    *,
    interval: Interval | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Share of annotator pairs that gave an item the same answer, averaged over items.

    Says nothing about chance, so it belongs beside alpha. Items with a single rating are left out; nan, with
    a note, if that leaves none. Limits are found on the scale of log odds.
    Source: the observed agreement of Fleiss (1971), doi:10.1037/h0031619; here for unequal rows.
    """
    _check(interval, level, rng)
    method, pairs = "Pair agreement", paired(r)
    undefined = _no_pairs(pairs) or _too_many_cells(pairs)
    if undefined:
        return _without_value(r, pairs, method, "proportion", level, undefined)
    coefficient = PairAgreement(len(r.points))
    u = units(pairs, coefficient)
    value, limits = _estimated(u, coefficient, PROPORTION, interval, level, rng, n_resamples, guard)
    return _estimate(value, limits, r, u, method, interval, "proportion", level)


def _estimated(
    u: Units,
    coefficient: Coefficient,
    link: Link,
    interval: Interval | None,
    level: float,
    rng: np.random.Generator | None,
    n_resamples: int,
    guard: bool,
) -> tuple[float, Limits]:
    if interval is None:
        return _value(u, coefficient), Limits()
    if interval == "bootstrap":
        limits = _resampled(u, coefficient, level, rng, n_resamples)
        return _value(u, coefficient), _guarded(limits, u, interval, guard)
    left = _without_each(u, coefficient)
    if interval == "items":
        limits = item_jackknife(left.value, left.items, link=link, level=level)
    else:
        limits = two_way_jackknife(left.value, left.items, left.annotators, left.cells, link=link, level=level)
    return left.value, _guarded(limits, u, interval, guard)


def _value(u: Units, coefficient: Coefficient) -> float:
    if _has_many_ranks(coefficient):
        return ranks.value(u, coefficient)
    return float(coefficient.value((u.times @ coefficient.statistics(u.rows))[None, :])[0])


def _without_each(u: Units, coefficient: Coefficient) -> AllLeftOut:
    if _has_many_ranks(coefficient):
        return ranks.without_each(u, coefficient)
    return deletion.without_each(u, coefficient)


def _has_many_ranks(coefficient: Coefficient) -> TypeGuard[Alpha]:
    if not isinstance(coefficient, Alpha) or not isinstance(coefficient.delta, MidRanks):
        return False
    return coefficient.delta.n_points > MOST_POINTS_IN_PAIRS


def _resampled(
    u: Units, coefficient: Coefficient, level: float, rng: np.random.Generator | None, n_resamples: int
) -> Limits:
    assert rng is not None
    if _has_many_ranks(coefficient):
        return Limits(notes=("No limits: on an ordinal scale this long only a jackknife is computed.",))
    values = unit_bootstrap(coefficient.statistics(u.rows), u.times, coefficient.value, n_resamples, rng)
    return percentile_limits(values, level)


def _reduced_bias_over_items(u: Units, coefficient: ReducedBias, level: float) -> tuple[float, Limits]:
    """Hughes' limits: log θ ± t times the standard error of its pseudo-values over items, and back to α̃."""
    statistics = coefficient.statistics(u.rows)
    totals = u.times @ statistics
    value = _value(u, coefficient)
    n_star = float(coefficient.mean_squares(totals[None, :])[2][0])

    log_theta = _log_theta(coefficient, totals[None, :])[0]
    a = u.n_items
    left = LeftOut(_log_theta(coefficient, totals - statistics), u.times)
    pseudo = a * log_theta - (a - 1) * left.values
    if not np.isfinite(pseudo).all() or a < 2:
        return value, Limits(notes=("No limits: without one item the value is at its end or not defined.",))
    mean = float(left.times @ pseudo) / a
    variance = float(left.times @ (pseudo - mean) ** 2) / (a - 1) / a
    half = float(stdtrit(a - 1, (1 + level) / 2)) * math.sqrt(variance)
    low, high = ((theta - 1) / (theta + n_star - 1) for theta in np.exp([log_theta - half, log_theta + half]))
    return value, Limits(float(low), float(high), df=a - 1.0, components={"item": variance})


def _log_theta(coefficient: ReducedBias, totals: Floats) -> Floats:
    msa, mse, _ = coefficient.mean_squares(totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(msa) - np.log(mse)


def _guarded(limits: Limits, u: Units, interval: Interval, guard: bool) -> Limits:
    reason = too_few(u.n_items, u.n_annotators if interval == "two_way" else None) if guard else None
    return limits if reason is None else Limits(notes=(reason,))


def _no_pairs(pairs: Ratings) -> str | None:
    return None if len(pairs) else "Not defined: no item has two ratings."


def _too_many_cells(pairs: Ratings) -> str | None:
    n_rows = len(pairs.item_ids) if pairs.weight is None else len(pairs)
    most = MOST_ORDINAL_POINTS if pairs.scale.kind == "ordinal" else MOST_CELLS
    if n_rows * len(pairs.points) <= MOST_CELLS and len(pairs.points) <= most:
        return None
    return f"Not computed: {len(pairs.points)} different values are too many to be counted one by one."


def _no_alpha(pairs: Ratings, estimator: Estimator, weighting: Weighting) -> str | None:
    kind = pairs.scale.kind
    if not len(pairs):
        return _no_pairs(pairs)
    if (pairs.value == pairs.value[0]).all():
        return "Not defined: every rating is the same, so there is no disagreement to expect."
    if estimator == "reduced_bias" and (kind == "ordinal" or weighting == "items" or pairs.weight is not None):
        return "Not defined: reduced bias needs a distance that does not depend on the data, and no weights."
    return None if kind == "interval" else _too_many_cells(pairs)


def _check(interval: Interval | None, level: float, rng: np.random.Generator | None) -> None:
    if interval is not None and interval not in DRAWN:
        raise ValueError(f"Unknown interval {interval!r}; one of {', '.join(DRAWN)} or None.")
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, not {level!r}.")
    if interval == "bootstrap" and rng is None:
        raise ValueError("A bootstrap needs rng, so that it can be repeated.")


def _without_value(r: Ratings, pairs: Ratings, method: str, unit: str, level: float, why: str) -> Estimate:
    return Estimate(
        value=math.nan,
        low=None,
        high=None,
        level=level,
        method=method,
        unit=unit,
        se=None,
        df=None,
        n_items=len(np.unique(pairs.item)),
        n_annotators=len(np.unique(pairs.annotator)),
        n_ratings=len(pairs),
        n_abstained=r.first().n_abstained,
        notes=(why, *_left_out(r, len(pairs))),
    )


def _estimate(
    value: float,
    limits: Limits,
    r: Ratings,
    u: Units,
    method: str,
    interval: Interval | None,
    unit: str,
    level: float,
) -> Estimate:
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


def _left_out(r: Ratings, n_paired: int) -> tuple[str, ...]:
    n_alone = len(r.first()) - n_paired
    return (f"Ratings that stand alone on their item and were left out: {n_alone}.",) if n_alone else ()
