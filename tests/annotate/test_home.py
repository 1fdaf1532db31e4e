"""The first page, help, one's account; and the links that sign somebody in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotate import accounts
from judgments import withdrawal
from judgments.models import Event, Study, User
from tests.factories import judge, make_item, make_items, make_participant, make_researcher, make_study, make_user

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"
PASSWORD = "four quiet words here"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home_of(user) -> str:
    response = signed_in(user).get("/")
    assert response.status_code == 200
    return response.content.decode()


# The first page


def test_a_stranger_is_told_what_this_is_and_how_to_come_in(db, client):
    page = client.get("/").content.decode()

    assert "Read closely. Say what you make of it." in page
    assert reverse("account_login") in page
    assert reverse("joining:code") in page


def test_a_reader_finds_their_study_and_how_much_they_have_read(jo, study):
    make_items(study, 2)
    judge(jo)

    page = home_of(jo.user)

    assert reverse("judging:queue", args=["field-study"]) in page
    assert "quiet heron" in page
    assert "You have read 1 item." in page
    assert reverse("results:overview", args=["field-study"]) not in page


def test_what_was_taken_out_is_not_counted_as_read(jo, study):
    items = make_items(study, 2)
    judge(jo)
    judge(jo)
    make_researcher(study, make_user("rae"))

    withdrawal.withdraw_item(jo, items[0], actor=jo.user, now=timezone.now())

    assert "You have read 1 item." in home_of(jo.user)
    assert "1 of 24 judgments" in home_of(User.objects.get(username="rae"))


@pytest.mark.parametrize(
    ("state", "words"),
    [("paused", "It is paused for now."), ("closed", "It is closed."), ("draft", "not opened yet")],
)
def test_a_reader_is_told_why_a_study_cannot_be_read_now(jo, study, state, words):
    Study.objects.filter(pk=study.pk).update(state=state)

    assert words in home_of(jo.user)


def test_a_researcher_sees_state_progress_and_the_data(rosa, jo, study):
    make_items(study, 3)
    judge(jo)

    page = home_of(rosa)

    assert "3 items · 1 of 36 judgments" in page
    assert '<progress aria-label="Judgments in Field study" value="1" max="36">' in page
    for name in ("results:overview", "results:items", "results:ratings", "releases:index"):
        assert reverse(name, args=["field-study"]) in page
    assert reverse("admin:index") not in page


def test_imported_judgments_are_not_counted_against_a_number_wanted(rosa, study):
    Study.objects.filter(pk=study.pk).update(origin=Study.Origin.IMPORTED)
    make_item(study)

    page = home_of(rosa)

    assert "1 item · 0 judgments" in page
    assert "<progress" not in page


def test_attribution_and_licence_stand_with_the_study(rosa, study):
    Study.objects.filter(pk=study.pk).update(attribution="By many hands", licence="CC-BY-4.0")

    page = home_of(rosa)

    assert "By many hands" in page
    assert "CC-BY-4.0" in page


def test_a_person_without_a_place_is_told_how_to_get_one(sam, study):
    page = home_of(sam)

    assert "You join one with an invitation link" in page
    assert "Field study" not in page


def test_an_admin_finds_every_study_and_the_set_up(ada, study):
    page = home_of(ada)

    assert reverse("admin:judgments_study_change", args=[study.pk]) in page
    assert reverse("admin:judgments_rubricversion_changelist") in page


def test_a_discarded_study_is_gone_for_everybody(ada, jo, rosa, study):
    Study.objects.filter(pk=study.pk).update(discarded_at=timezone.now())

    for user in (ada, jo.user, rosa):
        assert "Field study" not in home_of(user)


def test_a_hostile_title_stays_text(rosa, jo, study):
    Study.objects.filter(pk=study.pk).update(title=HOSTILE, attribution=HOSTILE)

    for user in (rosa, jo.user):
        page = home_of(user)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


@pytest.mark.parametrize("who", ["reader", "researcher", "admin"])
def test_one_study_and_three_cost_the_same(who, db, django_assert_num_queries):
    user = make_user("busy", is_staff=who == "admin", is_superuser=who == "admin")

    def take_part(study):
        make_item(study)
        if who == "reader":
            make_participant(study, user)
        elif who == "researcher":
            make_researcher(study, user)

    take_part(make_study())
    client = signed_in(user)
    client.get("/")
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for _ in range(2):
        take_part(make_study())

    with django_assert_num_queries(len(one)):
        page = client.get("/").content.decode()

    assert page.count('<li class="card') == 3


def test_many_studies_come_in_pages(ada):
    for _ in range(21):
        make_study()
    client = signed_in(ada)

    first, second = (client.get("/", {"page": page}).content.decode() for page in (1, 2))

    assert (first.count('<li class="card'), second.count('<li class="card')) == (20, 1)
    assert "Page 1 of 2" in first
    assert client.get("/", {"page": "x' OR 1"}).status_code == 200


def test_looking_changes_nothing(jo, rosa, study):
    make_items(study, 2)
    events = Event.objects.count()

    home_of(jo.user)
    home_of(rosa)

    assert Event.objects.count() == events
    assert not jo.assignments.exists()


def test_the_first_page_is_not_posted_to(client, db):
    assert client.post("/").status_code == 405


# Help and account


def test_help_is_for_everybody(client, db):
    assert "There are no right answers" in client.get("/help/").content.decode()


def test_the_account_page_is_for_its_owner(client, jo):
    assert client.get("/you/").status_code == 302
    page = signed_in(jo.user).get("/you/").content.decode()

    assert "quiet heron" in page
    assert reverse("account_change_password") in page


@pytest.mark.parametrize(
    "name",
    ["account_email", "account_change_password", "mfa_index", "account_logout", "account_reauthenticate"],
)
def test_the_pages_of_an_account_look_like_the_rest(jo, name):
    jo.user.set_password(PASSWORD)
    jo.user.save()

    response = signed_in(jo.user).get(reverse(name))

    assert response.status_code == 200
    assert 'class="site-header"' in response.content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_the_pages_before_signing_in_look_like_the_rest(client, db, name):
    page = client.get(reverse(name)).content.decode()

    assert 'class="site-header"' in page
    assert "style=" not in page


def test_nobody_registers_without_an_invitation(client, db):
    given = {"username": "walkin", "password1": PASSWORD, "password2": PASSWORD}

    response = client.post(reverse("account_signup"), given)

    assert "Accounts are made by invitation" in response.content.decode()
    assert not User.objects.exists()


def test_signing_out_needs_a_press_of_a_button(jo):
    client = signed_in(jo.user)

    client.get(reverse("account_logout"))
    assert client.get("/you/").status_code == 200

    client.post(reverse("account_logout"))
    assert client.get("/you/").status_code == 302


def test_signing_in_leads_home(client, db):
    User.objects.create_user("kim", password=PASSWORD)

    response = client.post(reverse("account_login"), {"login": "kim", "password": PASSWORD})

    assert (response.status_code, response.url) == (302, "/")


def test_a_wrong_address_gets_a_kind_page(client, db):
    response = client.get("/nothing/here/")

    assert response.status_code == 404
    assert "There is nothing here for you" in response.content.decode()


# The first admin


def first_admin_path() -> str:
    return accounts.first_admin_link().removeprefix("http://127.0.0.1:8000")


def new_account(**changes) -> dict:
    return {"username": "ada", "password": PASSWORD, "again": PASSWORD, "email": ""} | changes


def test_the_first_admin_is_made_by_the_link(client, db):
    response = client.post(first_admin_path(), new_account())

    ada = User.objects.get()
    assert (response.status_code, response.url) == (302, "/")
    assert (ada.username, ada.is_superuser, ada.is_staff) == ("ada", True, True)
    assert ada.check_password(PASSWORD)
    assert client.get(reverse("admin:index")).status_code == 200
    assert Event.objects.get().kind == "first_admin"


def test_looking_at_the_link_makes_nobody(client, db):
    assert client.get(first_admin_path()).status_code == 200
    assert not User.objects.exists()


def test_once_there_is_an_admin_the_link_leads_nowhere(client, db):
    path = first_admin_path()
    make_user("ada", is_superuser=True, is_staff=True)

    assert client.get(path).status_code == 404
    assert client.post(path, new_account(username="eve")).status_code == 404
    assert accounts.first_admin_link() == ""
    assert not User.objects.filter(username="eve").exists()


def test_who_is_second_makes_no_account(db):
    first, second = make_user("one"), make_user("two")
    accounts.make_first_admin(first, now=timezone.now())

    with pytest.raises(accounts.AdminExists):
        accounts.make_first_admin(second, now=timezone.now())

    assert User.objects.get(is_superuser=True) == first


@pytest.mark.parametrize("token", ["x", "first admin", "ImZpcnN0IGFkbWluIg:1aaaaa:bbbb"])
def test_a_made_up_link_leads_nowhere(client, db, token):
    path = reverse("welcome:first_admin", args=[token])

    assert client.get(path).status_code == 404
    assert client.post(path, new_account()).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short", "again": "short"}, "This password is too short"),
        ({"again": "another thing"}, "The two passwords differ."),
        ({"username": ""}, "This field is required."),
        ({"username": "a b"}, "Enter a valid username."),
        ({"email": "nonsense"}, "Enter a valid email address."),
    ],
)
def test_an_account_that_does_not_fit_is_explained_and_not_made(client, db, changes, words):
    response = client.post(first_admin_path(), new_account(**changes))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not User.objects.exists()


# The demonstration


def test_a_demonstration_link_signs_in_after_a_button(client, jo, settings):
    settings.DEMO = True
    path = accounts.demo_link(jo.user).removeprefix("http://127.0.0.1:8000")

    assert "Sign in as jo" in client.get(path).content.decode()
    assert client.get("/you/").status_code == 302
    assert client.post(path).url == "/"
    assert "quiet heron" in client.get("/you/").content.decode()


def test_a_demonstration_link_works_nowhere_else(client, jo, settings):
    path = accounts.demo_link(jo.user).removeprefix("http://127.0.0.1:8000")

    for demo, address in ((False, path), (True, path[:-2] + "x/")):
        settings.DEMO = demo
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert client.get("/you/").status_code == 302
