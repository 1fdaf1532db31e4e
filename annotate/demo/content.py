"""The written content of the demonstration, read from the files beside this one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FAMILIES = ("the-ring", "hes-gone", "the-nervous-driver")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def families() -> list[dict[str, Any]]:
    return [_read(FOLDER / "families" / f"{slug}.toml") for slug in FAMILIES]


@cache
def readers() -> list[dict[str, Any]]:
    return _read(FOLDER / "readers.toml")["reader"]


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """What readers might write: lists of reason, passage, torn, depends and person."""
    return _read(FOLDER / "reasons.toml")
