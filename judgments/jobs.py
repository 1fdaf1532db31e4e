"""Work outside a request, as rows: asked for in a transaction, taken by one worker, fenced, and never lost.

A message broker is only a doorbell: without it, or when it is away, whoever polls the table does the work.
Each time a job is taken its fence grows, and a worker that lost its lease can no longer change it.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from judgments.errors import DissensusError, LeaseLost
from judgments.models import Job, Study

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BEAT_SECONDS = 1.0
MOST_ATTEMPTS = 3
MOST_PROBLEMS = 100
DOORBELL = "judgments.tasks.work_on"
GAVE_UP = "This was tried three times and stopped each time without finishing. Nothing of it was kept; try again."
UNEXPECTED = "Something went wrong on our side. Nothing was kept; the log of the server says more."

UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)

Handler = Callable[[Job, "Progress"], dict[str, Any]]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind; what it returns becomes the job's result."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


# Asking -------------------------------------------------------------------------------------------


def enqueue(kind: str, payload: dict[str, Any], *, study: Study | None, asked_by, now: datetime) -> Job:
    """Ask for a piece of work, inside the caller's transaction; a worker is rung for after the commit."""
    job = Job.objects.create(kind=kind, payload=payload, study=study, asked_by=asked_by, created_at=now)
    transaction.on_commit(partial(ring, job.uid))
    return job


def enqueue_once(kind: str, payload: dict[str, Any], *, study: Study, asked_by, now: datetime) -> Job:
    """The same piece of work if it waits or is under way for this study; else a new one. Two clicks ask for one."""
    with transaction.atomic():
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        under_way = Job.objects.filter(study=study, kind=kind, state__in=UNDER_WAY)
        same = next((job for job in under_way if job.payload == payload), None)
        return same or enqueue(kind, payload, study=study, asked_by=asked_by, now=now)


def ring(uid: uuid.UUID) -> None:
    """Tell Celery's workers that a job is waiting. Takes about a second at most; a broker that is away is logged."""
    if not settings.REDIS_URL:
        return
    from kombu.exceptions import OperationalError

    try:
        _doorbell(settings.REDIS_URL).send_task(DOORBELL, args=[str(uid)], retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("The broker is away (%s); job %s waits in its table.", type(error).__name__, uid)


@lru_cache
def _doorbell(address: str):
    """A Celery application that only sends, with timeouts that would be too short for a worker's own."""
    from celery import Celery

    bell = Celery("doorbell", broker=address, set_as_current=False)
    bell.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        broker_transport_options={"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0},
        broker_connection_timeout=1,
        broker_connection_retry=False,
    )
    return bell


# Taking -------------------------------------------------------------------------------------------


def take(now: datetime, uid: uuid.UUID | str | None = None) -> Job | None:
    """The oldest waiting job (or this one), leased to the caller; None when nothing waits."""
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "pk")
    if uid is not None:
        waiting = waiting.filter(uid=uid)
    while (job := waiting.first()) is not None:
        # Somebody else may have taken it since we looked: then no row matches, and we look again.
        taken = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, fence=job.fence).update(
            state=Job.State.RUNNING, fence=F("fence") + 1, attempts=F("attempts") + 1,
            lease_until=now + LEASE, heartbeat_at=now, done=0, total=None, note="",
        )  # fmt: skip
        if taken:
            job.refresh_from_db()
            return job
    return None


def waiting() -> Job | None:
    """The job that would be taken next, left where it is."""
    return Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "pk").first()


def sweep(now: datetime) -> int:
    """Put jobs back whose worker fell silent, and give up after three attempts; how many were touched."""
    touched = 0
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now):
        touched += _put_back(job, now=now, overdue=True)
    return touched


def _put_back(job: Job, *, now: datetime, overdue: bool = False, problem: str = GAVE_UP) -> int:
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, fence=job.fence)
    if overdue:
        held = held.filter(lease_until__lt=now)  # Its worker may have spoken again since we looked.
    if job.attempts >= MOST_ATTEMPTS:
        return held.update(state=Job.State.FAILED, problems=[problem], lease_until=None, finished_at=now)
    return held.update(state=Job.State.QUEUED, lease_until=None)


