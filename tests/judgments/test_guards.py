import uuid
from functools import partial

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField
from django.db.models.deletion import ProtectedError

from judgments import canonical, care, checks, first_readings, guards, notes, proposals, rubrics, sittings, stands
from judgments.errors import AppendOnly
from judgments.models import (
    Consent,
    ConsentText,
    Dimension,
    ErasableText,
    Judgment,
    Mark,
    Note,
    Proposal,
    Rating,
    RubricVersion,
    ScalePoint,
    Stand,
    Tag,
    Withdrawal,
)
from tests import factories
from tests.factories import NOW
from tests.support.crowd import crowd


@pytest.fixture
def judgment(study, jo):
    factories.make_item(study)
    return factories.judge(jo, factories.said(care=4, person="An uncle.", settled=2, rationale="It waited."))


def unchanged(judgment):
    row = Judgment.objects.get(pk=judgment.pk)
    return (row.settled, row.answers_digest, row.ratings.count()) == (2, judgment.answers_digest, 2)


def refused(statement: str, *values) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return "append-only" in str(error) or "frozen" in str(error)
    return False


def test_saving_a_judgment_again_is_refused(judgment):
    judgment.settled = 4

    with pytest.raises(AppendOnly):
        judgment.save()

    assert unchanged(judgment)


@pytest.mark.parametrize("act", ["delete", "update", "bulk_update", "update_or_create", "raw_delete", "upsert"])
def test_no_queryset_call_changes_a_judgment(judgment, act):
    rows = Judgment.objects.all()
    judgment.settled = 4
    acts = {
        "delete": rows.delete,
        "update": lambda: rows.update(settled=4),
        "bulk_update": lambda: rows.bulk_update([judgment], ["settled"]),
        "update_or_create": lambda: rows.update_or_create(pk=judgment.pk, defaults={"settled": 4}),
        "raw_delete": lambda: rows._raw_delete("default"),
        "upsert": lambda: rows.bulk_create(
            [judgment], update_conflicts=True, update_fields=["settled"], unique_fields=["id"]
        ),
    }

    with pytest.raises(AppendOnly):
        acts[act]()

    assert unchanged(judgment)


def test_deleting_a_judgment_is_refused(judgment):
    with pytest.raises(AppendOnly):
        judgment.delete()

    assert unchanged(judgment)


def test_raw_sql_cannot_change_any_append_only_table(judgment, jo, study):
    factories.make_background(jo, "work", "nurse")
    text = ConsentText.objects.create(study=study, version=1, body="We keep what you write.", created_at=NOW)
    Consent.objects.create(participant=jo, text=text, takes_part=True, may_quote=True, may_publish=True, given_at=NOW)
    Mark.objects.create(judgment=judgment, turn=0, start=0, end=2, quote="he")
    _say_everything_else(judgment, jo)

    for table in guards.append_only_tables():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0], f"{table} is empty: nothing could be refused there"
        assert refused(f"UPDATE {table} SET id = id"), table
        assert refused(f"DELETE FROM {table}"), table
    assert unchanged(judgment)


def _say_everything_else(judgment, jo):
    """A row in each table that keeps what somebody said besides answers."""
    by_jo = {"actor": jo.user, "now": NOW}
    assignment = judgment.assignment
    first_readings.write(assignment, "It waited.", key=uuid.uuid4(), **by_jo)
    proposals.make(assignment, Proposal.Kind.GAP, "Whether it listened.", key=uuid.uuid4(), **by_jo)
    notes.write(jo, notes.Said(kind=Note.Kind.NOTE, text="Waiting is kind."), **by_jo)
    care.prefer(jo, {"grief": "warn"}, now=NOW)
    care.ask_for_care(jo, "It stays with me.", assignment=assignment, **by_jo)
    sittings.leave_bookmark(jo, "At the second reply.", assignment=assignment, now=NOW)
    sittings.correct(jo, 5, "On paper.", **by_jo)
    stands.stand_by(judgment, judgment, Stand.Choice.BOTH, **by_jo)
    Withdrawal.objects.create(participant=jo, scope=Withdrawal.Scope.PART, at=NOW)


def test_an_insert_that_replaces_a_judgment_is_refused(judgment):
    columns = ", ".join(field.column for field in Judgment._meta.local_fields)
    copy = f"SELECT {columns} FROM judgments_judgment WHERE id = %s"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO judgments_judgment ({columns}) {copy}"
    else:
        statement = f"INSERT INTO judgments_judgment ({columns}) {copy} ON CONFLICT (id) DO UPDATE SET settled = 4"

    assert refused(statement, judgment.pk)

    assert unchanged(judgment)


