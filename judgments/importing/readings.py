"""The tables of a published dataset, read and checked: items, people, and who said what of which item."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from judgments.importing import passages, tables
from judgments.importing.limits import Limits
from judgments.importing.mapping import Mapping, RatingsMap, Where
from judgments.importing.outcome import Step
from judgments.importing.passages import Passage
from judgments.importing.problems import Problems
from judgments.importing.scales import OffScale, Scale, Value
from judgments.importing.sources import Row, Source
from judgments.importing.values import id_problem, is_blank, joined, written

EPOCH = re.compile(r"-?\d{1,16}(\.\d+)?\Z", re.ASCII)
STEP = 10_000


@dataclass(slots=True)
class Thing:
    """An item of a dataset. No text: the response is not text."""

    line: int
    id: str
    prompt: str
    response: str | None
    model: str
    version: str
    title: str
    metadata: dict[str, Any]


@dataclass(slots=True)
class Person:
    line: int
    id: str
    facets: tuple[str, ...]
    details: dict[str, Any]


@dataclass(slots=True)
class Reading:
    """One judgment of a dataset: `item` and `person` are places in the dataset's lists."""

    line: int
    item: int
    person: int
    occasion: int
    values: tuple[Value | None, ...]
    judged_at: datetime | None = None
    duration_ms: int | None = None
    rationale: str = ""
    passages: list[Passage] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


