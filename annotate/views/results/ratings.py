"""Every rating of a study as one CSV file, written while it is read."""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from annotate import permissions
from judgments import canonical
from judgments.models import Item, Judgment, Participant, Rating, ScalePoint, Study
from judgments.releasing.files import escape

COLUMNS = (
    "reader", "item", "occasion", "revision", "is_current", "dimension", "form", "point", "point_text", "low", "high",
    "both_a", "both_b", "labels", "reason", "settled", "judged_at",
)  # fmt: skip
FIRST, THEN = 200, 2_000
"""Judgments in memory at a time: few at first, so that the first line leaves at once."""

_JUDGMENT = (
    "pk", "participant_id", "item_id", "occasion", "revision", "superseded_by__pk", "settled", "judged_at"
)  # fmt: skip
_RATING = (
    "judgment_id", "dimension_id", "dimension__slug", "form", "point", "low", "high", "both_a", "both_b", "labels",
    "reason",
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


def _chunks(study: Study) -> Iterator[list[Cells]]:
    """Rows by judgment and question, as accepted; items taken out and discarded imports are not among them."""
    readers = _escaped(Participant.objects.filter(study=study).values_list("pk", "code_name"))
    items = _escaped(Item.objects.kept().filter(study=study).values_list("pk", "external_id"))
    points = _points(study)
    shown = Judgment.objects.filter(study=study, item__hidden_at__isnull=True, brought_by__discarded_at__isnull=True)
    shown = shown.exclude(item__purpose=Item.Purpose.PRACTICE).order_by("pk")
    last, size = 0, FIRST
    while found := list(shown.filter(pk__gt=last).values_list(*_JUDGMENT)[:size]):
        begun = {row[0]: _begin(row, readers, items) for row in found}
        given = Rating.objects.filter(judgment__gte=found[0][0], judgment__lte=found[-1][0], judgment__study=study)
        rows = given.order_by("judgment_id", "dimension__position", "pk").values_list(*_RATING)
        yield [_row(begun[row[0]], row, points) for row in rows if row[0] in begun]
        last, size = found[-1][0], THEN


def _begin(row: Cells, readers: dict[int, str], items: dict[int, str]) -> tuple[Cells, Cells]:
    """What all ratings of a judgment share: the cells before theirs, and those after them."""
    _, participant, item, occasion, revision, superseded_by, settled, judged_at = row
    is_current = "true" if superseded_by is None else "false"
    return (readers[participant], items[item], occasion, revision, is_current), (settled, _moment(judged_at))


def _row(begun: tuple[Cells, Cells], row: Cells, points: dict[tuple[int, float], str]) -> Cells:
    _, dimension, slug, form, point, low, high, both_a, both_b, labels, reason = row
    before, after = begun
    text = escape(points.get((dimension, point), ""))
    chosen = "" if labels is None else canonical.dumps([points[dimension, float(value)] for value in labels])
    return (*before, slug, form, point, text, low, high, both_a, both_b, chosen, reason, *after)


def _points(study: Study) -> dict[tuple[int, float], str]:
    """The words of each point by dimension and value, of every rubric version the study ever asked with."""
    versions = study.assignments.order_by().values("rubric_version")
    found = ScalePoint.objects.filter(dimension__version__in=versions)
    rows = found.values_list("dimension_id", "value", "text")
    return {(dimension, value): text for dimension, value, text in rows}


def _escaped(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    return {pk: escape(text) for pk, text in pairs}


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
