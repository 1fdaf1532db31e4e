"""The pages around the judging page, empty and filled: nothing against the standards, nothing to scroll sideways."""

import pytest
from django.utils import timezone

from judgments import care, notes, sittings
from judgments.assignment import next_assignment
from judgments.models import ConsentText, Facet, Note, Release, Scenario
from judgments.notes import Passage, Said
from tests.browser import grid
from tests.browser.judging import eventually, select, taken_along
from tests.factories import NOW, judge, make_items, make_participant, make_rubric, make_study, make_user, said
from tests.support.readings import read_again

PLACES = {
    "queue": "", "time": "time/", "pause": "pause/", "stays": "stays-with-me/", "history": "history/",
    "consent": "consent/", "about": "about-you/", "practice": "practice/", "notes": "content-notes/",
    "leave": "leave/", "wander": "wander/", "notebook": "wander/notes/",
}  # fmt: skip


@pytest.fixture
def jo(live):
    study = make_study("field-study", version=make_rubric(), wander="all", care_lines="Dr Ana Reyes\nA line, 116 123")
    return make_participant(study, make_user("jo"), code_name="quiet heron")


@pytest.fixture
def filled(jo):
    """Items read, one of them twice; a break due; notes, corrections, questions about oneself, a release."""
    study, now = jo.study, timezone.now()
    study.care_contact = make_user("ben", first_name="Ben", last_name="Okri")
    study.break_minutes = 1
    study.save()
    items = make_items(study, 4)
    Scenario.objects.filter(study=study).update(content_notes=["death of a parent", "illness"])
    first = judge(jo, said(care=4, rationale="It found both halves.", settled=2), now=now)
    judge(jo, said(care=frozenset({2, 6})), now=now)
    read_again(jo, first.item, said(care=6))
    next_assignment(jo, now=now)
    sittings.open_sitting(jo, now=now)
    jo.sittings.update(active_seconds=600)
    sittings.correct(jo, 10, "I was reading on paper", actor=jo.user, now=now)
    care.prefer(jo, {"illness": "warn"}, now=now)
    for what in (
        Said("mark", item=items[0], passage=Passage(0, 2, turn=0), tag="turns here", text="here it turned"),
        Said("link", item=items[0], other_item=items[1], text="the same silence"),
        Said("note", text="A longer thought.", audience=Note.Audience.WANDERERS),
    ):
        notes.write(jo, what, actor=jo.user, now=now)
    ConsentText.objects.create(study=study, version=1, body="We keep what you write. " * 40, created_at=NOW)
    jo.consents.create(
        text=study.consent_texts.get(), takes_part=True, may_quote=True, may_publish=False, given_at=now
    )
    Facet.objects.create(study=study, slug="shaped", title="Shaped", question="What shaped you?", why="It shows.")
    Facet.objects.create(study=study, slug="age", title="Age", question="How old are you?", choices="young\nold")
    Release.objects.create(study=study, name="r", folder="/nowhere", facts={}, created_at=now)
    return jo


@pytest.fixture(params=grid.looks(), ids=lambda look: "-".join(filter(None, map(str, look))))
def look(request):
    return request.param


@pytest.fixture
def seen(open_page, axe, fits, look):
    """`seen(page)` holds what is on the page against the standards; `seen.page(user)` opens one in this look."""
    width, scheme, more = look

    def checked(page) -> None:
        if more == "twice":
            # As a browser does that was told to show all text twice as large.
            page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        fits(page)
        axe(page)

    def opened(user=None):
        options = {"forced_colors": "active"} if more == "forced" else {}
        # Tall, where a bar at the lower edge would half cover whatever happens to lie under it.
        height = 900 if width > 1000 else 12_000
        return open_page(user, width=width, height=height, scheme=scheme, touch=width < 1000, **options)

    checked.page = opened
    return checked


def test_every_page_when_it_is_empty(seen, jo):
    page = seen.page(jo.user)
    for name, place in PLACES.items():
        if name != "consent":
            page.goto(f"/read/field-study/{place}")
            seen(page)


