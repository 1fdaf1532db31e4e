"""What sections are made of: one dimension's answers, ready to be compared, and names for what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from judgments.analysis import Ratings
from judgments.analysis.coding import Floats
from judgments.ledger import Dimension, Facet, Ledger, content
from judgments.ledger import tables as columns
from judgments.ledger.tables import Ints, Mask
from judgments.models import Study
from judgments.reports.agreement import PRIMARY, answers
from judgments.reports.cohorts import FEWEST_IN_GROUP
from judgments.reports.counting import counted

ORDERED = ("ordinal", "interval")


Step = Callable[[int, int, str], None]
"""Told how far the work has come: done, of how many, and with what."""


def silent(done: int, total: int, note: str) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True)
class Material:
    """A study, what of it is looked at, and the numbers from which anything random is drawn.

    The same judgments give the same random numbers, on every machine and in every process.
    """

    study: Study
    subset: str | None
    held: Ledger
    said: Step = silent

    def rng(self, *purpose: str) -> np.random.Generator:
        """Random numbers that depend on the judgments and on what they are for."""
        return np.random.default_rng([self._content, *(int.from_bytes(each.encode()) for each in purpose)])

    @cached_property
    def _content(self) -> int:
        return content(self.held)

    def compared(self) -> Iterator[Compared]:
        """The dimensions whose answers can be compared, in their order."""
        for row, dimension in enumerate(self.held.dimensions):
            if answers(self.held, row).ratings is not None:
                yield Compared(self, row, dimension)


@dataclass(frozen=True)
class Compared:
    """One dimension, by the distance that fits its level. Ids of items and annotators are rows of the ledger."""

    material: Material
    row: int
    dimension: Dimension

    @property
    def held(self) -> Ledger:
        return self.material.held

    @property
    def metric(self) -> str:
        return PRIMARY[self.dimension.level]

    @property
    def is_ordered(self) -> bool:
        return self.metric in ORDERED

    @cached_property
    def first(self) -> Ratings:
        """Point answers of first occasions; everything else is an abstention."""
        return answers(self.held, self.row).measured(self.metric)

    @cached_property
    def judgment_of_first(self) -> Ints:
        """For each row of `first`, the row of its judgment in the ledger."""
        judged, r, n = self.held.judgments, self.first, len(self.held.readers.id)
        readings = np.flatnonzero(judged.are_readings)
        key = judged.item[readings] * n + judged.reader[readings]
        order = np.argsort(key)
        wanted = r.item_ids[r.item] * n + r.annotator_ids[r.annotator]
        return readings[order[np.searchsorted(key, wanted, sorter=order)]]

    @cached_property
    def all_occasions(self) -> Ratings:
        """The same with what the same people said on later occasions."""
        return answers(self.held, self.row, repeats=True).measured(self.metric)

    @cached_property
    def readings(self) -> columns.Ratings:
        """Answers of first occasions in all their forms."""
        return self.held.on(self.row, self.held.is_of_reading)

    @cached_property
    def counts(self) -> Floats:
        """(items of the ledger, places): point answers; without points that stand apart where order counts."""
        item = self.held.judgments.item[self.readings.judgment]
        counts = counted(self.dimension, self.readings, item, len(self.held.items.id)).counts
        return np.asarray(counts[:, self.in_order], dtype=np.float64)

    @cached_property
    def in_order(self) -> Mask:
        """Which of the dimension's places are counted in `counts`."""
        if self.dimension.is_line or not self.is_ordered:
            return np.ones(len(self.dimension.places), dtype=bool)
        return np.array([not point.apart for point in self.dimension.points])

    @property
    def places(self) -> list[str]:
        """Names of the columns of `counts`."""
        return [place for place, kept in zip(self.dimension.places, self.in_order, strict=True) if kept]

    def step(self, share: float, note: str) -> None:
        """Say how far the work on this dimension has come."""
        dimensions = len(self.held.dimensions)
        self.material.said(round(100 * (self.row + share)), 100 * dimensions, note)

    def rng(self, purpose: str) -> np.random.Generator:
        return self.material.rng(purpose, self.dimension.name)

    def groups(self, facet: Facet, ids: np.ndarray) -> dict[str, Mask]:
        """Cohorts by one facet as masks along ids, which are rows of readers."""
        given = facet.value[ids]
        return {value: given == value for value in sorted({each for each in given if each is not None})}

    def large_groups(self, facet: Facet, r: Ratings) -> dict[str, Mask]:
        """Those with enough people who answered that something may be said of them."""
        people = np.unique(r.annotator)
        found = self.groups(facet, r.annotator_ids)
        return {value: mask for value, mask in found.items() if mask[people].sum() >= FEWEST_IN_GROUP}

    def with_items(self, table: pd.DataFrame, column: str = "item_id") -> pd.DataFrame:
        """The table with items by their external id instead of their row."""
        return self._named(table, column, "item", self.held.items.external_id)

    def with_annotators(self, table: pd.DataFrame, column: str) -> pd.DataFrame:
        """The table with annotators by their code name instead of their row."""
        return self._named(table, column, "annotator", self.held.readers.code_name)

    def _named(self, table: pd.DataFrame, column: str, name: str, names: np.ndarray) -> pd.DataFrame:
        rows = table[column].to_numpy(dtype=np.int64)
        return (
            table.drop(columns=column)
            .set_axis(range(len(table)))
            .pipe(lambda rest: pd.concat([pd.DataFrame({name: names[rows]}), rest], axis=1))
        )
