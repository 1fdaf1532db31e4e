"""Answers that were more likely to be asked for count less: Hájek's weighting, and weights for who took part."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .coding import Floats
from .estimate import Estimate
from .table import Ratings

CLOSE = 1e-10
MOST_ROUNDS = 1_000


def effective_n(weight: ArrayLike) -> float:
    """(Σw)² / Σw²: how many equally weighted answers know as much; nan without weight."""
    w = np.asarray(weight, dtype=np.float64)
    squares = float((w**2).sum())
    return float(w.sum()) ** 2 / squares if squares > 0 else math.nan


def hajek(
    y: ArrayLike,
    propensity: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    level: float = 0.95,
    unit: str = "points",
) -> Estimate:
    """Mean of y as if every answer had been equally likely to be asked for: Σ(y/π) / Σ(1/π).

    cluster: who answered; people are then what is drawn at random, not answers. The standard error is
    √Σ w² (y−ȳ)² / Σ w, with sums inside clusters; t has one degree less than there are clusters.
    components carries the effective number of answers. nan, with a note, without answers.
    Raises ValueError when a propensity is not above 0 and at most 1.
    Source: Hájek (1971); Särndal, Swensson & Wretman (1992), section 5.7.
    """
    values, w = np.asarray(y, dtype=np.float64), _inverse(propensity)
    if len(values) != len(w):
        raise ValueError("Answers and propensities differ in length.")
    groups = np.arange(len(values)) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    n_groups = int(groups.max(initial=-1)) + 1
    method = f"Hájek mean; {'answers' if cluster is None else 'annotators'} drawn at random"
    notes: tuple[str, ...] = ()
    mean = float(w @ values / w.sum()) if len(values) else math.nan
    se = low = high = None
    if not len(values):
        notes = ("Not defined: there are no answers.",)
    elif n_groups < 2:
        notes = ("No limits: a standard error needs two answers, of two people where they are the clusters.",)
    else:
        off = np.bincount(groups, weights=w * (values - mean))
        se = math.sqrt(float((off**2).sum())) / float(w.sum())
        half = float(stdtrit(n_groups - 1, (1 + level) / 2)) * se
        low, high = mean - half, mean + half
    return Estimate(
        value=mean,
        low=low,
        high=high,
        level=level,
        method=method,
        unit=unit,
        se=se,
        df=None if se is None else n_groups - 1.0,
        n_items=0,
        n_annotators=0 if cluster is None else n_groups,
        n_ratings=len(values),
        notes=notes,
        components={"effective_n": effective_n(w)},
    )


def horvitz_thompson(y: ArrayLike, propensity: ArrayLike, n_population: float) -> float:
    """Σ(y/π) / N, unbiased when N is known and less stable than Hájek's mean."""
    if not n_population > 0:
        raise ValueError("A population has members.")
    return float(np.asarray(y, dtype=np.float64) @ _inverse(propensity)) / n_population


def weighted_shares(r: Ratings, *, level: float = 0.95) -> pd.DataFrame:
    """Point, share, low, high: the distribution of first answers under their weights, people drawn at random.

    Limits are those of a mean of zeros and ones, held between 0 and 1. Without weights all count alike.
    """
    first = r.first()
    w = np.ones(len(first)) if first.weight is None else first.weight
    kept = w > 0
    pi = w[kept].min() / w[kept] if kept.any() else w[kept]
    rows = []
    for code, point in enumerate(r.points):
        found = hajek((first.value[kept] == code) * 1.0, pi, first.annotator[kept], level=level, unit="proportion")
        low = None if found.low is None else max(found.low, 0.0)
        high = None if found.high is None else min(found.high, 1.0)
        rows.append((point, found.value, low, high))
    return pd.DataFrame(rows, columns=["point", "share", "low", "high"])


def by_propensity(r: Ratings, propensity: ArrayLike) -> Ratings:
    """Ratings weighted by 1/π, one propensity a row of r, scaled so that weights average one.

    Alpha and pair agreement of the result count only pairs of different people, by the product of weights.
    """
    w = _inverse(propensity)
    if len(w) != len(r):
        raise ValueError("There must be one propensity for each rating.")
    return dataclasses.replace(r, weight=w / w.mean() if len(w) else w)


def by_annotator(r: Ratings, weight: Mapping[Any, float]) -> Ratings:
    """Ratings that count as much as their annotator; ValueError names annotators without a weight."""
    missing = [each for each in r.annotator_ids.tolist() if each not in weight]
    if missing:
        raise ValueError(f"Annotators without a weight: {', '.join(map(str, missing[:5]))}.")
    w = np.array([weight[each] for each in r.annotator_ids.tolist()], dtype=np.float64)
    if (~np.isfinite(w) | (w < 0)).any():
        raise ValueError("Weights are finite and not negative.")
    return dataclasses.replace(r, weight=w[r.annotator])


@dataclass(frozen=True)
class Raking:
    """weight: for each person, one on average. design_effect: how many times the variance of a mean grows
    because weights differ, n Σw² / (Σw)². rounds: how often all margins were fitted."""

    weight: Floats
    design_effect: float
    rounds: int


def rake(groups: Mapping[str, Sequence[Any]], targets: Mapping[str, Mapping[Any, float]]) -> Raking:
    """Weights under which each attribute has its declared shares, as close to equal as that allows.

    groups: for each attribute, the level of every person. targets: for each attribute, the share of each level.
    Raises ValueError when shares do not add to one, a level with a share has nobody, a person has a level
    without one, or no weights meet all margins.
    Source: Deming & Stephan (1940), doi:10.1214/aoms/1177731829.
    """
    margins = [_margin(name, groups, shares) for name, shares in targets.items()]
    n = len(next(iter(groups.values()))) if groups else 0
    if not n or not margins:
        raise ValueError("Raking needs people and at least one margin.")
    w = np.ones(n)
    for rounds in range(1, MOST_ROUNDS + 1):
        furthest = 0.0
        for level, share in margins:
            now = np.bincount(level, weights=w, minlength=len(share)) / n
            factor = np.divide(share, now, out=np.ones_like(now), where=now > 0)
            furthest = max(furthest, float(np.abs(now - share).max()))
            w = w * factor[level]
        if furthest < CLOSE:
            return Raking(w, n * float((w**2).sum()) / float(w.sum()) ** 2, rounds)
    raise ValueError("No weights meet all margins at once: some combination of levels has nobody.")


def _margin(name: str, groups: Mapping[str, Sequence[Any]], shares: Mapping[Any, float]) -> tuple[Any, Floats]:
    if name not in groups:
        raise ValueError(f"Nobody's {name} is known.")
    levels = list(shares)
    share = np.array([shares[level] for level in levels], dtype=np.float64)
    if (share < 0).any() or abs(share.sum() - 1) > 1e-9:
        raise ValueError(f"The shares of {name} must not be negative and add to one.")
    place = {level: code for code, level in enumerate(levels)}
    unknown = sorted({str(level) for level in groups[name] if level not in place})
    if unknown:
        raise ValueError(f"Without a share of {name}: {', '.join(unknown)}.")
    code = np.array([place[level] for level in groups[name]], dtype=np.int64)
    empty = [str(level) for level, k in place.items() if share[k] > 0 and not (code == k).any()]
    if empty:
        raise ValueError(f"Nobody has the {name} {', '.join(empty)}.")
    return code, share


def _inverse(propensity: ArrayLike) -> Floats:
    pi = np.asarray(propensity, dtype=np.float64)
    if not ((pi > 0) & (pi <= 1)).all():
        raise ValueError("A propensity is above 0 and at most 1.")
    return 1 / pi
