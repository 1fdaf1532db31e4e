"""One item: who answered what, the reasons by where their author stood, and the marked passages."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from judgments import ledger, models
from judgments.analysis.estimate import json_safe
from judgments.ledger import FORMS, REASONS, Dimension, Ledger
from judgments.models import Form, Level
from judgments.reports.cohorts import FEWEST_IN_GROUP


@dataclass(frozen=True)
class ReaderAnswer:
    """One reader's answer on one dimension; form "" where the question was left open.

    words: said with this very answer. rationale: the reason for the whole judgment, the same on each dimension.
    settled: 1 to 4, None when not said. cohort: the reader's answer to each facet, where it was given
    with consent and at least FEWEST_IN_GROUP people of the study share it.
    """

    reader: str
    code_name: str
    judgment: str
    occasion: int
    revision: int
    is_counted: bool
    form: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    both_a: float | None = None
    both_b: float | None = None
    labels: tuple[float, ...] | None = None
    reason: str = ""
    words: str = ""
    settled: int | None = None
    rationale: str = ""
    cohort: dict[str, str] | None = None


@dataclass(frozen=True)
class Quote:
    """A reason in its author's words, and whose it is."""

    code_name: str
    text: str


@dataclass(frozen=True)
class Place:
    """Reasons of those who stood at one place. name: a code of `Dimension.places`, a form, or a reason."""

    name: str
    form: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class ItemDimension:
    """One dimension of one item.

    counts: counted readers at each of `dimension.places`. answers: first occasions, surplus ones included and
    marked by `is_counted`, by code name. repeats: later occasions of the same people.
    """

    dimension: Dimension
    counts: tuple[int, ...]
    answers: tuple[ReaderAnswer, ...]
    repeats: tuple[ReaderAnswer, ...]
    reasons: tuple[Place, ...]

    def by_cohort(self, facet: str) -> dict[str, tuple[int, ...]]:
        """Counted readers at each place for each answer to a facet; "" for those without a cohort to show."""
        groups: dict[str, list[ReaderAnswer]] = {}
        for answer in self.answers:
            groups.setdefault((answer.cohort or {}).get(facet, ""), []).append(answer)
        return {value: _counts(self.dimension, groups[value]) for value in sorted(groups)}


@dataclass(frozen=True)
class MarkSeen:
    """A passage that stands marked: in a response (by uid) or a turn of the scenario, in code points."""

    code_name: str
    response: str | None
    turn: int | None
    start: int
    end: int
    quote: str
    tag: str
    memo: str


