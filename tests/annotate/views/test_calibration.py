"""The button that simulates a study's own design, and what the overview says of it."""

import pytest
from django.urls import reverse

from judgments import reports
from judgments.models import Job
from tests import factories
from tests.factories import make_items, make_participant
from tests.support.readings import bring


@pytest.fixture
def read(db, rosa):
    """Twelve items and six readers on one scale; Rosa researches them."""
    study = factories.make_study("simulated", version=factories.make_rubric(dimensions=["depth"]))
    factories.make_researcher(study, rosa)
    items = make_items(study, 12)
    for row in range(6):
        reader = make_participant(study)
        for place, item in enumerate(items):
            bring(reader, item, {"depth": 1 + (place + row * (place % 3)) % 5})
    return study


def test_the_button_asks_a_worker_once_and_the_page_says_so(read, client, rosa):
    client.force_login(rosa)
    overview = reverse("results:overview", args=["simulated"])
    before = client.get(overview).content.decode()

    asked = [client.post(reverse("results:calibrate", args=["simulated"])) for _ in range(2)]

    job = Job.objects.get()
    assert "Simulate this design" in before
    assert (job.kind, job.payload) == ("section", {"section": "calibration"})
    assert {answer["Location"] for answer in asked} == {reverse("jobs:show", args=[job.uid])}
    assert "This design is being simulated." in client.get(overview).content.decode()
    assert "<h1>Simulating this design</h1>" in client.get(asked[0]["Location"]).content.decode()


def test_what_came_of_it_is_a_sentence_and_a_table(read, client, rosa):
    client.force_login(rosa)
    found = reports.section(read, "calibration").dimensions["depth"]
    held = found.table.iloc[0]["coverage"]

    page = client.get(reverse("results:overview", args=["simulated"])).content.decode()

    assert "In 400 simulated studies of this design, the 95% interval of alpha held the true value" in page
    assert f"{held:.1%} of the time." in page
    assert '<th scope="row">share of pairs that agree</th>' in page
    assert "Simulate this design" not in page


def test_strangers_and_readers_cannot_ask(read, client, sam):
    client.force_login(sam)

    answer = client.post(reverse("results:calibrate", args=["simulated"]))

    assert answer.status_code == 404
    assert not Job.objects.exists()


def test_a_link_does_not_ask(read, client, rosa):
    client.force_login(rosa)

    assert client.get(reverse("results:calibrate", args=["simulated"])).status_code == 405
