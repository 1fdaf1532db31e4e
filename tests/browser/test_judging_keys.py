"""Keys: what an item costs, that nothing depends on them, and that they stay out of the way."""

import pytest
from django.utils import timezone

from judgments import rubrics
from judgments.assignment import next_assignment
from judgments.models import Judgment, Rubric
from tests.browser.judging import address, eventually, press, question, said, select
from tests.factories import NOW, make_item, make_participant, make_study, make_user

ANSWERS = ["4", "3", "4", "4", "5", "3"]


@pytest.fixture
def six(live):
    """An item with six questions of five points each."""
    points = [{"value": value, "text": f"Degree {value}"} for value in range(1, 6)]
    asked = [
        {"slug": f"n{number}", "title": f"Question {number}", "question": "How much?", "kind": "degree",
         "level": "ordinal", "points": points, "help": "Look twice."}
        for number in range(6)
    ]  # fmt: skip
    version = rubrics.build(Rubric.objects.create(slug="six", title="Six"), {"title": "Six", "dimensions": asked})
    study = make_study("six", version=rubrics.publish(version, actor=None, now=NOW))
    make_item(study, "One sentence here. Another one follows, longer. And a third.")
    return next_assignment(make_participant(study, make_user("jo")), now=timezone.now())


def settings(assignment, **changes) -> None:
    user = assignment.participant.user
    user.reader_settings = changes
    user.save()


def stored(assignment) -> list[str]:
    found = said(assignment)
    given = [found["ratings"][slug]["point"] for slug in assignment.dimension_order]
    return [f"{value:g}" for value in [*given, found["settled"]]]


