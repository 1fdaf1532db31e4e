"""Invitations: codes nobody can guess, places nobody can take twice, joining that happens once."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection

from judgments import audit, code_names, invitations
from judgments.errors import InvitationUnusable
from judgments.invitations import Agreement, ConsentMissing
from judgments.models import (
    Consent,
    ConsentText,
    Event,
    Invitation,
    InvitationUse,
    Membership,
    Participant,
    Role,
)
from tests.factories import NOW, later, make_participant, make_study, make_user


def rng() -> random.Random:
    return random.Random(7)


@pytest.fixture
def invitation(study, ada):
    return invitations.invite(study, Role.ANNOTATOR, actor=ada, now=NOW, places=2)


def join(invitation, user, agreement=None, now=NOW):
    return invitations.join(invitation, user, agreement=agreement, now=now, rng=rng())


# Codes


def test_a_code_finds_its_invitation(invitation):
    assert invitations.find(invitations.code_of(invitation)) == invitation


def test_a_code_is_found_however_its_letters_are_written(invitation):
    assert invitations.find(invitations.code_of(invitation).upper()) == invitation


@pytest.mark.parametrize(
    "spoil", [lambda c: c[:-1], lambda c: c + "a", lambda c: "b" + c[1:], lambda c: c[:30] + "q" * 12]
)
def test_a_code_that_is_not_whole_is_unknown(invitation, spoil):
    code = invitations.code_of(invitation)

    with pytest.raises(InvitationUnusable) as refusal:
        invitations.find(spoil(code))

    assert refusal.value.why == "unknown"


@pytest.mark.parametrize("code", ["", "x", "äöü", "1" * 42, "a" * 42, "a" * 5_000])
def test_nonsense_is_unknown(db, code):
    with pytest.raises(InvitationUnusable) as refusal:
        invitations.find(code)

    assert refusal.value.why == "unknown"


def test_the_uid_alone_does_not_give_the_code(invitation, settings):
    before = invitations.code_of(invitation)

    settings.SECRET_KEY = "another key of another site"

    assert invitations.code_of(invitation) != before
    with pytest.raises(InvitationUnusable):
        invitations.find(before)


def test_an_invitation_into_a_discarded_study_is_unknown(invitation, study):
    study.discarded_at = NOW
    study.save()

    with pytest.raises(InvitationUnusable) as refusal:
        invitations.find(invitations.code_of(invitation))

    assert refusal.value.why == "unknown"


# What can no longer be used


def test_an_invitation_lasts_two_weeks(invitation):
    assert invitations.why_unusable(invitation, now=NOW + timedelta(days=14) - timedelta(seconds=1)) == ""
    assert invitations.why_unusable(invitation, now=NOW + timedelta(days=14)) == "expired"


def test_nobody_joins_with_a_withdrawn_invitation(invitation, ada, sam):
    invitations.withdraw(invitation, actor=ada, now=NOW)

    with pytest.raises(InvitationUnusable) as refusal:
        join(invitation, sam)

    assert refusal.value.why == "withdrawn"
    assert not Participant.objects.exists()


def test_withdrawing_twice_is_withdrawing_once(invitation, ada):
    invitations.withdraw(invitation, actor=ada, now=NOW)

    invitations.withdraw(invitation, actor=ada, now=later(5))

    assert Invitation.objects.get().withdrawn_at == NOW
    assert Event.objects.filter(kind="invitation_withdrawn").count() == 1


def test_the_last_place_is_the_last(invitation):
    join(invitation, make_user("one"))
    join(invitation, make_user("two"))

    with pytest.raises(InvitationUnusable) as refusal:
        join(invitation, make_user("three"))

    assert refusal.value.why == "used up"
    assert list(InvitationUse.objects.order_by("place").values_list("place", flat=True)) == [1, 2]


# Joining


def test_an_annotator_becomes_a_participant_under_two_words(invitation, sam, study):
    participant = join(invitation, sam)

    assert (participant.study, participant.user, participant.joined_at) == (study, sam, NOW)
    adjective, noun = participant.code_name.split()
    assert adjective in code_names.ADJECTIVES
    assert noun in code_names.NOUNS


def test_joining_twice_is_joining_once(invitation, sam):
    first = join(invitation, sam)

    second = join(invitation, sam, now=later(5))

    assert second == first
    assert InvitationUse.objects.count() == 1
    assert Event.objects.filter(kind="joined").count() == 1


def test_who_is_in_already_takes_no_place_of_a_second_invitation(invitation, jo, study):
    assert join(invitation, jo.user) == jo
    assert not InvitationUse.objects.exists()


def test_a_taken_code_name_is_not_drawn_again(invitation, study, sam):
    drawn = code_names.draw(rng())
    make_participant(study, make_user(), code_name=drawn)

    participant = join(invitation, sam)

    assert participant.code_name != drawn


def test_code_names_do_not_follow_one_another():
    names = [code_names.draw(random.Random(seed)) for seed in range(200)]

    assert len(set(names)) > 180
    assert names != sorted(names)


def test_a_researcher_becomes_a_member_and_not_a_participant(study, ada, sam):
    invitation = invitations.invite(study, Role.RESEARCHER, actor=ada, now=NOW)

    membership = join(invitation, sam)

    assert (membership.role, membership.study, membership.user) == (Role.RESEARCHER, study, sam)
    assert not Participant.objects.filter(user=sam).exists()
    sam.refresh_from_db()
    assert (sam.is_staff, sam.is_superuser) == (False, False)


def test_an_admin_may_set_up_the_site(study, ada, sam):
    join(invitations.invite(study, Role.ADMIN, actor=ada, now=NOW), sam)

    sam.refresh_from_db()
    assert (sam.is_staff, sam.is_superuser) == (True, True)
    assert Membership.objects.get(user=sam).role == Role.ADMIN


def test_a_researcher_can_become_an_admin_and_not_the_other_way_round(study, ada, rosa):
    join(invitations.invite(study, Role.ADMIN, actor=ada, now=NOW), rosa)
    join(invitations.invite(study, Role.RESEARCHER, actor=ada, now=NOW), rosa)

    assert Membership.objects.get(user=rosa).role == Role.ADMIN


def test_every_step_is_in_the_history(invitation, ada, sam, study):
    participant = join(invitation, sam)

    steps = Event.objects.filter(chain=str(study.uid)).order_by("number").values_list("kind", "subject")
    assert list(steps) == [("invited", str(invitation.uid)), ("joined", str(participant.uid))]
    assert list(audit.verify(str(study.uid))) == []


# Consent


@pytest.fixture
def text(study):
    ConsentText.objects.create(study=study, version=1, body="Old words.", created_at=NOW)
    return ConsentText.objects.create(study=study, version=2, body="New words.", created_at=NOW)


def test_consent_is_to_the_latest_text(invitation, text, sam):
    assert invitations.consent_text_for(invitation) == text

    join(invitation, sam, Agreement(text, may_quote=True, may_publish=False))

    given = Consent.objects.get()
    assert (given.text, given.takes_part, given.may_quote, given.may_publish) == (text, True, True, False)


def test_nobody_takes_part_without_consent(invitation, text, sam):
    old = ConsentText.objects.get(version=1)

    for agreement in (None, Agreement(old, may_quote=True, may_publish=True)):
        with pytest.raises(ConsentMissing):
            join(invitation, sam, agreement)

    assert not Participant.objects.exists()
    assert not InvitationUse.objects.exists()


def test_researchers_are_not_asked_for_consent(text, study, ada, sam):
    invitation = invitations.invite(study, Role.RESEARCHER, actor=ada, now=NOW)

    assert invitations.consent_text_for(invitation) is None


def test_declining_keeps_only_that_it_was_declined(invitation, text):
    invitations.decline(invitation, now=NOW)

    event = Event.objects.get(kind="invitation_declined")
    assert (event.subject, event.actor_id) == (str(invitation.uid), None)
    assert not Participant.objects.exists()
    assert not Consent.objects.exists()
    assert invitations.why_unusable(invitation, now=NOW) == ""


# Racing


def test_people_who_race_for_the_last_places_never_share_one(committed):
    study = make_study("raced")
    invitation = invitations.invite(study, Role.ANNOTATOR, actor=None, now=NOW, places=3)
    users = [make_user(f"runner{number}") for number in range(10)]
    start, outcomes = threading.Barrier(len(users)), []

    def run(user, seed):
        try:
            start.wait(timeout=30)
            invitations.join(invitation, user, agreement=None, now=NOW, rng=random.Random(seed))
            outcomes.append("joined")
        except InvitationUnusable as refusal:
            outcomes.append(refusal.why)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(user, seed)) for seed, user in enumerate(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["joined"] * 3 + ["used up"] * 7
    assert Participant.objects.filter(study=study).count() == 3
    assert sorted(InvitationUse.objects.values_list("place", flat=True)) == [1, 2, 3]


def test_one_person_in_many_windows_joins_once(committed):
    study = make_study("windows")
    first, second = (invitations.invite(study, Role.ANNOTATOR, actor=None, now=NOW, places=5) for _ in range(2))
    user = make_user("eager")
    start, found = threading.Barrier(6), []

    def run(invitation):
        try:
            start.wait(timeout=30)
            found.append(invitations.join(invitation, user, agreement=None, now=NOW, rng=random.Random(1)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(invitation,)) for invitation in [first, second] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(found) == 6
    assert len(set(found)) == 1
    assert InvitationUse.objects.count() == 1
