"""The mapping's TOML file, read strictly. What it does not know, it refuses by line."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.text import slugify

from judgments.importing.mapping import (
    AnnotatorsMap,
    DimensionMap,
    Exclusion,
    FacetMap,
    ItemsMap,
    Lines,
    Mapping,
    Point,
    RatingsMap,
    SpansMap,
    Where,
)
from judgments.importing.mappingtable import Table
from judgments.importing.problems import Problems
from judgments.importing.values import LANGUAGE, written
from judgments.models import Kind, Level, Reason

SHIPPED = Path(__file__).parent.parent / "mappings"
MOST_BYTES = 256 * 1024
SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}\Z")
KIND_OF_LEVEL = {
    Level.NOMINAL: Kind.CHOICE, Level.ORDINAL: Kind.DEGREE, Level.INTERVAL: Kind.LINE, Level.RATIO: Kind.LINE,
    Level.SET: Kind.CHOICES, Level.OPEN: Kind.OPEN,
}  # fmt: skip
AGGREGATES = ("same", "max", "min", "first", "last", "sum", "count", "union")


def find(mapping: Path | str) -> Path:
    """The mapping's file: a path, or the bare name of one that is shipped."""
    path = Path(mapping)
    shipped = SHIPPED / f"{path.name.removesuffix('.toml')}.toml"
    return shipped if not path.exists() and len(path.parts) == 1 and shipped.exists() else path


