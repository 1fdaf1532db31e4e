"""Read first: nothing of the questions is on the page before a first reading is kept and locked."""

import pytest
from django.utils import timezone

from judgments import first_readings
from judgments.assignment import next_assignment
from judgments.models import Event, FirstReading, Judgment
from tests.browser.judging import address, eventually, question, said, taken_along
from tests.factories import make_item, make_participant, make_study, make_user

WORDS = "It hears her 🙂,\nand then it decides for her. عَلى"


@pytest.fixture
def reads_first(live):
    study = make_study("read-first", first_reading=True)
    make_item(study, "I am so sorry. There are two questions here.")
    assignment = next_assignment(make_participant(study, make_user("jo")), now=timezone.now())
    assignment.dimension_order = ["care", "depth", "goods", "voice", "moves", "warmth", "person"]
    assignment.save()
    return assignment


def test_the_questions_come_once_the_first_reading_is_kept(open_page, reads_first, axe, fits):
    page = open_page(reads_first.participant.user)
    page.goto(address(reads_first))
    before = page.content()
    axe(page)
    fits(page)
    page.get_by_label("Anything that struck you?").fill(WORDS)
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("heading", name="Your judgment").wait_for()

    assert "How much attention" not in before
    first = FirstReading.objects.get()
    assert first_readings.words_of(first) == WORDS
    assert Event.objects.get(subject=str(first.uid)).kind == "first_reading"
    assert not Judgment.objects.exists()
    axe(page)
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/read/read-first/")
    assert len(said(reads_first)["ratings"]) == 1


def test_a_reload_does_not_ask_again_and_half_a_first_reading_comes_back(open_page, reads_first):
    page = open_page(reads_first.participant.user)
    page.goto(address(reads_first))
    page.get_by_label("Anything that struck you?").fill("half a")
    page.locator("#save-status", has_text="All saved").wait_for()
    page.reload()
    assert page.get_by_label("Anything that struck you?").input_value() == "half a"
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("heading", name="Your judgment").wait_for()
    page.reload()

    assert question(page, "care").is_visible()
    assert first_readings.words_of(FirstReading.objects.get()) == "half a"


def test_marks_of_the_first_step_go_on_into_the_second(open_page, reads_first):
    page = open_page(reads_first.participant.user)
    page.goto(address(reads_first))
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("heading", name="Your judgment").wait_for()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/read/read-first/")

    assert [mark.quote for mark in Judgment.objects.get().marks.all()] == ["There are two questions here."]
    assert [place["start"] for place in FirstReading.objects.get().marks] == [15]


def test_without_scripts_the_first_reading_is_a_page_of_its_own(open_page, reads_first):
    page = open_page(reads_first.participant.user, javascript=False)
    page.goto(address(reads_first))
    page.get_by_label("Anything that struck you?").fill(WORDS)
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("button", name="Save and go on").click()

    assert page.url.endswith("/read/read-first/")
    assert first_readings.words_of(FirstReading.objects.get()) == WORDS
    assert Judgment.objects.count() == 1


def test_offline_the_questions_come_after_the_reading_is_written_down_here(open_page, reads_first, watch):
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    page = open_page(reads_first.participant.user)
    page.goto(address(reads_first))
    taken_along(page)
    page.context.set_offline(True)
    page.get_by_label("Anything that struck you?").fill(WORDS)
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("heading", name="Your judgment").wait_for()
    page.locator("#save-status", has_text="Kept on this device (1 waiting)").wait_for()
    assert not FirstReading.objects.exists()
    page.context.set_offline(False)

    assert eventually(lambda: FirstReading.objects.exists())
    assert first_readings.words_of(FirstReading.objects.get()) == WORDS
