"""Every address of the site, with who may use it and how. An address that is not named here fails the tests.

What a policy says is carried out by annotate.permissions and the decorators of the views; the tests ask
every address as every kind of person and hold the answers against this table.
"""

from dataclasses import dataclass

NOBODY, STRANGER, READER, OWNER, RESEARCHER, ADMIN = "nobody", "stranger", "reader", "owner", "researcher", "admin"
"""Not signed in; signed in without a place in the study; reads in it; holds this very item; its researcher; admin."""

EVERYBODY = frozenset({NOBODY, STRANGER, READER, OWNER, RESEARCHER, ADMIN})
SIGNED_IN = EVERYBODY - {NOBODY}
READERS = frozenset({READER, OWNER})
OWNERS = frozenset({OWNER})
RESEARCHERS = frozenset({RESEARCHER, ADMIN})
ADMINS = frozenset({ADMIN})


@dataclass(frozen=True)
class Policy:
    """who: the kinds of people it answers. methods: what they may do there, HEAD and OPTIONS aside."""

    who: frozenset[str]
    methods: tuple[str, ...] = ("GET",)


POLICIES = {
    "home": Policy(EVERYBODY),
    "help": Policy(EVERYBODY),
    "account": Policy(SIGNED_IN),
    "health:alive": Policy(EVERYBODY),
    "health:ready": Policy(EVERYBODY),
    # A code nobody was given opens nothing.
    "welcome:demo": Policy(EVERYBODY, ("GET", "POST")),
    "welcome:first_admin": Policy(EVERYBODY, ("GET", "POST")),
    "joining:code": Policy(EVERYBODY, ("GET", "POST")),
    "joining:join": Policy(EVERYBODY, ("GET", "POST")),
    # The reading itself. The scripts and whether somebody is signed in are no secret.
    "judging:queue": Policy(READERS),
    "judging:next": Policy(READERS, ("GET", "POST")),
    "judging:ahead": Policy(READERS, ("POST",)),
    "judging:history": Policy(READERS),
    "judging:item": Policy(OWNERS, ("GET", "POST")),
    "judging:first": Policy(OWNERS, ("POST",)),
    "judging:draft": Policy(OWNERS, ("PUT",)),
    "judging:skip": Policy(OWNERS, ("POST",)),
    "judging:settings": Policy(SIGNED_IN, ("GET", "POST")),
    "judging:script": Policy(EVERYBODY),
    "judging:worker": Policy(EVERYBODY),
    "judging:signed-in": Policy(EVERYBODY),
    "queue:beat": Policy(READERS, ("POST",)),
    "queue:time": Policy(READERS, ("GET", "POST")),
    "history:pair": Policy(OWNERS, ("GET", "POST")),
    "history:take_out": Policy(OWNERS, ("GET", "POST")),
    "pause:pause": Policy(READERS, ("GET", "POST")),
    "pause:not_now": Policy(READERS, ("POST",)),
    "pause:stays": Policy(READERS, ("GET", "POST")),
    "pause:heard": Policy(frozenset({RESEARCHER})),
    "part:consent": Policy(READERS, ("GET", "POST")),
    "part:about": Policy(READERS, ("GET", "POST")),
    "part:practice": Policy(READERS, ("GET", "POST")),
    "part:preferences": Policy(READERS, ("GET", "POST")),
    "part:leave": Policy(READERS, ("GET", "POST")),
    "part:data": Policy(READERS),
    "wander:room": Policy(READERS),
    "wander:surprise": Policy(READERS, ("POST",)),
    "wander:item": Policy(READERS, ("GET", "POST")),
    "wander:notebook": Policy(READERS, ("GET", "POST")),
    "wander:note": Policy(OWNERS, ("GET", "POST")),
    "shared_notes:index": Policy(RESEARCHERS),
    "results:overview": Policy(RESEARCHERS),
    "results:items": Policy(RESEARCHERS),
    "results:item": Policy(RESEARCHERS),
    "results:ratings": Policy(RESEARCHERS),
    "results:calibrate": Policy(RESEARCHERS, ("POST",)),
    "results:question": Policy(RESEARCHERS),
    "failures:atlas": Policy(RESEARCHERS),
    "transfer:families": Policy(RESEARCHERS),
    "transfer:family": Policy(RESEARCHERS),
    "releases:index": Policy(RESEARCHERS),
    "releases:make": Policy(RESEARCHERS, ("POST",)),
    "releases:whole": Policy(RESEARCHERS),
    "releases:show": Policy(RESEARCHERS),
    "releases:download": Policy(RESEARCHERS),
    "jobs:show": Policy(ADMINS),
    "tokens:index": Policy(SIGNED_IN),
    "tokens:make": Policy(SIGNED_IN, ("POST",)),
    "tokens:revoke": Policy(SIGNED_IN, ("POST",)),
    "api:root": Policy(EVERYBODY),
    "api:docs": Policy(EVERYBODY),
    "api:schema": Policy(EVERYBODY),
    "api:nowhere": Policy(frozenset(), ()),
    "api:token": Policy(EVERYBODY, ("POST", "DELETE")),
    "api:studies": Policy(SIGNED_IN),
    "api:study": Policy(READERS | RESEARCHERS),
    "api:report": Policy(RESEARCHERS, ("GET", "POST")),
    "api:items": Policy(RESEARCHERS),
    "api:item": Policy(RESEARCHERS),
    "api:next": Policy(READERS, ("POST",)),
    "api:assignment": Policy(OWNERS),
    "api:draft": Policy(OWNERS, ("PUT",)),
    "api:judgment": Policy(OWNERS, ("POST",)),
    "api:first-reading": Policy(OWNERS, ("POST",)),
    "api:proposals": Policy(OWNERS, ("POST",)),
    "api:skip": Policy(OWNERS, ("POST",)),
    "api:judgments": Policy(SIGNED_IN),
    "api:own-judgment": Policy(OWNERS),
}
BY_PREFIX = {
    # One's own account; django-allauth asks for a session wherever something is one's own.
    "account_": Policy(EVERYBODY, ("GET", "POST")),
    "mfa_": Policy(EVERYBODY, ("GET", "POST")),
    "admin:": Policy(ADMINS, ("GET", "POST")),
}


def policy_of(route: str) -> Policy | None:
    """The policy of a route by its full name; None for one nobody has thought about."""
    if route in POLICIES:
        return POLICIES[route]
    return next((policy for prefix, policy in BY_PREFIX.items() if route.startswith(prefix)), None)
