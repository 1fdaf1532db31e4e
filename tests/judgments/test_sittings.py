"""Sittings: what is counted, when a break is offered, when it is enough, and corrections."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from judgments import sittings, standing
from judgments.assignment import next_assignment, open_item
from judgments.errors import AppendOnly, EnoughForToday
from judgments.models import Bookmark, Event, Sitting, TimeCorrection
from tests.factories import NOW, judge, later, make_items

MINUTE = timedelta(minutes=1)


def test_a_beat_never_counts_more_than_has_passed(jo):
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, 10 * MINUTE, now=later(1))
    sittings.beat(jo, 10 * MINUTE, now=later(1))  # A second window at the same moment.

    assert sittings.counted(jo) == MINUTE


@pytest.mark.parametrize("active", [timedelta(minutes=-5), timedelta(0)])
def test_a_beat_without_time_counts_nothing(jo, active):
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, active, now=later(1))

    assert sittings.counted(jo) == timedelta(0)


def test_idle_time_is_not_counted(jo):
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, timedelta(seconds=20), now=later(10))

    assert sittings.counted(jo) == timedelta(seconds=20)


def test_coming_back_after_half_an_hour_begins_a_new_sitting(jo):
    first = sittings.open_sitting(jo, now=NOW)
    second = sittings.open_sitting(jo, now=later(31))

    assert first.pk != second.pk
    assert Sitting.objects.get(pk=first.pk).ended_at == NOW
    assert sittings.current(jo, now=later(32)) == second


def test_a_person_has_one_sitting_at_a_time(jo):
    sittings.open_sitting(jo, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(participant=jo, begun_at=NOW, seen_at=NOW, rested_at=NOW)


def test_a_break_is_offered_after_so_many_minutes_or_items_and_again_after_as_many(study, jo):
    study.break_minutes, study.break_items = 3, 2
    study.save()
    jo.refresh_from_db()
    make_items(study, 3)
    sittings.open_sitting(jo, now=NOW)
    assert sittings.break_due(jo, now=NOW) is None

    sittings.beat(jo, 3 * MINUTE, now=later(3))
    assert sittings.break_due(jo, now=later(3)) == sittings.Break(3, 0)

    sittings.rest(jo, now=later(4))
    assert sittings.break_due(jo, now=later(4)) is None

    judge(jo, now=later(5))
    judge(jo, now=later(6))
    assert sittings.break_due(jo, now=later(6)) == sittings.Break(0, 2)


def test_the_limit_of_a_day_lets_the_open_item_be_finished(study, jo):
    study.daily_minutes = 2
    study.save()
    make_items(study, 2)
    held = next_assignment(jo, now=NOW)
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, 2 * MINUTE, now=later(2))

    assert standing.of(jo, now=later(2)).is_enough
    open_item(held, now=later(1))
    assert next_assignment(jo, now=later(3)) == held
    judge(jo, now=later(4))
    with pytest.raises(EnoughForToday):
        next_assignment(jo, now=later(5))
    assert next_assignment(jo, now=NOW + timedelta(days=1)) is not None


def test_no_limit_is_no_limit(study, jo):
    study.daily_minutes = None
    study.save()
    sittings.open_sitting(jo, now=NOW)
    for minute in range(1, 40):
        sittings.beat(jo, 5 * MINUTE, now=later(5 * minute))

    assert not standing.of(jo, now=later(200)).is_enough


def test_a_correction_is_a_row_beside_what_was_counted(jo):
    sittings.open_sitting(jo, now=NOW)
    sittings.beat(jo, 5 * MINUTE, now=later(5))
    sittings.correct(jo, 10, "on paper", actor=jo.user, now=later(6))

    assert sittings.counted(jo) == 15 * MINUTE
    assert Sitting.objects.get().active_seconds == 300
    assert TimeCorrection.objects.get().why.text == "on paper"
    assert Event.objects.get(kind="time_corrected")
    with pytest.raises(AppendOnly):
        TimeCorrection.objects.all().update(minutes=60)


def test_time_counted_is_never_less_than_nothing(jo):
    sittings.correct(jo, -30, "", actor=jo.user, now=NOW)

    assert sittings.counted(jo) == timedelta(0)


@pytest.mark.parametrize("minutes", [0, 601, -601])
def test_a_correction_beyond_reason_is_refused(jo, minutes):
    with pytest.raises(IntegrityError), transaction.atomic():
        sittings.correct(jo, minutes, "", actor=jo.user, now=NOW)

    assert not TimeCorrection.objects.exists()


def test_where_no_page_could_beat_the_time_of_the_item_counts_up_to_ten_minutes(study, jo):
    make_items(study, 2)
    held = next_assignment(jo, now=NOW)
    held.opened_at = NOW
    sittings.count_without_scripts(held, now=later(4))
    assert sittings.counted(jo) == 4 * MINUTE

    held.opened_at = later(5)
    sittings.count_without_scripts(held, now=later(29))
    assert sittings.counted(jo) == 14 * MINUTE


def test_a_line_left_on_pausing_is_found_while_the_same_item_is_held(study, jo):
    make_items(study, 1)
    held = next_assignment(jo, now=NOW)
    sittings.leave_bookmark(jo, "at the second paragraph", assignment=held, now=NOW)
    sittings.leave_bookmark(jo, "   ", assignment=held, now=NOW)

    assert sittings.bookmark_of(jo, held) == "at the second paragraph"
    assert sittings.bookmark_of(jo, None) == ""
    assert Bookmark.objects.count() == 1


def test_finishing_ends_the_sitting(jo):
    sittings.open_sitting(jo, now=NOW)
    sittings.finish(jo, now=later(1))
    sittings.finish(jo, now=later(2))

    assert Sitting.objects.get().ended_at == later(1)
    assert sittings.current(jo, now=later(1)) is None
