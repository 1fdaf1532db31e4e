"""Pausing: the page, the line one leaves, going on, finishing, and what stays with somebody."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from judgments import care, sittings
from judgments.assignment import next_assignment
from judgments.models import Bookmark, CareRequest, Scenario, Sitting, Study
from tests.factories import make_items, make_user

PAGES = ["pause:pause", "pause:stays"]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(jo):
    return signed_in(jo.user)


@pytest.fixture
def held(study, jo):
    make_items(study, 2)
    Scenario.objects.filter(study=study).update(content_notes=["grief"])
    return next_assignment(jo, now=timezone.now())


@pytest.fixture
def ben(study):
    """The contact the study names."""
    user = make_user("ben", first_name="Ben", last_name="Okri")
    Study.objects.filter(pk=study.pk).update(care_contact=user, care_lines="Samaritans 116 123\nDr Ana Reyes")
    return user


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_no_page(sam, rosa, study, name):
    for user in (sam, rosa):
        assert signed_in(user).get(reverse(name, args=[study.slug])).status_code == 404


def test_pausing_says_that_everything_is_saved(reader, study, held):
    page = reader.get(reverse("pause:pause", args=[study.slug])).content.decode()

    assert "Paused. Everything is saved." in page
    assert "0 min" in page


def test_a_line_is_left_and_found_in_the_queue(reader, study, held):
    answer = reader.post(reverse("pause:pause", args=[study.slug]), {"where": "at the <b>turn</b>", "then": "finish"})

    assert answer.url == reverse("judging:queue", args=[study.slug])
    page = reader.get(answer.url).content.decode()
    assert "at the &lt;b&gt;turn&lt;/b&gt;" in page
    assert Bookmark.objects.count() == 1


def test_going_on_leads_back_to_the_item(reader, jo, study, held):
    answer = reader.post(reverse("pause:pause", args=[study.slug]), {"where": "", "then": "on"})

    assert answer.url == reverse("judging:item", args=[held.uid])
    assert Sitting.objects.get().rested_at is not None
    assert not Bookmark.objects.exists()


def test_finishing_ends_the_sitting(reader, jo, study):
    sittings.open_sitting(jo, now=timezone.now())

    reader.post(reverse("pause:pause", args=[study.slug]), {"then": "finish"})

    assert Sitting.objects.get().ended_at is not None


def test_looking_at_the_pause_changes_nothing(reader, study, held):
    reader.get(reverse("pause:pause", args=[study.slug]))

    assert not Sitting.objects.exists()


# Something stays


def test_the_people_and_lines_of_the_study_are_named(reader, study, held, ben):
    page = reader.get(reverse("pause:stays", args=[study.slug])).content.decode()

    assert "Samaritans 116 123" in page
    assert "Write to Ben Okri" in page
    assert "grief" in page


def test_leaving_such_items_out_is_one_tick(reader, jo, study, held):
    reader.post(reverse("pause:stays", args=[study.slug]), {"spare": ["grief", "not a note"]})

    assert care.preferences_of(jo) == {"grief": "spare"}


def test_words_reach_the_contact_and_nobody_else(reader, jo, study, held, ben, rosa, ada):
    reader.post(reverse("pause:stays", args=[study.slug]), {"words": "canary: it was my brother"})

    assert CareRequest.objects.get().assignment == held
    assert "canary: it was my brother" in signed_in(ben).get(reverse("pause:heard")).content.decode()
    for user in (rosa, ada, jo.user):
        assert signed_in(user).get(reverse("pause:heard")).status_code == 404
    for address in ("/studies/field-study/", "/admin/", f"/admin/judgments/participant/{jo.pk}/change/"):
        assert "canary" not in signed_in(ada).get(address).content.decode()


def test_without_a_contact_no_words_are_kept(reader, study, held):
    reader.post(reverse("pause:stays", args=[study.slug]), {"words": "into the void"})

    assert not CareRequest.objects.exists()


def test_one_request_and_three_cost_the_same(jo, study, held, ben):
    client = signed_in(ben)
    care.ask_for_care(jo, "one", assignment=held, actor=jo.user, now=timezone.now())
    client.get(reverse("pause:heard"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("pause:heard"))
    for words in ("two", "three"):
        care.ask_for_care(jo, words, assignment=held, actor=jo.user, now=timezone.now())

    with CaptureQueriesContext(connection) as three:
        page = client.get(reverse("pause:heard")).content.decode()

    assert len(one) == len(three)
    assert page.count('<li class="card') == 3


# The break, offered above the next item


def test_a_break_is_offered_above_the_item_and_can_be_declined(reader, jo, study, held):
    Study.objects.filter(pk=study.pk).update(break_minutes=1)
    now = timezone.now()
    Sitting.objects.create(participant=jo, begun_at=now, seen_at=now, rested_at=now, active_seconds=90)
    address = reverse("judging:item", args=[held.uid])

    assert "You have been reading for 1 minute." in reader.get(address).content.decode()
    assert reader.post(reverse("pause:not_now", args=[study.slug])).url == address
    assert "A short break?" not in reader.get(address).content.decode()
