"""What the mapping of a published dataset says, in plain records; and where in its text it says it."""

import re
from dataclasses import dataclass, field

Where = dict[str, list[str]]


@dataclass(frozen=True)
class Point:
    code: str
    text: str
    value: float
    description: str = ""


@dataclass(frozen=True)
class DimensionMap:
    """One dimension: where its values stand and how they are read.

    empty: what an empty list of a set means, "answer" or "missing". not_this: codes that are a reason.
    aggregate: how several rows of one judgment become one value; count: the codes that are counted.
    """

    column: str
    slug: str
    title: str
    question: str
    help: str
    kind: str
    level: str
    points: tuple[Point, ...]
    low: float | None
    high: float | None
    missing: frozenset[str]
    not_this: dict[str, str]
    empty: str
    separator: str
    aggregate: str
    count: frozenset[str]
    line: int


@dataclass(frozen=True)
class ItemsMap:
    file: str
    key: tuple[str, ...]
    prompt: str = ""
    response: str = ""
    model: str = ""
    version: str = ""
    title: str = ""
    language: str = ""
    """BCP 47 of the prompts, the same for all."""
    response_language: str = ""
    content_notes: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        named = (*self.key, self.prompt, self.response, self.model, self.version, self.title)
        return [column for column in named if column]


@dataclass(frozen=True)
class RatingsMap:
    file: str
    key: tuple[str, ...]
    item: tuple[str, ...]
    annotator: tuple[str, ...]
    time: str = ""
    time_unit: str = ""
    duration_ms: str = ""
    several_rows: bool = False
    """Whether the rows of one item and annotator belong to one judgment."""
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FacetMap:
    column: str
    slug: str
    title: str
    question: str


@dataclass(frozen=True)
class AnnotatorsMap:
    file: str
    key: tuple[str, ...]
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SpansMap:
    """Marks. `column` holds a list of spans whose fields the other names are; without it they are columns.

    side: the field that says which text is meant, by `sides`; without it all are in the response.
    text: the field with the passage itself, which must agree with the places.
    past_end: "refuse", or "clip" for places beyond the end of the text.
    """

    column: str = ""
    start: str = "start"
    end: str = "end"
    side: str = ""
    sides: dict[str, str] = field(default_factory=dict)
    text: str = ""
    tag: str = ""
    details: tuple[str, ...] = ()
    past_end: str = "refuse"


@dataclass(frozen=True)
class Exclusion:
    of: str
    where: Where
    why: str


@dataclass(frozen=True)
class Mapping:
    name: str
    text: str
    slug: str
    title: str
    licence: str
    attribution: str
    description: str
    content_warning: str
    items: ItemsMap
    ratings: RatingsMap
    annotators: AnnotatorsMap
    dimensions: tuple[DimensionMap, ...]
    facets: tuple[FacetMap, ...]
    spans: SpansMap | None
    rationale: tuple[str, ...]
    duplicates: str
    subsets: dict[str, Where]
    excludes: tuple[Exclusion, ...]
    lines: "Lines"


class Lines:
    """On which line each table and key of a TOML text stands, found by reading its headers and keys."""

    HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
    KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=")

    def __init__(self, text: str):
        self._at: dict[tuple[str, str], int] = {}
        table, quoted = "", ""
        counts: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if quoted:
                quoted = "" if quoted in line else quoted
                continue
            if header := self.HEADER.match(line):
                table = header[2].replace('"', "").replace(" ", "")
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = f"{table}.{counts[table]}"
                self._at.setdefault((table, ""), number)
            elif key := self.KEY.match(line):
                self._at.setdefault((table, key[1].strip("\"'")), number)
            for mark in ('"""', "'''"):
                if line.count(mark) % 2:
                    quoted = mark

    def of(self, table: str, key: str = "") -> int:
        return self._at.get((table, key)) or self._at.get((table, "")) or self._at.get(("", table)) or 1
