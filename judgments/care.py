"""Care for readers: what they are warned of or spared, and what stayed with them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from judgments import audit, words
from judgments.models import Assignment, CareRequest, ContentPreference, Participant, Scenario, Study

Choice = ContentPreference.Choice


def notes_of(study: Study) -> list[str]:
    """Every content note that the study's material carries, in alphabetical order."""
    return sorted({note for notes in _combinations(study) for note in notes})


def _combinations(study: Study) -> list[list[str]]:
    """The lists of notes in use, each once: few, whatever the number of items."""
    noted = Scenario.objects.filter(study=study, items__hidden_at__isnull=True).exclude(content_notes=[])
    found = noted.order_by().values_list("content_notes", flat=True).distinct()
    return [notes for notes in found if isinstance(notes, list)]


def preferences_of(participant: Participant) -> dict[str, str]:
    """This person's latest choice for each note they chose something for."""
    return dict(participant.content_preferences.order_by("pk").values_list("note", "choice"))


@transaction.atomic
def prefer(participant: Participant, choices: dict[str, str], *, now: datetime) -> None:
    """Keep choices that differ from what counts now. Nobody else learns them: they are in no event."""
    before = preferences_of(participant)
    ContentPreference.objects.bulk_create(
        ContentPreference(participant=participant, note=note, choice=choice, at=now)
        for note, choice in choices.items()
        if before.get(note, Choice.SHOW) != choice
    )
    participant.__dict__.pop("spared_lists", None)


def spare(participant: Participant, notes: Iterable[str], *, now: datetime) -> None:
    """Leave out items that carry any of these notes from now on."""
    prefer(participant, dict.fromkeys(notes, Choice.SPARE), now=now)


def spared_by(participant: Participant, of: str = "") -> Q | None:
    """The items this person is spared, as a condition on items (or on what `of` leads to); None: nothing is.

    of: the way from the rows that are filtered to their item, such as `item__`.
    """
    lists = _spared_lists(participant)
    if not lists:
        return None
    condition = Q()
    for notes in lists:
        condition |= Q(**{f"{of}scenario__content_notes": notes})
    return condition


def _spared_lists(participant: Participant) -> list[list[str]]:
    """Whole lists of notes that are spared: looking into a JSON list is not the same on both databases.

    Looked up once for each loaded participant, as one offer asks several times.
    """
    held = participant.__dict__
    if "spared_lists" not in held:
        spared = {note for note, choice in preferences_of(participant).items() if choice == Choice.SPARE}
        all_lists = _combinations(participant.study) if spared else []
        held["spared_lists"] = [notes for notes in all_lists if spared.intersection(notes)]
    return held["spared_lists"]


def warned_of(assignment: Assignment) -> list[str]:
    """Notes of this item that its reader wants to know of before reading."""
    notes = assignment.item.scenario.content_notes
    if not notes:
        return []
    chosen = preferences_of(assignment.participant)
    return [note for note in notes if chosen.get(note) in (Choice.WARN, Choice.SPARE)]


@transaction.atomic
def ask_for_care(
    participant: Participant, text: str, *, assignment: Assignment | None, actor, now: datetime
) -> CareRequest:
    """Keep what stays with somebody, for the study's named contact. The history holds that it was said, not what."""
    kept = words.keep(words.tidy(text), participant)
    request = CareRequest.objects.create(
        participant=participant, assignment=assignment, text_id=kept.uid, text_digest=kept.digest, at=now
    )
    audit.record("care_asked", study=participant.study, actor=None, at=now, subject=request.uid)
    return request
