"""What is wrong with a file, and where: collected, and raised together."""

from dataclasses import dataclass

from judgments.errors import ImportRefused

MOST = 100


@dataclass(frozen=True)
class Problem:
    """One located error. `line` counts from 1 (rows, in a Parquet file); None where the whole file is meant."""

    file: str
    line: int | None
    column: str
    code: str
    message: str

    def __str__(self):
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.column}: {self.message}" if self.column else f"{place}: {self.message}"


class Problems:
    """Collects problems, at most a hundred; with the hundredth, or when asked, it raises ImportRefused."""

    def __init__(self):
        self.found: list[Problem] = []

    def add(self, file: str, line: int | None, column: str, code: str, message: str) -> None:
        self.found.append(Problem(file, line, column, code, message))
        if len(self.found) >= MOST:
            raise ImportRefused(self.found)

    def stop(self, file: str, line: int | None, column: str, code: str, message: str) -> ImportRefused:
        """The refusal for a problem after which reading cannot go on: `raise problems.stop(…)`."""
        return ImportRefused([*self.found, Problem(file, line, column, code, message)])

    def refuse_if_any(self) -> None:
        if self.found:
            raise ImportRefused(self.found)
