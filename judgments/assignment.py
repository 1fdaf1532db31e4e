"""Who reads what next: slots claimed one at a time, each offer drawn evenly from all that could be offered.

Room is a row: k judgments wanted are k slots, made when an item is first offered. Whoever holds the
row's lock holds the room, so people racing for the last place can never both have it.

Each offer has a keyed permutation of the study's item numbers of its own, and takes the first item there
that has room and is new to the person. So every item that could be offered is equally likely whatever
went before, the draw can be made again from the study's seed, and nothing has to be stored or counted
through. (One order a person, walked with a cursor, would favour items that regain room behind it.)

Locks are taken in one order everywhere: participant, assignment, slot, and the event chain's head last.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from judgments import audit, care, draws, standing
from judgments.errors import ConsentWanted, EnoughForToday, HasLeft, NotYours, StudyClosed
from judgments.models import Assignment, Item, Participant, Slot, Study

WINDOW = 64
"""Places of an offer's order looked up in one query."""
WINDOWS_BEFORE_SEARCH = 4
"""After this many windows without room, the items that have room are searched for directly."""


@transaction.atomic
def next_assignment(participant: Participant, *, now: datetime) -> Assignment | None:
    """What this person reads next, held for them; None when nothing is left that they could read.

    Asking twice gives the same assignment. An item whose lease ran out comes back to the same person
    while it has room. Raises StudyClosed (ConsentWanted and HasLeft are kinds of it, and EnoughForToday where
    nothing is held any more), or NotYours for a participant without an account.
    """
    if participant.user_id is None:
        raise NotYours("Imported participants are read-only.")
    participant = lock_participant(participant.pk)
    study = Study.objects.select_related("rubric_version").get(pk=participant.study_id)
    if not study.is_open:
        raise StudyClosed(f"{study.title} is not open for judging now.")
    place = standing.of(participant, now=now)
    if place.has_left:
        raise HasLeft(f"You do not take part in {study.title} any more.")
    if place.consent_wanted:
        raise ConsentWanted("The study asks for your consent to a new text before you read on.")
    release_expired(study, now=now, besides=participant)
    _let_go_of_hidden(participant, now)
    held = _held(participant, study, now)
    # What was opened already can be finished; what is only kept ready can wait until tomorrow.
    if held is not None and (held.opened_at is not None or not place.is_enough):
        return held
    if place.is_enough:
        raise EnoughForToday("That is as much as this study asks for in a day. More is there tomorrow.")
    return (
        _revived(participant, study, now)
        or _fresh(participant, study, now, wait=False)
        # The first search passes over rows that others hold for a moment; only a patient one may say "nothing left".
        or _fresh(participant, study, now, wait=True)
    )


def lock_participant(pk: int) -> Participant:
    """One act at a time for each person. Without blocking rows that merely refer to them."""
    return Participant.objects.select_for_update(no_key=True).get(pk=pk)


@transaction.atomic
def release_expired(study: Study, *, now: datetime, besides: Participant | None = None) -> int:
    """Give back slots whose lease ran out; how many. Drafts stay, and a late judgment is still kept."""
    overdue = Assignment.objects.filter(
        study=study, state=Assignment.State.OFFERED, slot__state=Slot.State.HELD, slot__held_until__lt=now
    )
    if besides is not None:
        overdue = overdue.exclude(participant=besides)
    locked = overdue.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return _give_back(locked[:100], now)


def _let_go_of_hidden(participant: Participant, now: datetime) -> None:
    """Items taken out meanwhile, or spared, are not read on; a judgment of them that arrives is still kept."""
    gone = Q(item__hidden_at__isnull=False)
    if (spared := care.spared_by(participant, "item__")) is not None:
        gone |= spared
    hidden = Assignment.objects.filter(gone, participant=participant, state=Assignment.State.OFFERED)
    _give_back(hidden.select_for_update(of=("self",), no_key=True), now)


