"""The strip: where people stood on one question, one mark a reader.

Marks are stacked at the points of the scale; ranges are bars above them; both ways are arcs that join two
hollow marks; who gave no place stands in a gutter at the right, by reason. Nobody who was asked is left out.
Above 60 readers there are 50 quantile dots instead, and the chart says so.
"""

from dataclasses import dataclass

from .answers import Answer, Line, Scale, reason_words
from .choices import draw_choices
from .figure import Chart, Table, figure
from .legend import cohort_class, key, legend
from .plot import (
    ARC_ROW,
    BETWEEN,
    LEAST_WIDTH,
    LEFT,
    PITCH,
    RANGE_ROW,
    Plot,
    abreast,
    gutter_abreast,
    gutter_block,
    lanes,
    lay_out,
    packed,
)
from .sentences import FEW, by_cohort, found, other_forms, placed
from .shapes import RADIUS, mark
from .svg import (
    Markup,
    count,
    decimal,
    element,
    group,
    join,
    line,
    lines,
    short,
    text_width,
    words,
    wrap,
)
from .tally import Tally, place_words, tally, thin

ONE_MARK_A_READER = 60
DOTS = 50
LEADING = 15.0


@dataclass(frozen=True)
class Strip:
    """One question, as a group of readers answered it.

    title: plain text, for instance the question. scale: a `Scale` or a `Line`. answers: one a reader asked.
    cohorts: names in the order of the legend (two to five), each answer carrying one of them; empty for
    no split. Which cohorts are large enough to be shown is for the caller to decide.
    """

    title: str
    scale: Scale | Line
    answers: tuple[Answer, ...]
    cohorts: tuple[str, ...] = ()


def draw_strip(strip: Strip, chart_id: str) -> Chart:
    """The strip as a chart; a "set" scale becomes one bar a label.

    Raises ValueError for answers not on the scale, more than five cohorts, or an id unfit for a page.
    """
    if isinstance(strip.scale, Scale) and strip.scale.level == "set":
        return draw_choices(strip.title, strip.scale, strip.answers, strip.cohorts, chart_id)
    counted = tally(strip.scale, strip.answers, strip.cohorts)
    drawn = counted if counted.asked <= ONE_MARK_A_READER else Tally(thin(counted.counts, DOTS), counted.cohorts)
    heading, top = _heading(counted, drawn)
    plot = lay_out(strip.scale, drawn, top)
    named, bottom = _labels(strip.scale, counted, plot)
    pieces = [
        heading,
        group(
            (line(x, plot.top, x, plot.floor, "chart-guide") for x in _guides(strip.scale, plot)),
            "chart-guides",
        ),
        _axis(strip.scale, plot),
        _arcs(drawn, plot),
        _ranges(drawn, plot),
        _stacks(strip.scale, drawn, plot),
        _gutter(counted, drawn, plot),
        named,
    ]
    size = (plot.width, bottom)
    return figure(
        chart_id,
        "strip",
        size,
        pieces,
        strip.title,
        _finding(strip.scale, counted),
        _table(strip.scale, counted),
    )


def _finding(scale: Scale | Line, counted: Tally) -> str:
    asked = counted.asked
    if not asked:
        return "Nobody has been asked this yet."
    points = [sum(row) for row in counted.of("point").values()]
    return found(
        [
            placed(scale, points, verb="placed it"),
            other_forms(counted.total("range"), counted.total("both"), counted.reasons()),
            by_cohort(scale, counted) if len(counted.cohorts) > 1 else "",
            "The points have no order." if scale.level == "nominal" else "",
            "Too few readers to see a shape yet." if asked < FEW else "",
            _thinned(asked),
        ]
    )


def _thinned(asked: int) -> str:
    if asked <= ONE_MARK_A_READER:
        return ""
    about = f"about {decimal(asked / DOTS, 1)} readers a mark"
    return f"Drawn as {DOTS} marks for {count(asked)} readers, {about}; each reader is counted in the table."


