"""Notes of the reading room: marks, memos, links and longer notes. A change is a new row; the latest counts."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from judgments import audit, care, words
from judgments.errors import AnswersUnfit, NotYours
from judgments.models import Assignment, Item, Note, Participant, Response, Study

Kind, Audience = Note.Kind, Note.Audience


@dataclass(frozen=True)
class Passage:
    """Where a mark lies: in a response (by uid) or in a turn, by code points of the text as stored."""

    start: int
    end: int
    response: str | None = None
    turn: int | None = None


@dataclass(frozen=True)
class Said:
    """What a note says. item: None for a longer note about nothing in particular."""

    kind: str
    text: str = ""
    tag: str = ""
    item: Item | None = None
    other_item: Item | None = None
    passage: Passage | None = None
    audience: str = field(default=Audience.PRIVATE)


# What can be read ---------------------------------------------------------------------------------


def open_items(participant: Participant) -> QuerySet[Item]:
    """The items this person may wander among: what the study opens, without what they are spared."""
    study = participant.study
    items = Item.objects.kept().filter(study=study).exclude(purpose=Item.Purpose.PRACTICE)
    if study.wander == Study.Wander.CLOSED:
        return items.none()
    if study.wander == Study.Wander.READ:
        # Nothing that is held for a judgment now: a repeat must not be looked up meanwhile.
        mine = participant.assignments
        judged = mine.filter(state=Assignment.State.JUDGED).values("item")
        items = items.filter(pk__in=judged).exclude(pk__in=mine.filter(state=Assignment.State.OFFERED).values("item"))
    spared = care.spared_by(participant)
    return items if spared is None else items.exclude(spared)


def search(items: QuerySet[Item], words_sought: str) -> QuerySet[Item]:
    """Items whose responses or title hold these words, in any case."""
    sought = words_sought.strip()
    in_texts = Item.objects.filter(shown__response__text__icontains=sought).values("pk")
    return items.filter(Q(scenario__title__icontains=sought) | Q(pk__in=in_texts))


def surprise(items: QuerySet[Item], *, rng) -> Item | None:
    """Any one of these items."""
    count = items.count()
    return items.order_by("pk")[rng.randrange(count)] if count else None


# What was noted -----------------------------------------------------------------------------------


def standing() -> QuerySet[Note]:
    """Notes as they stand: no later row replaces them, and they were not taken back."""
    return Note.objects.filter(superseded_by__isnull=True, taken_back=False)


def of(participant: Participant, item: Item | None = None) -> QuerySet[Note]:
    """This person's notes, the latest first; of one item, links from elsewhere to it included."""
    notes = standing().filter(participant=participant)
    if item is not None:
        notes = notes.filter(Q(item=item) | Q(other_item=item))
    return notes.select_related("text", "item__scenario", "other_item__scenario", "response").order_by("-pk")


def shared_with(participant: Participant, item: Item) -> QuerySet[Note]:
    """Notes on an item that others have opened to everybody who wanders here.

    While the study is read, only to those whose own judgment of the item is in: nobody learns what others
    make of it before.
    """
    if participant.study.is_open and not _has_judged(participant, item):
        return Note.objects.none()
    notes = standing().filter(item=item, audience=Audience.WANDERERS, participant__study=participant.study)
    return notes.exclude(participant=participant).select_related("text", "participant", "other_item__scenario")


def _has_judged(participant: Participant, item: Item) -> bool:
    states = set(participant.assignments.filter(item=item).values_list("state", flat=True))
    return Assignment.State.JUDGED in states and Assignment.State.OFFERED not in states


def shared_with_researchers(study: Study) -> QuerySet[Note]:
    """Notes that their authors have shared, the latest first."""
    notes = standing().filter(participant__study=study).exclude(audience=Audience.PRIVATE)
    return notes.select_related("text", "participant", "item__scenario", "other_item__scenario").order_by("-pk")


@transaction.atomic
def write(participant: Participant, said: Said, *, actor, now: datetime, instead_of: Note | None = None) -> Note:
    """Keep a note, or a change of one. Raises NotYours, and AnswersUnfit with what does not fit."""
    if instead_of is not None and instead_of.participant_id != participant.pk:
        raise NotYours("This note is somebody else's.")
    place = _place(said)
    kept = words.keep(words.tidy(said.text), participant)
    if kept.uid is None and said.kind in (Kind.MEMO, Kind.NOTE):
        raise AnswersUnfit({"text": "Write something first."})
    note = Note.objects.create(
        participant=participant, kind=said.kind, item=said.item, other_item=said.other_item, tag=said.tag[:120],
        text_id=kept.uid, text_digest=kept.digest, audience=said.audience, supersedes=instead_of, at=now, **place,
    )  # fmt: skip
    _record(note, actor, now)
    return note


@transaction.atomic
def take_back(note: Note, *, actor, now: datetime) -> Note:
    """End a note: a row that says so. Its words are erased, as nobody needs them any more."""
    ended = Note.objects.create(
        participant=note.participant, kind=note.kind, item=note.item, other_item=note.other_item,
        response=note.response, turn=note.turn, start=note.start, end=note.end, supersedes=note,
        taken_back=True, at=now,
    )  # fmt: skip
    if note.text_id is not None:
        note.participant.texts.filter(pk=note.text_id).delete()
    _record(ended, actor, now)
    return ended


def _place(said: Said) -> dict:
    if said.kind == Kind.LINK and (said.other_item is None or said.other_item == said.item):
        raise AnswersUnfit({"other": "Choose another item to link to."})
    if said.kind != Kind.MARK:
        return {}
    passage, item = said.passage, said.item
    if passage is None or item is None or (passage.response is None) == (passage.turn is None):
        raise AnswersUnfit({"passage": "Choose a passage first."})
    response, text = _text_of(item, passage)
    if text is None or not 0 <= passage.start < passage.end <= len(text):
        raise AnswersUnfit({"passage": "This passage is not part of the item."})
    return {
        "response": response, "turn": passage.turn, "start": passage.start, "end": passage.end,
        "quote": text[passage.start : passage.end],
    }  # fmt: skip


def _text_of(item: Item, passage: Passage) -> tuple[Response | None, str | None]:
    if passage.response is not None:
        response = Response.objects.filter(uid=passage.response, shown_in__item=item).first()
        return response, response.text if response else None
    turns = item.scenario.messages
    inside = passage.turn is not None and 0 <= passage.turn < len(turns)
    return None, turns[passage.turn]["content"] if inside else None


def _record(note: Note, actor, now: datetime) -> None:
    facts = {"what": str(note.kind), "audience": str(note.audience), "taken_back": note.taken_back}
    before = note.supersedes.audience if note.supersedes else note.audience
    is_private = {str(note.audience), str(before)} == {str(Audience.PRIVATE)}
    # Told apart, as only what is shared is part of a release.
    audit.record(
        "noted" if is_private else "note_shared",
        study=note.participant.study,
        actor=actor,
        at=now,
        subject=note.uid,
        **facts,
    )