def test_every_page_when_something_is_missing(seen, jo, watch):
    """Forms sent without what they need, a link that does not lead anywhere, and an item that is gone."""
    item, page = make_items(jo.study, 1)[0], seen.page(jo.user)
    page.goto("/read/field-study/time/")
    page.get_by_role("button", name="Keep this").click()
    page.get_by_role("alert").wait_for()
    seen(page)
    page.goto("/read/field-study/practice/")
    page.locator("fieldset.question").first.get_by_role("radio", name="A range").check()
    page.locator("#judging .save-bar button").click()
    page.get_by_text("One thing needs another look.").wait_for()
    seen(page)
    held = next_assignment(jo, now=timezone.now())
    page.goto(f"/read/items/{held.uid}/")
    page.locator("#to-questions, #save").first.wait_for()
    if page.locator("#to-questions").count():
        page.click("#to-questions")
    page.locator("fieldset.question[data-slug=care]").get_by_role("radio", name="A range").check()
    page.click("#save")
    page.locator(".field-error").first.wait_for()
    seen(page)
    item.hidden_at = timezone.now()
    item.save()
    page.goto(f"/read/items/{held.uid}/")
    seen(page)
    watch.expected += ["status of 422", "status of 410", "status of 404", "404: "]
    page.goto("/join/no-such-code-at-all/")
    seen(page)


def test_every_page_without_a_connection(seen, jo, watch):
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    make_items(jo.study, 3)
    held = next_assignment(jo, now=timezone.now())
    page = seen.page(jo.user)
    page.goto(f"/read/items/{held.uid}/")
    taken_along(page)
    page.context.set_offline(True)
    if page.locator("#first").count():
        page.fill("#first-words", "It hears her.")
        page.click("#to-questions")
    page.locator("fieldset.question[data-slug=care]").get_by_role("radio", name="Fitting").check()
    page.get_by_text("Kept on this device").first.wait_for()
    seen(page)
    page.context.set_offline(False)


def test_every_page_when_it_is_filled(seen, filled):
    page = seen.page(filled.user)
    pair = filled.assignments.get(occasion=1)
    first = filled.assignments.filter(occasion=0).order_by("position").first()
    held = filled.assignments.get(state="offered")
    item = Note.objects.filter(kind="mark").get().item
    for place in PLACES.values():
        page.goto(f"/read/field-study/{place}")
        seen(page)
    for address in (
        f"items/{pair.uid}/then-and-now/", f"items/{first.uid}/take-out/", f"items/{first.uid}/",
        f"items/{held.uid}/", f"items/{held.uid}/?read=1", f"field-study/wander/{item.uid}/",
        f"field-study/wander/notes/{Note.objects.latest('pk').uid}/",
    ):  # fmt: skip
        page.goto(f"/read/{address}")
        seen(page)
    page.goto("/you/")
    seen(page)


def test_wandering_marks_a_passage_with_the_same_tools(open_page, jo):
    item = make_items(jo.study, 1)[0]
    page = open_page(jo.user)
    page.goto(f"/read/field-study/wander/{item.uid}/")
    select(page, "I am", "sorry")
    page.keyboard.press("m")
    page.get_by_label("A note", exact=True).first.fill("a quiet word")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Keep these marks").click()
    page.wait_for_url("**#notes")

    note = Note.objects.get()
    assert (note.quote, note.text.text, note.kind) == ("I am so sorry", "a quiet word", "mark")


def test_time_is_counted_while_somebody_is_there(open_page, jo):
    page = open_page(jo.user)
    page.goto("/read/field-study/wander/")
    jo.sittings.create(begun_at=timezone.now(), seen_at=timezone.now(), rested_at=timezone.now())
    page.mouse.move(200, 200)
    page.wait_for_timeout(2500)
    page.goto("/read/field-study/")

    assert eventually(lambda: jo.sittings.get().active_seconds >= 1)


def test_keys_of_the_queue_and_the_pause(open_page, jo):
    make_items(jo.study, 1)
    page = open_page(jo.user)
    page.goto("/read/field-study/")
    page.keyboard.press("w")
    page.wait_for_url("**/wander/")
    page.goto("/read/field-study/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/read/items/**")
    page.goto("/read/field-study/pause/")
    page.keyboard.press("p")
    page.wait_for_url("**/read/items/**")
