"""Reasons laid out by where their author stood: the low side, the middle, the high side, both ways, not this."""

from dataclasses import dataclass

from annotate.charts import REASONS
from annotate.views.results.drawing import ends_of
from judgments import reports
from judgments.ledger import Dimension
from judgments.models import Form, Level

IN_ORDER = (Level.ORDINAL, Level.INTERVAL, Level.RATIO)


@dataclass(frozen=True)
class Quote:
    """The same words, and who said them: (code name, the place within the region, "" where it has but one)."""

    words: str
    said_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """The reasons of those who stood in one region of the scale."""

    title: str
    quotes: tuple[Quote, ...]

    @property
    def n(self) -> int:
        return sum(len(quote.said_by) for quote in self.quotes)


def columns(found: reports.ItemDimension) -> list[Column]:
    """The regions that have reasons, in the order of the scale, then the other forms of answer.

    Questions answered in words alone have no regions.
    """
    if found.dimension.level == Level.OPEN:
        return []
    regions: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for place in found.reasons:
        title, within = _region(found.dimension, place)
        for quote in place.quotes:
            regions.setdefault(title, {}).setdefault(quote.text, []).append((quote.code_name, within))
    return [
        Column(title, tuple(Quote(words, tuple(said_by)) for words, said_by in quotes.items()))
        for title, quotes in regions.items()
    ]


def place_title(dimension: Dimension, form: str, name: str) -> str:
    """One place by itself: a point in its own words, another form of answer, or why there is no place."""
    title, within = _region(dimension, reports.Place(name, form, ()))
    return f"{title}: {within}" if form == Form.NONE else within or title


def _region(dimension: Dimension, place: reports.Place) -> tuple[str, str]:
    """The region's title, and how the place is called where a region has several."""
    if place.form == Form.POINT:
        return _of_point(dimension, place.name)
    if place.form == Form.NONE:
        return "Not this", REASONS.get(place.name, place.name)
    return {Form.RANGE: "A range", Form.BOTH: "Both ways"}.get(place.form, "Left open"), ""


def _of_point(dimension: Dimension, name: str) -> tuple[str, str]:
    if dimension.is_line:
        return _third(dimension.places.index(name), len(dimension.places), ends_of(dimension)), name
    point = next((point for point in dimension.points if point.code == name), None)
    if point is None:  # A set in which nothing was chosen.
        return "None of these", ""
    in_order = [each for each in dimension.points if not each.apart]
    if dimension.level not in IN_ORDER or point.apart or len(in_order) < 4:
        return point.text, ""
    return _side(in_order.index(point), [each.text for each in in_order], point.text)


def _side(index: int, texts: list[str], text: str) -> tuple[str, str]:
    twice_from_middle = 2 * index - (len(texts) - 1)
    if twice_from_middle == 0:
        return text, ""
    return f"Towards “{texts[0] if twice_from_middle < 0 else texts[-1]}”", text


def _third(index: int, parts: int, ends: tuple[str, str]) -> str:
    third = (2 * index + 1) * 3 // (2 * parts)
    return (f"Towards “{ends[0]}”", "In the middle", f"Towards “{ends[1]}”")[third]
