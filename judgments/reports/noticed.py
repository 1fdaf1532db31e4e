"""What readers noticed in each item beside their answers: passages marked, and questions that did not fit."""

from dataclasses import dataclass

import numpy as np

from judgments.ledger import REASONS, Ledger
from judgments.models import Mark, Reason, Study
from judgments.reports.keeping import kept


@dataclass(frozen=True)
class Noticed:
    """By an item's uid; items without any are left out. Marks that were taken back are not counted."""

    marks: dict[str, int]
    misfits: dict[str, int]


def noticed(study: Study, subset: str | None = None) -> Noticed:
    """Marks and misfits of current first readings. Raises UnknownSubset."""
    return kept(study, "noticed", subset, lambda held: _noticed(study, held))


def _noticed(study: Study, held: Ledger) -> Noticed:
    standing = Mark.objects.filter(judgment__study=study, retracts__isnull=True, retracted_by__isnull=True)
    marked = np.fromiter(standing.values_list("judgment_id", flat=True), dtype=np.int64)
    # A revision repeats none of the marks before it, so a mark may belong to any revision that is shown.
    known = np.isin(marked, held.judgments.id)
    row = np.searchsorted(held.judgments.id, marked[known])
    misfit = held.is_of_reading & (held.ratings.reason == REASONS.index(Reason.MISFIT))
    return Noticed(
        marks=_by_item(held, held.judgments.item[row]),
        misfits=_by_item(held, held.judgments.item[held.ratings.judgment[misfit]]),
    )


def _by_item(held: Ledger, item: np.ndarray) -> dict[str, int]:
    counts = np.bincount(item, minlength=len(held.items.id))
    return {str(held.items.uid[row]): int(counts[row]) for row in np.flatnonzero(counts)}
