"""One's own judgments and their receipts."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments import submission
from judgments.models import Judgment
from tests import factories
from tests.annotate.api.conftest import judge, take


def test_only_ones_own_judgments_are_listed_newest_first(items, jo, lee, speak):
    mine = [factories.judge(jo), factories.judge(jo)]
    theirs = factories.judge(lee)

    listed = speak(jo).get("/api/v1/judgments/").json()

    assert [row["uid"] for row in listed["results"]] == [str(judgment.uid) for judgment in reversed(mine)]
    assert speak(jo).get(f"/api/v1/judgments/{theirs.uid}/").status_code == 404


def test_a_listed_receipt_is_the_one_given_at_first(held, jo, speak):
    receipt = judge(speak(jo), held).json()

    [row] = speak(jo).get("/api/v1/judgments/").json()["results"]

    assert row["receipt"] == receipt
    assert (row["study"], row["item"]) == ("field-study", held["item"]["uid"])
    assert (row["supersedes"], row["superseded"]) == (None, False)
    assert row["rubric_version"] == held["rubric"]["version"]


def test_a_revision_stands_beside_what_it_replaced(held, jo, speak):
    first = judge(speak(jo), held, settled=1).json()["judgment"]
    second = judge(speak(jo), held, settled=4, supersedes=first).json()["judgment"]

    rows = speak(jo).get("/api/v1/judgments/").json()["results"]

    assert [(row["uid"], row["supersedes"], row["superseded"]) for row in rows] == [
        (second, first, False),
        (first, None, True),
    ]
    settled = [speak(jo).get(f"/api/v1/judgments/{uid}/").json()["answers"]["settled"] for uid in (first, second)]
    assert settled == [1, 4]


def test_answers_come_back_as_they_were_given(held, jo, speak):
    said = {
        "ratings": {
            "care": {"form": "range", "low": 3.0, "high": 5.0, "point": 4.0},
            "goods": {"form": "none", "reason": "depends", "text": "on who asked"},
        },
        "settled": 2,
        "rationale": "  words\n",
        "marks": [{"turn": 0, "start": 0, "end": 4, "tag": "dodged", "memo": "here"}],
    }
    receipt = judge(speak(jo), held, **said).json()

    shown = speak(jo).get(f"/api/v1/judgments/{receipt['judgment']}/").json()

    assert shown["answers"] == said
    stored = Judgment.objects.get()
    assert receipt["answers_sha256"] == submission.digest_of(
        stored, list(stored.ratings.select_related("dimension")), submission.current_marks(stored)
    )


def test_judgments_can_be_asked_for_by_study_item_and_assignment(items, jo, speak):
    program = speak(jo)
    first, _ = factories.judge(jo), factories.judge(jo)
    elsewhere = factories.make_participant(factories.make_study("elsewhere"), jo.user)
    factories.make_item(elsewhere.study)
    other = factories.judge(elsewhere)

    def uids(query: str) -> list[str]:
        return [row["uid"] for row in program.get(f"/api/v1/judgments/?{query}").json()["results"]]

    assert uids("study=elsewhere") == [str(other.uid)]
    assert uids(f"item={first.item.uid}") == [str(first.uid)]
    assert uids(f"assignment={first.assignment.uid}") == [str(first.uid)]
    assert uids(f"item={uuid.uuid4()}") == []
    assert uids("study=%27%20OR%201%3D1--") == []


@pytest.mark.parametrize("query", ["item=1", "item=%00", "assignment=x", "participant=jo", "study__slug=field-study"])
def test_other_filters_are_refused_by_name(study, jo, speak, query):
    response = speak(jo).get(f"/api/v1/judgments/?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [problem["field"] for problem in response.json()["errors"]] == [query.split("=")[0]]


def test_one_and_many_rows_cost_the_same_queries(study, jo, speak):
    factories.make_items(study, 6)
    program = speak(jo)
    factories.judge(jo)
    with CaptureQueriesContext(connection) as few:
        program.get("/api/v1/judgments/")
    for _ in range(4):
        factories.judge(jo)

    with CaptureQueriesContext(connection) as many:
        response = program.get("/api/v1/judgments/")

    assert response.json()["count"] == 5
    assert len(many) == len(few)


@pytest.mark.parametrize("uid", ["1", "x", "00000000-0000-0000-0000-000000000000", "../studies/", "%00", "a" * 5_000])
def test_no_such_judgment_is_the_same_answer_for_any_name(held, jo, speak, uid):
    response = speak(jo).get(f"/api/v1/judgments/{uid}/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_an_assignment_of_one_study_is_not_reached_through_another_account(items, jo, lee, speak):
    theirs = take(speak(lee))

    assert speak(jo).get(f"/api/v1/assignments/{theirs['uid']}").status_code == 404
    assert judge(speak(jo), theirs).status_code == 404
    assert Judgment.objects.count() == 0
