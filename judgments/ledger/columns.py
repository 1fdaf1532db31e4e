"""Columns of a query as arrays, without a Python object for each value."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, Case, F, FloatField, QuerySet, SmallIntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce


class Column(NamedTuple):
    """An expression that is never null, the kind of number that the database sends for it, and what is kept."""

    expression: Combinable
    sent: str
    kept: str


def whole(field: str) -> Column:
    """Whole numbers; 0 where there is none."""
    return Column(Cast(Coalesce(F(field), Value(0)), BigIntegerField()), "i8", "i8")


def real(field: str) -> Column:
    """Numbers; nan where there is none."""
    return Column(Cast(Coalesce(F(field), Value(float("nan"))), FloatField()), "f8", "f8")


def place(field: str, among: Sequence[str]) -> Column:
    """Words as their places in a list of all that there are."""
    cases = [When(**{field: word}, then=Value(code)) for code, word in enumerate(among)]
    return Column(Cast(Case(*cases), SmallIntegerField()), "i2", "i1")


def read(rows: QuerySet, columns: Mapping[str, Column]) -> dict[str, np.ndarray]:
    """These columns of all rows, in the order of the query.

    PostgreSQL gathers them into one array each, of at most 1 GB: ask for a million rows at a time, not for all.
    """
    asked = {f"column_{name}": column.expression for name, column in columns.items()}
    sql, parameters = rows.annotate(**asked).values_list(*asked).query.sql_with_params()
    fetch = _gathered if connection.vendor == "postgresql" else _fetched
    found = fetch(sql, parameters, [(f"column_{name}", column.sent) for name, column in columns.items()])
    return {
        name: np.ascontiguousarray(values, dtype=column.kept)
        for (name, column), values in zip(columns.items(), found, strict=True)
    }


def _fetched(sql: str, parameters: Sequence, kinds: list[tuple[str, str]]) -> list[np.ndarray]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        table = np.fromiter(cursor, dtype=kinds)
    return [table[name] for name, _ in kinds]


# PostgreSQL ---------------------------------------------------------------------------------------

# In COPY's binary form: signature, flags and extension, then the row's number of fields. Each field has its
# length before it, each array five numbers and each of its elements a length of its own.
_HEAD, _LENGTH, _ABOUT_ARRAY = 21, 4, 20
_EMPTY = -1


def _gathered(sql: str, parameters: Sequence, kinds: list[tuple[str, str]]) -> list[np.ndarray]:
    """One row of arrays: several times faster than a message for each row."""
    arrays = ", ".join(f"array_agg({name})" for name, _ in kinds)
    with connection.cursor() as cursor:
        query = f"SELECT {arrays} FROM ({cursor.mogrify(sql, parameters)}) AS found"  # noqa: S608
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
            sent = b"".join(copy)
    found, at = [], _HEAD
    for _, kind in kinds:
        length = int.from_bytes(sent[at : at + _LENGTH], signed=True)
        at += _LENGTH
        found.append(_array(sent, at, length, kind))
        at += max(length, 0)
    return found


def _array(sent: bytes, at: int, length: int, kind: str) -> np.ndarray:
    if length == _EMPTY:
        return np.empty(0, dtype=kind)
    element = np.dtype([("length", ">i4"), ("value", f">{kind}")])
    n, odd = divmod(length - _ABOUT_ARRAY, element.itemsize)
    assert not odd, "a value was null, or of another width"
    return np.frombuffer(sent, element, count=n, offset=at + _ABOUT_ARRAY)["value"]
