"""Legends inside the chart: cohorts by shape, name and number; forms of answer by a small example."""

from collections.abc import Collection

from .shapes import mark
from .svg import Markup, count, element, join, line, short, text_width, words, wrap
from .tally import Tally

ROW = 20.0
GAP = 20.0


def cohort_class(cohort: int) -> str:
    return f"chart-cohort-{cohort + 1}"


def legend(counted: Tally, x: float, width: float) -> tuple[Markup, float]:
    """The cohorts with the number of readers asked, wrapped to the width, and the y of the next line."""
    y = ROW - 4
    if len(counted.cohorts) == 1:
        return Markup(), y
    pieces, left = [], x
    for cohort, name in enumerate(counted.cohorts):
        said = " ".join(wrap(name, 260, most=1)) + f" ({count(counted.asked_in(cohort))})"
        taken = 18 + text_width(said) + GAP
        if left > x and left + taken > x + width:
            left, y = x, y + ROW
        pieces.append(mark(cohort, left + 5, y - 4, cohort_class(cohort)))
        pieces.append(words(said, left + 16, y))
        left += taken
    return join(pieces), y + ROW


def key(forms: Collection[str], one: str, x: float, y: float) -> Markup:
    """What a mark, a bar, an arc and a hollow mark stand for; only the forms that are drawn."""
    entries = [(form, said) for form, said in (("point", one), *_FORMS) if form in forms]
    pieces = []
    for form, said in entries:
        example, wide = _example(form, x, y - 4)
        pieces += [example, words(said, x + wide + 6, y, "chart-note")]
        x += wide + 6 + text_width(said) + GAP
    return join(pieces)


_FORMS = (("range", "a range"), ("both", "both ways"), ("none", "not this"))


def _example(form: str, x: float, y: float) -> tuple[Markup, float]:
    """A small drawing of the form in the colour of text, and its width."""
    if form == "point":
        return mark(0, x + 5, y, "chart-example"), 10
    if form == "none":
        return mark(0, x + 5, y, "chart-example chart-hollow", 4.2), 10
    ends = (x + 4, x + 26)
    if form == "range":
        caps = [line(end, y - 3.5, end, y + 3.5, "chart-cap") for end in ends]
        return element("g", line(*ends[:1], y, ends[1], y, "chart-range"), *caps, class_="chart-example"), 30
    curve = f"M{short(ends[0])} {short(y - 3)}Q{short(x + 15)} {short(y - 12)} {short(ends[1])} {short(y - 3)}"
    hollow = [mark(0, end, y + 1.5, "chart-hollow", 3.6) for end in ends]
    return element("g", element("path", d=curve, class_="chart-arc"), *hollow, class_="chart-example"), 30
