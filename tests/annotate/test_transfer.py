"""The transfer profile, as a researcher sees it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from judgments.models import Family
from tests.factories import make_item, make_participant, said
from tests.support.readings import read


@pytest.fixture
def researcher(client, rosa):
    client.force_login(rosa)
    return client


def grid(study, query=""):
    return reverse("transfer:families", args=[study.slug]) + query


def page(study, slug, query=""):
    return reverse("transfer:family", args=[study.slug, slug]) + query


def make_family(study, slug, axes):
    """A base and one shift along each axis."""
    family = Family.objects.create(study=study, slug=slug, title=slug.capitalize(), opens="law and love")
    base = make_item(study)
    made = [(base, "", None), *((make_item(study), axis, base.scenario) for axis in axes)]
    for item, axis, shift_of in made:
        scenario = item.scenario
        scenario.family, scenario.axis, scenario.shift_of, scenario.title = family, axis, shift_of, f"{slug} {axis}"
        scenario.save()
    return [item for item, _, _ in made]


@pytest.fixture
def ring(study):
    """Read by six people, who slide along stakes and hold along role; along time there is another family."""
    base, stakes, role = make_family(study, "ring", ["stakes", "role"])
    make_family(study, "well", ["time"])
    for _ in range(6):
        read(make_participant(study), {base: said(care=2), stakes: said(care=6), role: said(care=2)})
    return base, stakes, role


def test_the_grid_has_a_word_for_each_step_and_says_what_was_not_tried(researcher, study, ring):
    found = researcher.get(grid(study)).content.decode()
    cells = re.sub(r"<[^>]+>", " ", found.split("<tbody>")[1])

    assert " ".join(cells.split()).startswith(
        "Ring holds slides towards “Far too much” not tried Well not tried not tried"
    )
    assert "“Not tried” is 3 cells" in found


def test_a_family_has_a_paired_plot_for_each_step_grouped_by_axis(researcher, study, ring):
    found = researcher.get(page(study, "ring")).content.decode()

    assert found.count('class="chart-svg chart-slope"') == 2
    assert escape("Six read both. Six moved towards “Far too much”.") in found
    assert "Shift in stakes" in found
    assert "law and love" in found
    assert found.count("6 readers of both.") == 2


def test_another_question_is_another_address(researcher, study, ring):
    found = researcher.get(page(study, "ring", "?on=depth")).content.decode()

    assert escape("left open").capitalize() in found
    assert researcher.get(page(study, "ring", "?on=voice")).status_code == 404
    assert researcher.get(grid(study, "?on=no-such")).status_code == 404
    assert researcher.get(page(study, "no-such")).status_code == 404


def test_models_are_named_only_once_they_are_no_longer_hidden(researcher, study, ring):
    hidden = researcher.get(page(study, "ring")).content.decode()
    study.state = study.State.CLOSED
    study.save()
    shown = researcher.get(page(study, "ring")).content.decode()

    assert "Alder" not in hidden
    assert "Reply 1: Alder" in shown


def test_calm_words_where_there_is_nothing_to_compare(researcher, study):
    assert "This study has no scenario families" in researcher.get(grid(study)).content.decode()

    make_family(study, "alone", [])
    assert "No family of this study has a shift yet." in researcher.get(grid(study)).content.decode()
    assert "This family has no shifts yet." in researcher.get(page(study, "alone")).content.decode()

    make_family(study, "ring", ["stakes"])
    assert "not read yet" in researcher.get(grid(study)).content.decode()
    assert "have not both been read" in researcher.get(page(study, "ring")).content.decode()


def test_no_number_stands_for_everyone(researcher, study, ring):
    for address in (grid(study), page(study, "ring")):
        found = re.sub(r"<[^>]+>", " ", researcher.get(address).content.decode())

        assert not re.search(r"\b(mean|average|score|median)\b", found, re.IGNORECASE)


def test_strangers_and_annotators_find_nothing(client, study, ring, sam, jo):
    for user in (sam, jo.user):
        client.force_login(user)

        assert [client.get(address).status_code for address in (grid(study), page(study, "ring"))] == [404, 404]


def test_one_family_and_three_cost_the_same_queries(researcher, study):
    def counted():
        counts = []
        for address in (grid(study), page(study, "ring")):
            researcher.get(address)
            with CaptureQueriesContext(connection) as found:
                researcher.get(address)
            counts.append(len(found))
        return counts

    items = make_family(study, "ring", ["stakes"])
    reader = make_participant(study)
    read(reader, {item: said(care=4) for item in items})
    one = counted()
    more = [item for slug in ("well", "relief") for item in make_family(study, slug, ["stakes", "time"])]
    read(reader, {item: said(care=4) for item in more})

    assert counted() == one
    assert max(one) <= 40
