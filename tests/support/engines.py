"""Each engine in turn as the default database, and clones of it for tests that commit.

Domain tests ask for `engine` (all of tests/judgments does) and run once on SQLite and once on
PostgreSQL. Rows are rolled back as usual. Tests that need real commits, several connections or a live
server take `committed`: a clone of the migrated database, so that nothing has to be flushed from
tables that refuse to forget.
"""

import copy
import itertools
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from tests.support import postgres

ENGINES = ("sqlite", "postgresql")
_counter = itertools.count()


class Stage:
    """The migrated template database of each engine, made when first asked for."""

    def __init__(self, verbosity: int):
        self.verbosity = verbosity
        self.cluster: postgres.Cluster | None = None
        self.prepared: dict[str, dict] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="dissensus-db-"))
        self.original = copy.deepcopy(connections.settings["default"])

    def settings(self, engine: str) -> dict:
        if engine not in self.prepared:
            self.prepared[engine] = getattr(self, f"_{engine}")()
            with using(self.prepared[engine]):
                from django.core.management import call_command

                call_command("migrate", verbosity=0)
        return self.prepared[engine]

    def _sqlite(self) -> dict:
        return self.original | {"NAME": str(self.folder / "template.sqlite3")}

    def _postgresql(self) -> dict:
        self.cluster = postgres.Cluster(postgres.binaries())
        from annotate.settings import _POSTGRESQL_OPTIONS

        base = self.original | self.cluster.settings("postgres") | {"OPTIONS": dict(_POSTGRESQL_OPTIONS)}
        with using(base), connections["default"].cursor() as cursor:
            cursor.execute("CREATE DATABASE template_dissensus")
        return base | {"NAME": "template_dissensus"}

    @contextmanager
    def clone(self, engine: str):
        """Settings of a fresh copy of the engine's template."""
        template = self.settings(engine)
        connections["default"].close()
        name = f"clone_{next(_counter)}"
        if engine == "sqlite":
            path = self.folder / f"{name}.sqlite3"
            shutil.copy(template["NAME"], path)
            yield template | {"NAME": str(path)}
            path.unlink(missing_ok=True)
            return
        maintenance = template | {"NAME": "postgres"}
        with using(maintenance), connections["default"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template_dissensus")
        yield template | {"NAME": name}
        with using(maintenance), connections["default"].cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        connections["default"].close()
        if self.cluster is not None:
            self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def using(database: dict):
    """Make this the default database, for this thread and for those started inside."""
    before = connections.settings["default"]
    outer = connections["default"]
    connections.settings["default"] = database
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = outer


@pytest.fixture(scope="session")
def stage(django_db_blocker, request):
    with django_db_blocker.unblock():
        stage = Stage(request.config.option.verbose)
        yield stage
        stage.stop()


@pytest.fixture(scope="session")
def django_db_setup(stage):
    """Replaces pytest-django's: the template databases are ours."""


def _require(engine: str) -> None:
    if engine == "postgresql" and postgres.binaries() is None:
        warnings.warn("PostgreSQL is not installed: its half of the domain tests did not run.", stacklevel=1)
        pytest.skip("PostgreSQL binaries (initdb, pg_ctl) are not installed; see DISSENSUS_TEST_POSTGRES.")


@pytest.fixture
def engine(request, stage, django_db_blocker):
    """The engine's name; its template is the default database during the test."""
    name = getattr(request, "param", "sqlite")
    _require(name)
    with django_db_blocker.unblock(), using(stage.settings(name)):
        yield name


@pytest.fixture
def _django_db_helper(engine, _django_db_helper):
    """pytest-django wraps each test in a transaction; here only after the engine has been chosen."""


@pytest.fixture
def committed(request, stage, django_db_blocker):
    """A clone as the default database, where commits are real; its settings, for other processes."""
    name = request.getfixturevalue("engine") if "engine" in request.fixturenames else "sqlite"
    with django_db_blocker.unblock(), stage.clone(name) as database, using(database):
        yield database


def url_of(database: dict) -> str:
    """DATABASE_URL of a clone, for servers and workers started by a test."""
    if "sqlite" in database["ENGINE"]:
        return f"sqlite:///{database['NAME']}"
    return f"postgres://postgres@/{database['NAME']}?host={database['HOST']}"
