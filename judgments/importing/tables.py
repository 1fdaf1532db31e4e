"""A file as rows, whatever its format."""

from collections.abc import Iterator

from judgments.importing import csvfile, jsonfile, parquetfile
from judgments.importing.sources import Row, Source

READERS = {"csv": csvfile.rows, "jsonl": jsonfile.lines, "json": jsonfile.array, "parquet": parquetfile.rows}


def rows(source: Source) -> Iterator[Row]:
    """Every row of a file. The format is told from the content, not from the name.

    Problems of single rows are noted and reading goes on; what ends all reading raises ImportRefused.
    """
    count = 0
    for row in READERS[source.format()](source):
        count += 1
        if count > source.limits.rows:
            words = f"There are more than {source.limits.rows:,} rows."
            raise source.problems.stop(source.name, row.line, "", "rows", words)
        yield row
    if not count and not source.problems.found:
        raise source.problems.stop(source.name, None, "", "no_rows", "The file has no rows.")


def has_header(source: Source) -> bool:
    """Whether every row has the same columns, so that the first row tells them all."""
    return source.format() in ("csv", "parquet")
