"""One row of an items file: from columns to turns, responses and facts, checked one by one.

A row gives its prompt as `prompt`, or as chat `messages` (the last one may be the response); its response as
`response`, or several side by side as `response_a`, `response_b` …, each with its own model columns.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from judgments import canonical
from judgments.importing.jsonfile import strict
from judgments.importing.sources import Row, Source
from judgments.importing.values import LANGUAGE, WHOLE_NUMBER, id_problem, is_blank, written
from judgments.models import Item

FACTS = ("family", "axis", "distance", "shift_of", "title", "language", "content_notes")
KNOWN = {
    "id", "prompt", "messages", "conversations", "response", "responses", "model", "version", "settings", "scenario",
    "purpose", "metadata", *FACTS,
}  # fmt: skip
SIDE = re.compile(r"(response|model|version|settings)_([a-z])\Z")
ROLES = {
    "user": "person", "human": "person", "person": "person", "assistant": "model", "gpt": "model", "model": "model",
    "bot": "model", "system": "system",
}  # fmt: skip
PURPOSES = list(Item.Purpose.values)
LONGEST = {"title": 200, "axis": 40, "family": 200, "model": 200, "version": 200, "shift_of": 200, "scenario": 200}


@dataclass(frozen=True)
class Answered:
    """A response's text with the name, version and settings of its model; no name: not known."""

    text: str
    name: str
    version: str
    settings: dict[str, Any]

    def plain(self) -> list[Any]:
        return [self.text, self.name, self.version, self.settings]


@dataclass
class ItemRow:
    """What one row says. `facts` holds what belongs to the scenario, only where given."""

    line: int
    id: str
    messages: list[dict[str, str]] = field(default_factory=list)
    responses: list[Answered] = field(default_factory=list)
    scenario: str = ""
    purpose: str = Item.Purpose.MAIN
    facts: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def turns_digest(self) -> str:
        return canonical.digest(self.messages)

    @property
    def digest(self) -> str:
        """sha256 of the turns and responses."""
        return canonical.digest([self.messages, [given.plain() for given in self.responses]])


