"""The judging form: built from a rubric version in the order drawn for a person, shown with what was answered."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from annotate.forms.posted import Unread, kinder, read
from annotate.forms.words import SETTLED, place
from judgments.answers import Answers, as_shown, check, from_plain
from judgments.errors import AnswersUnfit
from judgments.models import Assignment, Dimension, Form, Kind, Reason
from judgments.rubrics import FORMS_BESIDE_POINT, dimensions_of
from judgments.submission import Circumstances

LONGEST_STEP_MS = 24 * 60 * 60 * 1_000
LAYOUTS = {"one-column", "two-panes"}
POINTERS = {"fine", "coarse", "none"}
MEASURED = (
    "reading_ms",
    "judging_ms",
    "layout",
    "pointer",
    "width_rem",
    "scripts",
    "move_on",
    "shortcuts",
)
"""Fields a page fills in by itself where scripts run."""


def key_for(assignment: Assignment, revision: int) -> uuid.UUID:
    """The idempotency key of a page: the same for every page made for this revision of this assignment."""
    return uuid.uuid5(assignment.uid, f"revision {revision}")


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
    first_apart: bool


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
    def shared_as(self) -> tuple | None:
        """What tells this question from every other on screen, where it looks the same to everybody; else None."""
        own = self.given or self.problem or self.kind == Kind.COMPARE or not self.dimension.version.is_published
        return None if own else (self.dimension.version.digest, self.slug, self.number)

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
    def has_words(self) -> bool:
        """Whether anything beyond the question itself can be read about it."""
        said = [self.dimension.help, self.dimension.not_about, *(row.description for row in self.rows)]
        return any(said)

    @property
    def is_boxes(self) -> bool:
        """Whether "not this" is a box of its own, because no rows exclude one another."""
        return self.kind in (Kind.OPEN, Kind.CHOICES)

    @property
    def rows(self) -> list[Row]:
        points = sorted(self.dimension.points.all(), key=lambda point: (point.apart, point.side or 0, point.value))
        apart = next((point for point in points if point.apart), None)
        return [self._row(number, point, point is apart) for number, point in enumerate(points, 1)]

    def _row(self, number: int, point, first_apart: bool) -> Row:
        chosen = self.form == Form.POINT and (
            self.given.get("point") == point.value or point.value in (self.given.get("labels") or [])
        )
        return Row(
            f"{self.id}-{number}", place(point.value), point.text, point.description, point.apart,
            str(number) if number < 10 else "", chosen, first_apart,
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
            ratings = self.given["ratings"]
            self.problems = {slug: kinder(problem, ratings.get(slug)) for slug, problem in error.problems.items()}
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
    def measured(self) -> list[tuple[str, str]]:
        """Fields the page fills in itself, with what was sent where a page is shown again."""
        return [(name, self.data.get(name, "") if self.data is not None else "") for name in MEASURED]

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
    dimensions = as_shown(dimensions_of(assignment.rubric_version), assignment)
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
