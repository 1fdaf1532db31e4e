"""Reading a study into columns, and reading on from where the last reading ended."""

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import orjson
from django.db.models import Count, F, Func, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from judgments import models, withdrawal
from judgments.ledger.columns import place, read, real, whole
from judgments.ledger.dimensions import Asked, dimensions_of
from judgments.ledger.tables import (
    FORMS,
    REASONS,
    Facet,
    Items,
    Judgments,
    Ledger,
    Mask,
    Ratings,
    Readers,
    Stamp,
    Words,
    words,
)
from judgments.models.material import ItemQuerySet

STUDIES_KEPT = 4
JUDGMENTS_AT_ONCE = 50_000

_JUDGMENT = {
    name: whole(name)
    for name in (
        "id", "item_id", "participant_id", "occasion", "revision", "settled", "rubric_version_id", "supersedes_id",
        "brought_by_id",
    )
} | {"status": place("status", models.Judgment.Status.values)}  # fmt: skip
_RATING = (
    {name: whole(name) for name in ("id", "judgment_id", "dimension_id")}
    | {name: real(name) for name in ("point", "low", "high", "both_a", "both_b")}
    | {"form": place("form", FORMS), "reason": place("reason", REASONS)}
)
_COUNTED = models.Judgment.Status.values.index(models.Judgment.Status.COUNTED)


