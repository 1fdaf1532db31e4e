"""What the charts are given: a scale, and how each reader answered on it.

    scale = Scale((Point(1, "Too little"), Point(2, "Fitting"), Point(3, "Too much")), middle=2)
    answers = (Placed(1), Placed(3, cohort="nurses"), Ranged(1, 2), BothWays(1, 3), NotThis("cannot_tell"))

Every reader who was asked gives exactly one answer; who left the question open is `NotThis("left_open")`.
`cohort` is the name shown in the legend, and "" where a chart has no cohorts.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from .svg import decimal

LEVELS = ("ordinal", "nominal", "set")

REASONS = {
    "misfit": "does not fit",
    "cannot_tell": "cannot tell",
    "rather_not": "would rather not",
    "depends": "depends",
    "left_open": "left open",
    "": "no reason given",
}
"""Reason codes and their words, in the order in which they are drawn. Any other reason is shown as it is."""


@dataclass(frozen=True)
class Point:
    """One worded point. `value` is what answers refer to; `apart` keeps it out of the order (held both)."""

    value: Hashable
    label: str
    apart: bool = False


@dataclass(frozen=True)
class Scale:
    """Worded points, in the order shown.

    level: "ordinal" (points in order), "nominal" (no order) or "set" (several may be chosen).
    middle: value of the point that lies between two ways to go wrong, None if the scale has no such point.
    Points apart come last. Raises ValueError for an unknown level, repeated values, no points, or a middle
    that is not a point.
    """

    points: tuple[Point, ...]
    level: str = "ordinal"
    middle: Hashable | None = None

    def __post_init__(self) -> None:
        values = [point.value for point in self.points]
        if self.level not in LEVELS:
            raise ValueError(f"level is one of {', '.join(LEVELS)}: {self.level!r}")
        if not values or len(set(values)) != len(values):
            raise ValueError("a scale has points, each with a value of its own")
        if sorted(self.points, key=lambda point: point.apart) != list(self.points):
            raise ValueError("points that stand apart come after those in order")
        if self.middle is not None and self.middle not in values:
            raise ValueError(f"the middle is not a point of the scale: {self.middle!r}")

    def part(self, value: Hashable) -> int:
        """Index of the point with this value. Raises ValueError if there is none."""
        for index, point in enumerate(self.points):
            if point.value == value:
                return index
        raise ValueError(f"not a point of the scale: {value!r}")

    def coordinate(self, value: Hashable) -> float:
        """Where a range or both-ways end lies: here the index of its point."""
        return self.part(value)

    def words_at(self, coordinate: float) -> str:
        return f"“{self.points[int(coordinate)].label}”"


@dataclass(frozen=True)
class Line:
    """A plain line with two worded ends; answers are numbers from `low` to `high`, both included.

    parts: equal parts into which marks are gathered, in chart and table alike; ranges keep their exact ends.
    """

    low_label: str
    high_label: str
    low: float = 0.0
    high: float = 100.0
    parts: int = 20

    level = "line"
    middle = None

    def __post_init__(self) -> None:
        if not self.low < self.high or self.parts < 1:
            raise ValueError("a line runs from a lower to a higher number, in one part or more")

    @property
    def points(self) -> tuple[Point, ...]:
        """The parts, as points: value is the part's index, label its two ends."""
        step = (self.high - self.low) / self.parts
        ends = [plain(self.low + step * index) for index in range(self.parts + 1)]
        return tuple(Point(index, f"{ends[index]} to {ends[index + 1]}") for index in range(self.parts))

    def part(self, value: Any) -> int:
        """Index of the part that holds the value; a boundary belongs to the part above it."""
        share = (self.coordinate(value) - self.low) / (self.high - self.low)
        return min(int(share * self.parts), self.parts - 1)

    def coordinate(self, value: Any) -> float:
        if not self.low <= value <= self.high:
            raise ValueError(f"not on the line from {self.low} to {self.high}: {value!r}")
        return value

    def words_at(self, coordinate: float) -> str:
        return plain(coordinate)


@dataclass(frozen=True)
class Placed:
    """One place. `at`: a point's value, or a number on a line."""

    at: Hashable
    cohort: str = ""


@dataclass(frozen=True)
class Ranged:
    """Somewhere from `low` to `high`; `at` is the place in between, if the reader also gave one."""

    low: Hashable
    high: Hashable
    at: Hashable | None = None
    cohort: str = ""


@dataclass(frozen=True)
class BothWays:
    """Two views that do not meet in the middle."""

    first: Hashable
    second: Hashable
    cohort: str = ""


@dataclass(frozen=True)
class Chosen:
    """Any number of points of a "set" scale, by value; none at all is an answer too."""

    values: tuple[Hashable, ...]
    cohort: str = ""


@dataclass(frozen=True)
class NotThis:
    """No place on the scale, and why: a key of `REASONS`, or words of its own."""

    reason: str = ""
    cohort: str = ""


Answer = Placed | Ranged | BothWays | Chosen | NotThis


def reason_words(reason: str) -> str:
    return REASONS.get(reason, reason)


def reason_order(reason: str) -> tuple[int, str]:
    """Sort key: known reasons in their order, others after them by name."""
    known = list(REASONS)
    return (known.index(reason) if reason in known else len(known), reason)


def plain(number: float) -> str:
    """A number on a line, to two places, without idle zeros."""
    written = decimal(float(number))
    return written.rstrip("0").rstrip(".")
