"""What the main pages of a reader say to a screen reader, word for word, kept in aria/.

After a change that is meant: READER_ARIA=write pytest tests/browser/test_reading_aria.py, and read the difference.
"""

import os
import re
from pathlib import Path

import pytest

from judgments.assignment import next_assignment
from judgments.models import Assignment, Draft, Judgment
from tests.browser.judging import address
from tests.factories import NOW, judge, make_items, make_participant, make_rubric, make_study, make_user, said

KEPT = Path(__file__).parent / "aria"
ORDER = ["care", "depth", "goods", "voice", "moves", "warmth", "person"]


@pytest.fixture
def jo(live):
    study = make_study("field-study", version=make_rubric(), care_lines="Dr Ana Reyes")
    return make_participant(study, make_user("jo"), code_name="quiet heron")


@pytest.fixture
def held(jo):
    make_items(jo.study, 2)
    judge(jo, said(care=4, rationale="It found both halves.", settled=2))
    held = next_assignment(jo, now=NOW)
    # Which questions come first is drawn for each person; here it is always the same.
    Assignment.objects.filter(pk=held.pk).update(dimension_order=ORDER)
    return held


def is_as_kept(page, name: str) -> None:
    path = KEPT / f"{name}.yaml"
    if os.environ.get("READER_ARIA") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(_said_by(page))
    assert _said_by(page) == path.read_text()


def _said_by(page) -> str:
    """The tree as it is read out; addresses are not."""
    lines = page.locator("body").aria_snapshot().splitlines()
    spoken = "\n".join(line for line in lines if not line.lstrip().startswith("- /url:"))
    # A link that had nothing below it but its address.
    return re.sub(r"^((\s*)- link .*):$(?!\n\2  )", r"\1", spoken, flags=re.MULTILINE) + "\n"


@pytest.mark.parametrize(
    ("name", "place"), [("queue", ""), ("history", "history/"), ("pause", "pause/"), ("practice", "practice/")]
)
def test_a_page_around_the_reading_is_said_as_before(open_page, jo, held, name, place):
    page = open_page(jo.user)
    page.goto(f"/read/field-study/{place}")
    page.wait_for_load_state("networkidle")

    is_as_kept(page, name)


def test_the_judging_page_is_said_as_before_in_both_its_steps(open_page, jo, held):
    jo.study.first_reading = True
    jo.study.save()
    page = open_page(jo.user)
    page.goto(address(held))
    page.get_by_text("All saved").wait_for()
    is_as_kept(page, "judging-first")
    page.click("#to-questions")
    page.get_by_role("heading", name="Your judgment").wait_for()
    page.get_by_text("All saved").wait_for()
    is_as_kept(page, "judging-questions")

    assert not Draft.objects.exists()
    assert Judgment.objects.count() == 1