class Dataset:
    """Everything a mapping names, read whole. Raises ImportRefused with every located problem."""

    def __init__(self, mapping: Mapping, files: dict[str, Path], limits: Limits, problems: Problems, step: Step):
        self.mapping, self.problems, self.step = mapping, problems, step
        self.sources = {name: Source(path, name, limits, problems) for name, path in files.items()}
        self.things: list[Thing] = []
        self.people: list[Person] = []
        self.readings: list[Reading] = []
        self.left_out: dict[str, int] = {}
        self.not_placed = 0
        self.clipped = 0
        self.blank_texts = 0
        self.repeats = 0
        self.columns: dict[str, set[str]] = {"items": set(), "annotators": set(), "ratings": set()}
        self._thing_of: dict[str, int] = {}
        self._person_of: dict[str, int] = {}
        self._read_items()
        self._read_people()
        problems.refuse_if_any()
        self._read_ratings()
        self._check_subsets()
        problems.refuse_if_any()

    def note(self, file: str, line: int, column: str, code: str, message: str) -> None:
        self.problems.add(file, line, column, code, message)

    def rows(self, table: str, file: str, needed: Iterable[str]) -> Iterator[Row]:
        """The rows of a table that are not left out; every needed column must be in the file."""
        source, needed = self.sources[file], [column for column in dict.fromkeys(needed) if column]
        rules = [rule for rule in self.mapping.excludes if rule.of == table]
        needed += [column for rule in rules for column in rule.where]
        has_header, seen = tables.has_header(source), self.columns[table]
        for count, row in enumerate(tables.rows(source), 1):
            seen.update(row.values)
            if has_header and count == 1:
                self._check_columns(source, needed, seen)
            if count % STEP == 0:
                self.step(count, None, f"checking {table}")
            rule = next((rule for rule in rules if _fits(row, rule.where)), None)
            if rule is None:
                yield row
            else:
                self._leave_out(table, rule.where, rule.why)
        self._check_columns(source, needed, seen)

    def _check_columns(self, source: Source, needed: list[str], seen: set[str]) -> None:
        missing = [column for column in dict.fromkeys(needed) if column not in seen]
        there = ", ".join(sorted(seen)[:30])
        for column in missing:
            self.note(source.name, 1, column, "missing_column", f"There is no such column. The columns are: {there}.")
        if missing:
            self.problems.refuse_if_any()

    def _leave_out(self, table: str, where: Where, why: str) -> None:
        rule = " and ".join(f"{column} is {' or '.join(values)}" for column, values in where.items())
        words = f"rows of {table} left out because {rule}" + (f" ({why})" if why else "")
        self.left_out[words] = self.left_out.get(words, 0) + 1

    def key(self, file: str, row: Row, columns: tuple[str, ...], taken: dict[str, int] | None = None) -> str | None:
        """The id that key columns make; None, with a problem noted, where it is none or is taken."""
        values = [row.values.get(column) for column in columns]
        if not all(map(_can_be_key, values)):
            self.note(file, row.line, columns[0], "id", "A key is text or a whole number.")
            return None
        parts = [written(value) for value in values]
        for column, part in zip(columns, parts, strict=True):
            if why := id_problem(part):
                self.note(file, row.line, column, "id", why)
                return None
        key = joined(parts)
        if why := id_problem(key):
            self.note(file, row.line, columns[0], "id", why)
            return None
        if taken is not None and key in taken:
            self.note(file, row.line, columns[0], "duplicate_id", f"{key!r} was there before.")
            return None
        return key

    def text(self, file: str, row: Row, column: str) -> str:
        """A text kept as it is; empty where there is none."""
        value = row.values.get(column) if column else None
        if isinstance(value, list) and len(value) <= 1:
            value = value[0] if value else None
        if value is not None and not isinstance(value, str):
            if isinstance(value, (dict, list)):
                self.note(file, row.line, column, "type", "This is not text.")
                return ""
            value = written(value)
        return value or ""

    # Items and people -----------------------------------------------------------------------------

    def _read_items(self) -> None:
        spec = self.mapping.items
        shared = spec.file == self.mapping.ratings.file
        used = {*spec.columns, *spec.content_notes, *spec.ignore}
        for row in self.rows("items", spec.file, spec.columns):
            id_ = self.key(spec.file, row, spec.key, None if shared else self._thing_of)
            if id_ is None:
                continue
            response = self.text(spec.file, row, spec.response) if spec.response else None
            metadata = {} if shared else _rest(row, used, self._asked())
            thing = Thing(
                row.line, id_, self.text(spec.file, row, spec.prompt), response,
                self.text(spec.file, row, spec.model)[:200], self.text(spec.file, row, spec.version)[:200],
                self.text(spec.file, row, spec.title)[:200], metadata,
            )  # fmt: skip
            self._keep_thing(thing, row)

    def _keep_thing(self, thing: Thing, row: Row) -> None:
        spec, before = self.mapping.items, self._thing_of.get(thing.id)
        if before is not None:
            first = self.things[before]
            if (first.prompt, first.response, first.model) != (thing.prompt, thing.response, thing.model):
                words = f"Line {first.line} has other texts for this item."
                self.note(spec.file, row.line, spec.key[0], "other_content", words)
            return
        for column, text in ((spec.prompt, thing.prompt), (spec.response, thing.response)):
            if column and is_blank(text or ""):
                self.note(spec.file, row.line, column, "blank", "This text is blank.")
        self._thing_of[thing.id] = len(self.things)
        self.things.append(thing)

    def _read_people(self) -> None:
        spec, columns = self.mapping.annotators, [facet.column for facet in self.mapping.facets]
        shared = spec.file == self.mapping.ratings.file
        used = {*spec.key, *columns, *spec.ignore}
        for row in self.rows("annotators", spec.file, [*spec.key, *columns]):
            id_ = self.key(spec.file, row, spec.key, None if shared else self._person_of)
            if id_ is None:
                continue
            facets = tuple(self.text(spec.file, row, column) for column in columns)
            before = self._person_of.get(id_)
            if before is None:
                details = {} if shared else _rest(row, used, self._asked())
                self._person_of[id_] = len(self.people)
                self.people.append(Person(row.line, id_, facets, details))
            elif self.people[before].facets != facets:
                words = f"Line {self.people[before].line} says something else about this person."
                self.note(spec.file, row.line, spec.key[0], "other_content", words)

    def _asked(self) -> set[str]:
        """Columns that subsets ask for: kept even where they are used for something else."""
        facets = {facet.column for facet in self.mapping.facets}
        return {column for where in self.mapping.subsets.values() for column in where} - facets

    def _check_subsets(self) -> None:
        kept = {
            "items": self.columns["items"] - self.mapping.items.ignore,
            "annotators": self.columns["annotators"] - self.mapping.annotators.ignore,
            "ratings": self.columns["ratings"] - self.mapping.ratings.ignore,
        }
        there = set().union(*kept.values())
        for name, where in self.mapping.subsets.items():
            for column in set(where) - there:
                line = self.mapping.lines.of(f"subset.{name}", "where")
                self.note(
                    self.mapping.name,
                    line,
                    f"subset.{name}",
                    "missing_column",
                    f"No table keeps a column {column!r}.",
                )

    # Ratings --------------------------------------------------------------------------------------

    def _read_ratings(self) -> None:
        spec = self.mapping.ratings
        reader = _RatingReader(self)
        if spec.several_rows:
            self.readings = reader.grouped(self.rows("ratings", spec.file, reader.needed))
        else:
            self.readings = reader.single(self.rows("ratings", spec.file, reader.needed))

    def pair(self, row: Row) -> tuple[int, int] | None:
        """The places of a rating's item and person; None, with a problem noted, where one is not known."""
        spec = self.mapping.ratings
        item = self._place(row, spec.item, self._thing_of, "item")
        person = self._place(row, spec.annotator, self._person_of, "annotator")
        return None if item is None or person is None else (item, person)

    def _place(self, row: Row, columns: tuple[str, ...], places: dict[str, int], kind: str) -> int | None:
        raw = row.values.get(columns[0])
        if len(columns) == 1 and type(raw) is str and raw in places:
            return places[raw]
        file = self.mapping.ratings.file
        key = self.key(file, row, columns)
        if key is not None and key not in places:
            self.note(file, row.line, columns[0], "unknown_id", f"There is no {kind} {key!r}.")
        return None if key is None else places.get(key)


