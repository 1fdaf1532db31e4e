"""The items of a study, in an order stated in the address."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotate import permissions
from annotate.views.results import drawing, orders
from annotate.views.results.lens import SORTS, Lens
from judgments import ledger, reports
from judgments.ledger import Dimension
from judgments.reports.noticed import Noticed, noticed

ITEMS_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One item in the list. question, stood: where readers stood, on the question where they part most."""

    uid: str
    named: orders.Named
    n_readers: int
    marks: int
    both: int
    question: str
    stood: str


@login_required
@require_safe
def items(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    dimensions = {found.dimension.name: found.dimension for found in reports.overview(study).dimensions}
    lens = Lens.of(study, request.GET).known(dimensions=dimensions)
    seen = noticed(study, lens.chosen_subset)
    found = orders.ordered(reports.items(study, lens.chosen_subset), seen, lens)
    page = Paginator(orders.searched(study, found, lens.search), ITEMS_A_PAGE).get_page(lens.page)
    named = orders.names(study, [row.uid for row in page])
    context = {
        "study": study,
        "lens": lens,
        "subsets": ledger.subset_names(study),
        "dimensions": dimensions.values(),
        "sorts": SORTS.items(),
        "page": page,
        "older": lens.but(page=str(page.number + 1)).query,
        "newer": lens.but(page=str(page.number - 1) if page.number > 2 else "").query,
        "rows": [_row(row, named[row.uid], dimensions, seen, lens) for row in page],
    }
    return render(request, "results/items.html", context)


def _row(
    row: reports.ItemRow, named: orders.Named, dimensions: Mapping[str, Dimension], seen: Noticed, lens: Lens
) -> Row:
    on = lens.on or parting_most(row, dimensions)
    return Row(
        uid=row.uid,
        named=named,
        n_readers=row.n_readers,
        marks=seen.marks.get(row.uid, 0),
        both=orders.both_ways(row, lens.on),
        question=dimensions[on].title if on else "",
        stood=drawing.stood(dimensions[on], row.dimensions[on].counts.values()) if on else "",
    )


def parting_most(row: reports.ItemRow, dimensions: Mapping[str, Dimension]) -> str:
    """The dimension on which most pairs of this item's readers differ; "" where nobody can be compared.

    One that fewer than FEWEST_IN_GROUP readers placed is taken only where there is no other.
    """
    found = {name: row.dimensions[name] for name in dimensions if row.dimensions[name].differ >= 0}

    def parting(name: str) -> tuple[bool, float]:
        return found[name].forms["point"] >= reports.FEWEST_IN_GROUP, found[name].differ

    return max(found, key=parting, default="")
