"""The event chain: one event per act, bound to the one before by its hash; and its verification.

hash = sha256(previous hash + newline + body), body being canonical JSON that holds the chain, number,
kind, actor, time and facts. `record` locks the chain's head, so call it last in a transaction.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from judgments import canonical
from judgments.models import ChainHead, Event, Study

SITE = "site"
ZERO = "0" * 64


def chain_of(study: Study | None) -> str:
    return str(study.uid) if study is not None else SITE


def record(kind: str, *, study: Study | None, actor, at: datetime, subject: object = "", **facts) -> Event:
    """Append one event to the study's chain (the site's without a study). Inside a transaction, last.

    subject: the uid of what was acted on, by which the event can be found again.
    facts: anything canonical JSON can hold; digests rather than people's words.
    """
    chain = chain_of(study)
    heads = ChainHead.objects.select_for_update().filter(chain=chain)
    if (head := heads.first()) is None:
        ChainHead.objects.get_or_create(chain=chain)
        head = heads.get()
    number = head.number + 1
    actor_id = actor.pk if actor is not None and actor.is_authenticated else None
    columns = {"chain": chain, "number": number, "kind": kind, "subject": str(subject), "actor": actor_id}
    body = canonical.dumps(columns | {"at": stamp(at), "facts": facts})
    event = Event(
        chain=chain, number=number, kind=kind, subject=str(subject), actor_id=actor_id, at=at, body=body,
        previous=head.hash, hash=link(head.hash, body),
    )  # fmt: skip
    event.save()
    ChainHead.objects.filter(chain=chain).update(number=number, hash=event.hash)
    return event


def link(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def stamp(at: datetime) -> str:
    """A moment as text: UTC, microseconds, Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True)
class Fault:
    """Where a chain does not hold, and why."""

    chain: str
    number: int
    why: str

    def __str__(self):
        return f"chain {self.chain}, event {self.number}: {self.why}"


def verify(chain: str) -> Iterator[Fault]:
    """Walk a chain from its first event and yield every fault. Nothing yielded: the chain holds.

    Finds a changed byte of an event, a missing, added or moved event, and a head that disagrees.
    Whether judgments still match their events is `submission.verify`.
    """
    expected_number, expected_previous = 1, ZERO
    rows = Event.objects.filter(chain=chain).order_by("number").values_list(*_COLUMNS)
    for row in rows.iterator(chunk_size=5_000):
        number, previous, hash_, body = row[:4]
        if number != expected_number:
            yield Fault(chain, expected_number, f"missing; the next one found is {number}")
        elif previous != expected_previous:
            yield Fault(chain, number, "does not follow from the event before it")
        elif hash_ != link(previous, body):
            yield Fault(chain, number, "its content does not match its hash")
        elif why := _columns_disagree(chain, *row[3:], number=number):
            yield Fault(chain, number, why)
        expected_number, expected_previous = number + 1, hash_
    head = ChainHead.objects.filter(chain=chain).first()
    found = (head.number, head.hash) if head else (0, ZERO)
    if found != (expected_number - 1, expected_previous):
        yield Fault(chain, expected_number, f"the head says {found[0]} events; the last one found is not that")


# Plain rows: a million events are verified in one go.
_COLUMNS = ("number", "previous", "hash", "body", "kind", "subject", "actor", "at")


def _columns_disagree(
    chain: str, body: str, kind: str, subject: str, actor: int | None, at: datetime, *, number: int
) -> str:
    told = orjson.loads(body)
    columns = {
        "chain": chain, "number": number, "kind": kind, "subject": subject, "actor": actor, "at": stamp(at)
    }  # fmt: skip
    wrong = [name for name, value in columns.items() if told.get(name) != value]
    return f"{', '.join(wrong)} differ from what was hashed" if wrong else ""
