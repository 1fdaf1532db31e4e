"""Marks of a published dataset: each place is compared with the text it lies in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from judgments.importing.sources import Row
from judgments.importing.values import WHOLE_NUMBER, written
from judgments.models import quoted

if TYPE_CHECKING:
    from judgments.importing.readings import Dataset, Reading


@dataclass(slots=True)
class Passage:
    """in_prompt: whether it lies in the prompt, the scenario's turn 0, rather than in the response.

    quoted: quote, prefix and suffix.
    """

    in_prompt: bool
    start: int
    end: int
    quoted: dict[str, str]
    tag: str
    details: dict[str, Any] = field(default_factory=dict)


class Spans:
    """Reads the marks of a judgment from its rows. columns: those that must be in the file."""

    def __init__(self, dataset: Dataset):
        assert dataset.mapping.spans is not None
        self.dataset, self.spec, self.file = dataset, dataset.mapping.spans, dataset.mapping.ratings.file
        inner = [self.spec.start, self.spec.end, self.spec.side, self.spec.text]
        self.columns = [self.spec.column] if self.spec.column else [name for name in inner if name]
        self.fields = [name for name in (self.spec.tag, *self.spec.details) if name]

    def read(self, reading: Reading, rows: list[Row]) -> None:
        thing = self.dataset.things[reading.item]
        for row in rows:
            for span in self._spans(row):
                in_prompt = self._in_prompt(row, span)
                if in_prompt is not None:
                    self._place(reading, row, span, in_prompt, (thing.prompt if in_prompt else thing.response) or "")

    def _spans(self, row: Row) -> list[dict[str, Any]]:
        if not self.spec.column:
            has_place = row.values.get(self.spec.start) not in (None, "")
            return [row.values] if has_place else []
        found = row.values.get(self.spec.column)
        if found in (None, ""):
            return []
        if not isinstance(found, list) or not all(isinstance(span, dict) for span in found):
            self._note(row, "This is a list of spans, each with its start and end.")
            return []
        return found

    def _in_prompt(self, row: Row, span: dict[str, Any]) -> bool | None:
        if not self.spec.side:
            return False
        side = written(span.get(self.spec.side))
        if side not in self.spec.sides:
            self._note(row, f"The mapping does not say which text {side!r} is.")
            return None
        return self.spec.sides[side] == "prompt"

    def _place(self, reading: Reading, row: Row, span: dict[str, Any], in_prompt: bool, text: str) -> None:
        given = [written(span.get(name)) for name in (self.spec.start, self.spec.end)]
        if not all(WHOLE_NUMBER.match(number) for number in given) or not 0 <= int(given[0]) < int(given[1]):
            self._note(row, "A mark goes from a start to a later end, counted in characters from 0.")
            return
        start, end = int(given[0]), int(given[1])
        details = {name: span.get(name, row.values.get(name)) for name in self.spec.details}
        details = {name: value for name, value in details.items() if value not in (None, "")}
        if end > len(text):
            if self.spec.past_end == "refuse":
                self._note(row, f"The mark ends at {end}; the text has {len(text)} characters.")
                return
            self.dataset.clipped += 1
            details["as_given"] = [start, end]
            end = len(text)
        if start >= end:
            self.dataset.not_placed += 1
            lost = {"side": written(span.get(self.spec.side)), "start": start, "end": int(given[1])} | details
            reading.details = reading.details | {"not_placed": [*reading.details.get("not_placed", []), lost]}
            return
        self._keep(reading, row, span, Passage(in_prompt, start, end, quoted(text, start, end), "", details))

    def _keep(self, reading: Reading, row: Row, span: dict[str, Any], passage: Passage) -> None:
        said = written(span.get(self.spec.text)) if self.spec.text else ""
        quote = passage.quoted["quote"]
        if said and said != quote and not ("as_given" in passage.details and said.startswith(quote)):
            self._note(row, f"The text has {quote[:60]!r} at this place, not {said[:60]!r}.")
            return
        passage.tag = written(span.get(self.spec.tag, row.values.get(self.spec.tag))) if self.spec.tag else ""
        if len(passage.tag) > 120:
            self._note(row, "A tag has at most 120 characters.")
            return
        reading.passages.append(passage)

    def _note(self, row: Row, message: str) -> None:
        self.dataset.note(self.file, row.line, self.spec.column or self.spec.start, "span", message)
