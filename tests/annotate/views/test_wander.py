"""The reading room: what is open, what is noted there, and who may read it."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from judgments.models import Judgment, Note, Study
from tests.factories import judge, make_items, make_participant

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(jo):
    return signed_in(jo.user)


@pytest.fixture
def items(study):
    Study.objects.filter(pk=study.pk).update(wander="all")
    return make_items(study, 3)


def room(study, name="room", *more) -> str:
    return reverse(f"wander:{name}", args=[study.slug, *more])


def test_everything_open_is_there_without_any_count(reader, study, items):
    page = reader.get(room(study)).content.decode()

    assert all(room(study, "item", item.uid) in page for item in items)
    assert "Alder" not in page
    assert "rated" in page


def test_an_empty_room_says_what_will_be_there(reader, study):
    assert "What you have judged will be open here" in reader.get(room(study)).content.decode()


def test_a_closed_room_is_not_found(reader, study, items):
    Study.objects.filter(pk=study.pk).update(wander="closed")

    assert reader.get(room(study)).status_code == 404


def test_a_stranger_is_refused_and_an_item_that_is_not_open_is_not_found(reader, sam, rosa, study, items):
    for user in (sam, rosa):
        assert signed_in(user).get(room(study)).status_code == 404
        assert signed_in(user).get(room(study, "item", items[0].uid)).status_code == 404
    Study.objects.filter(pk=study.pk).update(wander="read")
    assert reader.get(room(study, "item", items[0].uid)).status_code == 404


def test_searching_finds_and_says_when_there_is_nothing(reader, study, items):
    assert room(study, "item", items[0].uid) in reader.get(room(study), {"q": "who was he"}).content.decode()
    assert "Nothing here holds these words." in reader.get(room(study), {"q": "zebra"}).content.decode()


def test_a_surprise_leads_to_an_item(reader, study, items):
    assert reader.post(room(study, "surprise")).url in {room(study, "item", item.uid) for item in items}


def test_marks_memos_and_links_are_kept_and_nothing_is_judged(reader, jo, study, items):
    here = room(study, "item", items[0].uid)
    marks = [{"turn": 0, "start": 0, "end": 2, "tag": "turns here", "memo": "a note"}]
    reader.post(here, {"kind": "marks", "marks": json.dumps(marks), "audience": "researchers"})
    reader.post(here, {"kind": "memo", "text": HOSTILE})
    reader.post(here, {"kind": "link", "other": str(items[1].uid), "text": "the same silence"})

    assert list(Note.objects.order_by("pk").values_list("kind", "quote", "audience")) == [
        ("mark", "he", "researchers"), ("memo", "", "private"), ("link", "", "private"),
    ]  # fmt: skip
    page = reader.get(here).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not Judgment.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "marks", "marks": ""}, {"kind": "marks", "marks": "[[[["}, {"kind": "memo", "text": " "},
        {"kind": "marks", "marks": '[{"turn": 0, "start": 0, "end": 999}]'}, {"kind": "marks", "marks": '{"a": 1}'},
        {"kind": "link", "other": "x"}, {"kind": "sonnet"}, {"kind": "memo", "text": "a", "audience": "everyone"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_not_kept(reader, study, items, sent):
    response = reader.post(room(study, "item", items[0].uid), sent)

    assert response.status_code == 422
    assert "Not kept yet" in response.content.decode()
    assert not Note.objects.exists()


def test_a_longer_note_is_changed_and_taken_back(reader, study, items):
    reader.post(room(study, "notebook"), {"kind": "note", "text": "first thought"})
    note = Note.objects.get()

    reader.post(room(study, "note", note.uid), {"text": "second thought", "audience": "wanderers"})
    assert "second thought" in reader.get(room(study, "notebook")).content.decode()
    assert "first thought" not in reader.get(room(study, "notebook")).content.decode()
    latest = Note.objects.latest("pk")
    reader.post(room(study, "note", latest.uid), {"then": "take back"})

    assert "second thought" not in reader.get(room(study, "notebook")).content.decode()
    assert Note.objects.count() == 3


def test_others_see_only_what_was_opened_to_them(reader, jo, study, items):
    here = room(study, "item", items[0].uid)
    reader.post(here, {"kind": "memo", "text": "private canary"})
    reader.post(here, {"kind": "memo", "text": "open to you", "audience": "wanderers"})
    reads_too = make_participant(study)
    other = signed_in(reads_too.user)
    assert "open to you" not in other.get(here).content.decode()
    judge(reads_too, item=items[0])

    page = other.get(here).content.decode()

    assert "open to you" in page
    assert "private canary" not in page
    for note in Note.objects.all():
        assert other.get(room(study, "note", note.uid)).status_code == 404


def test_one_note_and_three_cost_the_same(reader, study, items):
    here = room(study, "item", items[0].uid)
    reader.post(here, {"kind": "memo", "text": "one"})
    reader.get(here)
    with CaptureQueriesContext(connection) as one:
        reader.get(here)
    for text in ("two", "three"):
        reader.post(here, {"kind": "memo", "text": text})
    reader.get(here)  # The words “Kept.” are read from the session once.

    with CaptureQueriesContext(connection) as three:
        page = reader.get(here).content.decode()

    assert len(one) == len(three)
    assert page.count('class="note-entry"') == 3
