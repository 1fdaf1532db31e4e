import pytest
from django.db import connection, transaction

from judgments import audit, guards
from judgments.models import ChainHead, Event
from tests import factories
from tests.factories import NOW
from tests.support.crowd import crowd, without_time_limits


@pytest.fixture
def chain(db):
    for number in range(5):
        audit.record("told", study=None, actor=None, at=NOW, subject=number, word=f"word {number}")
    return audit.SITE


@pytest.fixture
def unguarded(chain):
    """A chain in a database from which somebody has dropped the triggers."""
    with connection.cursor() as cursor:
        for guard in guards.wanted(connection.vendor):
            on = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
            cursor.execute(f"DROP TRIGGER {guard.name}{on}")
    return chain


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def faults(chain: str) -> list[tuple[int, str]]:
    return [(fault.number, fault.why) for fault in audit.verify(chain)]


def test_an_untouched_chain_holds(chain):
    assert faults(chain) == []
    assert list(Event.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Event.objects.get(number=1).previous == audit.ZERO


def test_chains_of_studies_are_apart(study, chain):
    audit.record("told", study=study, actor=None, at=NOW)

    assert Event.objects.get(chain=str(study.uid)).number == 1
    assert faults(str(study.uid)) == []


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE judgments_event SET body = replace(body, 'word 2', 'word 9') WHERE number = 3", 3),
        ("UPDATE judgments_event SET kind = 'other' WHERE number = 3", 3),
        ("UPDATE judgments_event SET subject = 'other' WHERE number = 3", 3),
        ("UPDATE judgments_event SET at = '2020-01-01 00:00:00+00' WHERE number = 3", 3),
        ("DELETE FROM judgments_event WHERE number = 3", 3),
        ("DELETE FROM judgments_event WHERE number = 1", 1),
        ("DELETE FROM judgments_event WHERE number = 5", 5),
        ("UPDATE judgments_event SET previous = hash WHERE number = 2", 2),
        ("UPDATE judgments_chainhead SET number = 4 WHERE chain = 'site'", 6),
    ],
)
def test_tampering_is_named(unguarded, statement, number):
    tamper(statement)

    assert faults(unguarded)[0][0] == number


def test_two_events_that_changed_places_are_named(unguarded):
    for before, after in ((3, 90), (4, 3), (90, 4)):
        tamper(f"UPDATE judgments_event SET number = {after} WHERE number = {before}")

    assert faults(unguarded)[0][0] == 3


def test_events_recorded_at_once_make_one_chain(committed, engine):
    without_time_limits(committed)
    study = factories.make_study()

    def tell(word):
        with transaction.atomic():
            audit.record("told", study=study, actor=None, at=NOW, word=word)

    failures = crowd(tell, range(60), at_once=20)

    assert failures == []
    assert faults(str(study.uid)) == []
    assert ChainHead.objects.get(chain=str(study.uid)).number == 60
