"""The few pieces every chart is made of: safe text, elements, numbers, wrapped lines.

`Markup` is text already safe to write out; everything else is escaped on its way in, so a chart cannot
carry markup from its data. Only classes are written, never `style`: colours and type live in `charts.css`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import escape

UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls: not allowed in XML, or not meant to be seen
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction overrides: would reorder the words beside them
    "\ud800-\udfff\ufffe\uffff]"
)
AN_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Markup(str):
    """A string that is safe to write into a page as it is; Django's templates know it by `__html__`."""

    __slots__ = ()

    def __html__(self) -> "Markup":
        return self


def clean(text: object) -> str:
    """The text on one line, without characters that XML refuses or that would reorder their neighbours."""
    return " ".join(UNWRITABLE.sub("\ufffd", str(text)).split())


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """One element. Children and attribute values are cleaned and escaped unless they are `Markup`.

    `class_` writes `class`, `aria_label` writes `aria-label`; an attribute that is None is left out.
    """
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    inside = join(children)
    return Markup(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def join(pieces: Iterable[object]) -> Markup:
    """Several pieces one after the other, each escaped unless it is `Markup`."""
    return Markup("".join(piece if isinstance(piece, Markup) else escape(clean(piece)) for piece in pieces))


def group(pieces: Iterable[object], class_: str) -> Markup:
    """The pieces in one `<g>`, or nothing where there are none."""
    inside = join(pieces)
    return element("g", inside, class_=class_) if inside else Markup()


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return element("path", d=f"M{short(x1)} {short(y1)}L{short(x2)} {short(y2)}", class_=class_)


def rectangle(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    return element("rect", x=x, y=y, width=width, height=height, rx=1.5, class_=class_)


def words(text: object, x: float, y: float, class_: str = "chart-text") -> Markup:
    """One line of text whose baseline is at y."""
    return element("text", text, x=x, y=y, class_=class_)


def lines(texts: Iterable[str], x: float, y: float, leading: float = 15, class_: str = "chart-text") -> Markup:
    """Several lines of text, the first with its baseline at y."""
    return join(words(text, x, y + index * leading, class_) for index, text in enumerate(texts))


def wrap(text: str, width: float, size: float = 12.5, most: int = 4) -> list[str]:
    """The text in lines no wider than `width`, about; at most `most`, the last cut with an ellipsis."""
    wrapped: list[str] = []
    for word in clean(text).split():
        for piece in _break(word, width, size):
            if wrapped and text_width(f"{wrapped[-1]} {piece}", size) <= width:
                wrapped[-1] = f"{wrapped[-1]} {piece}"
            else:
                wrapped.append(piece)
        if len(wrapped) > most:
            return [*wrapped[: most - 1], _shorten(wrapped[most - 1], width, size)]
    return wrapped


def text_width(text: str, size: float = 12.5) -> float:
    """The width of a line, estimated: a square for East Asian wide letters, a good half for others."""
    return sum(_letter_width(letter) for letter in text) * size


def short(value: float) -> str:
    """A coordinate, to a tenth, without idle zeros."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def count(number: int) -> str:
    """1440 as 1,440."""
    return f"{number:,}"


def decimal(number: float, places: int = 2) -> str:
    """-0.031 as −0.03, with a true minus sign, and never a minus before zero."""
    rounded = round(number, places) + 0.0
    return f"{rounded:.{places}f}".replace("-", "−")


def percent(part: int, whole: int) -> str:
    """A share in whole percent; 0% and 100% are said only when nobody and everybody is meant."""
    if whole == 0:
        return "–"
    rounded = round(100 * part / whole)
    if part and rounded == 0:
        return "<1%"
    if part != whole and rounded == 100:
        return ">99%"
    return f"{rounded}%"


def checked_id(chart_id: str) -> str:
    """The id, if it may stand in `id` and in a list of ids. Raises ValueError otherwise."""
    if not AN_ID.fullmatch(chart_id):
        raise ValueError(f"a chart's id is letters, digits, - and _, beginning with a letter: {chart_id!r}")
    return chart_id


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return escape(short(value) if isinstance(value, float) else clean(value))


@lru_cache(maxsize=4096)
def _letter_width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "ijltfrI.,:;'’|! ()":
        return 0.36
    return 0.9 if letter in "mwMW—…%" else 0.68 if letter.isupper() else 0.6


def _break(word: str, width: float, size: float) -> list[str]:
    """The word, cut where it alone would be too wide."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shorten(text: str, width: float, size: float) -> str:
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
