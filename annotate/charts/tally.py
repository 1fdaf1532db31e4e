"""Answers counted by place and cohort, in the order in which charts and tables show them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .answers import (
    Answer,
    BothWays,
    Chosen,
    Line,
    NotThis,
    Placed,
    Ranged,
    Scale,
    reason_order,
    reason_words,
)
from .shapes import MOST_COHORTS

FORMS = ("point", "range", "both", "none")


@dataclass(frozen=True)
class Place:
    """Where an answer lies. form: one of FORMS; at: its coordinates on the scale; reason: for form "none"."""

    form: str
    at: tuple[float, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Tally:
    """counts[place][cohort index] readers: every point in order, then ranges, both ways, none."""

    counts: dict[Place, tuple[int, ...]]
    cohorts: tuple[str, ...]

    @property
    def asked(self) -> int:
        return sum(sum(row) for row in self.counts.values())

    def of(self, form: str) -> dict[Place, tuple[int, ...]]:
        return {place: row for place, row in self.counts.items() if place.form == form}

    def total(self, form: str) -> int:
        return sum(sum(row) for row in self.of(form).values())

    def reasons(self) -> dict[str, int]:
        return {place.reason: sum(row) for place, row in self.of("none").items()}

    def asked_in(self, cohort: int) -> int:
        return sum(row[cohort] for row in self.counts.values())


def tally(scale: Scale | Line, answers: Iterable[Answer], cohorts: Sequence[str] = ()) -> Tally:
    """Counts of all answers. cohorts: names in the order of the legend, at most five; empty for one group.

    Raises ValueError for a value off the scale, a form the scale does not have, or a cohort not listed.
    """
    names = checked_cohorts(cohorts)
    seen = Counter((place_of(scale, answer), cohort_index(names, answer)) for answer in answers)
    points = [Place("point", (index,)) for index in range(len(scale.points))]
    others = {place for place, _ in seen if place.form != "point"}
    ordered = points + sorted(
        others, key=lambda place: (FORMS.index(place.form), place.at, reason_order(place.reason))
    )
    return Tally(
        {place: tuple(seen[place, index] for index in range(len(names))) for place in ordered},
        names,
    )


def checked_cohorts(cohorts: Sequence[str]) -> tuple[str, ...]:
    if len(cohorts) > MOST_COHORTS or len(set(cohorts)) != len(cohorts):
        raise ValueError(f"a chart tells up to {MOST_COHORTS} cohorts apart, each with a name of its own")
    return tuple(cohorts) or ("",)


def cohort_index(names: tuple[str, ...], answer: Answer) -> int:
    if names == ("",):
        return 0
    if answer.cohort not in names:
        raise ValueError(f"not a cohort of this chart: {answer.cohort!r}")
    return names.index(answer.cohort)


def place_of(scale: Scale | Line, answer: Answer) -> Place:
    if isinstance(answer, NotThis):
        return Place("none", reason=answer.reason)
    if isinstance(answer, Placed):
        return Place("point", (scale.part(answer.at),))
    if isinstance(answer, Chosen) or scale.level == "nominal":
        raise ValueError(f"this scale has no answers of this form: {answer!r}")
    if isinstance(answer, Ranged):
        ends = sorted((scale.coordinate(answer.low), scale.coordinate(answer.high)))
        return Place("range", (*ends, *([] if answer.at is None else [scale.coordinate(answer.at)])))
    if isinstance(answer, BothWays):
        return Place("both", tuple(sorted((scale.coordinate(answer.first), scale.coordinate(answer.second)))))
    raise TypeError(f"not an answer: {answer!r}")


def place_words(scale: Scale | Line, place: Place) -> str:
    """The place as the table twin names it."""
    if place.form == "none":
        return f"Not this: {reason_words(place.reason)}"
    if place.form == "point":
        return scale.points[int(place.at[0])].label
    named = [scale.words_at(at) for at in place.at]
    if place.form == "both":
        return f"Both {named[0]} and {named[1]}"
    between = f", placed at {named[2]}" if len(named) > 2 else ""
    return f"A range from {named[0]} to {named[1]}{between}"


def thin(counts: dict[Place, tuple[int, ...]], marks: int) -> dict[Place, tuple[int, ...]]:
    """The same distribution in exactly `marks` quantile dots.

    Readers stand in line, place by place and cohort by cohort; dot i is the reader at (i + ½) / marks of it.
    Source: quantile dotplots, Kay et al. (2016), doi:10.1145/2858036.2858558.
    """
    line = [(place, cohort) for place, row in counts.items() for cohort, n in enumerate(row) for _ in range(n)]
    drawn = Counter(line[(2 * dot + 1) * len(line) // (2 * marks)] for dot in range(marks))
    return {place: tuple(drawn[place, cohort] for cohort in range(len(row))) for place, row in counts.items()}
