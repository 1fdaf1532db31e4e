"""Estimates that carry their uncertainty, and the jackknife and bootstrap that provide it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

FEWEST_ITEMS = 10
FEWEST_ANNOTATORS = 3
BLOCK_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Estimate:
    """One number with what is needed to read it.

    value: nan means "not defined"; notes then say why.
    low, high: limits at `level`; None when none are given; notes then say why.
    method: the estimator and what its limits treat as drawn at random.
    unit: what the number counts. se: standard error on the scale of value. df: of the t quantile.
    n_items, n_annotators, n_ratings: what entered the value; n_abstained: rows without a value.
    components: jackknife variances on the scale of the link, by what was left out.
    """

    value: float
    low: float | None
    high: float | None
    level: float
    method: str
    unit: str
    se: float | None
    df: float | None
    n_items: int
    n_annotators: int
    n_ratings: int
    n_abstained: int = 0
    notes: tuple[str, ...] = ()
    components: Mapping[str, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; a number that is not finite becomes None."""
        return {name: json_safe(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Limits:
    """The part of an estimate that describes its uncertainty; None where it is not defined."""

    low: float | None = None
    high: float | None = None
    se: float | None = None
    df: float | None = None
    components: Mapping[str, float] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """values: the statistic without one group; times: how many groups give that same value."""

    values: Floats
    times: Floats

    @property
    def n_groups(self) -> int:
        """How many groups there are to leave out."""
        return round(float(self.times.sum()))


@dataclass(frozen=True)
class Link:
    """The scale on which a statistic is closer to normal; slope is d value / d link at a value."""

    to: Callable[[Any], Any]
    back: Callable[[Any], Any]
    slope: Callable[[float], float]


IDENTITY = Link(lambda x: x, lambda eta: eta, lambda x: 1.0)
AGREEMENT = Link(lambda x: -np.log(1 - x), lambda eta: 1 - np.exp(-eta), lambda x: 1 - x)
PROPORTION = Link(lambda x: np.log(x) - np.log(1 - x), lambda eta: 1 / (1 + np.exp(-eta)), lambda x: x * (1 - x))


def leave_out(totals: Floats, changes: Floats, stat: Statistic, times: Floats | None = None) -> LeftOut:
    """The statistic of totals (K,) minus each row of changes (groups, K)."""
    values = np.empty(len(changes))
    for rows in blocks(len(changes), 8 * len(totals)):
        values[rows] = stat(totals - changes[rows])
    return LeftOut(values, np.ones(len(changes)) if times is None else times.astype(np.float64))


def jackknife_variance(left: LeftOut, link: Link) -> float:
    """(G − 1)/G Σ_g (η_(g) − η̄_(·))², over G groups; nan when a group leaves no finite value."""
    with np.errstate(divide="ignore", invalid="ignore"):
        eta = link.to(left.values)
    n_groups = left.times.sum()
    if n_groups < 2 or not np.isfinite(eta).all():
        return math.nan
    mean = (left.times @ eta) / n_groups
    return float((n_groups - 1) / n_groups * (left.times @ (eta - mean) ** 2))


def two_way_jackknife(
    value: float,
    items: LeftOut,
    annotators: LeftOut,
    cells: LeftOut,
    *,
    link: Link = AGREEMENT,
    level: float = 0.95,
) -> Limits:
    """Limits for a value when both items and annotators are a sample of more.

    items, annotators, cells: the statistic without one item, one annotator, one rating.
    V = max(V_item + V_ann − V_cell, V_item, V_ann); Satterthwaite df = V² / (V_item²/(N−1) +
    V_ann²/(R−1)), at least 2; limits are symmetric on the scale of the link.
    Source: inclusion and exclusion as in Cameron, Gelbach & Miller (2011), doi:10.1198/jbes.2010.07136.
    """
    v_item, v_ann, v_cell = (jackknife_variance(left, link) for left in (items, annotators, cells))
    components = {"item": v_item, "annotator": v_ann, "cell": v_cell}
    v = max(v_item + v_ann - v_cell, v_item, v_ann)
    share = v_item**2 / max(items.n_groups - 1, 1) + v_ann**2 / max(annotators.n_groups - 1, 1)
    df = max(v**2 / share, 2.0) if share > 0 else math.inf
    undefined = not all(map(math.isfinite, components.values()))
    return _limits(value, math.nan if undefined else v, df, link, level, components)


def item_jackknife(
    value: float, items: LeftOut, *, link: Link = AGREEMENT, level: float = 0.95, name: str = "item"
) -> Limits:
    """Limits for a value when the items are a sample of more and the annotators are all there are.

    With annotators left out in place of items, and so named, it is the other way round.
    """
    v = jackknife_variance(items, link)
    return _limits(value, v, items.n_groups - 1.0, link, level, {name: v})


def unit_bootstrap(
    statistics: Floats, multiplicity: Floats, stat: Statistic, n_resamples: int, rng: np.random.Generator
) -> Floats:
    """(n_resamples,) the statistic when as many items are drawn again, with replacement.

    statistics: (patterns, K) what an item with each pattern adds to the totals.
    multiplicity: (patterns,) how many items have it. One multinomial over patterns is exactly a
    draw of items, so the cost does not grow with the number of items.
    """
    n_items = round(float(multiplicity.sum()))
    share = multiplicity / multiplicity.sum()
    values = np.empty(n_resamples)
    for rows in blocks(n_resamples, 8 * len(share)):
        n = rows.stop - rows.start
        if len(share) == n_items:
            drawn = _times_drawn(n_items, n, rng)
        else:
            drawn = rng.multinomial(n_items, share, size=n).astype(np.float64)
        values[rows] = stat(drawn @ statistics)
    return values


def _times_drawn(n_items: int, n_resamples: int, rng: np.random.Generator) -> Floats:
    """(resamples, items) how often each of n items is drawn; faster than a multinomial of n equal shares."""
    which = rng.integers(0, n_items, size=(n_resamples, n_items))
    which += np.arange(n_resamples)[:, None] * n_items
    drawn = np.bincount(which.ravel(), minlength=n_resamples * n_items)
    return drawn.reshape(n_resamples, n_items).astype(np.float64)


def percentile_limits(values: Floats, level: float) -> Limits:
    """Limits that leave out the same share of resamples at both ends; undefined resamples are dropped."""
    defined = values[np.isfinite(values)]
    if len(defined) < 2:
        return Limits(notes=("Hardly a resample had any variation: no limits.",))
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    dropped = len(values) - len(defined)
    notes = (f"{dropped} of {len(values)} resamples had no variation and were dropped.",) if dropped else ()
    return Limits(float(low), float(high), float(defined.std(ddof=1)), notes=notes)


def too_few(n_items: int, n_annotators: int | None) -> str | None:
    """Why there are too few items or annotators for limits; None if there are enough."""
    if n_items < FEWEST_ITEMS:
        return f"Too few items for limits: {n_items}, and {FEWEST_ITEMS} are needed."
    if n_annotators is not None and n_annotators < FEWEST_ANNOTATORS:
        return f"Too few annotators for limits: {n_annotators}, and {FEWEST_ANNOTATORS} are needed."
    return None


def blocks(n: int, bytes_each: int) -> list[slice]:
    """Consecutive slices over n rows that keep a working copy near 64 MB."""
    step = max(1, BLOCK_BYTES // max(bytes_each, 1))
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]


def json_safe(value: Any) -> Any:
    """The value with plain Python numbers, and None for a number that is not finite."""
    if isinstance(value, Mapping):
        return {str(key): json_safe(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [json_safe(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted((json_safe(each) for each in value), key=str)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _limits(value: float, v: float, df: float, link: Link, level: float, components: Mapping[str, float]) -> Limits:
    if not math.isfinite(v):
        note = "No limits: without one of its groups the value is at its end or not defined."
        return Limits(components=components, notes=(note,))
    half = float(stdtrit(df, (1 + level) / 2)) * math.sqrt(v) if v > 0 else 0.0
    eta = link.to(value)
    return Limits(
        low=float(link.back(eta - half)),
        high=float(link.back(eta + half)),
        se=link.slope(value) * math.sqrt(v),
        df=df,
        components=components,
    )
