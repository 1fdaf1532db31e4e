"""`manage.py api_token`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.models import AuthToken


def test_the_token_is_printed_and_belongs_to_the_account(sam):
    out = StringIO()

    call_command("api_token", "sam", "--days", "2", stdout=out)

    user, row = TokenAuthentication().authenticate_credentials(out.getvalue().strip().encode())
    assert user == sam
    assert timedelta(days=1, hours=23) < row.expiry - timezone.now() <= timedelta(days=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "There is no active account called nobody."),
        (["sam", "--days", "0"], "A token lasts 1 to 366 days, not 0."),
        (["sam", "--days", "367"], "A token lasts 1 to 366 days, not 367."),
    ],
)
def test_what_cannot_be_is_refused_in_words(sam, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("api_token", *arguments)
    assert AuthToken.objects.count() == 0


def test_a_deactivated_account_gets_none(sam):
    type(sam).objects.update(is_active=False)

    with pytest.raises(CommandError, match="no active account called sam"):
        call_command("api_token", "sam")
    assert AuthToken.objects.count() == 0
