"""Which items are liked by people who usually disagree."""

from dataclasses import replace

from judgments.analysis.bridging import Bridging, bridging
from judgments.reports.sections.material import Compared

N_RESAMPLES = 40


def find(each: Compared) -> Bridging | None:
    """Support and axis of items, by external id, on an ordered dimension; None without an order."""
    if not each.is_ordered:
        return None
    found = bridging(each.first, n_resamples=N_RESAMPLES, rng=each.rng("bridging"))
    return replace(found, items=each.with_items(found.items))
