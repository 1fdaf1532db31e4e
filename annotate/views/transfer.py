"""The transfer profile: when the context shifts, does judgment hold, change, or come apart?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from annotate import permissions
from annotate.charts import Chart, Slope, draw_difference, draw_slope
from annotate.charts.svg import Markup
from annotate.views.results import drawing
from annotate.views.results.lens import Lens
from judgments import ledger, models, reports
from judgments.ledger import Dimension
from judgments.models import Study

WORDS = (
    ("holds", "nothing of the following"),
    ("slides", "of all pairs of an answer here and one there, a third more lie on one side than on the other"),
    ("splits", "two camps, a quarter of the readers or more in each, with almost nobody between them"),
    ("gathers", "readers lie much closer together, or two camps are gone"),
    ("misfit appears", "the question does not fit for one reader in seven or more, and for clearly more than before"),
)


@dataclass(frozen=True)
class Cell:
    """One step in the grid."""

    move: reports.Move
    words: str
    drawn: Markup


@dataclass(frozen=True)
class GridRow:
    """One family: for each axis its steps; none where the axis was not tried, or not yet read."""

    family: reports.FamilyFound
    cells: list[tuple[list[Cell], bool]]


@dataclass(frozen=True)
class Panel:
    """One step of a family on the chosen dimension."""

    move: reports.Move
    words: str
    chart: Chart


@dataclass(frozen=True)
class Axis:
    """The steps of a family along one axis."""

    name: str
    panels: list[Panel]


@login_required
@require_safe
def families(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    found, lens, dimension = _asked(study, request.GET)
    moves: dict[tuple[str, str], list[reports.Move]] = defaultdict(list)
    for move in found.moves:
        if dimension is not None and move.dimension == dimension.name:
            moves[move.family, move.context.axis].append(move)
    rows = [
        GridRow(family, [_cells(family, axis, moves[family.slug, axis], dimension) for axis in found.axes])
        for family in found.families
    ]
    context = _context(study, found, lens, dimension) | {
        "rows": rows,
        "untried": sum(not tried for row in rows for _, tried in row.cells),
    }
    return render(request, "transfer/families.html", context)


@login_required
@require_safe
def family(request, slug, family):
    study = permissions.study_for_researcher(request.user, slug)
    found, lens, dimension = _asked(study, request.GET)
    shown = next((each for each in found.families if each.slug == family), None)
    if shown is None:
        raise Http404("This study has no such family.")
    moves = [move for move in found.moves if move.family == family]
    voices = _voices(request.user, study, moves)
    here = [move for move in moves if dimension is not None and move.dimension == dimension.name]
    context = _context(study, found, lens, dimension) | {
        "family": shown,
        "axes": _axes(found, dimension, here),
        "voices": voices,
        "table": _table(found, moves),
        "shifts": [each for each in shown.contexts if each.axis],
    }
    return render(request, "transfer/family.html", context)


def _asked(study: Study, asked) -> tuple[reports.Profile, Lens, Dimension | None]:
    """What there is, and the dimension asked for: the first where none is named."""
    lens = Lens.of(study, asked)
    found = reports.transfer(study, lens.chosen_subset)
    lens = lens.known(dimensions=[each.name for each in found.dimensions])
    name = lens.on or next((each.name for each in found.dimensions), "")
    return found, lens, next((each for each in found.dimensions if each.name == name), None)


def _context(study: Study, found: reports.Profile, lens: Lens, dimension: Dimension | None) -> dict:
    return {
        "study": study,
        "lens": lens,
        "found": found,
        "dimension": dimension,
        "subsets": ledger.subset_names(study),
        "words": WORDS,
    }


def _cells(
    family: reports.FamilyFound, axis: str, moves: list[reports.Move], dimension: Dimension | None
) -> tuple[list[Cell], bool]:
    """The steps, and whether the family has a shift along this axis at all."""
    places = len(dimension.places) if dimension else 0
    cells = [
        Cell(move, said(move.step, dimension), draw_difference(move.before[:places], move.after[:places]))
        for move in moves
        if dimension is not None
    ]
    return cells, any(context.axis == axis for context in family.contexts)


def said(step, dimension: Dimension) -> str:
    """The rule's words; a slide says whither, in the words of the scale."""
    ends = drawing.ends_of(dimension) if dimension.is_line else _ends(dimension)
    towards = ends[0] if step.towards < 0 else ends[1]
    words = [f"slides towards “{towards}”" if word == "slides" else word for word in step.words]
    return " · ".join(words) or "too few to say"


