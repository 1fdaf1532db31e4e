"""The ridge: the same question over many items, one row of marks an item, all on the same scale.

Rows are drawn one by one, so that a page can put each beside its own link and words. In a row, readers who
were placed are stacked marks, ranges are bars above them, both ways are arcs, and who gave no place stands
in the gutter at the right, a line of hollow marks for each reason. Above 60 readers there are 50 quantile dots.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Answer, Chosen, Line, NotThis, Placed, Scale, reason_words
from .figure import Table
from .plot import packed
from .sentences import found, other_forms, placed
from .strip import DOTS, ONE_MARK_A_READER
from .svg import Markup, count, element, join, line, lines, short, wrap
from .tally import Place, Tally, place_words, tally, thin

WIDTH = 560.0
GUTTER = 110.0
PITCH = 7.0
RANGE_ROW = 5.0
ARC_ROW = 10.0
LEADING = 14.0
LEAST_HEIGHT = 26.0


@dataclass(frozen=True)
class Ridge:
    """rows: how each row is called, and the answers of everyone asked, without cohorts."""

    title: str
    scale: Scale | Line
    rows: tuple[tuple[str, tuple[Answer, ...]], ...]


@dataclass(frozen=True)
class Ridged:
    """One row. svg: decoration, because finding and gutter say the same. gutter: reasons with their readers."""

    svg: Markup
    finding: str
    gutter: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class RidgeChart:
    """head: the points of the scale in words, above the columns of the rows. table: all rows as numbers."""

    title: str
    head: Markup
    rows: tuple[Ridged, ...]
    table: Table


def draw_ridge(ridge: Ridge) -> RidgeChart:
    """The rows as drawings of one width. Raises ValueError for answers that are not on the scale."""
    counted = [_tally(ridge.scale, answers) for _, answers in ridge.rows]
    rows = [_row(ridge.scale, each, len(answers)) for each, (_, answers) in zip(counted, ridge.rows, strict=True)]
    names = [name for name, _ in ridge.rows]
    return RidgeChart(ridge.title, _head(ridge.scale), tuple(rows), _table(ridge.scale, names, counted))


def _tally(scale: Scale | Line, answers: Sequence[Answer]) -> Tally:
    """As for a strip; on a set scale every label that a reader chose counts."""
    if scale.level != "set":
        return tally(scale, answers)
    chosen = [Placed(value) for answer in answers if isinstance(answer, Chosen) for value in answer.values]
    return tally(scale, [*chosen, *(answer for answer in answers if isinstance(answer, NotThis))])


def _row(scale: Scale | Line, counted: Tally, asked: int) -> Ridged:
    many = counted.asked > ONE_MARK_A_READER
    drawn = Tally(thin(counted.counts, DOTS), counted.cohorts) if many else counted
    stacks, tall = _stacks(scale, drawn)
    over, above = _over(scale, drawn)
    gutter, low = _gutter(drawn)
    floor = max(tall + above, low, LEAST_HEIGHT) + 2
    pieces = [
        line(0, floor, _plot_width(), floor, "chart-axis"),
        line(WIDTH - GUTTER, 0, WIDTH - GUTTER, floor, "chart-edge"),
        _middle(scale, floor),
        _shifted(stacks, floor),
        _shifted(over, floor - tall - above),
        _shifted(gutter, floor),
    ]
    return Ridged(_svg(floor + 2, pieces), _finding(scale, counted, asked), _reasons(counted))


def _plot_width() -> float:
    return WIDTH - GUTTER - 10


def _x(scale: Scale | Line, coordinate: float) -> float:
    """Of a point's index; on a line, of a number on it."""
    if isinstance(scale, Line):
        return (coordinate - scale.low) / (scale.high - scale.low) * _plot_width()
    return (coordinate + 0.5) * _plot_width() / len(scale.points)


def _centre(scale: Scale | Line, part: float) -> float:
    return (part + 0.5) * _plot_width() / len(scale.points)


