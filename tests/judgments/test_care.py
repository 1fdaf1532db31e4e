"""Care: items somebody is spared are never offered; warnings; requests that are nobody else's."""

import pytest

from judgments import care
from judgments.assignment import next_assignment, waiting
from judgments.models import Assignment, CareRequest, ContentPreference, Event, Scenario
from tests.factories import NOW, judge, later, make_item, make_participant


@pytest.fixture
def items(study):
    """One item about grief, one about illness and grief, one about “Härte”, one without a note."""
    made = [make_item(study, f"text {number}") for number in range(4)]
    for item, notes in zip(made, (["grief"], ["illness", "grief"], ["Härte „hier“"], []), strict=True):
        Scenario.objects.filter(pk=item.scenario_id).update(content_notes=notes)
    return made


def read_all(reader) -> set[str]:
    found = set()
    while (assignment := next_assignment(reader, now=NOW)) is not None:
        found.add(assignment.item.external_id)
        judge(reader)
    return found


def test_the_notes_of_a_study_are_listed_once(study, items):
    assert care.notes_of(study) == ["Härte „hier“", "grief", "illness"]


@pytest.mark.parametrize(
    ("spared", "left"),
    [
        (["grief"], {"item-2", "item-3"}),
        (["illness"], {"item-0", "item-2", "item-3"}),
        (["Härte „hier“"], {"item-0", "item-1", "item-3"}),
        (["grief", "Härte „hier“"], {"item-3"}),
        (["something else"], {"item-0", "item-1", "item-2", "item-3"}),
    ],
)
def test_what_is_spared_is_never_offered(study, jo, items, spared, left):
    care.spare(jo, spared, now=NOW)

    assert waiting(jo, study) == len(left)
    assert read_all(jo) == left


def test_the_chance_of_an_offer_counts_only_what_could_be_offered(jo, items):
    care.spare(jo, ["grief"], now=NOW)

    assert next_assignment(jo, now=NOW).eligible == 2


def test_an_item_held_is_given_back_once_it_is_spared(study, jo, items):
    care.spare(jo, ["illness", "Härte „hier“"], now=NOW)
    held = next_assignment(jo, now=NOW)
    while held.item.external_id != "item-0":
        judge(jo)
        held = next_assignment(jo, now=NOW)

    care.spare(jo, ["grief"], now=later(1))

    following = next_assignment(jo, now=later(2))
    assert following is None or following.item.external_id == "item-3"
    assert Assignment.objects.get(pk=held.pk).state == Assignment.State.EXPIRED


def test_others_are_not_spared(study, jo, items):
    care.spare(jo, ["grief"], now=NOW)

    assert len(read_all(make_participant(study))) == 4


def test_a_later_choice_counts_and_the_same_adds_nothing(jo, items):
    for choice in ("warn", "warn", "show"):
        care.prefer(jo, {"grief": choice}, now=NOW)

    assert ContentPreference.objects.count() == 2
    assert care.preferences_of(jo) == {"grief": "show"}
    assert care.spared_by(jo) is None


def test_a_warning_names_only_what_was_asked_for(jo, items):
    care.prefer(jo, {"grief": "warn"}, now=NOW)
    notes = {}
    while (held := next_assignment(jo, now=NOW)) is not None:
        notes[held.item.external_id] = care.warned_of(held)
        judge(jo)

    assert notes == {"item-0": ["grief"], "item-1": ["grief"], "item-2": [], "item-3": []}


def test_the_history_holds_that_somebody_asked_and_not_what_nor_who(jo):
    care.ask_for_care(jo, "it was my brother", assignment=None, actor=jo.user, now=NOW)

    event = Event.objects.get(kind="care_asked")
    assert event.actor_id is None
    assert "brother" not in event.body
    assert str(jo.uid) not in event.body
    assert CareRequest.objects.get().text.text == "it was my brother"
