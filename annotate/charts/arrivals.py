"""What is new with each block of items: bars of tags first used there, the rubric's and readers' own words."""

from dataclasses import dataclass

from .figure import Chart, Table, figure
from .sentences import found, number, sentence
from .svg import Markup, count, join, line, rectangle, words

HEIGHT = 84.0
LEFT = 8.0
LEAST_WIDTH = 320.0
COLUMN = 60.0


@dataclass(frozen=True)
class Arrivals:
    """every: items in a block, in the order in which they came. items: in all; the last block may be short.

    offered, own: how many were first used in each block. Raises ValueError if they differ in length.
    """

    title: str
    every: int
    items: int
    offered: tuple[int, ...]
    own: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.offered) != len(self.own):
            raise ValueError(f"{len(self.offered)} blocks of one kind, {len(self.own)} of the other")

    @property
    def blocks(self) -> list[str]:
        """Each block by the numbers of its items."""
        begins = range(1, len(self.offered) * self.every + 1, self.every)
        return [f"{begin}–{min(begin + self.every - 1, self.items)}" for begin in begins]


def draw_arrivals(arrivals: Arrivals, chart_id: str) -> Chart:
    """The bars as a chart. Raises ValueError for an id unfit for a page."""
    totals = [a + b for a, b in zip(arrivals.offered, arrivals.own, strict=True)]
    unit = HEIGHT / max(1, *totals) if totals else HEIGHT
    floor = HEIGHT + 40
    width = max(LEAST_WIDTH, LEFT * 2 + COLUMN * len(totals))
    columns = [_column(at, arrivals, unit, floor) for at in range(len(totals))]
    size = (width, floor + 24)
    axis = line(LEFT, floor, LEFT + COLUMN * len(totals), floor, "chart-axis")
    pieces = [_key(), *columns, axis]
    return figure(chart_id, "arrivals", size, pieces, arrivals.title, _finding(arrivals, totals), _table(arrivals))


def _key() -> Markup:
    return join([
        rectangle(LEFT, 2, 10, 10, "chart-bar"),
        words("offered by the rubric", LEFT + 16, 11, "chart-note"),
        rectangle(LEFT + 150, 2, 10, 10, "chart-bar chart-bar-other"),
        words("readers’ own words", LEFT + 166, 11, "chart-note"),
    ])  # fmt: skip


def _column(at: int, arrivals: Arrivals, unit: float, floor: float) -> Markup:
    x, offered, own = LEFT + COLUMN * at, arrivals.offered[at], arrivals.own[at]
    top = floor - unit * (offered + own)
    bars = [
        rectangle(x + 9, floor - unit * offered, COLUMN - 18, unit * offered, "chart-bar") if offered else "",
        rectangle(x + 9, top, COLUMN - 18, unit * own, "chart-bar chart-bar-other") if own else "",
    ]
    centre = x + COLUMN / 2
    said = [
        words(count(offered + own), centre, top - 4, "chart-note chart-middle"),
        words(arrivals.blocks[at], centre, floor + 16, "chart-note chart-middle"),
    ]
    return join([*bars, *said])


def _finding(arrivals: Arrivals, totals: list[int]) -> str:
    if not sum(totals):
        return "Nothing has been tagged yet."
    quiet = len(totals) - 1 - max(at for at, n in enumerate(totals) if n)
    items = arrivals.items - (len(totals) - quiet) * arrivals.every if quiet else 0
    last = f"none in the last {count(items)}" if quiet else f"{number(totals[-1])} in the last block"
    first = f"the first {count(min(arrivals.every, arrivals.items))} items brought {number(totals[0])}"
    return found([
        sentence([f"{_different(sum(totals))} in {count(arrivals.items)} items"]),
        sentence([first, last]) if len(totals) > 1 else "",
    ])  # fmt: skip


def _different(n: int) -> str:
    return "one tag" if n == 1 else f"{number(n)} different tags"


def _table(arrivals: Arrivals) -> Table:
    rows = zip(arrivals.blocks, arrivals.offered, arrivals.own, strict=True)
    return Table(
        ("Items, as first read", "New, offered", "New, own words"),
        tuple((block, count(offered), count(own)) for block, offered, own in rows),
    )
