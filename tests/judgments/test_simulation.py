from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from judgments.models import Assignment, Participant, Slot, Study, User
from tests import factories


def told(study, *arguments) -> dict[str, str]:
    out = StringIO()
    call_command("simulate_study", study.slug, *arguments, stdout=out)
    return {line[:16].strip(): line[17:] for line in out.getvalue().splitlines()}


def test_it_says_what_a_design_yields_and_keeps_nothing(db):
    study = factories.make_study(judgments_wanted=3, state="draft", repeat_share=0.5, repeat_gap_items=2)
    factories.make_items(study, 8)
    before = User.objects.count()

    lines = told(study, "--people", "6", "--per-day", "2", "--days", "30")

    assert lines["judgments"] == "24 of 24"
    assert lines["per item"] == "3 to 3, median 3"
    assert lines["finishing"].startswith("all wanted after")
    assert int(lines["beside them"].split()[0]) > 0
    assert (Assignment.objects.count(), Participant.objects.count(), Slot.objects.count()) == (0, 0, 0)
    assert User.objects.count() == before
    assert Study.objects.get(pk=study.pk).state == "draft"


def test_it_says_when_too_few_people_come(db):
    study = factories.make_study(judgments_wanted=4)
    factories.make_items(study, 5)

    lines = told(study, "--people", "3")

    assert lines["judgments"] == "15 of 20"
    assert lines["finishing"] == "not all of them in these days"


def test_it_shows_whether_the_quotas_will_be_filled(db):
    study = factories.make_study(judgments_wanted=3)
    factories.make_background(factories.make_participant(study), "region", "north")
    Study.objects.filter(pk=study.pk).update(quotas={"facet": "region", "at_least": {"north": 2}})
    factories.make_items(study, 4)

    lines = told(study, "--people", "9", "--cohort", "north=0.5", "--cohort", "south=0.5")

    assert lines["places by cohort"] == "everybody 4, north 8"


def test_a_study_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="no study"):
        call_command("simulate_study", "nowhere")
