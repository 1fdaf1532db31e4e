"""The button that has a study's own design simulated, and what came of it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from annotate import permissions
from annotate.views.results.lens import Lens
from judgments import reports
from judgments.models import Job, Study

MEASURES = {
    "alpha": "alpha",
    "pair_agreement": "share of pairs that agree",
    "item": "variance of items",
    "level": "variance of levels",
    "pattern": "variance of personal patterns",
    "occasion": "variance of occasions",
    "pattern_and_occasion": "variance of patterns and occasions",
}
DRAWN = {
    "two_way": "items and people drawn",
    "items": "items drawn, people fixed",
    "jackknife": "items and people drawn",
}


@dataclass(frozen=True)
class Checked:
    """One question. rows: what was estimated, what its interval takes as drawn, coverage, limits of that."""

    title: str
    sentence: str
    rows: list[tuple[str, str, str, str]]


@login_required
@require_POST
def calibrate(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    subset = Lens.of(study, request.POST).chosen_subset
    job = reports.ask(study, "calibration", subset, asked_by=request.user, now=timezone.now())
    return redirect("jobs:show", job.uid)


def checked(study: Study, subset: str | None, seen: reports.Overview) -> list[Checked] | None:
    """What simulating the design gave, by question; None where nobody has asked for it yet."""
    found = reports.ready(study, "calibration", subset)
    if found is None:
        return None
    titles = {finding.dimension.name: finding.dimension.title for finding in seen.dimensions}
    return [_checked(titles[name], each) for name, each in found.dimensions.items()]


def under_way(study: Study) -> Job | None:
    return reports.under_way(study, "calibration")


def _checked(title: str, found) -> Checked:
    if not len(found.table):
        return Checked(title, f"Nothing could be simulated. {found.note}", [])
    first = found.table.iloc[0]
    sentence = (
        f"In {found.n_simulations} simulated studies of this design, the {_percent(first['level'], 0)} interval "
        f"of alpha held the true value {_percent(first['coverage'])} of the time."
    )
    rows = [
        (MEASURES[row["measure"]], DRAWN[row["interval"]], *_coverage(row)) for row in found.table.to_dict("records")
    ]
    return Checked(title, sentence, rows)


def _coverage(row: dict) -> tuple[str, str]:
    if not row["n"]:
        return "no interval", ""
    return _percent(row["coverage"]), f"{_percent(row['low'])} to {_percent(row['high'])}"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}%"
