"""The life of a study: being set up, open, paused, closed, discarded. Each step is an event of its history."""

from datetime import datetime

from django.db import transaction

from judgments import audit, design
from judgments.errors import DissensusError
from judgments.models import Item, Study

State = Study.State


class StudyUnfit(DissensusError):
    """The study cannot take this step as it is. `problems` says why, one sentence each."""

    code = "study_unfit"

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


def problems(study: Study) -> list[str]:
    """What keeps a study from being opened, one sentence each."""
    found = []
    if study.rubric_version is None:
        found.append("The study has no rubric version yet: choose a published one.")
    elif not study.rubric_version.is_published:
        found.append("The study's rubric version is a draft: publish it first.")
    if not Item.objects.kept().filter(study=study, purpose=Item.Purpose.MAIN).exists():
        found.append("The study has nothing to read yet: bring items in first.")
    return found + design.problems(study)


@transaction.atomic
def open_study(study: Study, *, actor, now: datetime) -> Study:
    """Let people read, for the first time or again. Raises StudyUnfit with every reason against it."""
    study = _locked(study)
    if study.state == State.OPEN:
        raise StudyUnfit(["The study is open already."])
    if found := problems(study):
        raise StudyUnfit(found)
    return _become(study, State.OPEN, "study_opened", actor=actor, now=now)


@transaction.atomic
def pause(study: Study, *, actor, now: datetime) -> Study:
    """Offer nothing for now. What people have open can still be saved. Raises StudyUnfit unless it is open."""
    study = _locked(study)
    if study.state != State.OPEN:
        raise StudyUnfit(["Only an open study can be paused."])
    return _become(study, State.PAUSED, "study_paused", actor=actor, now=now)


@transaction.atomic
def close(study: Study, *, actor, now: datetime) -> Study:
    """End the reading; model names are no longer withheld. Raises StudyUnfit unless it is open or paused."""
    study = _locked(study)
    if study.state not in (State.OPEN, State.PAUSED):
        raise StudyUnfit(["Only an open or paused study can be closed."])
    return _become(study, State.CLOSED, "study_closed", actor=actor, now=now)


@transaction.atomic
def discard(study: Study, *, actor, now: datetime) -> Study:
    """Hide a study everywhere and free its address. Nothing is deleted. Raises StudyUnfit if it is hidden already."""
    study = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if study.discarded_at is not None:
        raise StudyUnfit(["The study has been discarded already."])
    study.discarded_at = now
    study.save(update_fields=["discarded_at"])
    audit.record("study_discarded", study=study, actor=actor, at=now, subject=study.uid, slug=study.slug)
    return study


@transaction.atomic
def record_settings(study: Study, changed: dict[str, object], *, actor, now: datetime) -> None:
    """Put changed settings into the study's history, by name and new value. Inside a transaction, last."""
    plain = {name: value if isinstance(value, bool | int) else str(value) for name, value in changed.items()}
    audit.record("study_changed", study=study, actor=actor, at=now, subject=study.uid, changed=plain)


def _locked(study: Study) -> Study:
    study = (
        Study.objects.select_for_update(of=("self",), no_key=True).select_related("rubric_version").get(pk=study.pk)
    )
    if study.discarded_at is not None:
        raise StudyUnfit(["The study has been discarded."])
    return study


def _become(study: Study, state: str, kind: str, *, actor, now: datetime) -> Study:
    before, study.state = study.state, state
    study.save(update_fields=["state"])
    audit.record(kind, study=study, actor=actor, at=now, subject=study.uid, before=str(before))
    return study
