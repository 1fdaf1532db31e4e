"""From the invitation to the first saved judgment, counted; and the whole of it without scripts."""

import pytest
from django.utils import timezone

from judgments import invitations
from judgments.models import ConsentText, Facet, Judgment, Participant, Role, Scenario
from tests.browser.judging import eventually, select
from tests.factories import NOW, make_items, make_rubric, make_study, make_user

MOST_PAGES = 8
MOST_PRESSES = 40
PASSWORD = "four quiet words here"


@pytest.fixture
def study(live):
    study = make_study(
        "field-study", version=make_rubric(), led_by="Dr Ana Reyes", payment="£14 an hour", first_reading=True
    )
    make_items(study, 3)
    Scenario.objects.filter(study=study).update(content_notes=["death of a parent"])
    ConsentText.objects.create(study=study, version=1, body="We keep what you write. " * 30, created_at=NOW)
    Facet.objects.create(study=study, slug="shaped", title="Shaped", question="What has shaped how you judge people?")
    Facet.objects.create(study=study, slug="age", title="Age", question="How old are you?", choices="young\nold")
    return study


@pytest.fixture
def link(study):
    invitation = invitations.invite(study, Role.ANNOTATOR, actor=make_user("ada"), now=timezone.now(), places=5)
    return f"/join/{invitations.code_of(invitation)}/"


class Counted:
    """Presses made and pages seen: a press of a button or a choice, a field written into."""

    def __init__(self, page):
        self.page, self.presses, self.pages = page, 0, 0

    def click(self, *by, **name) -> None:
        self.presses += 1
        self.page.get_by_role(*by, **name).first.click()

    def write(self, field: str, words: str) -> None:
        self.presses += 1
        self.page.get_by_label(field, exact=True).first.fill(words)

    def arrive(self, address: str) -> None:
        self.page.wait_for_url(address)
        self.pages += 1


def test_from_the_invitation_to_the_first_judgment(open_page, axe, fits, link):
    page = open_page()
    by = Counted(page)
    page.goto(link)
    by.pages += 1
    axe(page)
    fits(page)
    by.click("radio", name="Warn me first")
    by.click("radio", name="I agree to take part")
    by.click("checkbox", name="My written reasons may be quoted without my name")
    by.write("Name to sign in with", "newcomer")
    by.write("Password", PASSWORD)
    by.write("The same password again", PASSWORD)
    by.click("button", name="Go on")
    by.arrive("**/about-you/")
    axe(page)
    by.write("In your own words", "My grandmother, and a choir.")
    by.click("checkbox", name="The researchers may use it")
    by.click("button", name="Go on")
    by.arrive("**/practice/")
    axe(page)
    select(page, "Thank her", "thought")
    by.presses += 1
    by.click("button", name="Mark a passage")
    by.click("button", name="Done")
    care, depth = (page.locator(f'fieldset[data-slug="{slug}"]') for slug in ("care", "depth"))
    for found, way, ends in ((care, "A range", ("From", "to")), (depth, "Both ways", ("One way", "the other"))):
        found.get_by_role("radio", name=way).check()
        for place, label in enumerate(ends):
            found.get_by_role("combobox", name=label, exact=True).select_option(index=2 + place)
        by.presses += 3
    page.locator("#judging .save-bar button").click()
    by.presses += 1
    page.get_by_role("heading", name="That is all there is to it.").wait_for()
    by.pages += 1
    axe(page)
    assert "You did not try" not in page.inner_text("main")
    assert not Judgment.objects.exists()
    by.click("button", name="Read the first one")
    page.get_by_role("heading", name="Before you read").wait_for()
    by.pages += 1
    axe(page)
    by.click("link", name="Read it")
    page.get_by_role("button", name="To the questions").wait_for()
    by.pages += 1
    by.click("button", name="To the questions")
    page.locator('fieldset[data-slug="care"]').get_by_role("radio", name="Fitting").check()
    by.presses += 1
    by.click("button", name="Save and go on")
    assert eventually(lambda: Judgment.objects.count() == 1)

    print(f"\nwelcome to first judgment: {by.pages} pages, {by.presses} presses")
    assert by.pages <= MOST_PAGES
    assert by.presses <= MOST_PRESSES
    joined = Participant.objects.get()
    assert joined.consents.get().may_quote
    assert joined.background.count() == 1


def test_without_scripts_one_joins_practises_judges_revises_and_pauses(open_page, link):
    page = open_page(javascript=False)
    page.goto(link)
    page.get_by_role("radio", name="I agree to take part").check()
    page.get_by_label("Name to sign in with").fill("plain")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Go on").click()
    care = page.locator('fieldset[data-slug="care"]')
    care.get_by_role("radio", name="Too little", exact=True).check()
    page.locator("#judging .save-bar button").click()
    assert "That is all there is to it." in page.inner_text("h1")
    page.get_by_role("button", name="Read the first one").click()
    page.get_by_role("button", name="To the questions").click()
    page.get_by_role("radio", name="Fitting").check()
    page.get_by_role("button", name="Save and go on").click()
    assert Judgment.objects.count() == 1

    page.goto("/read/field-study/history/")
    page.locator("#history a").click()
    page.get_by_role("link", name="Revise").click()
    page.get_by_role("radio", name="Too much", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    assert Judgment.objects.count() == 2

    page.goto("/read/field-study/")
    page.get_by_role("button", name="Carry on").click()
    page.get_by_role("link", name="Pause").click()
    page.get_by_label("Where were you?").fill("at the second turn")
    page.get_by_role("button", name="Finish for today").click()
    assert "at the second turn" in page.inner_text("main")
    # Without scripts no page can send beats: the time from opening to saving is counted instead.
    assert Participant.objects.get().sittings.exists()
