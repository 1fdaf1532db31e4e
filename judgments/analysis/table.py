"""Ratings as arrays: who gave which answer to which item, and how often each answer was given."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .coding import Floats, Ints, Kind, Mask, coded, occasions_of, placed, refuse_duplicates, series, weights_of

KINDS: tuple[Kind, ...] = ("nominal", "ordinal", "interval", "ratio", "set")


@dataclass(frozen=True)
class Scale:
    """How answers on one dimension can be compared.

    kind: what differences between answers mean. `set` is for several answers at once.
    domain: the points in their order; for `set` the labels that may be chosen. Empty means
        open: the points are the values that were given, in ascending order.
    unit: what one step on the scale is called.
    set_distance: how unlike two sets are; MASI counts a subset as closer than a mere overlap.
    Raises ValueError for an unknown kind or a domain that names a point twice.
    """

    kind: Kind
    domain: tuple[Any, ...] = ()
    unit: str = "points"
    set_distance: Literal["masi", "jaccard"] = "masi"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind of scale {self.kind!r}; one of {', '.join(KINDS)}.")
        if self.set_distance not in ("masi", "jaccard"):
            raise ValueError(f"Unknown distance between sets {self.set_distance!r}.")
        if len(set(self.domain)) != len(self.domain):
            raise ValueError(f"A point stands twice in the domain {self.domain!r}.")


@dataclass(frozen=True)
class Ratings:
    """Valid answers on one dimension, one row each, sorted by item, annotator and occasion.

    item, annotator: codes into item_ids and annotator_ids, which are in ascending order.
    occasion: the how-manieth time this annotator met this item, from 0.
    value: codes into points, the values in the order of the scale.
    weight: what each row counts for; None when every row counts once.
    abstained_item, abstained_annotator, abstained_occasion: the rows that had no value, kept apart.
    """

    item: Ints
    annotator: Ints
    occasion: Ints
    value: Ints
    scale: Scale
    points: tuple[Any, ...]
    item_ids: NDArray[Any]
    annotator_ids: NDArray[Any]
    weight: Floats | None
    abstained_item: Ints
    abstained_annotator: Ints
    abstained_occasion: Ints

    @classmethod
    def from_frame(
        cls,
        df: pd.DataFrame,
        scale: Scale,
        *,
        item: str = "item_id",
        annotator: str = "annotator_id",
        value: str = "value",
        occasion: str | None = "occasion",
        weight: str | None = None,
    ) -> Ratings:
        """Ratings from the named columns; without an occasion column all are first occasions."""
        return cls.from_arrays(
            df[item],
            df[annotator],
            df[value],
            scale,
            occasion=df[occasion] if occasion in df.columns else None,
            weight=df[weight] if weight is not None else None,
        )

    @classmethod
    def from_arrays(
        cls,
        item: ArrayLike | pd.Series,
        annotator: ArrayLike | pd.Series,
        value: Sequence[Any] | ArrayLike | pd.Series,
        scale: Scale,
        *,
        occasion: ArrayLike | pd.Series | None = None,
        weight: ArrayLike | pd.Series | None = None,
    ) -> Ratings:
        """Ratings from equally long columns; a missing value is an abstention.

        Raises ValueError, naming the rows by their position, when an item or annotator is missing,
        a value is not on the scale, a weight or occasion is negative, or one annotator answers one
        item twice on one occasion.
        """
        item_code, item_ids = coded(series(item), "item")
        annotator_code, annotator_ids = coded(series(annotator), "annotator")
        values = series(value)
        n = len(values)
        occasions = occasions_of(occasion, n)
        weights = weights_of(weight, n)
        if not len(item_code) == len(annotator_code) == n == len(occasions):
            raise ValueError("Items, annotators, values and occasions differ in length.")

        order = np.lexsort((occasions, annotator_code, item_code))
        refuse_duplicates(order, item_code, annotator_code, occasions, item_ids, annotator_ids)
        missing = values.isna().to_numpy(dtype=bool)
        codes, points = placed(values, missing, scale.kind, scale.domain)
        given, abstained = order[~missing[order]], order[missing[order]]
        return cls(
            item=item_code[given],
            annotator=annotator_code[given],
            occasion=occasions[given],
            value=codes[given],
            scale=scale,
            points=points,
            item_ids=item_ids,
            annotator_ids=annotator_ids,
            weight=None if weights is None else weights[given],
            abstained_item=item_code[abstained],
            abstained_annotator=annotator_code[abstained],
            abstained_occasion=occasions[abstained],
        )

    def __len__(self) -> int:
        return len(self.value)

    @property
    def n_abstained(self) -> int:
        """Rows without a value."""
        return len(self.abstained_item)

    @property
    def numbers(self) -> Floats:
        """The points as numbers; ValueError when they are not numbers."""
        try:
            numbers = np.asarray(self.points, dtype=np.float64).reshape(len(self.points))
        except (TypeError, ValueError) as error:
            raise ValueError(f"A scale of kind {self.scale.kind} needs numbers: {self.points!r}.") from error
        return numbers

    def first(self) -> Ratings:
        """Only first occasions: a repeat by the same person is not an independent answer."""
        is_first, abstained = self.occasion == 0, self.abstained_occasion == 0
        return self if is_first.all() and abstained.all() else self.rows(is_first, abstained)

    def where(self, *, annotators: Mask | None = None, items: Mask | None = None) -> Ratings:
        """Only the annotators and items whose mask is true.

        Masks run along annotator_ids and item_ids, which stay as they are, so that many cohorts of one
        study share their codes.
        """
        keep = np.ones(len(self), dtype=bool)
        abstained = np.ones(self.n_abstained, dtype=bool)
        if annotators is not None:
            keep &= annotators[self.annotator]
            abstained &= annotators[self.abstained_annotator]
        if items is not None:
            keep &= items[self.item]
            abstained &= items[self.abstained_item]
        return self.rows(keep, abstained)

    def measured_as(self, kind: Kind) -> Ratings:
        """The same answers, compared as another kind of scale would compare them."""
        return dataclasses.replace(self, scale=dataclasses.replace(self.scale, kind=kind))

    def rows(self, keep: Mask, abstained: Mask | None = None) -> Ratings:
        """Only the rows, and the abstentions, whose mask is true; without a mask all abstentions stay."""
        stay = np.ones(self.n_abstained, dtype=bool) if abstained is None else abstained
        return dataclasses.replace(
            self,
            item=self.item[keep],
            annotator=self.annotator[keep],
            occasion=self.occasion[keep],
            value=self.value[keep],
            weight=None if self.weight is None else self.weight[keep],
            abstained_item=self.abstained_item[stay],
            abstained_annotator=self.abstained_annotator[stay],
            abstained_occasion=self.abstained_occasion[stay],
        )


@dataclass(frozen=True)
class Patterns:
    """Items with the same counts are interchangeable, so one row stands for all of them.

    counts: (patterns, points) how often each point was given; rows differ from each other.
    multiplicity: (patterns,) how many items have that row.
    item_pattern: (items,) the row of each item; None when only the totals are known.
    """

    counts: Ints
    multiplicity: Ints
    item_pattern: Ints | None


def tabulate(r: Ratings) -> Ints:
    """(items, points) how many annotators gave each point on their first occasion."""
    r = r.first()
    shape = (len(r.item_ids), len(r.points))
    counts = np.bincount(r.item * shape[1] + r.value, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.int64, copy=False)


def compress(counts: ArrayLike) -> Patterns:
    """Distinct rows of an items x points table, in a fixed order, and how often each occurs.

    Raises ValueError if counts is not 2-D or is negative.
    """
    table = np.asarray(counts, dtype=np.int64)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("Counts must be a table of items by points without negative numbers.")
    n_points = table.shape[1]
    bits = int(table.max(initial=0)).bit_length()
    if bits * n_points < 64:
        # One integer holds a whole row: sorting integers is far cheaper than sorting rows.
        key = table @ (np.int64(1) << (bits * np.arange(n_points, dtype=np.int64)))
        _, first, inverse, times = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        rows = table[first]
    else:
        rows, inverse, times = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return Patterns(rows, times.astype(np.int64), inverse.reshape(-1).astype(np.int64))


def distance(scale: Scale, points: Sequence[Any], marginals: ArrayLike | None = None) -> Floats:
    """(points, points) how unlike two answers are: symmetric, zero on the diagonal.

    points: numbers for interval and ratio, sets for set; otherwise only their order matters.
    marginals: (points,) how often each point was given; ordinal distances are made of them.
    nominal 1[c≠k]; interval (c−k)²; ratio ((c−k)/(c+k))²; ordinal (r_c−r_k)² with mid-ranks
    r_c = Σ_{g<c} n_g + n_c/2, which equals Krippendorff's Σ_{g=c..k} n_g − (n_c+n_k)/2, squared.
    Source: Krippendorff (2011); MASI: Passonneau (2006).
    """
    if scale.kind == "nominal":
        return 1.0 - np.eye(len(points))
    if scale.kind == "set":
        return _between_sets([frozenset(point) for point in points], scale.set_distance)
    if scale.kind == "ordinal":
        if marginals is None:
            raise ValueError("Ordinal distances need the marginal counts.")
        position = mid_ranks(np.asarray(marginals, dtype=np.float64))
    else:
        position = np.asarray(points, dtype=np.float64)
    difference = position[:, None] - position[None, :]
    if scale.kind != "ratio":
        return difference**2
    if (position < 0).any():
        raise ValueError("A ratio scale has no negative points.")
    total = position[:, None] + position[None, :]
    return np.divide(difference, total, out=np.zeros_like(total), where=total > 0) ** 2


def mid_ranks(counts: Floats) -> Floats:
    """(..., points) mean rank of each point when all answers are sorted: Σ_{g<c} n_g + n_c/2."""
    return np.cumsum(counts, axis=-1) - counts / 2


def _between_sets(sets: Sequence[frozenset[Any]], how: str) -> Floats:
    table = np.zeros((len(sets), len(sets)))
    for c, a in enumerate(sets):
        for k, b in enumerate(sets[:c]):
            table[c, k] = table[k, c] = _unlike(a, b, how)
    return table


def _unlike(a: frozenset[Any], b: frozenset[Any], how: str) -> float:
    if a == b:
        return 0.0
    shared = len(a & b)
    jaccard = shared / len(a | b)
    if how == "jaccard":
        return 1 - jaccard
    if not shared:
        return 1.0
    return 1 - jaccard * (2 / 3 if a < b or b < a else 1 / 3)
