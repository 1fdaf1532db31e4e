"""Database triggers that keep what must not change: on SQLite and on PostgreSQL.

Three rules, each a trigger on the tables it names:

- append-only tables refuse update, delete and truncate;
- erasable texts refuse update (withdrawal deletes a row; nobody rewrites one);
- a published rubric version and all its parts refuse every change.

Triggers are armed after every migrate, because rebuilding a table on SQLite drops them.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connections, transaction

from judgments.models.append_only import AppendOnlyModel


@dataclass(frozen=True)
class Guard:
    """One trigger: on `table`, before `act`, refusing when `when` holds (SQL over OLD and NEW; empty: always).

    first: a query PostgreSQL runs before it looks, to wait for whoever is changing what `when` looks at.
    """

    table: str
    act: str
    words: str
    when: str = ""
    first: str = ""

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
    return guards + _erasable_texts(vendor) + _frozen_rubrics(vendor)


def _erasable_texts(vendor: str) -> list[Guard]:
    words = "append-only: a text can be erased, never rewritten"
    guards = [Guard("judgments_erasabletext", "UPDATE", words)]
    if vendor == "sqlite":
        # INSERT OR REPLACE is a deletion there, which is allowed, and would rewrite a text in passing.
        taken = "EXISTS (SELECT 1 FROM judgments_erasabletext t WHERE t.uid = NEW.uid)"
        guards.append(Guard("judgments_erasabletext", "INSERT", words, taken))
    return guards


_RUBRIC_PARTS = {
    # Each table, with the rubric version a row of it belongs to.
    "judgments_dimension": "{row}.version_id",
    "judgments_tag": "{row}.version_id",
    "judgments_scalepoint": "(SELECT d.version_id FROM judgments_dimension d WHERE d.id = {row}.dimension_id)",
}


def _frozen_rubrics(vendor: str) -> list[Guard]:
    words = "frozen: a published rubric version cannot change"
    published = "EXISTS (SELECT 1 FROM judgments_rubricversion v WHERE {which}v.published_at IS NOT NULL)"
    guards = [
        Guard("judgments_rubricversion", act, words, "OLD.published_at IS NOT NULL") for act in ("UPDATE", "DELETE")
    ]
    for table, version in _RUBRIC_PARTS.items():
        for act, rows in {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}.items():
            versions = [version.format(row=row) for row in rows]
            when = " OR ".join(published.format(which=f"v.id = {one} AND ") for one in versions)
            # A part added while somebody publishes must wait, or it would slip in behind the digest.
            first = f"PERFORM 1 FROM judgments_rubricversion v WHERE v.id IN ({', '.join(versions)}) FOR SHARE;"
            guards.append(Guard(table, act, words, when, first))
    if vendor == "postgresql":
        tables = ["judgments_rubricversion", *_RUBRIC_PARTS]
        guards += [Guard(table, "TRUNCATE", words, published.format(which="")) for table in tables]
    return guards


def arm(using: str = "default") -> None:
    """Put every wanted trigger in place. Safe to call again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    # In one transaction: between dropping a trigger and making it again nobody may pass.
    with transaction.atomic(using), connection.cursor() as cursor:
        for guard in wanted(connection.vendor):
            if guard.table in tables:
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def missing(using: str = "default") -> list[str]:
    """Names of wanted triggers that the database does not have, or has disabled."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
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
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(guard.act, "NEW")
    body = f"{guard.first} IF {guard.when} THEN {refuse} END IF; RETURN {row};" if guard.when else refuse
    scope = "STATEMENT" if guard.act == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$guard$ BEGIN {body} END $guard$",
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} "
        f"FOR EACH {scope} EXECUTE FUNCTION {guard.function}()",
        # Always: also in a session that passes itself off as a replica.
        f"ALTER TABLE {guard.table} ENABLE ALWAYS TRIGGER {guard.name}",
    ]
