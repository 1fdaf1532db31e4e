"""What workers do, kind by kind: fetch by id, call the domain. And the doorbell by which Celery is told."""

import logging
import threading
from pathlib import Path

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from judgments import importing, jobs, releasing, reports
from judgments.errors import ImportRefused
from judgments.models import Job

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
_shutting_down = threading.Event()


def uploads() -> Path:
    """The folder of files that people gave to be imported; a job's payload names them relative to it."""
    return settings.DATA / "uploads"


def _upload(name: str) -> Path:
    path = (uploads() / name).resolve()
    if not path.is_relative_to(uploads().resolve()) or not path.exists():
        raise ImportRefused(["The uploaded file is no longer there; upload it again."])
    return path


@jobs.handles("import_items")
def import_items(job: Job, progress: jobs.Progress) -> dict:
    """payload: file (in the uploads), name (as the person's file was called), dry_run."""
    assert job.study is not None
    given = job.payload
    report = importing.import_items(
        job.study, _upload(given["file"]), name=given["name"], actor=job.asked_by, now=timezone.now(),
        dry_run=given.get("dry_run", False), progress=progress,
    )  # fmt: skip
    return report.plain()


@jobs.handles("import_judgments")
def import_judgments(job: Job, progress: jobs.Progress) -> dict:
    """payload: mapping and files (in the uploads; files may be missing), dry_run."""
    given = job.payload
    report = importing.import_judgments(
        _upload(given["mapping"]), files=_upload(given["files"]) if given.get("files") else None,
        actor=job.asked_by, now=timezone.now(), dry_run=given.get("dry_run", False), progress=progress,
    )  # fmt: skip
    if report.import_row is not None:
        reports.prepare(report.import_row.study)
    return report.plain()


@jobs.handles("release")
def release(job: Job, progress: jobs.Progress) -> dict:
    """The study's release, kept in the data folder under its own name."""
    assert job.study is not None
    made = releasing.keep(job.study, actor=job.asked_by, now=timezone.now(), progress=progress)
    return {"release": made.name}


@jobs.handles("section")
def section(job: Job, progress: jobs.Progress) -> dict:
    """payload: section, subset (may be missing). What was found is kept for pages and reports."""
    assert job.study is not None
    name, subset = job.payload["section"], job.payload.get("subset")
    found = reports.section(job.study, name, subset, said=progress.step)
    return {"section": name, "counts": {"questions": len(found.dimensions)}}


def work_once(*, stopping: threading.Event | None = None) -> bool:
    """Put silent workers' jobs back, and do one job that waits; whether there was one."""
    jobs.sweep(timezone.now())
    job = jobs.take(timezone.now())
    if job is None:
        return False
    logger.info("Job %s (%s) begins, attempt %s.", job.uid, job.kind, job.attempts)
    jobs.run(job, stopping=stopping)
    return True


# Celery -------------------------------------------------------------------------------------------


@shared_task(name=jobs.DOORBELL)
def work_on(job_uid: str) -> None:
    """The bell rang for this job. Rings on if others wait; ringing twice does no harm."""
    job = jobs.take(timezone.now(), job_uid)
    if job is not None:
        jobs.run(job)
    if (other := jobs.waiting()) is not None:
        jobs.ring(other.uid)


@worker_ready.connect
def _keep_sweeping(**kwargs) -> None:
    _shutting_down.clear()
    threading.Thread(target=_sweep_again_and_again, name="job sweep", daemon=True).start()


@worker_shutting_down.connect
def _stop_sweeping(**kwargs) -> None:
    _shutting_down.set()


def _sweep_again_and_again() -> None:
    """Find jobs whose worker or whose bell was lost, also while no message comes."""
    while True:
        try:
            jobs.sweep(timezone.now())
            if (job := jobs.waiting()) is not None:
                jobs.ring(job.uid)
        except DatabaseError as error:
            logger.warning("The sweep of jobs waits: %s", error)
        finally:
            connection.close()
        if _shutting_down.wait(SWEEP_SECONDS):
            return
