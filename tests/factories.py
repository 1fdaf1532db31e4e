"""Factories without surprises: one a model, each making the least that is valid."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from judgments import answers, canonical, rubrics, submission
from judgments.assignment import next_assignment
from judgments.models import (
    Background,
    ErasableText,
    Facet,
    Item,
    ItemResponse,
    Membership,
    ModelVersion,
    Participant,
    Response,
    Role,
    Rubric,
    RubricVersion,
    Scenario,
    Study,
    User,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_number = itertools.count(1)

BALANCE = [
    "Far too little",
    "Too little",
    "A little too little",
    "Fitting",
    "A little too much",
    "Too much",
    "Far too much",
]


def points(texts: list[str]) -> list[dict]:
    return [{"value": value, "text": text} for value, text in enumerate(texts, 1)]


def wording() -> dict:
    """One dimension of each kind."""
    return {
        "title": "A small rubric",
        "instructions": "There are no right answers.",
        "dimensions": [
            {"slug": "care", "kind": "balance", "level": "ordinal", "title": "Care", "points": points(BALANCE),
             "question": "How much attention did it give to this person?", "help": "Think of who asked."},
            {"slug": "depth", "kind": "degree", "level": "ordinal", "title": "Depth",
             "question": "How deeply did it work with what is at stake?",
             "points": points(["Not at all", "Slightly", "To some depth", "Deeply", "Very deeply"])},
            {"slug": "goods", "kind": "two_goods", "level": "ordinal", "title": "Honest or kind",
             "question": "Which way did it go?",
             "points": [*points(["Honesty", "Rather honesty", "Rather kindness", "Kindness"]),
                        {"value": 5, "text": "held both", "apart": True},
                        {"value": 6, "text": "dodged both", "apart": True}]},
            {"slug": "voice", "kind": "choice", "level": "nominal", "title": "Voice",
             "question": "Whose voice is it?", "points": points(["A friend's", "A clerk's", "A preacher's"])},
            {"slug": "moves", "kind": "choices", "level": "set", "title": "Moves",
             "question": "What did it do?", "points": points(["Asked", "Advised", "Comforted"])},
            {"slug": "warmth", "kind": "line", "level": "interval", "title": "Warmth",
             "question": "How warm was it?", "line_low": 0, "line_high": 100,
             "points": [{"value": 0, "text": "cold"}, {"value": 100, "text": "hot"}]},
            {"slug": "person", "kind": "open", "level": "open", "title": "Who",
             "question": "What kind of person would answer like this?"},
        ],
        "tags": [{"slug": "turns-here", "text": "turns here"}, {"slug": "dodged", "text": "dodged"}],
    }  # fmt: skip


def make_user(name: str = "", **fields) -> User:
    name = name or f"person{next(_number)}"
    return User.objects.create_user(username=name, password=None, **fields)


def make_rubric(*, published: bool = True, dimensions: list[str] | None = None, **changes) -> RubricVersion:
    number = next(_number)
    rubric = Rubric.objects.create(slug=f"rubric-{number}", title="A small rubric")
    words = wording() | changes
    if dimensions is not None:
        words["dimensions"] = [given for given in words["dimensions"] if given["slug"] in dimensions]
    version = rubrics.build(rubric, words)
    return rubrics.publish(version, actor=None, now=NOW) if published else version


def make_study(slug: str = "", *, version: RubricVersion | None = None, **fields) -> Study:
    """An open study that shows its questions at once; `first_reading=True` asks for a first reading before."""
    slug = slug or f"study-{next(_number)}"
    defaults = {"title": slug.replace("-", " ").capitalize(), "state": Study.State.OPEN, "first_reading": False}
    return Study.objects.create(slug=slug, rubric_version=version or make_rubric(), **(defaults | fields))


def make_item(study: Study, text: str = "I am so sorry. Who was he?", *, model: str = "Alder", **fields) -> Item:
    """A single response to a message of its own."""
    messages = fields.pop("messages", [{"role": "person", "content": "he's gone"}])
    scenario = Scenario.objects.create(
        study=study, messages=messages, digest=canonical.digest(messages), title="He's gone"
    )
    line, _ = ModelVersion.objects.get_or_create(name=model, digest=canonical.digest([model, "", {}]))
    response = Response.objects.create(scenario=scenario, text=text, model=line)
    number = Item.objects.filter(study=study).count()
    digest = canonical.digest([messages, text])
    defaults = {"external_id": f"item-{number}", "number": number, "digest": digest}
    item = Item.objects.create(study=study, scenario=scenario, **(defaults | fields))
    ItemResponse.objects.create(item=item, response=response, position=0)
    return item


def make_items(study: Study, count: int) -> list[Item]:
    return [make_item(study) for _ in range(count)]


def make_participant(study: Study, user: User | None = None, **fields) -> Participant:
    fields = {"code_name": f"reader {next(_number)}", "joined_at": NOW} | fields
    return Participant.objects.create(study=study, user=user or make_user(), **fields)


def make_researcher(study: Study, user: User) -> Membership:
    return Membership.objects.create(study=study, user=user, role=Role.RESEARCHER)


def make_background(
    participant: Participant, facet: str, value: str, *, may_analyse: bool = True, may_publish: bool = True
) -> Background:
    found, _ = Facet.objects.get_or_create(
        study=participant.study, slug=facet, defaults={"title": facet.capitalize()}
    )
    text = ErasableText.objects.create(participant=participant, salt=canonical.new_salt(), text=value)
    return Background.objects.create(
        participant=participant, facet=found, text=text, text_digest=canonical.text_digest(text.salt, value),
        may_analyse=may_analyse, may_publish=may_publish, given_at=NOW,
    )  # fmt: skip


def said(**ratings) -> answers.Answers:
    """Answers from short words: `said(care=4, depth=(2, 4), goods="misfit", settled=3)`.

    A number is a point, a pair a range, a list a set of labels, a frozenset both ways, a reason "not this",
    any other text an open answer.
    """
    plain = {name: ratings.pop(name) for name in ("settled", "rationale", "marks") if name in ratings}
    return answers.from_plain(plain | {"ratings": {slug: _plain(value) for slug, value in ratings.items()}})


def _plain(value) -> dict:
    match value:
        case tuple():
            return {"form": "range", "low": value[0], "high": value[1]}
        case frozenset():
            return {"form": "both", "both_a": min(value), "both_b": max(value)}
        case list():
            return {"form": "point", "labels": value}
        case "misfit" | "cannot_tell" | "rather_not" | "depends":
            return {"form": "none", "reason": value}
        case str():
            return {"form": "point", "text": value}
    return {"form": "point", "point": value}


def judge(participant: Participant, given: answers.Answers | None = None, *, item: Item | None = None, now=NOW):
    """Let a participant judge what is next (or go on until it is `item`); the judgment."""
    assignment = next_assignment(participant, now=now)
    while item is not None and assignment.item_id != item.pk:
        submission.submit(assignment, said(), key=uuid.uuid4(), actor=participant.user, now=now)
        assignment = next_assignment(participant, now=now)
    receipt = submission.submit(
        assignment, given or said(care=4, settled=3), key=uuid.uuid4(), actor=participant.user, now=now
    )
    return receipt.judgment


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)
