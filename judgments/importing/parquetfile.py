"""Parquet, read in small batches: neither the file's size nor its own account of it says how much it holds."""

import datetime
import decimal
import io
import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from judgments.importing.limits import MB
from judgments.importing.sources import Row, Source

BATCH = 256


def rows(source: Source) -> Iterator[Row]:
    """Each row at its number from 1. Missing values, and NaN as pandas writes them, are None."""
    try:
        file = _opened(source)
        number, decoded = 0, 0
        for batch in file.iter_batches(batch_size=BATCH):
            decoded += _size(source, batch, number + 1)
            if decoded > source.limits.decompressed_bytes:
                words = f"The rows decode to more than {source.limits.decompressed_bytes / MB:.0f} MB."
                raise source.problems.stop(source.name, number + 1, "", "too_large", words)
            for values in batch.to_pylist():
                number += 1
                yield Row(number, {name: _plain(source, number, name, value) for name, value in values.items()})
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        words = f"This is not a whole Parquet file ({str(error).splitlines()[0][:200]})."
        raise source.problems.stop(source.name, None, "", "parquet", words) from None


def _opened(source: Source) -> pq.ParquetFile:
    content = io.BytesIO(source.whole())
    schema = pq.read_schema(content)
    if len(schema.names) > source.limits.columns:
        words = f"There are {len(schema.names)} columns; at most {source.limits.columns} can be brought in."
        raise source.problems.stop(source.name, None, "", "columns", words)
    if twice := {name for name in schema.names if schema.names.count(name) > 1}:
        raise source.problems.stop(source.name, None, min(twice), "duplicate_column", "Two columns have this name.")
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    content.seek(0)
    # Texts stay dictionaries while they are measured: a small file can repeat one long text endlessly.
    file = pq.ParquetFile(content, read_dictionary=texts)
    if file.metadata.num_rows > source.limits.rows:
        words = f"There are {file.metadata.num_rows:,} rows; at most {source.limits.rows:,} can be brought in."
        raise source.problems.stop(source.name, None, "", "rows", words)
    return file


def _size(source: Source, batch: pa.RecordBatch, first: int) -> int:
    """About how many bytes the batch decodes to. A text that is too long is refused before it is decoded."""
    total = 0
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if not pa.types.is_dictionary(column.type):
            total += column.nbytes
            continue
        lengths = [len(value.as_buffer()) for value in column.dictionary if value.is_valid]
        if max(lengths, default=0) > source.limits.field_bytes:
            words = f"A field here or below is longer than {source.limits.field_bytes // 1024} KB."
            raise source.problems.stop(source.name, first, name, "field_too_large", words)
        indices = column.indices.to_pylist()
        total += sum(lengths[index] for index in indices if index is not None)
    return total


def _plain(source: Source, number: int, name: str, value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        if "\x00" in value:
            source.problems.add(source.name, number, name, "nul", "A NUL character cannot be kept.")
        return value
    if isinstance(value, float):
        if math.isinf(value):
            source.problems.add(source.name, number, name, "number", "This number is not finite.")
        return None if math.isnan(value) else value
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, list):
        return [_plain(source, number, name, inner) for inner in value]
    if isinstance(value, dict):
        return {key: _plain(source, number, name, inner) for key, inner in value.items()}
    source.problems.add(source.name, number, name, "type", f"Values of type {type(value).__name__} cannot be kept.")
    return None