@dataclass(frozen=True)
class ItemFinding:
    """n_readers: people with a counted reading of a first occasion."""

    uid: str
    external_id: str
    n_readers: int
    facets: dict[str, str]
    dimensions: tuple[ItemDimension, ...]
    marks: tuple[MarkSeen, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return json_safe(asdict(self))


def item(study: models.Study, item: models.Item) -> ItemFinding:
    """What readers said about one item. An item that was taken out has no answers here."""
    held = ledger.of_item(study, item)
    held = held.where(held.judgments.is_current)
    said = _Said(held)
    dimensions = tuple(_dimension(held, row, said) for row in range(len(held.dimensions)))
    return ItemFinding(
        uid=str(item.uid),
        external_id=item.external_id,
        n_readers=int(held.judgments.are_readings.sum()),
        facets={facet.slug: facet.title for facet in held.facets},
        dimensions=dimensions,
        marks=_marks(item, held),
    )


class _Said:
    """The words of the judgments shown, fetched at once, and each reader's cohorts."""

    def __init__(self, held: Ledger):
        ids = held.judgments.id.tolist()
        judgments = models.Judgment.objects.filter(pk__in=ids)
        self.judgment = {
            pk: (str(uid), text or "") for pk, uid, text in judgments.values_list("pk", "uid", "rationale__text")
        }
        with_words = models.Rating.objects.filter(judgment__in=ids, text__text__isnull=False)
        self.words = dict(with_words.values_list("pk", "text__text"))
        self.cohort = [
            {
                facet.slug: facet.value[reader]
                for facet in held.facets
                if facet.people.get(facet.value[reader], 0) >= FEWEST_IN_GROUP
            }
            for reader in range(len(held.readers.id))
        ]


def _dimension(held: Ledger, row: int, said: _Said) -> ItemDimension:
    dimension = held.dimensions[row]
    everybody = _answers(held, row, said)
    first = tuple(answer for answer in everybody if answer.occasion == 0)
    return ItemDimension(
        dimension=dimension,
        counts=_counts(dimension, first),
        answers=first,
        repeats=tuple(answer for answer in everybody if answer.occasion > 0),
        reasons=_reasons(dimension, first),
    )


def _answers(held: Ledger, row: int, said: _Said) -> list[ReaderAnswer]:
    """One answer a judgment that was asked, by code name and occasion."""
    given = held.on(row)
    rating_of = dict(zip(given.judgment.tolist(), range(len(given.id)), strict=True))
    found = []
    for judgment in np.flatnonzero(held.asked(row)).tolist():
        answer = _judged(held, judgment, said)
        if judgment in rating_of:
            answer = _with_rating(answer, given, rating_of[judgment], said)
        found.append(answer)
    return sorted(found, key=lambda answer: (answer.code_name, answer.occasion))


def _judged(held: Ledger, row: int, said: _Said) -> ReaderAnswer:
    judged, reader = held.judgments, int(held.judgments.reader[row])
    uid, rationale = said.judgment[int(judged.id[row])]
    return ReaderAnswer(
        reader=held.readers.uid[reader], code_name=held.readers.code_name[reader], judgment=uid,
        occasion=int(judged.occasion[row]), revision=int(judged.revision[row]),
        is_counted=bool(judged.is_counted[row]), form="", settled=int(judged.settled[row]) or None,
        rationale=rationale, cohort=said.cohort[reader],
    )  # fmt: skip


def _with_rating(answer: ReaderAnswer, given: ledger.Ratings, row: int, said: _Said) -> ReaderAnswer:
    return replace(answer, words=said.words.get(int(given.id[row]), ""), **values_of(given, row))


def values_of(given: ledger.Ratings, row: int) -> dict[str, Any]:
    """One rating as the fields of a ReaderAnswer."""
    numbers: dict[str, Any] = {
        name: float(getattr(given, name)[row]) for name in ("point", "low", "high", "both_a", "both_b")
    }
    labels = given.labels[row]
    return {
        "form": FORMS[given.form[row]],
        "reason": REASONS[given.reason[row]],
        "labels": None if labels is None else tuple(float(label) for label in labels),
    } | {name: value for name, value in numbers.items() if value == value}  # not nan


def _places(dimension: Dimension, answer: ReaderAnswer) -> list[int]:
    """Rows among `dimension.places` where a point answer lies; several for a set, none for other answers."""
    if answer.form != Form.POINT or dimension.level == Level.OPEN:
        return []
    values = answer.labels if answer.labels is not None else (answer.point,)
    return dimension.place_of(np.array(values, dtype=np.float64)).tolist()


def _counts(dimension: Dimension, answers: list[ReaderAnswer] | tuple[ReaderAnswer, ...]) -> tuple[int, ...]:
    times = Counter(place for answer in answers if answer.is_counted for place in _places(dimension, answer))
    return tuple(times[place] for place in range(len(dimension.places)))


def _reasons(dimension: Dimension, answers: tuple[ReaderAnswer, ...]) -> tuple[Place, ...]:
    """Reasons by place in the order of the scale, then ranges, both ways, not this by reason, left open."""
    grouped: dict[tuple, list[Quote]] = {}
    for answer in answers:
        text = "\n\n".join(words for words in (answer.words, answer.rationale) if words)
        if not text:
            continue
        for key in _reason_keys(dimension, answer):
            grouped.setdefault(key, []).append(Quote(answer.code_name, text))
    return tuple(Place(key[-1], key[-2], tuple(grouped[key])) for key in sorted(grouped))


def _reason_keys(dimension: Dimension, answer: ReaderAnswer) -> list[tuple]:
    """(form in order, place in order, form, name): what a reason is sorted and grouped by."""
    if places := _places(dimension, answer):
        return [(0, place, Form.POINT.value, dimension.places[place]) for place in places]
    if answer.form == Form.NONE:
        return [(FORMS.index(answer.form), REASONS.index(answer.reason), answer.form, answer.reason)]
    order = FORMS.index(answer.form) if answer.form else len(FORMS)
    return [(order, 0, answer.form, answer.form)]


def _marks(item: models.Item, held: Ledger) -> tuple[MarkSeen, ...]:
    """Marks that have not been retracted, by people whose judgments are shown: turns first, then responses."""
    names = dict(zip(held.readers.id.tolist(), held.readers.code_name.tolist(), strict=True))
    shown = held.readers.id[np.unique(held.judgments.reader)].tolist()
    position = dict(item.shown.values_list("response_id", "position"))
    rows = models.Mark.objects.filter(
        judgment__item=item, judgment__participant__in=shown, retracts__isnull=True, retracted_by__isnull=True
    )
    found = rows.select_related("judgment", "response", "memo").order_by("turn", "start", "end", "pk")
    by_text = sorted(found, key=lambda mark: position.get(mark.response_id or 0, -1))
    return tuple(_mark(mark, names[mark.judgment.participant_id]) for mark in by_text)


def _mark(mark: models.Mark, code_name: str) -> MarkSeen:
    # A memo that was erased leaves its reference behind and no row.
    memo = mark.memo.text if mark.memo_id and mark.memo else ""
    response = str(mark.response.uid) if mark.response else None
    return MarkSeen(code_name, response, mark.turn, mark.start, mark.end, mark.quote, mark.tag, memo)
