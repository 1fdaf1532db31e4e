"""Draft, submit, revise: each one transaction, safe to send twice, nothing overwritten.

Whoever sends the same answers under the same key again gets the first receipt again. What is saved is
added; a change of mind is a new revision naming the one before.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError
from django.db.models import Q

from judgments import audit, canonical, withdrawal
from judgments.answers import Answer, Answers, Passage, check, texts_of
from judgments.assignment import take_open_slot
from judgments.assignment.offers import set_return
from judgments.design import strata_of
from judgments.errors import (
    AlreadyJudged,
    AnswersUnfit,
    DraftConflict,
    HasLeft,
    IdempotencyConflict,
    NotYours,
    RubricChanged,
    StaleRevision,
    StudyClosed,
)
from judgments.models import (
    Assignment,
    Dimension,
    Draft,
    ErasableText,
    Event,
    Judgment,
    Mark,
    Participant,
    Rating,
    Slot,
    Study,
    quoted,
)
from judgments.transactions import persistent

MAX_DRAFT_BYTES = 256 * 1024


@dataclass(frozen=True)
class Circumstances:
    """How a judgment came about: milliseconds per step, and the instrument as it was on the screen."""

    steps_ms: dict[str, int]
    instrument: dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """The proof of an accepted judgment. `replayed`: this very judgment had been accepted before."""

    judgment: Judgment
    event_number: int
    event_hash: str
    replayed: bool

    def plain(self) -> dict[str, Any]:
        return {
            "judgment": str(self.judgment.uid),
            "assignment": str(self.judgment.assignment.uid),
            "revision": self.judgment.revision,
            "status": self.judgment.status,
            "accepted_at": audit.stamp(self.judgment.created_at),
            "answers_sha256": self.judgment.answers_digest,
            "event": {"number": self.event_number, "hash": self.event_hash},
        }


def submit(
    assignment: Assignment, answers: Answers, *, key: uuid.UUID, actor, now: datetime,
    rubric_version: int | None = None, supersedes: uuid.UUID | None = None,
    circumstances: Circumstances = Circumstances({}, {}),
) -> Receipt:  # fmt: skip
    """Accept a judgment, or a revision of it when `supersedes` names the one it replaces.

    key: made by the client with the page; the same key and answers again give the same receipt.
    rubric_version: primary key of the version the page showed; None trusts the assignment's.
    Raises NotYours, AnswersUnfit, RubricChanged, IdempotencyConflict, AlreadyJudged, StaleRevision,
    and StudyClosed only where the study was discarded: a late judgment is kept as surplus.
    """
    try:
        return _submit(assignment, answers, key, actor, now, rubric_version, supersedes, circumstances)
    except IntegrityError:
        # Somebody else's assignment took the same key between our look and our insert.
        if Judgment.objects.filter(key=key).exists():
            raise IdempotencyConflict("This key was used for other answers.") from None
        raise


@persistent
def _submit(assignment, answers, key, actor, now, rubric_version, supersedes, circumstances) -> Receipt:
    assignment = _locked(assignment, actor)
    known = list(Judgment.objects.filter(Q(key=key) | Q(assignment=assignment)).order_by("-revision"))
    if (existing := next((judgment for judgment in known if judgment.key == key), None)) is not None:
        return _replay(existing, assignment, answers)
    if rubric_version is not None and rubric_version != assignment.rubric_version_id:
        raise RubricChanged("The questions have changed since this page was opened. Your answers are kept.")
    latest = known[0] if known else None
    _check_revision(latest, supersedes)
    dimensions = check(answers, assignment.rubric_version, assignment.item)
    status = latest.status if latest else _settle_slot(assignment, now)
    judgment = _store(assignment, answers, dimensions, key, now, latest, status, circumstances)
    Draft.objects.filter(assignment=assignment).delete()
    event = audit.record(
        "judged" if latest is None else "revised", study=assignment.study, actor=actor, at=now,
        subject=judgment.uid, assignment=str(assignment.uid), participant=str(assignment.participant.uid),
        item=str(assignment.item.uid), revision=judgment.revision, status=status,
        answers=judgment.answers_digest, circumstances=circumstances_digest(judgment),
    )  # fmt: skip
    return Receipt(judgment, event.number, event.hash, replayed=False)


def _locked(assignment: Assignment, actor) -> Assignment:
    # Whose turn it is and nothing more: what is needed of the person comes with the assignment.
    Participant.objects.select_for_update(no_key=True).values_list("pk").get(pk=assignment.participant_id)
    # Only the assignment's row: the rest is read, and locking it would make people wait for each other.
    found = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related(
        "participant", "study", "item__scenario", "rubric_version"
    )
    assignment = found.get(pk=assignment.pk)
    if assignment.participant.user_id is None or assignment.participant.user_id != actor.pk:
        raise NotYours("This item is not held for you.")
    if assignment.study.discarded_at is not None:
        raise StudyClosed(f"{assignment.study.title} has been taken down.")
    if withdrawal.is_withdrawn(assignment):
        raise HasLeft("You took this item out of the study.")
    return assignment


def _replay(existing: Judgment, assignment: Assignment, answers: Answers) -> Receipt:
    if existing.assignment_id != assignment.pk or not _same(existing, answers):
        raise IdempotencyConflict("This key was used for other answers.")
    return receipt_of(existing)


def _same(existing: Judgment, answers: Answers) -> bool:
    stored, sent = answers_of(existing).plain(), answers.plain()
    if _words_erased(existing):
        stored, sent = _wordless(stored), _wordless(sent)
    return canonical.dumps(stored) == canonical.dumps(sent)


def _words_erased(judgment: Judgment) -> bool:
    named = {judgment.rationale_id, *(rating.text_id for rating in judgment.ratings.all())}
    named |= {mark.memo_id for mark in current_marks(judgment)}
    written = [uid for uid in named if uid]
    return ErasableText.objects.filter(pk__in=written).count() < len(written)


def _wordless(plain: dict[str, Any]) -> dict[str, Any]:
    """The plain form without anybody's words: what can still be compared when some have been erased."""
    ratings = {
        slug: {name: value for name, value in given.items() if name != "text"}
        for slug, given in plain["ratings"].items()
    }
    marks = [{name: value for name, value in mark.items() if name != "memo"} for mark in plain["marks"]]
    return plain | {"ratings": ratings, "marks": marks, "rationale": ""}


