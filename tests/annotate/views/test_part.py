"""One's own part: consent, about you, practice, content notes, leaving, one's own data."""

import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from judgments import backgrounds, care, invitations
from judgments.models import (
    Background,
    Consent,
    ConsentText,
    Facet,
    Judgment,
    Participant,
    Role,
    Scenario,
    Withdrawal,
)
from tests.factories import NOW, judge, make_item, make_items, said

PAGES = ["about", "practice", "preferences", "leave", "data", "consent"]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(jo):
    return signed_in(jo.user)


@pytest.fixture
def text(study):
    return ConsentText.objects.create(study=study, version=1, body="We keep what you write.", created_at=NOW)


def address(study, name) -> str:
    return reverse(f"part:{name}", args=[study.slug])


@pytest.mark.parametrize("name", PAGES)
def test_each_page_works_for_its_reader_and_for_nobody_else(reader, rosa, sam, study, text, name):
    assert reader.get(address(study, name)).status_code == 200
    for user in (rosa, sam):
        assert signed_in(user).get(address(study, name)).status_code == 404
    assert Client().get(address(study, name)).status_code == 302


# Consent


def test_a_new_text_has_nothing_ticked_even_if_the_old_one_was_agreed_to(reader, jo, study, text):
    reader.post(address(study, "consent"), {"version": "1", "takes_part": "yes", "may_quote": "on"})
    ConsentText.objects.create(study=study, version=2, body="Other words.", created_at=NOW)

    page = reader.get(address(study, "consent")).content.decode()

    assert "The consent text has changed" in page
    assert "checked" not in page


def test_consent_is_changed_by_another_row(reader, jo, study, text):
    reader.post(address(study, "consent"), {"version": "1", "takes_part": "yes", "may_quote": "on"})
    reader.post(address(study, "consent"), {"version": "1", "takes_part": "yes", "may_publish": "on"})

    given = Consent.objects.filter(participant=jo).order_by("pk").values_list("may_quote", "may_publish")
    assert list(given) == [(True, False), (False, True)]


# About you


def test_everything_about_oneself_is_optional(reader, jo, study):
    Facet.objects.create(study=study, slug="field", title="Field", question="What do you do?", why="It shapes us.")

    page = reader.get(address(study, "about")).content.decode()
    answer = reader.post(address(study, "about"), {})

    assert "It shapes us." in page
    assert answer.url == address(study, "practice")
    assert not Background.objects.exists()


def test_own_words_go_before_a_choice_and_consent_is_for_each(reader, jo, study):
    field = Facet.objects.create(study=study, slug="field", title="Field", choices="law\nmedicine")
    age = Facet.objects.create(study=study, slug="age", title="Age", choices="young\nold")
    sent = {
        "facet.field.words": "midwife", "facet.field.choice": "law", "facet.field.analyse": "1",
        "facet.age.not": "1", "facet.age.words": "", "facet.age.publish": "1",
    }  # fmt: skip

    reader.post(address(study, "about"), sent)

    told = backgrounds.told_by(jo)
    assert told[field.pk] == backgrounds.Told("midwife", True, False)
    assert told[age.pk] == backgrounds.Told(backgrounds.PREFER_NOT_TO_SAY, False, True)


def test_a_choice_that_was_not_offered_is_no_answer(reader, study):
    Facet.objects.create(study=study, slug="age", title="Age", choices="young\nold")

    reader.post(address(study, "about"), {"facet.age.choice": "ancient"})

    assert not Background.objects.exists()


# Practice


def test_practice_uses_the_questions_of_the_study_and_keeps_nothing(reader, jo, study):
    page = reader.get(address(study, "practice")).content.decode()
    sent = {
        "q.care": "range", "q.care.low": "2", "q.care.high": "4", "q.depth": "both", "q.depth.both_a": "1",
        "q.depth.both_b": "5", "marks": json.dumps([{"response": "practice", "start": 0, "end": 5}]),
    }  # fmt: skip
    done = reader.post(address(study, "practice"), sent).content.decode()

    assert "How much attention did it give to this person?" in page
    assert "The cake" in page
    assert "That is all there is to it." in done
    assert "Somewhere from “Too little” to “Fitting”" in done
    assert "You did not try" not in done
    assert not Judgment.objects.exists()
    assert not jo.assignments.exists()


