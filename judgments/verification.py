"""Whether the history still holds: every chain of events, and every judgment against its digest and its event."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import orjson
from django.db.models import QuerySet

from judgments import audit, canonical, submission
from judgments.models import ChainHead, Dimension, ErasableText, Event, Import, Judgment, Mark, Rating

CHUNK = 2_000
OF_JUDGMENTS = ("judged", "revised")


def faults(head: tuple[int, str] | None = None) -> Iterator[str]:
    """Everything that does not hold, one sentence each. Nothing yielded: the history holds.

    head: number and hash of an event as somebody noted it outside. A chain cut short together with its head
    looks whole from inside; only such a note tells.
    """
    if head is not None and not Event.objects.filter(number=head[0], hash=head[1]).exists():
        yield f"no chain has an event {head[0]} with the hash {head[1]}"
    for name in _chains():
        yield from map(str, audit.verify(name))
    for judgments in _chunks(_judgments().iterator(chunk_size=CHUNK)):
        yield from _judgment_faults(judgments)
    yield from _events_without_judgment()
    yield from _imports_incomplete()


def _chains() -> list[str]:
    named = set(Event.objects.order_by().values_list("chain", flat=True).distinct())
    return sorted(named | set(ChainHead.objects.values_list("chain", flat=True)))


def _judgments() -> QuerySet[Judgment]:
    return Judgment.objects.select_related("assignment", "participant", "item", "rubric_version").order_by("pk")


def _judgment_faults(judgments: list[Judgment]) -> Iterator[str]:
    ratings, marks, words = _ratings_of(judgments), _marks_of(judgments), _words_of(judgments)
    events = _events_of(judgments)
    for judgment in judgments:
        own, standing = ratings[judgment.pk], _standing(judgment, marks[judgment.assignment_id])
        if submission.digest_of(judgment, own, standing) != judgment.answers_digest:
            yield f"judgment {judgment.uid}: its answers do not match their hash"
        said = chain([(judgment.rationale_id, judgment.rationale_digest)], ((r.text_id, r.text_digest) for r in own))
        if any(uid in words and words[uid] != digest for uid, digest in said):
            yield f"judgment {judgment.uid}: its words do not match their hash"
        if judgment.brought_by_id is None:
            yield from _event_faults(judgment, events.get(str(judgment.uid), []))


def _standing(judgment: Judgment, marks: list[Mark]) -> list[Mark]:
    """The marks that stand as of this revision, of all marks of its assignment."""
    until = [mark for mark in marks if mark.judgment.revision <= judgment.revision]
    gone = {mark.retracts_id for mark in until}
    return [mark for mark in until if mark.retracts_id is None and mark.pk not in gone]


def _ratings_of(judgments: list[Judgment]) -> dict[int, list[Rating]]:
    found = defaultdict(list)
    rows = list(Rating.objects.filter(judgment__in=judgments).order_by("pk"))
    dimensions = Dimension.objects.in_bulk({row.dimension_id for row in rows})
    for row in rows:
        row.dimension = dimensions[row.dimension_id]
        found[row.judgment_id].append(row)
    return found


def _marks_of(judgments: list[Judgment]) -> dict[int, list[Mark]]:
    found = defaultdict(list)
    assignments = {judgment.assignment_id for judgment in judgments}
    rows = Mark.objects.filter(judgment__assignment__in=assignments).select_related("judgment", "response")
    for row in rows.order_by("pk"):
        found[row.judgment.assignment_id].append(row)
    return found


def _words_of(judgments: list[Judgment]) -> dict:
    """Digests of the words that are still there, by the uid of the text."""
    rationales = {judgment.rationale_id for judgment in judgments if judgment.rationale_id}
    answers = Rating.objects.filter(judgment__in=judgments, text__isnull=False).values("text_id")
    texts = chain(ErasableText.objects.filter(pk__in=rationales), ErasableText.objects.filter(pk__in=answers))
    return {text.pk: canonical.text_digest(text.salt, text.text) for text in texts}


def _events_of(judgments: list[Judgment]) -> dict[str, list[Event]]:
    found = defaultdict(list)
    subjects = [str(judgment.uid) for judgment in judgments if judgment.brought_by_id is None]
    for event in Event.objects.filter(subject__in=subjects, kind__in=OF_JUDGMENTS):
        found[event.subject].append(event)
    return found


def _event_faults(judgment: Judgment, events: list[Event]) -> Iterator[str]:
    if len(events) != 1:
        yield f"judgment {judgment.uid}: {len(events)} events speak of it, not one"
        return
    told = orjson.loads(events[0].body)["facts"]
    known = {
        "answers": judgment.answers_digest,
        "circumstances": submission.circumstances_digest(judgment),
        "revision": judgment.revision,
        "status": judgment.status,
    }
    if any(told.get(name) != value for name, value in known.items()):
        yield f"judgment {judgment.uid}: it is not what its event says"
    elif not events[0].at == judgment.created_at == judgment.judged_at or not _same_place(judgment, told):
        yield f"judgment {judgment.uid}: who, what or when is not what its event says"


def _same_place(judgment: Judgment, told: dict) -> bool:
    places = (judgment.assignment, judgment.participant, judgment.item)
    return [str(place.uid) for place in places] == [told["assignment"], told["participant"], told["item"]]


def _events_without_judgment() -> Iterator[str]:
    events = Event.objects.filter(kind__in=OF_JUDGMENTS).order_by("pk").values_list("number", "subject")
    for rows in _chunks(events.iterator(chunk_size=CHUNK)):
        uids = Judgment.objects.filter(uid__in=[subject for _, subject in rows]).values_list("uid", flat=True)
        present = set(map(str, uids))
        for number, subject in rows:
            if subject not in present:
                yield f"event {number}: the judgment {subject} it speaks of is missing"


def _imports_incomplete() -> Iterator[str]:
    for brought in Import.objects.filter(kind=Import.Kind.JUDGMENTS):
        named, found = brought.counts.get("judgments"), brought.judgments.count()
        if named is not None and named != found:
            yield f"import {brought.uid}: {found} judgments are there, {named} were brought in"


def _chunks(rows: Iterable) -> Iterator[list]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