def receipt_of(judgment: Judgment) -> Receipt:
    """The receipt as it was first given. Imported judgments have none: raises Event.DoesNotExist."""
    event = Event.objects.get(subject=str(judgment.uid), kind__in=["judged", "revised"])
    return Receipt(judgment, event.number, event.hash, replayed=True)


def _check_revision(latest: Judgment | None, supersedes: uuid.UUID | None) -> None:
    if latest is not None and supersedes is None:
        raise AlreadyJudged(latest)
    if supersedes is not None and (latest is None or latest.uid != supersedes):
        raise StaleRevision("A newer version of this judgment exists. Nothing is lost: look at both.")


def _settle_slot(assignment: Assignment, now: datetime) -> str:
    """End the assignment; whether its judgment counts.

    Its slot is filled; where the lease ran out meanwhile, an open one; where none is left, the judgment is
    surplus. Repeats and anchors are beside the judgments wanted and take no slot.
    """
    study = assignment.study
    fresh = assignment.kind == Assignment.Kind.FRESH
    assignment.slot_id = _fill_slot(assignment) if fresh else None
    assignment.state, assignment.ended_at = Assignment.State.JUDGED, now
    set_return(assignment, now=now)
    assignment.save(update_fields=["slot", "state", "ended_at", "returns_at", "draw"])
    if assignment.slot_id is not None:
        return Judgment.Status.COUNTED
    counts = not fresh and study.state != Study.State.CLOSED
    return Judgment.Status.COUNTED if counts else Judgment.Status.SURPLUS


def _fill_slot(assignment: Assignment) -> int | None:
    """Primary key of the slot filled, this person's own or an open one; None where no place is left."""
    study = assignment.study
    held = Slot.objects.filter(pk__in=[assignment.slot_id], state=Slot.State.HELD)
    if study.state == Study.State.CLOSED:
        held.update(state=Slot.State.OPEN, held_until=None)
        return None
    if held.update(state=Slot.State.FILLED, held_until=None):
        return assignment.slot_id
    slot = take_open_slot(assignment.item, study, strata_of(assignment.participant, study), wait=True)
    if slot is None:
        return None
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.FILLED, held_until=None)
    return slot.pk


