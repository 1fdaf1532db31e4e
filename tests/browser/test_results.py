"""A study's results in a real browser: on wide and narrow screens, light and dark, and without scripts."""

import pytest

from annotate.demo import seeding
from judgments.models import Item, Rating
from tests.factories import NOW, make_researcher, make_study, make_user

SCREENS = [(1280, "light"), (390, "dark"), (320, "light")]


@pytest.fixture
def rosa(live):
    user = make_user("rosa")
    make_researcher(seeding.seed(now=NOW), user)
    return user


@pytest.fixture
def addresses(rosa):
    """The overview, the list, one item with cohorts, one question, the atlas, and the transfer profile."""
    item = Item.objects.filter(study__slug=seeding.SLUG).order_by("number").first()
    study = f"/studies/{seeding.SLUG}/"
    return [
        f"{study}?facet=reads-silence",
        f"{study}items/",
        f"{study}items/{item.uid}/?by=hears-hedging",
        f"{study}questions/care/",
        f"{study}failures/",
        f"{study}transfer/",
        f"{study}transfer/the-nervous-driver/?on=proportion",
    ]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page, rosa, addresses, axe, fits, width, scheme):
    page = open_page(rosa, width=width, scheme=scheme)

    for address in addresses:
        page.goto(address)

        axe(page)
        fits(page)


def test_axe_finds_nothing_with_every_part_opened(open_page, rosa, addresses, axe):
    page = open_page(rosa)

    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

        axe(page)


def test_axe_finds_nothing_where_there_is_nothing_yet(open_page, rosa, axe, fits):
    make_researcher(make_study("empty"), rosa)
    page = open_page(rosa, width=320)

    for address in ("/studies/empty/", "/studies/empty/items/"):
        page.goto(address)

        axe(page)
        fits(page)


def test_from_the_overview_to_a_disagreement_without_scripts(open_page, rosa):
    page = open_page(rosa, javascript=False)

    page.goto(f"/studies/{seeding.SLUG}/")
    page.get_by_label("Readers by").select_option("reads-silence")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("?facet=reads-silence&with=")
    page.locator(".look a").nth(1).click()

    assert page.get_by_role("heading", name="Where each reader stood").is_visible()
    first = page.url
    page.get_by_role("link", name="Next").first.click()
    assert page.url != first
    page.get_by_role("link", name="Before").first.click()
    assert page.url == first


def test_a_question_is_walked_item_by_item_with_keys(open_page, rosa):
    page = open_page(rosa)
    page.goto(f"/studies/{seeding.SLUG}/questions/care/")
    links = page.locator(".ridge-name a")

    links.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert links.nth(1).evaluate("link => link === document.activeElement")
    page.keyboard.press("s")
    page.wait_for_url("**?sort=low**")
    opened = links.first.get_attribute("href")
    links.first.focus()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{opened}")
    assert page.get_by_role("heading", name="Where each reader stood").is_visible()


def test_the_ratings_are_one_click_away(open_page, rosa):
    page = open_page(rosa)
    page.goto(f"/studies/{seeding.SLUG}/")

    with page.expect_download() as download:
        page.get_by_role("link", name="Ratings as CSV").click()

    lines = download.value.path().read_bytes().split(b"\r\n")
    assert download.value.suggested_filename == f"{seeding.SLUG}-ratings.csv"
    assert len(lines) == 1 + Rating.objects.count() + 1


def test_text_spacing_hides_nothing_of_the_strips(open_page, rosa, addresses, fits):
    page = open_page(rosa, width=390)

    page.goto(addresses[2])
    # No style element may be added under the policy; the object model may.
    page.evaluate(
        "document.querySelectorAll('main *').forEach(part => {"
        " part.style.setProperty('line-height', '1.5', 'important');"
        " part.style.setProperty('letter-spacing', '0.12em', 'important');"
        " part.style.setProperty('word-spacing', '0.16em', 'important'); })"
    )

    fits(page)


def test_a_page_weighs_no_more_than_a_picture(open_page, rosa, addresses):
    page = open_page(rosa)

    for address in addresses:
        response = page.goto(address)

        assert len(response.body()) <= 150_000, address
