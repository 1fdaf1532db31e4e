"""Many people at once, each with a database connection of their own."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def crowd(act: Callable, people: Iterable, *, at_once: int) -> list[BaseException]:
    """Call `act` with each of the people, `at_once` at a time; what went wrong, empty when nothing did."""

    def one(person):
        try:
            act(person)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(one, person) for person in people]
        return [error for future in futures if (error := future.exception()) is not None]


def without_time_limits(database: dict) -> None:
    """Two hundred threads of one test process share one interpreter: waiting long is not what is tested."""
    if "sqlite" in database["ENGINE"]:
        database["OPTIONS"] = database["OPTIONS"] | {"timeout": 200}
    else:
        database["OPTIONS"] = database["OPTIONS"] | {"options": "-c statement_timeout=0 -c lock_timeout=0"}
