"""The tables of a release: which columns each has, what they mean, and what they refer to.

Nothing here is an average, a majority or an answer key: a release says who said what, and no more.
"""

from dataclasses import dataclass

import pyarrow as pa

from judgments.models import Assignment, Form, Item, Judgment, Kind, Level, Note, Reason, Stand

SCHEMA_VERSION = "1.0"
PREFER_NOT_TO_SAY, NOT_ASKED, NOT_AVAILABLE, SUPPRESSED = (
    "prefer_not_to_say",
    "not_asked",
    "not_available",
    "suppressed",
)

_ARROW = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Column:
    """type: text, json (as text), integer, number, flag or time (UTC). words: what people wrote themselves."""

    name: str
    type: str
    meaning: str
    null: bool = False
    domain: tuple[str, ...] = ()
    words: bool = False

    @property
    def is_text(self) -> bool:
        return self.type in ("text", "json")


@dataclass(frozen=True)
class Reference:
    """Columns whose values, where there are any, are found in another table."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with what may be null declared."""
        fields = [pa.field(column.name, _ARROW[column.type], nullable=column.null) for column in self.columns]
        return pa.schema(fields, metadata={"table": self.name, "schema_version": SCHEMA_VERSION})

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def _refers(column: str, table: str, to: str = "") -> Reference:
    return Reference((column,), table, (to or column,))


_NULL_WORDS = "null when there are none or they may not be quoted."
_ITEM = Column("item_id", "text", "The item that was judged.")
_ANNOTATOR = Column("annotator_id", "text", "Who judged.")
_RUBRIC = Column("rubric", "text", "Lineage of the rubric.")
_VERSION = Column("rubric_version", "integer", "Which version of the rubric was read and answered.")
_OCCASION = Column("occasion", "integer", "The how-manieth time this annotator met this item, from 0.")
_TO_RUBRIC = Reference(("rubric", "rubric_version"), "rubrics", ("rubric", "rubric_version"))
_TO_DIMENSION = Reference(
    ("rubric", "rubric_version", "dimension"), "dimensions", ("rubric", "rubric_version", "dimension")
)

ITEMS = Table(
    "items", "One row an item: what was judged.", ("item_id",),
    (
        _ITEM,
        Column("external_id", "text", "The researcher's own id for it."),
        Column("scenario_id", "text", "What came before the responses."),
        Column("purpose", "text", "Judged, practice, or an anchor.", domain=tuple(Item.Purpose.values)),
        Column("response_ids_json", "json", "Its responses; assignments say the order shown."),
        Column("metadata_json", "json", "Further columns of the import, as they were."),
        Column("content_sha256", "text", "sha256 of turns and responses."),
    ),
    (_refers("scenario_id", "scenarios"),),
)  # fmt: skip

SCENARIOS = Table(
    "scenarios", "One row a scenario: the turns before the response, and what it shifts.", ("scenario_id",),
    (
        Column("scenario_id", "text", "Id."),
        Column("external_id", "text", "The researcher's own id for it.", null=True),
        Column("title", "text", "Short name.", null=True),
        Column("family", "text", "The family of situations it belongs to.", null=True),
        Column("family_title", "text", "The family's name.", null=True),
        Column("messages_json", "json", "The turns exactly as shown: role, content and, where known, language."),
        Column("shift_of", "text", "The base scenario that this one changes.", null=True),
        Column("axis", "text", "What is changed against the base.", null=True),
        Column("distance", "integer", "How far from the base: 1, 2, 3.", null=True),
        Column("language", "text", "BCP 47.", null=True),
        Column("content_notes_json", "json", "Notes on what it contains."),
        Column("content_sha256", "text", "sha256 of the turns."),
    ),
    (_refers("shift_of", "scenarios", "scenario_id"),),
)  # fmt: skip

