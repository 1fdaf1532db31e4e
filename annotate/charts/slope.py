"""Base and shift side by side: a strip each, standing upright, and the same readers joined by thin lines."""

from dataclasses import dataclass

from .figure import Chart, Table, figure
from .sentences import found, sentence, spelling
from .svg import Markup, count, element, join, line, short, words, wrap

WIDTH = 430.0
LABEL = 142.0
BASE, SHIFT = 232.0, 338.0
PITCH = 6.5
ROW = 22.0
TOP = 30.0
LEADING = 12.0
MOST_ABREAST = 12


@dataclass(frozen=True)
class Slope:
    """places: rows in words, from the low end upwards; beside: rows for readers without a point, below them.

    before, after: readers in each row, places first. pairs: (row before, row after, readers) of the same people.
    names: what the two sides are called.
    """

    title: str
    names: tuple[str, str]
    places: tuple[str, ...]
    beside: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    pairs: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        if not len(self.places) + len(self.beside) == len(self.before) == len(self.after):
            raise ValueError("there is a count for each row on both sides")


def draw_slope(slope: Slope, chart_id: str) -> Chart:
    """The pair as a chart; rows beside the scale are drawn where anybody is. Raises ValueError for an unfit id."""
    rows = _rows(slope)
    pieces = [
        words(" ".join(wrap(slope.names[0], 130, most=1)), BASE, 14, "chart-text chart-strong chart-end"),
        words(" ".join(wrap(slope.names[1], WIDTH - SHIFT, most=1)), SHIFT, 14, "chart-text chart-strong"),
        *(_label(slope, row, y) for row, y in rows.items()),
        *(_joined(rows[a], rows[b], n) for a, b, n in slope.pairs),
        _dots(slope.before, rows, BASE - 5, -PITCH),
        _dots(slope.after, rows, SHIFT + 5, PITCH),
    ]
    size = (WIDTH, max(rows.values()) + ROW * 0.75)
    return figure(chart_id, "slope", size, pieces, slope.title, _finding(slope), _table(slope))


def _rows(slope: Slope) -> dict[int, float]:
    """Where each row lies: the high end on top, then what stands beside the scale and is not empty."""
    n = len(slope.places)
    many = ROW if n <= 10 else ROW / 2
    at = {place: TOP + ROW / 2 + (n - 1 - place) * many for place in range(n)}
    y = TOP + ROW / 2 + (n - 1) * many + 8
    for row in range(n, n + len(slope.beside)):
        if slope.before[row] or slope.after[row]:
            y += ROW * 0.8
            at[row] = y
    return at


def _label(slope: Slope, row: int, y: float) -> Markup:
    n = len(slope.places)
    name = (*slope.places, *slope.beside)[row]
    # On a line of many parts the ends are named and no others.
    shown = wrap(name, LABEL, 11.5, most=1) if n <= 10 or row >= n or row in (0, n - 1) else []
    guide = line(LABEL + 4, y, WIDTH, y, "chart-guide")
    return join([guide, *(words(said, 0, y + 4, "chart-note") for said in shown)])


def _joined(before: float, after: float, n: int) -> Markup:
    width = "slope-line" if n == 1 else "slope-line slope-some" if n < 4 else "slope-line slope-many"
    return line(BASE, before, SHIFT, after, width)


def _dots(counts: tuple[int, ...], rows: dict[int, float], x: float, pitch: float) -> Markup:
    """One mark a reader, from the middle outwards; where there are very many, closer together."""
    spots = []
    for row, y in rows.items():
        step = pitch * min(1.0, MOST_ABREAST / max(1, counts[row]))
        spots += [f"M{short(x + step * index)} {short(y)}h0" for index in range(counts[row])]
    return element("path", d="".join(spots), class_="ridge-dots") if spots else Markup()


def _finding(slope: Slope) -> str:
    moved = {"higher": 0, "lower": 0, "same": 0, "beside": 0}
    n = len(slope.places)
    for a, b, readers in slope.pairs:
        where = "beside" if max(a, b) >= n else "same" if a == b else "higher" if b > a else "lower"
        moved[where] += readers
    both = sum(moved.values())
    say = spelling([both])
    if not both:
        return sentence([f"{say(sum(slope.before))} read the one, {say(sum(slope.after))} the other, nobody both"])
    ends = f"towards “{slope.places[-1]}”", f"towards “{slope.places[0]}”"
    clauses = [
        f"{say(moved['same'])} stayed" if moved["same"] else "",
        f"{say(moved['higher'])} moved {ends[0]}" if moved["higher"] else "",
        f"{say(moved['lower'])} moved {ends[1]}" if moved["lower"] else "",
        f"{say(moved['beside'])} gave no point on one side or both" if moved["beside"] else "",
    ]
    return found([sentence([f"{say(both)} read both"]), sentence(clauses)])


def _table(slope: Slope) -> Table:
    names = (*slope.places, *slope.beside)
    stayed = {a: n for a, b, n in slope.pairs if a == b}
    came, left = (dict.fromkeys(range(len(names)), 0) for _ in range(2))
    for a, b, n in slope.pairs:
        if a != b:
            left[a] += n
            came[b] += n
    return Table(
        ("Answer", *slope.names, "Same readers: stayed", "left", "came"),
        tuple(
            (name, count(slope.before[row]), count(slope.after[row]), count(stayed.get(row, 0)),
             count(left[row]), count(came[row]))
            for row, name in enumerate(names)
        ),
    )  # fmt: skip


def draw_difference(before: tuple[int, ...], after: tuple[int, ...]) -> Markup:
    """Two tiny histograms back to back, the base below the line and the shift above it; decoration."""
    width, half, n = 84.0, 12.0, len(before)
    column = width / n
    most = (max(1, *before) / max(1, sum(before)), max(1, *after) / max(1, sum(after)))
    unit = half / max(most)
    bars = [
        (before, "difference-base", lambda part: half),
        (after, "difference-shift", lambda part: half - part),
    ]
    pieces = []
    for counts, class_, top in bars:
        shares = [unit * each / max(1, sum(counts)) for each in counts]
        d = "".join(
            f"M{short(column * at + 1)} {short(top(part))}h{short(column - 2)}v{short(part)}h-{short(column - 2)}z"
            for at, part in enumerate(shares)
            if part
        )
        if d:
            pieces.append(element("path", d=d, class_=class_))
    pieces.append(line(0, half, width, half, "chart-axis"))
    box = {"viewBox": f"0 0 {short(width)} {short(2 * half)}"}
    return element("svg", *pieces, class_="chart-svg difference", aria_hidden="true", focusable="false", **box)
