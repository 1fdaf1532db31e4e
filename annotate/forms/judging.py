"""The judging form: built from a rubric version, read into the plain form of answers.

Fields are named after the dimension's slug and a dot, which no slug can hold:

    care            the row chosen: a point's value, or point, range, both or none
    care.point      a number on a line
    care.low .high .best         a range
    care.both_a .both_b .both_text
    care.reason .reason_text     why "not this"
    care.labels     each label ticked; "none" for none of these
    care.text       an open answer

The row chosen decides the form of the answer; panels of rows that are not chosen are not read. Where no
row can be chosen or none was, the fields that hold something decide, and two of them are refused by name.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from annotate.forms.words import SETTLED, place
from judgments.answers import Answers, check, from_plain
from judgments.errors import AnswersUnfit
from judgments.models import Assignment, Dimension, Form, Kind, Reason
from judgments.rubrics import FORMS_BESIDE_POINT
from judgments.submission import Circumstances

NONE_OF_THESE = "none"
LONGEST_STEP_MS = 24 * 60 * 60 * 1_000
LAYOUTS = {"one-column", "two-panes"}
POINTERS = {"fine", "coarse", "none"}
UNDECIDED = "Two kinds of answer were given here. Keep one of them and clear the other."


def key_for(assignment: Assignment, revision: int) -> uuid.UUID:
    """The idempotency key of a page: the same for every page made for this revision of this assignment."""
    return uuid.uuid5(assignment.uid, f"revision {revision}")


# Reading ------------------------------------------------------------------------------------------


def read(data, dimensions: list[Dimension]) -> dict[str, Any]:
    """What a posted page says, in the plain form, still unchecked. Raises Unread where it contradicts itself."""
    ratings, problems = {}, {}
    for dimension in dimensions:
        answer = _read_answer(data, dimension)
        if answer is UNDECIDED:
            problems[dimension.slug] = UNDECIDED
        elif answer:
            ratings[dimension.slug] = answer
    plain: dict[str, Any] = {"ratings": ratings}
    if settled := data.get("settled", "").strip():
        plain["settled"] = int(settled) if settled.isascii() and settled.isdigit() else settled
    if rationale := _text(data, "rationale"):
        plain["rationale"] = rationale
    try:
        if marks := _read_marks(data.get("marks", "")):
            plain["marks"] = marks
    except ValueError:
        problems["marks"] = "The marks did not arrive whole."
    if problems:
        raise Unread(problems, plain)
    return plain


class Unread(AnswersUnfit):
    """A page that contradicts itself; `plain` is what could be read of it all the same."""

    def __init__(self, problems: dict[str, str], plain: dict[str, Any]):
        super().__init__(problems)
        self.plain = plain


def _read_marks(posted: str) -> list:
    marks = json.loads(posted) if posted.strip() else []
    if not isinstance(marks, list):
        raise ValueError("Marks are a list.")
    return marks


def _read_answer(data, dimension: Dimension):
    """The loose answer to one question; None when it was left open, UNDECIDED when it says two things."""
    given = _panels(data, dimension.slug)
    chosen = data.get(dimension.slug, "").strip()
    if dimension.kind in (Kind.OPEN, Kind.CHOICES):
        if chosen:  # The box "not this" is ticked.
            return UNDECIDED if Form.POINT in given else given.get(Form.NONE, {"form": Form.NONE})
        return given.get(Form.POINT)
    if chosen in Form.values:
        return given.get(chosen, None if chosen == Form.POINT else {"form": chosen})
    if chosen:
        return {"form": Form.POINT, "point": _number(chosen)}
    if len(given) > 1:
        return UNDECIDED
    return next(iter(given.values()), None)


def _panels(data, slug: str) -> dict[str, dict]:
    """What each panel of a question holds, by form; empty panels are left out."""

    def number(name: str):
        return _number(data.get(f"{slug}.{name}", "").strip())

    labels = data.getlist(f"{slug}.labels")
    found = {
        Form.POINT: {"point": number("point"), "text": _text(data, f"{slug}.text")},
        Form.RANGE: {"low": number("low"), "high": number("high"), "point": number("best")},
        Form.BOTH: {
            "both_a": number("both_a"), "both_b": number("both_b"), "text": _text(data, f"{slug}.both_text"),
        },
        Form.NONE: {"reason": data.get(f"{slug}.reason", ""), "text": _text(data, f"{slug}.reason_text")},
    }  # fmt: skip
    said = {form: {name: value for name, value in panel.items() if value != ""} for form, panel in found.items()}
    if labels:
        said[Form.POINT]["labels"] = [_number(label) for label in labels if label != NONE_OF_THESE]
    return {form: {"form": str(form), **panel} for form, panel in said.items() if panel}


def _number(text: str):
    """The number a field holds; other words stay as they are, for the check to refuse by name."""
    try:
        return float(text)
    except ValueError:
        return text


def _text(data, name: str) -> str:
    # Browsers send CRLF for each line break of a text field; what was typed has one character there.
    return data.get(name, "").replace("\r\n", "\n").strip()


# Showing ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One point as the page shows it. `digit` is the key that chooses it, empty past nine."""

    id: str
    value: str
    text: str
    description: str
    apart: bool
    digit: str
    chosen: bool


