"""Taking back: a row each, words gone for good, nothing counted any more, and a history that still verifies."""

import io
import json
import uuid
import zipfile
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from judgments import (
    audit,
    first_readings,
    ledger,
    owndata,
    proposals,
    reports,
    sittings,
    standing,
    submission,
    verification,
    withdrawal,
)
from judgments.assignment import next_assignment
from judgments.errors import AppendOnly, HasLeft, TooLate
from judgments.models import Draft, ErasableText, Event, Judgment, Participant, Proposal, Release, Slot, Withdrawal
from tests.factories import NOW, judge, later, make_background, make_items, make_participant, said

WORDS = "canary words of mine"


@pytest.fixture
def read(study, jo):
    """Two items; Jo and Mo judged both, Jo with words everywhere."""
    items = make_items(study, 2)
    mo = make_participant(study)
    for reader in (jo, mo):
        for _ in items:
            judge(
                reader,
                said(care=4, person=WORDS, rationale=WORDS, marks=[{"turn": 0, "start": 0, "end": 2, "memo": WORDS}]),
            )
    return items


def judged_by(study) -> list[tuple[str, str]]:
    held = ledger.of_study(study)
    pairs = zip(
        held.readers.code_name[held.judgments.reader], held.items.external_id[held.judgments.item], strict=True
    )
    return sorted(pairs)


def test_one_item_taken_out_counts_nowhere_and_leaves_the_rest(study, jo, read):
    before = len(ledger.of_study(study).judgments.id)

    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    assert before == 4
    assert (jo.code_name, "item-0") not in judged_by(study)
    assert (jo.code_name, "item-1") in judged_by(study)
    assert reports.overview(study).n_judgments == 3
    assert Judgment.objects.filter(participant=jo).count() == 2


def test_words_of_the_item_are_gone_and_the_history_still_holds(jo, read):
    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    assert jo.texts.filter(text=WORDS).count() == 3  # Those about the other item.
    assert list(verification.faults()) == []


def test_a_first_reading_and_what_was_proposed_go_with_the_item(study, jo, read):
    item = make_items(study, 1)[0]
    held = next_assignment(jo, now=later(1))
    first_readings.write(held, WORDS, key=uuid.uuid4(), actor=jo.user, now=later(1))
    proposals.make(held, Proposal.Kind.WHAT_IF, WORDS, key=uuid.uuid4(), actor=jo.user, now=later(1))
    submission.submit(held, said(care=4), key=uuid.uuid4(), actor=jo.user, now=later(2))
    assert {row["text"] for name in ("firstreading", "proposal") for row in owndata.of(jo)[name]} == {WORDS}

    withdrawal.withdraw_item(jo, item, actor=jo.user, now=later(3))

    assert jo.texts.count() == 6  # Those about the two other items.
    assert list(verification.faults()) == []


def test_marks_and_reasons_of_what_was_taken_out_are_not_seen(study, jo, read):
    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    shown = reports.item(study, read[0])
    assert jo.code_name not in {mark.code_name for mark in shown.marks}
    assert all(jo.code_name != answer.code_name for dimension in shown.dimensions for answer in dimension.answers)


def test_taking_out_makes_room_for_somebody_else(study, jo, read):
    slot = jo.assignments.get(item=read[0]).slot_id

    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    assert Slot.objects.get(pk=slot).state == Slot.State.OPEN
    assert next_assignment(jo, now=later(2)) is None  # It does not come back to its author.


def test_taking_out_twice_is_taking_out_once(jo, read):
    for minutes in (1, 2):
        withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(minutes))

    assert Withdrawal.objects.count() == 1
    assert Event.objects.filter(kind="withdrawn").count() == 1


def test_what_was_taken_out_cannot_be_judged_again(jo, read):
    judgment = Judgment.objects.get(participant=jo, item=read[0])
    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    with pytest.raises(HasLeft):
        submission.submit(judgment.assignment, said(rationale=WORDS), key=uuid.uuid4(), actor=jo.user, now=later(2),
                          supersedes=judgment.uid)  # fmt: skip

    assert Judgment.objects.filter(participant=jo).count() == 2