def _give_back(assignments: QuerySet[Assignment], now: datetime) -> int:
    rows = list(assignments.values_list("pk", "slot"))
    if rows:
        Assignment.objects.filter(pk__in=[pk for pk, _ in rows]).update(
            state=Assignment.State.EXPIRED, slot=None, ended_at=now
        )
        Slot.objects.filter(pk__in=[slot for _, slot in rows]).update(state=Slot.State.OPEN, held_until=None)
    return len(rows)


@transaction.atomic
def skip(assignment: Assignment, *, actor, now: datetime) -> None:
    """Give the item back without a reason: it is not offered to this person again.

    Raises NotYours. Skipping what is no longer offered changes nothing.
    """
    participant = lock_participant(assignment.participant_id)
    if participant.user_id is None or participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    found = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("study", "item")
    assignment = found.get(pk=assignment.pk)
    if assignment.state != Assignment.State.OFFERED:
        return
    slot = _slot_of(assignment)
    assignment.state, assignment.slot, assignment.ended_at = Assignment.State.SKIPPED, None, now
    assignment.save(update_fields=["state", "slot", "ended_at"])
    slot.update(state=Slot.State.OPEN, held_until=None)
    audit.record(
        "skipped", study=assignment.study, actor=actor, at=now, subject=assignment.uid,
        participant=str(participant.uid), item=str(assignment.item.uid),
    )  # fmt: skip


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
    open_slots = Slot.objects.filter(item=item, state=Slot.State.OPEN, number__lt=wanted).order_by("number")
    return open_slots.select_for_update(skip_locked=not wait).first()


def _held(participant: Participant, study: Study, now: datetime) -> Assignment | None:
    """The item this person already holds, with its lease renewed."""
    held = Assignment.objects.filter(participant=participant, state=Assignment.State.OFFERED, slot__isnull=False)
    assignment = held.select_related("item", "rubric_version").order_by("position").first()
    return assignment and _lease(assignment, study, now)


def _revived(participant: Participant, study: Study, now: datetime) -> Assignment | None:
    """An item whose lease ran out before this person judged it, if it has room again."""
    expired = Assignment.objects.filter(
        participant=participant, state=Assignment.State.EXPIRED, item__hidden_at__isnull=True
    )
    if (spared := care.spared_by(participant, "item__")) is not None:
        expired = expired.exclude(spared)
    for assignment in expired.select_related("item", "rubric_version").order_by("position"):
        if slot := take_open_slot(assignment.item, wanted=study.judgments_wanted, wait=False):
            assignment.state, assignment.slot, assignment.ended_at = Assignment.State.OFFERED, slot, None
            return _lease(assignment, study, now)
    return None


def _lease(assignment: Assignment, study: Study, now: datetime) -> Assignment:
    assignment.lease_until = now + timedelta(minutes=study.lease_minutes)
    assignment.save(update_fields=["state", "slot", "ended_at", "lease_until"])
    _slot_of(assignment).update(state=Slot.State.HELD, held_until=assignment.lease_until)
    return assignment


def _slot_of(assignment: Assignment) -> QuerySet[Slot]:
    return Slot.objects.filter(pk__in=[assignment.slot_id])


def _fresh(participant: Participant, study: Study, now: datetime, *, wait: bool) -> Assignment | None:
    position = participant.assignments.count()
    seed = draws.key(study.seed, "offer", participant.uid, position)
    for item in _candidates(participant, study, seed):
        if slot := take_open_slot(item, wanted=study.judgments_wanted, wait=wait):
            return _offer(participant, study, item, slot, position, seed, now)
    return None


def _candidates(participant: Participant, study: Study, seed: bytes) -> Iterator[Item]:
    """Items with room that this person has not met, in the order drawn for this offer."""
    highest = Item.objects.filter(study=study).aggregate(highest=Max("number"))["highest"]
    if highest is None:
        return
    bits = draws.bits_for(highest + 1)
    for start in range(0, min(WINDOWS_BEFORE_SEARCH * WINDOW, 1 << bits), WINDOW):
        places = range(start, min(start + WINDOW, 1 << bits))
        place_at = {draws.permute(place, bits, seed): place for place in places}
        found = with_room(participant, study).filter(number__in=[number for number in place_at if number <= highest])
        yield from sorted(found, key=lambda item: place_at[item.number])
    yield from _searched(participant, study, seed, bits, highest)


