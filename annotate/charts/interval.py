"""Estimates with their intervals, on one scale from below 0 to 1, for everyone and for each cohort.

All estimates look alike: nothing is coloured by its size. Where there is nothing to estimate, words say so.
"""

from dataclasses import dataclass
from math import floor, isnan

from .figure import Chart, Table, figure
from .sentences import found, number, sentence
from .svg import Markup, count, decimal, element, join, line, lines, words, wrap

WIDTH = 420.0
LABEL = 150.0
NUMBERS = 98.0
LEADING = 15.0
LOWEST = -0.25
STEP = 0.25


@dataclass(frozen=True)
class Estimate:
    """One estimate. name: who or what it is about, for instance "Everyone" or a cohort.

    value, low, high: nan where not defined; low and high may be nan while value is not.
    readers, items, ratings: what it rests on; None where not known. why: why value is not defined, in words.
    """

    name: str
    value: float
    low: float
    high: float
    readers: int | None = None
    items: int | None = None
    ratings: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Intervals:
    """One measure for one group or for several, on the same scale.

    measure: how the number is called, for instance "alpha (ordinal)". estimates: drawn in this order, the
    first usually everyone. level: what share of the intervals is meant to hold the value, in percent.
    """

    title: str
    estimates: tuple[Estimate, ...]
    measure: str = "alpha"
    level: int = 95


def draw_intervals(intervals: Intervals, chart_id: str) -> Chart:
    """The estimates, one a row, as a chart. Raises ValueError for an id unfit for a page."""
    lowest = _lowest(intervals.estimates)
    rows, y = [], 12.0
    for estimate in intervals.estimates:
        row, y = _row(estimate, y, lowest)
        rows.append(row)
    axis, bottom = _axis(lowest, 6, y + 4)
    return figure(
        chart_id,
        "interval",
        (WIDTH, bottom),
        [axis, *rows],
        intervals.title,
        _finding(intervals),
        _table(intervals),
    )


def _lowest(estimates: tuple[Estimate, ...]) -> float:
    """The left end of the axis: just below 0, or as far down as an interval reaches, in whole steps."""
    reached = [end for estimate in estimates for end in (estimate.value, estimate.low) if not isnan(end)]
    return min([LOWEST, *(floor(end / STEP) * STEP for end in reached)])


def _x(value: float, lowest: float) -> float:
    return LABEL + (min(value, 1.0) - lowest) / (1.0 - lowest) * (WIDTH - LABEL - NUMBERS)


def _row(estimate: Estimate, y: float, lowest: float) -> tuple[Markup, float]:
    """One estimate with its name, what it rests on and its numbers, and the y of the next row."""
    named = wrap(estimate.name, LABEL - 14, most=3)
    resting = wrap(_rests_on(estimate), LABEL - 4, size=11.5)
    middle = y + 7
    pieces = [
        lines(named, 0, y + 11, LEADING),
        lines(resting, 0, y + 11 + LEADING * len(named), LEADING, "chart-note"),
        _whiskers(estimate, middle, lowest),
    ]
    if isnan(estimate.value):
        pieces.append(
            lines(
                wrap(_undefined(estimate), WIDTH - LABEL - 8, most=2),
                LABEL + 4,
                y + 11,
                LEADING,
                "chart-note chart-over",
            )
        )
    else:
        numbers = [decimal(estimate.value), _interval_words(estimate)]
        pieces.append(words(numbers[0], WIDTH, y + 11, "chart-text chart-strong chart-end"))
        pieces.append(words(numbers[1], WIDTH, y + 11 + LEADING, "chart-note chart-end"))
    return join(pieces), y + LEADING * max(2, len(named) + len(resting)) + 9


def _whiskers(estimate: Estimate, y: float, lowest: float) -> Markup:
    if isnan(estimate.value):
        return Markup()
    pieces = []
    if _has_interval(estimate):
        left, right = _x(estimate.low, lowest), _x(estimate.high, lowest)
        pieces = [
            line(left, y, right, y, "chart-whisker"),
            line(left, y - 4, left, y + 4, "chart-cap"),
            line(right, y - 4, right, y + 4, "chart-cap"),
        ]
    return join([*pieces, element("circle", cx=_x(estimate.value, lowest), cy=y, r=4.5, class_="chart-estimate")])


