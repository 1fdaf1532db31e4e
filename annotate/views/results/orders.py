"""The orders in which items are read, and how an item is called in a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from annotate.views.results.lens import Lens
from judgments.models import Item, Study
from judgments.reports import FEWEST_IN_GROUP, ItemRow, Noticed

LONGEST_NAME = 90
MOST_FOUND = 1_000


@dataclass(frozen=True)
class Named:
    """How an item is called: its scenario's title, else how its text begins."""

    title: str
    external_id: str
    family: str
    axis: str


def ordered(rows: Iterable[ItemRow], noticed: Noticed, lens: Lens) -> list[ItemRow]:
    """The items in the order of the lens. Within equals they keep their own order.

    Items with fewer than FEWEST_IN_GROUP readers come after all others, except in their own order.
    """
    if lens.sort == "number":
        return list(rows)
    rank = _RANKS[lens.sort]
    return sorted(rows, key=lambda row: (row.n_readers < FEWEST_IN_GROUP, -rank(row, noticed, lens.on)))


def rank_of(row: ItemRow, noticed: Noticed, lens: Lens) -> float:
    """What the lens's order looks at."""
    return 0.0 if lens.sort == "number" else _RANKS[lens.sort](row, noticed, lens.on)


def both_ways(row: ItemRow, on: str = "") -> int:
    """Answers that went both ways, on one dimension or on all of them."""
    return sum(found.forms["both"] for name, found in row.dimensions.items() if on in ("", name))


def _spread(row: ItemRow, noticed: Noticed, on: str) -> float:
    differ = row.dimensions[on].differ if on else row.differ
    return differ if differ == differ else -1.0  # nan: nobody to compare


def _both(row: ItemRow, noticed: Noticed, on: str) -> float:
    answers = sum(sum(found.forms.values()) for name, found in row.dimensions.items() if on in ("", name))
    return both_ways(row, on) / answers if answers else 0.0


_RANKS: dict[str, Callable[[ItemRow, Noticed, str], float]] = {
    "spread": _spread,
    "marks": lambda row, noticed, on: noticed.marks.get(row.uid, 0),
    "both": _both,
    "misfit": lambda row, noticed, on: noticed.misfits.get(row.uid, 0),
}


def searched(study: Study, rows: list[ItemRow], search: str) -> list[ItemRow]:
    """The rows whose external id, title or family holds these words; at most MOST_FOUND."""
    if not search:
        return rows
    named = Q(external_id__icontains=search) | Q(scenario__title__icontains=search)
    named |= Q(scenario__family__title__icontains=search)
    found = Item.objects.kept().filter(named, study=study).order_by("number").values_list("uid", flat=True)
    uids = {str(uid) for uid in found[:MOST_FOUND]}
    return [row for row in rows if row.uid in uids]


def names(study: Study, uids: Iterable[str]) -> dict[str, Named]:
    """By uid, in one query."""
    found = Item.objects.filter(study=study, uid__in=list(uids)).values_list(
        "uid", "external_id", "scenario__title", "scenario__messages", "scenario__family__title", "scenario__axis"
    )
    return {
        str(uid): Named(title or opening(messages) or external_id, external_id, family or "", axis)
        for uid, external_id, title, messages, family, axis in found
    }


def opening(messages: list[dict]) -> str:
    """How the first turn that has words begins."""
    texts = (" ".join(str(message.get("content") or "").split()) for message in messages)
    text = next((text for text in texts if text), "")
    return text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME].rsplit(" ", 1)[0] + " …"
