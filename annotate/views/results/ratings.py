"""Every rating of a study as one CSV file, written while it is read."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from annotate import permissions
from judgments import canonical, withdrawal
from judgments.models import Dimension, Import, Item, Judgment, Participant, Rating, ScalePoint, Study
from judgments.releasing.files import escape

COLUMNS = (
    "reader", "item", "occasion", "revision", "is_current", "dimension", "form", "point", "point_text", "low", "high",
    "both_a", "both_b", "labels", "reason", "settled", "judged_at",
)  # fmt: skip
FIRST, THEN = 200, 2_000
"""Judgments in memory at a time: few at first, so that the first line leaves at once."""

_JUDGMENT = ("pk", "participant_id", "item_id", "occasion", "revision", "settled", "judged_at")
_RATING = (
    "judgment_id", "dimension_id", "form", "point", "low", "high", "both_a", "both_b", "labels", "reason",
)  # fmt: skip

Cells = tuple[Any, ...]


@login_required
@require_safe
def ratings(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    return StreamingHttpResponse(
        _lines(study),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{study.slug}-ratings.csv"'},
    )


class _Line:
    """What `csv` writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(study: Study) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow(COLUMNS)
    for rows in _chunks(study):
        yield "".join(map(writer.writerow, rows))


@dataclass(frozen=True)
class _Names:
    """What the numbers of rows are called: by primary key, and points by their dimension and value.

    dimensions: position and slug. discarded: imports whose judgments are left out, as are those of items
    that are not named here.
    """

    readers: dict[int, str]
    items: dict[int, str]
    dimensions: dict[int, tuple[int, str]]
    points: dict[tuple[int, float], str]
    discarded: list[int]


def _names(study: Study) -> _Names:
    items = Item.objects.kept().filter(study=study).exclude(purpose=Item.Purpose.PRACTICE)
    # Every rubric version that the study ever asked with.
    versions = list(study.assignments.order_by().values_list("rubric_version", flat=True).distinct())
    dimensions = Dimension.objects.filter(version__in=versions).values_list("pk", "position", "slug")
    points = ScalePoint.objects.filter(dimension__version__in=versions).values_list("dimension_id", "value", "text")
    discarded = Import.objects.filter(study=study, discarded_at__isnull=False)
    return _Names(
        readers=_escaped(Participant.objects.filter(study=study).values_list("pk", "code_name")),
        items=_escaped(items.values_list("pk", "external_id")),
        dimensions={pk: (position, escape(slug)) for pk, position, slug in dimensions},
        points={(dimension, value): text for dimension, value, text in points},
        discarded=list(discarded.values_list("pk", flat=True)),
    )


def _chunks(study: Study) -> Iterator[list[Cells]]:
    """Rows by judgment as accepted, then by question."""
    names = _names(study)
    # Plain reads of one table by its index: with joins, a database may read all of it again for every chunk.
    stored = Judgment.objects.filter(study=study).exclude(brought_by__in=names.discarded).order_by("pk")
    if withdrawal.withdrawn_pairs(study):
        stored = withdrawal.standing(stored)
    last, size = 0, FIRST
    while found := list(stored.filter(pk__gt=last).values_list(*_JUDGMENT)[:size]):
        yield _rows([row for row in found if row[2] in names.items], names)
        last, size = found[-1][0], THEN


def _rows(judgments: list[Cells], names: _Names) -> list[Cells]:
    ids = [row[0] for row in judgments]
    replaced = set(Judgment.objects.filter(supersedes__in=ids).values_list("supersedes_id", flat=True))
    begun = {row[0]: _begin(row, row[0] not in replaced, names) for row in judgments}
    given = list(Rating.objects.filter(judgment__in=ids).values_list(*_RATING))
    given.sort(key=lambda row: (row[0], names.dimensions[row[1]]))
    return [_row(begun[row[0]], row, names) for row in given]


def _begin(row: Cells, is_current: bool, names: _Names) -> tuple[Cells, Cells]:
    """What all ratings of a judgment share: the cells before theirs, and those after them."""
    _, participant, item, occasion, revision, settled, judged_at = row
    before = names.readers[participant], names.items[item], occasion, revision, "true" if is_current else "false"
    return before, (settled, _moment(judged_at))


def _row(begun: tuple[Cells, Cells], row: Cells, names: _Names) -> Cells:
    _, dimension, form, point, low, high, both_a, both_b, labels, reason = row
    before, after = begun
    text = escape(names.points.get((dimension, point), ""))
    chosen = "" if labels is None else canonical.dumps([names.points[dimension, float(value)] for value in labels])
    slug = names.dimensions[dimension][1]
    return (*before, slug, form, point, text, low, high, both_a, both_b, chosen, reason, *after)


def _escaped(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    return {pk: escape(text) for pk, text in pairs}


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
