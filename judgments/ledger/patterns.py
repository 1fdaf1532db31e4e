"""Tables of patterns made by the database itself: how many items got which answers, and who gave them.

Every partition of the items is counted alone, and the tables add up: many machines, or one a piece at a time.
"""

from typing import NamedTuple

import pandas as pd
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Mod

from judgments import models, withdrawal
from judgments.analysis.patterns import PatternTable
from judgments.analysis.table import Scale
from judgments.ledger.columns import read, real, whole
from judgments.ledger.dimensions import dimensions_of


class Part(NamedTuple):
    """The items whose number leaves this remainder when divided by so many parts."""

    remainder: int = 0
    parts: int = 1


def pattern_table(
    study: models.Study, dimension: str, scale: Scale, part: Part = Part(), *, annotators: bool = True
) -> PatternTable:
    """First answers to one dimension, by name, as current readings count them; scale names the points compared.

    annotators: without them nobody is in the table, and it is small however many have answered.
    Raises KeyError for a dimension that the study does not have.
    """
    given = _first_answers(study, _rows_of(study, dimension), scale, part)
    rows = given.order_by().annotate(item=F("judgment__item"), value=F("point"))
    counts = pd.DataFrame.from_records(
        rows.values("item", "value").annotate(n=Count("pk")), columns=["item", "value", "n"]
    )
    who = None
    if annotators:
        columns = {
            "annotator": whole("judgment__participant"),
            "item": whole("judgment__item"),
            "value": real("point"),
        }
        who = pd.DataFrame(read(given.order_by(), columns))
    return PatternTable.from_counts(counts, scale, who)


def _rows_of(study: models.Study, name: str) -> list[int]:
    """Primary keys of the dimension in all rubric versions that ask it on one scale."""
    versions = study.assignments.order_by().values_list("rubric_version", flat=True).distinct()
    dimensions, asked = dimensions_of(study, versions)
    place = {dimension.name: row for row, dimension in enumerate(dimensions)}[name]
    return [pk for pk, each in asked.items() if each.dimension == place]


def _first_answers(study: models.Study, dimensions: list[int], scale: Scale, part: Part) -> QuerySet:
    shown = models.Item.objects.kept().filter(study=study).exclude(purpose=models.Item.Purpose.PRACTICE)
    if part.parts > 1:
        shown = shown.annotate(part=Mod("number", part.parts)).filter(part=part.remainder)
    discarded = models.Import.objects.filter(study=study, discarded_at__isnull=False)
    readings = models.Judgment.objects.filter(
        study=study, item__in=shown.order_by(), occasion=0, status=models.Judgment.Status.COUNTED,
        superseded_by__isnull=True,
    )  # fmt: skip
    if discarded.exists():
        readings = readings.exclude(brought_by__in=discarded)
    return models.Rating.objects.filter(
        judgment__in=withdrawal.standing(readings).order_by(),
        dimension__in=dimensions,
        form=models.Form.POINT,
        point__in=scale.domain,
    )
