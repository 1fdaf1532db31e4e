"""A posted judging page, read into the plain form of answers.

Fields are named after the dimension's slug between dots, which no slug can hold:

    q.care            the row chosen: a point's value, or point, range, both or none
    q.care.point      a number on a line
    q.care.low .high .best         a range
    q.care.both_a .both_b .both_text
    q.care.reason .reason_text     why "not this"
    q.care.labels     each label ticked; "none" for none of these
    q.care.text       an open answer

The row chosen decides the form of the answer; panels of rows that are not chosen are not read. Where no
row can be chosen or none was, the fields that hold something decide, and two of them are refused by name.
"""

import json
from typing import Any

from judgments.errors import AnswersUnfit
from judgments.models import Dimension, Form, Kind

NONE_OF_THESE = "none"
UNDECIDED = "Two kinds of answer were given here. Keep one of them and clear the other."


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
        plain["settled"] = int(settled) if settled in {"1", "2", "3", "4"} else settled
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


def kinder(problem: str, answer: dict | None) -> str:
    """The same problem for somebody who sees two fields, not the names of them."""
    needed = {
        Form.RANGE: (("low", "high"), "A range needs both ends. Choose the other one too."),
        Form.BOTH: (("both_a", "both_b"), "Both ways needs two places. Choose the other one too."),
        Form.NONE: (("reason",), "Choose one of the four reasons."),
    }.get((answer or {}).get("form"))
    return needed[1] if needed and answer and not set(needed[0]) <= set(answer) else problem


def _read_marks(posted: str) -> list:
    try:
        marks = json.loads(posted) if posted.strip() else []
    except RecursionError:
        raise ValueError("Marks are a flat list.") from None
    if not isinstance(marks, list):
        raise ValueError("Marks are a list.")
    return marks


def _read_answer(data, dimension: Dimension):
    """The loose answer to one question; None when it was left open, UNDECIDED when it says two things."""
    name = f"q.{dimension.slug}"
    given, chosen = _panels(data, name), data.get(name, "").strip()
    if dimension.kind in (Kind.OPEN, Kind.CHOICES):
        return _read_box(given, not_this=bool(chosen), labels=data.getlist(f"{name}.labels"))
    if chosen in Form.values:
        return given.get(chosen, None if chosen == Form.POINT else {"form": chosen})
    if chosen:
        return {"form": Form.POINT, "point": _number(chosen)}
    if len(given) > 1:
        return UNDECIDED
    return next(iter(given.values()), None)


def _read_box(given: dict[str, dict], *, not_this: bool, labels: list[str]):
    """An open question or one of any labels, where "not this" is a box of its own."""
    if NONE_OF_THESE in labels and len(labels) > 1:
        return UNDECIDED
    if not_this:
        return UNDECIDED if Form.POINT in given else given.get(Form.NONE, {"form": str(Form.NONE)})
    return given.get(Form.POINT)


def _panels(data, question: str) -> dict[str, dict]:
    """What each panel of a question holds, by form; empty panels are left out."""

    def number(part: str):
        return _number(data.get(f"{question}.{part}", "").strip())

    labels = data.getlist(f"{question}.labels")
    found = {
        Form.POINT: {"point": number("point"), "text": _text(data, f"{question}.text")},
        Form.RANGE: {"low": number("low"), "high": number("high"), "point": number("best")},
        Form.BOTH: {
            "both_a": number("both_a"), "both_b": number("both_b"), "text": _text(data, f"{question}.both_text"),
        },
        Form.NONE: {"reason": data.get(f"{question}.reason", ""), "text": _text(data, f"{question}.reason_text")},
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
    text = data.get(name, "").replace("\r\n", "\n")
    return text if text.strip() else ""
