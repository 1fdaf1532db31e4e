"""Invitations: copyable links into a study, which work without any mail server.

A link's code holds the invitation's uid and a keyed hash of it, so that no code lies in the database and
none can be guessed. Places are rows: two people who come at once never share the last one.
"""

import base64
import binascii
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from judgments import audit, code_names
from judgments.errors import DissensusError, InvitationUnusable
from judgments.models import (
    Consent,
    ConsentText,
    Invitation,
    InvitationUse,
    Membership,
    Participant,
    Role,
    Study,
    User,
)

DAYS_VALID = 14
_UID_BYTES, _PROOF_BYTES = 16, 10
_NAME_ATTEMPTS = 40


class ConsentMissing(DissensusError):
    """The study asks for consent, and none was given to its latest text."""

    code = "consent_missing"


@dataclass(frozen=True)
class Agreement:
    """A person's yes to a consent text, and how far it goes."""

    text: ConsentText
    may_quote: bool
    may_publish: bool


# Codes ------------------------------------------------------------------------------------------------


def code_of(invitation: Invitation) -> str:
    """The code in the invitation's link: 42 lower-case letters and digits."""
    packed = invitation.uid.bytes + _proof(invitation.uid)
    return base64.b32encode(packed).decode().rstrip("=").lower()


def find(code: str) -> Invitation:
    """The invitation with this code, usable or not. Raises InvitationUnusable("unknown")."""
    uid = _uid_in(code)
    invitation = Invitation.objects.select_related("study", "created_by").filter(uid=uid).first() if uid else None
    if invitation is None or invitation.study.discarded_at is not None:
        raise InvitationUnusable("unknown")
    return invitation


def _proof(uid: uuid.UUID) -> bytes:
    return salted_hmac("judgments.invitations", uid.bytes, algorithm="sha256").digest()[:_PROOF_BYTES]


def _uid_in(code: str) -> uuid.UUID | None:
    try:
        packed = base64.b32decode(code.upper() + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(packed) != _UID_BYTES + _PROOF_BYTES:
        return None
    uid = uuid.UUID(bytes=packed[:_UID_BYTES])
    return uid if constant_time_compare(packed[_UID_BYTES:], _proof(uid)) else None


# The life of an invitation ----------------------------------------------------------------------------


def why_unusable(invitation: Invitation, *, now: datetime, user=None) -> str:
    """Empty if somebody can still join; else `withdrawn`, `expired`, `used up` or `for another`.

    user: who would join, where that is known; an invitation may be for one e-mail address alone.
    """
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if invitation.expires_at <= now:
        return "expired"
    if user is not None and user.is_authenticated and not is_for(invitation, user.email):
        return "for another"
    return "used up" if invitation.uses.count() >= invitation.places else ""


def is_for(invitation: Invitation, email: str) -> bool:
    """Whether somebody with this e-mail address may join."""
    return not invitation.email or invitation.email.casefold() == email.strip().casefold()


@transaction.atomic
def invite(study: Study, role: str, *, actor, now: datetime, places: int = 1, note: str = "") -> Invitation:
    """A new invitation, valid for two weeks."""
    invitation = Invitation.objects.create(
        study=study, role=role, places=places, note=note, created_by=actor,
        expires_at=now + timedelta(days=DAYS_VALID),
    )  # fmt: skip
    record_invited(invitation, actor=actor, now=now)
    return invitation


def record_invited(invitation: Invitation, *, actor, now: datetime) -> None:
    """Put a new invitation into the study's history. Inside a transaction, last."""
    facts = {"role": str(invitation.role), "places": invitation.places}
    audit.record("invited", study=invitation.study, actor=actor, at=now, subject=invitation.uid, **facts)


@transaction.atomic
def withdraw(invitation: Invitation, *, actor, now: datetime) -> None:
    """Nobody can join with this link any more; those who joined stay. Doing it again changes nothing."""
    locked = _locked(invitation)
    if locked.withdrawn_at is not None:
        return
    locked.withdrawn_at = now
    locked.save(update_fields=["withdrawn_at"])
    audit.record("invitation_withdrawn", study=locked.study, actor=actor, at=now, subject=locked.uid)


@transaction.atomic
def decline(invitation: Invitation, *, now: datetime) -> None:
    """Keep nothing but the fact that somebody declined."""
    audit.record("invitation_declined", study=invitation.study, actor=None, at=now, subject=invitation.uid)


# Joining ----------------------------------------------------------------------------------------------


def consent_text_for(invitation: Invitation) -> ConsentText | None:
    """What a person must answer before joining; None for researchers, admins and studies without one."""
    if invitation.role != Role.ANNOTATOR:
        return None
    return invitation.study.consent_texts.order_by("-version").first()


def has_joined(invitation: Invitation, user: User) -> bool:
    """Whether this account already has what the invitation gives."""
    if invitation.role == Role.ANNOTATOR:
        return Participant.objects.filter(study=invitation.study, user=user).exists()
    roles = [Role.ADMIN] if invitation.role == Role.ADMIN else [Role.RESEARCHER, Role.ADMIN]
    return Membership.objects.filter(study=invitation.study, user=user, role__in=roles).exists()


@transaction.atomic
def join(
    invitation: Invitation, user: User, *, agreement: Agreement | None, now: datetime, rng: random.Random
) -> Participant | Membership:
    """Take a place. Joining again gives the same and takes no second place.

    agreement: needed when `consent_text_for` gives a text, and must be to that text.
    rng: draws the code name.
    Raises InvitationUnusable or ConsentMissing; then nothing is stored.
    """
    invitation = _locked(invitation)
    # One join at a time for each person, also when they hold two invitations into the study.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if has_joined(invitation, user):
        return _place_of(invitation, user)
    if why := why_unusable(invitation, now=now, user=user):
        raise InvitationUnusable(why)
    text = consent_text_for(invitation)
    if text is not None and (agreement is None or agreement.text != text):
        raise ConsentMissing("The study asks for consent before anybody takes part.")
    _take_place(invitation, user, now)
    if invitation.role == Role.ANNOTATOR:
        return _join_as_participant(invitation, user, agreement, now, rng)
    return _join_as_member(invitation, user, now)


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("study").get(pk=invitation.pk)
    )


