"""Who reads what next: slots claimed one at a time, each person in an order of their own.

Room is a row: k judgments wanted are k slots, made when an item is first offered. Whoever holds the
row's lock holds the room, so people racing for the last place can never both have it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from judgments import draws
from judgments.errors import NotYours, StudyClosed
from judgments.models import Assignment, Item, Participant, Slot, Study

WINDOW = 64
"""Places of a person's order looked up in one query."""
WINDOWS_BEFORE_SEARCH = 4
"""After this many windows without room, the items that have room are searched for directly."""


@transaction.atomic
def next_assignment(participant: Participant, *, now: datetime) -> Assignment | None:
    """What this person reads next, held for them; None when nothing is left that they could read.

    Asking twice gives the same assignment. An item whose lease ran out comes back to the same person
    while it has room. Raises StudyClosed, or NotYours for a participant without an account.
    """
    if participant.user_id is None:
        raise NotYours("Imported participants are read-only.")
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    study = Study.objects.select_related("rubric_version").get(pk=participant.study_id)
    if not study.is_open:
        raise StudyClosed(f"{study.title} is not open for judging now.")
    release_expired(study, now=now, besides=participant)
    return (
        _held(participant, study, now)
        or _revived(participant, study, now)
        or _fresh(participant, study, now, wait=False)
        # The first search passes over rows that others hold for a moment; only a patient one may say "nothing left".
        or _fresh(participant, study, now, wait=True)
    )


def release_expired(study: Study, *, now: datetime, besides: Participant | None = None) -> int:
    """Give back slots whose lease ran out; how many. Drafts stay, and a late judgment is still kept."""
    overdue = Slot.objects.filter(study=study, state=Slot.State.HELD, held_until__lt=now)
    if besides is not None:
        overdue = overdue.exclude(
            Exists(
                Assignment.objects.filter(slot=OuterRef("pk"), participant=besides, state=Assignment.State.OFFERED)
            )
        )
    slots = list(overdue.select_for_update(skip_locked=True).values_list("pk", flat=True)[:100])
    if slots:
        offered = Assignment.objects.filter(slot__in=slots, state=Assignment.State.OFFERED)
        offered.update(state=Assignment.State.EXPIRED, slot=None, ended_at=now)
        Slot.objects.filter(pk__in=slots).update(state=Slot.State.OPEN, held_until=None)
    return len(slots)


@transaction.atomic
def skip(assignment: Assignment, *, actor, now: datetime) -> None:
    """Give the item back without a reason: it is not offered to this person again.

    Raises NotYours. Skipping what is no longer offered changes nothing.
    """
    assignment = Assignment.objects.select_for_update().select_related("participant").get(pk=assignment.pk)
    if assignment.participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    if assignment.state != Assignment.State.OFFERED:
        return
    _slot_of(assignment).update(state=Slot.State.OPEN, held_until=None)
    assignment.state, assignment.slot, assignment.ended_at = Assignment.State.SKIPPED, None, now
    assignment.save(update_fields=["state", "slot", "ended_at"])


def open_item(assignment: Assignment, *, now: datetime) -> None:
    """Note when the person first opened the item."""
    Assignment.objects.filter(pk=assignment.pk, opened_at__isnull=True).update(opened_at=now)


def take_open_slot(item: Item, *, wanted: int, wait: bool) -> Slot | None:
    """Lock one open slot of an item, making its slots first where they are still missing.

    wait: whether to wait for a slot that another transaction holds, or to pass over it.
    """
    if item.slots_made < wanted:
        numbers = range(item.slots_made, wanted)
        slots = [Slot(item=item, study_id=item.study_id, number=number) for number in numbers]
        Slot.objects.bulk_create(slots, ignore_conflicts=True)
        Item.objects.filter(pk=item.pk, slots_made__lt=wanted).update(slots_made=wanted)
    open_slots = Slot.objects.filter(item=item, state=Slot.State.OPEN).order_by("number")
    return open_slots.select_for_update(skip_locked=not wait).first()


def _held(participant: Participant, study: Study, now: datetime) -> Assignment | None:
    """The item this person already holds, with its lease renewed."""
    held = Assignment.objects.filter(participant=participant, state=Assignment.State.OFFERED, slot__isnull=False)
    assignment = held.select_related("item", "rubric_version").order_by("position").first()
    return assignment and _lease(assignment, study, now)


def _revived(participant: Participant, study: Study, now: datetime) -> Assignment | None:
    """An item whose lease ran out before this person judged it, if it has room again."""
    expired = Assignment.objects.filter(participant=participant, state=Assignment.State.EXPIRED)
    for assignment in expired.select_related("item", "rubric_version").order_by("position"):
        if slot := take_open_slot(assignment.item, wanted=study.judgments_wanted, wait=False):
            assignment.state, assignment.slot, assignment.ended_at = Assignment.State.OFFERED, slot, None
            return _lease(assignment, study, now)
    return None


