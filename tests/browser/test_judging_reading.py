"""Reading: how the text looks and keeps its place, for everybody, at every size."""

import json

import pytest
from django.utils import timezone

from judgments.assignment import next_assignment
from judgments.models import Judgment
from tests.browser.judging import address, eventually, press, question, select
from tests.factories import make_item, make_participant, make_study, make_user

PARAGRAPH = "A plain sentence of ordinary words that is repeated for a while, so that there is something to read. "


@pytest.fixture
def held(live):
    study = make_study("field-study")
    messages = [
        {"role": "person", "content": "هل كان الخاتم لها؟", "lang": "ar"},
        {"role": "person", "content": "Was it meant for her?", "lang": "en"},
    ]
    text = "\n\n".join(f"{number}. {PARAGRAPH * 3}" for number in range(1, 11)) + "\n\ncafé e\u0301 👩‍👧‍👦 end."
    make_item(study, text, messages=messages)
    return next_assignment(make_participant(study, make_user("jo")), now=timezone.now())


@pytest.fixture
def page(open_page, held):
    found = open_page(held.participant.user)
    found.goto(address(held))
    return found


def test_how_the_text_looks_is_kept_on_the_account_and_noted_with_the_judgment(page, held, axe, fits, open_page):
    page.click("#reader-button")
    for name in ["Largest", "Without serifs", "Wide", "Open", "Dark"]:
        page.locator("#reader").get_by_text(name, exact=True).click()
    page.get_by_role("button", name="Close").click()
    axe(page)
    style = "getComputedStyle(document.querySelector('#response-0'))"
    assert page.evaluate(f"{style}.fontSize") == "25px"
    assert "sans" in page.evaluate(f"{style}.fontFamily")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    assert page.locator("[style]").count() == 0
    assert eventually(lambda: _settings(held).get("theme") == "dark")

    other = open_page(held.participant.user, width=390)
    other.goto(address(held))
    assert other.evaluate("document.documentElement.dataset.size") == "5"
    fits(other)
    other.close()
    press(page, "Control+Enter")
    page.wait_for_url("**/read/field-study/")
    assert Judgment.objects.get().instrument["reader"] == {
        "size": "5", "face": "sans", "column": "wide", "spacing": "open", "theme": "dark",
    }  # fmt: skip


def _settings(assignment) -> dict:
    user = assignment.participant.user
    user.refresh_from_db()
    return user.reader_settings


def test_settings_can_be_changed_without_scripts(open_page, held):
    page = open_page(held.participant.user, javascript=False)
    page.goto(address(held))
    page.get_by_role("link", name="How the text looks").click()
    page.get_by_text("Larger", exact=True).click()
    page.get_by_text("Use single keys on this page").click()
    page.get_by_label("Key: next question").fill("n")
    page.get_by_role("button", name="Keep this").click()

    assert page.url.endswith(address(held))
    assert _settings(held) == {"size": "4", "shortcuts": False, "keys": {"next": "n"}}


def test_each_turn_says_its_language_and_direction(page):
    turns = page.evaluate("[...document.querySelectorAll('.reading')].map((text) => text.lang)")
    direction = page.evaluate("getComputedStyle(document.querySelector('#turn-0 p')).direction")

    assert turns == ["ar", "en", ""]
    assert direction == "rtl"


def test_a_long_response_has_an_outline_to_jump_by(page):
    links = page.locator("#outline a")

    assert links.count() == 10
    links.nth(8).click()
    assert page.evaluate("document.activeElement.textContent").startswith("9. ")


def test_the_place_in_the_text_is_kept(page, held):
    page.evaluate("document.getElementById('text').scrollTop = 700")
    page.wait_for_timeout(400)
    page.reload()

    assert eventually(lambda: page.evaluate("document.getElementById('text').scrollTop") == 700)


def test_highlights_and_their_fallback_give_the_same_places(open_page, held):
    found = []
    for plain in (False, True):
        page = open_page(held.participant.user)
        if plain:
            page.add_init_script("delete globalThis.Highlight")
        page.goto(address(held))
        for start, end in [("1. A plain", "something to read"), ("e\u0301", "end"), ("👩‍👧‍👦", "👩‍👧‍👦")]:
            page.evaluate("getSelection().removeAllRanges()")
            _select(page, start, end)
            press(page, "m", "Escape")
        assert (page.locator("mark.marks").count() > 0) == plain
        found.append(json.loads(page.evaluate("document.querySelector('[name=marks]').value")))
        page.close()

    assert found[0] == found[1]


def _select(page, start: str, end: str) -> None:
    """Choose a passage wherever its words lie, also across elements."""
    page.evaluate(
        """([start, end]) => {
            const block = [...document.querySelectorAll("#response-0 p")].find((one) => one.textContent.includes(start));
            const at = (place) => {
                const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
                for (let seen = 0; walk.nextNode(); seen += walk.currentNode.data.length)
                    if (place <= seen + walk.currentNode.data.length) return [walk.currentNode, place - seen];
            };
            const from = block.textContent.indexOf(start), to = block.textContent.indexOf(end, from) + end.length;
            getSelection().setBaseAndExtent(...at(from), ...at(to));
        }""",
        [start, end],
    )


