"""Nothing written is lost: without a network, signed out, in two windows, after the browser has gone."""

import time

import pytest
from django.utils import timezone

from judgments import first_readings, submission
from judgments.assignment import next_assignment, take_along
from judgments.models import Assignment, Draft, Judgment, Proposal
from tests.browser.judging import address, eventually, press, said, taken_along
from tests.factories import make_items, make_participant, make_study, make_user

HARD = [
    "🙂👩‍👧",
    "e\u0301 é",
    "هو لا يسمعها",
    "a\nb\n\nc",
    "<script>&amp;",
    "tab\there",
    "“quoted”",
    "  lead and trail  ",
]


@pytest.fixture
def thirty(live):
    study = make_study("field-study", first_reading=True)
    make_items(study, 30)
    return make_participant(study, make_user("jo"))


@pytest.fixture
def held(live):
    study = make_study("field-study")
    make_items(study, 4)
    assignment = next_assignment(make_participant(study, make_user("jo")), now=timezone.now())
    # A question that digits answer comes first, whatever was drawn.
    assignment.dimension_order = ["care", "depth", "goods", "voice", "moves", "warmth", "person"]
    assignment.save()
    return assignment


def status(page, words: str) -> None:
    page.locator("#save-status", has_text=words).wait_for()


def test_thirty_items_judged_offline_arrive_once_and_as_they_were_written(open_page, thirty, watch):
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page = open_page(thirty.user)
    page.goto("/read/field-study/")
    page.get_by_role("button", name="Take 30 along").click()
    page.get_by_text("30 items are on this device").wait_for(timeout=60_000)
    page.get_by_role("button", name="Begin").click()
    page.locator("#first").wait_for()
    taken_along(page)
    page.context.set_offline(True)
    written = {}
    for number in range(30):
        page.locator("#first").wait_for()
        uid = page.locator("#first").get_attribute("data-assignment")
        words = f"{number} {HARD[number % len(HARD)]}"
        page.fill("#first-words", words)
        page.click("#to-questions")
        page.locator("#judging").wait_for()
        page.fill("#rationale", words)
        press(page, "Escape", "k", str(1 + number % 4))
        written[uid] = words
        with page.expect_navigation(wait_until="commit"):
            page.click("#save")
    status(page, "Kept on this device (60 waiting)")
    assert not Judgment.objects.exists()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")

    started = time.monotonic()
    assert eventually(lambda: Judgment.objects.count() == 30, 40)
    print(f"sixty entries arrived in {time.monotonic() - started:.1f} s")
    kept = {str(one.assignment.uid): submission.answers_of(one).rationale for one in Judgment.objects.all()}
    assert kept == written
    firsts = {str(one.uid): first_readings.words_of(one.first_reading) for one in Assignment.objects.all()}
    assert firsts == written
    order = list(Judgment.objects.order_by("pk").values_list("assignment__uid", flat=True))
    assert [str(uid) for uid in order] == list(written)


def test_a_closed_tab_comes_back_offline_with_what_was_typed(open_page, held, watch):
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page = open_page(held.participant.user)
    page.goto(address(held))
    taken_along(page)
    page.context.set_offline(True)
    page.fill("#rationale", "half a thought")
    page.wait_for_timeout(600)
    again = page.context.new_page()
    page.close()
    again.goto(address(held))

    assert eventually(lambda: again.input_value("#rationale") == "half a thought")
    status(again, "Kept on this device (1 waiting)")
    again.context.set_offline(False)
    assert eventually(lambda: Draft.objects.filter(answers__rationale="half a thought").exists())


def test_signed_out_is_said_in_other_words_than_offline_and_signing_in_sends_what_waits(
    open_page, sign_in, held, watch, axe
):
    watch.expected += ["401", "403"]
    page = open_page(held.participant.user)
    page.goto(address(held))
    page.context.clear_cookies(name="session")
    page.keyboard.press("4")
    status(page, "Sign in again. Your work is kept on this device.")
    axe(page)
    page.click("#save")
    page.wait_for_url("**/account/login/**")
    assert not Judgment.objects.exists()
    sign_in(page, held.participant.user)
    page.goto("/read/field-study/")

    assert eventually(lambda: Judgment.objects.exists())
    assert list(said(held)["ratings"]) == [held.dimension_order[0]]


