"""Background answers: optional, in one's own words, each with its own consent."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from judgments import audit, words
from judgments.models import Background, ErasableText, Facet, Participant, Study

PREFER_NOT_TO_SAY = "prefer_not_to_say"


@dataclass(frozen=True)
class Told:
    """One answer: in words, or PREFER_NOT_TO_SAY; and what it may be used for."""

    text: str
    may_analyse: bool
    may_publish: bool


def facets_of(study: Study) -> list[Facet]:
    """The questions in the order asked: open ones first, then those with answers to choose from."""
    return sorted(study.facets.order_by("position", "pk"), key=lambda facet: bool(facet.offered))


def told_by(participant: Participant) -> dict[int, Told]:
    """This person's latest answer to each facet that they answered; erased ones are left out."""
    rows = {row.facet_id: row for row in participant.background.order_by("pk")}
    texts = ErasableText.objects.in_bulk([row.text_id for row in rows.values()])
    return {
        facet: Told(texts[row.text_id].text, row.may_analyse, row.may_publish)
        for facet, row in rows.items()
        if row.text_id in texts
    }


@transaction.atomic
def tell(participant: Participant, answers: dict[Facet, Told], *, actor, now: datetime) -> int:
    """Keep answers that say something new, blank ones never; how many.

    One event says which questions were answered, not what was said.
    """
    before = told_by(participant)
    new = {facet: told for facet, told in answers.items() if told.text.strip() and before.get(facet.pk) != told}
    rows = [_row(participant, facet, told, now) for facet, told in new.items()]
    Background.objects.bulk_create(rows)
    if rows:
        audit.record(
            "background_told", study=participant.study, actor=actor, at=now, subject=participant.uid,
            facets=sorted(row.facet.slug for row in rows),
        )  # fmt: skip
    return len(rows)


def _row(participant: Participant, facet: Facet, told: Told, now: datetime) -> Background:
    kept = words.keep(words.tidy(told.text), participant)
    assert kept.uid is not None  # `tell` lets no blank answer through.
    return Background(
        participant=participant, facet=facet, text_id=kept.uid, text_digest=kept.digest,
        may_analyse=told.may_analyse, may_publish=told.may_publish, given_at=now,
    )  # fmt: skip