def _store(
    assignment, answers: Answers, dimensions: dict[str, Dimension], key, now, latest, status, circumstances
) -> Judgment:
    writer = _Texts(assignment.participant)
    rationale = writer.keep(answers.rationale)
    ratings = [_rating(dimensions[slug], answer, writer) for slug, answer in sorted(answers.ratings.items())]
    added, removed = _mark_changes(latest, answers)
    texts = texts_of(assignment.item) if added else {}
    marks = [_mark(passage, texts, assignment, writer) for passage in added]
    judgment = Judgment(
        assignment=assignment, study=assignment.study, item=assignment.item, participant=assignment.participant,
        occasion=assignment.occasion, rubric_version=assignment.rubric_version,
        revision=latest.revision + 1 if latest else 0, supersedes=latest, status=status, key=key,
        settled=answers.settled, rationale_id=rationale.uid, rationale_digest=rationale.digest,
        answers_digest="", steps_ms=circumstances.steps_ms, instrument=circumstances.instrument,
        judged_at=now, created_at=now,
    )  # fmt: skip
    kept = [mark for mark in current_marks(latest) if mark.pk not in {old.pk for old in removed}] if latest else []
    judgment.answers_digest = digest_of(judgment, ratings, kept + marks)
    writer.store()
    judgment.save()
    for rating in ratings:
        rating.judgment = judgment
    for mark in marks:
        mark.judgment = judgment
    retractions = [_retraction(mark, judgment) for mark in removed]
    Rating.objects.bulk_create(ratings)
    Mark.objects.bulk_create(marks + retractions)
    return judgment


@dataclass(frozen=True)
class _Kept:
    uid: uuid.UUID | None
    digest: str


class _Texts:
    """Collects a judgment's words for the erasable table, so that they are written at once."""

    def __init__(self, participant: Participant):
        self.participant = participant
        self.rows: list[ErasableText] = []

    def keep(self, text: str) -> _Kept:
        if not text:
            return _Kept(None, "")
        row = ErasableText(participant=self.participant, salt=canonical.new_salt(), text=text)
        self.rows.append(row)
        return _Kept(row.uid, canonical.text_digest(row.salt, text))

    def store(self) -> None:
        ErasableText.objects.bulk_create(self.rows)


def _rating(dimension: Dimension, answer: Answer, writer: _Texts) -> Rating:
    words = writer.keep(answer.text)
    values = {name: value for name, value in answer.plain().items() if name != "text"}
    return Rating(dimension=dimension, text_id=words.uid, text_digest=words.digest, **values)


def _mark(passage: Passage, texts: dict[str | int, str], assignment: Assignment, writer: _Texts) -> Mark:
    place = passage.response if passage.response is not None else passage.turn
    assert place is not None  # `check` has seen to it.
    memo = writer.keep(passage.memo)
    response = None
    if passage.response is not None:
        response = next(
            shown.response
            for shown in assignment.item.shown.select_related("response")
            if str(shown.response.uid) == passage.response
        )
    return Mark(
        response=response, turn=passage.turn, start=passage.start, end=passage.end, tag=passage.tag,
        memo_id=memo.uid, memo_digest=memo.digest, **quoted(texts[place], passage.start, passage.end),
    )  # fmt: skip


_PLACE = ("response", "turn", "start", "end", "quote", "prefix", "suffix", "tag")


def _retraction(mark: Mark, judgment: Judgment) -> Mark:
    same = {name: getattr(mark, name) for name in _PLACE}
    return Mark(judgment=judgment, retracts=mark, **same)


def current_marks(judgment: Judgment) -> list[Mark]:
    """The marks that stand as of a revision: all added up to it, without those retracted up to it."""
    until = Mark.objects.filter(
        judgment__assignment=judgment.assignment_id, judgment__revision__lte=judgment.revision
    ).select_related("response", "memo")
    rows = list(until.order_by("pk"))
    gone = {mark.retracts_id for mark in rows if mark.retracts_id is not None}
    return [mark for mark in rows if mark.retracts_id is None and mark.pk not in gone]


def _mark_changes(latest: Judgment | None, answers: Answers) -> tuple[list[Passage], list[Mark]]:
    """Marks to add, and marks to retract, so that what stands is what the answers say."""
    standing = {canonical.dumps(_passage(mark).plain()): mark for mark in current_marks(latest)} if latest else {}
    wanted = {canonical.dumps(passage.plain()): passage for passage in answers.marks}
    added = [passage for said, passage in wanted.items() if said not in standing]
    return added, [mark for said, mark in standing.items() if said not in wanted]