def read(path: Path, problems: Problems) -> Mapping:
    """A mapping from its file. Raises ImportRefused with every problem that can be told without the data."""
    name = path.name
    if not path.is_file():
        shipped = ", ".join(sorted(found.stem for found in SHIPPED.glob("*.toml")))
        raise problems.stop(name, None, "", "missing_file", f"There is no such mapping. Shipped ones: {shipped}.")
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise problems.stop(name, None, "", "too_large", "A mapping has at most 256 KB.")
    try:
        text = content.decode("utf-8-sig")
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise problems.stop(name, line, "", "encoding", "Not UTF-8. Save the mapping as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise problems.stop(name, int(found[1]) if found else 1, "", "toml", f"Not TOML: {error}.") from None
    mapping = _Reading(name, text, values, problems).mapping()
    problems.refuse_if_any()
    return mapping


class _Reading:
    """Turns the tables of one TOML text into a Mapping, noting every problem."""

    def __init__(self, name: str, text: str, values: dict[str, Any], problems: Problems):
        self.name, self.raw, self.problems = name, text, problems
        self.values, self.lines = dict(values), Lines(text)

    def note(self, table: str, key: str, code: str, message: str) -> None:
        column = f"{table}.{key}".strip(".")
        self.problems.add(self.name, self.lines.of(table, key), column, code, message)

    def mapping(self) -> Mapping:
        study = self._study()
        items, annotators = self._items(), self._annotators()
        ratings = self._ratings(items, annotators)
        items, annotators = self._completed(items, annotators, ratings)
        rationale, opens = self._texts()
        dimensions = self._dimensions(opens, ratings)
        mapping = Mapping(
            name=self.name, text=self.raw, **study, items=items, ratings=ratings, annotators=annotators,
            dimensions=dimensions, facets=self._facets(), spans=self._spans(), rationale=rationale,
            duplicates=self._duplicates(), subsets=self._subsets(), excludes=self._excludes(), lines=self.lines,
        )  # fmt: skip
        for key in self.values:
            self.note(key, "", "unknown_key", f"There is no table or key {key!r} in a mapping.")
        return mapping

    def _table(self, name: str) -> Table:
        return Table(self.note, name, self.values.pop(name, {}))

    def _tables(self, name: str) -> list[Table]:
        given = self.values.pop(name, [])
        if not isinstance(given, list):
            self.note(name, "", "type", f"Write [[{name}]], once for each.")
            return []
        return [Table(self.note, f"{name}.{place}", values) for place, values in enumerate(given)]

    def _study(self) -> dict[str, str]:
        table = self._table("study")
        slug = table.text("slug", needed=True)
        if slug and not SLUG.match(slug):
            table.note("slug", "slug", "A slug has letters, digits, - and _ only, 80 at most.")
        study = {
            "slug": slug,
            "title": table.text("title", needed=True, most=200),
            "licence": table.text("licence", needed=True, most=80),
            "attribution": table.text("attribution", needed=True),
            "description": table.text("description"),
            "content_warning": table.text("content_warning"),
        }
        table.end()
        return study

    def _file(self, table: Table, *, needed: bool) -> str:
        file = table.text("file", needed=needed, most=300)
        parts = PurePosixPath(file.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in file:
            table.note("file", "file", "A file is named relative to the folder of the data and lies inside it.")
        return file

    def _items(self) -> ItemsMap:
        table = self._table("items")
        languages = {key: table.text(key) for key in ("language", "response_language")}
        for key, value in languages.items():
            if value and (len(value) > 35 or not LANGUAGE.match(value)):
                table.note(key, "language", "A language is written as en or ar-EG.")
        items = ItemsMap(
            file=self._file(table, needed=False), key=table.names("key"), prompt=table.text("prompt"),
            response=table.text("response"), model=table.text("model"), version=table.text("version"),
            title=table.text("title"), content_notes=table.names("content_notes"),
            ignore=frozenset(table.names("ignore")), **languages,
        )  # fmt: skip
        table.end()
        return items

    def _annotators(self) -> AnnotatorsMap:
        table = self._table("annotators")
        file, key = self._file(table, needed=False), table.names("key")
        annotators = AnnotatorsMap(file, key, frozenset(table.names("ignore")))
        table.end()
        return annotators

    def _ratings(self, items: ItemsMap, annotators: AnnotatorsMap) -> RatingsMap:
        table = self._table("ratings")
        key, item, annotator = table.names("key"), table.names("item"), table.names("annotator")
        item = item or items.key or tuple(name for name in key if name not in (annotator or annotators.key))
        annotator = annotator or annotators.key or tuple(name for name in key if name not in item)
        ratings = RatingsMap(
            file=self._file(table, needed=True), key=key or item + annotator, item=item, annotator=annotator,
            time=table.text("time"), time_unit=table.one_of("time_unit", ("iso", "s", "ms")),
            duration_ms=table.text("duration_ms"), several_rows=table.flag("several_rows"),
            ignore=frozenset(table.names("ignore")),
        )  # fmt: skip
        if not item:
            table.note("item", "missing", "The columns that name the item are needed: item = [...].")
        if not annotator:
            table.note("annotator", "missing", "The columns that name the annotator are needed: annotator = [...].")
        table.end()
        return ratings

    def _completed(
        self, items: ItemsMap, annotators: AnnotatorsMap, ratings: RatingsMap
    ) -> tuple[ItemsMap, AnnotatorsMap]:
        """Tables without a file or key of their own take those of the ratings."""

        items = replace(items, file=items.file or ratings.file, key=items.key or ratings.item)
        annotators = replace(
            annotators, file=annotators.file or ratings.file, key=annotators.key or ratings.annotator
        )
        for table, own, named in (
            ("items", items.key, ratings.item),
            ("annotators", annotators.key, ratings.annotator),
        ):
            if len(own) != len(named):
                self.note(table, "key", "key", f"This key has {len(own)} columns; the ratings name {len(named)}.")
        return items, annotators

    def _texts(self) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """Free text: columns for the rationale, and columns that become open dimensions."""
        table = self._table("text")
        rationale = table.names("rationale")
        given = table.values.pop("open", [])
        opens = [
            {"column": each} if isinstance(each, str) else each
            for each in (given if isinstance(given, list) else [given])
        ]
        if not all(isinstance(each, dict) for each in opens):
            table.note("open", "type", "open is a list of columns, or of tables with column, title and question.")
            opens = []
        table.end()
        return rationale, [each | {"level": "open"} for each in opens]

    def _dimensions(self, opens: list[dict[str, Any]], ratings: RatingsMap) -> tuple[DimensionMap, ...]:
        tables = self._tables("dimension") + [Table(self.note, "text", each) for each in opens]
        if not tables:
            self.note("dimension", "", "missing", "At least one [[dimension]] is needed.")
        found = [self._dimension(table, ratings) for table in tables]
        for place, dimension in enumerate(found):
            if dimension.slug in {other.slug for other in found[:place]}:
                tables[place].note(
                    "slug", "slug", f"Two dimensions have the slug {dimension.slug!r}; give one its own."
                )
        return tuple(found)

    def _dimension(self, table: Table, ratings: RatingsMap) -> DimensionMap:
        line = self.lines.of(table.table)
        column = table.text("column", needed=True)
        level = table.one_of("level", tuple(str(level) for level in KIND_OF_LEVEL)) or "nominal"
        points = self._points(table)
        title = table.text("title", most=120) or column[:120]
        kind = KIND_OF_LEVEL.get(Level(level) if level in Level.values else Level.NOMINAL, Kind.CHOICE)
        if level == Level.INTERVAL and points:
            kind = Kind.DEGREE
        dimension = DimensionMap(
            column=column, slug=self._slug(table, column), title=title,
            question=table.text("question", most=300) or title, help=table.text("help"), level=level,
            kind=table.one_of("kind", tuple(str(kind) for kind in Kind.values), str(kind)), points=points,
            low=table.number("low"), high=table.number("high"), missing=table.codes("missing"),
            not_this=table.words("not_this", tuple(Reason.values)),
            empty=table.one_of("empty", ("answer", "missing"), "answer"), separator=table.text("separator"),
            aggregate=table.one_of("aggregate", AGGREGATES, "same"), count=table.codes("count"), line=line,
        )  # fmt: skip
        self._check_dimension(table, dimension, ratings)
        table.end()
        return dimension

    def _check_dimension(self, table: Table, dimension: DimensionMap, ratings: RatingsMap) -> None:
        if dimension.kind == Kind.LINE and (
            dimension.low is None or dimension.high is None or not dimension.low < dimension.high
        ):
            table.note("low", "line", "A line needs low and high, the numbers at its ends.")
        if dimension.kind not in (Kind.LINE, Kind.OPEN) and len(dimension.points) < 2:
            table.note("points", "missing", "points are needed here, two or more.")
        if dimension.kind == Kind.OPEN and dimension.points:
            table.note("points", "points", "An open dimension has no points.")
        if dimension.aggregate != "same" and not ratings.several_rows:
            table.note("aggregate", "aggregate", "aggregate goes with several_rows = true in [ratings].")
        if (dimension.aggregate == "count") != bool(dimension.count):
            table.note("count", "aggregate", 'aggregate = "count" and count = [...] go together.')
        if dimension.aggregate == "union" and dimension.level != Level.SET:
            table.note("aggregate", "aggregate", "union goes with level set.")
        if dimension.aggregate in ("max", "min", "sum") and dimension.level in (Level.NOMINAL, Level.SET, Level.OPEN):
            table.note("aggregate", "aggregate", f"{dimension.aggregate} needs values in an order.")

    def _slug(self, table: Table, column: str) -> str:
        slug = table.text("slug") or (column if SLUG.match(column) else slugify(column)[:80])
        if not SLUG.match(slug):
            table.note("slug", "slug", "A slug of letters, digits, - and _ is needed here.")
        return slug

    def _points(self, table: Table) -> tuple[Point, ...]:
        given = table.values.pop("points", [])
        if not isinstance(given, list):
            table.note("points", "type", "points is a list.")
            return ()
        found = [self._point(table, place, each) for place, each in enumerate(given, 1)]
        points = tuple(point for point in found if point is not None)
        if len({point.code for point in points}) != len(points):
            table.note("points", "points", "Two points have the same code.")
        if len({point.value for point in points}) != len(points):
            table.note("points", "points", "Two points have the same value.")
        return points

    def _point(self, table: Table, place: int, given: Any) -> Point | None:
        if isinstance(given, bool) or not isinstance(given, (str, int, float, dict)):
            table.note("points", "type", "A point is a text, a number, or a table with code, text and value.")
            return None
        if isinstance(given, (int, float)):
            return Point(written(given), written(given), float(given))
        if isinstance(given, str):
            given = {"code": given}
        code = given.get("code", given.get("value"))
        value = given.get("value", place)
        if (
            code is None
            or set(given) - {"code", "text", "value", "description"}
            or not isinstance(value, (int, float))
        ):
            table.note("points", "points", "A point has code, text, value and description.")
            return None
        text = str(given.get("text", "")) or written(code)
        if len(text) > 200 or len(written(code)) > 200:
            table.note("points", "points", "Code and text of a point have at most 200 characters.")
        return Point(written(code), text, float(value), str(given.get("description", "")))

    def _facets(self) -> tuple[FacetMap, ...]:
        found = []
        for table in self._tables("facet"):
            column = table.text("column", needed=True)
            title = table.text("title", most=120) or column[:120]
            slug = self._slug(table, column)[:60]
            found.append(FacetMap(column, slug, title, table.text("question", most=300)))
            if slug in {other.slug for other in found[:-1]}:
                table.note("slug", "slug", f"Two facets have the slug {slug!r}.")
            table.end()
        return tuple(found)

    def _spans(self) -> SpansMap | None:
        if "spans" not in self.values:
            return None
        table = self._table("spans")
        spans = SpansMap(
            column=table.text("column"), start=table.text("start", "start"), end=table.text("end", "end"),
            side=table.text("side"), sides=table.words("sides", ("prompt", "response")), text=table.text("text"),
            tag=table.text("tag"), details=table.names("details"),
            past_end=table.one_of("past_end", ("refuse", "clip"), "refuse"),
        )  # fmt: skip
        table.end()
        return spans

    def _duplicates(self) -> str:
        value = self.values.pop("duplicates", "refuse")
        if value not in ("refuse", "repeat", "first"):
            self.note("", "duplicates", "value", "duplicates is refuse, repeat or first.")
        return value

    def _subsets(self) -> dict[str, Where]:
        given = self.values.pop("subset", {})
        if not isinstance(given, dict):
            self.note("subset", "", "type", "Write [subset.NAME], once for each.")
            return {}
        found = {}
        for name, values in given.items():
            table = Table(self.note, f"subset.{name}", values)
            found[name] = table.where()
            if not SLUG.match(name):
                table.note("", "slug", "The name of a subset has letters, digits, - and _ only.")
            table.end()
        return found

    def _excludes(self) -> tuple[Exclusion, ...]:
        found = []
        for table in self._tables("exclude"):
            of = table.one_of("of", ("ratings", "items", "annotators"), "ratings")
            found.append(Exclusion(of, table.where(), table.text("why")))
            table.end()
        return tuple(found)
