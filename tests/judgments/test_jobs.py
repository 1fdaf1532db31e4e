"""The job table: asked for once, taken by one, fenced, swept, and never in need of a broker."""

import socket
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from judgments import jobs
from judgments.errors import ImportRefused, LeaseLost
from judgments.models import Job
from tests.factories import NOW, later


@pytest.fixture
def handler(monkeypatch):
    """Register a function as the handler of jobs of kind `test`."""
    return lambda function: monkeypatch.setitem(jobs._handlers, "test", function)


def ask(study=None, kind="test", now=NOW, **payload) -> Job:
    return jobs.enqueue(kind, payload, study=study, asked_by=None, now=now)


def row(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_waits_until_it_is_taken(study):
    job = ask(study, file="items.csv")

    assert (job.state, job.attempts, job.fence) == ("queued", 0, 0)
    assert row(job).payload == {"file": "items.csv"}
    assert jobs.waiting() == job


def test_the_oldest_job_is_taken_first(study):
    second, first = ask(study, now=later(1)), ask(study, now=NOW)

    assert jobs.take(later(2)) == first
    assert jobs.take(later(2)) == second
    assert jobs.take(later(2)) is None


def test_taking_a_job_leases_it_for_five_minutes_behind_a_new_fence(study):
    ask(study)

    job = jobs.take(later(1))

    assert (job.state, job.attempts, job.fence) == ("running", 1, 1)
    assert job.lease_until == later(6)
    assert job.heartbeat_at == later(1)


def test_a_job_that_is_under_way_is_not_taken_by_its_name(study):
    job = ask(study)
    jobs.take(NOW)

    assert jobs.take(NOW, job.uid) is None
    assert jobs.take(NOW, uuid.uuid4()) is None


def test_racing_workers_take_a_job_once(committed):
    for _ in range(5):
        ask()
    together, taken = threading.Barrier(8), []

    def race():
        together.wait()
        while (job := jobs.take(NOW)) is not None:
            taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))
    assert set(Job.objects.values_list("fence", "attempts")) == {(1, 1)}


def test_a_silent_workers_job_is_put_back(study):
    job = ask(study)
    jobs.take(NOW)

    assert jobs.sweep(later(5)) == 0
    assert jobs.sweep(later(5.1)) == 1

    assert (row(job).state, row(job).lease_until) == ("queued", None)


def test_after_three_attempts_a_job_is_given_up_in_words(study):
    job = ask(study)
    for attempt in range(3):
        jobs.take(later(10 * attempt))
        jobs.sweep(later(10 * attempt + 6))

    assert (row(job).state, row(job).attempts) == ("failed", 3)
    assert row(job).problems == [jobs.GAVE_UP]
    assert jobs.take(later(60)) is None


def test_a_worker_that_lost_its_lease_cannot_finish(study):
    ask(study)
    slow = jobs.take(NOW)
    jobs.sweep(later(6))
    quick = jobs.take(later(6))

    with pytest.raises(LeaseLost):
        jobs.finish(slow, {"by": "slow"}, now=later(7))
    with pytest.raises(LeaseLost):
        jobs.fail(slow, ["slow"], now=later(7))
    jobs.finish(quick, {"by": "quick"}, now=later(8))

    done = row(quick)
    assert (done.state, done.result, done.finished_at) == ("done", {"by": "quick"}, later(8))
    with pytest.raises(LeaseLost):
        jobs.finish(slow, {"by": "slow"}, now=later(9))


def test_what_a_handler_returns_is_the_jobs_result(study, handler):
    handler(lambda job, progress: {"seen": job.payload["file"]})
    job = ask(study, file="a.csv")

    jobs.run(jobs.take(NOW))

    assert (row(job).state, row(job).result, row(job).lease_until) == ("done", {"seen": "a.csv"}, None)


