"""Putting the demonstration into the database: one study, its invented readers and their invented judgments."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from annotate.demo import content, past, reading
from judgments import audit, canonical, draws, starter, submission
from judgments.models import (
    Assignment,
    Background,
    ErasableText,
    Facet,
    Family,
    Import,
    Item,
    ItemResponse,
    Judgment,
    Mark,
    Membership,
    ModelVersion,
    Participant,
    Rating,
    Response,
    Role,
    Scenario,
    Study,
    User,
    quoted,
)

SLUG = "twenty-four-families"
READERS_PER_ITEM = 24
SEED = 20260301
FACETS = {
    "field": "Field of work",
    "reads_silence": "Reads silence as",
    "hears_hedging": "Hears hedging as",
    "gives_advice": "Gives advice",
}


@dataclass(frozen=True)
class Piece:
    """One reply as stored, with what it was written from."""

    item: Item
    response: Response
    family: dict
    scenario: dict
    reply: dict


@transaction.atomic
def seed(*, now: datetime) -> Study:
    """The demonstration study; made once, found again afterwards."""
    if (study := Study.objects.kept().filter(slug=SLUG).first()) is not None:
        return study
    study = Study.objects.create(
        slug=SLUG, title="Twenty-four families", state=Study.State.OPEN, origin=Study.Origin.INVENTED,
        rubric_version=starter.install(now=now), licence="CC0-1.0",
        description="A demonstration. Twenty-four situations in ninety-four contexts; eight of the situations are "
        "answered in each context by three voices, the others once.",
        attribution="Everything in this study is invented: situations, replies, readers and judgments.",
        content_warning="Some items touch on death and grief, cruelty in a family, illness, and family conflict.",
        care_lines="This is a demonstration, and nobody stands behind it.\n"
        "In a study of yours, the people and lines to turn to are named here.",
    )  # fmt: skip
    rng = np.random.default_rng(SEED)
    pieces = [piece for family in content.families() for piece in _material(study, family)]
    brought_by = Import.objects.create(
        study=study, kind=Import.Kind.JUDGMENTS, source="demonstration", digest=canonical.digest(content.readers()),
        counts={"items": len(pieces), "participants": len(content.readers())}, created_at=now,
    )  # fmt: skip
    people = [_reader(study, reader, brought_by, now) for reader in content.readers()]
    count = _judgments(study, pieces, people, brought_by, now, rng)
    audit.record("demonstration_seeded", study=study, actor=None, at=now, judgments=count, items=len(pieces))
    return study


def _material(study: Study, family: dict) -> list[Piece]:
    stored = Family.objects.create(study=study, slug=family["slug"], title=family["title"], opens=family["opens"])
    bases: dict[str, Scenario] = {}
    pieces = []
    for given in family["scenario"]:
        messages = [{**message, "content": message["content"].strip(), "lang": "en"} for message in given["message"]]
        scenario = Scenario.objects.create(
            study=study, family=stored, external_id=given["slug"], title=given["title"], messages=messages,
            shift_of=bases.get(given["shift_of"]), axis=given["axis"], distance=given["distance"],
            content_notes=given.get("content_notes", []), language="en", digest=canonical.digest(messages),
        )  # fmt: skip
        bases[given["slug"]] = scenario
        # In an order of its own for each context, so that a number does not say which model wrote what.
        replies = draws.shuffled(given.get("reply", []), draws.key(str(SEED), "replies", given["slug"]))
        pieces += [_piece(study, scenario, family, given, reply, number) for number, reply in enumerate(replies, 1)]
    return pieces


def _piece(study: Study, scenario: Scenario, family: dict, given: dict, reply: dict, number: int) -> Piece:
    version = reply.get("version", "invented")
    line, _ = ModelVersion.objects.get_or_create(
        digest=canonical.digest([reply["model"], version, {}]), defaults={"name": reply["model"], "version": version}
    )
    text = reply["text"].strip()
    response = Response.objects.create(scenario=scenario, model=line, text=text, language="en")
    item = Item.objects.create(
        study=study, number=Item.objects.filter(study=study).count(), scenario=scenario,
        external_id=f"{given['slug']}-{number}", digest=canonical.digest([scenario.messages, [text]]),
    )  # fmt: skip
    ItemResponse.objects.create(item=item, response=response, position=0)
    return Piece(item, response, family, given, reply)


def _reader(study: Study, reader: dict, brought_by: Import, now: datetime) -> tuple[Participant, dict]:
    participant = Participant.objects.create(
        study=study, code_name=reader["code_name"], external_id=reader["code_name"], brought_by=brought_by,
        details={"invented": True, "profession": reader["profession"], "line": reader["line"]}, joined_at=now,
    )  # fmt: skip
    for slug, title in FACETS.items():
        facet, _ = Facet.objects.get_or_create(study=study, slug=slug.replace("_", "-"), defaults={"title": title})
        value = reader["background"][slug]
        text = ErasableText.objects.create(participant=participant, salt=canonical.new_salt(), text=value)
        Background.objects.create(
            participant=participant, facet=facet, text=text, text_digest=canonical.text_digest(text.salt, value),
            may_analyse=True, may_publish=True, given_at=now,
        )  # fmt: skip
    return participant, reader


def _judgments(study, pieces, people, brought_by, now: datetime, rng: np.random.Generator) -> int:
    """Each item read by some of the readers, everything stored in a few statements."""
    dimensions = {dimension.slug: dimension for dimension in study.rubric_version.dimensions.all()}
    begun = dict.fromkeys((participant.pk for participant, _ in people), 0)
    rows: dict[type, list] = {Assignment: [], ErasableText: [], Judgment: [], Rating: [], Mark: []}
    for index in rng.permutation(len(pieces)):
        piece = pieces[index]
        words = reading.Words(piece.family, piece.scenario, piece.reply, rng)
        for chosen in rng.permutation(len(people))[:READERS_PER_ITEM]:
            participant, reader = people[chosen]
            at = now - timedelta(days=21) + timedelta(minutes=float(rng.uniform(0, 20 * 24 * 60)))
            assignment = Assignment(
                study=study, item=piece.item, participant=participant, rubric_version=study.rubric_version,
                state=Assignment.State.JUDGED, position=begun[participant.pk], reason="invented",
                response_order=[str(piece.response.uid)], dimension_order=list(dimensions),
                offered_at=at, ended_at=at,
            )  # fmt: skip
            begun[participant.pk] += 1
            answers = reading.judge(reader, piece.reply, str(piece.response.uid), words, rng)
            _add(rows, assignment, answers, piece, dimensions, brought_by, at, now)
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=1_000)
    return len(rows[Judgment])


def _add(rows, assignment, answers, piece, dimensions, brought_by, at, now) -> None:
    def keep(text: str) -> dict:
        """Foreign key and digest of a text, for the column pair it belongs to."""
        if not text:
            return {"id": None, "digest": ""}
        row = ErasableText(participant=assignment.participant, salt=canonical.new_salt(), text=text)
        rows[ErasableText].append(row)
        return {"id": row.pk, "digest": canonical.text_digest(row.salt, text)}

    ratings = []
    for slug, answer in answers.ratings.items():
        words = keep(answer.text)
        values = {name: value for name, value in answer.plain().items() if name != "text"}
        ratings.append(Rating(dimension=dimensions[slug], text_id=words["id"], text_digest=words["digest"], **values))
    marks = []
    for mark in answers.marks:
        memo = keep(mark.memo)
        marks.append(
            Mark(response=piece.response, start=mark.start, end=mark.end, tag=mark.tag, memo_id=memo["id"],
                 memo_digest=memo["digest"], **quoted(piece.response.text or "", mark.start, mark.end))
        )  # fmt: skip
    rationale = keep(answers.rationale)
    judgment = Judgment(
        assignment=assignment, study=assignment.study, item=assignment.item, participant=assignment.participant,
        occasion=0, rubric_version=assignment.rubric_version, key=uuid.uuid4(), answers_digest="",
        settled=answers.settled, rationale_id=rationale["id"], rationale_digest=rationale["digest"],
        details={"invented": True}, brought_by=brought_by, judged_at=at, created_at=now,
    )  # fmt: skip
    judgment.answers_digest = submission.digest_of(judgment, ratings, marks)
    for row in [*ratings, *marks]:
        row.judgment = judgment
    rows[Assignment].append(assignment)
    rows[Judgment].append(judgment)
    rows[Rating] += ratings
    rows[Mark] += marks


def sign_ins(study: Study, *, now: datetime) -> dict[str, User]:
    """One account for each role, made once: admin, researcher and annotator of the demonstration."""
    admin, _ = User.objects.get_or_create(username="demo-admin", defaults={"is_staff": True, "is_superuser": True})
    researcher, _ = User.objects.get_or_create(username="demo-researcher")
    annotator, _ = User.objects.get_or_create(username="demo-annotator")
    for kept in Study.objects.kept().exclude(origin=Study.Origin.OWN):
        Membership.objects.get_or_create(study=kept, user=researcher, defaults={"role": Role.RESEARCHER})
    reader, _ = Participant.objects.get_or_create(
        study=study, user=annotator, defaults={"code_name": "new wren", "joined_at": now - timedelta(days=20)}
    )
    past.give(reader, now=now)
    return {"admin": admin, "researcher": researcher, "annotator": annotator}
