"""The dimensions of a study across the rubric versions its judgments were made with."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from judgments import models

LINE_PARTS = 20
"""Answers on a line are counted in this many equal parts."""


@dataclass(frozen=True)
class Point:
    """One worded point of a scale. apart: outside the order of the others ("held both")."""

    value: float
    code: str
    text: str
    apart: bool = False


@dataclass(frozen=True)
class Dimension:
    """One thing judged, on one scale.

    name: unique within the study: the slug; for a scale that was replaced, `slug@version`.
    points: in ascending order of value. For a line they are words along it, and answers lie between
        line_low and line_high.
    versions: numbers of the rubric versions that ask it on this very scale, ascending.
    """

    name: str
    slug: str
    title: str
    question: str
    kind: str
    level: str
    points: tuple[Point, ...]
    line_low: float | None = None
    line_high: float | None = None
    versions: tuple[int, ...] = ()

    @property
    def is_line(self) -> bool:
        return self.kind == models.Kind.LINE

    @property
    def middle(self) -> float | None:
        """The value of the fitting point of a balance; None for any other kind."""
        if self.kind != models.Kind.BALANCE or not self.points:
            return None
        return self.points[len(self.points) // 2].value

    @property
    def places(self) -> tuple[str, ...]:
        """What answers are counted by: the codes of the points, or the parts of a line."""
        if not self.is_line:
            return tuple(point.code for point in self.points)
        ends = [f"{end:g}" for end in np.linspace(*self._ends, LINE_PARTS + 1)]
        return tuple(f"{low} to {high}" for low, high in itertools.pairwise(ends))

    def place_of(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Index into `places` of each value; a boundary between two parts of a line belongs to the upper one."""
        if self.is_line:
            low, high = self._ends
            parts = ((values - low) / (high - low) * LINE_PARTS).astype(np.int64)
            return np.minimum(parts, LINE_PARTS - 1)
        return np.searchsorted(np.array([point.value for point in self.points]), values).astype(np.int64)

    @property
    def _ends(self) -> tuple[float, float]:
        assert self.line_low is not None  # A database constraint.
        assert self.line_high is not None
        return self.line_low, self.line_high


class Asked(NamedTuple):
    """Which rubric version asks which dimension; `dimension` is a place in the dimensions of a study."""

    version: int
    dimension: int


def dimensions_of(study: models.Study, version_ids: Iterable[int]) -> tuple[tuple[Dimension, ...], dict[int, Asked]]:
    """Dimensions of these rubric versions and of the study's present one, and where each stored row belongs.

    A dimension is the same across versions while its slug and its scale are: kind, level, ends, and every
    point with its value, code, words and standing apart. Question, help and order may change; the words of
    the latest version are shown. On another scale it is a dimension of its own: the present one (else the
    latest) keeps the slug as its name, earlier ones are called `slug@number` after the last version that
    used them, with the rubric's slug before the number where it is another rubric. Nothing is converted.
    """
    wanted = {*version_ids, study.rubric_version_id} - {None}
    rows = (
        models.Dimension.objects.filter(version__in=wanted)
        .select_related("version__rubric")
        .prefetch_related("points")
        .order_by("version_id", "position", "id")
    )
    same: dict[tuple, list[models.Dimension]] = {}
    for row in rows:
        same.setdefault((row.slug, _scale(row)), []).append(row)

    present = study.rubric_version_id
    ordered = sorted(same.values(), key=lambda group: _order(group, present))
    groups: dict[str, list[models.Dimension]] = {}
    for group in ordered:
        first = next((found for found in groups.values() if found[-1].slug == group[-1].slug), None)
        groups[_name(group[-1], first[-1] if first else None)] = group
    places = {row.pk: Asked(row.version_id, place) for place, group in enumerate(groups.values()) for row in group}
    return tuple(_dimension(name, group) for name, group in groups.items()), places


def _scale(row: models.Dimension) -> tuple:
    points = tuple((point.value, point.code, point.text, point.apart) for point in _points(row))
    return row.kind, row.level, row.line_low, row.line_high, points


def _points(row: models.Dimension) -> list[models.ScalePoint]:
    return sorted(row.points.all(), key=lambda point: point.value)


def _order(group: list[models.Dimension], present: int | None) -> tuple:
    is_past = all(row.version_id != present for row in group)
    return is_past, -group[-1].version_id, group[-1].position, group[-1].pk


def _name(row: models.Dimension, named: models.Dimension | None) -> str:
    if named is None:
        return row.slug
    of_another = row.version.rubric_id != named.version.rubric_id
    rubric = f"{row.version.rubric.slug}." if of_another else ""
    return f"{row.slug}@{rubric}{row.version.number}"


def _dimension(name: str, group: list[models.Dimension]) -> Dimension:
    latest = group[-1]
    return Dimension(
        name=name, slug=latest.slug, title=latest.title, question=latest.question, kind=str(latest.kind),
        level=str(latest.level), line_low=latest.line_low, line_high=latest.line_high,
        points=tuple(Point(point.value, point.code, point.text, point.apart) for point in _points(latest)),
        versions=tuple(sorted({row.version.number for row in group})),
    )  # fmt: skip
