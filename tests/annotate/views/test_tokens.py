"""The page of one's own tokens."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from annotate import tokens
from tests.support.described import Program


@pytest.fixture
def browser(client, jo):
    client.force_login(jo.user)
    return client


def test_a_new_token_is_shown_once_and_works(browser, jo):
    made = browser.post(reverse("tokens:make"), {"days": "30"})

    [text] = re.findall(r"<code>([0-9a-f]{64})</code>", made.content.decode())
    program = Program()
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    assert program.get("/api/v1/studies/").json()["count"] == 1
    assert text not in browser.get(reverse("tokens:index")).content.decode()
    assert timedelta(days=29, hours=23) < AuthToken.objects.get().expiry - timezone.now() <= timedelta(days=30)


def test_only_ones_own_usable_tokens_are_listed_by_prefix(browser, jo, sam):
    mine, text = tokens.issue(jo.user)
    theirs, _ = tokens.issue(sam)
    expired, _ = tokens.issue(jo.user)
    AuthToken.objects.filter(pk=expired.pk).update(expiry=timezone.now() - timedelta(days=1))

    page = browser.get(reverse("tokens:index")).content.decode()

    assert f"{mine.token_key}…" in page
    assert theirs.token_key not in page
    assert expired.token_key not in page
    assert text not in page
    assert mine.digest not in page


def test_a_revoked_token_opens_nothing(browser, jo, speak_with):
    row, text = tokens.issue(jo.user)
    assert speak_with(text).get("/api/v1/studies/").status_code == 200

    response = browser.post(reverse("tokens:revoke", args=[row.token_key]), follow=True)

    assert f"The token {row.token_key}… no longer opens anything." in response.content.decode()
    assert speak_with(text).get("/api/v1/studies/").status_code == 401


@pytest.fixture
def speak_with():
    def speak_with(text: str) -> Program:
        program = Program()
        program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return program

    return speak_with


def test_somebody_elses_token_cannot_be_revoked(browser, sam):
    row, _ = tokens.issue(sam)

    response = browser.post(reverse("tokens:revoke", args=[row.token_key]))

    assert response.status_code == 302
    assert AuthToken.objects.get() == row


@pytest.mark.parametrize("days", ["", "0", "-1", "31", "100000", "30 ", "x", "٣٠"])
def test_other_terms_are_refused(browser, days):
    response = browser.post(reverse("tokens:make"), {"days": days})

    assert response.status_code == 422
    assert "Choose how long the token should last." in response.content.decode()
    assert AuthToken.objects.count() == 0


def test_strangers_are_asked_to_sign_in_and_change_nothing(db, client, sam):
    row, _ = tokens.issue(sam)

    for method, name, arguments in [
        ("get", "tokens:index", []),
        ("post", "tokens:make", []),
        ("post", "tokens:revoke", [row.token_key]),
    ]:
        response = getattr(client, method)(reverse(name, args=arguments), {"days": "30"})
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))
    assert AuthToken.objects.get() == row


def test_looking_makes_and_revokes_nothing(browser, jo):
    row, _ = tokens.issue(jo.user)

    assert browser.get(reverse("tokens:make")).status_code == 405
    assert browser.get(reverse("tokens:revoke", args=[row.token_key])).status_code == 405
    assert AuthToken.objects.get() == row


def test_one_and_many_tokens_cost_the_same_queries(browser, jo):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("tokens:index")).status_code == 200
        return len(captured)

    tokens.issue(jo.user)
    few = queries()
    for _ in range(3):
        tokens.issue(jo.user)

    assert queries() == few
