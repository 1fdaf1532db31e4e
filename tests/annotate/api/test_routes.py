"""Every route, every role, every method."""

import pytest

from annotate.api.urls import urlpatterns
from judgments.models import Assignment, Draft, Judgment
from tests import factories
from tests.annotate.api.conftest import judge

EVERYONE = (200, 200, 200, 200, 200)
ROLES = ("jo", "lee", "rosa", "sam", "nobody")
"""Jo holds the assignment, Lee reads too, Rosa researches, Sam is a stranger, nobody has no token."""

MATRIX = [
    # name, method, address, body, status per role
    ("root", "get", "", None, EVERYONE),
    ("docs", "get", "docs/", None, EVERYONE),
    ("schema", "get", "schema/", None, EVERYONE),
    ("token", "post", "token/", {"username": "jo", "password": "wrong"}, (401, 401, 401, 401, 401)),
    ("token", "delete", "token/", None, (204, 204, 204, 204, 401)),
    ("studies", "get", "studies/", None, (200, 200, 200, 200, 401)),
    ("study", "get", "studies/field-study/", None, (200, 200, 200, 404, 401)),
    ("items", "get", "studies/field-study/items/", None, (404, 404, 200, 404, 401)),
    ("item", "get", "studies/field-study/items/{item}/", None, (404, 404, 200, 404, 401)),
    ("report", "get", "studies/field-study/report/", None, (404, 404, 200, 404, 401)),
    ("report", "post", "studies/field-study/report/", {"section": "groups"}, (404, 404, 202, 404, 401)),
    ("next", "post", "assignments/next", {"study": "field-study"}, (200, 200, 404, 404, 401)),
    ("assignment", "get", "assignments/{held}", None, (200, 404, 404, 404, 401)),
    ("draft", "put", "assignments/{held}/draft", {"based_on": 0, "answers": {}}, (200, 404, 404, 404, 401)),
    ("first-reading", "post", "assignments/{held}/first-reading", {"words": "It hears her."},
     (201, 404, 404, 404, 401)),
    ("proposals", "post", "assignments/{held}/proposals", {"kind": "gap", "words": "Tone."},
     (201, 404, 404, 404, 401)),
    ("judgment", "post", "assignments/{held}/judgment", {"settled": 2}, (201, 404, 404, 404, 401)),
    ("skip", "post", "assignments/{held}/skip", {}, (200, 404, 404, 404, 401)),
    ("judgments", "get", "judgments/", None, (200, 200, 200, 200, 401)),
    ("own-judgment", "get", "judgments/{judgment}/", None, (200, 404, 404, 404, 401)),
    ("nowhere", "get", "no/such/place", None, (404, 404, 404, 404, 404)),
]  # fmt: skip
METHODS = {"get", "post", "put", "patch", "delete", "options"}


@pytest.fixture
def places(items, jo, lee, rosa, sam, speak) -> dict:
    """What the addresses above name, after Jo has judged one item and taken another."""
    judgment = factories.judge(jo)
    held = speak(jo).post("/api/v1/assignments/next", {"study": "field-study"}).json()["uid"]
    people = {"jo": jo, "lee": lee, "rosa": rosa, "sam": sam, "nobody": None}
    return {"item": items[0].uid, "held": held, "judgment": judgment.uid, "people": people}


def ask(program, method: str, address: str, body, places: dict):
    headers = {"HTTP_IDEMPOTENCY_KEY": "11111111-1111-4111-8111-111111111111"}
    return getattr(program, method)("/api/v1/" + address.format(**places), body, **headers)


@pytest.mark.parametrize(("name", "method", "address", "body", "statuses"), MATRIX, ids=lambda value: str(value)[:30])
def test_each_role_gets_what_it_may(name, method, address, body, statuses, places, speak):
    # Refusals first: they must leave everything as it was for those who may.
    found = dict(zip(ROLES, statuses, strict=True))
    before = rows()
    for role in sorted(ROLES, key=lambda role: found[role] < 400):
        if found[role] < 400:
            break
        response = ask(speak(places["people"][role]), method, address, body, places)
        assert response.status_code == found[role], role
        assert set(response.json()) == {"code", "message", "errors", "request_id"}
    assert rows() == before
    for role in ROLES:
        if found[role] < 400:
            assert ask(speak(places["people"][role]), method, address, body, places).status_code == found[role], role


def rows():
    states = Assignment.objects.order_by("pk").values_list("state", "lease_until", "opened_at")
    return list(states), Draft.objects.count(), Judgment.objects.count()


def test_every_address_stands_in_the_matrix():
    assert {pattern.name for pattern in urlpatterns} == {row[0] for row in MATRIX}


@pytest.mark.parametrize("address", sorted({row[2] for row in MATRIX} - {"no/such/place", "docs/"}))
def test_other_methods_are_refused_in_the_same_shape(address, places, speak):
    allowed = {row[1] for row in MATRIX if row[2] == address}
    before = rows()

    for method in sorted(METHODS - allowed):
        response = ask(speak(places["people"]["jo"]), method, address, {}, places)
        assert response.status_code == 405, method
        assert response.json()["code"] == "method_not_allowed"
    assert rows() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
def test_a_judgment_cannot_be_changed_through_its_address(method, places, speak):
    mine = speak(places["people"]["jo"])
    address = f"/api/v1/judgments/{places['judgment']}/"
    before = mine.get(address).json()

    response = getattr(mine, method)(address, {"settled": 1})

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert mine.get(address).json() == before


def test_what_was_refused_to_others_is_still_there_for_its_holder(places, speak):
    for role in ("lee", "rosa", "sam", "nobody"):
        judge(speak(places["people"][role]), {"uid": places["held"]})

    assert judge(speak(places["people"]["jo"]), {"uid": places["held"]}).status_code == 201


def test_a_discarded_study_is_gone_for_everyone(places, speak, study):
    type(study).objects.filter(pk=study.pk).update(discarded_at=factories.NOW)

    for _, method, address, body, _ in MATRIX[6:14]:
        for role in ("jo", "rosa"):
            assert ask(speak(places["people"][role]), method, address, body, places).status_code == 404, address
    assert speak(places["people"]["jo"]).get("/api/v1/judgments/").json()["count"] == 0
