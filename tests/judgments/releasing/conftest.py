"""A study with everything a release must carry: all forms of answers, revisions, marks, consent, background."""

import uuid

import pytest

from judgments import submission
from judgments.models import Consent, ConsentText
from tests import factories
from tests.factories import NOW, judge, later, make_background, make_participant, said


@pytest.fixture
def consent(study):
    """Let a participant answer the study's consent text."""

    def give(participant, *, takes_part=True, may_quote=True, may_publish=True, at=NOW):
        text, _ = ConsentText.objects.get_or_create(study=study, version=1, defaults={"body": "…", "created_at": NOW})
        return Consent.objects.create(
            participant=participant, text=text, takes_part=takes_part, may_quote=may_quote, may_publish=may_publish,
            given_at=at,
        )  # fmt: skip

    return give


@pytest.fixture
def people(study, jo, consent):
    """Six participants who may be published and quoted, all from the same place."""
    found = [jo, *(make_participant(study) for _ in range(5))]
    for participant in found:
        consent(participant)
        make_background(participant, "place", "here")
    return found


@pytest.fixture
def judged(study, people):
    """The study, judged by its six people on three items."""
    items = factories.make_items(study, 3)
    for number, participant in enumerate(people):
        for at in range(3):
            judge(
                participant,
                said(
                    care=1 + (number + at) % 7, depth=(2, 4), goods="misfit", voice=1 + number % 3, moves=[1, 3],
                    warmth=10.5 * number, person="=An uncle", rationale="+ it listened", settled=3,
                ),
                now=later(number),
            )  # fmt: skip
    revise(people[0], care=frozenset({2, 6}), marks=[mark(items[0])])
    return study


def mark(item, tag="dodged") -> dict:
    response = item.shown.get().response
    return {"response": str(response.uid), "start": 5, "end": 10, "tag": tag, "memo": "here"}


def revise(participant, **ratings) -> None:
    """Change the participant's mind about the first item."""
    item = participant.study.items.order_by("number").first()
    first = participant.judgments.get(item=item)
    submission.submit(
        first.assignment, said(**ratings), key=uuid.uuid4(), actor=participant.user, now=later(30),
        supersedes=first.uid,
    )  # fmt: skip
