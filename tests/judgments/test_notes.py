"""Notes of the reading room: what is open, what can be noted, who reads it."""

import random

import pytest

from judgments import notes
from judgments.assignment import next_assignment
from judgments.errors import AnswersUnfit, AppendOnly, NotYours
from judgments.models import Event, Note, Study
from judgments.notes import Passage, Said
from tests.factories import NOW, judge, later, make_item, make_items, make_participant


@pytest.fixture
def room(study, jo):
    study.wander = Study.Wander.ALL
    study.save()
    jo.refresh_from_db()
    return make_items(study, 2)


def write(reader, kind="memo", **said) -> Note:
    instead_of = said.pop("instead_of", None)
    return notes.write(reader, Said(kind=kind, **said), actor=reader.user, now=NOW, instead_of=instead_of)


@pytest.mark.parametrize(("setting", "count"), [("all", 3), ("read", 1), ("closed", 0)])
def test_the_study_says_what_is_open(study, jo, setting, count):
    make_items(study, 3)
    judge(jo)
    study.wander = setting
    study.save()
    jo.refresh_from_db()

    assert notes.open_items(jo).count() == count


def test_what_is_held_for_a_judgment_cannot_be_looked_up(study, jo):
    make_items(study, 2)
    judge(jo)
    held = next_assignment(jo, now=NOW)

    assert held.item not in notes.open_items(jo)


def test_a_mark_keeps_the_passage_as_it_stands(jo, room):
    response = room[0].shown.get().response
    mark = write(jo, "mark", item=room[0], passage=Passage(0, 4, response=str(response.uid)), tag="turns here")

    assert (mark.quote, mark.tag, mark.audience) == ("I am", "turns here", "private")


@pytest.mark.parametrize(
    "passage",
    [
        None,
        Passage(0, 99, turn=0),
        Passage(3, 3, turn=0),
        Passage(0, 2, turn=7),
        Passage(0, 2),
        Passage(-1, 2, turn=0),
    ],
)
def test_a_passage_that_is_not_there_is_refused(jo, room, passage):
    with pytest.raises(AnswersUnfit):
        write(jo, "mark", item=room[0], passage=passage)

    assert not Note.objects.exists()


def test_a_link_is_seen_from_both_ends(jo, room):
    link = write(jo, "link", item=room[0], other_item=room[1], text="the same silence")

    assert list(notes.of(jo, room[1])) == [link]
    with pytest.raises(AnswersUnfit):
        write(jo, "link", item=room[0], other_item=room[0])


def test_a_change_is_a_row_and_the_latest_stands(jo, room):
    first = write(jo, item=room[0], text="one")
    second = write(jo, item=room[0], text="two", instead_of=first)

    assert list(notes.of(jo)) == [second]
    assert Note.objects.count() == 2
    with pytest.raises(AppendOnly):
        first.save()


def test_taking_back_ends_a_note_and_erases_its_words(jo, room):
    note = write(jo, item=room[0], text="canary")
    notes.take_back(note, actor=jo.user, now=later(1))

    assert not notes.of(jo).exists()
    assert not jo.texts.filter(text="canary").exists()
    assert Event.objects.filter(kind="noted").count() == 2


def test_notes_are_private_until_they_are_shared(study, jo, room):
    other = make_participant(study)
    private = write(jo, item=room[0], text="mine")
    told = write(jo, item=room[0], text="told", audience="researchers")
    open_to_all = write(jo, item=room[0], text="open", audience="wanderers")

    assert not notes.shared_with(other, room[0]).exists()  # Their own judgment is not in yet.
    judge(other, item=room[0])
    assert list(notes.shared_with(other, room[0])) == [open_to_all]
    assert set(notes.shared_with_researchers(study)) == {told, open_to_all}
    assert private not in notes.shared_with_researchers(study)


def test_nobody_changes_anothers_note(study, jo, room):
    note = write(jo, item=room[0], text="mine")

    with pytest.raises(NotYours):
        write(make_participant(study), item=room[0], text="theirs", instead_of=note)

    assert Note.objects.count() == 1


def test_a_search_looks_into_texts_and_titles(study, jo, room):
    found = make_item(study, "An Umbrella of reeds")

    assert list(notes.search(notes.open_items(jo), " umbrella ")) == [found]
    assert not notes.search(notes.open_items(jo), "nothing like it").exists()


def test_a_surprise_is_one_of_what_is_open(jo, room):
    assert notes.surprise(notes.open_items(jo), rng=random.Random(1)) in room
    assert notes.surprise(notes.open_items(jo).none(), rng=random.Random(1)) is None