RESPONSES = Table(
    "responses", "One row a response: a text that was judged.", ("response_id",),
    (
        Column("response_id", "text", "Id."),
        Column("scenario_id", "text", "What it responds to."),
        Column("text", "text", "Verbatim; null when the response was not text.", null=True),
        Column("model_name", "text", "Null when unknown or withheld.", null=True),
        Column("model_version", "text", "Null when unknown or withheld.", null=True),
        Column("model_settings_json", "json", "Null when unknown or withheld.", null=True),
        Column("language", "text", "BCP 47.", null=True),
        Column("generated_at", "time", "When it was produced.", null=True),
        Column("details_json", "json", "Further columns of the import; null while models are withheld.", null=True),
    ),
    (_refers("scenario_id", "scenarios"),),
)  # fmt: skip

RUBRICS = Table(
    "rubrics", "One row a rubric version.", ("rubric", "rubric_version"),
    (
        _RUBRIC,
        _VERSION,
        Column("title", "text", "As shown."),
        Column("instructions", "text", "As shown before the first item.", null=True),
        Column("change_note", "text", "What changed since the version before.", null=True),
        Column("published_at", "time", "Since when it cannot change.", null=True),
        Column("sha256", "text", "sha256 of the whole wording."),
    ),
)  # fmt: skip

DIMENSIONS = Table(
    "dimensions", "One row a question in a rubric version, in its exact wording.",
    ("rubric", "rubric_version", "dimension"),
    (
        _RUBRIC,
        _VERSION,
        Column("dimension", "text", "Its short name."),
        Column("position", "integer", "Place in the rubric, from 0."),
        Column("title", "text", "As shown."),
        Column("question", "text", "As shown."),
        Column("help", "text", "As shown on request.", null=True),
        Column("not_about", "text", "What it is not about, as shown.", null=True),
        Column("kind", "text", "How it is asked.", domain=tuple(Kind.values)),
        Column("level", "text", "Level of measurement.", domain=tuple(Level.values)),
        Column("line_low", "number", "Left end of a line.", null=True),
        Column("line_high", "number", "Right end of a line.", null=True),
    ),
    (_TO_RUBRIC,),
)  # fmt: skip

SCALE_POINTS = Table(
    "scale_points", "One row a worded point of a question.", ("rubric", "rubric_version", "dimension", "value"),
    (
        _RUBRIC,
        _VERSION,
        Column("dimension", "text", "The question."),
        Column("value", "number", "Its place on the scale; for named choices a number of its own."),
        Column("code", "text", "How data files name it."),
        Column("text", "text", "As shown."),
        Column("description", "text", "As shown on request.", null=True),
        Column("apart", "flag", "Whether it lies outside the order of the scale, such as “held both”."),
    ),
    (_TO_DIMENSION,),
)  # fmt: skip

ASSIGNMENTS = Table(
    "assignments", "One row an offer of an item to an annotator, also when no judgment came of it.",
    ("assignment_id",),
    (
        Column("assignment_id", "text", "Id."),
        _ITEM,
        _ANNOTATOR,
        _RUBRIC,
        _VERSION,
        Column("kind", "text", "Fresh, a repeat, an anchor or a later round.", domain=tuple(Assignment.Kind.values)),
        _OCCASION,
        Column("state", "text", "What became of it.", domain=tuple(Assignment.State.values)),
        Column("position", "integer", "The how-manieth item of this annotator, from 0."),
        Column("response_order_json", "json", "Ids of the responses in the order shown, left to right."),
        Column("dimension_order_json", "json", "The questions in the order shown."),
        Column("seed", "text", "What the sides were drawn from.", null=True),
        Column("eligible", "integer", "Among how many items it was drawn at last.", null=True),
        Column("propensity", "number", "The probability with which this item was offered.", null=True),
        Column("reason", "text", "The rule that chose the item."),
        Column("offered_at", "time", "When it was offered."),
        Column("opened_at", "time", "When it was first opened.", null=True),
        Column("ended_at", "time", "When it was judged, skipped or ran out.", null=True),
    ),
    (_refers("item_id", "items"), _refers("annotator_id", "annotators"), _TO_RUBRIC),
)  # fmt: skip

