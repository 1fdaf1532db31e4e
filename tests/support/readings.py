"""Readings for tests of what is found in them: a person reads items, changes their mind, reads again."""

import uuid

from judgments import canonical, submission
from judgments.answers import Answers
from judgments.assignment import next_assignment
from judgments.models import Assignment, Item, Judgment, Participant, Rating
from tests.factories import NOW


def read(reader: Participant, said: dict[Item, Answers]) -> dict[Item, Judgment]:
    """Let a person judge all of their items, in their own order; an item that is not named is left open."""
    by_id = {item.pk: (item, answers) for item, answers in said.items()}
    accepted = {}
    while (assignment := next_assignment(reader, now=NOW)) is not None:
        item, answers = by_id.get(assignment.item_id, (assignment.item, Answers()))
        accepted[item] = _send(assignment, reader, answers)
    return accepted


def read_again(reader: Participant, item: Item, answers: Answers, *, occasion: int = 1) -> Judgment:
    """A later occasion of the same person with the same item."""
    assignment = Assignment.objects.create(
        study=reader.study, item=item, participant=reader, rubric_version=reader.study.rubric_version,
        kind=Assignment.Kind.REPEAT if occasion else Assignment.Kind.FRESH, occasion=occasion, position=0,
        reason="repeat", offered_at=NOW,
    )  # fmt: skip
    return _send(assignment, reader, answers)


def revise(judgment: Judgment, answers: Answers) -> Judgment:
    """A change of mind."""
    return _send(judgment.assignment, judgment.participant, answers, supersedes=judgment.uid)


def bring(reader: Participant, item: Item, points: dict[str, float], **fields) -> Judgment:
    """A judgment as an import stores it: rows alone, with no submission."""
    version = reader.study.rubric_version
    assignment = Assignment.objects.create(
        study=reader.study, item=item, participant=reader, rubric_version=version, position=0,
        reason="imported", state=Assignment.State.JUDGED, offered_at=NOW,
    )  # fmt: skip
    judgment = Judgment.objects.create(
        assignment=assignment, study=reader.study, item=item, participant=reader, occasion=0,
        rubric_version=version, key=uuid.uuid4(), answers_digest=canonical.digest(points), created_at=NOW, **fields,
    )  # fmt: skip
    dimensions = {dimension.slug: dimension for dimension in version.dimensions.all()}
    Rating.objects.bulk_create(
        Rating(judgment=judgment, dimension=dimensions[slug], form="point", point=point)
        for slug, point in points.items()
    )
    return judgment


def _send(assignment: Assignment, reader: Participant, answers: Answers, **more) -> Judgment:
    key = uuid.uuid4()
    return submission.submit(assignment, answers, key=key, actor=reader.user, now=NOW, **more).judgment