# Ending -------------------------------------------------------------------------------------------


def finish(job: Job, result: dict[str, Any], *, now: datetime) -> None:
    """The job is done. Raises LeaseLost when another worker has taken it over."""
    _end(job, state=Job.State.DONE, result=result, problems=[], finished_at=now)


def fail(job: Job, problems: list[str], *, now: datetime) -> None:
    """The job cannot be done, and trying again would not help. Raises LeaseLost like `finish`."""
    _end(job, state=Job.State.FAILED, problems=problems[:MOST_PROBLEMS], finished_at=now)


def _end(job: Job, **changes) -> None:
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, fence=job.fence)
    if not held.update(lease_until=None, **changes):
        raise LeaseLost(f"Job {job.uid} has been taken over.")


# Working ------------------------------------------------------------------------------------------


class Stopping(Exception):
    """The worker was asked to stop; the job goes back to the table as it was."""


class Progress:
    """How far a job has come. A thread writes it down and renews the lease, beside any transaction of the job.

    stopping: set when the worker is asked to stop; the next step then gives the job back.
    """

    def __init__(self, job: Job, stopping: threading.Event | None = None):
        self.job = job
        self.stopping = stopping or threading.Event()
        self.lost = threading.Event()
        self.said: dict[str, Any] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {job.uid}", daemon=True)

    def step(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work has come. Raises LeaseLost when another worker took over, Stopping on request."""
        self.said = {"done": done, "total": total, "note": note[:200]}
        if self.lost.is_set():
            raise LeaseLost(f"Job {self.job.uid} has been taken over.")
        if self.stopping.is_set():
            raise Stopping

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *raised) -> None:
        self._ended.set()
        self._thread.join()
        if self.said and not self.lost.is_set():
            Job.objects.filter(pk=self.job.pk, fence=self.job.fence).update(**self.said)

    def _beat(self) -> None:
        try:
            while not self._ended.wait(BEAT_SECONDS):
                self._beat_once(timezone.now())
        finally:
            connection.close()

    def _beat_once(self, now: datetime) -> None:
        held = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, fence=self.job.fence)
        try:
            if not held.update(lease_until=now + LEASE, heartbeat_at=now, **self.said):
                self.lost.set()
        except DatabaseError as error:
            # On SQLite the job's own long transaction holds the only lock; the next beat will pass.
            logger.info("Heartbeat of job %s waits: %s", self.job.uid, error)


def run(job: Job, *, stopping: threading.Event | None = None) -> None:
    """Do a job that was taken, and write down how it ended."""
    progress = Progress(job, stopping)
    try:
        with progress:
            result = _handler_of(job)(job, progress)
        finish(job, result, now=timezone.now())
    except LeaseLost:
        logger.warning("Job %s (%s) was taken over by another worker.", job.uid, job.kind)
    except Stopping:
        job.attempts -= 1  # Being asked to stop is no failed attempt.
        Job.objects.filter(pk=job.pk, fence=job.fence).update(attempts=job.attempts)
        _put_back(job, now=timezone.now())
    except DissensusError as refusal:
        _note_end(fail, job, [str(problem) for problem in getattr(refusal, "problems", [])] or [str(refusal)])
    except Exception:
        logger.exception("Job %s (%s) broke off.", job.uid, job.kind)
        _put_back(job, now=timezone.now(), problem=UNEXPECTED)


def _handler_of(job: Job) -> Handler:
    if job.kind not in _handlers:
        raise DissensusError(f"Nothing here knows how to do “{job.kind}”.")
    return _handlers[job.kind]


def _note_end(end, job: Job, problems: list[str]) -> None:
    try:
        end(job, problems, now=timezone.now())
    except LeaseLost:
        logger.warning("Job %s (%s) was taken over by another worker.", job.uid, job.kind)
