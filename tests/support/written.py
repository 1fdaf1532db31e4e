"""The demonstration's words as tests read them: straight from their files, without a database."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "annotate" / "demo"
RUBRIC = ROOT / "judgments" / "starter" / "rubric.toml"
VOICES = ("Alder", "Birch", "Rowan")
LATER = "rowan-2"
DEFAULTS = ["candour", "care", "autonomy", "proportion", "attunement", "wisdom", "kind-of-person"]
SCALED_DEFAULTS = set(DEFAULTS) - {"kind-of-person"}
AXES = {"who", "stakes", "power", "culture", "medium", "time", "role", "news", "scale"}
POINTS = {"balance": 7, "degree": 5, "two_goods": 8, "open": 0}


def read(path):
    with path.open("rb") as file:
        return tomllib.load(file)


def answers(scenario):
    return scenario.get("reply", [])


def sentences(text):
    """Sentences of four words or more, in lower case and without the quotation marks around them."""
    parts = (part.strip(" \"'") for part in re.split(r"(?<=[.!?])[\"']*\s+|\n+", text))
    return [part.lower() for part in parts if len(part.split()) >= 4]
