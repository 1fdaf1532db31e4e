"""Where things lie in a strip: columns for points, lanes for cohorts, rows for ranges, the gutter."""

from collections.abc import Callable
from dataclasses import dataclass

from .answers import Line, Scale
from .svg import text_width
from .tally import Place, Tally

PITCH = 12.0
ROWS = 12
LEFT = 12.0
GUTTER = 150.0
BESIDE = 16.0
LEAST_WIDTH = 720.0
APART = 22.0
BETWEEN = 3.0
ARC_ROW = 23.0
RANGE_ROW = 11.0


@dataclass(frozen=True)
class Plot:
    """Where things lie, in units of the viewBox; y grows downwards and `floor` is the axis."""

    width: float
    centres: tuple[float, ...]
    column: float
    x_of: Callable[[float], float]
    top: float
    floor: float
    gutter: float


def lay_out(scale: Scale | Line, drawn: Tally, top: float) -> Plot:
    points = scale.points
    least = _least_column(scale, drawn)
    gap = APART if any(point.apart for point in points) else 0.0
    width = max(LEAST_WIDTH, LEFT + least * len(points) + gap + BESIDE + GUTTER)
    column = (width - GUTTER - BESIDE - LEFT - gap) / len(points)
    centres = tuple(LEFT + column * (i + 0.5) + (gap if point.apart else 0) for i, point in enumerate(points))
    above = ARC_ROW * len(packed(drawn, "both")) + RANGE_ROW * len(packed(drawn, "range"))
    tallest = stack_rows(scale, drawn, column) * PITCH
    body = max(above + tallest + 8, gutter_height(drawn), 60.0)

    def x_of(coordinate: float) -> float:
        if isinstance(scale, Line):
            return LEFT + (coordinate - scale.low) / (scale.high - scale.low) * column * len(points)
        return centres[int(coordinate)]

    return Plot(width, centres, column, x_of, top, top + body, width - GUTTER)


def _least_column(scale: Scale | Line, drawn: Tally) -> float:
    """Room for a mark on a line; for points, room for a mark of each cohort and the longest word."""
    if isinstance(scale, Line):
        return 26.0
    longest = max((text_width(word) for point in scale.points for word in point.label.split()), default=0.0)
    return max(54.0, PITCH * lanes(scale, drawn) + 12, min(110.0, longest + 8))


def lanes(scale: Scale | Line, drawn: Tally) -> int:
    """Cohorts stand side by side at a point; on a line, where columns are narrow, on top of one another."""
    return 1 if isinstance(scale, Line) else len(drawn.cohorts)


def abreast(scale: Scale | Line, drawn: Tally, column: float) -> int:
    """Marks side by side in one lane: as few as keep the tallest stack at ROWS rows, and no more than fit."""
    fitting = max(1, int(((column - 8) / lanes(scale, drawn) - BETWEEN) / PITCH))
    return min(fitting, max(1, -(-tallest(scale, drawn) // ROWS)))


def tallest(scale: Scale | Line, drawn: Tally) -> int:
    rows = drawn.of("point").values()
    return max(sum(row) if lanes(scale, drawn) == 1 else max(row) for row in rows)


def stack_rows(scale: Scale | Line, drawn: Tally, column: float) -> int:
    return -(-tallest(scale, drawn) // abreast(scale, drawn, column))


def packed(drawn: Tally, form: str) -> list[list[tuple[Place, int]]]:
    """Ranges or both-ways, one entry a reader, packed so that those in one row do not touch."""
    rows: list[list[tuple[Place, int]]] = []
    for place, counts in drawn.of(form).items():
        for cohort, n in enumerate(counts):
            for _ in range(n):
                free = next((row for row in rows if row[-1][0].at[1] < place.at[0]), None)
                if free is None:
                    rows.append([(place, cohort)])
                else:
                    free.append((place, cohort))
    return rows


def gutter_abreast() -> int:
    return int((GUTTER - 20) / PITCH)


def gutter_block(marks: int) -> float:
    return 20 + PITCH * -(-marks // gutter_abreast())


def gutter_height(drawn: Tally) -> float:
    return sum((gutter_block(sum(row)) for row in drawn.of("none").values()), 4.0)