class _Rows(NamedTuple):
    """Judgments (by id) and ratings (by judgment) exactly as stored, whoever may see them."""

    judgments: dict[str, np.ndarray]
    ratings: dict[str, np.ndarray]

    @property
    def last(self) -> int:
        ids = self.judgments["id"]
        return int(ids[-1]) if len(ids) else 0

    @staticmethod
    def all_of(parts: Sequence["_Rows"]) -> "_Rows":
        """Parts that follow one another, as one."""
        return _Rows(*(
            {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
            for tables in zip(*parts, strict=True)
        ))  # fmt: skip


class _Kept(NamedTuple):
    stamp: Stamp
    present: int | None
    rows: _Rows
    ledger: Ledger


_kept: OrderedDict[UUID, _Kept] = OrderedDict()
_lock = threading.Lock()


def stamp(study: models.Study) -> Stamp:
    """What a ledger of this study depends on, in one query."""
    judgments = models.Judgment.objects.filter(study=study)
    items = models.Item.objects.filter(study=study)
    background = models.Background.objects.filter(participant__study=study)
    texts = background.filter(text__text__isnull=False)
    discarded = models.Import.objects.filter(study=study, discarded_at__isnull=False)
    withdrawn = models.Withdrawal.objects.filter(participant__study=study)
    found = models.Study.objects.filter(pk=study.pk).values_list(
        _scalar(judgments, "MAX"), _scalar(judgments, "COUNT"), _scalar(items, "MAX"), _scalar(items.kept(), "COUNT"),
        _scalar(models.Participant.objects.filter(study=study), "COUNT"), _scalar(background, "MAX"),
        _scalar(texts, "COUNT"), _scalar(discarded, "COUNT"), _scalar(withdrawn, "COUNT"),
    )  # fmt: skip
    last, count, *around = found.get()
    return Stamp(last or 0, count, tuple(around))


def _scalar(queryset: QuerySet, function: str) -> Subquery:
    # A plain Func, because an aggregate would bring GROUP BY.
    return Subquery(queryset.order_by().annotate(scalar=Func(F("pk"), function=function)).values("scalar"))


def of_study(study: models.Study, at: Stamp | None = None) -> Ledger:
    """All judgments of a study. Read once in a process; after that only what was added is read.

    at: the stamp, where the caller has just asked for it. Do not call this in a transaction that has
    written judgments: rows that are rolled back would stay in memory.
    """
    at = stamp(study) if at is None else at
    with _lock:
        kept = _kept.get(study.uid)
    if kept is not None and (kept.stamp, kept.present) == (at, study.rubric_version_id):
        return kept.ledger
    rows = _read_on(study, kept.rows) if kept is not None else _rows(_judgments_of(study))
    ledger = _ledger(study, rows, models.Item.objects.filter(study=study), _participants(study))
    # Rows may have come in since the stamp was taken: this one tells what was read.
    read = Stamp(rows.last, len(rows.judgments["id"]), at.around)
    with _lock:
        _kept[study.uid] = _Kept(read, study.rubric_version_id, rows, ledger)
        _kept.move_to_end(study.uid)
        while len(_kept) > STUDIES_KEPT:
            _kept.popitem(last=False)
    return ledger


def of_item(study: models.Study, item: models.Item) -> Ledger:
    """The judgments of one item, and the readers who gave them; nothing is kept in memory."""
    return of_items(study, [item.pk])


def of_items(study: models.Study, ids: Sequence[int]) -> Ledger:
    """The judgments of some items by primary key, and the readers who gave them; nothing is kept in memory.

    Dimensions are those of these judgments, so an earlier scale may have another name than in the whole study.
    """
    judgments = models.Judgment.objects.filter(study=study, item__in=ids)
    readers = _participants(study).filter(pk__in=judgments.values("participant"))
    return _ledger(study, _rows(judgments), models.Item.objects.filter(pk__in=ids), readers)


def _judgments_of(study: models.Study) -> QuerySet:
    return models.Judgment.objects.filter(study=study)


def _participants(study: models.Study) -> QuerySet:
    return models.Participant.objects.filter(study=study)


def _read_on(study: models.Study, rows: _Rows) -> _Rows:
    """What was read and what came since; everything anew where something came in between.

    Ids are drawn before they are committed, so a lower id can appear after a higher one was read.
    """
    so_far = _judgments_of(study).filter(pk__lte=rows.last).aggregate(n=Count("pk"))["n"]
    if so_far != len(rows.judgments["id"]):
        return _rows(_judgments_of(study))
    return _Rows.all_of([rows, _rows(_judgments_of(study).filter(pk__gt=rows.last))])


def _rows(judgments: QuerySet) -> _Rows:
    """These judgments and their ratings, a block at a time: what is under way never needs much memory."""
    found, last = [], 0
    while True:
        block = _block(judgments, last)
        found.append(block)
        if len(block.judgments["id"]) < JUDGMENTS_AT_ONCE:
            return _Rows.all_of(found)
        last = block.last


def _block(judgments: QuerySet, after: int) -> _Rows:
    stored = read(judgments.filter(pk__gt=after).order_by("pk")[:JUDGMENTS_AT_ONCE], _JUDGMENT)
    first, last = (int(stored["id"][0]), int(stored["id"][-1])) if len(stored["id"]) else (0, -1)
    within = judgments.filter(pk__gte=first, pk__lte=last).order_by()
    found = models.Rating.objects.filter(judgment__in=within, judgment__gte=first, judgment__lte=last).order_by()
    ratings = read(found, _RATING)
    ratings["labels"] = _labels(found, ratings["id"])
    # A judgment accepted between the two queries has ratings here and no row there; it is read next time.
    order = np.lexsort((ratings["dimension_id"], ratings["judgment_id"]))
    order = order[np.isin(ratings["judgment_id"][order], stored["id"])]
    return _Rows(stored, {name: column[order] for name, column in ratings.items()})


def _labels(found: QuerySet, ids: np.ndarray) -> Words:
    """The labels of each rating as a tuple, None where it has none. Equal ones are one object."""
    rows = found.filter(labels__isnull=False).annotate(written=Cast("labels", TextField()))
    written = dict(rows.values_list("pk", "written"))
    if not written:
        return np.full(len(ids), None, dtype=object)
    chosen = {text: tuple(orjson.loads(text)) for text in set(written.values())}
    return words([chosen[written[pk]] if pk in written else None for pk in ids.tolist()])


def _columns(rows: Iterable[Sequence[Any]], names: Sequence[str]) -> dict[str, Sequence[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _ledger(study: models.Study, rows: _Rows, items: ItemQuerySet, participants: QuerySet) -> Ledger:
    shown, readers = _items(items), _readers(participants)
    stored, ratings = rows
    dimensions, asked = dimensions_of(study, np.unique(stored["rubric_version_id"]).tolist())

    item, is_shown = _places(shown.id, stored["item_id"])
    reader, is_known = _places(readers.id, stored["participant_id"])
    keep = is_shown & is_known & _not_discarded(study, stored["brought_by_id"]) & _not_withdrawn(study, stored)
    judgments = Judgments(
        id=stored["id"], item=item, reader=reader, occasion=stored["occasion"], revision=stored["revision"],
        is_current=~np.isin(stored["id"], stored["supersedes_id"]), is_counted=stored["status"] == _COUNTED,
        settled=stored["settled"].astype(np.int8), version=stored["rubric_version_id"],
    )  # fmt: skip
    columns = {name: ratings[name] for name in _RATING if not name.endswith("_id")}
    whole = Ledger(
        items=shown,
        readers=readers,
        facets=_facets(study, readers.id),
        dimensions=dimensions,
        asks=frozenset(asked.values()),
        judgments=judgments,
        ratings=Ratings(
            judgment=np.searchsorted(stored["id"], ratings["judgment_id"]).astype(np.int64),
            dimension=_dimension_rows(asked, ratings["dimension_id"]),
            labels=ratings["labels"],
            **columns,
        ),
    )
    return whole if keep.all() else whole.where(keep)


def _items(items: ItemQuerySet) -> Items:
    shown = items.kept().exclude(purpose=models.Item.Purpose.PRACTICE).order_by("number")
    read = _columns(shown.values_list("pk", "uid", "external_id"), ("pk", "uid", "external_id"))
    return Items(np.array(read["pk"], np.int64), words(_texts(read["uid"])), words(list(read["external_id"])))


def _readers(participants: QuerySet) -> Readers:
    names = ("pk", "uid", "code_name")
    read = _columns(participants.order_by("pk").values_list(*names), names)
    return Readers(np.array(read["pk"], np.int64), words(_texts(read["uid"])), words(list(read["code_name"])))


def _texts(uids: Sequence[UUID]) -> list[str]:
    return [str(uid) for uid in uids]


def _places(known: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, Mask]:
    """Row of each id among the known ones, and whether it is known at all."""
    order = np.argsort(known)
    near = np.searchsorted(known, ids, sorter=order)
    row = order[np.minimum(near, len(known) - 1)] if len(known) else np.zeros(len(ids), np.int64)
    found = known[row] == ids if len(known) else np.zeros(len(ids), bool)
    return row.astype(np.int64), np.asarray(found, dtype=bool)


def _not_discarded(study: models.Study, brought_by: np.ndarray) -> Mask:
    discarded = models.Import.objects.filter(study=study, discarded_at__isnull=False)
    return ~np.isin(brought_by, list(discarded.values_list("pk", flat=True)))


def _not_withdrawn(study: models.Study, stored: dict[str, np.ndarray]) -> Mask:
    pairs = withdrawal.withdrawn_pairs(study)
    people = [participant for participant, item in pairs if item is None]
    stands = ~np.isin(stored["participant_id"], people)
    for participant, item in pairs:
        if item is not None:
            stands &= ~((stored["participant_id"] == participant) & (stored["item_id"] == item))
    return stands


def _dimension_rows(asked: dict[int, Asked], ids: np.ndarray) -> np.ndarray:
    distinct, codes = np.unique(ids, return_inverse=True)
    return np.array([asked[pk].dimension for pk in distinct.tolist()], dtype=np.int64)[codes]


def _facets(study: models.Study, readers: np.ndarray) -> tuple[Facet, ...]:
    """Each reader's latest answer to each background question, where it may be analysed and was not erased."""
    text = models.ErasableText.objects.filter(pk=OuterRef("text_id")).values("text")
    given = models.Background.objects.filter(participant__study=study).order_by("pk")
    rows = given.values_list("facet_id", "participant_id", "may_analyse", Subquery(text))
    latest = {(facet, reader): answer if allowed else None for facet, reader, allowed, answer in rows}
    people: dict[int, Counter[str]] = defaultdict(Counter)
    for (facet, _), answer in latest.items():
        people[facet].update([] if answer is None else [answer])
    found = models.Facet.objects.filter(study=study).values_list("pk", "slug", "title")
    return tuple(
        Facet(slug, title, words([latest.get((pk, reader)) for reader in readers.tolist()]), dict(people[pk]))
        for pk, slug, title in found
    )
