"""People in the set-up: invitations with links, code names, consent; never an address beside a code name."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from judgments import invitations
from judgments.models import ConsentText, Event, Facet, Invitation, Membership, Participant, Role, Study, User
from tests.factories import NOW, make_background, make_item, make_participant, make_study, make_user

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


def page_of(obj, name="change", *more) -> str:
    return reverse(f"admin:judgments_{obj._meta.model_name}_{name}", args=[obj.pk, *more])


def list_of(model) -> str:
    return reverse(f"admin:judgments_{model._meta.model_name}_changelist")


def add_to(model) -> str:
    return reverse(f"admin:judgments_{model._meta.model_name}_add")


@pytest.fixture
def invitation(study, ada):
    return invitations.invite(study, Role.ANNOTATOR, actor=ada, now=timezone.now(), places=3, note="ward three")


# Invitations


def test_an_invitation_is_made_and_its_link_can_be_copied(setting_up, study, ada):
    given = {
        "study": study.pk,
        "role": "researcher",
        "note": "Prof. L.",
        "places": 2,
        "expires_at": "2030-01-02T03:04",
    }

    response = setting_up.post(add_to(Invitation), given)

    invitation = Invitation.objects.get()
    assert (invitation.created_by, invitation.role, invitation.places) == (ada, "researcher", 2)
    assert invitation.expires_at.isoformat() == "2030-01-02T03:04:00+00:00"
    assert Event.objects.get(kind="invited").subject == str(invitation.uid)
    assert response.url == page_of(invitation)
    link = f"http://127.0.0.1:8000/join/{invitations.code_of(invitation)}/"
    for address in (response.url, list_of(Invitation)):
        assert f'data-copy="{link}"' in setting_up.get(address).content.decode()


def test_two_weeks_are_proposed_in_one_native_field(setting_up, study):
    page = setting_up.get(add_to(Invitation)).content.decode()

    in_two_weeks = timezone.now() + timedelta(days=14)
    assert 'type="datetime-local"' in page
    assert f'value="{in_two_weeks:%Y-%m-%dT}' in page


def test_the_code_itself_is_nowhere_in_the_database(invitation):
    code = invitations.code_of(invitation)

    kept = [str(value) for value in Invitation.objects.values().get().values()]
    kept += Event.objects.values_list("body", flat=True)
    assert not any(code in text for text in kept)


def test_withdrawing_asks_first(setting_up, invitation):
    address = page_of(invitation, "act", "withdraw")

    setting_up.get(address)
    assert Invitation.objects.get().withdrawn_at is None

    setting_up.post(address)
    assert Invitation.objects.get().withdrawn_at is not None


def test_an_invitation_keeps_its_study_and_role(setting_up, invitation, study):
    other = make_study()
    given = {"study": other.pk, "role": "admin", "note": "ward four", "places": 4, "expires_at": "2030-01-02T03:04"}

    setting_up.post(page_of(invitation), given)

    invitation.refresh_from_db()
    assert (invitation.study, invitation.role, invitation.note, invitation.places) == (
        study,
        "annotator",
        "ward four",
        4,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "can be used"),
        ({"withdrawn_at": NOW}, "withdrawn"),
        ({"expires_at": NOW}, "expired"),
        ({"places": 0}, "used up"),
    ],
)
def test_the_list_says_how_an_invitation_stands(setting_up, invitation, change, words):
    Invitation.objects.update(**change)

    assert f'<td class="field-standing">{words}</td>' in setting_up.get(list_of(Invitation)).content.decode()


def test_a_stranger_sees_and_makes_no_links(client, researching, invitation, study):
    given = {"study": study.pk, "role": "admin", "places": 1, "expires_at": "2030-01-02T03:04"}

    for somebody in (client, researching):
        assert somebody.get(list_of(Invitation)).status_code == 302
        assert somebody.get(page_of(invitation)).status_code == 302
        assert somebody.post(add_to(Invitation), given).status_code == 302
        assert somebody.post(page_of(invitation, "act", "withdraw")).status_code == 302

    assert Invitation.objects.get().withdrawn_at is None


# Participants and accounts


def test_a_code_name_never_stands_beside_an_address(setting_up, jo):
    User.objects.filter(pk=jo.user_id).update(email="jo@example.org")

    for address in (list_of(Participant), page_of(jo)):
        page = setting_up.get(address).content.decode()
        assert "quiet heron" in page
        assert "jo@example.org" not in page


def test_participants_are_not_made_changed_or_deleted_by_hand(setting_up, jo):
    assert setting_up.post(page_of(jo), {"code_name": "loud heron"}).status_code == 403
    assert setting_up.post(page_of(jo, "delete"), {"post": "yes"}).status_code == 403
    assert setting_up.get(add_to(Participant)).status_code == 403

    jo.refresh_from_db()
    assert jo.code_name == "quiet heron"


def test_an_account_is_put_to_rest_and_never_deleted(setting_up, sam):
    assert setting_up.post(page_of(sam, "delete"), {"post": "yes"}).status_code == 403

    given = {"username": "sam", "first_name": "", "last_name": "", "email": ""}
    setting_up.post(page_of(sam), given)

    assert not User.objects.get(username="sam").is_active


def test_a_member_can_be_added_and_taken_out(setting_up, study, sam):
    setting_up.post(add_to(Membership), {"study": study.pk, "user": sam.pk, "role": "researcher"})
    membership = Membership.objects.get(user=sam)
    assert membership.role == "researcher"

    setting_up.post(page_of(membership, "delete"), {"post": "yes"})
    assert not Membership.objects.exists()


# Consent and background questions


def test_a_new_wording_is_a_new_version(setting_up, study):
    for body in ("First.", "Second."):
        setting_up.post(add_to(ConsentText), {"study": study.pk, "body": body})

    kept = ConsentText.objects.order_by("version").values_list("version", "body")
    assert list(kept) == [(1, "First."), (2, "Second.")]
    assert Event.objects.filter(kind="consent_text_added").count() == 2


def test_an_old_wording_stays_as_it_was(setting_up, study):
    text = ConsentText.objects.create(study=study, version=1, body="First.", created_at=NOW)

    assert setting_up.post(page_of(text), {"body": "Other."}).status_code == 403
    assert setting_up.post(page_of(text, "delete"), {"post": "yes"}).status_code == 403
    assert ConsentText.objects.get().body == "First."


def test_a_background_question_with_answers_stays(setting_up, jo, study):
    make_background(jo, "work", "nurse")
    unused = Facet.objects.create(study=study, slug="home", title="Home")

    assert setting_up.post(page_of(Facet.objects.get(slug="work"), "delete"), {"post": "yes"}).status_code == 403
    setting_up.post(page_of(unused, "delete"), {"post": "yes"})

    assert list(Facet.objects.values_list("slug", flat=True)) == ["work"]


# Lists


@pytest.mark.parametrize("model", [Invitation, Participant, Membership, User, ConsentText, Facet])
def test_one_row_and_three_cost_the_same(
    setting_up, study, ada, model, django_assert_num_queries, django_assert_max_num_queries
):
    def add():
        user = make_user()
        invitations.invite(study, Role.ANNOTATOR, actor=ada, now=timezone.now())
        make_participant(study, user)
        Membership.objects.create(study=study, user=user, role=Role.RESEARCHER)
        version = study.consent_texts.count() + 1
        ConsentText.objects.create(study=study, version=version, body="Words.", created_at=NOW)
        Facet.objects.create(study=study, slug=f"facet-{version}", title="Home")

    add()
    with django_assert_max_num_queries(10) as one:
        before = setting_up.get(list_of(model)).context["cl"].result_count
    add(), add()

    with django_assert_num_queries(len(one)):
        assert setting_up.get(list_of(model)).context["cl"].result_count == before + 2


@pytest.mark.parametrize("model", [Invitation, Participant, Membership, ConsentText])
def test_hostile_words_stay_text(setting_up, jo, rosa, invitation, model, study):
    make_item(study)
    Study.objects.update(title=HOSTILE)
    Invitation.objects.update(note=HOSTILE)
    ConsentText.objects.create(study=study, version=1, body=HOSTILE, created_at=NOW)

    page = setting_up.get(list_of(model)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