def test_marks_count_code_points_also_where_one_sign_is_many(page, held):
    _select(page, "e\u0301", "end")
    press(page, "m", "Escape", "Control+Enter")
    page.wait_for_url("**/read/field-study/")

    mark = Judgment.objects.get().marks.get()
    text = mark.response.text
    assert mark.quote == "e\u0301 👩‍👧‍👦 end"
    assert mark.start == text.index("e\u0301")


def test_a_mark_can_be_gone_to_edited_and_removed(page, held):
    select(page, "1. A plain", "1. A plain")
    press(page, "m", "Escape")
    page.get_by_role("button", name="Edit").click()
    page.fill("#mark-own", "made me stop")
    page.fill("#mark-memo", "why here?")
    page.get_by_role("button", name="Done").click()
    assert page.locator(".mark-said").inner_text() == "made me stop · “why here?”"
    page.evaluate("document.getElementById('text').scrollTop = 9999")
    page.get_by_role("button", name="Go to it").click()
    assert page.evaluate("document.activeElement.id") == "text"
    page.get_by_role("button", name="Remove").click()
    assert page.locator("#mark-list li").count() == 0
    assert page.evaluate("document.activeElement.id") == "mark-button"


def test_a_passage_is_marked_by_touch_alone(open_page, held):
    page = open_page(held.participant.user, width=390, touch=True)
    page.goto(address(held))
    page.locator("#mark-button").wait_for()
    # A long press chooses the passage; the browser then offers its handles, and the page its button.
    select(page, "1. A plain", "1. A plain")
    page.locator("#mark-here").tap()
    page.locator("#mark-panel .mark-tag").first.tap()
    page.get_by_role("button", name="Done").tap()
    page.get_by_role("link", name="To the questions", exact=True).tap()
    question(page, "care").locator("label.point").nth(3).tap()
    page.locator("#save").tap()
    page.wait_for_url("**/read/field-study/")

    mark = Judgment.objects.get().marks.get()
    assert (mark.quote, mark.suffix[:9]) == ("1. A plain", " sentence")
    assert mark.tag


@pytest.mark.parametrize(("width", "touch"), [(1280, False), (390, True)])
def test_every_control_is_large_enough(open_page, held, width, touch):
    page = open_page(held.participant.user, width=width, touch=touch)
    page.goto(address(held))
    question(page, "care").get_by_role("radio", name="A range").check()
    select(page, "1. A plain", "1. A plain")
    press(page, "m")
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, textarea, summary, label.point, label.way, .mark-tag")]
            .filter((one) => one.checkVisibility() && !one.closest(".skip-links, .reading"))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([words, box]) => `${words} ${box.width}×${box.height}`)"""
    )
    primary = page.locator("#save").bounding_box()

    assert small == []
    assert not touch or primary["height"] >= 44


def test_text_can_be_spaced_without_loss(page, fits):
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    clipped = page.evaluate(
        """() => [...document.querySelectorAll("label, legend, button, summary, p, h1, h2, a, li")]
            .filter((one) => one.checkVisibility() && getComputedStyle(one).overflow !== "visible" && one.scrollHeight > one.clientHeight + 1
                && !one.closest(".visually-hidden")).map((one) => one.outerHTML.slice(0, 80))"""
    )

    assert clipped == []
    fits(page)


@pytest.mark.parametrize(("width", "height"), [(1280, 700), (390, 700)])
def test_what_has_the_focus_is_never_covered(open_page, held, width, height):
    page = open_page(held.participant.user, width=width, height=height)
    page.goto(address(held))
    covered = []
    for _ in range(45):
        press(page, "Tab")
        covered += page.evaluate(
            """() => {
                const one = document.activeElement;
                if (one === document.body || one.id === "text" || one.closest(".skip-links")) return [];
                const box = (one.closest("label") ?? one).getBoundingClientRect();
                const [x, y] = [box.left + Math.min(box.width / 2, 30), box.top + box.height / 2];
                const over = document.elementFromPoint(x, y);
                const host = one.closest("label") ?? one;
                return !over || host.contains(over) || over.contains(host) ? [] : [`${host.outerHTML.slice(0, 70)} under ${over.outerHTML.slice(0, 60)}`];
            }"""
        )

    assert covered == []


def test_nothing_moves_for_those_who_want_it_still(open_page, held):
    page = open_page(held.participant.user, reduced_motion="reduce")
    page.goto(address(held))
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].map((one) => getComputedStyle(one).transitionDuration).filter((found) => found !== "0s")"""
    )

    assert moving == []
