"""The pages for people who write programs, in a real browser: what the API offers, and one's tokens."""

import re

import pytest

from annotate import tokens
from tests.factories import make_user

WIDTHS_AND_SCHEMES = [(1280, "light"), (1280, "dark"), (390, "light"), (320, "dark")]


@pytest.fixture
def jo(live):
    return make_user("jo")


@pytest.mark.parametrize(("width", "scheme"), WIDTHS_AND_SCHEMES)
def test_the_api_page_shows_every_operation_to_anyone(live, open_page, axe, fits, width, scheme):
    page = open_page(width=width, scheme=scheme)

    page.goto("/api/v1/docs/")

    assert page.locator("article.operation").count() == 18
    page.get_by_role("link", name="Judge", exact=True).click()
    assert page.url.endswith("#assignments_judgment")
    assert page.locator("#assignments_judgment").is_visible()
    axe(page)
    fits(page)


def test_the_api_page_is_the_same_without_scripts(live, open_page):
    page = open_page(javascript=False)

    page.goto("/api/v1/docs/")

    assert page.get_by_text("POST /api/v1/assignments/{uid}/judgment").is_visible()


@pytest.mark.parametrize(("width", "scheme"), WIDTHS_AND_SCHEMES)
def test_a_token_is_made_read_once_and_revoked(live, jo, open_page, axe, fits, width, scheme):
    page = open_page(jo, width=width, scheme=scheme)
    tokens.issue(jo)
    page.goto("/account/tokens/")

    page.get_by_label("How long it lasts").select_option("30")
    page.get_by_role("button", name="Make a token").click()

    text = page.locator("pre code").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", text)
    axe(page)
    fits(page)
    page.get_by_role("button", name=f"Revoke the token that begins with {text[:15]}").click()
    assert page.get_by_text(f"The token {text[:15]}… no longer opens anything.").is_visible()
    assert page.get_by_role("button", name="Revoke the token").count() == 1
    assert text not in page.content()
