"""The written content of the demonstration, read from the files beside this one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SHOWCASE = (
    "the-ring",
    "hes-gone",
    "the-nervous-driver",
    "the-small-irregularity",
    "the-prayer",
    "the-yoghurt",
    "the-rules-of-the-game",
    "the-favour",
)
"""Families answered in every context by every voice."""
SINGLE = (
    "the-eulogy-for-a-hard-man",
    "the-late-diagnosis",
    "the-apology-without-fault",
    "the-borrowed-voice",
    "the-joke-at-the-wake",
    "the-open-window",
    "the-interpreters-choice",
    "the-winning-argument",
    "six-years-in",
    "the-well",
    "the-photograph",
    "relief",
    "the-step-nobody-sees",
    "the-confidence",
    "the-reference",
    "the-quiet-resignation",
)
"""Families whose base alone is answered, by one voice."""
FAMILIES = SHOWCASE + SINGLE


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
    """What readers might write: lists of first, reason, passage, torn, depends and person.

    Each piece says what it may be written about: family, scenario and voice, as far as it is bound to them.
    """
    pieces: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ("first", "reason", "passage", "torn", "depends")}
    for slug in FAMILIES:
        given = _read(FOLDER / "reasons" / f"{slug}.toml")
        pieces["depends"] += [{"family": slug} | note for note in given["depends"]]
        for reply in given["reply"]:
            about = {"family": slug} | {name: reply[name] for name in ("scenario", "voice") if name in reply}
            pieces["first"] += [about | {"text": text} for text in reply.get("first", [])]
            for kind in ("reason", "passage", "torn"):
                pieces[kind] += [about | piece for piece in reply.get(kind, [])]
    return pieces | {"person": _read(FOLDER / "persons.toml")["person"]}


def voice(reply: dict[str, Any]) -> str:
    """The name under which a reply's voice stands in the other files: rowan, or rowan-2 for a later version."""
    return "-".join([reply["model"].lower(), *([reply["version"]] if "version" in reply else [])])
