"""All that one dimension's answers say about each item, in whatever form they were given, as tables of counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .coding import Floats, Ints, Mask
from .estimate import json_safe
from .table import Scale

UNCLEAR = ("cannot_tell", "depends")
MISFIT = ("misfit",)
# Longer scales are read in as many equal parts as this, or camps and gaps would be lost among empty points.
MOST_POINTS = 9
PARTS = 7


@dataclass(frozen=True)
class Readings:
    """Counts of first answers by item on one dimension.

    counts: (items, points) point answers, on long scales in seven equal parts; ordered: points have an order.
    n: answers in any form. both: with two points at once. unclear: none, because one cannot tell or it depends.
    misfit: none, because the question does not fit. wide: ranges at least half the scale long.
    settled, n_settled: people fairly or fully settled, of those who said.
    repeats, moved: people who met the item again, and those whose point was then another.
    """

    item_ids: np.ndarray[Any, np.dtype[Any]]
    counts: Floats
    ordered: bool
    n: Floats
    both: Floats
    unclear: Floats
    misfit: Floats
    wide: Floats
    settled: Floats
    n_settled: Floats
    repeats: Floats
    moved: Floats

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "ordered" and len(value) != len(self.item_ids):
                raise ValueError(f"{field.name} has {len(value)} rows for {len(self.item_ids)} items.")

    def at(self, row: int) -> dict[str, Any]:
        """The counts of one item, as plain values."""
        names = [field.name for field in fields(self) if field.name not in ("item_ids", "ordered")]
        return {name: json_safe(getattr(self, name)[row].tolist()) for name in names}


def readings(
    df: pd.DataFrame,
    scale: Scale,
    *,
    item_ids: ArrayLike | None = None,
    wide_range: float = 0.5,
    settled_from: int = 3,
    moved_by: int = 1,
) -> Readings:
    """Readings from one row an answer.

    df: item_id, annotator_id, form (point, range, both, none), and where they apply occasion, point, low, high,
    reason, settled (1 to 4, 0 for not said). scale: with a domain, of which points, low and high are members,
    or interval with none. item_ids: all items, also those without answers; else those in df.
    wide_range: the part of the scale from which a range is wide. settled_from: from where one is settled.
    moved_by: how many points a repeat has to differ by. Raises ValueError for a point off the scale.
    """
    ids = np.unique(df["item_id"]) if item_ids is None else np.asarray(item_ids)
    item = pd.Index(ids).get_indexer(pd.Index(df["item_id"]))
    if (item < 0).any():
        raise ValueError(f"{int((item < 0).sum())} answers name an item that is not among the items.")
    place = _Places.of(scale, df)
    occasion = _column(df, "occasion", 0).to_numpy(dtype=np.int64)
    form = df["form"].to_numpy(dtype=object)
    reason = _column(df, "reason", "").to_numpy(dtype=object)
    settled = _column(df, "settled", 0).fillna(0).to_numpy(dtype=np.float64)
    code, width = place.codes(df, form == "point"), place.widths(df, form == "range")
    first = occasion == 0

    def count(which: Mask) -> Floats:
        return np.bincount(item[first & which], minlength=len(ids)).astype(np.float64)

    pointed = first & (form == "point")
    n_points = place.n_points
    key = item[pointed] * n_points + code[pointed]
    repeats, moved = _repeats(item, df["annotator_id"], occasion, code, form == "point", len(ids), place, moved_by)
    return Readings(
        item_ids=ids,
        counts=np.bincount(key, minlength=len(ids) * n_points).reshape(len(ids), n_points).astype(np.float64),
        ordered=place.ordered,
        n=count(np.ones(len(df), dtype=bool)),
        both=count(form == "both"),
        unclear=count((form == "none") & np.isin(reason, UNCLEAR)),
        misfit=count((form == "none") & np.isin(reason, MISFIT)),
        wide=count((form == "range") & (width >= wide_range)),
        settled=count(settled >= settled_from),
        n_settled=count(settled > 0),
        repeats=repeats,
        moved=moved,
    )


@dataclass(frozen=True)
class _Places:
    """Where values stand on a scale: by their order in the domain, or as numbers in equal parts."""

    ordered: bool
    n_points: int
    order: Mapping[Any, int] | None
    least: float
    most: float

    @classmethod
    def of(cls, scale: Scale, df: pd.DataFrame) -> _Places:
        ordered = scale.kind in ("ordinal", "interval", "ratio")
        if scale.domain and (len(scale.domain) <= MOST_POINTS or not ordered):
            order = {point: place for place, point in enumerate(scale.domain)}
            return cls(ordered, len(order), order, 0.0, float(len(order) - 1))
        if not ordered:
            raise ValueError("A nominal scale needs a domain, so that points nobody chose are known.")
        numbers = [_column(df, name, np.nan).to_numpy(dtype=np.float64) for name in ("point", "low", "high")]
        every = np.concatenate([*numbers, np.asarray(scale.domain, dtype=np.float64)])
        known = every[np.isfinite(every)]
        least, most = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        return cls(ordered, PARTS, None, least, most)

    def codes(self, df: pd.DataFrame, which: Mask) -> Ints:
        """(n,) the point, or the part of the scale, of each chosen row; −1 elsewhere."""
        found = np.full(len(df), -1, dtype=np.int64)
        if which.any():
            found[which] = np.minimum(self._on(df["point"][which]), self.n_points - 1)
        return found

    def widths(self, df: pd.DataFrame, which: Mask) -> Floats:
        """(n,) how long each chosen range is, as a part of the scale; nan elsewhere."""
        found = np.full(len(df), np.nan)
        if which.any() and self.most > self.least:
            if self.order is None:
                low, high = (df[end][which].to_numpy(dtype=np.float64) for end in ("low", "high"))
            else:
                low, high = (self._on(df[end][which]).astype(np.float64) for end in ("low", "high"))
            found[which] = (high - low) / (self.most - self.least)
        return found

    def _on(self, values: pd.Series) -> Ints:
        if self.order is not None:
            places = values.map(self.order)
            if places.isna().any():
                raise ValueError(f"Not on the scale: {values[places.isna()].iloc[0]}.")
            return places.to_numpy(dtype=np.int64)
        part = (values.to_numpy(dtype=np.float64) - self.least) / max(self.most - self.least, 1e-300)
        return np.floor(part * self.n_points).astype(np.int64)


def _repeats(
    item: Ints,
    annotator: pd.Series,
    occasion: Ints,
    code: Ints,
    pointed: Mask,
    n_items: int,
    place: _Places,
    moved_by: int,
) -> tuple[Floats, Floats]:
    """(items,) people with two point answers or more, and those whose last lies away from their first."""
    who = pd.factorize(annotator)[0]
    table = pd.DataFrame({"item": item, "who": who, "occasion": occasion, "code": code})[pointed]
    table = table.sort_values(["item", "who", "occasion"], kind="stable")
    by = table.groupby(["item", "who"])["code"].agg(["size", "first", "last"]).reset_index()
    again = by[by["size"] > 1]
    away = (again["last"] - again["first"]).abs() >= (moved_by if place.ordered else 1)
    repeats = np.bincount(again["item"], minlength=n_items).astype(np.float64)
    return repeats, np.bincount(again["item"][away], minlength=n_items).astype(np.float64)


def _column(df: pd.DataFrame, name: str, otherwise: Any) -> pd.Series:
    return df[name] if name in df.columns else pd.Series(otherwise, index=df.index)