def _axis(lowest: float, top: float, y: float) -> tuple[Markup, float]:
    """The scale with its words, the line at 0 running through all rows, and the y below it."""
    ticks = [lowest + STEP * step for step in range(round((1.0 - lowest) / STEP) + 1)]
    pieces = [line(_x(lowest, lowest), y, _x(1.0, lowest), y, "chart-axis")]
    for tick in ticks:
        x = _x(tick, lowest)
        at_zero = abs(tick) < STEP / 2
        pieces.append(line(x, top if at_zero else y, x, y + 4, "chart-zero" if at_zero else "chart-axis"))
        if round(tick / STEP) % 2 == 0:
            pieces.append(words("0" if at_zero else decimal(tick, 1), x, y + 17, "chart-note chart-middle"))
    for said, place in (("as by chance", 0.0), ("all alike", 1.0)):
        pieces.append(words(said, _x(place, lowest), y + 32, "chart-note chart-middle"))
    return join(pieces), y + 38


def _finding(intervals: Intervals) -> str:
    defined = [estimate for estimate in intervals.estimates if not isnan(estimate.value)]
    said = [_said(estimate, intervals) for estimate in intervals.estimates[:1]]
    if len(intervals.estimates) > 1:
        said.append(_spread(defined, len(intervals.estimates)))
    return found(said) or "There is nothing to estimate yet."


def _said(estimate: Estimate, intervals: Intervals) -> str:
    about = f"{estimate.name}: {intervals.measure}" if estimate.name else intervals.measure
    if isnan(estimate.value):
        return sentence([f"{about} is {_undefined(estimate)}"])
    if not _has_interval(estimate):
        return sentence([f"{about} is {decimal(estimate.value)}", "without an interval"])
    ends = f"{decimal(estimate.low)} to {decimal(estimate.high)}"
    return sentence([f"{about} is {decimal(estimate.value)}", f"{intervals.level}% interval from {ends}"])


def _spread(defined: list[Estimate], asked: int) -> str:
    """How far the rows lie apart, and whether any two of their intervals have nothing in common."""
    if len(defined) < 2:
        return ""
    ordered = sorted(defined, key=lambda estimate: estimate.value)
    ends = " to ".join(f"{decimal(estimate.value)} ({estimate.name})" for estimate in (ordered[0], ordered[-1]))
    whole = [estimate for estimate in defined if _has_interval(estimate)]
    clauses = [f"the rows run from {ends}"]
    if len(whole) > 1:
        apart = max(estimate.low for estimate in whole) > min(estimate.high for estimate in whole)
        clauses.append("some of their intervals do not meet" if apart else "all of their intervals overlap")
    undefined = asked - len(defined)
    clauses.append(f"{number(undefined)} not defined" if undefined else "")
    return sentence(clauses)


def _has_interval(estimate: Estimate) -> bool:
    return not (isnan(estimate.low) or isnan(estimate.high))


def _interval_words(estimate: Estimate) -> str:
    if not _has_interval(estimate):
        return "no interval"
    return f"{decimal(estimate.low)} to {decimal(estimate.high)}"


def _undefined(estimate: Estimate) -> str:
    return f"not defined: {estimate.why}" if estimate.why else "not defined"


def _rests_on(estimate: Estimate) -> str:
    parts = ((estimate.readers, "reader"), (estimate.items, "item"))
    return ", ".join(f"{count(n)} {noun}{'' if n == 1 else 's'}" for n, noun in parts if n is not None)


def _table(intervals: Intervals) -> Table:
    def known(n: int | None) -> str:
        return "–" if n is None else count(n)

    rows = [
        (
            estimate.name,
            _undefined(estimate) if isnan(estimate.value) else decimal(estimate.value),
            *(("–", "–") if not _has_interval(estimate) else (decimal(estimate.low), decimal(estimate.high))),
            known(estimate.readers),
            known(estimate.items),
            known(estimate.ratings),
        )
        for estimate in intervals.estimates
    ]
    level = f"{intervals.level}%"
    return Table(
        ("Group", intervals.measure, f"{level} from", f"{level} to", "Readers", "Items", "Ratings"),
        tuple(rows),
    )
