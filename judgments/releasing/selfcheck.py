"""Before a release is sealed, its own files are read again and must say what the database said.

Agreement is computed twice: by `judgments.analysis` from the rows as they came from the database, and by
the `krippendorff` library from the written Parquet and CSV files, read with pandas alone.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import krippendorff
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from judgments.analysis import Ratings, Scale, alpha
from judgments.errors import ReleaseRefused
from judgments.models import Item
from judgments.releasing.files import Written, unescape
from judgments.releasing.tables import RATINGS, Table

TOLERANCE = 1e-9
Key = tuple[str, int, str]
"""Rubric, version and short name of a question."""
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
MOST_CELLS = 10_000_000
"""Items × points² that the library may build; beyond it a hashed sample of the items is compared."""
METRIC: dict[str, Metric] = {
    "nominal": "nominal",
    "pair": "nominal",
    "set": "nominal",  # Whole sets, alike or not.
    "ordinal": "ordinal",
    "ranking": "nominal",
    "interval": "interval",
    "ratio": "ratio",
}
COUNTED = "current point answers of first occasions, practice items and points set apart left out"
_READ = [
    "item_id", "annotator_id", "occasion", "rubric", "rubric_version", "dimension", "is_current", "form", "point",
    "labels_json",
]  # fmt: skip


@dataclass
class Answers:
    """Answers to one question, as columns."""

    items: list[str] = field(default_factory=list)
    annotators: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def of(self, wanted: set[str] | None) -> "Answers":
        """Only the answers to these items; all without a set."""
        if wanted is None:
            return self
        rows = [row for row, item in enumerate(self.items) if item in wanted]
        return Answers(*([column[row] for row in rows] for column in (self.items, self.annotators, self.values)))


class Tally:
    """Keeps the answers that count as they pass on their way from the database to the files.

    levels: the level of measurement of each question. apart: its points outside the order of the scale.
    """

    def __init__(self) -> None:
        self.practice: set[str] = set()
        self.levels: dict[Key, str] = {}
        self.apart: set[tuple[Key, float]] = set()
        self.answers: dict[Key, Answers] = {}

    def look(self, table: Table, columns: list[tuple]) -> None:
        named = dict(zip(table.names, columns, strict=True))
        if table.name == "items":
            pairs = zip(named["item_id"], named["purpose"], strict=True)
            self.practice |= {item for item, purpose in pairs if purpose == Item.Purpose.PRACTICE}
        elif table.name == "dimensions":
            self.levels |= dict(zip(_keys(named), named["level"], strict=True))
        elif table.name == "scale_points":
            rows = zip(_keys(named), named["value"], named["apart"], strict=True)
            self.apart |= {(key, value) for key, value, apart in rows if apart}
        elif table.name == "ratings":
            self._take(named)

    def _take(self, named: dict[str, tuple]) -> None:
        rows = zip(
            _keys(named), named["item_id"], named["annotator_id"], named["occasion"], named["is_current"],
            named["form"], named["point"], named["labels_json"], strict=True,
        )  # fmt: skip
        for key, item, annotator, occasion, is_current, form, point, labels in rows:
            value = labels if point is None else point
            if is_current and not occasion and form == "point" and value is not None and item not in self.practice:
                if (key, point) in self.apart:
                    continue
                answers = self.answers.setdefault(key, Answers())
                answers.items.append(item)
                answers.annotators.append(annotator)
                answers.values.append(value)


def _keys(named: dict[str, tuple]) -> Iterable[Key]:
    return zip(named["rubric"], named["rubric_version"], named["dimension"], strict=True)


def check(folder: Path, written: list[Written], ours: Tally) -> list[dict[str, Any]]:
    """What was compared, a row a question. Raises ReleaseRefused at the first difference."""
    for one in written:
        _check_rows(folder, one)
    _check_tables(folder, written)
    path = {one.table.name: one for one in written}["ratings"]
    parquet = pd.read_parquet(folder / path.parquet, columns=_READ)
    if not parquet.equals(_read_csv(folder / path.csv)):
        raise ReleaseRefused("csv/ratings.csv does not say the same as data/ratings.parquet. Nothing was released.")
    return _check_agreement(parquet, ours)


# Tables -------------------------------------------------------------------------------------------


def _check_rows(folder: Path, one: Written) -> None:
    rows = pq.ParquetFile(folder / one.parquet).metadata.num_rows
    first = [one.table.columns[0].name]
    lines = len(pd.read_csv(folder / one.csv, usecols=first, dtype=str, keep_default_na=False))
    if not rows == lines == one.rows:
        raise ReleaseRefused(f"{one.table.name}: {one.rows} rows were written, {rows} and {lines} were read again.")


def _check_tables(folder: Path, written: list[Written]) -> None:
    """Keys are unique, references lead somewhere, and words with a fixed list are on it."""
    paths = {one.table.name: folder / one.parquet for one in written}
    for one in written:
        table = one.table
        referring = [column for reference in table.references for column in reference.columns]
        domains = {column.name: column.domain for column in table.columns if column.domain}
        frame = pd.read_parquet(paths[table.name], columns=list(dict.fromkeys([*table.key, *referring, *domains])))
        if frame.duplicated(list(table.key)).any():
            raise ReleaseRefused(f"{table.name}: two rows share the key {', '.join(table.key)}.")
        for name, domain in domains.items():
            if unknown := set(frame[name].dropna().unique()) - set(domain):
                raise ReleaseRefused(f"{table.name}.{name} has values outside its list: {sorted(unknown)}.")
        for reference in table.references:
            target = pd.read_parquet(paths[reference.table], columns=list(reference.to))
            _check_reference(table, reference, frame[list(reference.columns)], target)


def _check_reference(table: Table, reference, frame: pd.DataFrame, target: pd.DataFrame) -> None:
    given = frame.dropna().drop_duplicates()
    given.columns = target.columns = pd.Index(range(len(reference.to)))
    found = given.merge(target.drop_duplicates(), how="left", indicator=True)
    lost = int((found["_merge"] == "left_only").sum())
    if lost:
        raise ReleaseRefused(f"{table.name}: {lost} of {', '.join(reference.columns)} are not in {reference.table}.")


def _read_csv(path: Path) -> pd.DataFrame:
    """The columns needed, with the types that Parquet gives back."""
    cells = pd.read_csv(path, usecols=_READ, dtype=str, keep_default_na=False)[_READ]
    empty = pd.read_parquet(path.parent.parent / "data" / "ratings.parquet", columns=_READ).iloc[:0]
    frame = {}
    for name in _READ:
        column, type_ = cells[name], {one.name: one.type for one in RATINGS.columns}[name]
        if type_ == "number":
            frame[name] = pd.to_numeric(column.where(column != ""))
        elif type_ == "flag":
            frame[name] = column == "true"
        elif type_ == "integer":
            frame[name] = column.astype("int64")
        else:
            frame[name] = column.where(column != "", None).map(unescape, na_action="ignore")
        frame[name] = frame[name].astype(empty[name].dtype)
    return pd.DataFrame(frame)


# Agreement ----------------------------------------------------------------------------------------


def _check_agreement(frame: pd.DataFrame, ours: Tally) -> list[dict[str, Any]]:
    point = frame["point"].astype(object).where(frame["point"].notna(), frame["labels_json"])
    frame = frame.assign(value=point)
    counted = frame["is_current"] & (frame["form"] == "point") & (frame["occasion"] == 0) & frame["value"].notna()
    frame = frame[counted & ~frame["item_id"].isin(ours.practice)]
    by_key = frame.groupby(["rubric", "rubric_version", "dimension"])
    theirs: dict[Key, pd.DataFrame] = dict(iter(by_key))  # type: ignore[arg-type]
    found = []
    for key in sorted(set(theirs) | set(ours.answers)):
        if ours.levels.get(key) in METRIC:
            rows = theirs.get(key, frame.iloc[:0])
            on_scale = np.array([(key, value) not in ours.apart for value in rows["value"]], dtype=bool)
            rows = rows[on_scale]
            found.append(_compare(key, METRIC[ours.levels[key]], rows, ours.answers.get(key, Answers())))
    return found


def _compare(key: Key, metric: Metric, rows: pd.DataFrame, answers: Answers) -> dict[str, Any]:
    sample = _sample(rows)
    if sample is not None:
        rows = rows[rows["item_id"].isin(sample)]
    theirs = _by_the_library(rows, metric)
    used = answers.of(sample)
    ours = alpha(
        Ratings.from_arrays(used.items, used.annotators, used.values, Scale(metric)), interval=None
    ) if used.items else None  # fmt: skip
    value = ours.value if ours is not None else math.nan
    if not (math.isnan(value) and math.isnan(theirs)) and not abs(value - theirs) <= TOLERANCE:
        raise ReleaseRefused(
            f"Agreement on {key[2]} is {value!r} by our reckoning and {theirs!r} read again from the files. "
            "Nothing was released."
        )
    return {
        "rubric": key[0], "rubric_version": key[1], "dimension": key[2], "metric": metric,
        "alpha": None if math.isnan(value) else round(value, 12),
        "n_items": ours.n_items if ours else 0, "n_annotators": ours.n_annotators if ours else 0,
        "n_ratings": ours.n_ratings if ours else 0, "items_sampled": None if sample is None else len(sample),
    }  # fmt: skip


def _sample(rows: pd.DataFrame) -> set[str] | None:
    """Items to compare when all of them would be too many: the first by a hash of their ids. None: all."""
    items = rows["item_id"].unique()
    if len(items) * rows["value"].nunique() ** 2 <= MOST_CELLS:
        return None
    ranked = sorted(items, key=lambda item: hashlib.sha256(item.encode()).digest())
    count = len(ranked)
    while True:
        sample = set(ranked[:count])
        points = rows.loc[rows["item_id"].isin(sample), "value"].nunique()
        if count <= 1 or count * points**2 <= MOST_CELLS:
            return sample
        count //= 2


def _by_the_library(rows: pd.DataFrame, metric: Metric) -> float:
    """Alpha by the krippendorff library; nan where it is not defined."""
    items, item = np.unique(rows["item_id"].to_numpy(dtype=str), return_inverse=True)
    points, point = np.unique(
        rows["value"].to_numpy(dtype=str if metric == "nominal" else float), return_inverse=True
    )
    counts = np.zeros((len(items), len(points)), dtype=np.int64)
    np.add.at(counts, (item, point), 1)
    paired = counts[counts.sum(axis=1) > 1]
    if (paired.sum(axis=0) > 0).sum() < 2:
        return math.nan
    domain = np.arange(len(points)) if metric == "nominal" else points
    return float(krippendorff.alpha(value_counts=paired, value_domain=domain, level_of_measurement=metric))
