"""The instrument as it was on the screen when somebody judged: what a page reports, read with suspicion.

Never reported: keystrokes and their timing, paths of the mouse, places, what was copied.
"""

from functools import cache
from importlib.metadata import version
from typing import Any

from annotate.forms.reader import CHOICES, read_back, settings_of
from judgments.models import Assignment
from judgments.submission import Circumstances

LONGEST_STEP_MS = 24 * 60 * 60 * 1_000
STEPS = ("reading", "judging")
WORDS = {
    "layout": {"one-column", "two-panes"},
    "pointer": {"fine", "coarse", "none"},
    "viewport": {"narrow", "medium", "wide"},
}
NUMBERS = ("width_rem", "by_key", "described", "sitting_item", "sitting_minutes")
"""by_key: percent of the answers given by a shortcut. described: how often points were looked up."""
SWITCHES = ("scripts", "move_on", "shortcuts")
MEASURED = (*(f"{step}_ms" for step in STEPS), *WORDS, *NUMBERS, *SWITCHES, "offline", "reader")
"""Fields a page fills in by itself where scripts run."""


def circumstances(data, assignment: Assignment, user) -> Circumstances:
    steps = {step: whole(data.get(f"{step}_ms", "")) for step in STEPS}
    said = {name: data.get(name) if data.get(name) in allowed else None for name, allowed in WORDS.items()}
    said |= {name: whole(data.get(name, "")) for name in NUMBERS}
    said |= {name: data.get(name) == "1" for name in (*SWITCHES, "offline")}
    kept = {name: value for name, value in said.items() if value is not None}
    return Circumstances(
        {name: value for name, value in steps.items() if value is not None}, kept | around(data, assignment, user)
    )


def around(data, assignment: Assignment, user) -> dict[str, Any]:
    """What the site knows itself, and the reader's settings: as the page says, else as the account does."""
    study = assignment.study
    settings = read_back(data.get("reader", "")) or {name: settings_of(user)[name] for name in CHOICES}
    return {
        "text": "markdown" if study.markdown else "plain",
        "first_reading": study.first_reading,
        "language": data.get("language", "")[:35] or "en",
        "reader": settings,
        "software": software(),
    }


@cache
def software() -> str:
    return f"dissensus {version('dissensus')}"


def whole(text: str) -> int | None:
    """A count a page reports; None for anything that is not a plausible whole number."""
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    return int(text) if int(text) <= LONGEST_STEP_MS else None
