"""Reading first, items ahead and settings: what the addresses answer, and to whom."""

import hashlib
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from judgments import first_readings
from judgments.assignment import next_assignment
from judgments.models import Assignment, FirstReading, Judgment, Study
from tests.factories import make_items

JSON = {"accept": "application/json"}


@pytest.fixture
def assignment(jo, study):
    Study.objects.update(first_reading=True)
    study.refresh_from_db()
    make_items(study, 6)
    return next_assignment(jo, now=timezone.now())


@pytest.fixture
def reader(jo):
    client = Client()
    client.force_login(jo.user)
    return client


def at(name: str, *arguments) -> str:
    return reverse(f"judging:{name}", args=arguments)


def test_no_byte_of_a_question_is_on_the_page_before_the_first_reading(reader, assignment):
    before = reader.get(at("item", assignment.uid)).content.decode()
    titles = list(assignment.rubric_version.dimensions.values_list("question", flat=True))
    assert not [title for title in titles if title in before]
    assert "q.care" not in before

    reader.post(at("first", assignment.uid), {"first": "It hears her."})

    after = reader.get(at("item", assignment.uid)).content.decode()
    assert all(title in after for title in titles)


def test_a_script_gets_the_hash_of_what_it_sent_and_the_questions(reader, assignment):
    body = f"first=It+hears+her.&key={uuid.uuid4()}&marks=[]&reading_ms=1200"
    kind = "application/x-www-form-urlencoded"
    answers = [reader.post(at("first", assignment.uid), body, content_type=kind, headers=JSON) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["received"] == hashlib.sha256(body.encode()).hexdigest()
    assert 'id="judging"' in answers[0].json()["questions"]
    assert FirstReading.objects.get().reading_ms == 1_200


def test_a_second_first_reading_is_refused_and_its_words_are_shown_to_be_copied(reader, assignment):
    reader.post(at("first", assignment.uid), {"first": "one"})
    page = reader.post(at("first", assignment.uid), {"first": "another <b>"})
    told = reader.post(at("first", assignment.uid), {"first": "another <b>"}, headers=JSON)

    assert page.status_code == 409
    assert "another &lt;b&gt;" in page.content.decode()
    assert (told.status_code, told.json()["error"]) == (409, "first_reading_locked")
    assert first_readings.words_of(FirstReading.objects.get()) == "one"


def test_line_breaks_come_as_they_were_typed(reader, assignment):
    reader.post(at("first", assignment.uid), {"first": "one\r\ntwo"})

    assert first_readings.words_of(FirstReading.objects.get()) == "one\ntwo"


@pytest.mark.parametrize("name", ["first", "skip", "item"])
def test_a_stranger_gets_nothing_and_one_signed_out_is_told_so(sam, assignment, name):
    stranger = Client()
    stranger.force_login(sam)

    assert stranger.post(at(name, assignment.uid), {}, headers=JSON).status_code == 404
    assert Client().post(at(name, assignment.uid), {}, headers=JSON).json() == {"error": "signed_out"}
    assert Client().post(at(name, assignment.uid), {}).status_code == 302
    assert not FirstReading.objects.exists()
    assert not Judgment.objects.exists()


def test_who_is_signed_in_is_told_under_a_name_that_says_nothing_else(reader, jo):
    told = reader.get(at("signed-in")).json()

    assert set(told) == {"person", "token"}
    assert str(jo.user.pk) != told["person"]
    assert len(told["person"]) == 24
    assert Client().get(at("signed-in")).status_code == 401


def test_items_ahead_come_whole_once_and_are_not_opened(reader, assignment, study):
    told = reader.post(at("ahead", study.slug), {}).json()
    again = reader.post(at("ahead", study.slug), {"have": " ".join(told["held"])}).json()

    assert [item["position"] for item in told["items"]] == [0, 1, 2]
    assert all("Before the questions" in item["page"] and "q.care" not in item["page"] for item in told["items"])
    assert all("q.care" in item["questions"] for item in told["items"])
    assert again == {"held": told["held"], "items": []}
    assert not Assignment.objects.filter(opened_at__isnull=False).exists()


def test_nobody_is_given_items_of_a_study_they_are_not_in(sam, assignment, study):
    stranger = Client()
    stranger.force_login(sam)

    assert stranger.post(at("ahead", study.slug), {}).status_code == 404
    assert Client().post(at("ahead", study.slug), {}).status_code == 401
    assert Assignment.objects.count() == 1


def test_a_closed_study_gives_nothing_ahead(reader, assignment, study):
    Study.objects.update(state=Study.State.PAUSED)

    assert reader.post(at("ahead", study.slug), {}).status_code == 409


def test_work_sent_later_from_a_device_holds_nothing_new_and_says_nothing(reader, assignment):
    sent = {"rubric_version": assignment.rubric_version_id, "offline": "1", "q.care": "4"}
    told = reader.post(at("item", assignment.uid), sent, headers=JSON)

    assert told.status_code == 200
    assert Judgment.objects.get().instrument["offline"] is True
    assert Assignment.objects.count() == 1


# Settings


def test_settings_are_kept_where_they_differ_and_only_what_was_sent_changes(reader, jo):
    reader.post(at("settings"), {"size": "5", "theme": "dark", "key_next": "N"})
    reader.post(at("settings"), {"size": "3", "has_move_on": "1", "move_on": "1"})

    jo.user.refresh_from_db()
    assert jo.user.reader_settings == {"theme": "dark", "move_on": True, "keys": {"next": "n"}}


@pytest.mark.parametrize("sent", [{"key_next": "k"}, {"key_next": "4"}, {"key_next": "?"}, {"size": "9"}])
def test_settings_that_clash_or_are_none_are_refused_whole(reader, jo, sent):
    refused = reader.post(at("settings"), {"theme": "dark"} | sent)
    told = reader.post(at("settings"), {"theme": "dark"} | sent, headers=JSON)

    assert (refused.status_code, told.status_code) == (422, 422)
    jo.user.refresh_from_db()
    assert jo.user.reader_settings == {}


def test_the_root_element_carries_what_differs_and_no_page_leads_elsewhere(reader, jo, assignment):
    reader.post(at("settings"), {"size": "5", "theme": "dark"})
    page = reader.get(at("item", assignment.uid)).content.decode()
    away = reader.post(at("settings"), {"next": "https://evil.invalid/"})

    assert '<html lang="en" data-size="5" data-theme="dark">' in page
    assert "style=" not in page
    assert away.url == at("settings")


def test_the_words_for_scripts_lie_in_a_block_that_runs_nothing(reader, assignment):
    page = reader.get(at("item", assignment.uid)).content.decode()
    block = page.split('<script id="config" type="application/json">', 1)[1].split("</script>", 1)[0]

    assert json.loads(block)["words"]["saved"] == "All saved"
