"""A study at a glance: where readers part, what is worth a look, agreement inside cohorts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotate import permissions
from annotate.charts import Chart
from annotate.templatetags.results import counted
from annotate.views.results import calibration, drawing, few, orders
from annotate.views.results.lens import SORTS, Lens
from judgments import ledger, reports
from judgments.models import Facet, Study
from judgments.reports import Noticed

WORTH_A_LOOK = 5


@dataclass(frozen=True)
class Block:
    """One question. suppressed: groups too small to say more of than their size."""

    finding: reports.DimensionFinding
    distribution: Chart | None
    intervals: Chart | None
    others: list[tuple[str, str, str]]
    pairs: str
    suppressed: list[reports.Group]
    without: int


@dataclass(frozen=True)
class Look:
    """Items that a rule puts first; each with its name and what the rule saw there, in words."""

    title: str
    query: str
    items: list[tuple[str, orders.Named, str]]


@login_required
@require_safe
@reports.one_moment()
def overview(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    facets = list(Facet.objects.filter(study=study))
    lens = Lens.of(study, request.GET).known(facets=[facet.slug for facet in facets])
    seen = reports.overview(study, lens.chosen_subset)
    context = {
        "study": study,
        "lens": lens,
        "seen": seen,
        "facets": facets,
        "subsets": ledger.subset_names(study),
        "size": _size(seen),
    }
    if seen.n_readers < few.FEW:
        return render(request, "results/few.html", context | {"answers": few.latest(study, lens, seen)})
    cohorts = {found.dimension: found for found in reports.cohorts(study, lens.chosen_subset)}
    chosen = [_chosen(cohorts, finding, lens) for finding in seen.dimensions]
    context |= {
        "blocks": [_block(f"-{n}", *pair) for n, pair in enumerate(zip(seen.dimensions, chosen, strict=True))],
        "looks": _worth_a_look(study, lens),
        "tables": _tables(cohorts.values(), seen, lens),
        "checked": calibration.checked(study, lens.chosen_subset, seen),
        "being_checked": calibration.under_way(study),
    }
    return render(request, "results/overview.html", context)


def _size(seen: reports.Overview) -> str:
    parts = [counted(seen.n_readers, "reader"), counted(seen.n_items, "item"), counted(seen.n_judgments, "judgment")]
    if seen.n_repeats:
        parts.append(counted(seen.n_repeats, "later reading"))
    return " · ".join(parts)


def _block(mark: str, finding: reports.DimensionFinding, groups: reports.FacetCohorts | None) -> Block:
    return Block(
        finding=finding,
        distribution=drawing.distribution(finding, f"answers{mark}"),
        intervals=drawing.intervals(finding, groups, f"alpha{mark}"),
        others=drawing.other_alphas(finding),
        pairs=drawing.pair_words(finding.pair_agreement),
        suppressed=[group for group in groups.groups if group.suppressed] if groups else [],
        without=groups.n_without if groups else 0,
    )


def _chosen(cohorts: dict, finding: reports.DimensionFinding, lens: Lens) -> reports.FacetCohorts | None:
    """The groups that the lens asks for on this dimension."""
    wanted = {slug for slug in (lens.facet, lens.beside) if slug}
    found = cohorts[finding.dimension.name].facets
    return next((by for by in found if wanted and set(by.facets) == wanted), None)


# Worth a look -------------------------------------------------------------------------------------


def _worth_a_look(study: Study, lens: Lens) -> list[Look]:
    """The first items of each order that has anything to show."""
    rows, seen = reports.items(study, lens.chosen_subset), reports.noticed(study, lens.chosen_subset)
    first = {sort: _first(rows, seen, lens.but(sort=sort)) for sort in SORTS if sort != "number"}
    named = orders.names(study, {row.uid for found in first.values() for row in found})
    return [
        Look(
            title=SORTS[sort],
            query=lens.but(sort=sort).of_items,
            items=[(row.uid, named[row.uid], _saw(sort, row, seen)) for row in found],
        )
        for sort, found in first.items()
        if found
    ]


def _first(rows: Iterable[reports.ItemRow], seen: Noticed, lens: Lens) -> list[reports.ItemRow]:
    shown = [row for row in rows if orders.rank_of(row, seen, lens) > 0]
    return orders.ordered(shown, seen, lens)[:WORTH_A_LOOK]


def _saw(sort: str, row: reports.ItemRow, seen: Noticed) -> str:
    readers = counted(row.n_readers, "reader")
    match sort:
        case "marks":
            return f"{counted(seen.marks.get(row.uid, 0), 'mark')}, {readers}"
        case "both":
            return f"{counted(orders.both_ways(row), 'answer')} both ways, {readers}"
        case "misfit":
            return f"{counted(seen.misfits.get(row.uid, 0), 'answer')}, {readers}"
    return readers


# Cohorts ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CohortTable:
    """One dimension inside each cohort: (facet's title, rows of name, alpha, interval, readers, items, ratings)."""

    finding: reports.DimensionFinding
    metric: str
    facets: list[tuple[str, list[tuple[str, ...]], str]]


def _tables(cohorts: Iterable[reports.DimensionCohorts], seen: reports.Overview, lens: Lens) -> list[CohortTable]:
    """Every background question by itself, or the pair that the lens asks for."""
    findings = {finding.dimension.name: finding for finding in seen.dimensions}
    wanted = {slug for slug in (lens.facet, lens.beside) if slug}
    found = []
    for by in cohorts:
        facets = [each for each in by.facets if set(each.facets) == wanted or (not wanted and len(each.facets) == 1)]
        rows = [(" and ".join(each.titles), _rows(each, by.metric), too_few(each)) for each in facets]
        if rows:
            found.append(CohortTable(findings[by.dimension], drawing.METRICS[by.metric], rows))
    return found


def _rows(by: reports.FacetCohorts, metric: str) -> list[tuple[str, ...]]:
    return [
        (group.name, *drawing.alpha_words(group.alpha[metric]),
         f"{group.n_annotators:,}", f"{group.n_items:,}", f"{group.n_ratings:,}")
        for group in by.groups
        if not group.suppressed
    ]  # fmt: skip


def too_few(by: reports.FacetCohorts) -> str:
    """The groups of which only the size is said."""
    return ", ".join(f"{group.name} ({group.n_annotators})" for group in by.groups if group.suppressed)