def test_emptying_a_table_whole_is_refused(judgment):
    """SQLite has no TRUNCATE; a DELETE without conditions takes the same short cut there."""
    tables = ["judgments_judgment", "judgments_tag", "judgments_scalepoint", "judgments_dimension"]
    if connection.vendor == "postgresql":
        connection.check_constraints()  # Rows with deferred checks could not be truncated anyway.
    empty = {"sqlite": "DELETE FROM {}", "postgresql": "TRUNCATE {} CASCADE"}[connection.vendor]

    for table in tables:
        assert refused(empty.format(table)), table

    assert unchanged(judgment)


def test_a_session_that_calls_itself_a_replica_is_refused_too(judgment):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")

    assert refused("UPDATE judgments_rating SET point = 1")

    assert unchanged(judgment)


def test_an_erasable_text_cannot_be_replaced_in_passing(judgment):
    copy = "SELECT uid, participant_id, salt, 'other words' FROM judgments_erasabletext"
    columns = "judgments_erasabletext (uid, participant_id, salt, text)"
    statement = {
        "sqlite": f"INSERT OR REPLACE INTO {columns} {copy}",
        "postgresql": f"INSERT INTO {columns} {copy} ON CONFLICT (uid) DO UPDATE SET text = 'other words'",
    }[connection.vendor]

    assert refused(statement)

    assert not ErasableText.objects.filter(text="other words").exists()


def test_a_part_added_while_somebody_publishes_is_in_the_wording_or_refused(committed, engine):
    """Whoever comes first: the frozen digest is that of the parts the version has."""
    for _ in range(10):
        version = factories.make_rubric(published=False)
        act = partial(rubrics.publish, version, actor=None, now=NOW)
        add = partial(Tag.objects.create, version=version, slug="late", text="late")

        failures = crowd(lambda do: do(), [act, add], at_once=2)

        assert all("frozen" in str(error) for error in failures)
        version.refresh_from_db()
        assert version.digest == canonical.digest(rubrics.definition(version))


@pytest.mark.parametrize("owner", ["item", "study", "participant", "assignment", "rubric_version"])
def test_deleting_what_a_judgment_hangs_on_is_refused(judgment, owner):
    with pytest.raises(ProtectedError):
        getattr(judgment, owner).delete()

    assert unchanged(judgment)


def test_deleting_the_account_of_a_participant_is_refused(judgment, jo):
    with pytest.raises(ProtectedError):
        jo.user.delete()


def test_words_can_be_erased_but_never_rewritten(judgment):
    text = ErasableText.objects.get(pk=judgment.rationale_id)
    assert refused("UPDATE judgments_erasabletext SET text = 'other'")

    text.delete()

    assert unchanged(judgment)


def test_a_published_rubric_refuses_every_change(study):
    version = study.rubric_version
    dimension, tag = version.dimensions.first(), version.tags.first()
    point = dimension.points.first()

    for row in (version, dimension, point, tag):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            row.save(force_update=True)
    for model in (Dimension, ScalePoint, Tag, RubricVersion):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Tag.objects.create(version=version, slug="new", text="new")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        ScalePoint.objects.create(dimension=dimension, value=9, code="9", text="new")


def test_a_draft_rubric_can_be_changed(db):
    version = factories.make_rubric(published=False)

    version.dimensions.filter(slug="care").update(question="How much care?")
    version.tags.all().delete()

    assert rubrics.definition(version)["dimensions"][0]["question"] == "How much care?"
    assert rubrics.definition(version)["tags"] == []


def test_nothing_is_missing_after_migrating(db):
    assert guards.missing() == []
    assert checks.database_keeps_its_promises(databases=["default"]) == []


def test_a_missing_trigger_is_found_and_armed_again(db):
    on = "" if connection.vendor == "sqlite" else " ON judgments_rating"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_judgments_rating_update{on}")

    assert guards.missing() == ["guard_judgments_rating_update"]
    guards.arm()
    assert guards.missing() == []


def test_every_migration_leaves_every_trigger_in_place(committed):
    """Altering a column rebuilds the table on SQLite and drops its triggers; migrating arms them again."""
    longer = CharField(max_length=12, blank=True)
    longer.set_attributes_from_name("reason")
    with connection.schema_editor() as editor:
        editor.alter_field(Rating, Rating._meta.get_field("reason"), longer)
    lost = guards.missing()

    call_command("migrate", verbosity=0)

    assert lost == (
        ["guard_judgments_rating_update", "guard_judgments_rating_delete"] if connection.vendor == "sqlite" else []
    )
    assert guards.missing() == []