def test_what_waits_is_bound_to_the_person_who_wrote_it(open_page, sign_in, held, watch):
    watch.expected += ["401", "403", "404"]
    other = make_participant(held.study, make_user("lee"))
    page = open_page(held.participant.user)
    page.goto(address(held))
    page.context.clear_cookies(name="session")
    page.keyboard.press("4")
    page.click("#save")
    page.wait_for_url("**/account/login/**")
    sign_in(page, other.user)
    page.goto("/read/field-study/")
    page.wait_for_timeout(700)
    assert not Judgment.objects.exists()
    assert page.locator("#save-status").is_hidden()
    page.context.clear_cookies(name="session")
    sign_in(page, held.participant.user)
    page.goto("/read/field-study/")

    assert eventually(lambda: Judgment.objects.filter(participant=held.participant).exists())


def test_two_windows_that_judged_apart_keep_both_versions(open_page, held, watch):
    watch.expected += ["409", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    first = held.dimension_order[0]
    one, two = open_page(held.participant.user), open_page(held.participant.user)
    for page in (one, two):
        page.goto(address(held))
    taken_along(two)
    two.context.set_offline(True)
    two.keyboard.press("1")
    with two.expect_navigation(wait_until="commit"):
        two.click("#save")
    one.keyboard.press("2")
    one.click("#save")
    assert eventually(lambda: Judgment.objects.exists())
    two.context.set_offline(False)
    two.evaluate("dispatchEvent(new Event('online'))")
    two.get_by_role("button", name="Look at both").click()
    two.get_by_role("heading", name="This item was saved before").wait_for()
    two.get_by_role("button", name="Say what you just wrote instead").click()
    two.wait_for_url("**/history/")

    given = [submission.answers_of(one).plain()["ratings"] for one in Judgment.objects.order_by("revision")]
    assert [list(found) for found in given] == [[first], [first]]
    assert given[0] != given[1]
    waiting = two.evaluate("document.getElementById('save-status').dataset.state")
    assert waiting in {"saved", "saving"}


def test_proposals_are_kept_beside_the_judgment(open_page, held):
    page = open_page(held.participant.user)
    page.goto(address(held))
    for summary, field, words in [
        ("Ask what if…", "#what-if", "What if she were fourteen?"),
        ("Propose a question", "#propose", "Whose grief does it see?"),
        ("What mattered here that we did not ask?", "#gap", "Its tone changes half-way."),
    ]:
        page.get_by_text(summary, exact=True).click()
        page.fill(field, words)
    status(page, "All saved")
    page.reload()
    assert page.input_value("#what-if") == "What if she were fourteen?"
    with page.expect_navigation():
        page.click("#save")

    kept = {made.kind: made.text.text for made in Proposal.objects.select_related("text")}
    assert kept == {
        "what_if": "What if she were fourteen?", "question": "Whose grief does it see?",
        "gap": "Its tone changes half-way.",
    }  # fmt: skip
    assert Judgment.objects.count() == 1


def test_not_today_works_offline_and_the_next_item_opens(open_page, held, watch):
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page = open_page(held.participant.user)
    page.goto(address(held))
    taken_along(page)
    page.context.set_offline(True)
    with page.expect_navigation(wait_until="commit"):
        page.get_by_role("button", name="Not today").click()
    page.locator("#judging").wait_for()
    assert address(held) not in page.url
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")

    assert eventually(lambda: Assignment.objects.get(pk=held.pk).state == Assignment.State.SKIPPED)


def test_a_browser_without_storage_says_so_and_still_saves(open_page, held):
    page = open_page(held.participant.user)
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('private') } } })"
    )
    page.goto(address(held))
    status(page, "This browser cannot keep work offline. Stay connected.")
    page.keyboard.press("4")
    with page.expect_navigation():
        page.click("#save")

    assert len(said(held)["ratings"]) == 1


def test_two_more_items_are_held_ahead_and_none_of_them_counts_as_opened(open_page, held):
    page = open_page(held.participant.user)
    page.goto(address(held))
    taken_along(page)

    assert Assignment.objects.count() == 3
    assert list(Assignment.objects.filter(opened_at__isnull=False)) == [held]
    assert take_along(held.participant, count=3, now=timezone.now())[0] == held


def test_an_answer_that_does_not_name_what_was_sent_is_not_believed(open_page, held):
    page = open_page(held.participant.user)
    page.goto(address(held))
    # A proxy that answers for the server: the work is not let go of.
    page.route(f"**{address(held)}", lambda route: _answered_by_somebody_else(route))
    page.keyboard.press("4")
    with page.expect_navigation(wait_until="commit"):
        page.click("#save")
    assert not Judgment.objects.exists()
    page.unroute_all()
    page.goto("/read/field-study/")

    assert eventually(lambda: Judgment.objects.exists())


def _answered_by_somebody_else(route) -> None:
    if route.request.method == "POST":
        route.fulfill(json={"received": "0" * 64, "next": "/read/field-study/"})
    else:
        route.continue_()
