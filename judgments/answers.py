"""A person's answers to one item: their plain form, and what a rubric version allows.

The plain form is what forms, programs, drafts and digests share:

    {"ratings": {"candour": {"form": "point", "point": 4}, "care": {"form": "range", "low": 3, "high": 5},
                 "proportion": {"form": "both", "both_a": 2, "both_b": 6, "text": "as a nurse … as a son …"},
                 "wisdom": {"form": "none", "reason": "depends", "text": "on who asked"},
                 "tags": {"form": "point", "labels": [1, 3]}, "person": {"form": "point", "text": "An uncle."}},
     "settled": 3, "rationale": "…", "marks": [{"response": uid, "start": 0, "end": 12, "tag": "…", "memo": "…"}]}
"""

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from judgments import canonical
from judgments.errors import AnswersUnfit
from judgments.models import Assignment, Dimension, Form, Item, Kind, Reason, RubricVersion
from judgments.rubrics import FORMS_BESIDE_POINT, dimensions_of

MAX_TEXT = 20_000
MAX_MARKS = 500
_NUMBERS = ("point", "low", "high", "both_a", "both_b")


@dataclass(frozen=True)
class Answer:
    """The value on one dimension; the fields of Rating, with its words in `text`."""

    form: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    both_a: float | None = None
    both_b: float | None = None
    labels: tuple[float, ...] | None = None
    reason: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        # Whole numbers come back from the database as floats, and a digest would tell 4 from 4.0.
        for name in _NUMBERS:
            if isinstance(value := getattr(self, name), int):
                object.__setattr__(self, name, float(value))
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(map(float, self.labels)))

    def plain(self) -> dict[str, Any]:
        """Only what was said, with numbers as floats, so that 4 and 4.0 are the same answer."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["labels"] = None if self.labels is None else list(self.labels)
        return {name: value for name, value in values.items() if value is not None and value != ""}


@dataclass(frozen=True)
class Passage:
    """A marked passage of a response (by uid) or of a turn of the scenario, in code points."""

    start: int
    end: int
    response: str | None = None
    turn: int | None = None
    tag: str = ""
    memo: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None and value != "" and value != {}}


@dataclass(frozen=True)
class Answers:
    """All that one judgment says. Anything may be left open; nothing is filled in."""

    ratings: dict[str, Answer] = field(default_factory=dict)
    settled: int | None = None
    rationale: str = ""
    marks: tuple[Passage, ...] = ()

    def plain(self) -> dict[str, Any]:
        said: dict[str, Any] = {"ratings": {slug: answer.plain() for slug, answer in sorted(self.ratings.items())}}
        if self.settled is not None:
            said["settled"] = self.settled
        if self.rationale:
            said["rationale"] = self.rationale
        said["marks"] = sorted((mark.plain() for mark in self.marks), key=canonical.dumps)
        return said


def from_plain(plain: Any) -> Answers:
    """Read the plain form. Raises AnswersUnfit, naming each field, where it has another shape."""
    found = _shape_problems(plain)
    if found:
        raise AnswersUnfit(found)
    return Answers(
        ratings={slug: _answer(given) for slug, given in plain.get("ratings", {}).items() if given},
        settled=plain.get("settled"),
        rationale=plain.get("rationale", ""),
        marks=_passages(plain.get("marks", [])),
    )


def _passages(given: list[dict[str, Any]]) -> tuple[Passage, ...]:
    """The marks, each once: the same passage with the same words twice is one mark."""
    marks = [Passage(**mark) for mark in given]
    return tuple({canonical.dumps(mark.plain()): mark for mark in marks}.values())


def _answer(given: dict[str, Any]) -> Answer:
    values: dict[str, Any] = {name: _number(value) if _is_number(value) else value for name, value in given.items()}
    if values.get("labels") is not None:
        values["labels"] = tuple(sorted({_number(value) for value in values["labels"]}))
    if values.get("form") == Form.BOTH and _is_number(values.get("both_a")) and _is_number(values.get("both_b")):
        values["both_a"], values["both_b"] = sorted((values["both_a"], values["both_b"]))
    return Answer(**values)


def check(answers: Answers, version: RubricVersion, item: Item) -> dict[str, Dimension]:
    """The version's dimensions by slug, if every answer is legal under it and every mark lies in its text.

    Raises AnswersUnfit otherwise, naming each dimension and mark that does not fit.
    """
    dimensions = {dimension.slug: dimension for dimension in dimensions_of(version)}
    found = {slug: "This question is not part of the rubric." for slug in answers.ratings if slug not in dimensions}
    for slug, answer in answers.ratings.items():
        if slug in dimensions and (why := unfit(answer, dimensions[slug])):
            found[slug] = why
    if answers.marks:
        texts = texts_of(item)
        for number, mark in enumerate(answers.marks):
            if why := _mark_unfit(mark, texts):
                found[f"marks.{number}"] = why
    if found:
        raise AnswersUnfit(found)
    return dimensions


def as_shown(dimensions: Iterable[Dimension], assignment: Assignment) -> list[Dimension]:
    """The dimensions, those that compare worded by the sides this person saw.

    The first points of a comparison stand for the item's responses in their stored order, whatever the
    side they were shown on, so that answers of different people can be set side by side. Here each such
    point takes the words of its side ("A" for the first shown) and its place there, `side`. The points must
    be prefetched; what is given stays as it is, and dimensions that compare come back as copies.
    """
    found = [copy.deepcopy(one) if one.kind == Kind.COMPARE else one for one in dimensions]
    stored: list[str] = []
    for dimension in found:
        if dimension.kind != Kind.COMPARE:
            continue
        if not stored:
            uids = assignment.item.shown.order_by("position").values_list("response__uid", flat=True)
            stored = [str(uid) for uid in uids]
        points = sorted(dimension.points.all(), key=lambda point: point.value)
        words = [(point.text, point.description) for point in points]
        for place, point in enumerate(points):
            point.side = place
            if place < len(stored):
                point.side = assignment.response_order.index(stored[place])
                point.text, point.description = words[point.side]
    return found


def unfit(answer: Answer, dimension: Dimension) -> str:
    """Why an answer does not fit its dimension; empty when it does. `dimension.points` should be prefetched."""
    match answer.form:
        case Form.NONE:
            return _unfit_none(answer)
        case Form.POINT:
            return _unfit_point(answer, dimension)
        case Form.RANGE | Form.BOTH:
            return _unfit_span(answer, dimension)
    return "An answer is a point, a range, both ways, or not this."


def _unfit_none(answer: Answer) -> str:
    if set(answer.plain()) - {"form", "reason", "text"}:
        return "“Not this” carries a reason and nothing else."
    return "" if answer.reason in Reason.values else "“Not this” needs one of its four reasons."


def _unfit_point(answer: Answer, dimension: Dimension) -> str:
    expected = {Kind.OPEN: {"form", "text"}, Kind.CHOICES: {"form", "labels"}}.get(
        Kind(dimension.kind), {"form", "point"}
    )
    given = set(answer.plain())
    if not expected <= given or (dimension.kind == Kind.OPEN and not answer.text.strip()):
        return "Words are missing." if dimension.kind == Kind.OPEN else "A place on the scale is missing."
    if given != expected:
        return f"This question does not take {', '.join(sorted(given - expected))}."
    values = answer.labels if answer.labels is not None else (answer.point,)
    if dimension.kind == Kind.OPEN or all(_on_scale(value, dimension, apart=True) for value in values):
        return ""
    return "That is not a place on this scale."


def _unfit_span(answer: Answer, dimension: Dimension) -> str:
    if dimension.kind not in FORMS_BESIDE_POINT:
        return "This question takes one place, or not this."
    ends = {Form.RANGE: ("low", "high"), Form.BOTH: ("both_a", "both_b")}[Form(answer.form)]
    optional = {"form", "text"} | ({"point"} if answer.form == Form.RANGE else set())
    given = set(answer.plain())
    if not set(ends) <= given or given - set(ends) - optional:
        return f"This form of answer takes {ends[0]} and {ends[1]}."
    low, high = getattr(answer, ends[0]), getattr(answer, ends[1])
    values = [low, high] + ([answer.point] if answer.point is not None else [])
    if not all(_on_scale(value, dimension, apart=False) for value in values):
        return "That is not a place on this scale."
    if not low < high:
        return (
            "A range goes from a lower to a higher place." if answer.form == Form.RANGE else "Two places are needed."
        )
    if answer.point is not None and not low <= answer.point <= high:
        return "The best place lies outside the range."
    return ""


def _on_scale(value: float | None, dimension: Dimension, *, apart: bool) -> bool:
    if value is None:
        return False
    if dimension.kind == Kind.LINE:
        assert dimension.line_low is not None  # A database constraint.
        assert dimension.line_high is not None
        return dimension.line_low <= value <= dimension.line_high
    return any(point.value == value and (apart or not point.apart) for point in dimension.points.all())


def texts_of(item: Item) -> dict[str | int, str]:
    """Every text of an item that can be marked: responses by uid, turns of the scenario by number."""
    texts: dict[str | int, str] = {
        str(shown.response.uid): shown.response.text or "" for shown in item.shown.select_related("response")
    }
    texts.update({turn: message["content"] for turn, message in enumerate(item.scenario.messages)})
    return texts


def _mark_unfit(mark: Passage, texts: dict[str | int, str]) -> str:
    if (mark.response is None) == (mark.turn is None):
        return "A mark lies in a response or in a turn."
    place = mark.response if mark.response is not None else mark.turn
    if place not in texts:
        return "The text of this mark is not part of the item."
    return "" if 0 <= mark.start < mark.end <= len(texts[place]) else "The mark lies outside its text."


def _shape_problems(plain: Any) -> dict[str, str]:
    """Where the plain form has the wrong types; keys name the field."""
    if not isinstance(plain, dict):
        return {"answers": "Answers are an object."}
    found = {name: "There is no such field." for name in plain if name not in Answers.__dataclass_fields__}
    ratings, marks = plain.get("ratings", {}), plain.get("marks", [])
    if not isinstance(ratings, dict):
        found["ratings"] = "Ratings are an object, by dimension."
    else:
        found |= {slug: why for slug, given in ratings.items() if given and (why := _answer_shape(given))}
    settled = plain.get("settled")
    if settled is not None and (type(settled) is not int or not 1 <= settled <= 4):
        found["settled"] = "Settled is 1, 2, 3 or 4."
    if why := _text_shape(plain.get("rationale", "")):
        found["rationale"] = why
    if not isinstance(marks, list) or len(marks) > MAX_MARKS:
        found["marks"] = f"Marks are a list of at most {MAX_MARKS}."
    else:
        found |= {f"marks.{number}": why for number, mark in enumerate(marks) if (why := _mark_shape(mark))}
    return found


def _answer_shape(given: Any) -> str:
    if not isinstance(given, dict) or not isinstance(given.get("form"), str):
        return "An answer is an object with a form."
    if unknown := set(given) - set(Answer.__dataclass_fields__):
        return f"There is no such field: {', '.join(sorted(map(str, unknown)))}."
    if not all(given.get(name) is None or _is_number(given[name]) for name in _NUMBERS):
        return "A place on a scale is a number."
    labels = given.get("labels")
    if labels is not None and not (isinstance(labels, list) and all(map(_is_number, labels))):
        return "Labels are a list of numbers."
    if not isinstance(given.get("reason", ""), str):
        return "A reason is a word."
    return _text_shape(given.get("text", ""))


def _mark_shape(mark: Any) -> str:
    if not isinstance(mark, dict) or set(mark) - set(Passage.__dataclass_fields__):
        return "A mark has start, end, response or turn, tag and memo."
    if not all(type(mark.get(name)) is int for name in ("start", "end")):
        return "Start and end are whole numbers."
    if not (mark.get("turn") is None or type(mark["turn"]) is int):
        return "A turn is a whole number."
    if not (mark.get("response") is None or isinstance(mark["response"], str)):
        return "A response is named by its uid."
    if not isinstance(mark.get("details", {}), dict) or mark.get("details"):
        return "Details come with imports only."
    if not isinstance(mark.get("tag", ""), str) or len(mark.get("tag", "")) > 120:
        return "A tag is at most 120 characters."
    return _text_shape(mark.get("tag", "")) or _text_shape(mark.get("memo", ""))


def _text_shape(text: Any) -> str:
    if not isinstance(text, str):
        return "Text is missing or not text."
    if len(text) > MAX_TEXT:
        return f"At most {MAX_TEXT:,} characters can be kept here."
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return "This text holds a character that cannot be stored."
    return ""


def _is_number(value: Any) -> bool:
    """Whether a value is a plain finite number; whole numbers beyond what a float holds exactly are not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= 2**53 if isinstance(value, int) else math.isfinite(value)


def _number(value: float) -> float:
    return float(value) + 0.0  # Databases give 0.0 back for -0.0, and a digest would tell them apart.
