"""How much of the scale is left: answers piled up at its ends, and the way from the mean to them."""

from judgments.analysis.ceiling import Ceiling, ceiling
from judgments.reports.sections.material import Compared


def find(each: Compared) -> Ceiling | None:
    """Ends and headroom of an ordered dimension; None without an order."""
    return ceiling(each.first) if each.is_ordered else None