JUDGMENTS = Table(
    "judgments", "One row an accepted reading; a change of mind is a row of its own that names the one before.",
    ("judgment_id",),
    (
        Column("judgment_id", "text", "Id."),
        Column("assignment_id", "text", "The offer it answers."),
        _ITEM,
        _ANNOTATOR,
        _OCCASION,
        _RUBRIC,
        _VERSION,
        Column("revision", "integer", "From 0."),
        Column("supersedes", "text", "The judgment it replaces.", null=True),
        Column("is_current", "flag", "Whether nothing has replaced it."),
        Column("status", "text", "Counted, or beyond the number wanted.", domain=tuple(Judgment.Status.values)),
        Column("settled", "integer", "1 a first impression … 4 settled.", null=True),
        Column("rationale", "text", f"Why, in the annotator's words; {_NULL_WORDS}", null=True, words=True),
        Column("steps_ms_json", "json", "Milliseconds spent per step."),
        Column("judged_at", "time", "When the annotator judged, if known.", null=True),
        Column("accepted_at", "time", "When the server accepted it."),
        Column("details_json", "json", "Further columns of the import, as they were."),
        Column("answers_sha256", "text", "sha256 over the whole reading, words by their salted hashes."),
    ),
    (
        _refers("assignment_id", "assignments"), _refers("item_id", "items"), _refers("annotator_id", "annotators"),
        _refers("supersedes", "judgments", "judgment_id"), _TO_RUBRIC,
    ),
)  # fmt: skip

RATINGS = Table(
    "ratings", "One row a judgment's answer to one question; with a few columns of the judgment beside it.",
    ("judgment_id", "dimension"),
    (
        Column("judgment_id", "text", "The judgment."),
        Column("dimension", "text", "The question."),
        _ITEM,
        _ANNOTATOR,
        _OCCASION,
        _RUBRIC,
        _VERSION,
        Column("is_current", "flag", "Whether nothing has replaced the judgment."),
        Column("status", "text", "Counted, or beyond the number wanted.", domain=tuple(Judgment.Status.values)),
        Column("form", "text", "One place, a range, both ways, or not this.", domain=tuple(Form.values)),
        Column("point", "number", "The place; within a range the best place, if given.", null=True),
        Column("point_label", "text", "How data files name that point.", null=True),
        Column("low", "number", "Lower end of a range.", null=True),
        Column("high", "number", "Upper end of a range.", null=True),
        Column("both_a", "number", "The lower of two places held at once.", null=True),
        Column("both_b", "number", "The higher of two places held at once.", null=True),
        Column("labels_json", "json", "Any of several: the codes chosen, in ascending order of value.", null=True),
        Column("reason", "text", "Why not this.", null=True, domain=tuple(Reason.values)),
        Column("text", "text", f"Words; {_NULL_WORDS}", null=True, words=True),
    ),
    (
        _refers("judgment_id", "judgments"), _refers("item_id", "items"), _refers("annotator_id", "annotators"),
        _TO_DIMENSION,
    ),
)  # fmt: skip

MARKS = Table(
    "marks", "One row a marked passage, or the retraction of one.", ("mark_id",),
    (
        Column("mark_id", "text", "Id."),
        Column("judgment_id", "text", "The judgment that brought it."),
        _ITEM,
        _ANNOTATOR,
        Column("response_id", "text", "The response it lies in.", null=True),
        Column("turn", "integer", "Or the turn of the scenario, from 0.", null=True),
        Column("start", "integer", "First code point of the passage, from 0."),
        Column("end", "integer", "Code point after the passage."),
        Column("quote", "text", "The passage."),
        Column("prefix", "text", "Up to 32 code points right before it."),
        Column("suffix", "text", "Up to 32 code points right after it."),
        Column("tag", "text", "Its name; a reader's own word only where it may be quoted.", null=True, words=True),
        Column("memo", "text", f"Words about it; {_NULL_WORDS}", null=True, words=True),
        Column("details_json", "json", "Further columns of the import, as they were."),
        Column("retracts", "text", "The mark this row takes back.", null=True),
        Column("is_current", "flag", "Whether it stands: it takes nothing back and nothing took it back."),
    ),
    (
        _refers("judgment_id", "judgments"), _refers("item_id", "items"), _refers("annotator_id", "annotators"),
        _refers("response_id", "responses"), _refers("retracts", "marks", "mark_id"),
    ),
)  # fmt: skip