def test_practice_says_kindly_what_was_not_tried(reader, study):
    done = reader.post(address(study, "practice"), {"q.care": "4"}).content.decode()

    assert "You did not try a range." in done
    assert "You marked nothing." in done


def test_a_range_without_an_end_is_shown_again_as_in_earnest(reader, study):
    response = reader.post(address(study, "practice"), {"q.care": "range", "q.care.low": "2"})

    assert response.status_code == 422
    assert "A range needs both ends." in response.content.decode()


def test_a_study_can_have_a_practice_item_of_its_own(reader, study):
    make_item(study, "A text to try on.", purpose="practice")

    assert "A text to try on." in reader.get(address(study, "practice")).content.decode()


# Content notes


def test_content_notes_are_chosen_on_joining_and_later(client, study, ada):
    make_items(study, 1)
    Scenario.objects.filter(study=study).update(content_notes=["grief", "illness"])
    invitation = invitations.invite(study, Role.ANNOTATOR, actor=ada, now=NOW.replace(year=2100))
    account = {"username": "new", "password": "four quiet words", "again": "four quiet words", "email": ""}

    client.post(reverse("joining:join", args=[invitations.code_of(invitation)]), account | {"note.0": "spare"})

    joined = Participant.objects.get()
    assert care.preferences_of(joined) == {"grief": "spare"}
    client.post(address(study, "preferences"), {"note.0": "warn", "note.1": "nonsense"})
    assert care.preferences_of(joined) == {"grief": "warn"}


def test_a_warning_stands_in_place_of_the_text(reader, jo, study):
    make_item(study, "canary text")
    Scenario.objects.filter(study=study).update(content_notes=["grief"])
    care.prefer(jo, {"grief": "warn"}, now=NOW)
    item = reader.post(reverse("judging:next", args=[study.slug])).url

    gate = reader.get(item).content.decode()

    assert "This item speaks of: grief." in gate
    assert "canary text" not in gate
    assert jo.assignments.get().opened_at is None
    assert "canary text" in reader.get(item + "?read=1").content.decode()
    assert jo.assignments.get().opened_at is not None


# An invitation for one address


def test_an_invitation_for_another_address_says_so(study, ada, sam, client):
    invitation = invitations.invite(study, Role.ANNOTATOR, actor=ada, now=NOW.replace(year=2100))
    invitation.email = "jo@example.org"
    invitation.save()
    place = reverse("joining:join", args=[invitations.code_of(invitation)])
    account = {"username": "new", "password": "four quiet words", "again": "four quiet words"}

    told = signed_in(sam).get(place)
    assert told.status_code == 410
    assert "This invitation is for another address" in told.content.decode()
    assert "jo@example.org" not in told.content.decode()
    assert client.post(place, account | {"email": "eve@example.org"}).status_code == 410
    assert not Participant.objects.exists()
    assert client.post(place, account | {"email": "Jo@Example.org"}).status_code == 302


# Leaving, and one's own data


@pytest.mark.parametrize("step", ["part", "judgments", "link"])
def test_leaving_needs_to_be_said_twice(reader, jo, study, step):
    make_items(study, 1)
    judge(jo, said(care=4, rationale="canary"))

    assert reader.post(address(study, "leave"), {"step": step}).status_code == 422
    assert not Withdrawal.objects.exists()

    assert reader.post(address(study, "leave"), {"step": step, "sure": "1"}).status_code == 302
    assert Withdrawal.objects.get().scope == step
    assert jo.texts.filter(text="canary").exists() == (step != "judgments")


def test_ones_own_data_come_as_a_file(reader, jo, study):
    make_items(study, 1)
    judge(jo, said(care=4, rationale="my reason"))

    response = reader.get(address(study, "data"))

    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert "README.txt" in packed.namelist()
    assert json.loads(packed.read("judgment.json"))[0]["rationale"] == "my reason"
    assert response["Cache-Control"].startswith("max-age=0")


def test_the_account_page_leads_to_ones_part(reader, study):
    page = reader.get(reverse("account")).content.decode()

    for name in ("about", "preferences", "leave", "data", "consent"):
        assert address(study, name) in page
