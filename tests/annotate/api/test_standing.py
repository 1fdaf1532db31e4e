"""What a program is told when its person may not read on, or has taken something back."""

import uuid

from django.utils import timezone

from judgments import consents, withdrawal
from judgments.assignment import next_assignment
from judgments.models import ConsentText, Judgment
from tests.factories import NOW, judge

NEXT = "/api/v1/assignments/next"


def test_a_new_consent_text_is_answered_by_the_person_first(speak, jo, items):
    text = ConsentText.objects.create(study=jo.study, version=1, body="canary body", created_at=NOW)

    refused = speak(jo).post(NEXT, {"study": "field-study"})
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_wanted")
    assert "canary" not in refused.content.decode()

    consents.give(jo, text, takes_part=True, may_quote=False, may_publish=False, actor=jo.user, now=NOW)
    assert speak(jo).post(NEXT, {"study": "field-study"}).status_code == 200


def test_consent_and_leaving_stand_in_no_answer_to_anybody(speak, jo, rosa, items):
    text = ConsentText.objects.create(study=jo.study, version=1, body="Words.", created_at=NOW)
    consents.give(jo, text, takes_part=True, may_quote=False, may_publish=False, actor=jo.user, now=NOW)

    for person in (jo, rosa):
        said = speak(person).get("/api/v1/studies/field-study/").content.decode()
        assert "consent" not in said
        assert "may_quote" not in said


def test_what_was_taken_back_is_listed_no_more_and_cannot_be_judged_again(speak, jo, items):
    judgment = judge(jo, now=timezone.now())
    withdrawal.withdraw_item(jo, judgment.item, actor=jo.user, now=timezone.now())

    assert speak(jo).get("/api/v1/judgments/").json()["results"] == []
    assert speak(jo).get(f"/api/v1/judgments/{judgment.uid}/").status_code == 404
    body = {"settled": 2, "supersedes": str(judgment.uid)}
    again = speak(jo).post(
        f"/api/v1/assignments/{judgment.assignment.uid}/judgment", body, HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4())
    )
    assert (again.status_code, again.json()["code"]) == (409, "has_left")
    assert Judgment.objects.count() == 1


def test_whoever_has_left_is_told_so(speak, jo, items):
    next_assignment(jo, now=timezone.now())
    withdrawal.stop(jo, actor=jo.user, now=timezone.now())

    refused = speak(jo).post(NEXT, {"study": "field-study"})

    assert (refused.status_code, refused.json()["code"]) == (409, "has_left")
