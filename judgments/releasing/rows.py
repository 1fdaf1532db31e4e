"""The rows of each table, read from the database in the order of their keys, a few at a time."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from judgments import canonical
from judgments.models import (
    Assignment,
    Dimension,
    FirstReading,
    Item,
    ItemResponse,
    Judgment,
    Mark,
    Rating,
    Response,
    RubricVersion,
    ScalePoint,
    Scenario,
    Stand,
    Study,
)
from judgments.notes import shared_with_researchers
from judgments.releasing.people import People, people_of
from judgments.withdrawal import withdrawn_pairs

Row = tuple[Any, ...]
CHUNK = 5_000


@contextmanager
def snapshot():
    """A transaction in which every query sees the same state, and which on SQLite keeps nobody from writing."""
    if connection.in_atomic_block:  # The caller's transaction decides what is seen.
        yield
        return
    with _without_write_lock(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '15min'")
        yield


@contextmanager
def _without_write_lock():
    """Let transactions on SQLite begin as readers; elsewhere they do so anyway."""
    wrapper: Any = connection
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    before = wrapper.transaction_mode
    wrapper.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        wrapper.transaction_mode = before


@dataclass
class Scope:
    """What of a study is in its release, and the names that rows are given there.

    items, dimensions, versions: by primary key, what stands in the tables for them.
    withdrawn: (participant, item) of what was taken back; item None: everything of that participant.
    left_out: judgments that are not in the release, by why; counted while rows are read.
    """

    study: Study
    people: People
    items: dict[int, str]
    versions: dict[int, tuple[str, int]]
    dimensions: dict[int, Dimension]
    labels: dict[tuple[int, float], str]
    tags: dict[int, set[str]]
    withdrawn: set[tuple[int, int | None]]
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def hides_models(self) -> bool:
        return self.study.hides_models


def scope_of(study: Study) -> Scope:
    versions = {
        version.pk: version
        for version in _versions_used(study).select_related("rubric").prefetch_related("dimensions__points", "tags")
    }
    dimensions = {one.pk: one for version in versions.values() for one in version.dimensions.all()}
    return Scope(
        study=study,
        people=people_of(study),
        items={pk: str(uid) for pk, uid in Item.objects.kept().filter(study=study).values_list("pk", "uid")},
        versions={pk: (version.rubric.slug, version.number) for pk, version in versions.items()},
        dimensions=dimensions,
        labels={(pk, point.value): point.code for pk, one in dimensions.items() for point in one.points.all()},
        tags={pk: {tag.text for tag in version.tags.all()} for pk, version in versions.items()},
        withdrawn=withdrawn_pairs(study),
        left_out={"without_consent_to_publish": 0, "withdrawn": 0, "item_hidden": 0, "import_discarded": 0},
    )


def _versions_used(study: Study) -> QuerySet[RubricVersion]:
    used = set(Assignment.objects.filter(study=study).order_by().values_list("rubric_version", flat=True).distinct())
    return RubricVersion.objects.filter(pk__in=used | {study.rubric_version_id}, published_at__isnull=False)


# Material -----------------------------------------------------------------------------------------


def items(scope: Scope) -> Iterator[Row]:
    shown: dict[int, list[str]] = {}
    in_order = ItemResponse.objects.filter(item__study=scope.study).order_by("item_id", "position")
    for item, response in in_order.values_list("item_id", "response__uid").iterator(chunk_size=CHUNK):
        shown.setdefault(item, []).append(str(response))
    found = Item.objects.kept().filter(study=scope.study).order_by("uid").select_related("scenario")
    for item in found.iterator(chunk_size=CHUNK):
        yield (
            str(item.uid), item.external_id, str(item.scenario.uid), item.purpose,
            canonical.dumps(shown.get(item.pk, [])), canonical.dumps(item.metadata), item.digest,
        )  # fmt: skip


def scenarios(scope: Scope) -> Iterator[Row]:
    wanted = set(Item.objects.kept().filter(study=scope.study).values_list("scenario_id", flat=True))
    bases = dict(Scenario.objects.filter(study=scope.study, shift_of__isnull=False).values_list("pk", "shift_of_id"))
    for pk in list(wanted):
        while pk in bases and bases[pk] not in wanted:
            wanted.add(pk := bases[pk])
    found = Scenario.objects.filter(study=scope.study).order_by("uid").select_related("family", "shift_of")
    for scenario in found.iterator(chunk_size=CHUNK):
        if scenario.pk in wanted:
            family, base = scenario.family, scenario.shift_of
            yield (
                str(scenario.uid), scenario.external_id or None, scenario.title or None,
                family.slug if family else None, family.title if family else None,
                canonical.dumps(scenario.messages), str(base.uid) if base else None, scenario.axis or None,
                scenario.distance, scenario.language or None, canonical.dumps(scenario.content_notes),
                scenario.digest,
            )  # fmt: skip


def responses(scope: Scope) -> Iterator[Row]:
    shown = ItemResponse.objects.filter(item__study=scope.study, item__hidden_at__isnull=True)
    found = Response.objects.filter(pk__in=shown.values("response_id")).order_by("uid")
    for response in found.select_related("scenario", "model").iterator(chunk_size=CHUNK):
        model = None if scope.hides_models else response.model
        yield (
            str(response.uid), str(response.scenario.uid), response.text,
            (model.name or None) if model else None, (model.version or None) if model else None,
            canonical.dumps(model.settings) if model else None, response.language or None, response.generated_at,
            None if scope.hides_models else canonical.dumps(response.details),
        )  # fmt: skip


def rubrics(scope: Scope) -> Iterator[Row]:
    found = RubricVersion.objects.filter(pk__in=scope.versions)
    for version in sorted(found, key=lambda version: scope.versions[version.pk]):
        yield (
            *scope.versions[version.pk], version.title, version.instructions or None, version.change_note or None,
            version.published_at, version.digest,
        )  # fmt: skip


def dimensions(scope: Scope) -> Iterator[Row]:
    for dimension in _sorted_dimensions(scope):
        yield (
            *scope.versions[dimension.version_id], dimension.slug, dimension.position, dimension.title,
            dimension.question, dimension.help or None, dimension.not_about or None, dimension.kind, dimension.level,
            dimension.line_low, dimension.line_high,
        )  # fmt: skip


def scale_points(scope: Scope) -> Iterator[Row]:
    for dimension in _sorted_dimensions(scope):
        points: list[ScalePoint] = sorted(dimension.points.all(), key=lambda point: point.value)
        for point in points:
            yield (
                *scope.versions[dimension.version_id], dimension.slug, point.value, point.code, point.text,
                point.description or None, point.apart,
            )  # fmt: skip


def _sorted_dimensions(scope: Scope) -> list[Dimension]:
    return sorted(scope.dimensions.values(), key=lambda one: (scope.versions[one.version_id], one.slug))


# People and what they did -------------------------------------------------------------------------


def annotators(scope: Scope) -> Iterator[Row]:
    for person in sorted(scope.people.by_pk.values(), key=lambda person: person.annotator_id):
        yield (
            person.annotator_id, person.code_name, person.external_id, person.imported, person.consent_version,
            *person.background, person.n_suppressed, canonical.dumps(person.details) if person.imported else None,
        )  # fmt: skip


def assignments(scope: Scope) -> Iterator[Row]:
    found = Assignment.objects.filter(study=scope.study).order_by("uid")
    columns = (
        "uid", "item_id", "participant_id", "rubric_version_id", "kind", "occasion", "state", "position",
        "response_order", "dimension_order", "seed", "eligible", "propensity", "reason", "offered_at", "opened_at",
        "ended_at",
    )  # fmt: skip
    for (
        uid,
        item,
        participant,
        version,
        kind,
        occasion,
        state,
        position,
        sides,
        questions,
        seed,
        *rest,
    ) in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if not _why_left_out(scope, item=item, participant=participant, discarded=None):
            yield (
                str(uid), scope.items[item], scope.people.by_pk[participant].annotator_id, *scope.versions[version],
                kind, occasion, state, position, canonical.dumps(sides), canonical.dumps(questions), seed or None,
                *rest,
            )  # fmt: skip


def judgments(scope: Scope) -> Iterator[Row]:
    found = Judgment.objects.filter(study=scope.study).order_by("uid")
    columns = (
        "uid", "assignment__uid", "item_id", "participant_id", "occasion", "rubric_version_id", "revision",
        "supersedes__uid", "superseded_by__pk", "status", "settled", "rationale__text", "steps_ms", "judged_at",
        "created_at", "details", "answers_digest", "brought_by__discarded_at",
    )  # fmt: skip
    for row in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if why := _why_left_out(scope, item=row[2], participant=row[3], discarded=row[17]):
            scope.left_out[why] += 1
            continue
        person = scope.people.by_pk[row[3]]
        yield (
            str(row[0]), str(row[1]), scope.items[row[2]], person.annotator_id, row[4], *scope.versions[row[5]],
            row[6], _or_none(row[7]), row[8] is None, row[9], row[10], _quoted(person, row[11]),
            canonical.dumps(row[12]), row[13], row[14], canonical.dumps(row[15]), row[16],
        )  # fmt: skip


def ratings(scope: Scope) -> Iterator[Row]:
    found = Rating.objects.filter(judgment__study=scope.study).order_by("judgment__uid", "dimension__slug")
    columns = (
        "judgment__uid", "judgment__item_id", "judgment__participant_id", "judgment__occasion",
        "judgment__superseded_by__pk", "judgment__status", "dimension_id", "form", "point", "low", "high", "both_a",
        "both_b", "labels", "reason", "text__text", "judgment__brought_by__discarded_at",
    )  # fmt: skip
    for row in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if _why_left_out(scope, item=row[1], participant=row[2], discarded=row[16]):
            continue
        person, dimension, point = scope.people.by_pk[row[2]], scope.dimensions[row[6]], row[8]
        yield (
            str(row[0]), dimension.slug, scope.items[row[1]], person.annotator_id, row[3],
            *scope.versions[dimension.version_id], row[4] is None, row[5], row[7], point,
            None if point is None else scope.labels.get((row[6], point)), *row[9:13], _labels(scope, row[6], row[13]),
            row[14] or None, _quoted(person, row[15]),
        )  # fmt: skip


def marks(scope: Scope) -> Iterator[Row]:
    found = Mark.objects.filter(judgment__study=scope.study).order_by("uid")
    columns = (
        "uid", "judgment__uid", "judgment__item_id", "judgment__participant_id", "judgment__rubric_version_id",
        "response__uid", "turn", "start", "end", "quote", "prefix", "suffix", "tag", "memo__text", "details",
        "retracts__uid", "retracted_by__pk", "judgment__brought_by__discarded_at",
    )  # fmt: skip
    for row in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if _why_left_out(scope, item=row[2], participant=row[3], discarded=row[17]):
            continue
        person = scope.people.by_pk[row[3]]
        own_word = row[12] not in scope.tags[row[4]]
        yield (
            str(row[0]), str(row[1]), scope.items[row[2]], person.annotator_id, _or_none(row[5]), *row[6:12],
            _quoted(person, row[12]) if own_word else row[12], _quoted(person, row[13]), canonical.dumps(row[14]),
            _or_none(row[15]), row[15] is None and row[16] is None,
        )  # fmt: skip


def first_readings(scope: Scope) -> Iterator[Row]:
    found = FirstReading.objects.filter(study=scope.study).order_by("uid")
    columns = (
        "uid", "assignment__uid", "assignment__item_id", "assignment__participant_id", "assignment__occasion",
        "assignment__rubric_version_id", "text__text", "text_digest", "marks", "reading_ms", "written_at",
    )  # fmt: skip
    for row in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if _why_left_out(scope, item=row[2], participant=row[3], discarded=None):
            continue
        person = scope.people.by_pk[row[3]]
        places = [_place(mark, person, scope.tags[row[5]]) for mark in row[8]]
        yield (
            str(row[0]), str(row[1]), scope.items[row[2]], person.annotator_id, row[4], _quoted(person, row[6]),
            row[7] == "", canonical.dumps(places), row[9], row[10],
        )  # fmt: skip


def _place(mark: dict[str, Any], person, offered: set[str]) -> dict[str, Any]:
    """A mark's place, with its tag where that is a word of the rubric or may be quoted."""
    tag = mark.get("tag")
    shown = tag if tag in offered else _quoted(person, tag)
    return {name: value for name, value in mark.items() if name != "tag"} | ({"tag": shown} if shown else {})


