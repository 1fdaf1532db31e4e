"""The same person again: how much people differ from themselves, which is what no one can agree beyond."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from .coding import Floats, Ints
from .disagreement import Alpha, Coefficient, distance_of
from .estimate import (
    AGREEMENT,
    IDENTITY,
    PROPORTION,
    Estimate,
    LeftOut,
    Limits,
    Link,
    Statistic,
    json_safe,
    leave_out,
    too_few,
    two_way_jackknife,
)
from .table import Ratings, distance

METHOD = "two-way jackknife; items and annotators drawn at random"
TOO_LONG = 256


@dataclass(frozen=True)
class RepeatPairs:
    """Neighbouring occasions of one person with one item, sorted by item, annotator and occasion.

    item, annotator: codes into the ids of the ratings. before, after: codes into their points.
    occasion: that of the later answer.
    """

    item: Ints
    annotator: Ints
    before: Ints
    after: Ints
    occasion: Ints

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Retest:
    """People against themselves.

    alpha: 1 when everyone repeats themself, 0 when a person is as far from themself as from anybody on
        any item: the ceiling of what annotators could agree.
    same: share of neighbouring occasions with the same answer. distance: mean δ between them.
    by_gap: the mean distance by how long ago the first was; empty when no gaps were given.
    """

    alpha: Estimate
    same: Estimate
    distance: Estimate
    by_gap: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        table = {name: getattr(self, name).to_dict() for name in ("alpha", "same", "distance")}
        return {**table, "by_gap": json_safe(self.by_gap.to_dict("records"))}


def repeat_pairs(r: Ratings) -> RepeatPairs:
    """Each answer to an item with the answer the same person gave the time before."""
    again = np.flatnonzero((np.diff(r.item) == 0) & (np.diff(r.annotator) == 0)) + 1
    return RepeatPairs(r.item[again], r.annotator[again], r.value[again - 1], r.value[again], r.occasion[again])


def retest(
    r: Ratings,
    *,
    gap: pd.Series | None = None,
    edges: Sequence[float] = (1, 7, 30),
    level: float = 0.95,
    guard: bool = True,
) -> Retest:
    """Test-retest agreement, with limits that take items and annotators as drawn at random.

    gap: time since the answer before, indexed by (item id, annotator id, occasion). edges: in the unit of
    gap, where one group of gaps ends and the next begins. Memory makes short gaps look more stable than
    people are, so read the long ones. Repeats should have been asked for at random.
    Values are nan, with a note, without a repeat. Ordinal ranks are those of all repeated answers.
    """
    pairs = repeat_pairs(r)
    return Retest(
        alpha=retest_alpha(r, level=level, guard=guard),
        same=_mean(
            r, pairs, (pairs.before == pairs.after) * 1.0, "Share of repeats alike", "proportion", level, guard
        ),
        distance=_mean(
            r, pairs, _distances(r, pairs), f"Distance to oneself, {r.scale.kind}", "distance", level, guard
        ),
        by_gap=_by_gap(r, pairs, gap, edges),
    )


def retest_alpha(r: Ratings, *, level: float = 0.95, guard: bool = True) -> Estimate:
    """Krippendorff's alpha with one person's occasions on one item in the place of an item's annotators.

    Limits leave out one item with all its people, one annotator with all their items, one person with one item.
    """
    method = f"Test-retest alpha, {r.scale.kind}"
    cell, counted = _repeated_cells(r)
    if not len(counted):
        return _nothing(r, counted, method, "alpha", level, "Not defined: nobody answered an item twice.")
    if (counted.value == counted.value[0]).all():
        return _nothing(
            r, counted, method, "alpha", level, "Not defined: every repeated answer is the same, so nothing varies."
        )
    if r.scale.kind == "ordinal" and len(r.points) > TOO_LONG:
        return _nothing(r, counted, method, "alpha", level, f"Not computed: {len(r.points)} ordinal values.")
    coefficient = Alpha(distance_of(counted))
    each = _sums(coefficient, cell, counted)
    first = np.unique(cell, return_index=True)[1]
    value, limits = _crossed(
        each, counted.item[first], counted.annotator[first], coefficient.value, AGREEMENT, level, guard
    )
    return _estimate(r, counted, value, limits, f"{method}; {METHOD}", "alpha", level)


def _repeated_cells(r: Ratings) -> tuple[Ints, Ratings]:
    """The ratings of people who answered the same item more than once, and the number of their cell."""
    new = np.ones(len(r), dtype=bool)
    new[1:] = (np.diff(r.item) != 0) | (np.diff(r.annotator) != 0)
    cell = np.cumsum(new) - 1
    repeated = np.bincount(cell)[cell] > 1 if len(cell) else new
    kept = dataclasses.replace(r.rows(repeated), weight=None)
    return np.unique(cell[repeated], return_inverse=True)[1].astype(np.int64), kept


def _sums(coefficient: Coefficient, cell: Ints, counted: Ratings) -> Floats:
    each = coefficient.ratings(counted.value, None)
    n_cells = int(cell[-1]) + 1
    rows = np.column_stack([np.bincount(cell, weights=column, minlength=n_cells) for column in each.T])
    return coefficient.statistics(rows.astype(np.float64))


def _distances(r: Ratings, pairs: RepeatPairs) -> Floats:
    if r.scale.kind == "interval":
        return np.asarray((r.numbers[pairs.before] - r.numbers[pairs.after]) ** 2)
    _, counted = _repeated_cells(r)
    marginals = np.bincount(counted.value, minlength=len(r.points))
    points = r.points if r.scale.kind in ("set", "nominal", "ordinal") else r.numbers.tolist()
    return np.asarray(distance(r.scale, points, marginals)[pairs.before, pairs.after])


def _mean(r: Ratings, pairs: RepeatPairs, x: Floats, method: str, unit: str, level: float, guard: bool) -> Estimate:
    cell, counted = _repeated_cells(r)
    link = PROPORTION if unit == "proportion" else IDENTITY
    if not len(pairs):
        return _nothing(r, counted, method, unit, level, "Not defined: nobody answered an item twice.")

    def mean(totals: Floats) -> Floats:
        return np.asarray(totals[:, 0] / np.where(totals[:, 1] > 0, totals[:, 1], np.nan))

    n_cells = int(cell[-1]) + 1
    of_pair = cell[1:][np.diff(cell) == 0]
    each = np.column_stack([np.bincount(of_pair, x, n_cells), np.bincount(of_pair, minlength=n_cells) * 1.0]).astype(
        np.float64
    )
    first = np.unique(cell, return_index=True)[1]
    value, limits = _crossed(each, counted.item[first], counted.annotator[first], mean, link, level, guard)
    if limits.low is not None:
        limits = dataclasses.replace(limits, low=max(limits.low, 0.0))  # No distance is below zero.
    return _estimate(r, counted, value, limits, f"{method}; {METHOD}", unit, level)


def _crossed(
    each: Floats, item: Ints, annotator: Ints, stat: Statistic, link: Link, level: float, guard: bool
) -> tuple[float, Limits]:
    """Value and limits of a statistic of sums over cells, each of one item and one annotator."""
    totals = each.sum(axis=0)
    items, annotators = (_grouped(totals, each, codes, stat) for codes in (item, annotator))
    value = float(stat(totals[None, :])[0])
    few = too_few(items.n_groups, annotators.n_groups) if guard else None
    if few:
        return value, Limits(notes=(few,))
    cells = leave_out(totals, each, stat)
    return value, two_way_jackknife(value, items, annotators, cells, link=link, level=level)


def _grouped(totals: Floats, each: Floats, codes: Ints, stat: Statistic) -> LeftOut:
    _, group = np.unique(codes, return_inverse=True)
    lost = np.column_stack([np.bincount(group, weights=column) for column in each.T]).astype(np.float64)
    return leave_out(totals, lost, stat)


def _by_gap(r: Ratings, pairs: RepeatPairs, gap: pd.Series | None, edges: Sequence[float]) -> pd.DataFrame:
    columns = ["from", "to", "n", "distance", "same"]
    if gap is None or not len(pairs):
        return pd.DataFrame(columns=columns)
    names = pd.MultiIndex.from_arrays([r.item_ids[pairs.item], r.annotator_ids[pairs.annotator], pairs.occasion])
    known = gap.reindex(names).to_numpy(dtype=np.float64)
    ends = np.array([0.0, *edges, math.inf])
    group = np.searchsorted(ends, known, side="right") - 1
    x, same = _distances(r, pairs), pairs.before == pairs.after
    rows = []
    for place, (start, end) in enumerate(pairwise(ends)):
        here = (group == place) & np.isfinite(known)
        n = int(here.sum())
        means = (float(x[here].mean()), float(same[here].mean())) if n else (math.nan, math.nan)
        rows.append((start, end, n, *means))
    return pd.DataFrame(rows, columns=columns)


def _estimate(
    r: Ratings, counted: Ratings, value: float, limits: Limits, method: str, unit: str, level: float
) -> Estimate:
    return Estimate(
        value=value,
        low=limits.low,
        high=limits.high,
        level=level,
        method=method,
        unit=unit,
        se=limits.se,
        df=limits.df,
        n_items=len(np.unique(counted.item)),
        n_annotators=len(np.unique(counted.annotator)),
        n_ratings=len(counted),
        n_abstained=r.n_abstained,
        notes=limits.notes,
        components=limits.components,
    )


def _nothing(r: Ratings, counted: Ratings, method: str, unit: str, level: float, why: str) -> Estimate:
    return _estimate(r, counted, math.nan, Limits(notes=(why,)), method, unit, level)
