"""CSV: a header row, then rows; comma, semicolon or tab between; quotes as in RFC 4180."""

import csv
from collections.abc import Iterator

from judgments.importing.sources import Row, Source

DELIMITERS = ",;\t"


def rows(source: Source) -> Iterator[Row]:
    """Each row by the header's names, at the line on which it begins. Blank lines are passed over."""
    csv.field_size_limit(max(csv.field_size_limit(), source.limits.row_bytes))
    lines = _Lines(source)
    reader = csv.reader(lines, delimiter=_delimiter(source), strict=True)
    header = _header(source, reader, lines)
    while True:
        lines.start = reader.line_num + 1
        lines.size = 0
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise source.problems.stop(source.name, lines.start, "", "csv", _words(error)) from None
        if values is None:
            return
        if values and _fits(source, lines.start, header, values):
            yield Row(lines.start, dict(zip(header, values, strict=True)))


class _Lines:
    """Decoded lines, counted so that a row over several lines is capped as well."""

    def __init__(self, source: Source):
        self.source, self.start, self.size = source, 1, 0
        self._lines = source.lines()

    def __iter__(self) -> Iterator[str]:
        for number, line in self._lines:
            self.size += len(line)
            if self.size > self.source.limits.row_bytes:
                words = "This row is too long; perhaps a quote is not closed."
                raise self.source.problems.stop(self.source.name, self.start, "", "row_too_large", words)
            yield self.source.decoded(number, line)


def _delimiter(source: Source) -> str:
    """The most frequent of the three in the header, outside quotes; a comma where there is none."""
    _, line = next(source.lines())
    outside = "".join(line.decode(errors="replace").split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _header(source: Source, reader, lines: _Lines) -> list[str]:
    try:
        header: list[str] = next(reader, [])
        while not header:
            lines.start = reader.line_num + 1
            header = next(reader)
    except csv.Error as error:
        raise source.problems.stop(source.name, lines.start, "", "csv", _words(error)) from None
    if len(header) > source.limits.columns:
        words = f"There are {len(header)} columns; at most {source.limits.columns} can be brought in."
        raise source.problems.stop(source.name, lines.start, "", "columns", words)
    for place, name in enumerate(header, 1):
        if not name.strip():
            source.problems.add(source.name, lines.start, f"column {place}", "header", "This column has no name.")
        elif header.index(name) != place - 1:
            source.problems.add(source.name, lines.start, name, "duplicate_column", "Two columns have this name.")
    source.problems.refuse_if_any()
    return header


def _fits(source: Source, line: int, header: list[str], values: list[str]) -> bool:
    if len(values) != len(header):
        words = f"This row has {len(values)} fields; the header has {len(header)}."
        source.problems.add(source.name, line, "", "ragged", words)
        return False
    most = source.limits.field_bytes
    for name, value in zip(header, values, strict=True):
        if len(value) * 4 > most and len(value.encode()) > most:
            words = f"This field is longer than {most // 1024} KB."
            source.problems.add(source.name, line, name, "field_too_large", words)
    return True


def _words(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "A quote is opened here and never closed."
    if "new-line character" in said:
        return "A line break (CR) stands alone outside quotes. Lines end in LF or CR LF."
    if "expected after" in said:
        return "A quoted field is followed by something else than a separator. A quote inside quotes is doubled."
    return f"This row cannot be read as CSV ({said})."