def _table(scale: Scale | Line, counted: Tally) -> Table:
    split = len(counted.cohorts) > 1
    rows = [(place_words(scale, place), row) for place, row in counted.counts.items()]
    rows.append(("Asked", tuple(counted.asked_in(cohort) for cohort in range(len(counted.cohorts)))))
    return Table(
        ("Answer", *(counted.cohorts if split else ()), "Readers"),
        tuple((name, *(map(count, row) if split else ()), count(sum(row))) for name, row in rows),
    )


def _heading(counted: Tally, drawn: Tally) -> tuple[Markup, float]:
    """Legend and key, and the y below them."""
    cohorts, y = legend(counted, LEFT, LEAST_WIDTH - LEFT)
    forms = {place.form for place, row in drawn.counts.items() if any(row)} | {"point"}
    one = "one reader" if drawn is counted else f"about {decimal(counted.asked / DOTS, 1)} readers"
    return join([cohorts, key(forms, one, LEFT, y)]), y + 22


def _stacks(scale: Scale | Line, drawn: Tally, plot: Plot) -> Markup:
    """One mark a reader, filling each lane from the axis upwards."""
    across, wide = lanes(scale, drawn), abreast(scale, drawn, plot.column)
    marks: list[list[Markup]] = [[] for _ in drawn.cohorts]
    for place, row in drawn.of("point").items():
        filled = 0
        for cohort, n in enumerate(row):
            lane = cohort if across > 1 else 0
            centre = plot.centres[int(place.at[0])] + _lane_offset(lane, across, wide)
            start = filled if across == 1 else 0
            marks[cohort] += [
                mark(cohort, *_spot(index, wide, centre, plot.floor), class_="chart-mark")
                for index in range(start, start + n)
            ]
            filled += n
    return join(group(of, cohort_class(cohort)) for cohort, of in enumerate(marks))


def _lane_offset(lane: int, across: int, wide: int) -> float:
    return (lane - (across - 1) / 2) * (wide * PITCH + (BETWEEN if wide > 1 else 0))


def _spot(index: int, wide: int, centre: float, floor: float) -> tuple[float, float]:
    row, place = divmod(index, wide)
    return centre + (place - (wide - 1) / 2) * PITCH, floor - 8 - row * PITCH


def _arcs(drawn: Tally, plot: Plot) -> Markup:
    drawings = []
    for index, row in enumerate(packed(drawn, "both")):
        y = plot.top + ARC_ROW * (index + 1) - 7
        drawings += [_arc(cohort, plot.x_of(place.at[0]), plot.x_of(place.at[1]), y) for place, cohort in row]
    return join(drawings)


def _arc(cohort: int, left: float, right: float, y: float) -> Markup:
    """One reader who went both ways: two hollow marks and the arc between them."""
    middle = short((left + right) / 2)
    curve = f"M{short(left)} {short(y - 5)}Q{middle} {short(y - 22)} {short(right)} {short(y - 5)}"
    hollow = [mark(cohort, x, y, "chart-hollow", RADIUS - 0.8) for x in (left, right)]
    return element(
        "g",
        element("path", d=curve, class_="chart-arc"),
        *hollow,
        class_=f"chart-mark {cohort_class(cohort)}",
    )


def _ranges(drawn: Tally, plot: Plot) -> Markup:
    above = ARC_ROW * len(packed(drawn, "both"))
    drawings = []
    for index, row in enumerate(packed(drawn, "range")):
        y = plot.top + above + RANGE_ROW * (index + 0.5)
        for place, cohort in row:
            drawings.append(_range(cohort, [plot.x_of(at) for at in place.at], y, len(drawn.cohorts) > 1))
    return join(drawings)


def _range(cohort: int, ends: list[float], y: float, split: bool) -> Markup:
    """One reader's range, a bar; on it a mark where the reader also gave a place, before it the cohort's."""
    left, right, *at = ends
    pieces = [
        line(left, y, right, y, "chart-range"),
        line(left, y - 3.5, left, y + 3.5, "chart-cap"),
        line(right, y - 3.5, right, y + 3.5, "chart-cap"),
        *(mark(cohort, x, y, None, 4.2) for x in at),
    ]
    if split:
        pieces.append(mark(cohort, left - 8, y, None, 3.6))
    return element("g", *pieces, class_=f"chart-mark {cohort_class(cohort)}")


