"""The report over REST: what the command prints, for researchers; what takes a while is left to workers."""

from judgments import reports
from judgments.models import Job
from tests import factories

ADDRESS = "/api/v1/studies/field-study/report/"


def test_the_report_is_what_the_command_prints(items, jo, rosa, study, speak):
    factories.judge(jo)

    answer = speak(rosa).get(ADDRESS)

    assert answer.json() == reports.report(study)


def test_sections_are_added_by_name_and_heavy_ones_wait_until_they_are_asked_for(items, jo, rosa, study, speak):
    factories.judge(jo)
    program = speak(rosa)
    before = program.get(f"{ADDRESS}?section=agreement&section=groups").json()

    asked = program.post(ADDRESS, {"section": "groups"})
    reports.section(study, "groups")  # As a worker does.
    after = program.get(f"{ADDRESS}?section=groups").json()

    assert (list(before["sections"]), before["waiting"]) == (["agreement"], ["groups"])
    assert asked.status_code == 202
    assert asked.json() == {"job": str(Job.objects.get().uid), "state": "queued"}
    assert (list(after["sections"]), after["waiting"]) == (["groups"], [])


def test_what_is_not_there_is_refused_by_its_parameter(items, rosa, speak):
    for query, field, code in [
        ("section=truth", "section", "unknown_section"),
        ("subset=best", "subset", "unknown_subset"),
        ("gold=yes", "gold", "unknown_parameter"),
    ]:
        answer = speak(rosa).get(f"{ADDRESS}?{query}")

        assert answer.status_code == 400
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


def test_only_sections_that_take_a_while_are_left_to_workers(items, rosa, speak):
    answer = speak(rosa).post(ADDRESS, {"section": "agreement"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "section"
    assert not Job.objects.exists()
