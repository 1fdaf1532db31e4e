"""Room as rows: the slots of an item, laid out when it is first offered, one locked by whoever takes it."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Max

from judgments import design
from judgments.models import Item, Slot, Study

CHUNK = 1_000


def take_open_slot(item: Item, study: Study, strata: tuple[str, ...], *, wait: bool) -> Slot | None:
    """Lock one open slot of an item, a cohort's own before one for everybody; its slots are laid out if missing.

    wait: whether to wait for a slot that another transaction holds, or to pass over it.
    """
    if item.slots_made < study.judgments_wanted:
        _lay_out([item], study)
    open_slots = Slot.objects.filter(item=item, state=Slot.State.OPEN, stratum__in=strata)
    return open_slots.order_by("-stratum", "number").select_for_update(skip_locked=not wait, no_key=True).first()


def agree_with_design(study: Study) -> None:
    """After the judgments wanted or the quotas have changed: lay out the slots of all items offered so far anew.

    Places held or filled stay; open ones are made to fit. Costs as much as items were offered, once a change.
    """
    key = design.layout_key(study)
    if study.slots_laid_for != key:
        _lay_out_anew(study, key)


@transaction.atomic
def _lay_out_anew(study: Study, key: str) -> None:
    study.slots_laid_for = Study.objects.select_for_update(no_key=True).get(pk=study.pk).slots_laid_for
    if study.slots_laid_for != key:
        Slot.objects.filter(study=study, state=Slot.State.OPEN).delete()
        offered = Item.objects.filter(study=study, slots_made__gt=0).only("pk", "number", "study_id", "slots_made")
        for items in _chunks(list(offered.order_by("pk"))):
            _lay_out(items, study)
        study.slots_laid_for = key
        study.save(update_fields=["slots_laid_for"])


def _lay_out(items: list[Item], study: Study) -> None:
    """Make the slots that the design wants and these items lack."""
    wanted = design.layout(study)
    there: Counter[tuple[int, str]] = Counter()
    next_number: dict[int, int] = {}
    known = [item.pk for item in items if item.slots_made]
    if known:
        rows = Slot.objects.filter(item__in=known).order_by().values("item", "stratum")
        for row in rows.annotate(n=Count("pk"), highest=Max("number")):
            there[row["item"], row["stratum"]] = row["n"]
            next_number[row["item"]] = max(next_number.get(row["item"], 0), row["highest"] + 1)
    slots = []
    for item in items:
        missing = [name for name, places in wanted.items() for _ in range(places - there[item.pk, name])]
        first = next_number.get(item.pk, 0)
        slots += [
            Slot(item=item, study_id=study.pk, place=item.number, number=number, stratum=stratum)
            for number, stratum in enumerate(missing, first)
        ]
    # Two people may lay out one item at once: each place is made once.
    Slot.objects.bulk_create(slots, ignore_conflicts=True)
    made = study.judgments_wanted
    Item.objects.filter(pk__in=[item.pk for item in items]).exclude(slots_made=made).update(slots_made=made)


def _chunks(items: list[Item]) -> Iterable[list[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
