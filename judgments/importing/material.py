"""Scenarios, responses and items as rows: which rows share a scenario, and how all are written."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils.text import slugify

from judgments import canonical
from judgments.importing.bulk import insert, reserve
from judgments.importing.itemrows import Answered, ItemRow
from judgments.importing.sources import Source
from judgments.models import Family, Import, Item, ItemResponse, ModelVersion, Response, Scenario, Study

FACTS = ("family", "axis", "distance", "shift_of", "title", "language", "content_notes")


@dataclass(slots=True)
class _Place:
    """A scenario that rows of the file share. `key`: its row in the database, once there is one."""

    line: int
    external_id: str
    digest: str
    facts: dict[str, Any] = field(default_factory=dict)
    key: int | None = None
    is_met: bool = False
    """Whether the study had it before."""


class Scenarios:
    """The scenarios of a file. Rows with one scenario id, or with the same turns, share one."""

    def __init__(self, source: Source):
        self.source, self.problems = source, source.problems
        self.places: list[_Place] = []
        self._by_id: dict[str, int] = {}
        self._by_turns: dict[str, int] = {}
        self._of_item: dict[str, int] = {}
        self.bases: dict[str, int] = {}
        """Scenarios of the study, by id, that shifts of this file name as their base."""

    def place(self, item: ItemRow) -> int:
        """The place of a row's scenario; what the row says about it must agree with the rows before."""
        digest = item.turns_digest
        found = self._by_id.get(item.scenario) if item.scenario else self._by_turns.get(digest)
        if found is None:
            found = len(self.places)
            facts = {name: item.facts[name] for name in FACTS if name in item.facts}
            self.places.append(_Place(item.line, item.scenario or item.id, digest, facts))
            self._by_id.setdefault(item.scenario or item.id, found)
            self._by_turns.setdefault(digest, found)
        else:
            self._agree(self.places[found], item, digest)
        self._of_item[item.id] = found
        return found

    def _agree(self, place: _Place, item: ItemRow, digest: str) -> None:
        if place.digest != digest:
            words = f"The scenario {item.scenario!r} has other turns on line {place.line}."
            self.problems.add(self.source.name, item.line, "scenario", "scenario_differs", words)
        for name, value in item.facts.items():
            if place.facts.setdefault(name, value) != value:
                words = f"Line {place.line} says {place.facts[name]!r} of the same scenario."
                self.problems.add(self.source.name, item.line, name, "scenario_differs", words)

    def base_of(self, place: _Place) -> int | None:
        """The place of the scenario this one is a shift of; None where it is not in the file."""
        named = place.facts.get("shift_of", "")
        return self._by_id.get(named, self._of_item.get(named))

    def check_shifts(self) -> None:
        """No scenario may be a shift of itself, directly or round about."""
        for place in self.places:
            if "shift_of" not in place.facts:
                continue
            seen, current = {id(place)}, place
            while (base := self.base_of(current)) is not None:
                current = self.places[base]
                if id(current) in seen:
                    words = "This scenario is, directly or round about, a shift of itself."
                    self.problems.add(self.source.name, place.line, "shift_of", "shift", words)
                    break
                seen.add(id(current))

    def meet(self, study: Study) -> None:
        """Find the scenarios that the study has already; note what disagrees with them and bases nobody has."""
        by_id = {place.external_id: place for place in self.places}
        by_turns = {self.places[index].digest: self.places[index] for index in self._by_turns.values()}
        in_use = Item.objects.kept().filter(scenario=OuterRef("pk"))
        shown = Scenario.objects.filter(Exists(in_use), study=study)
        names = ("pk", "external_id", "digest", *(name for name in FACTS if name not in ("family", "shift_of")))
        for known in shown.values("family__title", "shift_of__external_id", *names).iterator(chunk_size=5_000):
            place = by_id.get(known["external_id"]) or by_turns.get(known["digest"])
            if place is not None and place.key is None:
                self._meet_one(place, known)
        wanted = {place.facts["shift_of"]: place for place in self.places if "shift_of" in place.facts}
        missing = {named: place for named, place in wanted.items() if self.base_of(place) is None}
        self._find_bases(study, missing)

    def _meet_one(self, place: _Place, known: dict[str, Any]) -> None:
        said = known | {"family": known["family__title"], "shift_of": known["shift_of__external_id"]}
        if known["digest"] != place.digest:
            words = f"The study has a scenario {place.external_id!r} with other turns."
            self.problems.add(self.source.name, place.line, "scenario", "scenario_differs", words)
        for name, value in place.facts.items():
            if name != "shift_of" and said[name] != value:
                words = f"The study says {said[name] or 'nothing'!r} of the same scenario."
                self.problems.add(self.source.name, place.line, name, "scenario_differs", words)
        place.key, place.is_met = known["pk"], True

    def _find_bases(self, study: Study, missing: dict[str, _Place]) -> None:
        if not missing:
            return
        named = list(missing)
        self.bases = dict(
            Item.objects.kept().filter(study=study, external_id__in=named).values_list("external_id", "scenario_id")
        )
        self.bases |= dict(
            Scenario.objects.filter(study=study, external_id__in=named).values_list("external_id", "pk")
        )
        for name, place in missing.items():
            if name not in self.bases:
                words = f"There is no scenario or item {name!r} in the file or the study."
                self.problems.add(self.source.name, place.line, "shift_of", "shift", words)


