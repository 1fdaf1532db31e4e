"""Bring the items of a file into a study: `manage.py import_items FILE --study STUDY [--dry-run]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from judgments.errors import ImportRefused
from judgments.importing import import_items
from judgments.importing.reporting import lines_of
from judgments.models import Study


class Command(BaseCommand):
    help = (
        "Bring items into a study from CSV, JSON Lines, JSON or Parquet, compressed with gzip or not. "
        "All rows are checked first; all are stored or none."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--study", required=True, metavar="STUDY", help="The study's slug.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything and store nothing.")

    def handle(self, *, file: Path, study: str, dry_run: bool, **options):
        found = Study.objects.kept().filter(slug=study).first()
        if found is None:
            raise CommandError(f"There is no study {study!r}.")
        try:
            outcome = import_items(found, file, name=file.name, actor=None, now=timezone.now(), dry_run=dry_run)
        except ImportRefused as refusal:
            raise CommandError(f"{refusal}\nNothing was stored.") from None
        self.stdout.write("\n".join(lines_of(outcome, dry_run=dry_run)))