def test_eight_keys_where_digits_move_on(open_page, six):
    settings(six, move_on=True)
    page = open_page(six.participant.user)
    page.goto(address(six))
    pressed = press(page, *ANSWERS, "2", "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert pressed == 8
    assert stored(six) == [*ANSWERS, "2"]
    instrument = Judgment.objects.get().instrument
    assert (instrument["move_on"], instrument["by_key"]) == (True, 100)


def test_fourteen_keys_where_they_do_not(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    pressed = sum(press(page, answer, "j") for answer in ANSWERS) + press(page, "2", "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert pressed == 14
    assert stored(six) == [*ANSWERS, "2"]


def test_at_most_forty_two_keys_without_any_shortcut(open_page, six):
    settings(six, shortcuts=False)
    page = open_page(six.participant.user)
    page.goto(address(six))
    page.locator("#questions").focus()
    pressed = 0
    for answer in [*ANSWERS, "2"]:
        # To the next question's points: past “what is meant”, “a range”, “both ways”, “not this” and “clear”.
        pressed += _to_next_points(page)
        pressed += press(page, "Space", *["ArrowDown"] * (int(answer) - 1))
    pressed += press(page, "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert stored(six) == [*ANSWERS, "2"]
    assert pressed <= 42


def _to_next_points(page) -> int:
    """Tab on until the points of another question have the focus; how many presses."""
    here = "document.activeElement.matches('.points input') ? document.activeElement.name : ''"
    before, pressed = page.evaluate(here), 0
    while (now := page.evaluate(here)) in {"", before}:
        pressed += press(page, "Tab")
        assert pressed < 12, now
    return pressed


def test_eight_presses_by_mouse(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    for slug, answer in zip(six.dimension_order, ANSWERS, strict=True):
        question(page, slug).locator(".point").nth(int(answer) - 1).click()
    page.locator("#settled .point").nth(1).click()
    page.click("#save")
    page.wait_for_url("**/read/six/")

    assert stored(six) == [*ANSWERS, "2"]


def test_each_other_form_costs_two_keys_more_and_not_this_one(open_page, six):
    settings(six, move_on=True)
    page = open_page(six.participant.user)
    page.goto(address(six))
    pressed = press(page, *"r24", *"b15", *"x1", "4", "5", "3", "2", "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert pressed == 8 + 2 + 2 + 1
    forms = [said(six)["ratings"][slug]["form"] for slug in six.dimension_order]
    assert forms == ["range", "both", "none", "point", "point", "point"]


def test_digits_are_physical_keys_and_the_number_pad_counts(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    # As a French keyboard sends the key that is marked 4: another character, the same place.
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: \"'\", code: 'Digit4', bubbles: true}))"
    )
    press(page, "j", "Numpad2")

    checked = page.evaluate("[...document.querySelectorAll('.points input:checked')].map((row) => row.value)")
    assert checked == ["4", "2"]


@pytest.mark.parametrize(
    "event",
    ["{ctrlKey: true}", "{altKey: true}", "{metaKey: true}", "{isComposing: true}", "{shiftKey: true}"],
)
def test_keys_with_a_modifier_or_while_composing_do_nothing(open_page, six, event):
    page = open_page(six.participant.user)
    page.goto(address(six))
    made = "Object.assign({key: '4', code: 'Digit4', bubbles: true}, " + event + ")"
    page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {made}))")

    assert page.locator("#judging input:checked").count() == 0


def test_keys_are_letters_in_a_field(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "w")
    page.keyboard.type("rbxjkmzp? 123")

    assert page.input_value("#rationale") == "rbxjkmzp? 123"
    assert page.locator("#judging input:checked").count() == 0
    assert not page.locator("#keys").is_visible()


def test_another_key_can_be_chosen_and_a_clash_is_refused(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "?")
    key = page.get_by_label("Key: next question")
    key.fill("k")
    key.press("Tab")
    assert page.get_by_text("“k” is taken already: the question before.").is_visible()
    assert key.input_value() == "j"
    key.fill("n")
    key.press("Tab")
    assert eventually(lambda: _user(six).reader_settings == {"keys": {"next": "n"}})
    press(page, "Escape", "1", "n", "2")
    page.get_by_text("All saved").wait_for()
    page.reload()
    press(page, "1", "n", "n", "3")

    checked = page.evaluate("[...document.querySelectorAll('.points input:checked')].map((row) => row.value)")
    assert checked == ["1", "2", "3"]


def _user(assignment):
    user = assignment.participant.user
    user.refresh_from_db()
    return user


def test_enter_on_the_last_question_saves_only_where_somebody_wants_it(open_page, six):
    settings(six, move_on=True, enter_saves=True)
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, *ANSWERS, "2", "Enter")
    page.wait_for_url("**/read/six/")

    assert stored(six) == [*ANSWERS, "2"]


def test_points_are_described_on_request_and_the_looking_up_is_counted(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "d")
    assert page.get_by_text("Look twice.").first.is_visible()
    press(page, "d", "j", "d")
    # The browser tells of an opened description a moment after it is open.
    page.wait_for_function("document.querySelectorAll('.about')[1].open")
    page.wait_for_timeout(50)
    press(page, "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert Judgment.objects.get().instrument["described"] == 2


def test_the_last_changes_are_taken_back_one_by_one(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "4", "2", "w")
    page.keyboard.type("a word")
    press(page, "Escape")
    select(page, "One sentence", "here.")
    press(page, "m", "Escape")
    first = question(page, six.dimension_order[0])

    press(page, "z")
    assert page.locator("#mark-list li").count() == 0
    press(page, "z")
    assert page.input_value("#rationale") == ""
    press(page, "z")
    assert first.get_by_role("radio", name="Degree 4").is_checked()
    press(page, "z", "z")
    assert page.locator("#judging input:checked").count() == 0
    assert page.locator("#spoken").inner_text() == "There is nothing to take back here."


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_mark_on_the_nth_sentence_takes_one_key_more(open_page, six, number):
    page = open_page(six.participant.user)
    page.goto(address(six))
    pressed = press(page, "m", *["ArrowDown"] * (number - 1), "Enter")

    sentences = ["One sentence here.", "Another one follows, longer.", "And a third."]
    assert pressed == number + 1
    assert page.locator("#mark-list q").inner_text() == sentences[number - 1]


def test_focus_goes_back_where_it_was_after_a_mark(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "3", "j", "m", "Enter", "1", "Escape")
    assert page.evaluate("document.activeElement.matches('.points input')")
    press(page, "2", "Control+Enter")
    page.wait_for_url("**/read/six/")

    assert [said(six)["ratings"][slug]["point"] for slug in six.dimension_order[:2]] == [3.0, 2.0]


def test_sentences_extend_and_words_can_be_walked(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "m", "Shift+ArrowDown", "Enter", "Escape")
    press(page, "m", "ArrowDown", "Control+ArrowRight", "Control+ArrowRight", "Control+Shift+ArrowRight", "Enter")

    quotes = page.locator("#mark-list q").all_inner_texts()
    assert quotes[0] == "One sentence here. Another one follows, longer."
    assert len(quotes[1].split()) == 2


def test_escape_leaves_marking_and_changes_nothing(open_page, six):
    page = open_page(six.participant.user)
    page.goto(address(six))
    press(page, "m", "ArrowDown", "Escape", "4")

    assert page.locator("#mark-list li").count() == 0
    assert page.locator("#judging input:checked").count() == 1
