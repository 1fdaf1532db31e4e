"""Which items and which people move alpha most when they are left out: something to look at, not to remove."""

from dataclasses import replace

from judgments.analysis.influence import Influence, influence
from judgments.reports.sections.material import Compared


def find(each: Compared) -> Influence:
    """The five items, by external id, and five people, by code name, that move alpha most."""
    found = influence(each.first)
    return replace(
        found, items=each.with_items(found.items, "id"), annotators=each.with_annotators(found.annotators, "id")
    )
