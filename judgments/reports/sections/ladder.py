"""Where disagreement comes from: the same person again, the same cohort, another cohort, another item."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis.ladder import Ladder, ladder
from judgments.ledger import Facet
from judgments.reports.sections.material import Compared

N_PERMUTATIONS = 200


@dataclass(frozen=True)
class Ladders:
    """everyone: without cohorts. by_facet: with the cohorts of each facet; people without a cohort, or in one of
    fewer than five, are left out."""

    everyone: Ladder
    by_facet: dict[str, Ladder]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        by_facet = {facet: found.to_dict() for facet, found in self.by_facet.items()}
        return {"everyone": self.everyone.to_dict(), "by_facet": by_facet}


def find(each: Compared) -> Ladders:
    """The ladder of one dimension, for everyone and by each facet with two cohorts or more."""
    cohorts = {facet.slug: _cohorts(each, facet) for facet in each.held.facets}
    return Ladders(
        ladder(each.all_occasions),
        {
            slug: ladder(each.all_occasions, names, n_permutations=N_PERMUTATIONS, rng=each.rng(f"ladder {slug}"))
            for slug, names in cohorts.items()
            if names is not None
        },
    )


def _cohorts(each: Compared, facet: Facet) -> np.ndarray | None:
    """Each annotator's cohort; None for people in no cohort that is large enough, or where there are no two."""
    r = each.all_occasions
    large = each.large_groups(facet, r)
    if len(large) < 2:
        return None
    names = np.full(len(r.annotator_ids), None, dtype=object)
    for value, mask in large.items():
        names[mask] = value
    return names
