"""`manage.py api_token USERNAME [--days N]`: a token for programs, printed once."""

from django.core.management.base import BaseCommand, CommandError

from annotate import tokens
from judgments.models import User


class Command(BaseCommand):
    help = "Make an API token for an account and print it. It is kept only as a hash and cannot be shown again."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=tokens.DAYS, help="how long it lasts (default: %(default)s)")

    def handle(self, *, username, days, **options):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account called {username}.")
        try:
            _, text = tokens.issue(user, days=days)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(text)