class Reader:
    """Reads rows one by one and notes what is wrong with them.

    unknown: columns kept as metadata. unread: keys of messages that are not kept.
    """

    def __init__(self, source: Source):
        self.source, self.problems = source, source.problems
        self.unknown: set[str] = set()
        self.unread: set[str] = set()

    def read(self, row: Row) -> ItemRow | None:
        """The row, or None when something about it was noted."""
        before = len(self.problems.found)
        self.line, self.values = row.line, row.values
        item = ItemRow(row.line, self._id())
        item.messages, last = self._messages()
        item.responses = self._responses(last)
        item.scenario = self._text("scenario")
        item.purpose = self._purpose()
        item.facts = self._facts()
        item.metadata = self._metadata()
        return item if len(self.problems.found) == before else None

    def note(self, column: str, code: str, message: str) -> None:
        self.problems.add(self.source.name, self.line, column, code, message)

    def _id(self) -> str:
        value = self.values.get("id")
        if isinstance(value, (bool, float, dict, list)):
            self.note("id", "id", "An id is text or a whole number.")
            return ""
        if why := id_problem(written(value)):
            self.note("id", "id", why)
        return written(value)

    def _text(self, column: str) -> str:
        """A short text; empty where the column is missing or blank."""
        value = self.values.get(column)
        if value is None or value == "":
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.note(column, "type", "This is text.")
            return ""
        if len(value) > LONGEST[column.partition("_")[0] if SIDE.match(column) else column]:
            self.note(column, "too_long", f"At most {LONGEST.get(column, 200)} characters can be kept here.")
        return "" if is_blank(value) else value

    # Turns ----------------------------------------------------------------------------------------

    def _messages(self) -> tuple[list[dict[str, str]], str | None]:
        """The turns before the response; and the text of the last one where it is the model's."""
        prompt, column, chat = self.values.get("prompt"), *self._chat()
        if chat is None:
            if not isinstance(prompt, str) or is_blank(prompt):
                self.note("prompt", "prompt", "A prompt, or chat messages, are missing.")
                return [], None
            return [{"role": "person", "content": prompt}], None
        if prompt not in (None, ""):
            self.note("prompt", "prompt", f"A row has either a prompt or {column}, not both.")
        if not isinstance(chat, list) or not chat or len(chat) > self.source.limits.messages:
            self.note(column, "messages", f"This is a list of 1 to {self.source.limits.messages} messages.")
            return [], None
        turns = [turn for place, said in enumerate(chat) if (turn := self._turn(column, place, said)) is not None]
        responds = (
            not self._sides() and self.values.get("response") in (None, "") and not self.values.get("responses")
        )
        if responds and len(turns) > 1 and turns[-1]["role"] == "model":
            return turns[:-1], turns[-1]["content"]
        return turns, None

    def _chat(self) -> tuple[str, Any]:
        for column in ("messages", "conversations"):
            value = self.values.get(column)
            if isinstance(value, str) and value:
                value = self._json(column, value)
            if value not in (None, ""):
                return column, value
        return "messages", None

    def _json(self, column: str, text: str) -> Any:
        try:
            return strict(text, self.source.limits.depth)
        except ValueError as error:
            self.note(column, "json", str(error))
            return None

    def _turn(self, column: str, place: int, said: Any) -> dict[str, str] | None:
        where = f"{column}[{place}]"
        if not isinstance(said, dict):
            self.note(where, "messages", "A message has a role and content.")
            return None
        role = ROLES.get(str(said.get("role", said.get("from", ""))))
        if role is None:
            self.note(where, "role", "The role is user, assistant or system; others cannot be shown.")
        content = self._content(where, said.get("content", said.get("value")))
        if role is None or content is None:
            return None
        self.unread.update(set(said) - {"role", "content", "from", "value", "lang"})
        turn = {"role": role, "content": content}
        if _is_language(said.get("lang")):
            turn["lang"] = str(said["lang"])
        return turn

    def _content(self, where: str, content: Any) -> str | None:
        if isinstance(content, list) and all(_is_text_part(part) for part in content):
            content = "".join(part["text"] for part in content)
        if not isinstance(content, str):
            self.note(where, "content", "The content is text; images and tool calls cannot be shown.")
            return None
        if is_blank(content):
            self.note(where, "blank", "The content is blank.")
            return None
        return content

    # Responses ------------------------------------------------------------------------------------

    def _sides(self) -> list[str]:
        found = (SIDE.match(column) for column in self.values)
        return sorted({match[2] for match in found if match and match[1] == "response"})

    def _responses(self, last: str | None) -> list[Answered]:
        listed, sides = self.values.get("responses"), self._sides()
        if isinstance(listed, str) and listed:
            listed = self._json("responses", listed)
        ways = [bool(listed), any(self.values.get(f"response_{side}") for side in sides),
                self.values.get("response") not in (None, "")]  # fmt: skip
        if sum(ways) > 1:
            self.note(
                "response", "response", "A row has one response, several side by side, or a list; not two of these."
            )
            return []
        if ways[0]:
            return self._listed(listed)
        if ways[1]:
            return self._side_by_side(sides)
        text = last if last is not None else self.values.get("response")
        return self._answered("response", text, self.values, "")

    def _side_by_side(self, sides: list[str]) -> list[Answered]:
        given = [side for side in sides if self.values.get(f"response_{side}") not in (None, "")]
        if len(given) < 2:
            self.note("response_b", "response", "At least two responses stand side by side.")
        return [
            found for side in given
            for found in self._answered(f"response_{side}", self.values[f"response_{side}"], self.values, f"_{side}")
        ]  # fmt: skip

    def _listed(self, listed: Any) -> list[Answered]:
        if not isinstance(listed, list) or not all(isinstance(given, dict) for given in listed) or len(listed) > 26:
            self.note("responses", "response", "This is a list of 1 to 26 objects with text and model.")
            return []
        return [
            found for place, given in enumerate(listed)
            for found in self._answered(f"responses[{place}]", given.get("text", given.get("content")), given, "")
        ]  # fmt: skip

    def _answered(self, column: str, text: Any, values: dict[str, Any], suffix: str) -> list[Answered]:
        if not isinstance(text, str) or is_blank(text):
            self.note(column, "blank", "The response is missing or blank.")
            return []
        outer, self.values = self.values, values
        try:
            name, version = self._text(f"model{suffix}"), self._text(f"version{suffix}")
            return [Answered(text, name, version, self._settings(f"settings{suffix}"))]
        finally:
            self.values = outer

    def _settings(self, column: str) -> dict[str, Any]:
        value = self.values.get(column)
        if isinstance(value, str) and value:
            value = self._json(column, value)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            self.note(column, "type", "Settings are a JSON object.")
            return {}
        return value

    # Facts ----------------------------------------------------------------------------------------

    def _purpose(self) -> str:
        purpose = self._short("purpose") or "main"
        if purpose not in PURPOSES:
            self.note("purpose", "purpose", f"The purpose is one of {', '.join(PURPOSES)}.")
        return purpose

    def _short(self, column: str) -> str:
        value = self.values.get(column)
        if value in (None, ""):
            return ""
        if not isinstance(value, str):
            self.note(column, "type", "This is text.")
            return ""
        return value

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {name: self._text(name) for name in ("family", "axis", "shift_of", "title")}
        facts["language"] = self._short("language")
        facts["distance"] = self._distance()
        facts["content_notes"] = self._notes()
        if facts["language"] and not _is_language(facts["language"]):
            self.note("language", "language", "A language is written as en or ar-EG.")
        if facts["shift_of"] and not facts["axis"]:
            self.note("axis", "axis", "A shift says what changes: the axis is missing.")
        return {name: value for name, value in facts.items() if value not in ("", None, [])}

    def _distance(self) -> int | None:
        value = self.values.get("distance")
        if value in (None, ""):
            return None
        text = written(value) if not isinstance(value, (bool, list, dict)) else ""
        if not WHOLE_NUMBER.match(text) or not 0 <= int(text) <= 32_767:
            self.note("distance", "distance", "The distance is a whole number from 0 on.")
            return None
        return int(text)

    def _notes(self) -> list[str]:
        value = self.values.get("content_notes")
        if isinstance(value, str):
            value = [note.strip() for note in value.split(";") if note.strip()]
        if value is not None and not (isinstance(value, list) and all(isinstance(note, str) for note in value)):
            self.note("content_notes", "type", "Content notes are a list of texts, or texts with ; between.")
            return []
        return value or []

    def _metadata(self) -> dict[str, Any]:
        rest = {
            name: value for name, value in self.values.items()
            if name not in KNOWN and not SIDE.match(name) and value not in (None, "")
        }  # fmt: skip
        self.unknown.update(rest)
        given = self.values.get("metadata")
        if isinstance(given, str) and given:
            given = self._json("metadata", given)
        if given in (None, ""):
            return rest
        if not isinstance(given, dict) or set(given) & set(rest):
            self.note("metadata", "type", "Metadata are a JSON object whose keys are no columns.")
            return rest
        return rest | given


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 35 and LANGUAGE.match(value) is not None


def _is_text_part(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)
