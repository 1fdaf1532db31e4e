"""One shape for every refusal."""

import pytest
from django.db import OperationalError, connection

from tests.annotate.api.conftest import judge
from tests.support.described import Program

SHAPE = {"code", "message", "errors", "request_id"}


@pytest.mark.parametrize(
    ("method", "address", "headers", "status", "code"),
    [
        ("get", "studies/", {}, 401, "not_authenticated"),
        ("get", "no/such/place", {}, 404, "not_found"),
        ("get", "studies", {}, 404, "not_found"),
        ("get", "assignments/next/", {}, 404, "not_found"),
        ("post", "../v1/token", {}, 404, "not_found"),
        ("get", "schema/", {"HTTP_ACCEPT": "text/html"}, 406, "not_acceptable"),
        ("get", "", {"HTTP_ACCEPT": "application/xml"}, 406, "not_acceptable"),
        ("post", "", {}, 405, "method_not_allowed"),
        ("get", "?x=1", {}, 400, "invalid"),
    ],
)
def test_anyone_is_refused_in_the_same_shape(db, method, address, headers, status, code):
    response = getattr(Program(), method)("/api/v1/" + address, **headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == SHAPE
    assert response.json()["request_id"] == response["X-Request-ID"] != ""


def test_a_body_that_is_no_json_is_refused_in_the_same_shape(jo, speak):
    response = speak(jo).generic("POST", "/api/v1/assignments/next", b"{", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_json")
    assert set(response.json()) == SHAPE


def test_fields_are_named_with_dots(held, jo, speak):
    response = judge(speak(jo), held, steps_ms={"reading": "x"}, colour="red")
    assert response.json()["errors"] == [
        {"field": "colour", "code": "unknown_field", "message": "There is no such field."}
    ]

    response = judge(speak(jo), held, steps_ms={"reading": "x"})
    assert response.json()["errors"] == [
        {"field": "steps_ms.reading", "code": "invalid", "message": "A valid integer is required."}
    ]


def test_a_database_that_does_not_answer_asks_for_patience(held, jo, speak):
    program = speak(jo)

    def away(execute, sql, params, many, context):
        if "judgments_judgment" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away):
        response = judge(program, held)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json()["code"] == "try_again"
    assert "lock" not in response.json()["message"]
    assert judge(program, held).status_code == 201


def test_a_host_that_is_not_ours_is_refused(db):
    response = Program().get("/api/v1/", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert b"evil" not in response.content