def _passage(mark: Mark) -> Passage:
    return Passage(
        start=mark.start, end=mark.end, response=str(mark.response.uid) if mark.response else None, turn=mark.turn,
        tag=mark.tag, memo=mark.memo.text if mark.memo_id and mark.memo else "", details=mark.details,
    )  # fmt: skip


def answers_of(judgment: Judgment) -> Answers:
    """The answers a judgment holds, with its words where they have not been erased."""
    rows = list(judgment.ratings.select_related("dimension"))
    named = [uid for uid in (judgment.rationale_id, *(rating.text_id for rating in rows)) if uid]
    kept = ErasableText.objects.filter(pk__in=named)
    words: dict[uuid.UUID | None, str] = {text.pk: text.text for text in kept}
    ratings = {
        rating.dimension.slug: Answer(
            form=rating.form, point=rating.point, low=rating.low, high=rating.high, both_a=rating.both_a,
            both_b=rating.both_b, labels=None if rating.labels is None else tuple(map(float, rating.labels)),
            reason=rating.reason, text=words.get(rating.text_id, ""),
        )
        for rating in rows
    }  # fmt: skip
    return Answers(
        ratings=ratings, settled=judgment.settled, rationale=words.get(judgment.rationale_id, ""),
        marks=tuple(_passage(mark) for mark in current_marks(judgment)),
    )  # fmt: skip


def digest_of(judgment: Judgment, ratings: list[Rating], marks: list[Mark]) -> str:
    """sha256 over all that a judgment says, words by their salted digests: it can be recomputed after erasure."""
    names = ("form", "point", "low", "high", "both_a", "both_b", "labels", "reason", "text_digest")
    said = {
        "ratings": {rating.dimension.slug: [getattr(rating, name) for name in names] for rating in ratings},
        "settled": judgment.settled,
        "rationale": judgment.rationale_digest,
        "marks": sorted(
            [
                [str(mark.response.uid) if mark.response else None, mark.turn, mark.start, mark.end, mark.tag,
                 mark.memo_digest, mark.details]
                for mark in marks
            ],
            key=canonical.dumps,
        ),
    }  # fmt: skip
    return canonical.digest(said)


def circumstances_digest(judgment: Judgment) -> str:
    """sha256 over how a judgment came about: its rubric version, time per step and instrument."""
    return canonical.digest([judgment.rubric_version.digest, judgment.steps_ms, judgment.instrument])


# Drafts -------------------------------------------------------------------------------------------


@persistent
def save_draft(
    assignment: Assignment, answers: dict[str, Any], *, based_on: int, actor, now: datetime,
    revises: uuid.UUID | None = None,
) -> Draft:  # fmt: skip
    """Keep what is on the page. `based_on`: the draft's revision the page knows, 0 for none yet.

    revises: the judgment that a change of mind would replace; None before there is one. A draft that
    arrives after its judgment was accepted is not kept: the judgment is.
    Raises NotYours, AlreadyJudged, StaleRevision, AnswersUnfit (too large or not storable), and
    DraftConflict with the newer draft if another window wrote in between.
    """
    assignment = _locked(assignment, actor)
    _check_revision(assignment.judgments.order_by("-revision").first(), revises)
    answers = _storable(answers)
    draft = Draft.objects.filter(assignment=assignment).first()
    if draft is None:
        return Draft.objects.create(assignment=assignment, answers=answers, revision=based_on + 1, updated_at=now)
    if draft.answers == answers:
        return draft
    if draft.revision != based_on:
        raise DraftConflict(draft)
    draft.answers, draft.revision, draft.updated_at = answers, draft.revision + 1, now
    draft.save()
    return draft


def _storable(answers: dict[str, Any]) -> dict[str, Any]:
    try:
        written = canonical.dumps(answers)
    except (TypeError, ValueError):
        raise AnswersUnfit({"answers": "This draft holds something that cannot be stored."}) from None
    if len(written) > MAX_DRAFT_BYTES or _holds_nul(answers):
        raise AnswersUnfit({"answers": "This draft is too large or holds a character that cannot be stored."})
    return orjson.loads(written)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value
