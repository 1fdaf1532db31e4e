"""Agreement between annotators: how much less they differ about one item than about two.

Low agreement on a question of values is a finding about the question, not a mark for the annotators.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .coding import Floats
from .deletion import Units, needs_moments_only, paired, units
from .disagreement import Alpha, Distance, PairAgreement, ReducedBias, Tabled, Weighting, distance_of
from .estimate import AGREEMENT, PROPORTION, Estimate, LeftOut, Limits
from .intervals import Interval, check, estimate, estimated, guarded, not_defined, value_of
from .table import Ratings

Estimator = Literal["customary", "reduced_bias"]

# Beyond this many cells a table of items by values is not built.
MOST_CELLS = 30_000_000
MOST_ORDINAL_POINTS = 256


def alpha(
    r: Ratings,
    *,
    interval: Interval | None = "two_way",
    estimator: Estimator = "customary",
    weighting: Weighting = "ratings",
    distance: ArrayLike | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Krippendorff's alpha of first occasions: 1 is full agreement, 0 is what chance would give.

    interval: what is drawn at random; those that resample need rng; None gives the value alone.
    estimator: "reduced_bias" suits fewer than 30 items; it is defined for a fixed distance, without weights.
    weighting: "ratings" counts an item by its ratings, as is customary; "items" counts each item once.
    distance: (points, points) your own δ, symmetric with zeros on the diagonal, instead of the scale's.
    guard: withhold limits below 10 items or 3 annotators.
    Items with a single rating are left out, also of the expected disagreement. The value is nan, with a note,
    when no item has two ratings or every rating is the same. Raises ValueError for an unknown option.
    Source: Krippendorff (2011); Hayes & Krippendorff (2007), doi:10.1080/19312450709336664.
    """
    check(interval, level, rng)
    if estimator not in ("customary", "reduced_bias") or weighting not in ("ratings", "items"):
        raise ValueError(f"Unknown estimator {estimator!r} or weighting {weighting!r}.")
    own = None if distance is None else _own_distance(distance, len(r.points))
    method = f"Krippendorff's alpha, {r.scale.kind if own is None else 'a distance of your own'}" + (
        ", reduced bias" if estimator == "reduced_bias" else ""
    )
    method += ", each item counted once" if weighting == "items" else ""
    pairs = paired(r)
    undefined = no_alpha(pairs, estimator, weighting, r.scale.kind if own is None else "custom")
    if undefined:
        return not_defined(r, pairs, method, "alpha", level, undefined)

    delta = own or distance_of(r)
    coefficient = ReducedBias(delta) if estimator == "reduced_bias" else Alpha(delta, weighting)
    u = units(pairs, coefficient, moments_only=needs_moments_only(delta))
    if isinstance(coefficient, ReducedBias) and interval == "items":
        value, limits = _reduced_bias_over_items(u, coefficient, level)
        limits = guarded(limits, u, "items", guard)
    else:
        value, limits = estimated(u, coefficient, AGREEMENT, interval, level, rng, n_resamples, guard)
    return estimate(value, limits, r, u, method, interval, "alpha", level)


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
    check(interval, level, rng)
    method, pairs = "Pair agreement", paired(r)
    undefined = _no_pairs(pairs) or _too_many_cells(pairs)
    if undefined:
        return not_defined(r, pairs, method, "proportion", level, undefined)
    coefficient = PairAgreement(len(r.points))
    u = units(pairs, coefficient)
    value, limits = estimated(u, coefficient, PROPORTION, interval, level, rng, n_resamples, guard)
    return estimate(value, limits, r, u, method, interval, "proportion", level)


def _reduced_bias_over_items(u: Units, coefficient: ReducedBias, level: float) -> tuple[float, Limits]:
    """Hughes' limits: log θ ± t times the standard error of its pseudo-values over items, and back to α̃."""
    statistics = coefficient.statistics(u.rows)
    totals = u.times @ statistics
    value = value_of(u, coefficient)
    n_star = float(coefficient.mean_squares(totals[None, :])[2][0])

    log_theta = _log_theta(coefficient, totals[None, :])[0]
    a = u.n_items
    left = LeftOut(_log_theta(coefficient, totals - statistics), u.times)
    if a < 2 or not np.isfinite(log_theta) or not np.isfinite(left.values).all():
        return value, Limits(notes=("No limits: without one item the value is at its end or not defined.",))
    pseudo = a * log_theta - (a - 1) * left.values
    mean = float(left.times @ pseudo) / a
    variance = float(left.times @ (pseudo - mean) ** 2) / (a - 1) / a
    half = float(stdtrit(a - 1, (1 + level) / 2)) * math.sqrt(variance)
    low, high = ((theta - 1) / (theta + n_star - 1) for theta in np.exp([log_theta - half, log_theta + half]))
    return value, Limits(float(low), float(high), df=a - 1.0, components={"item": variance})


def _log_theta(coefficient: ReducedBias, totals: Floats) -> Floats:
    msa, mse, _ = coefficient.mean_squares(totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(msa) - np.log(mse)


def _no_pairs(pairs: Ratings) -> str | None:
    return None if len(pairs) else "Not defined: no item has two ratings."


def _too_many_cells(pairs: Ratings) -> str | None:
    n_rows = len(pairs.item_ids) if pairs.weight is None else len(pairs)
    most = MOST_ORDINAL_POINTS if pairs.scale.kind == "ordinal" else MOST_CELLS
    if n_rows * len(pairs.points) <= MOST_CELLS and len(pairs.points) <= most:
        return None
    return f"Not computed: {len(pairs.points)} different values are too many to be counted one by one."


def _own_distance(table: ArrayLike, n_points: int) -> Distance:
    delta = np.asarray(table, dtype=np.float64)
    if delta.shape != (n_points, n_points):
        raise ValueError(f"A distance for {n_points} points is a table of {n_points} by {n_points}.")
    if not np.isfinite(delta).all() or (delta < 0).any() or (delta != delta.T).any() or delta.diagonal().any():
        raise ValueError("A distance is symmetric, not negative, and zero between an answer and itself.")
    return Tabled(delta)


def no_alpha(
    pairs: Ratings, estimator: Estimator = "customary", weighting: Weighting = "ratings", kind: str = ""
) -> str | None:
    """Why paired ratings have no alpha; None if they have. kind: "custom" for a distance of your own."""
    kind = kind or pairs.scale.kind
    if not len(pairs):
        return _no_pairs(pairs)
    if (pairs.value == pairs.value[0]).all():
        return "Not defined: every rating is the same, so there is no disagreement to expect."
    if estimator == "reduced_bias" and (kind == "ordinal" or weighting == "items" or pairs.weight is not None):
        return "Not defined: reduced bias needs a distance that does not depend on the data, and no weights."
    return None if kind == "interval" else _too_many_cells(pairs)
