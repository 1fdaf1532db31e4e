"""Tokens: got for a password, revoked, expired; and sessions, which need their CSRF token."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from knox.models import AuthToken

from annotate import tokens
from judgments.models import Assignment
from tests.annotate.api.conftest import take
from tests.support.described import Program

PASSWORD = "a heron stands still"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def user(jo):
    jo.user.set_password(PASSWORD)
    jo.user.save()
    return jo.user


def ask(username="jo", password=PASSWORD, **more):
    return Program().post("/api/v1/token/", {"username": username, "password": password, **more})


def test_a_password_gives_a_token_that_opens_the_api_for_90_days(user):
    response = ask()

    given = response.json()
    stored = AuthToken.objects.get()
    program = Program()
    program.credentials(HTTP_AUTHORIZATION=f"Token {given['token']}")
    assert response.status_code == 201
    assert stored.user == user
    assert timedelta(days=89, hours=23) < stored.expiry - timezone.now() <= timedelta(days=90)
    assert given["prefix"] == stored.token_key == given["token"][:15]
    assert given["token"] not in {stored.digest, stored.token_key}
    assert program.get("/api/v1/studies/").json()["count"] == 1


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("jo", "wrong"),
        ("nobody", PASSWORD),
        ("jo", PASSWORD + " "),
        (" jo", PASSWORD),
        ("jo' --", PASSWORD),
        ("jo", " "),
    ],
)
def test_wrong_credentials_get_one_answer(user, username, password):
    response = ask(username, password)

    body = response.json()
    assert response.status_code == 401
    assert (body["code"], body["message"]) == (
        "wrong_credentials",
        "This username and password do not belong together.",
    )
    assert AuthToken.objects.count() == 0


def test_a_deactivated_account_is_out_at_once(user):
    program = Program()
    program.credentials(HTTP_AUTHORIZATION=f"Token {ask().json()['token']}")
    user.is_active = False
    user.save()

    assert ask().json()["code"] == "wrong_credentials"
    response = program.get("/api/v1/studies/")
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_second_factor_is_not_gone_around(user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})

    response = ask()

    assert (response.status_code, response.json()["code"]) == (403, "second_factor_required")
    assert AuthToken.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {}, {"username": "jo"}, {"password": PASSWORD}, {"username": ["jo"], "password": PASSWORD},
        {"username": {"$ne": ""}, "password": {"$ne": ""}},
        {"username": "jo", "password": PASSWORD, "is_staff": True},
        {"username": "j" * 151, "password": PASSWORD}, {"username": "jo", "password": "x" * 5_000},
        {"username": None, "password": None}, [], "jo", 7,
    ],
)  # fmt: skip
def test_misshapen_credentials_are_refused(user, body):
    response = Program().post("/api/v1/token/", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert AuthToken.objects.count() == 0


def test_guessing_one_password_is_slow_whoever_guesses(user):
    for number in range(15):
        response = Program().post(
            "/api/v1/token/", {"username": "jo" if number % 2 else "Jo", "password": f"guess {number}"},
            REMOTE_ADDR=f"192.0.2.{number}", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        )  # fmt: skip
        assert response.status_code == 401

    response = ask()

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert int(response["Retry-After"]) > 3_000
    assert AuthToken.objects.count() == 0
    assert ask("rosa", "wrong").status_code == 401


def test_a_revoked_token_opens_nothing(jo, speak):
    program, other = speak(jo), speak(jo)

    response = program.delete("/api/v1/token/")

    assert (response.status_code, response.content) == (204, b"")
    refused = program.get("/api/v1/studies/")
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication_failed")
    assert refused["WWW-Authenticate"] == "Token"
    assert other.get("/api/v1/studies/").status_code == 200


def test_an_expired_token_opens_nothing(jo, speak):
    program = speak(jo)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    response = program.get("/api/v1/studies/")

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


@pytest.mark.parametrize(
    "header",
    [
        "Token", "Token ", "Token a b", "Token x", "Token " + "f" * 64, "Token " + "a" * 100_000, "Token \xff\xfe",
        "Token \x00", "Token %00", "token ' OR 1=1 --", "Bearer {token}", "Basic am86eA==", "{token}",
        "Token {token}x", "Token {prefix}", "Token \u00e9",
    ],
)  # fmt: skip
def test_other_headers_open_nothing(jo, header):
    row, text = tokens.issue(jo.user)
    program = Program()
    program.credentials(HTTP_AUTHORIZATION=header.format(token=text, prefix=row.token_key))

    response = program.get("/api/v1/studies/")

    assert response.status_code == 401
    assert response.json()["code"] in {"authentication_failed", "not_authenticated"}


def test_a_token_in_the_address_opens_nothing(jo):
    _, text = tokens.issue(jo.user)

    assert Program().get(f"/api/v1/studies/?token={text}").status_code == 400
    assert Program().post("/api/v1/assignments/next", {"study": "field-study", "token": text}).status_code == 401


def test_a_session_reads_and_writes_with_its_csrf_token(items, jo):
    browser = Program(enforce_csrf_checks=True)
    browser.force_login(jo.user)
    browser.get("/api/v1/docs/")

    refused = browser.post("/api/v1/assignments/next", {"study": "field-study"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert Assignment.objects.count() == 0

    browser.credentials(HTTP_X_CSRFTOKEN="a" * 32)
    browser.cookies["csrf"] = "a" * 32
    assert take(browser)["study"] == "field-study"
    assert browser.get("/api/v1/studies/").status_code == 200


def test_a_session_has_no_token_to_revoke(jo):
    browser = Program()
    browser.force_login(jo.user)

    response = browser.delete("/api/v1/token/")

    assert (response.status_code, response.json()["code"]) == (400, "no_token")
