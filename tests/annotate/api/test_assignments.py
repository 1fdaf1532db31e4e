"""What is next, drafts, skipping."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments.models import Assignment, Draft, Item, Judgment, Study
from tests import factories
from tests.annotate.api.conftest import judge, take


def test_what_is_next_is_an_item_its_questions_and_a_key(held, items, jo):
    assignment = Assignment.objects.get()
    item = assignment.item
    response = item.shown.get().response
    assert assignment.participant == jo
    assert held["uid"] == str(assignment.uid)
    assert (held["study"], held["state"]) == ("field-study", "offered")
    assert held["item"] == {
        "uid": str(item.uid),
        "messages": [{"role": "person", "content": "he's gone"}],
        "content_notes": [],
        "responses": [{"uid": str(response.uid), "text": "I am so sorry. Who was he?"}],
    }
    assert (held["draft"], held["standing"]) == (None, None)
    until = datetime.fromisoformat(held["lease_until"])
    assert timedelta(minutes=59) < until - datetime.now(UTC) <= timedelta(minutes=60)
    assert assignment.opened_at is not None


def test_questions_come_in_the_order_drawn_with_their_points(held):
    assignment = Assignment.objects.get()
    dimensions = held["rubric"]["dimensions"]
    care = next(dimension for dimension in dimensions if dimension["slug"] == "care")

    assert [dimension["slug"] for dimension in dimensions] == assignment.dimension_order
    assert held["rubric"]["version"] == assignment.rubric_version.digest
    assert [point["text"] for point in care["points"]] == factories.BALANCE
    assert [tag["slug"] for tag in held["rubric"]["tags"]] == ["turns-here", "dodged"]


def test_responses_come_in_the_order_drawn(items, jo, speak):
    held = take(speak(jo))
    assignment = Assignment.objects.get()
    second = assignment.item.scenario.responses.create(text="He must have meant a lot to you.")
    assignment.item.shown.create(response=second, position=1)
    drawn = [str(second.uid), held["item"]["responses"][0]["uid"]]
    Assignment.objects.update(response_order=drawn)

    shown = speak(jo).get(f"/api/v1/assignments/{held['uid']}").json()

    assert [response["uid"] for response in shown["item"]["responses"]] == drawn


def test_asking_again_gives_the_same_item_and_another_key(held, jo, speak):
    again = take(speak(jo))

    assert again["uid"] == held["uid"]
    assert again["key"] != held["key"]
    assert Assignment.objects.count() == 1


def test_when_nothing_is_left_the_answer_is_empty(items, jo, speak):
    program = speak(jo)
    for _ in items:
        assert judge(program, take(program)).status_code == 201

    response = program.post("/api/v1/assignments/next", {"study": "field-study"})

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("state", ["draft", "paused", "closed"])
def test_a_study_that_is_not_open_offers_nothing(items, jo, speak, state):
    Study.objects.update(state=state)

    response = speak(jo).post("/api/v1/assignments/next", {"study": "field-study"})

    assert (response.status_code, response.json()["code"]) == (409, "study_closed")
    assert Assignment.objects.count() == 0


def test_a_judgment_after_closing_is_kept_as_surplus(held, jo, speak):
    Study.objects.update(state="closed")

    response = judge(speak(jo), held)

    assert (response.status_code, response.json()["status"]) == (201, "surplus")
    assert Judgment.objects.count() == 1


def test_a_skipped_item_is_not_offered_again(items, held, jo, speak):
    program = speak(jo)

    response = program.post(f"/api/v1/assignments/{held['uid']}/skip")

    assert (response.status_code, response.json()) == (200, {"uid": held["uid"], "state": "skipped"})
    others = []
    for _ in items[1:]:
        others.append(take(program))
        judge(program, others[-1])
    assert held["item"]["uid"] not in {other["item"]["uid"] for other in others}
    assert program.post("/api/v1/assignments/next", {"study": "field-study"}).status_code == 204


def test_skipping_what_is_judged_leaves_it_judged(held, jo, speak):
    judge(speak(jo), held)

    response = speak(jo).post(f"/api/v1/assignments/{held['uid']}/skip")

    assert (response.status_code, response.json()["state"]) == (200, "judged")
    assert Judgment.objects.count() == 1


def put_draft(program, held, based_on, answers):
    return program.put(f"/api/v1/assignments/{held['uid']}/draft", {"based_on": based_on, "answers": answers})


def test_a_draft_comes_back_with_its_item(held, jo, speak):
    response = put_draft(speak(jo), held, 0, {"rationale": "half a thou"})

    assert (response.status_code, response.json()) == (200, {"revision": 1})
    draft = take(speak(jo))["draft"]
    assert (draft["revision"], draft["answers"]) == (1, {"rationale": "half a thou"})


def test_a_draft_from_another_window_is_a_conflict_with_the_newer(held, jo, speak):
    put_draft(speak(jo), held, 0, {"rationale": "one"})
    put_draft(speak(jo), held, 1, {"rationale": "two"})

    response = put_draft(speak(jo), held, 1, {"rationale": "three"})

    assert (response.status_code, response.json()["code"]) == (409, "draft_conflict")
    assert response.json()["draft"]["answers"] == {"rationale": "two"}
    assert response.json()["draft"]["revision"] == 2
    assert Draft.objects.get().answers == {"rationale": "two"}


def test_a_draft_of_what_is_judged_gets_its_receipt(held, jo, speak):
    receipt = judge(speak(jo), held).json()

    response = put_draft(speak(jo), held, 0, {"rationale": "late"})

    assert (response.status_code, response.json()["code"]) == (409, "already_submitted")
    assert response.json()["receipt"] == receipt
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {}, {"answers": {}}, {"based_on": 0}, {"based_on": -1, "answers": {}}, {"based_on": 10**12, "answers": {}},
        {"based_on": None, "answers": {}}, {"based_on": "x", "answers": {}}, {"based_on": 0, "answers": []},
        {"based_on": 0, "answers": "text"}, {"based_on": 0, "answers": None},
        {"based_on": 0, "answers": {}, "revision": 7}, {"based_on": 0.5, "answers": {}},
    ],
)  # fmt: skip
def test_a_misshapen_draft_is_refused_by_field(held, jo, speak, body):
    response = speak(jo).put(f"/api/v1/assignments/{held['uid']}/draft", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert {problem["field"] for problem in response.json()["errors"]} <= {"based_on", "answers", "revision"}
    assert response.json()["errors"] != []
    assert Draft.objects.count() == 0


def test_a_draft_beyond_its_bound_is_refused(held, jo, speak):
    response = put_draft(speak(jo), held, 0, {"rationale": "x" * 300_000})

    assert (response.status_code, response.json()["code"]) == (422, "answers_unfit")
    assert Draft.objects.count() == 0


def test_one_and_many_items_cost_the_same_queries(study, jo, speak):
    program = speak(jo)
    factories.make_item(study)
    take(program)
    with CaptureQueriesContext(connection) as few:
        take(program)
    factories.make_items(study, 30)

    with CaptureQueriesContext(connection) as many:
        take(program)

    assert Item.objects.count() == 31
    assert len(many) == len(few)
