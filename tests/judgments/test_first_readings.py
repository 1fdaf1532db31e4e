"""First readings: written once, locked, in the history; and the words can go while it still verifies."""

import uuid

import pytest

from judgments import audit, first_readings, verification
from judgments.assignment import next_assignment, take_along
from judgments.errors import AnswersUnfit, AppendOnly, FirstReadingLocked, NotYours, StudyClosed
from judgments.models import Assignment, ErasableText, Event, FirstReading, Slot, Study
from tests.factories import NOW, judge, later, make_items, make_participant, make_study, make_user

WORDS = "It hears her 🙂,\r\nand then it decides for her."


@pytest.fixture
def assignment(jo):
    Study.objects.update(first_reading=True)
    make_items(jo.study, 3)
    return next_assignment(jo, now=NOW)


def write(assignment, words=WORDS, *, key=None, actor=None, **more):
    actor = actor or assignment.participant.user
    return first_readings.write(assignment, words, key=key or uuid.uuid4(), actor=actor, now=NOW, **more)


def test_a_first_reading_is_kept_verbatim_and_has_an_event(assignment):
    place = {"turn": 0, "start": 0, "end": 4, "tag": "turns here", "memo": "not here"}

    first = write(assignment, marks=[place], reading_ms=63_000)

    assert first_readings.words_of(first) == WORDS
    assert first.marks == [{"turn": 0, "start": 0, "end": 4, "tag": "turns here"}]
    event = Event.objects.get(subject=str(first.uid))
    assert event.kind == "first_reading"
    assert first.text_digest in event.body
    assert "It hears" not in event.body
    assert list(verification.faults()) == []


def test_nothing_is_an_answer_too(assignment):
    first = write(assignment, "  \n")

    assert (first.text_id, first.text_digest) == (None, "")
    assert first_readings.words_of(first) == ""
    assert not ErasableText.objects.exists()


def test_sending_the_same_words_again_keeps_one(assignment):
    key = uuid.uuid4()

    assert write(assignment, key=key) == write(assignment, key=key) == write(assignment)
    assert Event.objects.filter(kind="first_reading").count() == 1


def test_other_words_are_refused_and_the_first_stay(assignment):
    first = write(assignment)

    with pytest.raises(FirstReadingLocked) as refused:
        write(assignment, "on second thoughts")

    assert refused.value.first == first
    assert first_readings.words_of(FirstReading.objects.get()) == WORDS
    assert ErasableText.objects.count() == 1


def test_the_row_cannot_be_changed(assignment):
    first = write(assignment)

    with pytest.raises(AppendOnly):
        FirstReading.objects.filter(pk=first.pk).update(reading_ms=1)
    with pytest.raises(AppendOnly):
        first.delete()


def test_nobody_else_can_write_it(assignment):
    with pytest.raises(NotYours):
        write(assignment, actor=make_user())

    assert not FirstReading.objects.exists()


def test_a_study_taken_down_takes_no_more(assignment):
    Study.objects.update(discarded_at=NOW)

    with pytest.raises(StudyClosed):
        write(assignment)


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", "x" * 20_001])
def test_what_cannot_be_stored_is_refused_by_name(assignment, words):
    with pytest.raises(AnswersUnfit):
        write(assignment, words)

    assert not FirstReading.objects.exists()


def test_a_first_reading_is_wanted_until_it_is_there_and_only_where_the_study_asks(assignment):
    assert first_readings.is_wanted(assignment)
    write(assignment)
    assert not first_readings.is_wanted(Assignment.objects.select_related("study").get(pk=assignment.pk))

    other = make_study("another")
    make_items(other, 1)
    assert not first_readings.is_wanted(next_assignment(make_participant(other), now=NOW))


def test_words_can_go_and_the_history_still_verifies(assignment):
    first = write(assignment)
    ErasableText.objects.all().delete()

    assert first_readings.words_of(first) == ""
    assert list(audit.verify(audit.chain_of(assignment.study))) == []
    assert write(assignment, "what was erased is taken to be the same") == first


# Taking items along


def test_taking_along_holds_items_in_their_order_and_for_a_day(jo, study):
    make_items(study, 5)

    held = take_along(jo, count=4, hours=24, now=NOW)

    assert [one.position for one in held] == [0, 1, 2, 3]
    assert len({one.item_id for one in held}) == 4
    assert {slot.held_until for slot in Slot.objects.filter(state=Slot.State.HELD)} == {later(24 * 60)}
    assert not Assignment.objects.filter(opened_at__isnull=False).exists()
    assert next_assignment(jo, now=NOW) == held[0]


def test_taking_along_again_adds_only_what_is_missing_and_shortens_nothing(jo, study):
    make_items(study, 5)
    first = take_along(jo, count=4, hours=24, now=NOW)

    again = take_along(jo, count=3, now=later(1))

    assert again == first[:3]
    assert Assignment.objects.get(pk=first[1].pk).lease_until == later(24 * 60)
    judge(jo)
    assert len(take_along(jo, count=9, now=later(2))) == 4


def test_taking_along_never_takes_more_than_there_is_room_for(study):
    Study.objects.update(judgments_wanted=1)
    study.refresh_from_db()
    make_items(study, 5)
    one, other = make_participant(study), make_participant(study)

    assert len(take_along(one, count=4, now=NOW)) == 4
    assert len(take_along(other, count=4, now=NOW)) == 1
    assert Slot.objects.filter(state=Slot.State.HELD).count() == 5
