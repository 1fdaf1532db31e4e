"""The texts of an item with the passages that readers marked: numbered in the text, listed under it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from judgments.models import Item, ItemResponse
from judgments.reports import MarkSeen

SPEAKERS = {
    "person": "Person",
    "user": "Person",
    "model": "Model",
    "assistant": "Model",
    "system": "Setting",
    "source": "Source",
}
HEAT_LEVELS = 5
BETWEEN_PARAGRAPHS = re.compile(r"\s*\n[ \t]*\r?\n\s*")


@dataclass(frozen=True)
class Piece:
    """A stretch of text. heat: 0 where nobody marked it, else 1 to HEAT_LEVELS. ends: passages that end with it."""

    text: str
    heat: int
    begins: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class Paragraph:
    """readers: people with a mark in it. heat: as of its pieces."""

    pieces: tuple[Piece, ...]
    readers: int
    heat: int


@dataclass(frozen=True)
class Passage:
    """One stretch that was marked; number: from 1, over all texts of the item."""

    number: int
    quote: str
    marks: tuple[MarkSeen, ...]

    @property
    def readers(self) -> int:
        return len({mark.code_name for mark in self.marks})


@dataclass(frozen=True)
class _About:
    speaker: str
    language: str
    model: str = ""
    is_response: bool = False


@dataclass(frozen=True)
class Text:
    """One turn or one response. about: speaker, language, model ("" where not known or not to be seen)."""

    about: _About
    paragraphs: tuple[Paragraph, ...]
    passages: tuple[Passage, ...]


def texts(item: Item, marks: Iterable[MarkSeen], *, model_names: bool) -> list[Text]:
    """The turns, then the responses in their order, each with its marks."""
    marks = list(marks)
    shown = ItemResponse.objects.filter(item=item).select_related("response__model").order_by("position")
    found: list[Text] = []
    for turn, message in enumerate(item.scenario.messages):
        own = [mark for mark in marks if mark.turn == turn]
        language, role = message.get("lang") or item.scenario.language, str(message.get("role", ""))
        about = _About(SPEAKERS.get(role, role.capitalize()), language)
        found.append(_text(str(message.get("content") or ""), own, _numbered(found), about))
    responses = [place.response for place in shown]
    for position, response in enumerate(responses):
        own = [mark for mark in marks if mark.response == str(response.uid)]
        letter = f" {chr(ord('A') + position)}" if len(responses) > 1 else ""
        model = str(response.model) if model_names and response.model else ""
        about = _About(f"The response{letter}", response.language, model, is_response=True)
        found.append(_text(response.text or "", own, _numbered(found), about))
    return found


def _numbered(found: list[Text]) -> int:
    return sum(len(text.passages) for text in found)


def _text(content: str, marks: list[MarkSeen], numbered: int, about: _About) -> Text:
    ends = sorted({(mark.start, mark.end) for mark in marks})
    passages = tuple(
        Passage(number, content[start:end], tuple(mark for mark in marks if (mark.start, mark.end) == (start, end)))
        for number, (start, end) in enumerate(ends, numbered + 1)
    )
    number = {place: passage.number for place, passage in zip(ends, passages, strict=True)}
    hottest = _hottest(marks)
    paragraphs = tuple(_paragraph(content, start, end, marks, number, hottest) for start, end in _paragraphs(content))
    return Text(about, paragraphs, passages)


def _paragraphs(content: str) -> list[tuple[int, int]]:
    """Where each paragraph begins and ends; none of them is empty."""
    found, begun = [], len(content) - len(content.lstrip())
    for gap in BETWEEN_PARAGRAPHS.finditer(content, begun):
        found.append((begun, gap.start()))
        begun = gap.end()
    found.append((begun, len(content.rstrip())))
    return [(start, end) for start, end in found if start < end]


def _paragraph(content, start, end, marks: list[MarkSeen], number: dict, hottest: int) -> Paragraph:
    own = [mark for mark in marks if mark.start < end and mark.end > start]
    cuts = {start, end}
    for mark in own:
        cuts |= {max(start, mark.start), min(end, mark.end)}
    cut = sorted(cuts)
    pieces = tuple(
        _piece(content, low, high, own, number, hottest, is_last=high == end) for low, high in pairwise(cut)
    )
    readers = len({mark.code_name for mark in own})
    return Paragraph(pieces, readers, max((piece.heat for piece in pieces), default=0))


def _piece(content, low, high, marks: list[MarkSeen], number: dict, hottest: int, *, is_last: bool) -> Piece:
    over = {mark.code_name for mark in marks if mark.start < high and mark.end > low}
    places = {(mark.start, mark.end) for mark in marks}
    # A mark that reaches past the paragraph's last letter ends with the paragraph or goes on in the next.
    ending = sorted(number[at] for at in places if at[1] == high or (is_last and _only_space(content, high, at[1])))
    beginning = sorted(number[place] for place in places if place[0] == low)
    return Piece(content[low:high], _heat(len(over), hottest), tuple(beginning), tuple(ending))


def _only_space(content: str, start: int, end: int) -> bool:
    return end > start and not content[start:end].strip()


def _hottest(marks: list[MarkSeen]) -> int:
    """Most readers who marked the same letter, and never so few that one reader would look like many."""
    begun = ({other.code_name for other in marks if other.start <= mark.start < other.end} for mark in marks)
    return max(HEAT_LEVELS, *map(len, begun)) if marks else HEAT_LEVELS


def _heat(readers: int, hottest: int) -> int:
    return -(-readers * HEAT_LEVELS // hottest)
