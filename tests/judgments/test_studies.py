"""The life of a study, step by step."""

import pytest

from judgments import audit, studies
from judgments.models import Event, Item, Judgment, Study
from judgments.studies import StudyUnfit
from tests.factories import NOW, judge, make_item, make_rubric, make_study

State = Study.State


@pytest.fixture
def ready(db):
    study = make_study("ready", state=State.DRAFT)
    make_item(study)
    return study


def state_of(study) -> str:
    return Study.objects.get(pk=study.pk).state


def test_a_study_with_a_rubric_and_an_item_can_open(ready, ada):
    studies.open_study(ready, actor=ada, now=NOW)

    assert state_of(ready) == State.OPEN
    event = Event.objects.get(kind="study_opened")
    assert (event.chain, event.actor_id, event.at) == (str(ready.uid), ada.pk, NOW)


def test_a_study_without_rubric_and_items_says_both(db, ada):
    study = Study.objects.create(slug="bare", title="Bare")

    with pytest.raises(StudyUnfit) as refusal:
        studies.open_study(study, actor=ada, now=NOW)

    assert refusal.value.problems == [
        "The study has no rubric version yet: choose a published one.",
        "The study has nothing to read yet: bring items in first.",
    ]
    assert state_of(study) == State.DRAFT
    assert not Event.objects.filter(kind__startswith="study_").exists()


def test_a_study_does_not_open_on_a_draft_rubric(ready):
    ready.rubric_version = make_rubric(published=False)
    ready.save()

    assert studies.problems(ready) == ["The study's rubric version is a draft: publish it first."]


@pytest.mark.parametrize("change", [{"hidden_at": NOW}, {"purpose": Item.Purpose.PRACTICE}])
def test_hidden_and_practice_items_do_not_make_a_study_readable(ready, change):
    Item.objects.filter(study=ready).update(**change)

    assert studies.problems(ready) == ["The study has nothing to read yet: bring items in first."]


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        (studies.open_study, State.PAUSED, State.OPEN),
        (studies.open_study, State.CLOSED, State.OPEN),
        (studies.pause, State.OPEN, State.PAUSED),
        (studies.close, State.OPEN, State.CLOSED),
        (studies.close, State.PAUSED, State.CLOSED),
    ],
)
def test_a_step_that_can_be_taken_is_taken(ready, ada, step, before, after):
    Study.objects.filter(pk=ready.pk).update(state=before)

    step(ready, actor=ada, now=NOW)

    assert state_of(ready) == after


@pytest.mark.parametrize(
    ("step", "before"),
    [
        (studies.open_study, State.OPEN),
        (studies.pause, State.DRAFT),
        (studies.pause, State.PAUSED),
        (studies.pause, State.CLOSED),
        (studies.close, State.DRAFT),
        (studies.close, State.CLOSED),
    ],
)
def test_a_step_that_makes_no_sense_changes_nothing(ready, ada, step, before):
    Study.objects.filter(pk=ready.pk).update(state=before)

    with pytest.raises(StudyUnfit):
        step(ready, actor=ada, now=NOW)

    assert state_of(ready) == before
    assert not Event.objects.filter(kind__startswith="study_").exists()


def test_discarding_hides_a_study_and_frees_its_address(study, jo, ada):
    make_item(study)
    judgment = judge(jo)

    studies.discard(study, actor=ada, now=NOW)

    assert not Study.objects.kept().filter(slug="field-study").exists()
    assert Judgment.objects.get() == judgment
    assert make_study("field-study").slug == "field-study"


@pytest.mark.parametrize("step", [studies.open_study, studies.pause, studies.close, studies.discard])
def test_a_discarded_study_stays_as_it_is(ready, ada, step):
    studies.discard(ready, actor=ada, now=NOW)

    with pytest.raises(StudyUnfit) as refusal:
        step(ready, actor=ada, now=NOW)

    assert "discarded" in str(refusal.value)
    assert state_of(ready) == State.DRAFT


def test_changed_settings_are_in_the_history_by_name(ready, ada):
    changed = {"judgments_wanted": 5, "title": "New words", "rubric_version": ready.rubric_version}

    studies.record_settings(ready, changed, actor=ada, now=NOW)

    body = Event.objects.get(kind="study_changed").body
    assert '"judgments_wanted":5' in body
    assert '"title":"New words"' in body
    assert list(audit.verify(str(ready.uid))) == []