class Writer:
    """Writes checked rows, batch by batch. `counts` grows with what was written."""

    def __init__(self, study: Study, scenarios: Scenarios, row: Import, now: datetime):
        self.study, self.scenarios, self.row, self.now = study, scenarios, row, now
        self.counts = {"items": 0, "scenarios": 0, "responses": 0}
        self._models: dict[str, int] = {}
        self._families: dict[str, int] = {}
        highest = Item.objects.filter(study=study).aggregate(highest=Max("number"))["highest"]
        self._number = 0 if highest is None else highest + 1

    def write(self, items: Iterable[tuple[ItemRow, int]], size: int) -> Iterator[int]:
        """Write all rows, yielding after each batch how many are done."""
        waiting = iter(items)
        while batch := list(islice(waiting, size)):
            self._write_scenarios(batch)
            self._write_items(batch)
            yield self.counts["items"]
        self._link_shifts()

    def _write_scenarios(self, batch: list[tuple[ItemRow, int]]) -> None:
        turns: dict[int, list[dict[str, str]]] = {}
        for item, index in batch:
            if self.scenarios.places[index].key is None:
                turns.setdefault(index, item.messages)
        rows = []
        for key, (index, messages) in zip(reserve(Scenario, len(turns)), turns.items(), strict=True):
            place = self.scenarios.places[index]
            place.key = key
            facts = place.facts
            rows.append((
                key, uuid.uuid4(), self._family(facts.get("family")), place.external_id, facts.get("title", ""),
                messages, facts.get("axis", ""), facts.get("distance"), facts.get("content_notes", []),
                facts.get("language", ""), place.digest,
            ))  # fmt: skip
        columns = ["id", "uid", "family_id", "external_id", "title", "messages", "axis", "distance", "content_notes",
                   "language", "digest"]  # fmt: skip
        insert(Scenario, columns, rows, study_id=self.study.pk)
        self.counts["scenarios"] += len(rows)

    def _write_items(self, batch: list[tuple[ItemRow, int]]) -> None:
        keys = reserve(Item, len(batch))
        of_responses = iter(reserve(Response, sum(len(item.responses) for item, _ in batch)))
        items, responses, shown = [], [], []
        for key, (item, index) in zip(keys, batch, strict=True):
            scenario = self.scenarios.places[index].key
            items.append(
                (key, uuid.uuid4(), self._number, item.id, scenario, item.purpose, item.metadata, item.digest)
            )
            self._number += 1
            for position, given in enumerate(item.responses):
                response = next(of_responses)
                language = item.facts.get("language", "")
                responses.append((response, uuid.uuid4(), scenario, self._model(given), given.text, language))
                shown.append((key, response, position))
        insert(Response, ["id", "uid", "scenario_id", "model_id", "text", "language"], responses)
        columns = ["id", "uid", "number", "external_id", "scenario_id", "purpose", "metadata", "digest"]
        insert(Item, columns, items, study_id=self.study.pk, brought_by_id=self.row.pk, created_at=self.now)
        insert(ItemResponse, ["item_id", "response_id", "position"], shown)
        self.counts["items"] += len(items)
        self.counts["responses"] += len(responses)

    def _model(self, given: Answered) -> int | None:
        if not given.name:
            return None
        return model_key(self._models, given.name, given.version, given.settings)

    def _family(self, title: str | None) -> int | None:
        if not title:
            return None
        if title not in self._families:
            slug = slugify(title)[:60] or "family"
            known = Family.objects.filter(study=self.study, title=title).first()
            taken = Family.objects.filter(study=self.study, slug=slug).exists()
            slug = f"{slug}-{canonical.digest(title)[:8]}" if taken else slug
            known = known or Family.objects.create(study=self.study, slug=slug, title=title)
            self._families[title] = known.pk
        return self._families[title]

    def _link_shifts(self) -> None:
        changed = []
        for place in self.scenarios.places:
            if "shift_of" in place.facts and not place.is_met:
                base = self.scenarios.base_of(place)
                key = (
                    self.scenarios.places[base].key
                    if base is not None
                    else self.scenarios.bases[place.facts["shift_of"]]
                )
                changed.append(Scenario(pk=place.key, shift_of_id=key))
        Scenario.objects.bulk_update(changed, ["shift_of"], batch_size=500)


def model_key(known: dict[str, int], name: str, version: str = "", settings: dict[str, Any] | None = None) -> int:
    """The row of a model at a version with its settings, made where it is new. known: what was asked before."""
    digest = canonical.digest([name, version, settings or {}])
    if digest not in known:
        values = {"name": name, "version": version, "settings": settings or {}}
        known[digest] = ModelVersion.objects.get_or_create(digest=digest, defaults=values)[0].pk
    return known[digest]
