"""What the demonstration's annotator has read already, so that looking back has something to show.

Given through the same doors as everything a reader says, and invented like the rest.
"""

import uuid
from datetime import datetime, timedelta

from judgments import first_readings, submission
from judgments.answers import Answer, Answers, Passage
from judgments.assignment import next_assignment
from judgments.models import Assignment, Judgment, Participant


def _at(point: float) -> Answer:
    return Answer("point", point=point)


READ = [
    (
        16, "It answers before it has listened.", 3,
        {"candour": _at(5.0), "care": _at(3.0), "proportion": Answer("range", low=3.0, high=5.0)},
        "I kept going back to the last line.", "turns here",
    ),
    (16, "", 1, {"candour": _at(4.0), "autonomy": _at(4.0)}, "", ""),
    (
        9, "Two voices in it, and I like only one.", 2,
        {"care": Answer("both", both_a=2.0, both_b=6.0, text="as a friend … / as a stranger …"), "candour": _at(4.0)},
        "Warm in the beginning. Then it gives a list.", "voice slips",
    ),
    (
        9, "", 4, {"candour": _at(4.0), "care": _at(4.0), "autonomy": Answer("none", reason="misfit")},
        "Nothing I would change.", "felt true",
    ),
]  # fmt: skip
"""Days ago, first reading, how settled, answers, reason, and the tag of a mark on the opening."""

AGAIN = (2, 4, {"candour": _at(4.0), "care": _at(5.0), "proportion": _at(4.0)}, "I had taken its calm for coldness.")
"""The first of them once more: what changed, two weeks later."""


def give(participant: Participant, *, now: datetime) -> None:
    """Four items read and one of them twice; once, for a person who has read nothing yet."""
    if participant.assignments.exists():
        return
    judged = [_read(participant, *row, now=now) for row in READ]
    _change(judged[2], now=now)
    _read_again(judged[0], now=now)


def _read(participant, days: int, first: str, settled: int, ratings, why: str, tag: str, *, now) -> Judgment:
    at = now - timedelta(days=days)
    held = next_assignment(participant, now=at)
    if held is None:
        raise LookupError("The demonstration has nothing to read.")
    first_readings.write(held, first, key=uuid.uuid4(), actor=participant.user, now=at)
    marks = (_opening(held, tag),) if tag else ()
    return _say(held, Answers(ratings, settled, why, marks), at=at)


def _opening(held: Assignment, tag: str) -> Passage:
    response = held.item.shown.select_related("response").get().response
    return Passage(0, response.text.index(".") + 1, response=str(response.uid), tag=tag)


def _say(held: Assignment, answers: Answers, *, at: datetime, supersedes: uuid.UUID | None = None) -> Judgment:
    key, actor = uuid.uuid4(), held.participant.user
    return submission.submit(held, answers, key=key, actor=actor, now=at, supersedes=supersedes).judgment


def _change(judgment: Judgment, *, now: datetime) -> None:
    said = submission.answers_of(judgment)
    changed = Answers(said.ratings | {"candour": _at(5.0)}, 3, said.rationale, said.marks)
    _say(judgment.assignment, changed, at=now - timedelta(days=8), supersedes=judgment.uid)


def _read_again(judgment: Judgment, *, now: datetime) -> None:
    days, settled, ratings, why = AGAIN
    first, at = judgment.assignment, now - timedelta(days=days)
    again = Assignment.objects.create(
        study=first.study, item=first.item, participant=first.participant, rubric_version=first.rubric_version,
        kind=Assignment.Kind.REPEAT, occasion=1, position=len(READ), reason="drawn to come back",
        response_order=first.response_order, dimension_order=first.dimension_order, offered_at=at,
    )  # fmt: skip
    _say(again, Answers(ratings, settled, why), at=at)
