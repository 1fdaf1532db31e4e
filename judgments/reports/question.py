"""One question over all items: how each item was answered on it, and where the reasons are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments import ledger, models
from judgments.analysis.coding import Ints
from judgments.ledger import FORMS, REASONS, Dimension, Ledger
from judgments.ledger.tables import POINT, Mask, Ratings
from judgments.models import Form, Level, Reason
from judgments.reports.counting import counted
from judgments.reports.item import ReaderAnswer, values_of
from judgments.reports.keeping import kept
from judgments.reports.quoting import may_be_quoted

ORDERED = (Level.ORDINAL, Level.INTERVAL, Level.RATIO)


@dataclass(frozen=True)
class QuestionRow:
    """One item on one question; numbers of readers, on first occasions.

    asked: who read the item with a rubric that asks it. differ: share of the pairs of readers at different
    places, nan without a pair. low, high: readers with a place below and above the middle of the scale;
    none where its points have no order.
    """

    uid: str
    asked: int
    differ: float
    low: int
    high: int
    both: int
    misfit: int


@dataclass(frozen=True)
class Question:
    """rows: the items that were asked about, in their own order.

    versions: primary keys of the rubric versions that ask it on this scale, ascending.
    worded: primary keys of ratings that came with words, by (form, name): a code of `Dimension.places`, a form,
    or a reason. The words themselves may be withdrawn, so they are not in here.
    """

    dimension: Dimension
    versions: tuple[int, ...]
    rows: tuple[QuestionRow, ...]
    worded: dict[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True)
class Said:
    """Words that somebody gave with an answer, and the item they are about."""

    code_name: str
    item: str
    text: str


def question(study: models.Study, name: str, subset: str | None = None) -> Question | None:
    """One dimension by its name; None where the study has none of that name. Raises UnknownSubset."""
    return kept(study, f"question {name}", subset, lambda held: _question(study, held, name))


def _question(study: models.Study, held: Ledger, name: str) -> Question | None:
    row = next((row for row, dimension in enumerate(held.dimensions) if dimension.name == name), None)
    if row is None:
        return None
    dimension, given = held.dimensions[row], held.on(row, held.is_of_reading)
    versions = sorted(asked.version for asked in held.asks if asked.dimension == row)
    return Question(dimension, tuple(versions), _rows(held, row, given), _worded(study, held, dimension, given))


def _rows(held: Ledger, row: int, given: Ratings) -> tuple[QuestionRow, ...]:
    dimension, judged, n = held.dimensions[row], held.judgments, len(held.items.id)
    item = judged.item[given.judgment]
    found = counted(dimension, given, item, n)
    below, above = _sides(dimension)
    columns = (
        np.bincount(judged.item[judged.are_readings & held.asked(row)], minlength=n),
        found.share,
        found.counts[:, below].sum(axis=1),
        found.counts[:, above].sum(axis=1),
        np.bincount(item[given.form == FORMS.index(Form.BOTH)], minlength=n),
        np.bincount(item[given.reason == REASONS.index(Reason.MISFIT)], minlength=n),
    )
    rows: Iterable[Any] = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(QuestionRow(held.items.uid[at], *values) for at, values in enumerate(rows) if values[0])


def _sides(dimension: Dimension) -> tuple[Ints, Ints]:
    """Rows of `dimension.places` below and above the middle of the scale."""
    places = np.arange(len(dimension.places))
    if dimension.level not in ORDERED:
        return places[:0], places[:0]
    if not dimension.is_line:
        places = places[[not point.apart for point in dimension.points]]
    half = len(places) // 2
    return places[:half], places[len(places) - half :]


# Reasons ------------------------------------------------------------------------------------------


def _worded(
    study: models.Study, held: Ledger, dimension: Dimension, given: Ratings
) -> dict[tuple[str, str], tuple[int, ...]]:
    """Places in the order of the scale, then ranges, both ways, and not this by reason."""
    with_words = np.flatnonzero(_have_words(study, held, dimension, given))
    found: dict[tuple[int, int, str, str], list[int]] = {}
    for at in with_words.tolist():
        for key in _keys(dimension, given, at):
            found.setdefault(key, []).append(int(given.id[at]))
    return {key[2:]: tuple(found[key]) for key in sorted(found)}


def _have_words(study: models.Study, held: Ledger, dimension: Dimension, given: Ratings) -> Mask:
    ratings = models.Rating.objects.filter(
        judgment__study=study, dimension__slug=dimension.slug, text__text__isnull=False
    )
    judgments = models.Judgment.objects.filter(study=study, rationale__text__isnull=False)
    own = np.fromiter(ratings.values_list("pk", flat=True), dtype=np.int64)
    whole = np.fromiter(judgments.values_list("pk", flat=True), dtype=np.int64)
    return np.asarray(np.isin(given.id, own) | np.isin(held.judgments.id[given.judgment], whole), dtype=bool)


def _keys(dimension: Dimension, given: Ratings, at: int) -> list[tuple[int, int, str, str]]:
    """(form in order, place in order, form, name) of one rating; several for a set."""
    form, reason = FORMS[given.form[at]], REASONS[given.reason[at]]
    if form == Form.NONE:
        return [(FORMS.index(form), REASONS.index(reason), form, reason)]
    values = given.labels[at] if given.labels[at] is not None else (given.point[at],)
    if given.form[at] != POINT or dimension.level == Level.OPEN or not len(values):
        return [(FORMS.index(form), 0, form, form)]
    places = dimension.place_of(np.array(values, dtype=np.float64)).tolist()
    return [(0, place, form, dimension.places[place]) for place in places]


def drawn(
    study: models.Study, found: Question, rng: np.random.Generator, *, most: int
) -> dict[tuple[str, str], tuple[Said, ...]]:
    """At most `most` reasons at each place, drawn at random from those that may be quoted and still stand."""
    quotable = may_be_quoted(study)
    order = {key: rng.permutation(np.array(ids)).tolist() for key, ids in found.worded.items()}
    # A few more than wanted: some may have been withdrawn, or may not be quoted.
    wanted = {pk for ids in order.values() for pk in ids[: 4 * most]}
    rows = models.Rating.objects.filter(pk__in=wanted).values_list(
        "pk", "judgment__participant", "judgment__participant__code_name", "judgment__item__uid", "text__text",
        "judgment__rationale__text",
    )  # fmt: skip
    said = {
        pk: Said(code_name, str(item), "\n\n".join(filter(None, (text, rationale))))
        for pk, who, code_name, item, text, rationale in rows
        if who in quotable and (text or rationale)
    }
    return {key: tuple(said[pk] for pk in ids if pk in said)[:most] for key, ids in order.items()}


# Single answers -----------------------------------------------------------------------------------


def answers_on(
    study: models.Study, dimension: Dimension, uids: Iterable[str], subset: str | None = None
) -> dict[str, list[ReaderAnswer]]:
    """Every reader's answer on one dimension, for a few items by uid; form "" where it was left open."""
    ids = models.Item.objects.filter(study=study, uid__in=list(uids)).values_list("pk", flat=True)
    held = ledger.of_items(study, list(ids))
    held = held if subset is None else ledger.subset(study, held, subset)
    row = next((row for row, each in enumerate(held.dimensions) if _same(each, dimension)), None)
    if row is None:
        return {}
    given, judged = held.on(row), held.judgments
    rating_of = dict(zip(given.judgment.tolist(), range(len(given.id)), strict=True))
    found: dict[str, list[ReaderAnswer]] = {}
    for at in np.flatnonzero(judged.are_readings & held.asked(row)).tolist():
        uid = held.items.uid[judged.item[at]]
        found.setdefault(uid, []).append(_answer(held, at, given, rating_of.get(at)))
    return found


def _same(one: Dimension, other: Dimension) -> bool:
    """Whether two dimensions ask on the same scale, whatever they are called."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("slug", "kind", "level", "points", "line_low", "line_high")
    )


def _answer(held: Ledger, at: int, given: Ratings, rating: int | None) -> ReaderAnswer:
    judged, reader = held.judgments, int(held.judgments.reader[at])
    values = {} if rating is None else values_of(given, rating)
    return ReaderAnswer(
        reader=held.readers.uid[reader], code_name=held.readers.code_name[reader], judgment="",
        occasion=0, revision=int(judged.revision[at]), is_counted=True,
        **({"form": ""} | values),
    )  # fmt: skip
