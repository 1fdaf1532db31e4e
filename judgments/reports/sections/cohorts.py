"""Do people who share a background agree with each other more than with the rest, and how far apart do groups lie?"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis.cohorts import Cohesion, cohesion
from judgments.analysis.distances import DISTANCES, CohortDistance, cohort_distance
from judgments.analysis.estimate import json_safe
from judgments.ledger import Facet
from judgments.reports.cohorts import BETWEEN, FEWEST_IN_GROUP
from judgments.reports.sections.material import Compared

N_PERMUTATIONS, N_PERMUTATIONS_APART = 1_000, 200
MOST_ITEMS = 10


@dataclass(frozen=True)
class Apart:
    """Two cohorts. splitting: the items that most probably split them, at most 10, one in ten of them falsely."""

    distance: CohortDistance
    splitting: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain: dict[str, Any] = {name: getattr(self.distance, name).to_dict() for name in DISTANCES}
        return plain | {
            "splitting": json_safe(self.splitting.to_dict("records")),
            "n_permutations": self.distance.n_permutations,
        }


@dataclass(frozen=True)
class Cohorts:
    """cohesion: all cohorts of all facets in one family of tests, by "facet: value". suppressed cohorts, those
    of fewer than five people, are named with their size and nothing else. apart: by facet and pair of values."""

    cohesion: Cohesion
    apart: dict[str, dict[str, Apart]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = self.cohesion.to_dict()
        kept = ("name", "n_annotators", "suppressed")
        return {
            "n_permutations": plain["n_permutations"],
            "cohorts": [{name: row[name] for name in kept} if row["suppressed"] else row for row in plain["cohorts"]],
            "apart": {
                facet: {pair: found.to_dict() for pair, found in pairs.items()} for facet, pairs in self.apart.items()
            },
        }


def find(each: Compared) -> Cohorts | None:
    """Cohorts by each facet; None where nobody said anything about themself."""
    if not each.held.facets:
        return None
    r = each.first
    groups = {
        f"{facet.slug}: {value}": mask
        for facet in each.held.facets
        for value, mask in each.groups(facet, r.annotator_ids).items()
    }
    found = _cohesion(each, groups, "cohorts")
    return Cohorts(found, {facet.slug: _apart(each, facet) for facet in each.held.facets})


def find_crossed(each: Compared) -> Cohorts | None:
    """Cohorts by each pair of facets, such as women of one age group."""
    if len(each.held.facets) < 2:
        return None
    ids = each.first.annotator_ids
    groups = {
        f"{one.slug}{BETWEEN}{other.slug}: {a}{BETWEEN}{b}": inside & also
        for one, other in combinations(each.held.facets, 2)
        for a, inside in each.groups(one, ids).items()
        for b, also in each.groups(other, ids).items()
    }
    return Cohorts(_cohesion(each, groups, "crossed cohorts"), {})


def _cohesion(each: Compared, groups: dict[str, np.ndarray], purpose: str) -> Cohesion:
    return cohesion(
        each.first, groups, n_permutations=N_PERMUTATIONS, min_size=FEWEST_IN_GROUP, rng=each.rng(purpose)
    )


def _apart(each: Compared, facet: Facet) -> dict[str, Apart]:
    large = each.large_groups(facet, each.first)
    found = {}
    for (one, a), (other, b) in combinations(large.items(), 2):
        rng = each.rng(f"{facet.slug} {one} {other}")
        distance = cohort_distance(each.first, a, b, n_permutations=N_PERMUTATIONS_APART, rng=rng)
        items = each.with_items(distance.splitting()[:MOST_ITEMS][["item_id", "probability", "log_bf"]])
        found[f"{one} / {other}"] = Apart(distance, items)
    return found
