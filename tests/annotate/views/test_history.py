"""Looking back: filters, then and now, and taking one item out."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from judgments.models import Release, Stand, Withdrawal
from tests.factories import NOW, judge, make_items, make_participant, said
from tests.support.readings import read_again


@pytest.fixture
def reader(jo):
    client = Client()
    client.force_login(jo.user)
    return client


@pytest.fixture
def judged(study, jo):
    make_items(study, 2)
    return [judge(jo, said(care=4, rationale="canary reason"), now=timezone.now()), judge(jo, said(care=2))]


def listed(reader, study, show="all") -> str:
    return reader.get(reverse("judging:history", args=[study.slug]), {"show": show}).content.decode()


def test_filters_show_what_they_name(reader, study, judged):
    first, second = (str(judgment.assignment.uid) for judgment in judged)

    assert first in listed(reader, study)
    assert second in listed(reader, study)
    assert first in listed(reader, study, "noted")
    assert second not in listed(reader, study, "noted")
    assert "Nothing of this kind." in listed(reader, study, "changed")


def test_an_item_shows_what_was_said_in_a_closed_part(reader, judged):
    page = reader.get(reverse("judging:item", args=[judged[0].assignment.uid])).content.decode()

    assert page.index("<details") < page.index("canary reason")
    assert "Revise" in page


def test_then_and_now_appears_once_both_are_said(reader, jo, study, judged):
    assert "Then and now" not in listed(reader, study)
    again = read_again(jo, judged[0].item, said(care=6))

    assert "Then and now" in listed(reader, study)
    page = reader.get(reverse("history:pair", args=[again.assignment.uid])).content.decode()
    assert "Fitting" in page
    assert "Too much" in page


@pytest.mark.parametrize("choice", ["then", "now", "both", "neither"])
def test_a_stand_is_kept_and_can_be_thought_over(reader, jo, judged, choice):
    again = read_again(jo, judged[0].item, said(care=6))
    address = reverse("history:pair", args=[again.assignment.uid])

    reader.post(address, {"stand": "now"})
    reader.post(address, {"stand": choice})

    assert [stand.choice for stand in Stand.objects.order_by("pk")] == ["now", choice]
    assert f'value="{choice}" checked' in reader.get(address).content.decode()


def test_no_choice_is_asked_for_again(reader, jo, judged):
    again = read_again(jo, judged[0].item, said(care=6))

    assert reader.post(reverse("history:pair", args=[again.assignment.uid])).status_code == 422
    assert not Stand.objects.exists()


def test_taking_out_asks_first_and_says_what_has_left(reader, study, judged):
    address = reverse("history:take_out", args=[judged[0].assignment.uid])
    study.withdrawal_until = timezone.now().date()
    study.save()
    Release.objects.create(study=study, name="r", folder="/nowhere", facts={}, created_at=timezone.now())

    page = reader.get(address).content.decode()
    assert "They cannot be called back" in page
    assert not Withdrawal.objects.exists()

    reader.post(address)
    assert Withdrawal.objects.get().item == judged[0].item
    assert "taken out" in listed(reader, study)
    shown = reader.get(reverse("judging:item", args=[judged[0].assignment.uid])).content.decode()
    assert "You took this out of the study" in shown
    assert "canary reason" not in shown


def test_after_the_date_nothing_can_be_taken_out(reader, study, judged):
    study.withdrawal_until = NOW.date()
    study.save()

    assert reader.post(reverse("history:take_out", args=[judged[0].assignment.uid])).status_code == 409
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("name", ["history:pair", "history:take_out"])
def test_a_stranger_reaches_nothing_of_mine(study, jo, judged, name):
    client = Client()
    client.force_login(make_participant(study).user)

    assert client.post(reverse(name, args=[judged[0].assignment.uid]), {"stand": "now"}).status_code == 404
    assert not Withdrawal.objects.exists()
