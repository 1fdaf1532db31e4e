"""Tokens for programs: made once, kept only as a hash, gone after their last day or when revoked."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from knox.models import AuthToken

from judgments.models import User

DAYS = 90
"""How long a token lasts unless something else is asked for."""
MAX_DAYS = 366


def issue(user: User, *, days: int = DAYS) -> tuple[AuthToken, str]:
    """A new token and its text, which cannot be had again. Raises ValueError unless 1 ≤ days ≤ 366."""
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(f"A token lasts 1 to {MAX_DAYS} days, not {days}.")
    return AuthToken.objects.create(user, expiry=timedelta(days=days))


def usable(user: User, *, now) -> QuerySet[AuthToken]:
    """This account's tokens that still open something, newest first."""
    lasting = Q(expiry__isnull=True) | Q(expiry__gt=now)
    return AuthToken.objects.filter(lasting, user=user).order_by("-created")


def revoke(user: User, prefix: str) -> int:
    """Take this account's token with this prefix away; how many there were."""
    return AuthToken.objects.filter(user=user, token_key=prefix).delete()[0]