def _lease(assignment: Assignment, study: Study, now: datetime) -> Assignment:
    until = now + timedelta(minutes=study.lease_minutes)
    _slot_of(assignment).update(state=Slot.State.HELD, held_until=until)
    assignment.lease_until = until
    assignment.save(update_fields=["state", "slot", "ended_at", "lease_until"])
    return assignment


def _slot_of(assignment: Assignment) -> QuerySet[Slot]:
    return Slot.objects.filter(pk__in=[assignment.slot_id])


def _fresh(participant: Participant, study: Study, now: datetime, *, wait: bool) -> Assignment | None:
    for item, cursor in _candidates(participant, study):
        if slot := take_open_slot(item, wanted=study.judgments_wanted, wait=wait):
            if cursor is not None:
                participant.cursor = cursor
            participant.save(update_fields=["cursor", "order_bits"])
            return _offer(participant, study, item, slot, now)
    return None


def _candidates(participant: Participant, study: Study) -> Iterator[tuple[Item, int | None]]:
    """Items with room that this person has not met, in their own order, each with the cursor after it."""
    highest = Item.objects.filter(study=study).aggregate(highest=Max("number"))["highest"]
    if highest is None:
        return
    order = draws.key(study.seed, "order", participant.uid)
    bits = draws.bits_for(highest + 1)
    if participant.order_bits != bits:
        participant.order_bits, participant.cursor = bits, 0
    cursor = participant.cursor
    for _ in range(WINDOWS_BEFORE_SEARCH):
        places = range(cursor, min(cursor + WINDOW, 1 << bits))
        place_at = {draws.permute(place, bits, order): place for place in places}
        found = with_room(participant, study).filter(number__in=[number for number in place_at if number <= highest])
        for item in sorted(found, key=lambda item: place_at[item.number]):
            yield item, place_at[item.number] + 1
        cursor = places.stop
    for item in _searched(participant, study, order, bits, highest):
        yield item, None


def _searched(participant: Participant, study: Study, order: bytes, bits: int, highest: int) -> list[Item]:
    """A few hundred items with room, from a place of its own for each offer, in this person's order."""
    start = draws.permute(participant.cursor % (1 << bits), bits, order) % (highest + 1)
    behind_and_ahead = with_room(participant, study).order_by("number")
    found = list(behind_and_ahead.filter(number__gte=start)[: 4 * WINDOW])
    found += list(behind_and_ahead.filter(number__lt=start)[: 4 * WINDOW])
    return sorted(found, key=lambda item: draws.place_of(item.number, bits, order))


def with_room(participant: Participant, study: Study) -> QuerySet[Item]:
    """Items of the study this person could be offered now: not met before, and with an open slot."""
    met = Assignment.objects.filter(participant=participant, item=OuterRef("pk"))
    open_slots = Slot.objects.filter(item=OuterRef("pk"), state=Slot.State.OPEN)
    items = Item.objects.kept().filter(study=study, purpose=Item.Purpose.MAIN)
    return items.filter(~Exists(met), Q(slots_made__lt=study.judgments_wanted) | Exists(open_slots))


def _offer(participant: Participant, study: Study, item: Item, slot: Slot, now: datetime) -> Assignment:
    assert study.rubric_version is not None  # An open study has one: a database constraint.
    eligible = with_room(participant, study).count()
    until = now + timedelta(minutes=study.lease_minutes)
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.HELD, held_until=until)
    responses = item.shown.order_by("position").values_list("response__uid", flat=True)
    sides = draws.key(study.seed, "sides", participant.uid, item.uid)
    questions = draws.key(study.seed, "questions", participant.uid, study.rubric_version_id)
    slugs = list(study.rubric_version.dimensions.order_by("position", "id").values_list("slug", flat=True))
    return Assignment.objects.create(
        study=study, item=item, participant=participant, slot=slot, rubric_version=study.rubric_version,
        position=participant.assignments.count(),
        response_order=draws.shuffled([str(uid) for uid in responses], sides),
        dimension_order=draws.shuffled(slugs, questions),
        seed=sides.hex(), eligible=eligible, propensity=1 / eligible, reason="own order, uniform over room",
        offered_at=now, lease_until=until,
    )  # fmt: skip


def waiting(participant: Participant, study: Study) -> int:
    """How many items this person could still be offered, the one held included."""
    held = participant.assignments.filter(state=Assignment.State.OFFERED).count()
    return with_room(participant, study).count() + held
