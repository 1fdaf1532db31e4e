"""Several labels at once: one bar a label, as long as the share of the readers asked who chose it."""

from collections import Counter
from collections.abc import Sequence

from .answers import Answer, Chosen, NotThis, Scale, reason_order, reason_words
from .figure import Chart, Table, figure
from .legend import cohort_class, legend
from .sentences import found, sentence, spelling
from .shapes import mark
from .svg import Markup, count, join, lines, percent, rectangle, words, wrap
from .tally import Place, Tally, checked_cohorts, cohort_index

WIDTH = 640.0
LABEL = 210.0
BAR = 300.0
THICK = 12.0
NAMED = 3
NOTHING = "None of these"

Row = tuple[str, tuple[int, ...]]


def draw_choices(title: str, scale: Scale, answers: Sequence[Answer], cohorts: Sequence[str], chart_id: str) -> Chart:
    """The chart of a "set" scale. Raises ValueError for answers that are neither choices nor "not this"."""
    names = checked_cohorts(cohorts)
    asked = Counter(cohort_index(names, answer) for answer in answers)
    asked_in = tuple(asked[index] for index in range(len(names)))
    rows = _count(scale, answers, names)
    heading, y = legend(Tally({Place("point"): asked_in}, names), 8, WIDTH - 16)
    heading = join([heading, words("share of the readers asked; one reader may choose several", 8, y, "chart-note")])
    bars, bottom = _bars(rows, asked_in, y + 14)
    found_here = _finding(scale, rows, sum(asked_in))
    return figure(
        chart_id,
        "choices",
        (WIDTH, bottom),
        [heading, bars],
        title,
        found_here,
        _table(rows, names, asked_in),
    )


def _count(scale: Scale, answers: Sequence[Answer], names: tuple[str, ...]) -> list[Row]:
    """Readers of each cohort who chose each label, who chose none, and who said "not this", by reason."""
    seen: Counter[tuple[str | int, int]] = Counter()
    for answer in answers:
        cohort = cohort_index(names, answer)
        seen.update((where, cohort) for where in _where(scale, answer))
    reasons = sorted(
        {where for where, _ in seen if isinstance(where, str) and where != "."},
        key=lambda w: reason_order(w[1:]),
    )
    rows: list[tuple[str, str | int]] = [(point.label, index) for index, point in enumerate(scale.points)]
    rows += [(NOTHING, ".")] if any(where == "." for where, _ in seen) else []
    rows += [(f"Not this: {reason_words(where[1:])}", where) for where in reasons]
    return [(label, tuple(seen[where, cohort] for cohort in range(len(names)))) for label, where in rows]


def _where(scale: Scale, answer: Answer) -> set[str | int]:
    """Rows in which a reader counts: indexes of labels, "." for none, "!" and the reason otherwise."""
    if isinstance(answer, NotThis):
        return {"!" + answer.reason}
    if isinstance(answer, Chosen):
        return {scale.part(value) for value in answer.values} or {"."}
    raise ValueError(f"on this scale a reader chooses labels: {answer!r}")


def _bars(rows: list[Row], asked_in: tuple[int, ...], y: float) -> tuple[Markup, float]:
    pieces = []
    for label, row in rows:
        named = wrap(label, LABEL - 16, most=3)
        height = max(15 * len(named), (THICK + 3) * len(row)) + 8
        pieces.append(lines(named, 8, y + 12))
        for cohort, n in enumerate(row):
            pieces.append(_bar(cohort, n, asked_in[cohort], y + 1 + cohort * (THICK + 3), len(row) > 1))
        y += height
    return join(pieces), y + 2


def _bar(cohort: int, n: int, asked: int, y: float, split: bool) -> Markup:
    share = n / asked if asked else 0.0
    said = f"{count(n)} of {count(asked)} · {percent(n, asked)}"
    pieces = [
        mark(cohort, LABEL + 4, y + THICK / 2, cohort_class(cohort), 4.2) if split else "",
        rectangle(LABEL + 14, y, BAR, THICK, "chart-track"),
        rectangle(LABEL + 14, y, BAR * share, THICK, cohort_class(cohort)) if n else "",
        words(said, LABEL + BAR + 22, y + THICK - 1.5, "chart-note"),
    ]
    return join(pieces)


def _finding(scale: Scale, rows: list[Row], asked: int) -> str:
    if not asked:
        return "Nobody has been asked this yet."
    chosen = [(label, sum(row)) for label, row in rows[: len(scale.points)] if sum(row)]
    chosen.sort(key=lambda pair: -pair[1])
    say = spelling([asked])
    clauses = [f"{say(n)} “{label}”" for label, n in chosen[:NAMED]]
    clauses[:1] = [f"of {say(asked)} readers, {say(n)} chose “{label}”" for label, n in chosen[:1]]
    without = {label: sum(row) for label, row in rows[len(scale.points) :]}
    nothing = without.pop(NOTHING, 0)
    others = [f"{say(nothing)} chose none of these"] if nothing else []
    others += [f"{say(sum(without.values()))} said “not this” or left it open"] if without else []
    return found([sentence(clauses) or "No label was chosen.", sentence(others)])


def _table(rows: list[Row], names: tuple[str, ...], asked_in: tuple[int, ...]) -> Table:
    split = len(names) > 1
    body = [*rows, ("Asked", asked_in)]
    return Table(
        ("Label", *(names if split else ()), "Readers", "Share of those asked"),
        tuple(
            (label, *(map(count, row) if split else ()), count(sum(row)), percent(sum(row), sum(asked_in)))
            for label, row in body
        ),
    )