def test_a_refusal_fails_the_job_at_once_with_its_problems(study, handler):
    def refuse(job, progress):
        raise ImportRefused(["a.csv:3: text is missing", "a.csv:9: text is missing"])

    handler(refuse)
    job = ask(study)

    jobs.run(jobs.take(NOW))

    assert (row(job).state, row(job).attempts) == ("failed", 1)
    assert row(job).problems == ["a.csv:3: text is missing", "a.csv:9: text is missing"]


def test_a_job_nobody_knows_fails_in_words(study):
    job = ask(study, kind="unheard-of")

    jobs.run(jobs.take(NOW))

    assert (row(job).state, row(job).problems) == ("failed", ["Nothing here knows how to do “unheard-of”."])


def test_a_job_that_breaks_is_tried_three_times(study, handler, caplog):
    def break_off(job, progress):
        raise RuntimeError("the disk is full")

    handler(break_off)
    job = ask(study)

    states = []
    while (taken := jobs.take(NOW)) is not None:
        jobs.run(taken)
        states.append(row(job).state)

    assert states == ["queued", "queued", "failed"]
    assert row(job).problems == [jobs.UNEXPECTED]
    assert caplog.text.count("RuntimeError: the disk is full") == 3


def test_progress_is_written_down(study, handler):
    def work(job, progress):
        progress.step(3, 10, "Reading")
        return {}

    handler(work)
    job = ask(study)

    jobs.run(jobs.take(NOW))

    assert (row(job).done, row(job).total, row(job).note) == (3, 10, "Reading")


def test_the_heartbeat_renews_the_lease_and_shows_progress_while_the_job_is_in_a_transaction(committed, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    ask()
    job = jobs.take(NOW)

    with jobs.Progress(job) as progress:
        progress.step(7, 9, "Writing")
        deadline = time.monotonic() + 10
        while row(job).done != 7 and time.monotonic() < deadline:
            time.sleep(0.02)

        seen = row(job)
        assert (seen.done, seen.total, seen.note) == (7, 9, "Writing")
        assert seen.lease_until > job.lease_until


def test_the_next_step_tells_a_worker_that_another_took_over(committed, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    ask()
    slow = jobs.take(NOW)
    jobs.sweep(later(6))
    quick = jobs.take(later(6))

    with jobs.Progress(slow) as progress:
        assert progress.lost.wait(10)
        with pytest.raises(LeaseLost):
            progress.step(1)

    seen = row(quick)
    assert (seen.lease_until, seen.fence, seen.done) == (later(11), 2, 0)


def test_a_worker_asked_to_stop_gives_its_job_back_uncounted(study, handler):
    stopping = threading.Event()

    def work(job, progress):
        stopping.set()
        progress.step(1)
        raise AssertionError("the step should have ended the work")

    handler(work)
    job = ask(study)

    jobs.run(jobs.take(NOW), stopping=stopping)

    assert (row(job).state, row(job).attempts) == ("queued", 0)


# The doorbell -------------------------------------------------------------------------------------


@pytest.fixture
def silent_port():
    """A port that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield server.getsockname()[1]


def test_without_a_broker_nothing_is_rung(study, settings, monkeypatch):
    monkeypatch.setattr(jobs, "_doorbell", lambda address: pytest.fail("rung"))

    settings.REDIS_URL = ""

    jobs.ring(uuid.uuid4())


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_a_job_is_asked_for_while_the_broker_is_away(committed, settings, silent_port, caplog, how):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_port if how == 'silent' else 1}/0"

    with transaction.atomic():
        job = ask()

    assert row(job).state == "queued"
    assert f"job {job.uid} waits in its table" in caplog.text


def test_a_job_asked_for_in_a_transaction_that_fails_was_never_asked_for(committed, settings, monkeypatch):
    rung = []
    monkeypatch.setattr(jobs, "ring", rung.append)

    with transaction.atomic():
        ask()
        transaction.set_rollback(True)

    assert Job.objects.count() == 0
    assert rung == []


def test_the_lease_is_longer_than_many_heartbeats():
    assert timedelta(seconds=60 * jobs.BEAT_SECONDS) < jobs.LEASE
