"""One question over all items, as a researcher sees it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from judgments import rubrics
from judgments.models import Rubric
from tests import factories
from tests.factories import NOW, make_items, make_participant, said
from tests.support.readings import bring, read


@pytest.fixture
def researcher(client, rosa):
    client.force_login(rosa)
    return client


def page(study, name="care", query=""):
    return reverse("results:question", args=[study.slug, name]) + query


def names(response) -> list[str]:
    """The external ids of the rows, from top to bottom."""
    return re.findall(r'class="ridge-name">.*?<bdi>(item-\d+)</bdi></span>', response.content.decode(), re.DOTALL)


@pytest.fixture
def leaning(study):
    """Three items, each read by six: one low, one high, one apart."""
    items = make_items(study, 3)
    for places in [(1, 7, 1), (2, 7, 7), (1, 6, 1), (3, 7, 7), (2, 6, "misfit"), (4, 7, frozenset((1, 7)))]:
        reader = make_participant(study)
        read(reader, {item: said(care=place, rationale="Why so?") for item, place in zip(items, places, strict=True)})
    return items


@pytest.mark.parametrize(
    ("sort", "first"), [("spread", 0), ("low", 0), ("high", 1), ("both", 2), ("misfit", 2), ("number", 0)]
)
def test_items_stand_in_the_order_asked_for(researcher, study, leaning, sort, first):
    response = researcher.get(page(study, query=f"?sort={sort}"))

    assert len(names(response)) == 3
    assert names(response)[0] == f"item-{first}"


def test_the_gutter_says_why_there_is_no_place_and_nobody_is_dropped(researcher, study, leaning):
    found = researcher.get(page(study)).content.decode()

    assert "<span>does not fit 1</span>" in found
    assert escape("Two towards “Far too little”, two towards “Far too much”") in found


def test_the_wording_of_each_version_stands_as_readers_saw_it(researcher, study, leaning):
    lineage = Rubric.objects.get(pk=study.rubric_version.rubric_id)
    words = factories.wording()
    words["dimensions"][0]["question"] = "How closely did it attend?"
    study.rubric_version = rubrics.publish(rubrics.build(lineage, words), actor=None, now=NOW)
    study.save()

    found = researcher.get(page(study)).content.decode()

    assert "How closely did it attend?" in found
    assert "How much attention did it give to this person?" in found
    assert "version 1" in found
    assert "version 2" in found


def test_drawing_again_is_another_address_and_the_same_address_the_same_words(researcher, study):
    (item,) = make_items(study, 1)
    for number in range(12):
        read(make_participant(study), {item: said(care=1, rationale=f"Reason number {number}.")})

    def drawn(query):
        return re.findall(r"Reason number \d+\.", researcher.get(page(study, query=query)).content.decode())

    assert drawn("?draw=4") == drawn("?draw=4")
    assert len({tuple(drawn(f"?draw={seed}")) for seed in range(5)}) > 1
    assert 'href="?draw=5#words"' in researcher.get(page(study, query="?draw=4")).content.decode()


def test_a_question_in_words_has_its_wording_and_its_words(researcher, study):
    (item,) = make_items(study, 1)
    read(make_participant(study), {item: said(person="A patient neighbour.")})

    found = researcher.get(page(study, "person")).content.decode()

    assert "A patient neighbour." in found
    assert "Item by item" not in found


def test_nothing_asked_yet_is_said_calmly(researcher, study):
    found = researcher.get(page(study)).content.decode()

    assert "Not asked yet" in found
    assert "How much attention did it give to this person?" in found


@pytest.mark.parametrize("query", ["?sort=mean", "?draw=x", "?subset=none"])
def test_what_is_not_there_is_not_found(researcher, study, leaning, query):
    assert researcher.get(page(study, query=query)).status_code == 404
    assert researcher.get(page(study, "no-such")).status_code == 404


def test_strangers_and_annotators_find_nothing(client, study, leaning, sam, jo):
    for user in (sam, jo.user):
        client.force_login(user)

        assert client.get(page(study)).status_code == 404


def test_twenty_five_rows_a_page_and_as_many_queries_for_one_as_for_all(researcher, study):
    reader = make_participant(study)
    (first,) = make_items(study, 1)
    bring(reader, first, {"care": 4})
    researcher.get(page(study))
    with CaptureQueriesContext(connection) as one:
        researcher.get(page(study))
    for item in make_items(study, 29):
        bring(reader, item, {"care": 4})
    researcher.get(page(study))

    with CaptureQueriesContext(connection) as many:
        response = researcher.get(page(study))

    assert len(names(response)) == 25
    assert len(names(researcher.get(page(study, query="?page=2")))) == 5
    assert len(many) == len(one) <= 40


def test_each_question_is_reached_from_the_overview(researcher, study, leaning):
    found = researcher.get(reverse("results:overview", args=[study.slug])).content.decode()

    assert f'href="{page(study)}"' in found
