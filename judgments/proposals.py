"""Proposals: what a reader would ask. Kept as they are written, whatever becomes of the judgment beside them."""

import uuid
from datetime import datetime

from django.db import transaction

from judgments import audit, words
from judgments.assignment import lock_participant
from judgments.errors import IdempotencyConflict, NotYours
from judgments.models import Assignment, ErasableText, Proposal


@transaction.atomic
def make(
    assignment: Assignment, kind: Proposal.Kind, said: str, *, key: uuid.UUID, actor, now: datetime
) -> Proposal | None:
    """Keep one proposal; None for no words. The same words under the same key give the same row again.

    Raises NotYours, AnswersUnfit, and IdempotencyConflict for other words under a key that was used.
    """
    if not said.strip():
        return None
    participant = lock_participant(assignment.participant_id)
    if participant.user_id is None or participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    if (made := Proposal.objects.filter(key=key).first()) is not None:
        text = ErasableText.objects.filter(pk=made.text_id).first()
        if made.assignment_id != assignment.pk or made.kind != kind or not words.same(said, text, made.text_digest):
            raise IdempotencyConflict("This key was used for other words.")
        return made
    kept = words.keep(said, participant)
    assert kept.uid is not None  # There are words.
    made = Proposal.objects.create(
        study_id=assignment.study_id, participant=participant, assignment=assignment,
        rubric_version_id=assignment.rubric_version_id, kind=kind, key=key, text_id=kept.uid,
        text_digest=kept.digest, made_at=now,
    )  # fmt: skip
    audit.record(
        "proposed", study=assignment.study, actor=actor, at=now, subject=made.uid, proposal=str(kind),
        assignment=str(assignment.uid), participant=str(participant.uid), text=kept.digest,
    )  # fmt: skip
    return made