@dataclass(frozen=True)
class Question:
    """One dimension as the page shows it, with what has been answered so far (`given`, loose)."""

    number: int
    dimension: Dimension
    given: dict[str, Any]
    problem: str

    @property
    def id(self) -> str:
        return f"q{self.number}"

    @property
    def slug(self) -> str:
        return self.dimension.slug

    @property
    def kind(self) -> str:
        return self.dimension.kind

    @property
    def form(self) -> str:
        return str(self.given.get("form", ""))

    @property
    def has_forms(self) -> bool:
        """Whether ranges and both ways can be given."""
        return self.kind in FORMS_BESIDE_POINT

    @property
    def is_boxes(self) -> bool:
        """Whether "not this" is a box of its own, because no rows exclude one another."""
        return self.kind in (Kind.OPEN, Kind.CHOICES)

    @property
    def rows(self) -> list[Row]:
        points = sorted(self.dimension.points.all(), key=lambda point: (point.apart, point.value))
        return [self._row(number, point) for number, point in enumerate(points, 1)]

    def _row(self, number: int, point) -> Row:
        chosen = self.form == Form.POINT and (
            self.given.get("point") == point.value or point.value in (self.given.get("labels") or [])
        )
        return Row(
            f"{self.id}-{number}", place(point.value), point.text, point.description, point.apart,
            str(number) if number < 10 else "", chosen,
        )  # fmt: skip

    @property
    def ends(self) -> list[Row]:
        """The points a range or both ways can name."""
        return [row for row in self.rows if not row.apart]

    @property
    def none_of_these(self) -> bool:
        return self.form == Form.POINT and self.given.get("labels") == []

    @property
    def values(self) -> dict[str, str]:
        """What the panels hold, by the last part of the field's name."""
        given, form = self.given, self.form
        text = given.get("text", "")
        return {
            "point": _shown(given.get("point")) if form == Form.POINT else "",
            "text": text if form == Form.POINT else "",
            "low": _shown(given.get("low")),
            "high": _shown(given.get("high")),
            "best": _shown(given.get("point")) if form == Form.RANGE else "",
            "both_a": _shown(given.get("both_a")),
            "both_b": _shown(given.get("both_b")),
            "both_text": text if form == Form.BOTH else "",
            "reason": given.get("reason", ""),
            "reason_text": text if form == Form.NONE else "",
        }

    @property
    def reasons(self) -> list[tuple[str, str, str]]:
        """(value, words, key) of the four reasons."""
        return [(value, label, str(number)) for number, (value, label) in enumerate(Reason.choices, 1)]

    @property
    def line(self) -> dict[str, str]:
        """The two ends of a line, in numbers and words."""
        low, high = self.dimension.line_low, self.dimension.line_high
        words = {point.value: point.text for point in self.dimension.points.all()}
        return {
            "low": _shown(low),
            "high": _shown(high),
            "low_text": words.get(low, ""),
            "high_text": words.get(high, ""),
        }


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return place(value) if isinstance(value, (int, float)) else str(value)


