"""Every address, every kind of person, every method: generated from the URL map and held against annotate.policy."""

import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from annotate import policy
from annotate.policy import ADMIN, NOBODY, OWNER, READER, RESEARCHER, STRANGER
from judgments import notes
from judgments.assignment import next_assignment
from judgments.models import Assignment, Family, Note, Study
from tests import factories
from tests.factories import NOW

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODIES = {"api:next": '{"study": "field-study"}'}
SAYS_WHETHER = {("judging:signed-in", NOBODY): 401}
"""Where the answer that refuses elsewhere is what was asked for."""
NOT_THERE = {
    # Addresses of things that this study does not have: those who may are told so, and nobody else.
    "welcome:demo", "welcome:first_admin", "joining:code", "joining:join", "releases:whole", "releases:show",
    "releases:download", "jobs:show", "tokens:revoke", "api:token", "judging:script", "part:consent",
}  # fmt: skip


def routes(patterns=None, namespaces=()) -> Iterator[tuple[str, URLPattern]]:
    """Full name and pattern of every route of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or "?"]), pattern
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern.url_patterns, inner)


OURS = sorted({name for name, _ in routes() if name in policy.POLICIES} - {"api:nowhere"})


@pytest.fixture
def people(study, jo, rosa, ada, sam) -> dict[str, Client]:
    """One signed-in browser of each kind."""
    lee = factories.make_participant(study)
    users = {STRANGER: sam, READER: lee.user, OWNER: jo.user, RESEARCHER: rosa, ADMIN: ada}
    clients = {NOBODY: Client()}
    for kind, user in users.items():
        clients[kind] = Client()
        clients[kind].force_login(user)
    return clients


@pytest.fixture
def whole(study, rosa) -> Study:
    """The study with everything in it that has an address: a reading room, a contact, items judged twice."""
    study.wander, study.care_contact = Study.Wander.ALL, rosa
    study.repeat_share, study.repeat_gap_items, study.repeat_gap_days = 1, 0, 0
    study.save()
    return study


@pytest.fixture
def arguments(whole, jo) -> dict[str, dict]:
    """What addresses name, by route; others take what fits their parameters' names."""
    items = factories.make_items(whole, 4)
    Family.objects.create(study=whole, slug="gone", title="He's gone")
    judgment, again = factories.judge(jo), factories.judge(jo)
    while again.assignment.kind != Assignment.Kind.REPEAT:
        again = factories.judge(jo)
    held = next_assignment(jo, now=NOW)
    said = notes.Said(kind=Note.Kind.NOTE, text="It waited.")
    note = notes.write(jo, said, actor=jo.user, now=NOW)
    nothing = dict.fromkeys(("name", "path", "prefix", "token", "code", "digest"), "none")
    named = nothing | {"slug": whole.slug, "uid": held.uid}
    own = {
        "results:item": {"uid": items[0].uid},
        "results:question": {"name": "care"},
        "transfer:family": {"family": "gone"},
        "api:item": {"uid": items[0].uid},
        "api:own-judgment": {"uid": judgment.uid},
        "history:pair": {"uid": again.assignment.uid},
        "history:take_out": {"uid": judgment.assignment.uid},
        "wander:item": {"uid": items[0].uid},
        "wander:note": {"uid": note.uid},
        "jobs:show": {"uid": uuid.uuid4()},
    }
    return {name: named | own.get(name, {}) for name in OURS}


def address_of(name: str, arguments: dict) -> str:
    pattern = dict(routes())[name]
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: arguments[key] for key in wanted})


def refused(response) -> bool:
    """Whether this answer keeps the door shut."""
    to_sign_in = response.status_code in (301, 302, 303) and "/account/login" in response["Location"]
    return to_sign_in or response.status_code in (401, 403, 404, 405)


def test_every_address_has_a_policy():
    assert [name for name, _ in routes() if policy.policy_of(name) is None] == []


def test_every_policy_has_an_address():
    named = {name for name, _ in routes()}

    assert [name for name in policy.POLICIES if name not in named] == []


@pytest.mark.parametrize("name", OURS)
def test_an_address_answers_those_it_should_and_nobody_else(name, people, arguments):
    allowed = policy.POLICIES[name]
    address = address_of(name, arguments[name])
    wrong = []

    for kind, client in people.items():
        for method in METHODS:
            with transaction.atomic():
                response = client.generic(method, address, BODIES.get(name, "{}"), "application/json")
                transaction.set_rollback(True)
            may = kind in allowed.who and method in allowed.methods
            if response.status_code >= 500 or (not may and not refused(response)):
                wrong.append((kind, method, response.status_code))
            said = SAYS_WHETHER.get((name, kind)) == response.status_code
            if may and refused(response) and name not in NOT_THERE and not said:
                wrong.append((kind, method, response.status_code, "should be answered"))

    assert wrong == []


def test_the_admin_answers_admins_alone(people):
    addresses = []
    for name, pattern in routes():
        if name.startswith("admin:") and not pattern.pattern.converters and "(?P" not in str(pattern.pattern):
            addresses.append(reverse(name))
    opened = [
        (kind, address)
        for address in addresses
        for kind, client in people.items()
        if kind != ADMIN and client.get(address).status_code == 200
    ]

    assert len(addresses) > 30
    assert [address for _, address in opened if "login" not in address and "logout" not in address] == []
