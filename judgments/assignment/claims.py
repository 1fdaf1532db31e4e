"""Claims: what a person reads next is held for them, renewed, given back, or let go when its lease ran out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from judgments import audit, care, design, standing
from judgments.assignment.offers import Offers
from judgments.assignment.shelves import with_room
from judgments.assignment.slots import agree_with_design, take_open_slot
from judgments.errors import ConsentWanted, EnoughForToday, HasLeft, NotYours, StudyClosed
from judgments.models import Assignment, Participant, Slot, Study
from judgments.transactions import persistent

State = Assignment.State
COUNTED_UP_TO = 1_000
"""`waiting` counts no further: beyond this the answer to "how many are left" is "many"."""
RELEASED_AT_ONCE = 100
RENEWED_AFTER = timedelta(seconds=30)
"""Asking again sooner leaves the lease as it is, and writes nothing."""


@persistent
def next_assignment(participant: Participant, *, now: datetime) -> Assignment | None:
    """What this person reads next, held for them; None when nothing is left that they could read.

    Asking twice gives the same assignment. An item whose lease ran out comes back to the same person
    while it has room. Raises StudyClosed (ConsentWanted and HasLeft are kinds of it, and EnoughForToday where
    nothing is held any more), or NotYours for a participant without an account.
    """
    if participant.user_id is None:
        raise NotYours("Imported participants are read-only.")
    participant = lock_participant(participant.pk)
    study = participant.study
    if not study.is_open:
        raise StudyClosed(f"{study.title} is not open for judging now.")
    place = standing.of(participant, now=now)
    if place.has_left:
        raise HasLeft(f"You do not take part in {study.title} any more.")
    if place.consent_wanted:
        raise ConsentWanted("The study asks for your consent to a new text before you read on.")
    agree_with_design(study)
    _release(study, now, besides=participant)
    strata = design.strata_of(participant, study)
    held, ran_out = _begun(participant, strata, now)
    for assignment in held:
        # What was opened already can be finished; what is only kept ready can wait until tomorrow.
        if assignment.opened_at is not None or not place.is_enough:
            return _lease(assignment, study, now)
    if place.is_enough:
        raise EnoughForToday("That is as much as this study asks for in a day. More is there tomorrow.")
    return _taken_up_again(ran_out, study, strata, now) or Offers(participant, study, strata, now).make()


@persistent
def take_along(participant: Participant, *, count: int, now: datetime, hours: int | None = None) -> list[Assignment]:
    """Hold up to `count` items at once, in the order they will be read, so that reading goes on without a network.

    hours: how long they are held; None for the study's own lease. A lease is never shortened.
    Raises what next_assignment raises.
    """
    next_assignment(participant, now=now)
    participant = lock_participant(participant.pk)
    study, strata = participant.study, design.strata_of(participant, participant.study)
    held = Assignment.objects.filter(participant=participant, state=State.OFFERED)
    found = list(held.select_related("item", "rubric_version").order_by("position")[:count])
    while len(found) < count and (offer := Offers(participant, study, strata, now).make()) is not None:
        found.append(offer)
    until = now + (timedelta(hours=hours) if hours else timedelta(minutes=study.lease_minutes))
    late = [one for one in found if one.lease_until is None or one.lease_until < until]
    Assignment.objects.filter(pk__in=[one.pk for one in late]).update(lease_until=until)
    Slot.objects.filter(pk__in=[one.slot_id for one in late]).update(held_until=until)
    return found


def lock_participant(pk: int) -> Participant:
    """One act at a time for each person. Without blocking rows that merely refer to them."""
    found = Participant.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("study__rubric_version").get(pk=pk)


@transaction.atomic
def release_expired(study: Study, *, now: datetime) -> int:
    """Give back slots whose lease ran out; how many. Drafts stay, and a late judgment is still kept."""
    return _release(study, now)


def _release(study: Study, now: datetime, *, besides: Participant | None = None) -> int:
    held = {"slot__study": study, "slot__state": Slot.State.HELD}  # Found among the slots, by an index of its own.
    overdue = Assignment.objects.filter(study=study, state=State.OFFERED, slot__held_until__lt=now, **held)
    if besides is not None:
        overdue = overdue.exclude(participant=besides)
    locked = overdue.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return _give_back(list(locked[:RELEASED_AT_ONCE]), now)


def _give_back(assignments: list[Assignment], now: datetime) -> int:
    if assignments:
        slots = [assignment.slot_id for assignment in assignments if assignment.slot_id is not None]
        Assignment.objects.filter(pk__in=[assignment.pk for assignment in assignments]).update(
            state=State.EXPIRED, slot=None, ended_at=now
        )
        Slot.objects.filter(pk__in=slots).update(state=Slot.State.OPEN, held_until=None)
    return len(assignments)


@persistent
def skip(assignment: Assignment, *, actor, now: datetime) -> None:
    """Give the item back without a reason: it is not offered to this person again.

    Raises NotYours. Skipping what is no longer offered changes nothing.
    """
    participant = lock_participant(assignment.participant_id)
    if participant.user_id is None or participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    found = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("study", "item")
    assignment = found.get(pk=assignment.pk)
    if assignment.state != State.OFFERED:
        return
    slot = _slot_of(assignment)
    assignment.state, assignment.slot, assignment.ended_at = State.SKIPPED, None, now
    assignment.save(update_fields=["state", "slot", "ended_at"])
    slot.update(state=Slot.State.OPEN, held_until=None)
    audit.record(
        "skipped", study=assignment.study, actor=actor, at=now, subject=assignment.uid,
        participant=str(participant.uid), item=str(assignment.item.uid),
    )  # fmt: skip


def open_item(assignment: Assignment, *, now: datetime) -> None:
    """Note when the person first opened the item."""
    if assignment.opened_at is None:
        Assignment.objects.filter(pk=assignment.pk, opened_at__isnull=True).update(opened_at=now)


def waiting(participant: Participant, study: Study) -> int:
    """How many items this person could still be offered, the one held included; counted up to 1,000."""
    held = participant.assignments.filter(state=State.OFFERED).count()
    return with_room(participant, study)[:COUNTED_UP_TO].count() + held


def _begun(
    participant: Participant, strata: tuple[str, ...], now: datetime
) -> tuple[list[Assignment], list[Assignment]]:
    """What this person holds, and what ran out before they judged it and has room again; first read first.

    Items taken out of the study meanwhile, or spared, are not read on; a judgment of them that arrives is still kept.
    """
    room = Slot.objects.filter(item=OuterRef("item"), state=Slot.State.OPEN, stratum__in=strata)
    begun = Assignment.objects.filter(
        Q(state=State.OFFERED) | Q(Exists(room), state=State.EXPIRED, item__hidden_at__isnull=True),
        participant=participant,
        state__in=[State.OFFERED, State.EXPIRED],  # Said once more: an index finds these among all that was read.
    )
    # Locked: somebody else may be giving back what ran out.
    rows = begun.select_for_update(of=("self",), no_key=True).select_related("item").order_by("position")
    held: list[Assignment] = []
    ran_out: list[Assignment] = []
    for assignment in rows:
        (held if assignment.state == State.OFFERED else ran_out).append(assignment)
    spared = care.spared_by(participant, "item__")
    besides = set() if spared is None else set(begun.filter(spared).values_list("pk", flat=True))
    gone = [assignment for assignment in held if assignment.item.hidden_at is not None or assignment.pk in besides]
    _give_back(gone, now)
    return (
        [assignment for assignment in held if assignment not in gone],
        [assignment for assignment in ran_out if assignment.pk not in besides],
    )


def _taken_up_again(
    ran_out: list[Assignment], study: Study, strata: tuple[str, ...], now: datetime
) -> Assignment | None:
    for assignment in ran_out:
        if slot := take_open_slot(assignment.item, study, strata, wait=False):
            assignment.slot, assignment.ended_at = slot, None
            return _lease(assignment, study, now)
    return None


def _lease(assignment: Assignment, study: Study, now: datetime) -> Assignment:
    until = now + timedelta(minutes=study.lease_minutes)
    if (
        assignment.state == State.OFFERED
        and assignment.lease_until
        and until - assignment.lease_until < RENEWED_AFTER
    ):
        return assignment
    assignment.state, assignment.lease_until = State.OFFERED, until
    assignment.save(update_fields=["state", "slot", "ended_at", "lease_until"])
    _slot_of(assignment).update(state=Slot.State.HELD, held_until=assignment.lease_until)
    return assignment


def _slot_of(assignment: Assignment) -> QuerySet[Slot]:
    return Slot.objects.filter(pk__in=[assignment.slot_id])
