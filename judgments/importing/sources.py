"""The bytes of a file: its digest, its lines, and what kind of file they are. Compressed or not, always capped."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from judgments.importing.limits import MB, Limits
from judgments.importing.problems import Problems

GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16 or UTF-32", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
OTHER_FILES = {
    b"PK\x03\x04": "a ZIP archive or a spreadsheet", b"BZh": "a bzip2 archive", b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive", b"%PDF": "a PDF", GZIP: "compressed twice",
    b"SQLite format 3": "a database", b"\xd0\xcf\x11\xe0": "an old spreadsheet", b"7z\xbc\xaf": "a 7z archive",
    b"\x89PNG": "an image",
}  # fmt: skip
NO_SEEING = "Lines of text, as CSV, JSON Lines or JSON, or a Parquet file are needed"


class Row(NamedTuple):
    """One row of a file: the line on which it begins, and its values by column."""

    line: int
    values: dict[str, Any]


class Unreadable(Exception):
    """The bytes cannot be read on. `code` and the words become a located problem."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Source:
    """One file to read, by path or as bytes. Nothing but this file is opened, whatever the data say."""

    def __init__(self, content: Path | bytes, name: str, limits: Limits, problems: Problems):
        self.content, self.name, self.limits, self.problems = content, name, limits, problems
        self.check_size()

    def check_size(self) -> None:
        if isinstance(self.content, Path) and not self.content.is_file():
            raise self.problems.stop(self.name, None, "", "missing_file", "There is no such file.")
        size = self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)
        if size == 0:
            raise self.problems.stop(self.name, None, "", "empty", "The file is empty.")
        if size > self.limits.file_bytes:
            words = (
                f"The file has {size / MB:.0f} MB; at most {self.limits.file_bytes / MB:.0f} MB can be brought in."
            )
            raise self.problems.stop(self.name, None, "", "too_large", words)

    def raw(self) -> BinaryIO:
        return self.content.open("rb") if isinstance(self.content, Path) else io.BytesIO(self.content)

    def digest(self) -> str:
        """sha256 of the file as it lies there."""
        with self.raw() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]

    def open(self) -> io.BufferedReader:
        """The content, decompressed where it is compressed. Reading raises Unreadable past a limit."""
        raw = self.raw()
        compressed = raw.read(2) == GZIP
        raw.seek(0)
        return io.BufferedReader(_Capped(raw, compressed, self.limits), 256 * 1024)

    def head(self, size: int = 4096) -> bytes:
        """The first bytes of the content."""
        try:
            with self.open() as stream:
                return stream.read(size)
        except Unreadable as why:
            raise self.problems.stop(self.name, None, "", why.code, str(why)) from None

    def whole(self) -> bytes:
        """All of the content, where a format has to be read at once."""
        try:
            with self.open() as stream:
                return stream.read()
        except Unreadable as why:
            raise self.problems.stop(self.name, None, "", why.code, str(why)) from None

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line with its number from 1, without a byte order mark, its end kept."""
        number = 0
        with self.open() as stream:
            while line := self._line(stream, number + 1):
                number += 1
                yield number, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line

    def _line(self, stream: io.BufferedReader, number: int) -> bytes:
        most = self.limits.row_bytes
        try:
            line = stream.readline(most + 1)
        except Unreadable as why:
            raise self.problems.stop(self.name, number, "", why.code, str(why)) from None
        if len(line) > most:
            words = f"This line is longer than {most / MB:.0f} MB."
            raise self.problems.stop(self.name, number, "", "row_too_large", words)
        return line

    def decoded(self, number: int, line: bytes) -> str:
        """The line as text; where it is not UTF-8, a located problem and a text that can be read on."""
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            place = len(line[: error.start].decode()) + 1
            words = f"Not UTF-8: byte {line[error.start]:#04x} at character {place}. Save the file as UTF-8."
            self.problems.add(self.name, number, "", "encoding", words)
            return line.decode(errors="replace").replace("\x00", "")
        if "\x00" in text:
            place = text.index("\x00") + 1
            words = f"A NUL character at character {place} cannot be kept."
            self.problems.add(self.name, number, "", "nul", words)
            return text.replace("\x00", "")
        return text

    def format(self) -> str:
        """ "csv", "jsonl", "json" or "parquet", from the content alone."""
        head = self.head()
        for magic, encoding in OTHER_ENCODINGS.items():
            if head.startswith(magic):
                words = f"The file is {encoding}; save it as UTF-8."
                raise self.problems.stop(self.name, 1, "", "encoding", words)
        for magic, kind in OTHER_FILES.items():
            if head.startswith(magic):
                raise self.problems.stop(self.name, None, "", "format", f"This is {kind}. {NO_SEEING}.")
        if head.startswith(b"PAR1"):
            return "parquet"
        first = head.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")[:1]
        if not first:
            raise self.problems.stop(self.name, None, "", "empty", "The file holds nothing but blank lines.")
        return {b"{": "jsonl", b"[": "json"}.get(first, "csv")


class _Capped(io.RawIOBase):
    """A stream that counts what it gives and stops at the limits."""

    def __init__(self, raw: BinaryIO, compressed: bool, limits: Limits):
        self._raw, self._limits, self._given = raw, limits, 0
        self._stream = gzip.GzipFile(fileobj=raw) if compressed else raw
        self._compressed = compressed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unreadable("compression", f"The compressed file is cut short or damaged ({error}).") from None
        self._given += len(data)
        self._check()
        buffer[: len(data)] = data
        return len(data)

    def _check(self) -> None:
        if self._given > self._limits.decompressed_bytes:
            most = self._limits.decompressed_bytes / MB
            raise Unreadable("too_large", f"The content has more than {most:.0f} MB.")
        if self._compressed and self._given > MB and self._given > self._limits.ratio * max(self._raw.tell(), 1):
            raise Unreadable("ratio", f"The content is more than {self._limits.ratio} times as large as the file.")

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._raw.close()
        super().close()
