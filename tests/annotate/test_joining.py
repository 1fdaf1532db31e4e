"""Joining by an invitation link."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from judgments import invitations
from judgments.models import Consent, ConsentText, Event, InvitationUse, Membership, Participant, Role, Study, User
from tests.factories import NOW, make_user

PASSWORD = "four quiet words here"
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def invitation(study, ada):
    return invitations.invite(study, Role.ANNOTATOR, actor=ada, now=timezone.now(), places=2)


@pytest.fixture
def text(study):
    return ConsentText.objects.create(study=study, version=1, body="We keep what you write.", created_at=NOW)


def address(invitation) -> str:
    return reverse("joining:join", args=[invitations.code_of(invitation)])


def account(**changes) -> dict:
    return {"username": "newcomer", "password": PASSWORD, "again": PASSWORD, "email": ""} | changes


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def nothing_was_kept() -> bool:
    return not (
        Participant.objects.exists()
        or InvitationUse.objects.exists()
        or Consent.objects.exists()
        or User.objects.exclude(username="ada").exists()
    )


# A newcomer


def test_a_newcomer_joins_and_is_signed_in(client, invitation, study):
    response = client.post(address(invitation), account())

    participant = Participant.objects.get()
    assert (response.status_code, response.url) == (302, reverse("part:practice", args=["field-study"]))
    assert (participant.user.username, participant.study) == ("newcomer", study)
    assert participant.user.check_password(PASSWORD)
    assert (participant.user.is_staff, participant.user.is_superuser) == (False, False)
    assert participant.code_name in client.get("/").content.decode()


def test_looking_at_an_invitation_keeps_nothing(client, invitation):
    response = client.get(address(invitation))

    assert response.status_code == 200
    assert "You have been invited to read with us" in response.content.decode()
    assert nothing_was_kept()


def test_joining_from_the_same_page_twice_is_joining_once(client, invitation):
    client.post(address(invitation), account())

    again = client.post(address(invitation), account())

    assert again.status_code == 302
    assert Participant.objects.count() == 1
    assert InvitationUse.objects.count() == 1


@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_name_that_looks_like_another_is_refused(client, invitation, name):
    response = client.post(address(invitation), account(username=name))

    assert response.status_code == 422
    assert "Somebody has this name already" in response.content.decode()
    assert nothing_was_kept()


def test_what_was_written_is_kept_when_something_is_wrong(client, invitation):
    page = client.post(address(invitation), account(again="other", email="me@example.org")).content.decode()

    assert "The two passwords differ." in page
    assert 'value="newcomer"' in page
    assert 'value="me@example.org"' in page
    assert PASSWORD not in page


def test_roles_cannot_be_asked_for(client, invitation):
    client.post(address(invitation), account(role="admin", is_superuser="1", is_staff="1"))

    user = User.objects.get(username="newcomer")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert not Membership.objects.exists()


def test_a_lost_page_is_told_by_its_token(invitation):
    client = Client(enforce_csrf_checks=True)

    response = client.post(address(invitation), account())

    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()
    assert nothing_was_kept()


# Somebody with an account


def test_an_account_that_is_signed_in_is_used(invitation, sam):
    page = signed_in(sam).get(address(invitation)).content.decode()
    assert "You join as <strong>sam</strong>" in page
    assert 'name="password"' not in page

    signed_in(sam).post(address(invitation))

    assert Participant.objects.get().user == sam


def test_who_has_joined_goes_straight_on(invitation, jo):
    response = signed_in(jo.user).get(address(invitation))

    assert response.url == reverse("judging:queue", args=["field-study"])


def test_who_has_joined_goes_on_even_when_the_invitation_has_run_out(invitation, sam, ada):
    client = signed_in(sam)
    client.post(address(invitation))
    invitations.withdraw(invitation, actor=ada, now=timezone.now())

    assert client.get(address(invitation)).status_code == 302


@pytest.mark.parametrize(("role", "goes_to"), [(Role.RESEARCHER, "/studies/field-study/"), (Role.ADMIN, "/admin/")])
def test_researchers_and_admins_get_their_place(study, ada, sam, role, goes_to):
    invitation = invitations.invite(study, role, actor=ada, now=timezone.now())

    response = signed_in(sam).post(address(invitation))

    assert response.url == goes_to
    assert Membership.objects.get(user=sam).role == role
    assert User.objects.get(username="sam").is_superuser == (role == Role.ADMIN)


# Consent


def test_consent_has_no_answer_ticked_beforehand(client, invitation, text):
    page = client.get(address(invitation)).content.decode()

    assert "We keep what you write." in page
    assert "checked" not in page


def test_consent_is_kept_as_it_was_given(client, invitation, text):
    given = {"version": "1", "takes_part": "yes", "may_quote": "on"}

    client.post(address(invitation), account(**given))

    consent = Consent.objects.get()
    assert (consent.text, consent.takes_part) == (text, True)
    assert (consent.may_quote, consent.may_publish) == (True, False)


@pytest.mark.parametrize("given", [{}, {"version": "1"}, {"version": "1", "takes_part": "perhaps"}])
def test_consent_that_was_not_given_is_asked_for_again(client, invitation, text, given):
    response = client.post(address(invitation), account(**given))

    assert response.status_code == 422
    assert nothing_was_kept()


def test_a_changed_text_is_read_again(client, invitation, text, study):
    ConsentText.objects.create(study=study, version=2, body="Other words.", created_at=NOW)

    response = client.post(address(invitation), account(version="1", takes_part="yes"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "The text has changed since you opened this page" in page
    assert "Other words." in page
    assert nothing_was_kept()


def test_declining_needs_nothing_and_keeps_nothing(client, invitation, text):
    response = client.post(address(invitation), {"version": "1", "takes_part": "no"})

    assert "We have kept nothing but the fact that this invitation was declined." in response.content.decode()
    assert nothing_was_kept()
    assert Event.objects.filter(kind="invitation_declined", actor=None).count() == 1


# What can no longer be used


def test_an_unknown_code_gets_one_neutral_page(client, db):
    pages = [client.get(f"/join/{code}/") for code in ("abc", "a" * 42, "1" * 42)]

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len({page.content for page in pages}) == 1
    assert "This link leads nowhere" in pages[0].content.decode()


def test_used_up_expired_and_withdrawn_each_say_so_and_whom_to_ask(client, invitation, ada):
    ada.first_name, ada.last_name = "Ana", "Reyes"
    ada.save()

    def told() -> str:
        responses = [client.get(address(invitation)), client.post(address(invitation), account())]
        assert [response.status_code for response in responses] == [410, 410]
        page = responses[0].content.decode()
        assert "ask Ana Reyes for a new link" in page
        return page

    for name in ("one", "two"):
        signed_in(make_user(name)).post(address(invitation))
    assert "Every place of this invitation is taken" in told()
    invitation.expires_at = NOW
    invitation.save()
    assert "This invitation has run out" in told()
    invitations.withdraw(invitation, actor=ada, now=timezone.now())
    assert "This invitation was withdrawn" in told()
    assert Participant.objects.count() == 2
    assert not User.objects.filter(username="newcomer").exists()


def test_no_address_of_an_admin_is_shown(client, invitation, ada):
    ada.email = "ada@example.org"
    ada.save()
    invitations.withdraw(invitation, actor=ada, now=timezone.now())

    assert "ada@example.org" not in client.get(address(invitation)).content.decode()


def test_what_an_admin_wrote_stays_text(client, study, invitation):
    Study.objects.filter(pk=study.pk).update(
        title=HOSTILE, description=HOSTILE, content_warning=HOSTILE, attribution=HOSTILE
    )
    ConsentText.objects.create(study=study, version=1, body=HOSTILE, created_at=NOW)

    page = client.get(address(invitation)).content.decode()

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}") == 6


# A code without its link


def test_a_pasted_code_leads_to_its_invitation(client, invitation):
    code = invitations.code_of(invitation)

    response = client.get("/join/", {"code": f"  {code.upper()} "})

    assert response.url == f"/join/{code}/"


@pytest.mark.parametrize("code", ["", "../admin", "//elsewhere.example", "a b", "é"])
def test_a_pasted_code_leads_nowhere_else(client, db, code):
    response = client.get("/join/", {"code": code})

    assert response.status_code == 200
    assert "Join with a code" in response.content.decode()