def _searched(participant: Participant, study: Study, seed: bytes, bits: int, highest: int) -> list[Item]:
    """Where few items have room: all of them, or some hundreds from a place of its own, in the offer's order."""
    start = draws.permute(0, bits, seed) % (highest + 1)
    with_room_by_number = with_room(participant, study).order_by("number")
    found = list(with_room_by_number.filter(number__gte=start)[: 4 * WINDOW])
    found += list(with_room_by_number.filter(number__lt=start)[: 4 * WINDOW])
    return sorted(found, key=lambda item: draws.place_of(item.number, bits, seed))


def with_room(participant: Participant, study: Study) -> QuerySet[Item]:
    """Items of the study this person could be offered now: not met before, and with an open slot."""
    wanted = study.judgments_wanted
    met = Assignment.objects.filter(participant=participant, item=OuterRef("pk"))
    open_slots = Slot.objects.filter(item=OuterRef("pk"), state=Slot.State.OPEN, number__lt=wanted)
    items = Item.objects.kept().filter(study=study, purpose=Item.Purpose.MAIN)
    if (spared := care.spared_by(participant)) is not None:
        items = items.exclude(spared)
    return items.filter(~Exists(met), Q(slots_made__lt=wanted) | Exists(open_slots))


def _offer(
    participant: Participant, study: Study, item: Item, slot: Slot, position: int, seed: bytes, now: datetime
) -> Assignment:
    assert study.rubric_version is not None  # An open study has one: a database constraint.
    eligible = with_room(participant, study).count()
    responses = item.shown.order_by("position").values_list("response__uid", flat=True)
    slugs = list(study.rubric_version.dimensions.order_by("position", "id").values_list("slug", flat=True))
    # Questions come in one order for each person and wording; sides are drawn with the offer.
    questions = draws.key(study.seed, "questions", participant.uid, study.rubric_version.digest)
    assignment = Assignment.objects.create(
        study=study, item=item, participant=participant, slot=slot, rubric_version=study.rubric_version,
        position=position, response_order=draws.shuffled([str(uid) for uid in responses], seed),
        dimension_order=draws.shuffled(slugs, questions),
        seed=seed.hex(), eligible=eligible, propensity=1 / eligible, reason="drawn evenly from all with room",
        offered_at=now, lease_until=now + timedelta(minutes=study.lease_minutes),
    )  # fmt: skip
    _slot_of(assignment).update(state=Slot.State.HELD, held_until=assignment.lease_until)
    return assignment


def waiting(participant: Participant, study: Study) -> int:
    """How many items this person could still be offered, the one held included."""
    held = participant.assignments.filter(state=Assignment.State.OFFERED).count()
    return with_room(participant, study).count() + held


@transaction.atomic
def take_along(participant: Participant, *, count: int, now: datetime, hours: int | None = None) -> list[Assignment]:
    """Hold up to `count` items at once, in the order they will be read, so that reading goes on without a network.

    hours: how long they are held; None for the study's own lease. A lease is never shortened.
    Raises StudyClosed, or NotYours for a participant without an account.
    """
    next_assignment(participant, now=now)
    participant = lock_participant(participant.pk)
    study = Study.objects.select_related("rubric_version").get(pk=participant.study_id)
    held = Assignment.objects.filter(participant=participant, state=Assignment.State.OFFERED, slot__isnull=False)
    found = list(held.select_related("item", "rubric_version").order_by("position")[:count])
    while len(found) < count:
        fresh = _fresh(participant, study, now, wait=False)
        if fresh is None:
            break
        found.append(fresh)
    until = now + (timedelta(hours=hours) if hours else timedelta(minutes=study.lease_minutes))
    late = [one for one in found if one.lease_until is None or one.lease_until < until]
    Assignment.objects.filter(pk__in=[one.pk for one in late]).update(lease_until=until)
    Slot.objects.filter(pk__in=[one.slot_id for one in late]).update(held_until=until)
    return found