class _RatingReader:
    """Turns the rows of the ratings into readings, one or several rows to each."""

    def __init__(self, dataset: Dataset):
        self.dataset, self.mapping, self.spec = dataset, dataset.mapping, dataset.mapping.ratings
        self.file = self.spec.file
        self.scales = [(dimension.column, Scale(dimension)) for dimension in self.mapping.dimensions]
        self.spans = passages.Spans(dataset) if self.mapping.spans else None
        named = [*self.spec.key, *self.spec.item, *self.spec.annotator, self.spec.time, self.spec.duration_ms]
        self.needed = [*named, *(column for column, _ in self.scales), *self.mapping.rationale]
        self.needed += self.spans.columns if self.spans else []
        self._used = {*self.needed, *self.spec.ignore, *self.mapping.items.columns, *(
            facet.column for facet in self.mapping.facets
        ), *self.mapping.annotators.key, *(self.spans.fields if self.spans else [])} - {""}  # fmt: skip
        self._asked = dataset._asked()

    def single(self, rows: Iterable[Row]) -> list[Reading]:
        """A reading for each row; of a pair that was there before, what `duplicates` says."""
        found, times = [], {}  # type: ignore[var-annotated]
        for row in rows:
            pair = self.dataset.pair(row)
            if pair is None:
                continue
            occasion = times.get(pair, 0)
            if occasion and not self._repeats(row):
                continue
            times[pair] = occasion + 1
            found.append(self._reading(pair, occasion, [row]))
        return found

    def grouped(self, rows: Iterable[Row]) -> list[Reading]:
        """A reading for each pair, in the order in which pairs first appear."""
        of_pair: dict[tuple[int, int], list[Row]] = {}
        for row in rows:
            pair = self.dataset.pair(row)
            if pair is not None:
                of_pair.setdefault(pair, []).append(row)
        return [self._reading(pair, 0, together) for pair, together in of_pair.items()]

    def _repeats(self, row: Row) -> bool:
        """Whether a second row of a pair is kept."""
        if self.mapping.duplicates == "refuse":
            words = (
                "This annotator judged this item on a line before. duplicates = ... in the mapping says what to do."
            )
            self.dataset.note(self.file, row.line, self.spec.item[0], "duplicate_pair", words)
            return False
        self.dataset.repeats += 1
        return self.mapping.duplicates == "repeat"

    def _reading(self, pair: tuple[int, int], occasion: int, rows: list[Row]) -> Reading:
        values = tuple(self._value(column, scale, rows) for column, scale in self.scales)
        reading = Reading(rows[0].line, pair[0], pair[1], occasion, values)
        times = [moment for row in rows if (moment := self._moment(row)) is not None]
        reading.judged_at = max(times, default=None)
        reading.duration_ms = self._duration(rows)
        reading.rationale = self._rationale(rows)
        reading.details = self._details(rows)
        if self.spans:
            self.spans.read(reading, rows)
        return reading

    def _value(self, column: str, scale: Scale, rows: list[Row]) -> Value | None:
        try:
            if len(rows) == 1 and scale.dimension.aggregate != "count":
                raw = rows[0].values.get(column)
                value = scale.value(raw)
                if value is None and scale.dimension.level == "open" and raw:
                    self.dataset.blank_texts += 1
                return value
            return scale.combined([row.values.get(column) for row in rows])
        except OffScale as why:
            # Where several rows make a judgment, the row at fault is found by reading each alone.
            line = next((row.line for row in rows if self._is_off(scale, row.values.get(column))), rows[0].line)
            self.dataset.note(self.file, line, column, "off_scale", str(why))
            return None

    @staticmethod
    def _is_off(scale: Scale, raw: Any) -> bool:
        if scale.dimension.aggregate == "count":
            return False
        try:
            scale.value(raw)
        except OffScale:
            return True
        return False

    def _moment(self, row: Row) -> datetime | None:
        raw = row.values.get(self.spec.time) if self.spec.time else None
        if raw in (None, ""):
            return None
        try:
            return moment(written(raw), self.spec)
        except (ValueError, OverflowError, OSError) as why:
            words = f"{written(raw)[:40]!r} is no time that can be read: {why}."
            self.dataset.note(self.file, row.line, self.spec.time, "time", words)
            return None

    def _duration(self, rows: list[Row]) -> int | None:
        if not self.spec.duration_ms:
            return None
        total = 0.0
        for row in rows:
            text = written(row.values.get(self.spec.duration_ms))
            if text and not (EPOCH.match(text) and 0 <= float(text) < 2**53):
                words = "A duration is a number of milliseconds."
                self.dataset.note(self.file, row.line, self.spec.duration_ms, "duration", words)
            elif text:
                total = max(total, float(text))
        return round(total) if total else None

    def _rationale(self, rows: list[Row]) -> str:
        """The rationale's columns, those that say something, a blank line between."""
        said = []
        for row in rows:
            for column in self.mapping.rationale:
                text = self.dataset.text(self.file, row, column)
                if text and is_blank(text):
                    self.dataset.blank_texts += 1
                elif text and text not in said:
                    said.append(text)
        return "\n\n".join(said)

    def _details(self, rows: list[Row]) -> dict[str, Any]:
        found = [_rest(row, self._used, self._asked) for row in rows]
        if len(rows) == 1:
            return found[0]
        together: dict[str, Any] = {"rows": len(rows)}
        for name in dict.fromkeys(name for rest in found for name in rest):
            values = [rest.get(name) for rest in found]
            together[name] = values[0] if all(value == values[0] for value in values) else values
        return together


def moment(text: str, spec: RatingsMap) -> datetime:
    """A time as the mapping's `time_unit` says; without one, a number in a column named …_ms is milliseconds.

    An ISO time without an offset is taken as UTC. Raises ValueError, OverflowError or OSError.
    """
    if not EPOCH.match(text):
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    unit = spec.time_unit or ("ms" if spec.time.endswith("_ms") else "")
    if unit not in ("s", "ms"):
        raise ValueError('for numbers, time_unit = "s" or "ms" is needed')
    return datetime.fromtimestamp(float(text) / (1000 if unit == "ms" else 1), UTC)


def _can_be_key(value: Any) -> bool:
    if isinstance(value, float):
        return value.is_integer()  # As pandas writes whole numbers beside missing ones.
    return value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))


def _fits(row: Row, where: Where) -> bool:
    return all(written(row.values.get(column)) in values for column, values in where.items())


def _rest(row: Row, used: set[str], asked: set[str]) -> dict[str, Any]:
    """The columns that are kept as they are, beside what the mapping uses."""
    return {
        name: value for name, value in row.values.items()
        if (name not in used or name in asked) and value is not None and value != ""
    }  # fmt: skip
