"""How far a job has come, for those it concerns."""

import pytest
from django.urls import reverse

from judgments import jobs
from judgments.models import Job
from tests.factories import NOW


@pytest.fixture
def job(study, rosa) -> Job:
    return jobs.enqueue("release", {}, study=study, asked_by=rosa, now=NOW)


def page(client, job, **headers):
    return client.get(reverse("jobs:show", args=[job.uid]), headers=headers)


def test_a_waiting_job_says_that_it_waits_and_asks_again(client, rosa, job):
    client.force_login(rosa)

    shown = page(client, job)

    assert shown.status_code == 200
    assert b"Waiting for a worker." in shown.content
    assert f'hx-get="/jobs/{job.uid}/" hx-trigger="every 1s"'.encode() in shown.content
    assert b'<noscript><meta http-equiv="refresh" content="3"></noscript>' in shown.content


def test_a_job_under_way_shows_how_far_it_has_come(client, rosa, job):
    Job.objects.update(state="running", done=3, total=13, note="Writing responses")
    client.force_login(rosa)

    shown = page(client, job)

    assert b"Writing responses" in shown.content
    assert b'<progress aria-label="Progress" max="13" value="3"></progress>' in shown.content
    assert b"3 of 13" in shown.content


def test_htmx_gets_the_piece_alone(client, rosa, job):
    client.force_login(rosa)

    shown = page(client, job, hx_request="true")

    assert shown.content.lstrip().startswith(b'<section id="job"')
    assert b"<html" not in shown.content


def test_a_finished_job_leads_to_its_release_and_stops_asking(client, rosa, job):
    Job.objects.update(state="done", result={"release": "rl_0123"})
    client.force_login(rosa)

    shown = page(client, job)

    assert b'href="/studies/field-study/releases/rl_0123/"' in shown.content
    assert b"hx-get" not in shown.content
    assert b"refresh" not in shown.content


def test_a_finished_import_tells_its_counts(client, rosa, study):
    job = jobs.enqueue("import_items", {}, study=study, asked_by=rosa, now=NOW)
    Job.objects.update(state="done", result={"counts": {"items": 350}, "warnings": ["3 blank texts"]})
    client.force_login(rosa)

    shown = page(client, job)

    assert b"<dt>items</dt><dd>350</dd>" in shown.content
    assert b"<li>3 blank texts</li>" in shown.content


def test_a_stopped_job_says_why_as_text(client, rosa, job):
    Job.objects.update(state="failed", problems=["items.csv:3: <b>text</b> is missing"])
    client.force_login(rosa)

    shown = page(client, job)

    assert b"It stopped, and nothing of it was kept." in shown.content
    assert b"<li>items.csv:3: &lt;b&gt;text&lt;/b&gt; is missing</li>" in shown.content


def test_a_stranger_and_a_reader_see_no_job(client, sam, jo, job):
    for user in (sam, jo.user):
        client.force_login(user)

        assert page(client, job).status_code == 404


def test_an_admin_sees_a_job_without_a_study(client, ada, sam, db):
    job = jobs.enqueue("import_judgments", {}, study=None, asked_by=None, now=NOW)
    client.force_login(ada)
    assert page(client, job).status_code == 200

    client.force_login(sam)
    assert page(client, job).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(client, job):
    assert page(client, job).status_code == 302


def test_a_job_is_only_looked_at(client, rosa, job):
    client.force_login(rosa)

    assert client.post(reverse("jobs:show", args=[job.uid])).status_code == 405
