"""First readings: written before any question is shown, and locked from then on."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from judgments import audit, words
from judgments.answers import Passage, from_plain
from judgments.assignment import lock_participant
from judgments.errors import FirstReadingLocked, NotYours, StudyClosed
from judgments.models import Assignment, ErasableText, FirstReading


def is_wanted(assignment: Assignment) -> bool:
    """Whether a first reading is still to be written before the questions are shown."""
    if not assignment.study.first_reading or assignment.state == Assignment.State.JUDGED:
        return False
    return of(assignment) is None


def of(assignment: Assignment) -> FirstReading | None:
    return getattr(assignment, "first_reading", None)


@transaction.atomic
def write(
    assignment: Assignment, said: str, *, key: uuid.UUID, actor, now: datetime,
    marks: list[dict[str, Any]] | None = None, reading_ms: int | None = None,
) -> FirstReading:  # fmt: skip
    """Keep a first reading, which may be empty. The same words under the same key give the same row again.

    marks: places marked so far, in the plain form of answers.
    Raises NotYours, StudyClosed (discarded), AnswersUnfit, and FirstReadingLocked where another one was kept.
    """
    participant = lock_participant(assignment.participant_id)
    assignment = Assignment.objects.select_related("study", "item").get(pk=assignment.pk)
    if participant.user_id is None or participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    if assignment.study.discarded_at is not None:
        raise StudyClosed(f"{assignment.study.title} has been taken down.")
    if (first := FirstReading.objects.filter(assignment=assignment).first()) is not None:
        return _again(first, said, key)
    places = [_place(mark) for mark in from_plain({"marks": marks or []}).marks]
    kept = words.keep(said, participant)
    first = FirstReading.objects.create(
        assignment=assignment, study=assignment.study, key=key, text_id=kept.uid, text_digest=kept.digest,
        marks=places, reading_ms=reading_ms, written_at=now,
    )  # fmt: skip
    audit.record(
        "first_reading", study=assignment.study, actor=actor, at=now, subject=first.uid,
        assignment=str(assignment.uid), participant=str(participant.uid), item=str(assignment.item.uid),
        text=kept.digest, marks=places, reading_ms=reading_ms,
    )  # fmt: skip
    return first


def _again(first: FirstReading, said: str, key: uuid.UUID) -> FirstReading:
    text = ErasableText.objects.filter(pk=first.text_id).first() if first.text_id else None
    if not words.same(said, text, first.text_digest):
        raise FirstReadingLocked(first)
    return first


def _place(mark: Passage) -> dict[str, Any]:
    return {name: value for name, value in mark.plain().items() if name != "memo"}


def words_of(first: FirstReading) -> str:
    """What was written; empty where it was nothing, or has been erased."""
    if first.text_id is None:
        return ""
    return ErasableText.objects.filter(pk=first.text_id).values_list("text", flat=True).first() or ""
