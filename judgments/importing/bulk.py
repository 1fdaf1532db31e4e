"""Many rows at once: keys reserved beforehand, rows written as the database takes them fastest.

Both need an open transaction. On SQLite it holds the only write lock, so that nobody else takes the keys.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from django.db import connection, models


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for so many new rows of a model, ascending."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [key for (key,) in cursor.fetchall()]
        name = connection.ops.quote_name(table)
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {name}")  # noqa: S608  The name is a model's.
        highest = cursor.fetchone()[0]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = cursor.fetchone()
        first = max(highest, used[0] if used else 0) + 1
        return list(range(first, first + count))


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], **same: Any) -> None:
    """Write rows of a model. columns: attribute names (`study_id`, `text`) in the order of each row's values.

    same: values that all rows share. Fields named nowhere get their default; dates and UUIDs made at
    saving time have none that rows could share, so they must be named.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = {name: field for name, field in fields.items() if name not in columns and name not in same}
    shared = same | {name: _default(field) for name, field in rest.items() if not field.primary_key or name != "id"}
    names = [*columns, *shared]
    prepare = [_preparer(fields[name]) for name in columns]
    tail = tuple(_prepared(_preparer(fields[name]), value) for name, value in shared.items())
    changed = [(place, how) for place, how in enumerate(prepare) if how is not None]
    _write(model, [str(fields[name].column) for name in names], _rows(rows, changed, tail))


def take_stock(*tables: type[models.Model]) -> None:
    """Let the database count its rows anew. Without it, what reads an import first is planned for empty tables.

    On both engines a sample is read, so that a large table costs no more than a small one. PostgreSQL does this by
    itself some minutes later; SQLite never does.
    """
    names = [connection.ops.quote_name(table._meta.db_table) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(names)}")
            return
        cursor.execute("PRAGMA analysis_limit = 1000")
        for name in names:
            cursor.execute(f"ANALYZE {name}")


def _rows(rows: Iterable[Sequence[Any]], changed, tail: tuple) -> Iterable[tuple]:
    for row in rows:
        values = list(row)
        for place, how in changed:
            if values[place] is not None:
                values[place] = how(values[place])
        yield (*values, *tail)


def _default(field: models.Field) -> Any:
    made_anew = field.default is not models.NOT_PROVIDED and callable(field.default)
    assert not getattr(field, "auto_now_add", False), f"{field} must be given"
    assert not (made_anew and field.default not in (dict, list)), f"{field} must be given"
    return field.get_default()


def _prepared(how: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if how is None or value is None else how(value)


def _preparer(field: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this field is handed to the driver; None where it goes as it is."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):
        return _json
    if connection.vendor == "sqlite":
        if isinstance(field, models.UUIDField):
            return _hex
        if isinstance(field, models.DateTimeField):
            return partial(_moment, connection.alias)
    return None


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _hex(value: Any) -> str:
    return value.hex


@lru_cache(8192)
def _moment(alias: str, value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _write(model: type[models.Model], columns: list[str], rows: Iterable[tuple]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", list(rows))  # noqa: S608