@dataclass
class JudgingForm:
    """A page's answers, and the problems found in them.

    `answers` is set once `is_valid` has said yes; until then `given` is the loose plain form, from a draft
    or from a page that was sent.
    """

    assignment: Assignment
    given: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    data: Any = None
    answers: Answers | None = None

    def __post_init__(self):
        self.dimensions = _in_order(self.assignment)
        if self.data is not None:
            try:
                self.given = read(self.data, self.dimensions)
            except Unread as error:
                self.given, self.problems = error.plain, dict(error.problems)

    def is_valid(self) -> bool:
        if self.problems:
            return False
        try:
            answers = from_plain(self.given)
            check(answers, self.assignment.rubric_version, self.assignment.item)
        except AnswersUnfit as error:
            self.problems = dict(error.problems)
            return False
        self.answers = answers
        return True

    @property
    def key(self) -> uuid.UUID | None:
        return _uuid(self.data.get("key", ""))

    @property
    def supersedes(self) -> uuid.UUID | None:
        return _uuid(self.data.get("supersedes", ""))

    @property
    def shown_version(self) -> int:
        """Primary key of the rubric version the page showed; 0, which is none, when it does not say."""
        said = self.data.get("rubric_version", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0

    @property
    def circumstances(self) -> Circumstances:
        steps = {name: _milliseconds(self.data.get(f"{name}_ms", "")) for name in ("reading", "judging")}
        instrument = {
            "layout": _one_of(self.data.get("layout"), LAYOUTS),
            "pointer": _one_of(self.data.get("pointer"), POINTERS),
            "width_rem": _milliseconds(self.data.get("width_rem", "")),
            "scripts": self.data.get("scripts") == "1",
            "move_on": self.data.get("move_on") == "1",
            "shortcuts": self.data.get("shortcuts") == "1",
            "text": "markdown" if self.assignment.study.markdown else "plain",
        }
        return Circumstances(
            {name: value for name, value in steps.items() if value is not None},
            {name: value for name, value in instrument.items() if value is not None},
        )

    @property
    def questions(self) -> list[Question]:
        ratings = self.given.get("ratings")
        ratings = ratings if isinstance(ratings, dict) else {}
        return [
            Question(number, dimension, _loose(ratings.get(dimension.slug)), self.problems.get(dimension.slug, ""))
            for number, dimension in enumerate(self.dimensions, 1)
        ]

    @property
    def settled_rows(self) -> list[tuple[int, str, bool]]:
        return [(value, text, self.given.get("settled") == value) for value, text in SETTLED.items()]

    @property
    def rationale(self) -> str:
        return str(self.given.get("rationale", ""))

    @property
    def marks_json(self) -> str:
        return json.dumps(self.given.get("marks", []), ensure_ascii=False)

    @property
    def draft(self) -> dict[str, Any]:
        """The plain form for a draft, without what is empty."""
        return {name: value for name, value in self.given.items() if value}

    @property
    def problem_list(self) -> list[dict[str, str]]:
        """Each problem with the place on the page it belongs to."""
        place_of = {question.slug: question for question in self.questions}
        return [
            {
                "id": place_of[slug].id if slug in place_of else "more",
                "title": place_of[slug].dimension.title if slug in place_of else "This page",
                "problem": problem,
            }
            for slug, problem in self.problems.items()
        ]


def _in_order(assignment: Assignment) -> list[Dimension]:
    """The version's dimensions in the order drawn for this person; one the draw does not name comes last."""
    rank = {slug: place for place, slug in enumerate(assignment.dimension_order)}
    dimensions = assignment.rubric_version.dimensions.prefetch_related("points")
    return sorted(dimensions, key=lambda dimension: rank.get(dimension.slug, len(rank)))


def _loose(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _milliseconds(text: str) -> int | None:
    """A count a page reports; None for anything that is not a plausible whole number."""
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    return int(text) if int(text) <= LONGEST_STEP_MS else None


def _one_of(said: str | None, allowed: set[str]) -> str | None:
    return said if said in allowed else None
