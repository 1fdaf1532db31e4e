"""Single judgments by code name, where there are too few readers to draw a shape."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from annotate.views.results import drawing, orders
from annotate.views.results.lens import Lens
from judgments import reports
from judgments.ledger import Dimension
from judgments.models import Judgment, Rating, Study
from judgments.reports.keeping import selected

FEW = reports.FEWEST_IN_GROUP
MOST_SHOWN = 50


@dataclass(frozen=True)
class Single:
    """One judgment: who read what, and each answer as (question, words, what was said with it)."""

    item: str
    named: orders.Named
    code_name: str
    answers: list[tuple[str, str, str]]
    rationale: str


def latest(study: Study, lens: Lens, seen: reports.Overview) -> list[Single]:
    """The latest readings, newest first; at most MOST_SHOWN."""
    held = selected(study, lens.chosen_subset).judgments
    ids = held.id[np.flatnonzero(held.are_readings)[-MOST_SHOWN:]].tolist()
    given = _answers(ids, [finding.dimension for finding in seen.dimensions])
    rows = Judgment.objects.filter(pk__in=ids).order_by("-pk")
    found = list(rows.values_list("pk", "item__uid", "participant__code_name", "rationale__text"))
    named = orders.names(study, {str(uid) for _, uid, _, _ in found})
    return [
        Single(str(uid), named[str(uid)], code_name, given.get(pk, []), rationale or "")
        for pk, uid, code_name, rationale in found
    ]


def _answers(ids: list[int], dimensions: Iterable[Dimension]) -> dict[int, list[tuple[str, str, str]]]:
    """By judgment, in the order of the questions."""
    asked = {(dimension.slug, number): dimension for dimension in dimensions for number in dimension.versions}
    ratings = Rating.objects.filter(judgment__in=ids).order_by("judgment_id", "dimension__position", "pk")
    rows = ratings.values_list(
        "judgment_id", "form", "point", "low", "high", "both_a", "both_b", "labels", "reason",
        "dimension__slug", "dimension__version__number", "text__text", named=True,
    )  # fmt: skip
    return {
        judgment: [_said(row, asked[row.dimension__slug, row.dimension__version__number]) for row in given]
        for judgment, given in groupby(rows, key=lambda row: row.judgment_id)
    }


def _said(row, dimension: Dimension) -> tuple[str, str, str]:
    return dimension.title, drawing.spoken(row, dimension), row.text__text or ""
