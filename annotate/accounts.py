"""How accounts come to be: by invitation only, never by open registration.

Two kinds of links sign somebody in without a password: the first admin's, while the site has no admin,
and those of the demonstration. Both are signed, both show a page first, and both act on POST alone.
"""

from datetime import datetime, timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.urls import reverse

from judgments import audit
from judgments.models import ChainHead, User

FIRST_ADMIN_DAYS = 7
_FIRST_ADMIN, _DEMO = "annotate.accounts.first_admin", "annotate.accounts.demo"


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False


class AdminExists(Exception):
    """The site has an admin already; further ones are invited."""


# The first admin --------------------------------------------------------------------------------------


def first_admin_link() -> str:
    """The address that makes the first admin; empty once there is one. Valid for a week."""
    if not first_admin_wanted():
        return ""
    token = signing.dumps("first admin", salt=_FIRST_ADMIN)
    return settings.PUBLIC_ADDRESS + reverse("welcome:first_admin", args=[token])


def first_admin_wanted() -> bool:
    return not get_user_model().objects.filter(is_superuser=True, is_active=True).exists()


def is_first_admin_token(token: str) -> bool:
    """Whether a link is ours and not older than a week."""
    try:
        signing.loads(token, salt=_FIRST_ADMIN, max_age=timedelta(days=FIRST_ADMIN_DAYS))
    except signing.BadSignature:
        return False
    return True


@transaction.atomic
def make_first_admin(username: str, password: str, email: str, *, now: datetime) -> User:
    """The first admin of the site. Raises AdminExists when somebody was faster; then nothing is stored."""
    ChainHead.objects.get_or_create(chain=audit.SITE)
    ChainHead.objects.select_for_update().get(chain=audit.SITE)
    # Looked up only now: before the lock two people could both have found none.
    if not first_admin_wanted():
        raise AdminExists
    user = get_user_model().objects.create_superuser(username=username, password=password, email=email)
    audit.record("first_admin", study=None, actor=user, at=now)
    return user


# The demonstration ------------------------------------------------------------------------------------


def demo_link(user: User) -> str:
    """An address that signs in as this person. It works on a demonstration only."""
    token = signing.dumps(user.pk, salt=_DEMO)
    return settings.PUBLIC_ADDRESS + reverse("welcome:demo", args=[token])


def demo_user(token: str) -> User | None:
    """Whom a demonstration link signs in as; None for a wrong link, and wherever it is not a demonstration."""
    if not settings.DEMO:
        return None
    try:
        pk = signing.loads(token, salt=_DEMO)
    except signing.BadSignature:
        return None
    return get_user_model().objects.filter(pk=pk, is_active=True).first()
