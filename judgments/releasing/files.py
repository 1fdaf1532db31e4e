"""A table as Parquet, lossless, and beside it as CSV for people and spreadsheets; written a batch at a time."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from judgments.errors import ReleaseRefused
from judgments.releasing.rows import Row
from judgments.releasing.tables import Table

BATCH = 65_536
"""Rows in memory at a time; also a row group of the Parquet file."""
FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠'")
"""A spreadsheet could run a cell that begins with one of these; with the apostrophe the rule can be reversed."""


@dataclass(frozen=True)
class Written:
    """Where a table went; paths are relative to the release."""

    table: Table
    rows: int
    parquet: str
    csv: str


def escape(text: str) -> str:
    """One apostrophe before a text cell that a spreadsheet could take for a formula. `unescape` takes it off."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def unescape(cell: str) -> str:
    """The text of a cell: without the one leading apostrophe, if there is one."""
    return cell[1:] if cell.startswith("'") else cell


def write(table: Table, rows: Iterable[Row], folder: Path, *, look: Callable[[Table, list[tuple]], None]) -> Written:
    """Write a table into data/ and csv/ of the folder. `look` sees each batch as columns, and may refuse it.

    Raises ReleaseRefused where a value is missing that must be there.
    """
    parquet, csv_path = f"data/{table.name}.parquet", f"csv/{table.name}.csv"
    schema, written = table.schema, 0
    with (
        pq.ParquetWriter(folder / parquet, schema, compression="zstd", compression_level=3, version="2.6") as writer,
        open(folder / csv_path, "w", encoding="utf-8", newline="") as file,
    ):
        lines = csv.writer(file, lineterminator="\r\n")
        lines.writerow(table.names)
        for columns in _batches(rows):
            look(table, columns)
            writer.write_batch(_arrow(table, schema, columns))
            cells = [_cells(column.type, values) for column, values in zip(table.columns, columns, strict=True)]
            lines.writerows(zip(*cells, strict=True))
            written += len(columns[0])
    return Written(table, written, parquet, csv_path)


def _batches(rows: Iterable[Row]) -> Iterator[list[tuple]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield list(zip(*batch, strict=True))


def _arrow(table: Table, schema: pa.Schema, columns: list[tuple]) -> pa.RecordBatch:
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    for column, array in zip(table.columns, arrays, strict=True):
        if array.null_count and not column.null:
            raise ReleaseRefused(f"{table.name}.{column.name} has {array.null_count} missing values.")
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cells(type_: str, values: tuple) -> Iterable:
    match type_:
        case "text" | "json":
            return ["" if value is None else escape(value) for value in values]
        case "number":
            return ["" if value is None else repr(float(value)) for value in values]
        case "flag":
            return ["" if value is None else "true" if value else "false" for value in values]
        case "time":
            return ["" if value is None else _moment(value) for value in values]
    return values  # Whole numbers as they are; the csv module writes None as an empty cell.


def _moment(value) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
