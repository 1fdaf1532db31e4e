"""Findings, made by rule from counts: what can be seen, in words, never a single number for everyone."""

from collections.abc import Callable, Iterable, Mapping

from .answers import Line, Scale
from .svg import count
from .tally import Tally

SMALL = [
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
FEW = 5
MOST_NAMED = 3

Group = tuple[str, int]


def number(n: int) -> str:
    """Up to twenty in words, then in figures."""
    return SMALL[n] if n < len(SMALL) else count(n)


def spelling(numbers: Iterable[int]) -> Callable[[int], str]:
    """How to write the numbers of one sentence alike: in words if all are small, else in figures."""
    small = all(n < len(SMALL) for n in numbers)
    return number if small else lambda n: count(n) if n else number(n)


def sentence(clauses: Iterable[str]) -> str:
    """Clauses joined by commas, begun with a capital and ended with a stop; "" for no clauses."""
    joined = ", ".join(clause for clause in clauses if clause)
    return joined[:1].upper() + joined[1:] + "." if joined else ""


def groups(scale: Scale | Line, points: list[int]) -> list[Group]:
    """Where the placed readers stood, as phrases with counts.

    points: readers at each point. A scale with a middle gives its two sides, the middle and the points apart;
    a line its thirds; any other scale its points, most readers first.
    """
    if isinstance(scale, Line):
        return _thirds(scale, points)
    at = [(f"at “{point.label}”", n) for point, n in zip(scale.points, points, strict=True)]
    if scale.middle is None:
        return sorted(at, key=lambda phrase: -phrase[1])
    middle = scale.part(scale.middle)
    ordered = [index for index, point in enumerate(scale.points) if not point.apart]
    low, high = [i for i in ordered if i < middle], [i for i in ordered if i > middle]
    sides = [
        (f"towards “{scale.points[end].label}”", sum(points[i] for i in side))
        for side, end in ((low, ordered[0]), (high, ordered[-1]))
        if side
    ]
    return [*sides, at[middle], *(at[i] for i, point in enumerate(scale.points) if point.apart and points[i])]


def placed(scale: Scale | Line, points: list[int], say: Callable[[int], str] | None = None, verb: str = "") -> str:
    """`Eleven placed it towards “Too little”, ten towards “Too much”, two at “Fitting”.`

    say: how a count is written, by `spelling` if None. verb: stands after the first count.
    """
    named = groups(scale, points)
    if not isinstance(scale, Line) and scale.middle is None:
        named = _foremost(named, with_rest=scale.level != "set")
    elif not any(points):
        named = []
    say = say or spelling(n for _, n in named)
    clauses = [f"{say(n)} {phrase}" for phrase, n in named]
    if clauses and verb:
        clauses[0] = f"{say(named[0][1])} {verb} {named[0][0]}"
    return sentence(clauses)


def other_forms(ranges: int, both: int, reasons: Mapping[str, int], say: Callable[[int], str] | None = None) -> str:
    """`Three gave a range, one went both ways, four said “not this”, two left it open.`

    reasons: readers who gave no place, by reason.
    """
    left_open = reasons.get("left_open", 0)
    acts = (
        (ranges, "gave a range"),
        (both, "went both ways"),
        (sum(reasons.values()) - left_open, "said “not this”"),
        (left_open, "left it open"),
    )
    say = say or spelling(n for n, _ in acts)
    return sentence(f"{say(n)} {did}" for n, did in acts if n)


def by_cohort(scale: Scale | Line, counted: Tally) -> str:
    """Where most readers of each cohort stood: `Nurses most often towards “Too little” (9 of 11); …`."""
    points = counted.of("point").values()
    clauses = []
    for cohort, name in enumerate(counted.cohorts):
        named = groups(scale, [row[cohort] for row in points])
        top = max(n for _, n in named)
        tops = [phrase for phrase, n in named if n == top]
        where, each = " and ".join(tops), " each" if len(tops) > 1 else ""
        of = f"{count(top)} of {count(counted.asked_in(cohort))}{each}"
        clauses.append(f"{name}: most often {where} ({of})" if top else f"{name}: no place given")
    return sentence(["; ".join(clauses)])


def found(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def _foremost(named: list[Group], with_rest: bool) -> list[Group]:
    """The phrases with most readers, and the rest gathered where readers are counted once."""
    some = [phrase for phrase in named if phrase[1]]
    rest = sum(n for _, n in some[MOST_NAMED:])
    return some[:MOST_NAMED] + ([("elsewhere", rest)] if rest and with_rest else [])


def _thirds(line: Line, points: list[int]) -> list[Group]:
    """Parts gathered into thirds; a part that straddles a boundary goes where its centre lies."""
    names = (
        f"in the third nearest “{line.low_label}”",
        "in the middle third",
        f"in the third nearest “{line.high_label}”",
    )
    sums = [0, 0, 0]
    for index, n in enumerate(points):
        sums[(2 * index + 1) * 3 // (2 * line.parts)] += n
    return list(zip(names, sums, strict=True))
