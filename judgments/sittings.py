"""Sittings: time counted while somebody is active, breaks offered, a limit for the day, and corrections.

Time is counted by beats: a page says now and then how long its reader was active. However many pages are
open, no more is counted than has passed since the beat before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum

from judgments import audit, words
from judgments.models import Assignment, Bookmark, Judgment, Participant, Sitting, TimeCorrection

IDLE = timedelta(seconds=60)
"""A pause that still counts as reading."""
MOST_AT_ONCE = timedelta(minutes=5)
"""The most one beat can add."""
WITHOUT_SCRIPTS = timedelta(minutes=10)
"""The most that is counted for one item where no page could send beats."""
ENDS_AFTER = timedelta(minutes=30)
"""Somebody who comes back later than this begins a new sitting."""


@dataclass(frozen=True)
class Break:
    """A break worth offering: what has been read and counted since the last one."""

    minutes: int
    items: int


@transaction.atomic
def open_sitting(participant: Participant, *, now: datetime) -> Sitting:
    """The sitting that goes on, or a new one."""
    return _locked(participant, now)


def _locked(participant: Participant, now: datetime) -> Sitting:
    """The same inside a transaction, and locked until its end."""
    Participant.objects.select_for_update(no_key=True).values_list("pk").get(pk=participant.pk)
    sitting = participant.sittings.select_for_update().filter(ended_at__isnull=True).first()
    if sitting is not None and now - sitting.seen_at > ENDS_AFTER:
        _end(sitting, at=sitting.seen_at)
        sitting = None
    if sitting is None:
        sitting = Sitting.objects.create(participant=participant, begun_at=now, seen_at=now, rested_at=now)
    return sitting


@transaction.atomic
def beat(participant: Participant, active: timedelta, *, now: datetime) -> Sitting:
    """Count time that a page says its reader was active; never more than has passed, or MOST_AT_ONCE."""
    sitting = _locked(participant, now)
    counted = max(timedelta(0), min(active, now - sitting.seen_at, MOST_AT_ONCE))
    sitting.active_seconds += round(counted.total_seconds())
    sitting.seen_at = max(now, sitting.seen_at)
    sitting.save(update_fields=["active_seconds", "seen_at"])
    return sitting


@transaction.atomic
def count_without_scripts(assignment: Assignment, *, now: datetime) -> Sitting:
    """Where no page sent beats: the time from opening an item to saving it, up to WITHOUT_SCRIPTS."""
    sitting = _locked(assignment.participant, now)
    opened = assignment.opened_at or now
    began = opened if sitting.begun_at == now else max(opened, sitting.seen_at)
    counted = max(timedelta(0), min(now - began, WITHOUT_SCRIPTS))
    sitting.active_seconds += round(counted.total_seconds())
    sitting.seen_at = max(now, sitting.seen_at)
    sitting.save(update_fields=["active_seconds", "seen_at"])
    return sitting


def current(participant: Participant, *, now: datetime) -> Sitting | None:
    """The sitting that goes on, if there is one."""
    sitting = participant.sittings.filter(ended_at__isnull=True).first()
    return sitting if sitting is not None and now - sitting.seen_at <= ENDS_AFTER else None


def read_in(sitting: Sitting) -> int:
    """How many items were judged in this sitting."""
    return _read_since(sitting.participant, sitting.begun_at)


def _read_since(participant: Participant, moment: datetime) -> int:
    return Judgment.objects.filter(participant=participant, revision=0, created_at__gte=moment).count()


# Breaks -------------------------------------------------------------------------------------------


def break_due(participant: Participant, *, now: datetime) -> Break | None:
    """The break to offer now, by the study's own measure; None when there is nothing to rest from."""
    sitting = current(participant, now=now)
    if sitting is None:
        return None
    study = participant.study
    minutes = (sitting.active_seconds - sitting.rested_seconds) // 60
    items = _read_since(participant, sitting.rested_at)
    if minutes >= study.break_minutes or items >= study.break_items:
        return Break(minutes, items)
    return None


@transaction.atomic
def rest(participant: Participant, *, now: datetime) -> Sitting:
    """A break was taken, or declined: the next one is offered as long after."""
    sitting = _locked(participant, now)
    sitting.rested_at, sitting.rested_seconds, sitting.seen_at = now, sitting.active_seconds, now
    sitting.save(update_fields=["rested_at", "rested_seconds", "seen_at"])
    return sitting


@transaction.atomic
def finish(participant: Participant, *, now: datetime) -> None:
    """End the sitting; without one nothing happens."""
    sitting = participant.sittings.select_for_update().filter(ended_at__isnull=True).first()
    if sitting is not None:
        _end(sitting, at=now)


def _end(sitting: Sitting, *, at: datetime) -> None:
    sitting.ended_at = at
    sitting.save(update_fields=["ended_at"])


# Counted time -------------------------------------------------------------------------------------


def counted(participant: Participant) -> timedelta:
    """All time counted for this person, with their corrections; never less than nothing."""
    return counted_in(with_counted(Participant.objects.filter(pk=participant.pk)).get())


def with_counted(people: QuerySet[Participant]) -> QuerySet[Participant]:
    """The same people, each with what `counted_in` needs: one query for all of them."""
    whose = {"participant": OuterRef("pk")}
    active = Sitting.objects.filter(**whose).order_by().values("participant").annotate(n=Sum("active_seconds"))
    corrected = TimeCorrection.objects.filter(**whose).order_by().values("participant").annotate(n=Sum("minutes"))
    return people.annotate(
        seconds_active=Subquery(active.values("n")), minutes_corrected=Subquery(corrected.values("n"))
    )


def counted_in(participant: Any) -> timedelta:
    """The time counted of somebody out of `with_counted`."""
    time = timedelta(seconds=participant.seconds_active or 0, minutes=participant.minutes_corrected or 0)
    return max(timedelta(0), time)


@transaction.atomic
def correct(participant: Participant, minutes: int, why: str, *, actor, now: datetime) -> TimeCorrection:
    """Add minutes to the time counted, or take them off. The database refuses none and more than ten hours."""
    kept = words.keep(words.tidy(why), participant)
    correction = TimeCorrection.objects.create(
        participant=participant, minutes=minutes, why_id=kept.uid, why_digest=kept.digest, at=now
    )
    audit.record(
        "time_corrected", study=participant.study, actor=actor, at=now, subject=participant.uid, minutes=minutes
    )
    return correction


# Where one was ------------------------------------------------------------------------------------


def leave_bookmark(participant: Participant, text: str, *, assignment: Assignment | None, now: datetime) -> None:
    """Keep a line about where one was, for oneself alone; blank words keep nothing."""
    with transaction.atomic():
        kept = words.keep(words.tidy(text), participant)
        if kept.uid is not None:
            Bookmark.objects.create(
                participant=participant, assignment=assignment, text_id=kept.uid, text_digest=kept.digest, at=now
            )


def bookmark_of(participant: Participant, assignment: Assignment | None) -> str:
    """The latest line this person left about what they hold now; empty when there is none."""
    latest = participant.bookmarks.select_related("text").order_by("-pk").first()
    if latest is None or latest.assignment_id != (assignment.pk if assignment else None):
        return ""
    return latest.text.text if latest.text is not None else ""
