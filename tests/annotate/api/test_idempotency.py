"""One intent, one judgment: the whole table, and many at once."""

import time
import uuid

import pytest

from judgments import submission
from judgments.models import Draft, Event, Judgment
from tests import factories
from tests.annotate.api.conftest import judge, take
from tests.support.crowd import crowd
from tests.support.described import Program
from tests.support.engines import ENGINES

SAID = {"ratings": {"care": {"form": "point", "point": 4}}, "settled": 3, "rationale": "It stayed.\r\n😶 نعم"}
OTHER = SAID | {"settled": 2}


def test_the_first_time_gives_a_receipt(held, jo, speak):
    response = judge(speak(jo), held, key=held["key"], **SAID)

    stored = Judgment.objects.get()
    event = Event.objects.get(subject=str(stored.uid))
    assert response.status_code == 201
    assert "Idempotent-Replay" not in response
    assert response.json() == {
        "judgment": str(stored.uid),
        "assignment": held["uid"],
        "revision": 0,
        "status": "counted",
        "accepted_at": stored.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "answers_sha256": stored.answers_digest,
        "event": {"number": event.number, "hash": event.hash},
    }
    assert str(stored.key) == held["key"]
    assert submission.answers_of(stored).rationale == SAID["rationale"]


def test_the_same_again_gives_the_same_receipt(held, jo, speak):
    first = judge(speak(jo), held, key=held["key"], **SAID)

    again = judge(speak(jo), held, key=held["key"], **SAID)

    assert (again.status_code, again["Idempotent-Replay"]) == (200, "true")
    assert again.content == first.content
    assert Judgment.objects.count() == 1


def test_four_and_four_point_nought_are_the_same_answer(held, jo, speak):
    judge(speak(jo), held, key=held["key"], ratings={"care": {"form": "point", "point": 4}})

    again = judge(speak(jo), held, key=held["key"].upper(), ratings={"care": {"point": 4.0, "form": "point"}})

    assert again.status_code == 200
    assert Judgment.objects.count() == 1


def test_the_same_key_with_other_answers_is_a_conflict(held, jo, speak):
    judge(speak(jo), held, key=held["key"], **SAID)

    response = judge(speak(jo), held, key=held["key"], **OTHER)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")
    assert list(Judgment.objects.values_list("settled", flat=True)) == [3]


def test_another_key_for_what_is_judged_gives_the_first_receipt(held, jo, speak):
    first = judge(speak(jo), held, **SAID)

    response = judge(speak(jo), held, **OTHER)

    assert (response.status_code, response.json()["code"]) == (409, "already_submitted")
    assert response.json()["receipt"] == first.json()
    assert list(Judgment.objects.values_list("settled", flat=True)) == [3]


@pytest.mark.parametrize(
    "key",
    [
        "", "1", "key", "00000000", "g1111111-1111-4111-8111-111111111111", "11111111111141118111111111111111",
        "{11111111-1111-4111-8111-111111111111}", "urn:uuid:11111111-1111-4111-8111-111111111111",
        "11111111-1111-4111-8111-111111111111,11111111-1111-4111-8111-111111111111",
        "11111111-1111-4111-8111-1111111111１1", "' OR 1=1 --", "x" * 5_000,
    ],
)  # fmt: skip
def test_a_missing_or_malformed_key_is_refused(held, jo, speak, key):
    response = judge(speak(jo), held, key=key, **SAID)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    assert Judgment.objects.count() == 0


def test_somebody_elses_key_is_a_conflict_that_says_nothing_of_them(held, jo, lee, speak):
    judge(speak(jo), held, key=held["key"], **SAID)

    response = judge(speak(lee), take(speak(lee)), key=held["key"], **SAID)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")
    assert set(response.json()) == {"code", "message", "errors", "request_id"}
    assert Judgment.objects.count() == 1


def test_a_key_cannot_be_used_for_a_second_item(held, jo, speak):
    judge(speak(jo), held, key=held["key"], **SAID)

    response = judge(speak(jo), take(speak(jo)), key=held["key"], **SAID)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")
    assert Judgment.objects.count() == 1


def test_a_change_of_mind_names_what_it_replaces(held, jo, speak):
    first = judge(speak(jo), held, **SAID).json()

    second = judge(speak(jo), held, supersedes=first["judgment"], **OTHER)
    stale = judge(speak(jo), held, supersedes=first["judgment"], settled=1)

    assert (second.status_code, second.json()["revision"]) == (201, 1)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert list(Judgment.objects.order_by("pk").values_list("settled", flat=True)) == [3, 2]
    standing = speak(jo).get(f"/api/v1/assignments/{held['uid']}").json()["standing"]
    assert standing == {"judgment": second.json()["judgment"], "revision": 1}


def test_answers_to_another_wording_are_refused(held, jo, speak):
    refused = judge(speak(jo), held, rubric_version="0" * 64, **SAID)
    accepted = judge(speak(jo), held, rubric_version=held["rubric"]["version"], **SAID)

    assert (refused.status_code, refused.json()["code"]) == (409, "rubric_changed")
    assert accepted.status_code == 201
    assert Judgment.objects.count() == 1


def test_a_judgment_clears_its_draft_and_keeps_how_it_came_about(held, jo, speak):
    speak(jo).put(f"/api/v1/assignments/{held['uid']}/draft", {"based_on": 0, "answers": SAID})

    judge(speak(jo), held, steps_ms={"reading": 900, "judging": 1_200}, instrument={"program": "notebook 1"}, **SAID)

    stored = Judgment.objects.get()
    assert stored.steps_ms == {"reading": 900, "judging": 1_200}
    assert stored.instrument == {"program": "notebook 1"}
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_fifty_at_once_are_one_judgment(engine, committed, speak):
    study = factories.make_study("field-study")
    factories.make_items(study, 2)
    jo = factories.make_participant(study)
    assignment = take(speak(jo))
    programs = [speak(jo) for _ in range(50)]
    answers = []

    def send(program: Program) -> None:
        started = time.perf_counter()
        response = judge(program, assignment, key=assignment["key"], **SAID)
        answers.append((response.status_code, response.content, time.perf_counter() - started))

    assert crowd(send, programs, at_once=50) == []
    assert sorted(status for status, _, _ in answers) == [200] * 49 + [201]
    assert len({body for _, body, _ in answers}) == 1
    assert Judgment.objects.count() == 1
    slowest = max(seconds for _, _, seconds in answers)
    print(f"{engine}: 50 identical judgments at once, the slowest after {slowest:.2f} s")


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_twenty_keys_at_once_are_one_judgment(engine, committed, speak):
    study = factories.make_study("field-study")
    factories.make_item(study)
    jo = factories.make_participant(study)
    assignment = take(speak(jo))
    answers = []

    def send(program: Program) -> None:
        response = judge(program, assignment, key=uuid.uuid4(), **SAID)
        answers.append((response.status_code, response.json().get("code", "")))

    assert crowd(send, [speak(jo) for _ in range(20)], at_once=20) == []
    assert sorted(answers) == [(201, "")] + [(409, "already_submitted")] * 19
    assert Judgment.objects.count() == 1