def _ends(dimension: Dimension) -> tuple[str, str]:
    points = [point.text for point in dimension.points if not point.apart]
    return points[0], points[-1]


def _axes(found: reports.Profile, dimension: Dimension | None, moves: list[reports.Move]) -> list[Axis]:
    if dimension is None:
        return []
    by_axis: dict[str, list[Panel]] = defaultdict(list)
    for at, move in enumerate(moves):
        by_axis[move.context.axis].append(
            Panel(move, said(move.step, dimension), _slope(move, dimension, f"step-{at}"))
        )
    return [Axis(axis, by_axis[axis]) for axis in found.axes if axis in by_axis]


def _slope(move: reports.Move, dimension: Dimension, chart_id: str) -> Chart:
    # Points that stand apart come last among the places; they are drawn beside the scale.
    order = [at for at in range(len(dimension.places)) if dimension.is_line or not dimension.points[at].apart]
    apart = [at for at in range(len(dimension.places)) if at not in order]
    beside = range(len(dimension.places), len(move.before))
    rows = [*order, *apart, *beside]
    at = {row: place for place, row in enumerate(rows)}
    texts = dimension.places if dimension.is_line else tuple(point.text for point in dimension.points)
    return draw_slope(
        Slope(
            title=f"{move.context.title}, reply {move.voice}",
            names=("base", move.context.axis),
            places=tuple(texts[row] for row in order),
            beside=(*(texts[row] for row in apart), *reports.BESIDE),
            before=tuple(move.before[row] for row in rows),
            after=tuple(move.after[row] for row in rows),
            pairs=tuple((at[before], at[after], n) for before, after, n in move.pairs),
        ),
        chart_id,
    )


def _voices(user, study: Study, moves: Iterable[reports.Move]) -> list[tuple[int, str]]:
    """What wrote the replies, by their number in the family; empty while models are hidden."""
    if not permissions.sees_model_names(user, study):
        return []
    base_of = {move.voice: move.base for move in moves}
    shown = models.ItemResponse.objects.filter(item__uid__in=base_of.values(), response__model__isnull=False)
    named: dict[str, list[str]] = defaultdict(list)
    for each in shown.select_related("item", "response__model").order_by("position"):
        named[str(each.item.uid)].append(str(each.response.model))
    return [(voice, ", ".join(named[uid])) for voice, uid in sorted(base_of.items()) if named[uid]]


@dataclass(frozen=True)
class TableRow:
    """One dimension: the words of each step of the family; "" where it was not asked."""

    dimension: Dimension
    words: list[str]


def _table(found: reports.Profile, moves: list[reports.Move]) -> tuple[list[reports.Move], list[TableRow]]:
    """The steps of a family as columns, and every dimension as a row."""
    steps = {(move.context.scenario, move.base, move.shift): move for move in moves}
    said_of = {(move.dimension, move.context.scenario, move.base, move.shift): move.step for move in moves}
    rows = [
        TableRow(
            each,
            [said(said_of[each.name, *key], each) if (each.name, *key) in said_of else "" for key in steps],
        )
        for each in found.dimensions
    ]
    return list(steps.values()), [row for row in rows if any(row.words)]


app_name = "transfer"
urlpatterns = [
    path("<slug:slug>/transfer/", families, name="families"),
    path("<slug:slug>/transfer/<slug:family>/", family, name="family"),
]
