"""How accounts come to be: by invitation only, never by open registration.

Two kinds of links sign somebody in without a password: the first admin's, while the site has no admin,
and those of the demonstration. Both are signed, both show a page first, and both act on POST alone.
"""

from datetime import datetime, timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from judgments import audit
from judgments.models import ChainHead, User

BACKEND = "django.contrib.auth.backends.ModelBackend"
"""Signs in whoever came by one of our own links."""
FIRST_ADMIN_DAYS = 7
_FIRST_ADMIN, _DEMO = "annotate.accounts.first_admin", "annotate.accounts.demo"


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False


class AccountForm(forms.Form):
    """What a new person chooses: a name to sign in with, a password, and an address only if they like."""

    use_required_attribute = False  # The same page has a way out that needs none of it.
    username = forms.CharField(
        label="Name to sign in with", max_length=150, help_text="Letters, digits and @ . + - _ only.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail address, if you like", required=False,
        help_text="Only for a new password, should you forget yours. It never stands beside your judgments.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    password = forms.CharField(
        label="Password", strip=False, help_text="Ten characters or more. A few words in a row are fine.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="The same password again", strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_username(self) -> str:
        name = User.normalize_username(self.cleaned_data["username"])
        User.username_validator(name)
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def clean(self) -> dict:
        given = super().clean()
        password = given.get("password")
        if password and given.get("again") and password != given["again"]:
            self.add_error("again", "The two passwords differ.")
        if password:
            self._check_password(password, given)
        return given

    def _check_password(self, password: str, given: dict) -> None:
        try:
            validate_password(password, User(username=given.get("username", ""), email=given.get("email", "")))
        except ValidationError as error:
            self.add_error("password", error)

    def create(self) -> User | None:
        """The account; None, with the reason on the form, if somebody took the name a moment ago."""
        given = self.cleaned_data
        try:
            with transaction.atomic():
                return User.objects.create_user(given["username"], given["email"], given["password"])
        except IntegrityError:
            self.add_error("username", NAME_TAKEN)
            return None


NAME_TAKEN = "Somebody has this name already. Please choose another."


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
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def is_first_admin_token(token: str) -> bool:
    """Whether a link is ours and not older than a week."""
    try:
        signing.loads(token, salt=_FIRST_ADMIN, max_age=timedelta(days=FIRST_ADMIN_DAYS))
    except signing.BadSignature:
        return False
    return True


@transaction.atomic
def make_first_admin(user: User, *, now: datetime) -> User:
    """Make this new account the first admin. Raises AdminExists when somebody was faster."""
    ChainHead.objects.get_or_create(chain=audit.SITE)
    ChainHead.objects.select_for_update().get(chain=audit.SITE)
    # Looked up only now: before the lock two people could both have found none.
    if not first_admin_wanted():
        raise AdminExists
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
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
    return User.objects.filter(pk=pk, is_active=True).first()
