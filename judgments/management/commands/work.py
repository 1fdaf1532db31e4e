"""The embedded worker: does the jobs of the table, one after the other."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from judgments import checks, tasks

SHORTEST_WAIT, LONGEST_WAIT = 0.5, 2.0


class Command(BaseCommand):
    help = "Work on imports and releases as they are asked for, until stopped. Needs no message broker."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what waits now, then end")

    def handle(self, *args, once: bool, **options):
        checks.require()
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *received: stopping.set())
        self.stdout.write("The worker is ready.")
        self.stdout.flush()
        work(stopping, once=once)


def work(stopping: threading.Event, *, once: bool = False) -> None:
    """Take job after job until `stopping` is set (or nothing waits, with `once`); polls more rarely when idle."""
    wait = SHORTEST_WAIT
    while not stopping.is_set():
        close_old_connections()
        try:
            found = tasks.work_once(stopping=stopping)
        except DatabaseError:
            if once:
                raise
            tasks.logger.warning("The database does not answer; trying again.", exc_info=True)
            found = False
        if not found and once:
            return
        wait = SHORTEST_WAIT if found else min(wait * 1.3, LONGEST_WAIT)
        if not found:
            stopping.wait(wait)
