"""Database triggers that keep what must not change: on SQLite and on PostgreSQL.

Three rules, each a trigger on the tables it names:

- append-only tables refuse update, delete and truncate;
- erasable texts refuse update (withdrawal deletes a row; nobody rewrites one);
- a published rubric version and all its parts refuse every change.

Triggers are armed after every migrate, because rebuilding a table on SQLite drops them.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connections

from judgments.models.append_only import AppendOnlyModel


@dataclass(frozen=True)
class Guard:
    """One trigger: on `table`, before `act`, refusing when `when` holds (SQL over OLD and NEW; empty: always)."""

    table: str
    act: str
    words: str
    when: str = ""

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.act.lower()}"

    @property
    def function(self) -> str:
        return f"{self.name}_refuse"


def append_only_tables() -> list[str]:
    """Tables of every append-only model, in a stable order."""
    models = apps.get_app_config("judgments").get_models()
    return sorted(model._meta.db_table for model in models if issubclass(model, AppendOnlyModel))


def wanted(vendor: str) -> list[Guard]:
    """Every guard a database of this vendor must have."""
    guards = []
    for table in append_only_tables():
        acts = ["UPDATE", "DELETE"] + (["TRUNCATE"] if vendor == "postgresql" else [])
        guards += [Guard(table, act, f"append-only: {table} keeps every row as it is") for act in acts]
    guards.append(Guard("judgments_erasabletext", "UPDATE", "append-only: a text can be erased, never rewritten"))
    return guards + _frozen_rubrics()


def _frozen_rubrics() -> list[Guard]:
    words = "frozen: a published rubric version cannot change"
    published = (
        "EXISTS (SELECT 1 FROM judgments_rubricversion v WHERE v.id = {version} AND v.published_at IS NOT NULL)"
    )
    of_dimension = "(SELECT d.version_id FROM judgments_dimension d WHERE d.id = {row}.dimension_id)"
    guards = [
        Guard("judgments_rubricversion", act, words, "OLD.published_at IS NOT NULL") for act in ("UPDATE", "DELETE")
    ]
    for act, rows in {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}.items():
        for table in ("judgments_dimension", "judgments_tag"):
            when = " OR ".join(published.format(version=f"{row}.version_id") for row in rows)
            guards.append(Guard(table, act, words, when))
        when = " OR ".join(published.format(version=of_dimension.format(row=row)) for row in rows)
        guards.append(Guard("judgments_scalepoint", act, words, when))
    return guards


def arm(using: str = "default") -> None:
    """Put every wanted trigger in place. Safe to call again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in wanted(connection.vendor):
            if guard.table in tables:
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def missing(using: str = "default") -> list[str]:
    """Names of wanted triggers that the database does not have, or has disabled."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    return [guard.name for guard in wanted(connection.vendor) if guard.name not in present]


def arm_after_migrate(using: str, **kwargs) -> None:
    """Signal receiver: arm again whenever migrations have run."""
    arm(using)


def _statements(guard: Guard, vendor: str) -> list[str]:
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor](guard)


def _sqlite(guard: Guard) -> list[str]:
    when = f"WHEN {guard.when}" if guard.when else ""
    return [
        f"DROP TRIGGER IF EXISTS {guard.name}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.words}'); END",
    ]


def _postgresql(guard: Guard) -> list[str]:
    refuse = f"RAISE EXCEPTION '{guard.words}' USING ERRCODE = 'restrict_violation';"
    row = "OLD" if guard.act == "DELETE" else "NEW"
    body = f"IF {guard.when} THEN {refuse} END IF; RETURN {row};" if guard.when else refuse
    scope = "STATEMENT" if guard.act == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$guard$ BEGIN {body} END $guard$",
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} "
        f"FOR EACH {scope} EXECUTE FUNCTION {guard.function}()",
    ]
