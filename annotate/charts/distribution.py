"""Compact shares of one question: one bar a point, and the other forms of answer as bars of their own."""

from dataclasses import dataclass

from .answers import Line, Scale, reason_order, reason_words
from .figure import Chart, Table, figure
from .sentences import found, other_forms, placed, sentence
from .svg import Markup, count, join, line, lines, percent, rectangle, words, wrap

WIDTH = 400.0
LABEL = 150.0
BAR = 148.0
THICK = 11.0
LEADING = 14.0


@dataclass(frozen=True)
class Distribution:
    """Answers to one question, counted; shares are of everyone asked, on one scale from nobody to everybody.

    title: plain text. scale: a `Scale` or a `Line`. points: answers at each of `scale.points`, in order.
    ranges, both: answers of those forms. none: (reason, answers) of those without a place, reasons as in
    `REASONS`. asked: only for a "set" scale, where one reader may choose several; elsewhere it follows.
    unit: what is counted, in the plural; say "answers" over many items, "readers" for one.
    Raises ValueError if `points` does not fit the scale, or `asked` is missing where it is needed.
    """

    title: str
    scale: Scale | Line
    points: tuple[int, ...]
    ranges: int = 0
    both: int = 0
    none: tuple[tuple[str, int], ...] = ()
    asked: int | None = None
    unit: str = "answers"

    def __post_init__(self) -> None:
        if len(self.points) != len(self.scale.points):
            raise ValueError(f"{len(self.scale.points)} points, but {len(self.points)} counts")
        if (self.scale.level == "set") != (self.asked is not None):
            raise ValueError("asked is given for a set scale, and only there")

    @property
    def total(self) -> int:
        """Answers asked for: what shares are shares of."""
        if self.asked is not None:
            return self.asked
        return sum(self.points) + self.ranges + self.both + sum(n for _, n in self.none)


def draw_distribution(distribution: Distribution, chart_id: str) -> Chart:
    """The bars as a chart, narrow enough for many. Raises ValueError for an id unfit for a page."""
    placed_rows, others = _rows(distribution)
    of = distribution.total
    heading = words(f"{count(of)} {distribution.unit}", 0, 13, "chart-note")
    bars, y = _bars(placed_rows, of, 22, "chart-bar")
    other_bars, bottom = _bars(others, of, y + 9, "chart-bar chart-bar-other") if others else (Markup(), y)
    rule = line(0, y + 4, WIDTH, y + 4, "chart-guide") if others else Markup()
    rows = [*placed_rows, *others]
    return figure(
        chart_id,
        "distribution",
        (WIDTH, bottom + 2),
        [heading, bars, rule, other_bars],
        distribution.title,
        _finding(distribution),
        _table(rows, distribution),
    )


def _rows(distribution: Distribution) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Rows of the points, and rows of the other forms; forms that the scale does not have are left out."""
    points = [(point.label, n) for point, n in zip(distribution.scale.points, distribution.points, strict=True)]
    others = []
    if distribution.scale.level in ("ordinal", "line") or distribution.ranges or distribution.both:
        others = [("A range", distribution.ranges), ("Both ways", distribution.both)]
    reasons = sorted(distribution.none, key=lambda pair: reason_order(pair[0]))
    others += [(f"Not this: {reason_words(reason)}", n) for reason, n in reasons if n] or [("Not this", 0)]
    return points, others


def _bars(rows: list[tuple[str, int]], of: int, y: float, class_: str) -> tuple[Markup, float]:
    pieces = []
    for label, n in rows:
        named = wrap(label, LABEL - 8, most=3)
        pieces.append(lines(named, 0, y + 10, LEADING))
        pieces.append(rectangle(LABEL, y, BAR, THICK, "chart-track"))
        if n:
            pieces.append(rectangle(LABEL, y, max(1.5, BAR * n / of), THICK, class_))
        pieces.append(_numbers(n, of, y + 10))
        y += LEADING * len(named) + 5
    return join(pieces), y


def _numbers(n: int, of: int, y: float) -> Markup:
    """Number and share in two columns, each ending at its own edge."""
    ends = "chart-text chart-end"
    return join([words(count(n), WIDTH - 44, y, ends), words(percent(n, of), WIDTH, y, "chart-note chart-end")])


def _finding(distribution: Distribution) -> str:
    of = distribution.total
    if not of:
        return "Nobody has been asked this yet."

    def say(n: int) -> str:
        return percent(n, of)

    return found(
        [
            placed(distribution.scale, list(distribution.points), say),
            other_forms(distribution.ranges, distribution.both, dict(distribution.none), say),
            "The points have no order." if distribution.scale.level == "nominal" else "",
            sentence(["one reader may choose several"]) if distribution.scale.level == "set" else "",
        ]
    )


def _table(rows: list[tuple[str, int]], distribution: Distribution) -> Table:
    of = distribution.total
    unit = distribution.unit
    return Table(
        ("Answer", unit[:1].upper() + unit[1:], "Share"),
        tuple((label, count(n), percent(n, of)) for label, n in [*rows, ("Asked", of)]),
    )
