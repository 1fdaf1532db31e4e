"""Which answers enter agreement on a dimension, and by which distances they are compared."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis import Estimate, Ratings, Scale, alpha
from judgments.ledger import Dimension, Ledger
from judgments.ledger.tables import POINT, Mask
from judgments.models import Level

METRICS: dict[str, tuple[str, ...]] = {
    Level.NOMINAL: ("nominal",),
    Level.PAIR: ("nominal",),
    Level.ORDINAL: ("nominal", "ordinal"),
    Level.INTERVAL: ("nominal", "ordinal", "interval"),
    Level.RATIO: ("nominal", "ordinal", "interval"),
    Level.SET: ("nominal", "set"),
}
"""Distances that are meaningful at a level of measurement; at other levels there is no alpha."""

PRIMARY: dict[str, str] = {
    Level.NOMINAL: "nominal",
    Level.PAIR: "nominal",
    Level.ORDINAL: "ordinal",
    Level.INTERVAL: "interval",
    Level.RATIO: "interval",
    Level.SET: "set",
}
"""The distance that fits a level best: cohorts are compared by this one."""


@dataclass(frozen=True)
class Answers:
    """The answers to one dimension that agreement looks at; `ratings` is None where none can be compared.

    Ranges, both ways and "not this" are abstentions here. Without a doubt about order, points that stand
    apart ("held both") count as answers of their own; by distances along the scale they are left out.
    """

    dimension: Dimension
    ratings: Ratings | None

    def alphas(self, metrics: tuple[str, ...] | None = None, readers: Mask | None = None) -> dict[str, Estimate]:
        """Alpha by each metric with its two-way interval. readers: a mask along the ledger's readers."""
        chosen = metrics_of(self.dimension) if metrics is None else metrics
        return {metric: alpha(self.measured(metric, readers)) for metric in chosen if self.ratings is not None}

    def measured(self, metric: str, readers: Mask | None = None) -> Ratings:
        """The answers as this metric compares them."""
        assert self.ratings is not None
        found = self.ratings.measured_as(metric)  # type: ignore[arg-type]
        if metric in ("ordinal", "interval"):
            apart = np.array([point in self._apart for point in found.points], dtype=bool)
            found = found.rows(~apart[found.value]) if apart.any() else found
        return found if readers is None else found.where(annotators=readers[found.annotator_ids])

    @property
    def _apart(self) -> set[float]:
        return set() if self.dimension.is_line else {p.value for p in self.dimension.points if p.apart}


def metrics_of(dimension: Dimension) -> tuple[str, ...]:
    """The metrics of a dimension's level; an ordinal scale of plain numbers also has the interval one."""
    metrics = METRICS.get(dimension.level, ())
    if dimension.level == Level.ORDINAL and all(_is_number(point.text) for point in dimension.points):
        return (*metrics, "interval")
    return metrics


def answers(held: Ledger, row: int, *, repeats: bool = False) -> Answers:
    """First occasions, current revisions, counted, on the dimension in this row; and later occasions if asked."""
    dimension = held.dimensions[row]
    if dimension.level not in METRICS:
        return Answers(dimension, None)
    judged = held.judgments
    taken = judged.are_readings | (judged.is_current & (judged.occasion > 0)) if repeats else judged.are_readings
    given = held.on(row, taken[held.ratings.judgment])
    is_point = given.form == POINT
    values: Any = [labels if point else None for labels, point in zip(given.labels, is_point, strict=True)]
    if dimension.level != Level.SET:
        values = np.where(is_point, given.point, np.nan)
    scale = Scale(
        kind="set" if dimension.level == Level.SET else "nominal",
        domain=() if dimension.is_line else tuple(point.value for point in dimension.points),
    )
    of = given.judgment
    found = Ratings.from_arrays(judged.item[of], judged.reader[of], values, scale, occasion=judged.occasion[of])
    return Answers(dimension, found)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
