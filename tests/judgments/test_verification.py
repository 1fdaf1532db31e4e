"""Tampering behind the back of the guards: every change, removal and swap is found and named."""

import uuid
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from judgments import audit, guards, submission, verification
from judgments.models import ChainHead, ErasableText, Event, Import, Judgment, Rating
from tests.factories import NOW, judge, later, make_items, said


@pytest.fixture
def history(study, jo):
    """Three judgments, the second of them revised, with marks and words: four events of the study."""
    items = make_items(study, 3)
    mark = {"response": "", "start": 0, "end": 4, "tag": "dodged", "memo": "here"}
    for number in range(3):
        given = said(care=4, person="An uncle", moves=[1, 3], warmth=30.25, rationale="It listened.")
        first = judge(jo, given, now=later(number))
        if number == 1:
            shown = next(item for item in items if item.pk == first.item_id).shown.get().response
            marks = [mark | {"response": str(shown.uid)}]
            for revision, given in enumerate([said(care=(2, 5), marks=marks), said(care=5)]):
                latest = first.assignment.judgments.order_by("-revision").first()
                submission.submit(
                    first.assignment, given, key=uuid.uuid4(), actor=jo.user, now=later(10 + revision),
                    supersedes=latest.uid,
                )  # fmt: skip
    return study


