"""One question over all items: its wording, a row of marks an item, and reasons in people's own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotate import charts, permissions
from annotate.charts import Ridge, RidgeChart, Ridged, draw_ridge
from annotate.views.results import drawing, orders
from annotate.views.results.lens import Lens
from annotate.views.results.reasons import place_title
from judgments import ledger, models, reports
from judgments.ledger import Dimension
from judgments.models import Level, Study

ROWS_A_PAGE = 25
QUOTES_A_PLACE = 3
ORDERED = {
    "spread": "Where readers part most",
    "low": "Furthest towards the low end",
    "high": "Furthest towards the high end",
    "both": "Most often both ways",
    "misfit": "The question fits least",
    "number": "In their own order",
}
SORT_OF_ITEMS = {"low": "spread", "high": "spread"}
"""In which order the item page goes on from here, where it does not know this page's own."""


@login_required
@require_safe
def question(request, slug, name):
    study = permissions.study_for_researcher(request.user, slug)
    lens = Lens.of(study, request.GET, ORDERED)
    found = reports.question(study, name, lens.chosen_subset)
    if found is None:
        raise Http404("This study has no such question.")
    scale = drawing.scale_of(found.dimension)
    sorts = _sorts(found.dimension)
    rows = _in_order(found.rows, lens.sort)
    page = Paginator(rows if scale else (), ROWS_A_PAGE).get_page(lens.page)
    shown = [row.uid for row in page]
    named = orders.names(study, shown)
    ridge = _ridge(study, found.dimension, scale, shown, named, lens) if shown and scale else None
    context = {
        "study": study,
        "lens": lens,
        "of_items": lens.but(sort=SORT_OF_ITEMS.get(lens.sort, lens.sort), on=name).of_items,
        "subsets": ledger.subset_names(study),
        "dimension": found.dimension,
        "asked": len(found.rows),
        "others": [each for each in _dimensions(study) if each.name != name],
        "wordings": _wordings(found),
        "sorts": sorts.items(),
        "page": page,
        "older": lens.but(page=str(page.number + 1)).query,
        "newer": lens.but(page=str(page.number - 1) if page.number > 2 else "").query,
        "ridge": ridge,
        "rows": [Row(uid, named[uid], each) for uid, each in zip(shown, ridge.rows, strict=True)] if ridge else [],
        "quotes": _quotes(study, found, lens),
        "again": lens.but(draw=str(lens.seed + 1)).query,
    }
    return render(request, "results/question.html", context)


@dataclass(frozen=True)
class Row:
    """One item and how it was answered."""

    uid: str
    named: orders.Named
    drawn: Ridged


def _dimensions(study: Study) -> list[Dimension]:
    return [finding.dimension for finding in reports.overview(study).dimensions]


# The wording --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wording:
    """The words that readers saw. versions: which rubric versions said it so."""

    versions: str
    asked: models.Dimension
    points: list[models.ScalePoint]


def _wordings(found: reports.Question) -> list[Wording]:
    """Each wording once, the latest first."""
    rows = models.Dimension.objects.filter(version__in=found.versions, slug=found.dimension.slug)
    rows = rows.select_related("version__rubric").prefetch_related("points").order_by("-version_id")
    alike: dict[tuple, list[models.Dimension]] = {}
    for row in rows:
        points = tuple((point.value, point.text, point.description) for point in row.points.all())
        alike.setdefault((row.title, row.question, row.help, row.not_about, points), []).append(row)
    return [Wording(_called(group), group[0], _points(group[0])) for group in alike.values()]


def _called(group: Sequence[models.Dimension]) -> str:
    numbers = [str(row.version.number) for row in reversed(group)]
    title = group[0].version.rubric.title
    if len(numbers) == 1:
        return f"{title}, version {numbers[0]}"
    return f"{title}, versions {', '.join(numbers[:-1])} and {numbers[-1]}"


def _points(row: models.Dimension) -> list[models.ScalePoint]:
    return sorted(row.points.all(), key=lambda point: (point.apart, point.value))


# The ridge ----------------------------------------------------------------------------------------


def _sorts(dimension: Dimension) -> dict[str, str]:
    """The orders that have a meaning on this scale, in its own words."""
    ends = {}
    if dimension.level in reports.ORDERED:
        points = [point for point in dimension.points if not point.apart]
        texts = drawing.ends_of(dimension) if dimension.is_line else (points[0].text, points[-1].text)
        ends = dict(zip(("low", "high"), (f"Furthest towards “{text}”" for text in texts), strict=True))
    left_out = set() if ends else {"low", "high", "both"}
    return {sort: ends.get(sort, words) for sort, words in ORDERED.items() if sort not in left_out}


def _share(of: Callable[[reports.QuestionRow], int]) -> Callable[[reports.QuestionRow], float]:
    return lambda row: of(row) / row.asked


_RANKS: dict[str, Callable[[reports.QuestionRow], float]] = {
    "spread": lambda row: row.differ if row.differ == row.differ else -1.0,  # nan: nobody to compare
    "low": _share(lambda row: row.low - row.high),
    "high": _share(lambda row: row.high - row.low),
    "both": _share(lambda row: row.both),
    "misfit": _share(lambda row: row.misfit),
}


def _in_order(rows: Sequence[reports.QuestionRow], sort: str) -> list[reports.QuestionRow]:
    """Items that fewer than FEWEST_IN_GROUP were asked about come last, except in their own order."""
    if sort == "number":
        return list(rows)
    return sorted(rows, key=lambda row: (row.asked < reports.FEWEST_IN_GROUP, -_RANKS[sort](row)))


def _ridge(
    study: Study, dimension: Dimension, scale: charts.Scale | charts.Line, uids: list[str], named: dict, lens: Lens
) -> RidgeChart:
    answers = reports.answers_on(study, dimension, uids, lens.chosen_subset)
    rows = tuple(
        (_row_name(named[uid]), tuple(drawing.mark_of(answer, "") for answer in answers.get(uid, ()))) for uid in uids
    )
    return draw_ridge(Ridge(dimension.question, scale, rows))


def _row_name(named: orders.Named) -> str:
    return named.title if named.title == named.external_id else f"{named.title} ({named.external_id})"


# In people's words --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quotes:
    """Words of some of those who stood at one place. given: how many gave any there."""

    title: str
    given: int
    said: tuple[reports.Said, ...]


def _quotes(study: Study, found: reports.Question, lens: Lens) -> list[Quotes]:
    rng = np.random.default_rng(lens.seed)
    drawn = reports.drawn(study, found, rng, most=QUOTES_A_PLACE)
    in_words = found.dimension.level == Level.OPEN
    return [
        Quotes("" if in_words else place_title(found.dimension, *key), len(found.worded[key]), said)
        for key, said in drawn.items()
    ]
