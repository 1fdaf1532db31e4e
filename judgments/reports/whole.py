"""Everything a study shows, as the plain data that programs read."""

from typing import Any

from judgments.analysis import Estimate
from judgments.analysis.estimate import json_safe
from judgments.models import Study
from judgments.reports.cohorts import DimensionCohorts, Group, cohorts
from judgments.reports.items import ItemRow, items
from judgments.reports.noticed import noticed
from judgments.reports.overview import DimensionFinding, overview

ALPHA_FIELDS = ("value", "low", "high", "n_items", "n_annotators", "n_ratings")


def prepare(study: Study) -> None:
    """Compute what a study's pages show first, right after much has come in at once."""
    for find in (overview, cohorts, items, noticed):
        find(study)


def report(study: Study, subset: str | None = None) -> dict[str, Any]:
    """Study, dimensions (alpha, forms, cohorts) and items, in a fixed order; what is not defined is None.

    dimensions: by name. items: by external id. Raises UnknownSubset.
    """
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
