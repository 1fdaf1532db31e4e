"""Jobs done for real: by the embedded worker, and by Celery over a Redis of our own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from redis import Redis

from judgments import jobs, releasing, tasks
from judgments.models import Job, Release
from tests.factories import judge, make_items, make_participant, make_study
from tests.support.engines import url_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def asked(committed, settings, tmp_path):
    """A release somebody asked for, of a study with a few judgments; the folder for everything written."""
    settings.DATA = tmp_path
    study = make_study("worked")
    make_items(study, 2)
    for _ in range(2):
        reader = make_participant(study)
        judge(reader)
        judge(reader)
    return ask(study)


def ask(study) -> Job:
    with transaction.atomic():
        return jobs.enqueue("release", {}, study=study, asked_by=None, now=timezone.now())


def environment(database, data, **more) -> dict:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"DATABASE_URL": url_of(database), "DISSENSUS_DATA": str(data), "PYTHONPATH": str(ROOT)} | more


def wait_for(job: Job, state: str, seconds: float = 60) -> Job:
    deadline = time.monotonic() + seconds
    while (now := Job.objects.get(pk=job.pk)).state != state and time.monotonic() < deadline:
        time.sleep(0.1)
    assert now.state == state, f"{now.state} {now.problems}"
    return now


def assert_released(job: Job, data: Path) -> None:
    release = Release.objects.get()
    assert Job.objects.get(pk=job.pk).result == {"release": release.name}
    place = data / "releases" / str(release.study.uid)
    assert sorted(path.name for path in place.iterdir()) == sorted([release.name, f"worked-{release.name}.zip"])


@contextmanager
def running(command, env, *, until: str = "", log: Path):
    """A process of our own, ended with the block; begins when its output holds `until`."""
    with open(log, "wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while until not in log.read_text(errors="replace"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# Without a broker ---------------------------------------------------------------------------------


def test_a_release_is_done_in_one_round_of_work(asked, tmp_path):
    assert tasks.work_once() is True
    assert tasks.work_once() is False

    assert Job.objects.get().state == "done"
    assert_released(asked, tmp_path)


def test_the_embedded_worker_does_what_waits_and_ends(asked, committed, tmp_path):
    command = [sys.executable, "manage.py", "work", "--once"]

    ran = subprocess.run(command, cwd=ROOT, env=environment(committed, tmp_path), capture_output=True, timeout=120)

    assert ran.returncode == 0, ran.stderr.decode()
    job = Job.objects.get()
    assert (job.state, job.attempts, job.done, job.note) == ("done", 1, releasing.STEPS - 1, "Sealing")
    assert_released(asked, tmp_path)


def test_the_embedded_worker_finds_new_jobs_and_stops_when_told(committed, settings, tmp_path):
    env = environment(committed, tmp_path)
    with running([sys.executable, "manage.py", "work"], env, until="ready", log=tmp_path / "log") as worker:
        study = make_study("worked")
        job = wait_for(ask(study), "done")

        worker.send_signal(signal.SIGTERM)

        assert worker.wait(10) == 0
    assert_released(job, tmp_path)


def test_a_killed_workers_job_is_done_by_the_next(asked, committed, tmp_path):
    Job.objects.update(
        state="running",
        attempts=1,
        fence=1,
        lease_until=timezone.now() - timedelta(seconds=1),
        note="Writing ratings",
    )

    assert tasks.work_once() is True

    job = Job.objects.get()
    assert (job.state, job.attempts, job.fence) == ("done", 2, 2)
    assert_released(asked, tmp_path)


def test_a_file_outside_the_uploads_is_not_read(committed, settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "secret.csv").write_text("id,prompt,response\n1,a,b\n")
    study = make_study("worked")
    payload = {"file": "../secret.csv", "name": "secret.csv"}
    job = jobs.enqueue("import_items", payload, study=study, asked_by=None, now=timezone.now())

    tasks.work_once()

    job.refresh_from_db()
    assert (job.state, job.problems) == ("failed", ["The uploaded file is no longer there; upload it again."])
    assert study.items.count() == 0


def test_uploaded_items_are_brought_in(committed, settings, tmp_path):
    settings.DATA = tmp_path
    tasks.uploads().mkdir()
    (tasks.uploads() / "a1b2").write_text(
        "id,prompt,response,model\nq1,Is it safe?,Yes.,alder\nq2,And now?,No.,alder\n"
    )
    study = make_study("worked")
    payload = {"file": "a1b2", "name": "items.csv"}
    job = jobs.enqueue("import_items", payload, study=study, asked_by=None, now=timezone.now())

    tasks.work_once()

    job.refresh_from_db()
    assert (job.state, job.problems) == ("done", [])
    assert sorted(study.items.values_list("external_id", flat=True)) == ["q1", "q2"]


# With Celery and Redis ----------------------------------------------------------------------------


def redis_server() -> str:
    """The Redis program: DISSENSUS_TEST_REDIS, or the one on the path."""
    program = os.environ.get("DISSENSUS_TEST_REDIS") or shutil.which("redis-server")
    if not program:
        warnings.warn("Redis is not installed: Celery was not tested.", stacklevel=2)
        pytest.skip("redis-server is not installed; see DISSENSUS_TEST_REDIS.")
    return program


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def address(port) -> str:
    return f"redis://127.0.0.1:{port}/0"


def redis(port: int, folder: Path):
    command = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return running(command, None, until="Ready to accept connections", log=folder / "redis.log")


def celery(committed, folder: Path, address: str):
    command = [sys.executable, "-m", "celery", "-A", "annotate", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    env = environment(committed, folder, REDIS_URL=address)
    return running(command, env, until=" ready.", log=folder / "celery.log")


def test_a_celery_worker_does_the_job_when_the_bell_rings(committed, settings, tmp_path, port, address):
    settings.DATA, settings.REDIS_URL = tmp_path, address
    study = make_study("worked")
    with redis(port, tmp_path):
        job = ask(study)
        with Redis.from_url(address) as broker:
            bell = json.loads(broker.lindex("celery", 0))["headers"]
        with celery(committed, tmp_path, address):
            wait_for(job, "done")

        assert bell["argsrepr"] == f"['{job.uid}']"
        assert f"[{bell['id']}] received" in (tmp_path / "celery.log").read_text()
        assert_released(job, tmp_path)


def test_a_celery_worker_finds_a_job_whose_bell_was_lost(asked, committed, tmp_path, port, address):
    with redis(port, tmp_path), celery(committed, tmp_path, address):
        wait_for(asked, "done")

        assert_released(asked, tmp_path)


def test_without_its_redis_a_job_is_asked_for_and_worked_all_the_same(committed, settings, tmp_path, port, address):
    settings.DATA, settings.REDIS_URL = tmp_path, address
    study = make_study("worked")
    with redis(port, tmp_path):
        ask(study)
    Job.objects.update(state="failed")

    job = ask(study)
    assert tasks.work_once() is True

    assert wait_for(job, "done").attempts == 1
    assert_released(job, tmp_path)
