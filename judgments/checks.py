"""System checks on the database: refuse to run where a promise could not be kept."""

import time

from django.core.checks import Error
from django.db import connections
from django.db.utils import OperationalError

from judgments import guards


def database_keeps_its_promises(app_configs=None, databases=None, **kwargs) -> list[Error]:
    """Triggers in place, and the settings that make a commit last."""
    problems: list[Error] = []
    for alias in databases or []:
        connection = connections[alias]
        if "judgments_judgment" not in connection.introspection.table_names():
            continue  # Not migrated yet: there is nothing to guard.
        problems += [
            Error(f"The trigger {name} is missing.", hint="Run manage.py migrate.", id="judgments.E001")
            for name in guards.missing(alias)
        ]
        problems += {"sqlite": _sqlite_settings, "postgresql": _postgresql_settings}[connection.vendor](connection)
    return problems


def _sqlite_settings(connection) -> list[Error]:
    expected = {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1, "foreign_keys": 1}
    problems = []
    with connection.cursor() as cursor:
        for pragma, value in expected.items():
            found = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
            if found != value and not (pragma == "journal_mode" and found == "memory"):
                hint = "Keep the data folder on a local disk and the database options of settings.py."
                problems.append(Error(f"SQLite has {pragma} {found}, not {value}.", hint=hint, id="judgments.E002"))
    if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        problems.append(Error("SQLite transactions must be IMMEDIATE.", id="judgments.E003"))
    return problems


def _postgresql_settings(connection) -> list[Error]:
    problems = []
    with connection.cursor() as cursor:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            found = cursor.fetchone()[0]
            if found == "off":
                message = f"PostgreSQL has {setting} off: an accepted judgment could be lost."
                problems.append(Error(message, id="judgments.E004"))
    return problems


def require(using: str = "default", *, patience_seconds: float = 0) -> None:
    """Raise if the database cannot keep its promises; for servers and workers at start-up.

    patience_seconds: how long to wait for a database that is just starting itself.
    """
    until = time.monotonic() + patience_seconds
    while True:
        try:
            problems = database_keeps_its_promises(databases=[using])
            break
        except OperationalError:
            connections[using].close()
            if time.monotonic() > until:
                raise
            time.sleep(0.25)
    if problems:
        raise OperationalError(" ".join(str(problem.msg) for problem in problems))
