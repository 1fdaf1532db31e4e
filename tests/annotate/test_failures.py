"""The failure atlas, as a researcher sees it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_item, make_participant, said
from tests.support.readings import read

HOSTILE = "<script>alert(1)</script>"
TEXT = "I am so sorry. Who was he? Take your time."


@pytest.fixture
def researcher(client, rosa):
    client.force_login(rosa)
    return client


def page(study, query=""):
    return reverse("failures:atlas", args=[study.slug]) + query


def mark(item, quote, tag, memo=""):
    start = TEXT.index(quote)
    response = str(item.shown.get().response.uid)
    return {"response": response, "start": start, "end": start + len(quote), "tag": tag, "memo": memo}


def quotes(response) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", response.content.decode())


@pytest.fixture
def marked(study):
    """One passage taken in two ways by three, one marked by four, one with a tag of its own, latest of all."""
    item = make_item(study, TEXT)
    given = [
        [("sorry", "felt-wrong", "It grieves first."), ("sorry", "noticed"), ("Who was he?", "noticed")],
        [("sorry", "saw-something"), ("Who was he?", "noticed")],
        [("sorry", "saw-something"), ("Who was he?", "noticed")],
        [("Who was he?", "noticed"), ("Take your time", "too smooth"), ("Take your time", "noticed")],
    ]
    for marks in given:
        read(make_participant(study), {item: said(marks=[mark(item, *each) for each in marks])})
    return item


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("contested", ["sorry", "Who was he?", "Take your time"]),
        ("marked", ["Who was he?", "sorry", "Take your time"]),
        ("newest", ["Take your time", "Who was he?", "sorry"]),
        ("rarest", ["sorry", "Take your time", "Who was he?"]),
    ],
)
def test_specimens_stand_in_the_order_asked_for(researcher, study, marked, sort, order):
    assert quotes(researcher.get(page(study, f"?sort={sort}&tag=noticed"))) == order


def test_each_specimen_stands_once_under_the_tags_of_the_study(researcher, study, marked):
    assert sorted(quotes(researcher.get(page(study)))) == ["Take your time", "Who was he?", "sorry"]


def test_only_contested_shows_those_alone_with_each_readers_tag_and_memo(researcher, study, marked):
    response = researcher.get(page(study, "?only=contested"))

    found = response.content.decode()
    assert quotes(response) == ["sorry"]
    assert "It grieves first." in found
    assert "Contested are those tagged both" in found


def test_a_readers_own_words_are_a_tag_of_their_own_and_are_escaped(researcher, study):
    item = make_item(study, TEXT)
    read(make_participant(study), {item: said(marks=[mark(item, "sorry", HOSTILE, HOSTILE)])})

    found = researcher.get(page(study)).content.decode()

    assert "<script>alert" not in found
    assert "a reader’s own words" in found


def test_models_are_named_only_once_they_are_no_longer_hidden(researcher, study, marked):
    hidden = researcher.get(page(study)).content.decode()
    study.state = study.State.CLOSED
    study.save()
    shown = researcher.get(page(study)).content.decode()

    assert "Alder" not in hidden
    assert "Which model wrote what is shown when the study closes." in hidden
    assert "Alder" in shown


def test_no_number_says_how_bad_anything_is(researcher, study, marked):
    found = re.sub(r"<[^>]+>", " ", researcher.get(page(study)).content.decode())

    assert not re.search(r"\b(severity|score|mean|average|error)\b", found, re.IGNORECASE)


def test_nothing_marked_is_said_calmly(researcher, study):
    found = researcher.get(page(study)).content.decode()

    assert "Nothing has been marked yet." in found


@pytest.mark.parametrize("query", ["?sort=worst", "?only=bad", "?tag=no-such"])
def test_what_is_not_there_is_not_found(researcher, study, marked, query):
    assert researcher.get(page(study, query)).status_code == 404


def test_strangers_and_annotators_find_nothing(client, study, marked, sam, jo):
    for user in (sam, jo.user):
        client.force_login(user)

        assert client.get(page(study)).status_code == 404


def test_one_specimen_and_many_cost_the_same_queries(researcher, study):
    def counted(query):
        researcher.get(page(study, query))
        with CaptureQueriesContext(connection) as found:
            researcher.get(page(study, query))
        return len(found)

    first = make_item(study, TEXT)
    read(make_participant(study), {first: said(marks=[mark(first, "sorry", "dodged", "Why?")])})
    one = [counted(""), counted("?tag=dodged")]
    items = [make_item(study, TEXT) for _ in range(24)]
    read(make_participant(study), {item: said(marks=[mark(item, "sorry", "dodged", "Why?")]) for item in items})

    assert [counted(""), counted("?tag=dodged")] == one
    assert max(one) <= 40
    assert len(quotes(researcher.get(page(study, "?tag=dodged")))) == 20


def test_the_atlas_is_reached_from_the_overview_and_from_an_item(researcher, study, marked):
    overview = researcher.get(reverse("results:overview", args=[study.slug])).content.decode()
    item = researcher.get(reverse("results:item", args=[study.slug, marked.uid])).content.decode()

    assert f'href="{page(study)}"' in overview
    assert f'href="{page(study)}">Marked passages of the whole study' in item
