"""How an invented reader judges a reply: places drawn around the reply's, with the reader's own leanings.

The rule is written at the top of readers.toml. All chance comes in as `rng`.
"""

from typing import Any

import numpy as np

from annotate.demo import content
from judgments.answers import Answer, Answers, Passage

SCALES = {"candour": 7, "care": 7, "autonomy": 7, "proportion": 7, "attunement": 7, "wisdom": 5}
REASONS = ("misfit", "cannot_tell", "rather_not", "depends")
REASON_SHARES = (0.2, 0.3, 0.2, 0.3)
OFTEN_MARKED = 24
"""A passage of this weight is marked by nearly everyone who reads it."""


def judge(
    reader: dict, family: dict, scenario: dict, reply: dict, response: str, rng: np.random.Generator
) -> Answers:
    """One invented judgment of one reply. response: the uid under which the reply is stored."""
    this = {"family": family["slug"], "scenario": scenario["slug"], "voice": reply["model"].lower()}
    places = {slug: _place(slug, reader, reply, rng) for slug in SCALES}
    ratings = {slug: _answer(slug, place, reader, reply, this, rng) for slug, place in places.items()}
    if (person := _person(this, reader, rng)) is not None:
        ratings["kind-of-person"] = person
    settled = int(np.clip(np.rint(reader["settled"] + rng.normal(0, 0.6)), 1, 4))
    rationale = _reason(places, ratings, this, rng) if rng.random() < reader["verbosity"] else ""
    return Answers(ratings, settled, rationale, _marks(reply["text"].strip(), this, response, reader, rng))


def _place(slug: str, reader: dict, reply: dict, rng: np.random.Generator) -> int:
    top, voice = SCALES[slug], reader["voice"][reply["model"].lower()]
    way = 0.0 if reader["stands_alone"] else reader["way"]
    centre = reply["centre"][slug]
    heard = 4 + (centre - 4) * (1 + voice) if top == 7 else centre - voice
    drawn = heard + reader["leaning"][slug] + way * reply.get("camps", {}).get(slug, 0.0)
    return int(np.clip(np.rint(drawn + rng.normal(0, reader["spread"])), 1, top))


def _answer(slug: str, place: int, reader: dict, reply: dict, this: dict, rng: np.random.Generator) -> Answer:
    if rng.random() < reply.get("misfit", {}).get(slug, 0.0):
        return Answer("none", reason="misfit")
    chance, top = rng.random(), SCALES[slug]
    if chance < reader["none_share"]:
        return _not_this(rng)
    chance -= reader["none_share"]
    if chance < reader["both_share"]:
        reach = int(rng.integers(1, 3))
        low, high = max(1, place - reach), min(top, place + reach)
        return Answer("both", both_a=float(low), both_b=float(high), text=_torn(slug, this, rng))
    if chance - reader["both_share"] < reader["range_share"]:
        low, high = (place, place + 1) if (place < top and rng.random() < 0.5) or place == 1 else (place - 1, place)
        return Answer("range", low=float(low), high=float(high))
    return Answer("point", point=float(place))


def _not_this(rng: np.random.Generator) -> Answer:
    reason = REASONS[int(rng.choice(4, p=REASON_SHARES))]
    note = content.written()["depends"]
    text = note[int(rng.integers(len(note)))]["text"] if reason == "depends" else ""
    return Answer("none", reason=reason, text=text)


def _fitting(kind: str, this: dict, **more: Any) -> list[dict]:
    """Written pieces for this reply: those that name another scenario, voice or question are left out."""
    wanted = this | more
    return [piece for piece in content.written()[kind] if all(piece.get(k, v) == v for k, v in wanted.items())]


def _person(this: dict, reader: dict, rng: np.random.Generator) -> Answer | None:
    """A line on who would answer like this; most readers leave the question open."""
    if rng.random() > reader["verbosity"] / 2:
        return None
    found = _fitting("person", this)
    return Answer("point", text=found[int(rng.integers(len(found)))]["text"])


def _torn(slug: str, this: dict, rng: np.random.Generator) -> str:
    found = _fitting("torn", this, about=slug)
    if not found:
        return ""
    torn = found[int(rng.integers(len(found)))]
    return f"{torn['low_reading']} {torn['high_reading']}"


def _reason(places: dict[str, int], ratings: dict[str, Answer], this: dict, rng: np.random.Generator) -> str:
    """A reason that fits one of the places drawn, farther from the middle first; nothing where none fits."""
    told = [slug for slug in places if ratings[slug].form != "none"]
    for slug in sorted(told, key=lambda slug: -abs(places[slug] - (SCALES[slug] + 1) / 2)):
        middle = (SCALES[slug] + 1) / 2
        side = "low" if places[slug] < middle else "high" if places[slug] > middle else "fitting"
        if found := _fitting("reason", this, about=slug, side=side):
            return found[int(rng.integers(len(found)))]["text"]
    return ""


def _marks(text: str, this: dict, response: str, reader: dict, rng: np.random.Generator) -> tuple[Passage, ...]:
    quotes: dict[str, list[dict]] = {}
    for piece in _fitting("passage", this):
        quotes.setdefault(piece["quote"], []).append(piece)
    marks = []
    for quote, pieces in quotes.items():
        weight = max(piece.get("weight", 2) for piece in pieces)
        if rng.random() < min(0.9, weight / OFTEN_MARKED) * (0.6 + 0.8 * reader["verbosity"]):
            piece = pieces[int(rng.integers(len(pieces)))]
            start = text.index(quote)
            memo = piece.get("memo", "") if rng.random() < reader["verbosity"] else ""
            marks.append(Passage(start, start + len(quote), response=response, tag=piece["tag"], memo=memo))
    return tuple(marks)
