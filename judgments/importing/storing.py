"""A checked dataset as rows: study, rubric, people, material and judgments, inside one transaction."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from judgments import canonical, code_names, draws, rubrics
from judgments.importing.bulk import insert, reserve, take_stock
from judgments.importing.material import model_key
from judgments.importing.outcome import Step
from judgments.importing.readings import Dataset, Reading, Thing
from judgments.importing.wording import wording_of
from judgments.models import (
    Assignment,
    Background,
    Dimension,
    ErasableText,
    Facet,
    Import,
    Item,
    ItemResponse,
    Judgment,
    Mark,
    Participant,
    Rating,
    Response,
    Rubric,
    RubricVersion,
    Scenario,
    Study,
)
from judgments.submission import digest_of

BATCH = 5_000


@dataclass(slots=True)
class Said:
    """A rating about to be written: the fields of Rating, and lighter than one."""

    dimension: Dimension
    form: str
    point: float | None
    labels: list[float] | None
    reason: str
    text_id: uuid.UUID | None
    text_digest: str
    judgment_id: int
    dimension_id: int
    low: None = None
    high: None = None
    both_a: None = None
    both_b: None = None


class Storing:
    """Stores a dataset. Needs an open transaction; everything in it can be undone until that commits."""

    def __init__(self, dataset: Dataset, digest: str, actor, now: datetime, step: Step):
        self.dataset, self.mapping = dataset, dataset.mapping
        self.digest, self.actor, self.now, self.step = digest, actor, now, step
        self.texts: list[tuple[uuid.UUID, int, bytes, str]] = []

    def store(self, counts: dict[str, int]) -> Import:
        self.version = self._rubric()
        self.study = self._study()
        self.row = Import.objects.create(
            study=self.study, kind=Import.Kind.JUDGMENTS, source=self.mapping.name, digest=self.digest,
            mapping=self.mapping.text, counts=counts, created_at=self.now,
            created_by=self.actor if self.actor is not None and self.actor.is_authenticated else None,
        )  # fmt: skip
        self._store_people()
        self._store_material()
        self._store_readings()
        take_stock(
            Participant, Background, ErasableText, Scenario, Response, Item, ItemResponse,
            Assignment, Judgment, Rating, Mark,
        )  # fmt: skip
        if not self.version.is_published:
            rubrics.publish(self.version, actor=self.actor, now=self.now)
        return self.row

    def keep(self, person: int, text: str) -> tuple[uuid.UUID | None, str]:
        """Put a person's words aside for the erasable table; their key there, and their digest."""
        if not text:
            return None, ""
        row = (uuid.uuid4(), person, canonical.new_salt(), text)
        self.texts.append(row)
        return row[0], canonical.text_digest(row[2], text)

    def _write_texts(self) -> None:
        insert(ErasableText, ["uid", "participant_id", "salt", "text"], self.texts)
        self.texts.clear()

    # Study and rubric -----------------------------------------------------------------------------

    def _rubric(self) -> RubricVersion:
        """The rubric of this mapping: the published version with the same wording, or a new draft of it."""
        slug = f"imported-{self.mapping.slug}"[:80]
        lineage, _ = Rubric.objects.get_or_create(slug=slug, defaults={"title": self.mapping.title})
        version = rubrics.build(lineage, wording_of(self.mapping, self.dataset))
        digest = canonical.digest(rubrics.definition(version))
        same = lineage.versions.filter(digest=digest).first()
        if same is None:
            return version
        version.delete()
        return same

    def _study(self) -> Study:
        facets = {facet.column: facet.slug for facet in self.mapping.facets}
        subsets = {
            name: {"where": {facets.get(column, column): values for column, values in where.items()}}
            for name, where in self.mapping.subsets.items()
        }
        return Study.objects.create(
            slug=self.mapping.slug, title=self.mapping.title, description=self.mapping.description,
            licence=self.mapping.licence, attribution=self.mapping.attribution,
            content_warning=self.mapping.content_warning, rubric_version=self.version, subsets=subsets,
            state=Study.State.CLOSED, origin=Study.Origin.IMPORTED, models_hidden=False,
        )  # fmt: skip

    # People ---------------------------------------------------------------------------------------

    def _store_people(self) -> None:
        people = self.dataset.people
        self.person_keys = reserve(Participant, len(people))
        names = self._code_names([person.id for person in people])
        rows = [
            (key, uuid.uuid4(), name, person.id, person.details)
            for key, name, person in zip(self.person_keys, names, people, strict=True)
        ]
        columns = ["id", "uid", "code_name", "external_id", "details"]
        insert(Participant, columns, rows, study_id=self.study.pk, brought_by_id=self.row.pk, joined_at=self.now)
        self._store_background()

    def _code_names(self, ids: list[str]) -> list[str]:
        """A name for each person, drawn from the study's seed and their id: it says nothing about their order."""
        seeds = {id_: draws.key(self.study.seed, "code name", id_) for id_ in ids}
        drawn: dict[str, str] = {}
        taken: set[str] = set()
        for id_ in sorted(ids, key=seeds.__getitem__):
            rng, words = random.Random(seeds[id_]), 2  # noqa: S311  The study's seed is the secret.
            while (name := code_names.draw(rng, words=words)) in taken:
                words = 3
            taken.add(name)
            drawn[id_] = name
        return [drawn[id_] for id_ in ids]

    def _store_background(self) -> None:
        rows = []
        for place, spec in enumerate(self.mapping.facets):
            facet = Facet.objects.create(
                study=self.study, slug=spec.slug, title=spec.title, question=spec.question, position=place
            )
            for key, person in zip(self.person_keys, self.dataset.people, strict=True):
                uid, digest = self.keep(key, person.facets[place])
                if uid is not None:
                    rows.append((key, facet.pk, uid, digest))
        self._write_texts()
        # The dataset's licence allows both; its people were asked by those who published it.
        insert(
            Background, ["participant_id", "facet_id", "text_id", "text_digest"], rows,
            may_analyse=True, may_publish=True, given_at=self.now,
        )  # fmt: skip

    # Material -------------------------------------------------------------------------------------

    def _store_material(self) -> None:
        things, spec = self.dataset.things, self.mapping.items
        turns = [self._turns(thing) for thing in things]
        scenario_of = self._store_scenarios(turns)
        self.item_keys = reserve(Item, len(things))
        self.responses = list(zip(reserve(Response, len(things)), (uuid.uuid4() for _ in things), strict=True))
        models: dict[str, int] = {}
        items, responses, shown = [], [], []
        for number, thing in enumerate(things):
            item, (response, uid) = self.item_keys[number], self.responses[number]
            scenario = scenario_of[canonical.digest(turns[number])]
            model = model_key(models, thing.model, thing.version) if thing.model else None
            digest = canonical.digest([turns[number], [[thing.response, thing.model, thing.version, {}]]])
            items.append((item, uuid.uuid4(), number, thing.id, scenario, thing.metadata, digest))
            responses.append((response, uid, scenario, model, thing.response))
            shown.append((item, response))
        columns = ["id", "uid", "scenario_id", "model_id", "text"]
        insert(Response, columns, responses, language=spec.response_language)
        columns = ["id", "uid", "number", "external_id", "scenario_id", "metadata", "digest"]
        insert(Item, columns, items, study_id=self.study.pk, brought_by_id=self.row.pk, created_at=self.now)
        insert(ItemResponse, ["item_id", "response_id"], shown, position=0)

    def _turns(self, thing: Thing) -> list[dict[str, str]]:
        if not thing.prompt:
            return []
        language = self.mapping.items.language
        return [{"role": "person", "content": thing.prompt} | ({"lang": language} if language else {})]

    def _store_scenarios(self, turns: list[list[dict[str, str]]]) -> dict[str, int]:
        """One scenario for all items with the same turns; its key by the digest of the turns."""
        first: dict[str, int] = {}
        for place, said in enumerate(turns):
            first.setdefault(canonical.digest(said), place)
        keys = dict(zip(first, reserve(Scenario, len(first)), strict=True))
        things = self.dataset.things
        rows = [
            (keys[digest], uuid.uuid4(), things[place].id, things[place].title, turns[place], digest)
            for digest, place in first.items()
        ]
        columns = ["id", "uid", "external_id", "title", "messages", "digest"]
        notes = list(self.mapping.items.content_notes)
        language = self.mapping.items.language
        insert(Scenario, columns, rows, study_id=self.study.pk, content_notes=notes, language=language)
        return keys

    # Judgments ------------------------------------------------------------------------------------

    def _store_readings(self) -> None:
        of_slug = {dimension.slug: dimension for dimension in self.version.dimensions.all()}
        self.dimensions: list[Dimension] = [of_slug[spec.slug] for spec in self.mapping.dimensions]
        self.digests: dict[Any, str] = {}
        self.positions = [0] * len(self.person_keys)
        readings = self.dataset.readings
        for start in range(0, len(readings), BATCH):
            self._store_batch(start, readings[start : start + BATCH])
            self.step(min(start + BATCH, len(readings)), len(readings), "storing judgments")

    def _store_batch(self, start: int, batch: list[Reading]) -> None:
        promises, keys = reserve(Assignment, len(batch)), reserve(Judgment, len(batch))
        insert(
            Assignment,
            ["id", "uid", "item_id", "participant_id", "occasion", "position", "offered_at", "ended_at"],
            self._assignments(promises, batch),
            study_id=self.study.pk, rubric_version_id=self.version.pk, state=Assignment.State.JUDGED,
            reason="imported",
        )  # fmt: skip
        judgments, ratings, marks = [], [], []
        for offset, reading in enumerate(batch):
            person = self.person_keys[reading.person]
            rationale, rationale_digest = self.keep(person, reading.rationale)
            said = self._ratings(keys[offset], person, reading)
            marked = self._marks(keys[offset], reading)
            digest = self._answers_digest(rationale_digest, said, marked, reading)
            spent = {} if reading.duration_ms is None else {"all": reading.duration_ms}
            judgments.append((
                keys[offset], uuid.uuid4(), promises[offset], self.item_keys[reading.item], person, reading.occasion,
                uuid.uuid5(self.row.uid, str(start + offset)), digest, rationale, rationale_digest, spent,
                reading.details, reading.judged_at,
            ))  # fmt: skip
            ratings += said
            marks += marked
        self._write_texts()
        self._write(judgments, ratings, marks)

    def _write(self, judgments: list[tuple], ratings: list[Said], marks: list[Mark]) -> None:
        columns = [
            "id", "uid", "assignment_id", "item_id", "participant_id", "occasion", "key", "answers_digest",
            "rationale_id", "rationale_digest", "steps_ms", "details", "judged_at",
        ]  # fmt: skip
        insert(
            Judgment, columns, judgments, study_id=self.study.pk, rubric_version_id=self.version.pk,
            brought_by_id=self.row.pk, created_at=self.now,
        )  # fmt: skip
        names = ["judgment_id", "dimension_id", "form", "point", "labels", "reason", "text_id", "text_digest"]
        insert(Rating, names, ([getattr(rating, name) for name in names] for rating in ratings))
        names = [
            "uid", "judgment_id", "response_id", "turn", "start", "end", "quote", "prefix", "suffix", "tag",
            "details",
        ]  # fmt: skip
        insert(Mark, names, ([getattr(mark, name) for name in names] for mark in marks))

    def _assignments(self, keys: list[int], batch: list[Reading]) -> Iterator[tuple]:
        for key, reading in zip(keys, batch, strict=True):
            position = self.positions[reading.person]
            self.positions[reading.person] += 1
            person, item = self.person_keys[reading.person], self.item_keys[reading.item]
            at = reading.judged_at or self.now
            yield key, uuid.uuid4(), item, person, reading.occasion, position, at, reading.judged_at

    def _ratings(self, judgment: int, person: int, reading: Reading) -> list[Said]:
        found = []
        for dimension, value in zip(self.dimensions, reading.values, strict=True):
            if value is None:
                continue
            text, digest = self.keep(person, value.text)
            labels = None if value.labels is None else list(value.labels)
            form, key = str(value.form), dimension.pk
            said = Said(dimension, form, value.point, labels, value.reason, text, digest, judgment, key)
            found.append(said)
        return found

    def _marks(self, judgment: int, reading: Reading) -> list[Mark]:
        found = []
        for passage in reading.passages:
            key, uid = self.responses[reading.item]
            mark = Mark(
                judgment_id=judgment, turn=0 if passage.in_prompt else None, start=passage.start, end=passage.end,
                tag=passage.tag, details=passage.details, **passage.quoted,
            )  # fmt: skip
            if not passage.in_prompt:
                mark.response = Response(pk=key, uid=uid)
            found.append(mark)
        return found

    def _answers_digest(self, rationale: str, said: list[Said], marked: list[Mark], reading: Reading) -> str:
        """The digest that a judgment given here would have. Equal answers without words or marks share one."""
        plain = not rationale and not marked and not any(rating.text_digest for rating in said)
        if plain and reading.values in self.digests:
            return self.digests[reading.values]
        digest = digest_of(Judgment(rationale_digest=rationale), said, marked)  # type: ignore[arg-type]
        if plain:
            self.digests[reading.values] = digest
        return digest
