"""A server's clock that jumps: nothing is refused, no place is given twice, and order is the order of acts."""

import uuid
from datetime import timedelta

import pytest

from judgments import audit, sittings, submission
from judgments.assignment import next_assignment
from judgments.models import Event, Judgment
from tests import factories
from tests.factories import NOW, later, said

JUMPS = [timedelta(0), timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650), timedelta(days=-3650)]


def judge(assignment, now):
    return submission.submit(assignment, said(care=4), key=uuid.uuid4(), actor=assignment.participant.user, now=now)


def test_judgments_are_kept_in_the_order_they_came_in(study, jo):
    factories.make_items(study, len(JUMPS))

    receipts = [judge(next_assignment(jo, now=NOW + jump), NOW + jump) for jump in JUMPS]

    stored = list(Judgment.objects.order_by("pk"))
    assert [one.pk for one in stored] == [receipt.judgment.pk for receipt in receipts]
    assert [one.created_at - NOW for one in stored] == JUMPS
    assert {one.status for one in stored} == {Judgment.Status.COUNTED}
    events = Event.objects.filter(kind="judged").order_by("number").values_list("subject", flat=True)
    assert list(events) == [str(one.uid) for one in stored]
    assert list(audit.verify(audit.chain_of(study))) == []


@pytest.mark.parametrize("minutes", [-60, -1, 59])
def test_a_place_that_is_held_is_not_given_away_by_a_clock_that_jumps(db, minutes):
    study = factories.make_study(judgments_wanted=1)
    factories.make_item(study)
    first, second = factories.make_participant(study), factories.make_participant(study)
    held = next_assignment(first, now=NOW)

    assert next_assignment(second, now=later(minutes)) is None

    assert judge(held, later(minutes)).judgment.status == Judgment.Status.COUNTED


def test_a_lease_that_ran_out_by_a_jump_gives_its_place_once(db):
    study = factories.make_study(judgments_wanted=1)
    factories.make_item(study)
    first, second = factories.make_participant(study), factories.make_participant(study)
    held = next_assignment(first, now=NOW)
    taken = next_assignment(second, now=later(61))

    assert next_assignment(first, now=NOW) is None  # The clock is put back.

    assert judge(held, NOW).judgment.status == Judgment.Status.SURPLUS
    assert judge(taken, NOW).judgment.status == Judgment.Status.COUNTED


def test_time_is_never_counted_below_nothing_nor_twice(study, jo):
    factories.make_item(study)
    assignment = next_assignment(jo, now=NOW)
    assignment.opened_at = NOW
    sittings.open_sitting(jo, now=NOW)
    minute = timedelta(minutes=1)

    sittings.beat(jo, minute, now=later(1))
    sittings.beat(jo, minute, now=later(-20))
    sittings.count_without_scripts(assignment, now=later(-20))
    sitting = sittings.beat(jo, minute, now=later(1))

    assert sitting.active_seconds == 60