def test_everything_taken_out_erases_every_word_and_stops(study, jo, read):
    make_background(jo, "field", WORDS)
    withdrawal.withdraw_judgments(jo, actor=jo.user, now=later(1))

    assert not jo.texts.exists()
    assert {name for name, _ in judged_by(study)} == {Participant.objects.exclude(pk=jo.pk).get().code_name}
    assert standing.of(jo, now=later(2)).has_left
    with pytest.raises(HasLeft):
        next_assignment(jo, now=later(2))
    assert list(verification.faults()) == []


def test_a_draft_goes_with_everything(study, jo, read):
    make_items(study, 1)[0]
    held = next_assignment(jo, now=later(1))
    submission.save_draft(held, {"rationale": WORDS}, based_on=0, actor=jo.user, now=later(1))

    withdrawal.withdraw_judgments(jo, actor=jo.user, now=later(2))

    assert not Draft.objects.exists()


@pytest.mark.parametrize(("until", "open_"), [(date(2026, 3, 1), True), (date(2026, 2, 28), False)])
def test_the_date_of_the_study_decides(study, jo, read, until, open_):
    study.withdrawal_until = until
    study.save()

    assert withdrawal.is_open(study, now=NOW) is open_
    if not open_:
        with pytest.raises(TooLate):
            withdrawal.withdraw_judgments(jo, actor=jo.user, now=NOW)
        assert jo.texts.exists()
        assert not Withdrawal.objects.exists()


def test_without_a_date_the_first_release_decides_and_is_named(study, jo, read):
    assert withdrawal.is_open(study, now=later(1))
    Release.objects.create(study=study, name="r1", folder="/nowhere", facts={}, created_at=later(1))

    assert not withdrawal.is_open(study, now=later(2))
    assert [one.name for one in withdrawal.released_with(jo)] == ["r1"]


def test_stopping_gives_back_what_is_held_and_keeps_what_was_said(study, jo, read):
    make_items(study, 1)
    held = next_assignment(jo, now=later(1))

    withdrawal.stop(jo, actor=jo.user, now=later(2))

    assert Slot.objects.get(pk=held.slot_id).state == Slot.State.OPEN
    assert jo.texts.count() == 6
    assert len(judged_by(study)) == 4


def test_cutting_the_link_leaves_judgments_without_anybody(study, jo, read):
    make_background(jo, "field", WORDS)

    withdrawal.unlink(jo, actor=jo.user, now=later(1))

    assert Participant.objects.get(pk=jo.pk).user is None
    assert not ErasableText.objects.filter(pk__in=jo.background.values("text_id")).exists()
    assert len(judged_by(study)) == 4
    assert Event.objects.get(kind="left").actor_id is None


def test_a_withdrawal_is_never_changed(jo, read):
    withdrawal.withdraw_item(jo, read[0], actor=jo.user, now=later(1))

    with pytest.raises(AppendOnly):
        Withdrawal.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.create(participant=jo, scope="item", at=NOW)


def test_ones_own_data_hold_everything_said_and_nothing_of_others(study, jo, read):
    held = make_items(study, 1) and next_assignment(jo, now=later(1))

    data = owndata.of(jo)

    assert data["about"]["code_name"] == jo.code_name
    assert len(data["judgment"]) == 2
    assert {row["rationale"] for row in data["judgment"]} == {WORDS}
    assert {row["memo"] for row in data["mark"]} == {WORDS}
    assert str(held.uid) not in str(data["assignment"])
    other = Participant.objects.exclude(pk=jo.pk).get()
    assert other.code_name not in str(data)
    packed = zipfile.ZipFile(io.BytesIO(owndata.as_zip(jo, now=NOW)))
    assert json.loads(packed.read("judgment.json"))[0]["rationale"] == WORDS
    assert audit.stamp(NOW) in packed.read("README.txt").decode()


def test_time_passes_and_the_day_begins_anew(study, jo, read):
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, timedelta(minutes=4), now=later(4))

    assert standing.of(jo, now=later(5)).today == timedelta(minutes=4)
    assert standing.of(jo, now=NOW + timedelta(days=1)).today == timedelta(0)
