"""Agreement inside cohorts: participants who share an answer to one background question, or to two."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from judgments.analysis import Estimate
from judgments.ledger import Facet, Ledger
from judgments.ledger.tables import Mask, Words
from judgments.models import Study
from judgments.reports.agreement import PRIMARY, Answers, answers
from judgments.reports.keeping import kept

FEWEST_IN_GROUP = 5
"""Groups with fewer annotators are named with their size, and nothing else is said of them."""
BETWEEN = " × "


@dataclass(frozen=True)
class Group:
    """One cohort on one dimension. values: the answers its people share, one for each facet.

    n_annotators: readers with a point answer. suppressed: they are too few, and the rest is withheld.
    """

    values: tuple[str, ...]
    n_annotators: int
    n_items: int | None
    n_ratings: int | None
    alpha: dict[str, Estimate]
    suppressed: bool

    @property
    def name(self) -> str:
        return BETWEEN.join(self.values)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {
            "values": list(self.values),
            "alpha": {metric: estimate.to_dict() for metric, estimate in self.alpha.items()},
        }


@dataclass(frozen=True)
class FacetCohorts:
    """Groups by one facet or by two; n_without: readers with point answers who are in none of them."""

    facets: tuple[str, ...]
    titles: tuple[str, ...]
    groups: tuple[Group, ...]
    n_without: int

    @property
    def name(self) -> str:
        return BETWEEN.join(self.facets)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "facets": list(self.facets),
            "groups": {group.name: group.to_dict() for group in self.groups},
            "n_without": self.n_without,
        }


@dataclass(frozen=True)
class DimensionCohorts:
    """One dimension, by each facet and then by each pair of facets. metric: "" where nothing can be compared."""

    dimension: str
    metric: str
    facets: tuple[FacetCohorts, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "dimension": self.dimension,
            "metric": self.metric,
            "facets": {found.name: found.to_dict() for found in self.facets},
        }


def cohorts(study: Study, subset: str | None = None) -> tuple[DimensionCohorts, ...]:
    """Agreement inside each cohort and each pair of cohorts, by dimension. Raises UnknownSubset."""
    return kept(study, "cohorts", subset, _cohorts)


def _cohorts(held: Ledger) -> tuple[DimensionCohorts, ...]:
    chosen = [(facet,) for facet in held.facets] + list(combinations(held.facets, 2))
    found = []
    for row, dimension in enumerate(held.dimensions):
        compared = answers(held, row)
        by_facet = [_by(facets, compared, len(held.readers.id)) for facets in chosen if compared.ratings is not None]
        found.append(DimensionCohorts(dimension.name, PRIMARY.get(dimension.level, ""), tuple(by_facet)))
    return tuple(found)


def _by(facets: tuple[Facet, ...], compared: Answers, n_readers: int) -> FacetCohorts:
    assert compared.ratings is not None
    answered = np.zeros(n_readers, dtype=bool)
    answered[compared.ratings.annotator_ids[np.unique(compared.ratings.annotator)]] = True
    shared = _shared([facet.value for facet in facets], n_readers)
    groups = [_group(values, mask & answered, compared) for values, mask in sorted(shared.items())]
    return FacetCohorts(
        facets=tuple(facet.slug for facet in facets),
        titles=tuple(facet.title for facet in facets),
        groups=tuple(group for group in groups if group.n_annotators),
        n_without=int(answered.sum()) - sum(group.n_annotators for group in groups),
    )


def _shared(columns: list[Words], n_readers: int) -> dict[tuple[str, ...], Mask]:
    """The readers who share the same answers to all of these facets."""
    masks: dict[tuple[str, ...], Mask] = {}
    for reader, values in enumerate(zip(*columns, strict=True)):
        if None not in values:
            masks.setdefault(values, np.zeros(n_readers, dtype=bool))[reader] = True
    return masks


def _group(values: tuple[str, ...], readers: Mask, compared: Answers) -> Group:
    n = int(readers.sum())
    if n < FEWEST_IN_GROUP:
        return Group(values, n, None, None, {}, suppressed=True)
    metric = PRIMARY[compared.dimension.level]
    inside = compared.measured(metric, readers)
    return Group(
        values=values,
        n_annotators=n,
        n_items=len(np.unique(inside.item)),
        n_ratings=len(inside),
        alpha=compared.alphas((metric,), readers),
        suppressed=False,
    )
