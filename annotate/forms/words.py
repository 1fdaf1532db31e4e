"""An answer in a person's own words: the points it names, as one short phrase."""

from judgments.answers import Answers, as_shown
from judgments.models import Assignment, Dimension, Form, Kind, Reason
from judgments.rubrics import dimensions_of

SETTLED = {
    1: "A first impression",
    2: "Leaning",
    3: "Fairly settled",
    4: "Settled, I would be surprised to change",
}
NOT_THIS = "Not this"


def place(value: float) -> str:
    """A scale value as a form carries it: 4 for 4.0, every digit of 4.25."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def spoken(answer, dimension: Dimension) -> str:
    """What an answer says, with the dimension's own words for its points."""
    match answer.form:
        case Form.RANGE:
            best = f", most likely {_quoted(answer.point, dimension)}" if answer.point is not None else ""
            said = f"Somewhere from {_quoted(answer.low, dimension)} to {_quoted(answer.high, dimension)}{best}"
        case Form.BOTH:
            said = f"Both ways: {_quoted(answer.both_a, dimension)}, and {_quoted(answer.both_b, dimension)}"
        case Form.NONE:
            said = f"{NOT_THIS}: {Reason(answer.reason).label}"
        case _:
            said = _one_place(answer, dimension)
    return f"{said}. “{answer.text}”" if answer.text and answer.form != Form.POINT else said


def _one_place(answer, dimension: Dimension) -> str:
    if dimension.kind == Kind.OPEN:
        return answer.text
    if answer.labels is not None:
        return ", ".join(_named(value, dimension) for value in answer.labels) or "None of these"
    return _named(answer.point, dimension)


def _named(value: float, dimension: Dimension) -> str:
    texts = {point.value: point.text for point in dimension.points.all()}
    return place(value) if dimension.kind == Kind.LINE else texts.get(value, place(value))


def _quoted(value: float, dimension: Dimension) -> str:
    return place(value) if dimension.kind == Kind.LINE else f"“{_named(value, dimension)}”"


def summary(answers: Answers, assignment: Assignment) -> list[tuple[str, str]]:
    """Every answer given as (question's title, what was said), then how settled, why, and the marks."""
    dimensions = as_shown(dimensions_of(assignment.rubric_version), assignment)
    said = [
        (dimension.title, spoken(answers.ratings[dimension.slug], dimension))
        for dimension in dimensions
        if dimension.slug in answers.ratings
    ]
    if answers.settled is not None:
        said.append(("How settled", SETTLED[answers.settled]))
    if answers.rationale:
        said.append(("Why", answers.rationale))
    if answers.marks:
        said.append(("Marks", f"{len(answers.marks)} marked" if len(answers.marks) > 1 else "one passage marked"))
    return said
