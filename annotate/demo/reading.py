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


class Words:
    """What can be written about one reply. Nobody repeats what another reader of the same reply has written."""

    def __init__(self, family: dict, scenario: dict, reply: dict, rng: np.random.Generator):
        reply_at = {"family": family["slug"], "scenario": scenario["slug"], "voice": content.voice(reply)}
        # Sought out once: there are many more pieces than belong to one reply.
        self.pieces = {kind: _naming(pieces, reply_at) for kind, pieces in content.written().items()}
        self.rng = rng
        self.taken: set[int] = set()

    def fitting(self, kind: str, **more: Any) -> list[dict]:
        """Written pieces for this reply: those that name another scenario, voice or question are left out."""
        return _naming(self.pieces[kind], more)

    def take(self, kind: str, reader: dict, **more: Any) -> dict | None:
        """One of the fitting pieces that nobody has used for this reply yet; None when they are used up.

        What only this reader could have written comes first, what only another could have written never.
        """
        fitting = self.fitting(kind, reader=reader["code_name"], **more)
        left = [piece for piece in fitting if id(piece) not in self.taken]
        left = [piece for piece in left if "reader" in piece] or left
        if not left:
            return None
        piece = left[int(self.rng.integers(len(left)))]
        self.taken.add(id(piece))
        return piece

    def memo(self, passage: dict) -> str:
        """What goes with a marked passage, once; those who mark it later write nothing."""
        if id(passage) in self.taken:
            return ""
        self.taken.add(id(passage))
        return passage.get("memo", "")


def _naming(pieces: list[dict], wanted: dict[str, Any]) -> list[dict]:
    """Those of the pieces that name nothing else than is wanted."""
    return [piece for piece in pieces if all(piece.get(name, value) == value for name, value in wanted.items())]


def judge(reader: dict, reply: dict, response: str, words: Words, rng: np.random.Generator) -> Answers:
    """One invented judgment of one reply. response: the uid under which the reply is stored."""
    places = {slug: _place(slug, reader, reply, rng) for slug in SCALES}
    ratings = {slug: _answer(slug, place, reader, reply, words, rng) for slug, place in places.items()}
    # Most readers leave the open question open.
    if rng.random() < reader["verbosity"] / 2 and (person := words.take("person", reader)):
        ratings["kind-of-person"] = Answer("point", text=person["text"])
    settled = int(np.clip(np.rint(reader["settled"] + rng.normal(0, 0.6)), 1, 4))
    rationale = _reason(places, ratings, reader, words) if rng.random() < reader["verbosity"] else ""
    return Answers(ratings, settled, rationale, _marks(reply["text"].strip(), response, reader, words, rng))


def _place(slug: str, reader: dict, reply: dict, rng: np.random.Generator) -> int:
    top, voice = SCALES[slug], reader["voice"][reply["model"].lower()]
    way = 0.0 if reader["stands_alone"] else reader["way"]
    centre = reply["centre"][slug]
    heard = 4 + (centre - 4) * (1 + voice) if top == 7 else centre - voice
    drawn = heard + reader["leaning"][slug] + way * reply.get("camps", {}).get(slug, 0.0)
    return int(np.clip(np.rint(drawn + rng.normal(0, reader["spread"])), 1, top))


def _answer(slug: str, place: int, reader: dict, reply: dict, words: Words, rng: np.random.Generator) -> Answer:
    if rng.random() < reply.get("misfit", {}).get(slug, 0.0):
        return Answer("none", reason="misfit")
    chance, top = rng.random(), SCALES[slug]
    if chance < reader["none_share"]:
        return _not_this(reader, words, rng)
    chance -= reader["none_share"]
    if chance < reader["both_share"]:
        reach = int(rng.integers(1, 3))
        low, high = max(1, place - reach), min(top, place + reach)
        return Answer("both", both_a=float(low), both_b=float(high), text=_torn(slug, reader, words))
    if chance - reader["both_share"] < reader["range_share"]:
        low, high = (place, place + 1) if (place < top and rng.random() < 0.5) or place == 1 else (place - 1, place)
        return Answer("range", low=float(low), high=float(high))
    return Answer("point", point=float(place))


def _not_this(reader: dict, words: Words, rng: np.random.Generator) -> Answer:
    reason = REASONS[int(rng.choice(4, p=REASON_SHARES))]
    note = words.take("depends", reader) if reason == "depends" else None
    return Answer("none", reason=reason, text=note["text"] if note else "")


def _torn(slug: str, reader: dict, words: Words) -> str:
    torn = words.take("torn", reader, about=slug)
    return f"{torn['low_reading']} {torn['high_reading']}" if torn else ""


def _reason(places: dict[str, int], ratings: dict[str, Answer], reader: dict, words: Words) -> str:
    """A reason that fits one of the places drawn, farther from the middle first; nothing where none fits."""
    told = [slug for slug in places if ratings[slug].form != "none"]
    for slug in sorted(told, key=lambda slug: -abs(places[slug] - (SCALES[slug] + 1) / 2)):
        middle = (SCALES[slug] + 1) / 2
        side = "low" if places[slug] < middle else "high" if places[slug] > middle else "fitting"
        if reason := words.take("reason", reader, about=slug, side=side):
            return reason["text"]
    return ""


def _marks(text: str, response: str, reader: dict, words: Words, rng: np.random.Generator) -> tuple[Passage, ...]:
    quotes: dict[str, list[dict]] = {}
    for piece in words.fitting("passage"):
        quotes.setdefault(piece["quote"], []).append(piece)
    marks = []
    for quote, pieces in quotes.items():
        weight = max(piece.get("weight", 2) for piece in pieces)
        if rng.random() < min(0.9, weight / OFTEN_MARKED) * (0.6 + 0.8 * reader["verbosity"]):
            piece = pieces[int(rng.integers(len(pieces)))]
            start = text.index(quote)
            memo = words.memo(piece) if rng.random() < reader["verbosity"] else ""
            marks.append(Passage(start, start + len(quote), response=response, tag=piece["tag"], memo=memo))
    return tuple(marks)