def _gutter(counted: Tally, drawn: Tally, plot: Plot) -> Markup:
    """Who gave no place, by reason: marks above, reason and number of readers below them."""
    left = plot.gutter + 16
    pieces = [
        line(plot.gutter, plot.top - 4, plot.gutter, plot.floor + 20, "chart-edge"),
        words(f"not this: {count(counted.total('none'))}", left - 4, plot.floor + LEADING + 3, "chart-text"),
    ]
    y = plot.floor
    for place, row in reversed(list(counted.of("none").items())):
        pieces.append(words(f"{reason_words(place.reason)[:22]} {count(sum(row))}", left - 4, y - 2, "chart-note"))
        marks = [cohort for cohort, n in enumerate(drawn.counts[place]) for _ in range(n)]
        for index, cohort in enumerate(marks):
            down, along = divmod(index, gutter_abreast())
            spot = (left + along * PITCH, y - 20 - down * PITCH)
            pieces.append(
                mark(
                    cohort,
                    *spot,
                    class_=f"chart-mark chart-hollow {cohort_class(cohort)}",
                    radius=RADIUS - 0.8,
                )
            )
        y -= gutter_block(sum(drawn.counts[place]))
    return join(pieces)


def _guides(scale: Scale | Line, plot: Plot) -> tuple[float, ...]:
    return () if isinstance(scale, Line) else plot.centres


def _axis(scale: Scale | Line, plot: Plot) -> Markup:
    """One axis for points in order; a short piece for each point that has no order or stands apart."""
    half = plot.column / 2 - 5
    alone = [scale.level == "nominal" or point.apart for point in scale.points]
    together = [x for x, apart in zip(plot.centres, alone, strict=True) if not apart]
    pieces = [
        line(x - half, plot.floor, x + half, plot.floor, "chart-axis")
        for x, apart in zip(plot.centres, alone, strict=True)
        if apart
    ]
    if together:
        pieces.append(
            line(
                together[0] - plot.column / 2,
                plot.floor,
                together[-1] + plot.column / 2,
                plot.floor,
                "chart-axis",
            )
        )
        ticks = (
            together
            if not isinstance(scale, Line)
            else (together[0] - plot.column / 2, together[-1] + plot.column / 2)
        )
        pieces += [line(x, plot.floor, x, plot.floor + 5, "chart-axis") for x in ticks]
    return join(pieces)


def _labels(scale: Scale | Line, counted: Tally, plot: Plot) -> tuple[Markup, float]:
    """The points in words with the number of readers placed there, and the y below them."""
    if isinstance(scale, Line):
        return _line_labels(scale, plot)
    wrapped = [wrap(point.label, plot.column - 6) for point in scale.points]
    first = plot.floor + LEADING + 3
    pieces = [
        lines(label, x, first, LEADING, "chart-text chart-middle")
        for label, x in zip(wrapped, plot.centres, strict=True)
    ]
    below = first + LEADING * max(map(len, wrapped))
    numbers = _numbers(counted, plot.column)
    pieces += [
        words(said, x, below, "chart-note chart-middle") for said, x in zip(numbers, plot.centres, strict=True)
    ]
    return join(pieces), below + 8


def _numbers(counted: Tally, column: float) -> list[str]:
    """Readers at each point, by cohort if that fits under every point."""
    rows = counted.of("point").values()
    split = [" · ".join(map(count, row)) for row in rows]
    fits = all(text_width(said) <= column - 4 for said in split)
    return split if fits else [count(sum(row)) for row in rows]


def _line_labels(scale: Line, plot: Plot) -> tuple[Markup, float]:
    left, right = plot.x_of(scale.low), plot.x_of(scale.high)
    half = (right - left) / 2 - 10
    low, high = wrap(scale.low_label, half), wrap(scale.high_label, half)
    first = plot.floor + LEADING + 3
    pieces = [lines(low, left, first, LEADING), lines(high, right, first, LEADING, "chart-text chart-end")]
    return join(pieces), first + LEADING * max(len(low), len(high), 1) - 4
