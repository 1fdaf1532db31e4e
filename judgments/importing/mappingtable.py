"""One table of a mapping, read strictly: each key is taken once, by its type, and none may be left over."""

from collections.abc import Callable
from typing import Any

from judgments.importing.mapping import Where
from judgments.importing.values import written

Note = Callable[[str, str, str, str], None]
"""Notes a problem: table, key, code, message."""


class Table:
    """One table of a mapping. Each key is taken once; what is left over is a problem."""

    def __init__(self, note: Note, table: str, values: Any):
        self._note, self.table = note, table
        if not isinstance(values, dict):
            self.note("", "type", f"[{table}] is a table.")
            values = {}
        self.values = dict(values)

    def note(self, key: str, code: str, message: str) -> None:
        self._note(self.table, key, code, message)

    def text(self, key: str, default: str = "", *, needed: bool = False, most: int = 20_000) -> str:
        value = self.values.pop(key, default)
        if not isinstance(value, str) or len(value) > most or "\x00" in value:
            self.note(key, "type", f"{key} is text of at most {most:,} characters.")
            return default
        if needed and not value.strip():
            self.note(key, "missing", f"{key} is needed here.")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self.text(key, default)
        if value not in allowed and not (value == "" and default == ""):
            self.note(key, "value", f"{key} is one of {', '.join(allowed)}, not {value!r}.")
        return value

    def names(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of column names; one name alone may stand without brackets."""
        value = self.values.pop(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            self.note(key, "type", f"{key} is a list of column names.")
            return ()
        if needed and not value:
            self.note(key, "missing", f"{key} is needed here.")
        return tuple(value)

    def codes(self, key: str) -> frozenset[str]:
        value = self.values.pop(key, [])
        return frozenset(written(code) for code in (value if isinstance(value, list) else [value]))

    def words(self, key: str, allowed: tuple[str, ...]) -> dict[str, str]:
        value = self.values.pop(key, {})
        if not isinstance(value, dict) or any(word not in allowed for word in value.values()):
            self.note(key, "value", f"{key} maps values to one of {', '.join(allowed)}.")
            return {}
        return value

    def number(self, key: str) -> float | None:
        value = self.values.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            self.note(key, "type", f"{key} is a number.")
            return None
        return None if value is None else float(value)

    def flag(self, key: str) -> bool:
        value = self.values.pop(key, False)
        if not isinstance(value, bool):
            self.note(key, "type", f"{key} is true or false.")
        return value is True

    def where(self) -> Where:
        value = self.values.pop("where", {})
        if not isinstance(value, dict) or not value:
            self.note("where", "missing", "where maps columns to the values that are meant.")
            return {}
        return {
            column: [written(code) for code in (codes if isinstance(codes, list) else [codes])]
            for column, codes in value.items()
        }

    def end(self) -> None:
        for key in self.values:
            self.note(key, "unknown_key", f"There is no key {key!r} in [{self.table}].")
