"""Acts that outlive a database in trouble: the whole transaction again, a few times, then an honest error.

An act may have been committed although its answer was lost. Acts tried again are therefore safe to
repeat: a judgment has its key, and asking for the next item gives the one already held.
"""

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.utils import DatabaseError

P = ParamSpec("P")
R = TypeVar("R")

PAUSES = (0.05, 0.3, 1.0)
"""Seconds before each further try, half of it drawn at random."""
_PASSES = ("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300")
"""PostgreSQL: serialization failure, deadlock, lock not available, shut down, crashed, starting, too many clients."""


def persistent(act: Callable[P, R]) -> Callable[P, R]:
    """Run an act in a transaction; again from its beginning where the database was away or somebody in the way."""

    @wraps(act)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        pauses = iter(() if connection.in_atomic_block else PAUSES)
        while True:
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                pause = next(pauses, None)
                if pause is None or not passes(error):
                    raise
                if not connection.in_atomic_block:
                    connection.close()  # A lost connection looks alive until it is used.
                time.sleep(pause * (0.5 + secrets.SystemRandom().random() / 2))

    return again


def passes(error: DatabaseError | InterfaceError) -> bool:
    """Whether trying again in a moment may help: nobody to talk to, or somebody in the way."""
    if is_storage_full(error) or not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = _sqlstate(error)
    if state is not None:
        return state in _PASSES or state.startswith("08")
    words = str(error)
    # SQLite says what is in the way; psycopg gives no state where the connection itself is lost.
    return connection.vendor == "postgresql" or "locked" in words or "busy" in words


def is_storage_full(error: DatabaseError | InterfaceError) -> bool:
    """Whether the database could not grow: its disk is full."""
    return _sqlstate(error) == "53100" or "database or disk is full" in str(error)


def _sqlstate(error: DatabaseError | InterfaceError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
