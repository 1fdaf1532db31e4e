"""The columns of a ledger. Places refer to each other by position: a rating's judgment is a row number."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from judgments.ledger.dimensions import Asked, Dimension
from judgments.models import Form, Reason

Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Words = NDArray[np.object_]

FORMS: tuple[str, ...] = tuple(Form.values)
REASONS: tuple[str, ...] = ("", *Reason.values)
"""What `form` and `reason` of a rating are places in."""

POINT = FORMS.index(Form.POINT)

Table = TypeVar("Table", "Judgments", "Ratings")


def rows_of(table: Table, keep: Mask | Ints) -> Table:
    """The same table with only these rows."""
    return dataclasses.replace(table, **{field.name: getattr(table, field.name)[keep] for field in fields(table)})


@dataclass(frozen=True)
class Stamp:
    """Equal stamps mean equal ledgers: a study's judgments, and all that decides which of them are shown."""

    last: int
    count: int
    around: tuple[int | None, ...]


@dataclass(frozen=True)
class Items:
    """Items shown, in the order of their numbers."""

    id: Ints
    uid: Words
    external_id: Words


@dataclass(frozen=True)
class Readers:
    """Participants, in the order in which they joined the database."""

    id: Ints
    uid: Words
    code_name: Words


@dataclass(frozen=True)
class Facet:
    """A background question.

    value: for each reader the latest answer, None without one or without consent to analysis.
    people: how many people of the whole study gave each answer.
    """

    slug: str
    title: str
    value: Words
    people: dict[str, int]


@dataclass(frozen=True)
class Judgments:
    """One row a judgment, earlier revisions included, by id.

    item, reader: rows of the ledger's items and readers. is_current: no later revision replaces it.
    is_counted: not surplus. settled: 1 to 4, 0 for not said. version: primary key of the rubric version.
    """

    id: Ints
    item: Ints
    reader: Ints
    occasion: Ints
    revision: Ints
    is_current: Mask
    is_counted: Mask
    settled: Codes
    version: Ints

    @property
    def are_readings(self) -> Mask:
        """What agreement looks at: first occasions, at their current revision, counted."""
        return self.is_current & self.is_counted & (self.occasion == 0)


@dataclass(frozen=True)
class Ratings:
    """One row a rating, by judgment and dimension.

    judgment: row of the ledger's judgments. dimension: row of its dimensions. form, reason: places in
    FORMS and REASONS. point, low, high, both_a, both_b: nan where not given. labels: a tuple, or None.
    """

    id: Ints
    judgment: Ints
    dimension: Ints
    form: Codes
    point: Floats
    low: Floats
    high: Floats
    both_a: Floats
    both_b: Floats
    reason: Codes
    labels: Words


@dataclass(frozen=True)
class Ledger:
    """All judgments of a study, or a selection of them, as columns.

    Items, readers, facets and dimensions stay whole in a selection, so that rows keep their places.
    asks: which rubric version asks what, to tell "left open" from "not asked".
    """

    items: Items
    readers: Readers
    facets: tuple[Facet, ...]
    dimensions: tuple[Dimension, ...]
    asks: frozenset[Asked]
    judgments: Judgments
    ratings: Ratings

    @property
    def is_of_reading(self) -> Mask:
        """For each rating, whether its judgment is one that agreement looks at."""
        return self.judgments.are_readings[self.ratings.judgment]

    def where(self, judgments: Mask) -> Ledger:
        """Only the judgments whose mask is true, with their ratings."""
        kept = judgments[self.ratings.judgment]
        row = np.cumsum(judgments) - 1
        ratings = rows_of(self.ratings, kept)
        ratings = dataclasses.replace(ratings, judgment=row[ratings.judgment].astype(np.int64))
        return dataclasses.replace(self, judgments=rows_of(self.judgments, judgments), ratings=ratings)

    def on(self, dimension: int, among: Mask | None = None) -> Ratings:
        """Ratings on one dimension (by its row), where the mask along ratings is true."""
        keep = self.ratings.dimension == dimension
        return rows_of(self.ratings, keep if among is None else keep & among)

    def asked(self, dimension: int) -> Mask:
        """For each judgment, whether its rubric version asks this dimension."""
        versions = [asked.version for asked in self.asks if asked.dimension == dimension]
        return np.isin(self.judgments.version, versions)


def words(values: list[Any]) -> Words:
    """A column of plain Python objects, one a row."""
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        column[row] = value
    return column
