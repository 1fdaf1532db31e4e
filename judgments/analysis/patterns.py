"""Tables of counts that add over partitions and are all that agreement needs.

A partition is any set of whole items. Each keeps how many items have which counts, and how often each
annotator gave which value to an item with which counts; merged, they are those of all items. A GROUP BY
gives them as well as the ratings do, and without the second part no annotator is in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .coding import Ints
from .table import Ratings, Scale, compress, tabulate


@dataclass(frozen=True)
class Given:
    """(T,) rows: how often an annotator gave a value on an item with a pattern.

    annotator: codes into annotator_ids. pattern: rows of the counts. value: codes into the points.
    """

    annotator_ids: NDArray[Any]
    annotator: Ints
    pattern: Ints
    value: Ints
    times: Ints

    def frame(self, start: int = 0) -> pd.DataFrame:
        """The rows with annotators by their ids, and patterns numbered from start."""
        ids = self.annotator_ids[self.annotator]
        return pd.DataFrame({"annotator": ids, "pattern": self.pattern + start, "value": self.value, "n": self.times})


@dataclass(frozen=True)
class PatternTable:
    """Sufficient statistics of first occasions.

    counts: (P, points) distinct rows, in a fixed order. multiplicity: (P,) how many items have each.
    given: who gave these values; None when annotators are not kept.
    """

    scale: Scale
    points: tuple[Any, ...]
    counts: Ints
    multiplicity: Ints
    given: Given | None

    @classmethod
    def from_ratings(cls, r: Ratings, *, annotators: bool = True) -> PatternTable:
        """The table of ratings without weights; items that nobody answered are left out."""
        if r.weight is not None:
            raise ValueError("Ratings with weights have no patterns: hardly two items are alike.")
        first = r.first()
        patterns = compress(tabulate(first))
        assert patterns.item_pattern is not None
        given = pd.DataFrame(
            {
                "annotator": r.annotator_ids[first.annotator],
                "pattern": patterns.item_pattern[first.item],
                "value": first.value,
                "n": 1,
            }
        )
        return _put_together(r.scale, r.points, patterns.counts, patterns.multiplicity, given if annotators else None)

    @classmethod
    def from_counts(
        cls, item_value: pd.DataFrame, scale: Scale, annotators: pd.DataFrame | None = None
    ) -> PatternTable:
        """From the rows of two GROUP BYs over first occasions with a value.

        item_value: item, value, n: how often each value was given to each item; scale has a domain.
        annotators: annotator, item, value: who gave it; leave it out for a table without people.
        Raises ValueError when a value is not on the scale, or the scale has no domain.
        """
        if not scale.domain or scale.kind == "set":
            raise ValueError("Counts need a scale whose points are declared in its domain.")
        place = {point: code for code, point in enumerate(scale.domain)}
        if not set(item_value["value"]) <= set(place):
            raise ValueError(f"Not on the scale: {sorted(set(item_value['value']) - set(place), key=str)!r}.")
        item, item_ids = pd.factorize(item_value["item"])
        table = np.zeros((len(item_ids), len(place)), dtype=np.int64)
        np.add.at(table, (item, item_value["value"].map(place).to_numpy(dtype=np.int64)), item_value["n"].to_numpy())
        patterns = compress(table)
        given = None
        if annotators is not None:
            assert patterns.item_pattern is not None
            of_item = pd.Series(patterns.item_pattern, index=item_ids)
            given = pd.DataFrame(
                {
                    "annotator": annotators["annotator"].to_numpy(),
                    "pattern": of_item.loc[annotators["item"]].to_numpy(),
                    "value": annotators["value"].map(place).to_numpy(),
                    "n": 1,
                }
            )
        return _put_together(scale, tuple(scale.domain), patterns.counts, patterns.multiplicity, given)

    @property
    def n_items(self) -> int:
        """Items that somebody answered."""
        return int(self.multiplicity.sum())

    @property
    def n_ratings(self) -> int:
        """First answers."""
        return int(self.multiplicity @ self.counts.sum(axis=1))


def merge(tables: Iterable[PatternTable]) -> PatternTable:
    """The table of all items of all partitions; the order of partitions does not matter.

    Raises ValueError without a table, or when scales differ, or only some tables keep annotators.
    """
    parts = list(tables)
    if not parts:
        raise ValueError("There is no table to merge.")
    first = parts[0]
    if any(part.scale != first.scale or part.points != first.points for part in parts):
        raise ValueError("Tables are merged only when they share their scale and its points.")
    if len({part.given is None for part in parts}) > 1:
        raise ValueError("Either all tables keep annotators or none does.")
    start = np.cumsum([0, *(len(part.counts) for part in parts)])
    counts = np.concatenate([part.counts for part in parts])
    multiplicity = np.concatenate([part.multiplicity for part in parts])
    frames = [part.given.frame(by) for part, by in zip(parts, start.tolist(), strict=False) if part.given is not None]
    given = pd.concat(frames, ignore_index=True) if frames else None
    return _put_together(first.scale, first.points, counts, multiplicity, given)


def _put_together(
    scale: Scale, points: tuple[Any, ...], counts: Ints, multiplicity: Ints, given: pd.DataFrame | None
) -> PatternTable:
    """One row for each pattern that somebody answered, and the ratings of annotators added up."""
    some = counts.sum(axis=1) > 0
    distinct = compress(counts[some])
    assert distinct.item_pattern is not None
    times = np.bincount(distinct.item_pattern, weights=multiplicity[some], minlength=len(distinct.counts))
    if given is None:
        return PatternTable(scale, points, distinct.counts, times.astype(np.int64), None)
    place = np.cumsum(some) - 1
    pattern = distinct.item_pattern[place[given["pattern"].to_numpy(dtype=np.int64)]]
    added = (
        given.assign(pattern=pattern).groupby(["annotator", "pattern", "value"], sort=True)["n"].sum().reset_index()
    )
    codes, ids = pd.factorize(added["annotator"], sort=True)
    who = Given(
        np.asarray(ids),
        codes.astype(np.int64),
        added["pattern"].to_numpy(dtype=np.int64),
        added["value"].to_numpy(dtype=np.int64),
        added["n"].to_numpy(dtype=np.int64),
    )
    return PatternTable(scale, points, distinct.counts, times.astype(np.int64), who)
