"""Everything a study shows, as the plain data that programs read."""

from collections.abc import Iterable
from typing import Any

from judgments.analysis import Estimate
from judgments.analysis.estimate import json_safe
from judgments.models import Study
from judgments.reports.cohorts import DimensionCohorts, Group, cohorts
from judgments.reports.items import ItemRow, items
from judgments.reports.keeping import one_moment
from judgments.reports.noticed import noticed
from judgments.reports.overview import DimensionFinding, overview
from judgments.reports.sections import SECTIONS, is_ready, plain, section
from judgments.reports.sections.kinds import DimensionKinds

ALPHA_FIELDS = ("value", "low", "high", "n_items", "n_annotators", "n_ratings")


def prepare(study: Study) -> None:
    """Compute what a study's pages show first, right after much has come in at once."""
    for find in (overview, cohorts, items, noticed, kinds):
        find(study)


def kinds(study: Study, subset: str | None = None) -> dict[str, DimensionKinds]:
    """By dimension, how probable each kind of disagreement is on each item, with its evidence."""
    return section(study, "kinds", subset).dimensions


ALL = "all"
"""Every section that is computed at once, and those of the others that have been computed already."""


def report(study: Study, subset: str | None = None, sections: Iterable[str] = ()) -> dict[str, Any]:
    """Study, dimensions (alpha, forms, cohorts) and items, in a fixed order; what is not defined is None.

    dimensions: by name. items: by external id. sections: names, or "all"; they come under "sections", and those
    that "all" does not wait for are named under "waiting". Raises UnknownSubset and UnknownSection.
    """
    names = list(sections)
    with one_moment():
        return _contract(study, subset) | (sections_of(study, subset, names) if names else {})


def sections_of(study: Study, subset: str | None, names: list[str], *, wait: bool = True) -> dict[str, Any]:
    """These sections as plain data, and the names of those that are left for later.

    wait: compute heavy sections that are asked for by name; "all" never does.
    """
    found, waiting = {}, []
    with one_moment():
        for name in dict.fromkeys(each for asked in names for each in (SECTIONS if asked == ALL else [asked])):
            if (wait and name in names) or is_ready(study, name, subset):
                found[name] = plain(study, name, subset)
            else:
                waiting.append(name)
    return {"sections": found, "waiting": waiting}


def _contract(study: Study, subset: str | None) -> dict[str, Any]:
    by_cohort = {found.dimension: found for found in cohorts(study, subset)}
    return {
        "study": study.slug,
        "dimensions": {
            finding.dimension.name: _dimension(finding, by_cohort[finding.dimension.name])
            for finding in overview(study, subset).dimensions
        },
        "items": {row.external_id: _item(row) for row in items(study, subset)},
    }


def _dimension(finding: DimensionFinding, groups: DimensionCohorts) -> dict[str, Any]:
    beside = {name: getattr(finding, name) for name in ("left_open", "repeats", "surplus", "revised")}
    points = dict(zip(finding.dimension.places, finding.counts, strict=True))
    return {
        "alpha": _alphas(finding.alpha),
        "forms": finding.forms.to_dict() | {"points": points} | beside,
        "cohorts": {found.name: {group.name: _group(group) for group in found.groups} for found in groups.facets},
    }


def _alphas(estimates: dict[str, Estimate]) -> dict[str, Any]:
    return {
        metric: {name: json_safe(getattr(estimate, name)) for name in ALPHA_FIELDS}
        for metric, estimate in estimates.items()
    }


def _group(group: Group) -> dict[str, Any]:
    named = {"values": list(group.values), "n_annotators": group.n_annotators}
    if group.suppressed:
        return named | {"suppressed": True}
    return named | {"n_items": group.n_items, "n_ratings": group.n_ratings, "alpha": _alphas(group.alpha)}


def _item(row: ItemRow) -> dict[str, Any]:
    plain = row.to_dict()
    return {"n_readers": plain["n_readers"], "differ": plain["differ"], "dimensions": plain["dimensions"]}