def _stacks(scale: Scale | Line, drawn: Tally) -> tuple[Markup, float]:
    """Marks upwards from 0, and how high they reach."""
    wide = max(1, int((_plot_width() / len(scale.points) - 4) / PITCH))
    wide = min(wide, max(1, -(-max((sum(row) for row in drawn.of("point").values()), default=0) // 5)))
    spots, rows = [], 0
    for place, row in drawn.of("point").items():
        n, centre = sum(row), _centre(scale, place.at[0])
        for index in range(n):
            up, along = divmod(index, wide)
            spots.append((centre + (along - (min(wide, n) - 1) / 2) * PITCH, -4 - up * PITCH))
        rows = max(rows, -(-n // wide))
    return _dots(spots, "ridge-dots"), rows * PITCH + 2


def _dots(spots: Sequence[tuple[float, float]], class_: str) -> Markup:
    """Round marks as one path: a line of no length with round ends each."""
    if not spots:
        return Markup()
    return element("path", d="".join(f"M{short(x)} {short(y)}h0" for x, y in spots), class_=class_)


def _over(scale: Scale | Line, drawn: Tally) -> tuple[Markup, float]:
    """Both ways as arcs and ranges as bars, downwards from 0, and how much room they take."""
    pieces, y = [], 0.0
    for row in packed(drawn, "both"):
        y += ARC_ROW
        pieces += [_arc(*(_x(scale, at) for at in place.at), y) for place, _ in row]
    for row in packed(drawn, "range"):
        y += RANGE_ROW
        pieces += [_bar(scale, place, y) for place, _ in row]
    return join(pieces), y + 3 if pieces else 0.0


def _arc(left: float, right: float, y: float) -> Markup:
    curve = f"M{short(left)} {short(y - 1)}Q{short((left + right) / 2)} {short(y - 13)} {short(right)} {short(y - 1)}"
    return element("path", d=curve, class_="ridge-arc")


def _bar(scale: Scale | Line, place: Place, y: float) -> Markup:
    left, right = (_x(scale, at) for at in place.at[:2])
    return line(left, y - 2, right, y - 2, "ridge-range")


def _gutter(drawn: Tally) -> tuple[Markup, float]:
    """Upwards from 0: a line or more of hollow marks for each reason, the first of them on top."""
    left, abreast = WIDTH - GUTTER + 10, int((GUTTER - 14) / PITCH)
    pieces, y = [], 0.0
    for row in reversed(list(drawn.of("none").values())):
        n = sum(row)
        lines_used = -(-n // abreast)
        for index in range(n):
            down, along = divmod(index, abreast)
            at = -4 - y - (lines_used - 1 - down) * PITCH
            pieces.append(element("circle", cx=left + along * PITCH, cy=at, r=2.4, class_="ridge-hollow"))
        y += lines_used * PITCH + 4
    return join(pieces), y


def _middle(scale: Scale | Line, floor: float) -> Markup:
    if scale.middle is None:
        return Markup()
    x = _centre(scale, scale.part(scale.middle))
    return line(x, 0, x, floor, "chart-guide")


def _shifted(pieces: Markup, y: float) -> Markup:
    return element("g", pieces, transform=f"translate(0 {short(y)})") if pieces else Markup()


def _svg(height: float, pieces: Sequence[Markup]) -> Markup:
    box = {"viewBox": f"0 0 {short(WIDTH)} {short(height)}"}
    return element("svg", *pieces, class_="chart-svg ridge", aria_hidden="true", focusable="false", **box)


def _head(scale: Scale | Line) -> Markup:
    """All points in words above their columns, or both ends of a line; the gutter's name beside them."""
    if isinstance(scale, Line):
        half = _plot_width() / 2 - 8
        named = [(wrap(scale.low_label, half), 0.0, ""), (wrap(scale.high_label, half), _plot_width(), " chart-end")]
    else:
        column = _plot_width() / len(scale.points)
        ends = (0, len(scale.points) - 1)
        named = [
            (
                wrap(point.label, column - 3),
                _centre(scale, at),
                " chart-middle" if at in ends else " chart-middle ridge-between",
            )
            for at, point in enumerate(scale.points)
        ]
    named.append((["not this"], WIDTH - GUTTER + 8, ""))
    pieces = [lines(label, x, 12, LEADING, f"ridge-label{anchor}") for label, x, anchor in named]
    return _svg(LEADING * max(len(label) for label, _, _ in named) + 4, pieces)


def _finding(scale: Scale | Line, counted: Tally, asked: int) -> str:
    if not asked:
        return "Nobody has been asked this yet."
    points = [sum(row) for row in counted.of("point").values()]
    return found(
        [placed(scale, points), other_forms(counted.total("range"), counted.total("both"), counted.reasons())]
    )


def _reasons(counted: Tally) -> tuple[tuple[str, int], ...]:
    return tuple((reason_words(reason), n) for reason, n in counted.reasons().items())


def _table(scale: Scale | Line, names: Sequence[str], counted: Sequence[Tally]) -> Table:
    """One row an item; ranges and both ways are counted, whatever their ends."""
    reasons = list(dict.fromkeys(place for each in counted for place in each.of("none")))
    headers = ("Item", *(point.label for point in scale.points), "A range", "Both ways")
    rows = [
        (
            name,
            *(count(sum(row)) for row in each.of("point").values()),
            count(each.total("range")),
            count(each.total("both")),
            *(count(sum(each.counts.get(place, (0,)))) for place in reasons),
        )
        for name, each in zip(names, counted, strict=True)
    ]
    return Table((*headers, *(place_words(scale, place) for place in reasons)), tuple(rows))
