"""Which of two judgments of the same item their author would stand by."""

from datetime import datetime

from django.db import transaction

from judgments import audit
from judgments.models import Judgment, Stand


@transaction.atomic
def stand_by(earlier: Judgment, later: Judgment, choice: str, *, actor, now: datetime) -> Stand:
    """Keep an answer; a later one to the same pair is a row of its own and counts instead."""
    stand = Stand.objects.create(participant=later.participant, earlier=earlier, later=later, choice=choice, at=now)
    audit.record(
        "stood", study=later.study, actor=actor, at=now, subject=stand.uid, earlier=str(earlier.uid),
        later=str(later.uid), choice=choice,
    )  # fmt: skip
    return stand
