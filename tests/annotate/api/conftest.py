"""Programs that speak for the cast, and an item to read."""

import uuid

import pytest
from django.core.cache import cache

from annotate import tokens
from judgments.models import Participant
from tests import factories
from tests.support.described import Program


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()


@pytest.fixture
def speak():
    """speak(user): a program with a token of that user; speak(None): one without."""

    def speak(who=None) -> Program:
        user = who.user if isinstance(who, Participant) else who
        program = Program()
        if user is not None:
            program.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user)[1]}")
        return program

    return speak


@pytest.fixture
def lee(study):
    """Another participant of the study."""
    return factories.make_participant(study, factories.make_user("lee"), code_name="slow marten")


@pytest.fixture
def items(study):
    return factories.make_items(study, 3)


@pytest.fixture
def held(items, jo, speak) -> dict:
    """What Jo reads next, as the API says it."""
    return take(speak(jo))


def take(program, study: str = "field-study") -> dict:
    response = program.post("/api/v1/assignments/next", {"study": study})
    assert response.status_code == 200, response.content
    return response.json()


def judge(program, assignment: dict, *, key: object = None, **body):
    """Send a judgment; `key=None` makes a new key, `key=""` sends none."""
    key = uuid.uuid4() if key is None else key
    headers = {"HTTP_IDEMPOTENCY_KEY": str(key)} if key != "" else {}
    body = body or {"ratings": {"care": {"form": "point", "point": 4}}, "settled": 3}
    return program.post(f"/api/v1/assignments/{assignment['uid']}/judgment", body, **headers)
