"""Sections of a report as short lines of text: the same numbers, for people at a terminal."""

from collections.abc import Iterator
from typing import Any

from judgments.reports.sections import SECTIONS

MOST_ROWS = 5
UNSAID = ("method", "unit", "level", "se", "df", "components", "n_abstained")
"""What a full report holds of an estimate beside its value and interval."""


def lines(plain: dict[str, Any]) -> list[str]:
    """Text of what `sections_of` gives. Of long tables the first rows, of items none but those."""
    found: list[str] = []
    for name, section in plain["sections"].items():
        found += ["", f"{name}: {section['about']}"]
        if "whole" in section:
            found += _of_mapping(section["whole"], 1)
        elif not section["dimensions"]:
            found.append("  Nothing of the kind is in this study.")
        for dimension, finding in section["dimensions"].items():
            found += [f"  {dimension}", *_of_mapping(finding, 2)]
    for name in plain["waiting"]:
        found += ["", f"{name}: {SECTIONS[name].about}", f"  Takes a while; ask for it with --section {name}."]
    return found[1:]


def _of_mapping(finding: dict[str, Any], depth: int) -> Iterator[str]:
    shown = list(finding.items())
    if len(shown) > MOST_ROWS * 4:
        shown = shown[:MOST_ROWS]
    for name, value in shown:
        yield from _line(name, value, depth)
    if len(finding) > len(shown):
        yield f"{'  ' * depth}and {len(finding) - len(shown):,} more"


def _line(name: str, value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match value:
        case None | "":
            return
        case dict() | list() if not value:
            return
        case {"value": _, "low": _, "high": _}:
            yield f"{indent}{_words(name)}: {_estimate(dict(value))}"
        case dict():
            yield f"{indent}{_words(name)}:"
            yield from _of_mapping(value, depth + 1)
        case [dict(), *_]:
            yield f"{indent}{_words(name)}:"
            yield from (f"{indent}  {_row(row)}" for row in value[:MOST_ROWS])
            if len(value) > MOST_ROWS:
                yield f"{indent}  and {len(value) - MOST_ROWS:,} more"
        case list():
            yield f"{indent}{_words(name)}: {', '.join(map(_plain, value))}"
        case _:
            yield f"{indent}{_words(name)}: {_plain(value)}"


def _estimate(found: dict[str, Any]) -> str:
    notes = " ".join(found.get("notes") or ())
    if found["value"] is None:
        return f"not defined. {notes}".rstrip()
    if found["low"] is None:
        return f"{_plain(found['value'])}, no interval. {notes}".rstrip()
    return f"{_plain(found['value'])}, {found.get('level') or 0.95:.0%} interval {_between(found)}"


def _between(found: dict[str, Any]) -> str:
    return f"{_plain(found['low'])} to {_plain(found['high'])}"


def _row(row: dict[str, Any]) -> str:
    """One row of a table; what is itself a table is left out."""
    cells = []
    for name, value in row.items():
        if isinstance(value, dict) and "value" in value and "low" in value:
            cells.append(f"{_words(name)} {_plain(value['value'])}")
        elif not isinstance(value, (dict, list)) and value is not None and name not in UNSAID:
            cells.append(f"{_words(name)} {_plain(value)}")
    return ", ".join(cells)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:.3g}"
        case int():
            return f"{value:,}"
    return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")