@contextmanager
def unguarded():
    """The triggers dropped, as somebody with the keys of the database could do it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for guard in guards.wanted(connection.vendor):
            on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {guard.name}{on}")
        yield lambda sql, *values: cursor.execute(sql, values)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    guards.arm()


def found() -> list[str]:
    return list(verification.faults())


def event(number) -> Event:
    return Event.objects.exclude(chain=audit.SITE).get(number=number)


def test_an_honest_history_holds(history, capsys):
    assert found() == []

    call_command("verify")

    assert capsys.readouterr().out == "The history holds.\n"


def test_an_empty_database_holds(db):
    assert found() == []


def test_a_changed_rating_is_found(history):
    rating = Rating.objects.filter(dimension__slug="warmth").first()

    with unguarded() as sql:
        sql("UPDATE judgments_rating SET point = 30.26 WHERE id = %s", rating.pk)

    assert found() == [f"judgment {rating.judgment.uid}: its answers do not match their hash"]


def test_a_removed_rating_is_found(history):
    rating = Rating.objects.filter(dimension__slug="moves").first()

    with unguarded() as sql:
        sql("DELETE FROM judgments_rating WHERE id = %s", rating.pk)

    assert found() == [f"judgment {rating.judgment.uid}: its answers do not match their hash"]


def test_a_changed_mark_is_found_in_each_revision_that_has_it(history):
    judgment = Judgment.objects.get(revision=1)

    with unguarded() as sql:
        sql("UPDATE judgments_mark SET start = 1 WHERE retracts_id IS NULL")

    assert found() == [f"judgment {judgment.uid}: its answers do not match their hash"]


def test_a_rewritten_word_is_found(history):
    judgment = Judgment.objects.order_by("pk").first()

    with unguarded() as sql:
        sql("UPDATE judgments_erasabletext SET text = 'It preached.' WHERE text = 'It listened.'")

    assert f"judgment {judgment.uid}: its words do not match their hash" in found()
    assert len(found()) == 3


def test_an_erased_word_is_no_fault(history, jo):
    ErasableText.objects.filter(participant=jo).delete()

    assert found() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("settled = 1", "its answers do not match their hash"),
        ("status = 'surplus'", "it is not what its event says"),
        ("steps_ms = '{\"reading\": 1}'", "it is not what its event says"),
        ('instrument = \'{"layout": "other"}\'', "it is not what its event says"),
        ("judged_at = '2020-01-01 00:00:00'", "who, what or when is not what its event says"),
        ("created_at = '2020-01-01 00:00:00'", "who, what or when is not what its event says"),
    ],
)
def test_a_changed_judgment_is_found(history, change, words):
    judgment = Judgment.objects.earliest("pk")

    with unguarded() as sql:
        sql(f"UPDATE judgments_judgment SET {change} WHERE id = %s", judgment.pk)

    assert found() == [f"judgment {judgment.uid}: {words}"]


def test_a_judgment_given_to_another_item_is_found(history):
    judgment, other = Judgment.objects.order_by("pk")[:2]

    with unguarded() as sql:
        sql("UPDATE judgments_judgment SET item_id = %s WHERE id = %s", other.item_id, judgment.pk)

    assert found() == [f"judgment {judgment.uid}: who, what or when is not what its event says"]


def test_a_rating_changed_together_with_its_digest_is_found(history):
    judgment = Judgment.objects.order_by("pk").first()
    with unguarded() as sql:
        sql("UPDATE judgments_rating SET point = 1 WHERE judgment_id = %s AND point = 4", judgment.pk)
        digest = submission.digest_of(
            judgment, list(judgment.ratings.select_related("dimension")), submission.current_marks(judgment)
        )
        sql("UPDATE judgments_judgment SET answers_digest = %s WHERE id = %s", digest, judgment.pk)

    assert found() == [f"judgment {judgment.uid}: it is not what its event says"]


def test_a_changed_event_is_found(history):
    with unguarded() as sql:
        sql("UPDATE judgments_event SET body = replace(body, 'counted', 'surplus') WHERE id = %s", event(2).pk)

    chain = audit.chain_of(history)
    assert f"chain {chain}, event 2: its content does not match its hash" in found()


def test_a_removed_event_is_found(history):
    gone = event(2)

    with unguarded() as sql:
        sql("DELETE FROM judgments_event WHERE id = %s", gone.pk)

    chain = audit.chain_of(history)
    assert found() == [
        f"chain {chain}, event 2: missing; the next one found is 3",
        f"judgment {gone.subject}: 0 events speak of it, not one",
    ]


def test_swapped_events_are_found(history):
    second, third = event(2), event(3)

    with unguarded() as sql:
        sql("UPDATE judgments_event SET number = 999 WHERE id = %s", second.pk)
        sql("UPDATE judgments_event SET number = 2 WHERE id = %s", third.pk)
        sql("UPDATE judgments_event SET number = 3 WHERE id = %s", second.pk)

    chain = audit.chain_of(history)
    assert f"chain {chain}, event 2: does not follow from the event before it" in found()


def test_a_removed_judgment_is_missed_by_its_event(history):
    judgment = Judgment.objects.filter(revision=0, superseded_by__isnull=True).first()

    with unguarded() as sql:
        sql("DELETE FROM judgments_rating WHERE judgment_id = %s", judgment.pk)
        sql("DELETE FROM judgments_judgment WHERE id = %s", judgment.pk)

    number = Event.objects.get(subject=str(judgment.uid)).number
    assert found() == [f"event {number}: the judgment {judgment.uid} it speaks of is missing"]


def test_a_tail_cut_off_is_found_by_the_head(history):
    with unguarded() as sql:
        sql("DELETE FROM judgments_event WHERE id = %s", event(5).pk)

    chain = audit.chain_of(history)
    assert f"chain {chain}, event 5: the head says 5 events; the last one found is not that" in found()


def test_a_tail_cut_off_together_with_its_head_is_found_by_a_note_kept_outside(history, capsys):
    head = ChainHead.objects.get(chain=audit.chain_of(history))
    noted = f"{head.number}:{head.hash}"
    call_command("verify", head=head_of(noted))
    before = event(4)
    cut = Judgment.objects.get(uid=event(5).subject)

    with unguarded() as sql:
        sql("DELETE FROM judgments_event WHERE id = %s", event(5).pk)
        sql("UPDATE judgments_chainhead SET number = 4, hash = %s WHERE chain = %s", before.hash, head.chain)
        sql("DELETE FROM judgments_rating WHERE judgment_id = %s", cut.pk)
        sql("DELETE FROM judgments_judgment WHERE id = %s", cut.pk)

    assert found() == []
    with pytest.raises(CommandError, match=r"^1 fault\.$"):
        call_command("verify", head=head_of(noted))
    assert capsys.readouterr().out.endswith(f"no chain has an event 5 with the hash {head.hash}\n")


def head_of(noted: str) -> tuple[int, str]:
    number, _, hash_ = noted.partition(":")
    return int(number), hash_


def test_an_import_with_a_judgment_too_few_is_found(history):
    brought = Import.objects.create(
        study=history, kind="judgments", source="x.toml", digest="0" * 64, counts={"judgments": 2}, created_at=NOW
    )

    assert found() == [f"import {brought.uid}: 0 judgments are there, 2 were brought in"]


def test_the_command_prints_each_fault_and_fails(history, capsys):
    with unguarded() as sql:
        sql("UPDATE judgments_rating SET point = 1 WHERE point = 4")

    with pytest.raises(CommandError, match=r"^3 faults\.$"):
        call_command("verify")

    assert capsys.readouterr().out.count("its answers do not match their hash\n") == 3


def test_a_note_of_another_shape_is_refused(db):
    with pytest.raises(CommandError, match=r"argument --head: invalid"):
        call_command("verify", "--head", "five")


def test_checking_takes_as_many_queries_for_one_judgment_as_for_three(study, jo, django_assert_max_num_queries):
    make_items(study, 3)
    judge(jo)
    with django_assert_max_num_queries(40) as one:
        assert found() == []
    judge(jo)
    judge(jo)
    with django_assert_max_num_queries(len(one)):
        assert found() == []
