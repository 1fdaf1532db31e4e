"""The queue's own parts: time counted and put right, beats, what else there is to do."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from judgments import sittings
from judgments.models import ConsentText, Sitting, Study, TimeCorrection
from tests.factories import NOW, judge, make_items


@pytest.fixture
def reader(jo):
    client = Client()
    client.force_login(jo.user)
    return client


def address(study, name="judging:queue") -> str:
    return reverse(name, args=[study.slug])


@pytest.mark.parametrize("name", ["queue:time", "queue:beat"])
def test_a_stranger_counts_nothing_here(sam, study, name):
    client = Client()
    client.force_login(sam)

    assert client.post(address(study, name), {"active_ms": "1000", "minutes": "5"}).status_code == 404
    assert not Sitting.objects.exists()
    assert not TimeCorrection.objects.exists()


def test_a_beat_opens_a_sitting(reader, study):
    assert reader.post(address(study, "queue:beat"), {"active_ms": "20000"}).status_code == 204
    assert Sitting.objects.count() == 1


@pytest.mark.parametrize("said", ["", "-1", "1e9", "٣", "x", "9" * 40])
def test_a_beat_that_is_no_number_is_refused(reader, study, said):
    assert reader.post(address(study, "queue:beat"), {"active_ms": said}).status_code == 400
    assert not Sitting.objects.exists()


def test_time_is_put_right_by_a_row(reader, jo, study):
    reader.post(address(study, "queue:time"), {"way": "add", "minutes": "10", "why": "on paper"})
    reader.post(address(study, "queue:time"), {"way": "off", "minutes": "4"})

    assert list(TimeCorrection.objects.values_list("minutes", flat=True)) == [10, -4]
    page = reader.get(address(study, "queue:time")).content.decode()
    assert "on paper" in page
    assert "6 min" in reader.get(address(study)).content.decode()


@pytest.mark.parametrize("minutes", ["", "0", "601", "-5", "ten", "1.5", "99999999999999999999"])
def test_minutes_that_make_no_sense_are_asked_for_again(reader, study, minutes):
    response = reader.post(address(study, "queue:time"), {"way": "add", "minutes": minutes})

    assert response.status_code == 422
    assert "Write a number of minutes from 1 to 600." in response.content.decode()
    assert not TimeCorrection.objects.exists()


def test_a_new_consent_text_comes_before_the_queue(reader, jo, study):
    make_items(study, 1)
    ConsentText.objects.create(study=study, version=1, body="Words.", created_at=NOW)

    assert reader.get(address(study)).url == address(study, "part:consent")
    assert reader.post(address(study, "judging:next")).url == address(study)
    assert not jo.assignments.exists()


def test_enough_for_today_says_so(reader, jo, study):
    make_items(study, 1)
    Study.objects.filter(pk=study.pk).update(daily_minutes=1)
    now = timezone.now()
    Sitting.objects.create(participant=jo, begun_at=now, seen_at=now, rested_at=now, active_seconds=60)

    page = reader.get(address(study)).content.decode()

    assert "Enough for today" in page
    assert address(study, "judging:next") not in page


def test_a_paused_study_says_by_whom_and_why(reader, study):
    Study.objects.filter(pk=study.pk).update(state="paused", pause_note="Ana paused it to add items.")

    assert "Ana paused it to add items." in reader.get(address(study)).content.decode()


def test_a_sitting_is_described(reader, jo, study):
    make_items(study, 3)
    sittings.open_sitting(jo, now=timezone.now())
    judge(jo, now=timezone.now())

    page = reader.get(address(study)).content.decode()

    assert "This sitting" in page
    assert "1 read · about 12 more would be half an hour" in page


def test_one_item_read_and_three_cost_the_same(reader, jo, study):
    make_items(study, 4)
    judge(jo, now=timezone.now())
    reader.get(address(study))
    with CaptureQueriesContext(connection) as one:
        reader.get(address(study))
    judge(jo, now=timezone.now())
    judge(jo, now=timezone.now())

    with CaptureQueriesContext(connection) as three:
        reader.get(address(study))

    assert len(one) == len(three)
    assert len(one) <= 15