def _place_of(invitation: Invitation, user: User) -> Participant | Membership:
    model = Participant if invitation.role == Role.ANNOTATOR else Membership
    return model.objects.get(study=invitation.study, user=user)


def _take_place(invitation: Invitation, user: User, now: datetime) -> None:
    """The lowest free place, or the one this person had before. The database refuses a place twice."""
    if invitation.uses.filter(user=user).exists():
        return
    taken = set(invitation.uses.values_list("place", flat=True))
    place = next(number for number in range(1, invitation.places + 1) if number not in taken)
    InvitationUse.objects.create(invitation=invitation, place=place, user=user, at=now)


def _join_as_participant(
    invitation: Invitation, user: User, agreement: Agreement | None, now: datetime, rng: random.Random
) -> Participant:
    participant = _named_participant(invitation.study, user, now, rng)
    if agreement is not None:
        Consent.objects.create(
            participant=participant, text=agreement.text, takes_part=True, may_quote=agreement.may_quote,
            may_publish=agreement.may_publish, given_at=now,
        )  # fmt: skip
    _record_joined(invitation, user, now, subject=participant.uid)
    return participant


def _named_participant(study: Study, user: User, now: datetime, rng: random.Random) -> Participant:
    """A participant under a code name nobody else in the study has."""
    for attempt in range(_NAME_ATTEMPTS):
        name = code_names.draw(rng, words=2 if attempt < _NAME_ATTEMPTS // 2 else 3)
        if Participant.objects.filter(study=study, code_name=name).exists():
            continue
        try:
            with transaction.atomic():
                return Participant.objects.create(study=study, user=user, code_name=name, joined_at=now)
        except IntegrityError:  # Somebody joined under this name a moment ago.
            continue
    raise RuntimeError("No free code name was found.")


def _join_as_member(invitation: Invitation, user: User, now: datetime) -> Membership:
    membership, _ = Membership.objects.update_or_create(
        study=invitation.study, user=user, defaults={"role": invitation.role}
    )
    if invitation.role == Role.ADMIN:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    _record_joined(invitation, user, now, subject="")
    return membership


def _record_joined(invitation: Invitation, user: User, now: datetime, *, subject) -> None:
    facts = {"invitation": str(invitation.uid), "role": str(invitation.role)}
    audit.record("joined", study=invitation.study, actor=user, at=now, subject=subject, **facts)