FIRST_READINGS = Table(
    "first_readings", "One row a first reading: what was written before any question was shown, and is locked.",
    ("first_reading_id",),
    (
        Column("first_reading_id", "text", "Id."),
        Column("assignment_id", "text", "The offer it belongs to."),
        _ITEM,
        _ANNOTATOR,
        _OCCASION,
        Column("text", "text", f"Words; {_NULL_WORDS}", null=True, words=True),
        Column("is_empty", "flag", "Whether nothing was written, which is an answer too."),
        Column("marks_json", "json", "Places marked by then, in code points; a tag only where it may be quoted."),
        Column("reading_ms", "integer", "Active milliseconds on the text, if the page told.", null=True),
        Column("written_at", "time", "When the server kept it."),
    ),
    (
        _refers("assignment_id", "assignments"), _refers("item_id", "items"), _refers("annotator_id", "annotators"),
    ),
)  # fmt: skip

NOTES = Table(
    "notes", "One row a note from the reading room that its author shared, as it stands now.", ("note_id",),
    (
        Column("note_id", "text", "Id."),
        _ANNOTATOR,
        Column("kind", "text", "A mark, a memo on an item, a link of two items, or a longer note.",
               domain=tuple(Note.Kind.values)),
        Column("item_id", "text", "The item it is about.", null=True),
        Column("other_item_id", "text", "The item that a link leads to.", null=True),
        Column("response_id", "text", "The response a mark lies in.", null=True),
        Column("turn", "integer", "Or the turn of the scenario, from 0.", null=True),
        Column("start", "integer", "First code point of a mark, from 0.", null=True),
        Column("end", "integer", "Code point after it.", null=True),
        Column("quote", "text", "The passage marked.", null=True),
        Column("tag", "text", f"Its name; {_NULL_WORDS}", null=True, words=True),
        Column("text", "text", f"Words; {_NULL_WORDS}", null=True, words=True),
        Column("noted_at", "time", "When it was written."),
    ),
    (
        _refers("annotator_id", "annotators"), _refers("item_id", "items"),
        _refers("other_item_id", "items", "item_id"), _refers("response_id", "responses"),
    ),
)  # fmt: skip

STANDS = Table(
    "stands", "One row an answer to “which would you stand by?” after an item was judged again; the latest counts.",
    ("stand_id",),
    (
        Column("stand_id", "text", "Id."),
        _ANNOTATOR,
        _ITEM,
        Column("earlier_judgment_id", "text", "What was said then."),
        Column("later_judgment_id", "text", "What was said now."),
        Column("choice", "text", "Then, now, both, or neither any more.", domain=tuple(Stand.Choice.values)),
        Column("said_at", "time", "When it was said."),
    ),
    (
        _refers("annotator_id", "annotators"), _refers("item_id", "items"),
        _refers("earlier_judgment_id", "judgments", "judgment_id"),
        _refers("later_judgment_id", "judgments", "judgment_id"),
    ),
)  # fmt: skip


def annotators(facets: list[tuple[str, str]]) -> Table:
    """The table of people, with a column for each background question (slug, title)."""
    reserved = f"An answer, or {PREFER_NOT_TO_SAY}, {NOT_ASKED}, {NOT_AVAILABLE}, {SUPPRESSED}."
    background = tuple(Column(background_name(slug), "text", f"{title}. {reserved}") for slug, title in facets)
    return Table(
        "annotators", "One row a person, under a code name.", ("annotator_id",),
        (
            Column("annotator_id", "text", "Pseudonym: the same in every release of the study."),
            Column("code_name", "text", "The name the tool gave."),
            Column("external_id", "text", "The identifier in the published dataset this came from.", null=True),
            Column("imported", "flag", "Whether the person's judgments came with a published dataset."),
            Column("consent_version", "integer", "The consent text that was accepted.", null=True),
            *background,
            Column("n_suppressed", "integer", "How many background cells are suppressed."),
            Column("details_json", "json", "Further columns of the import, as they were.", null=True),
        ),
    )  # fmt: skip


def background_name(slug: str) -> str:
    return "bg_" + slug.replace("-", "_")