def notes(scope: Scope) -> Iterator[Row]:
    """Shared notes of people who may be quoted: a note is its author's words, so nothing of it goes without."""
    found = shared_with_researchers(scope.study).order_by("uid").select_related("text", "response")
    for note in found.iterator(chunk_size=CHUNK):
        person = scope.people.by_pk.get(note.participant_id)
        items = [pk for pk in (note.item_id, note.other_item_id) if pk is not None]
        if person is None or not person.may_be_quoted or not all(pk in scope.items for pk in items):
            continue
        yield (
            str(note.uid), person.annotator_id, note.kind, scope.items.get(note.item_id or 0),
            scope.items.get(note.other_item_id or 0), str(note.response.uid) if note.response else None, note.turn,
            note.start, note.end, note.quote or None, note.tag or None, note.text.text if note.text else None,
            note.at,
        )  # fmt: skip


def stands(scope: Scope) -> Iterator[Row]:
    found = Stand.objects.filter(participant__study=scope.study).order_by("uid")
    columns = ("uid", "participant_id", "later__item_id", "earlier__uid", "later__uid", "choice", "at")
    for uid, participant, item, earlier, later, choice, at in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if not _why_left_out(scope, item=item, participant=participant, discarded=None):
            person = scope.people.by_pk[participant]
            yield str(uid), person.annotator_id, scope.items[item], str(earlier), str(later), choice, at


def _why_left_out(scope: Scope, *, item: int, participant: int, discarded) -> str:
    if discarded is not None:
        return "import_discarded"
    if item not in scope.items:
        return "item_hidden"
    if not scope.withdrawn.isdisjoint({(participant, None), (participant, item)}):
        return "withdrawn"
    return "" if participant in scope.people.by_pk else "without_consent_to_publish"


def _labels(scope: Scope, dimension: int, labels: list[float] | None) -> str | None:
    if labels is None:
        return None
    return canonical.dumps([scope.labels[dimension, float(value)] for value in labels])


def _quoted(person, words: str | None) -> str | None:
    return (words or None) if person.may_be_quoted else None


def _or_none(uid: uuid.UUID | None) -> str | None:
    return None if uid is None else str(uid)
