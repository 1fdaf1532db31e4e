"""Make a release of a study in a folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from judgments import releasing
from judgments.errors import ReleaseRefused
from judgments.models import Study


class Command(BaseCommand):
    help = "Write a release of a study: tables as Parquet and CSV, a card, and what is needed to verify them."

    def add_arguments(self, parser):
        parser.add_argument("study", help="the study's slug")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="a missing or empty folder")

    def handle(self, *args, study: str, out: Path, **options):
        found = Study.objects.kept().filter(slug=study).first()
        if found is None:
            raise CommandError(f"There is no study “{study}”.")
        try:
            facts = releasing.release(found, out, actor=None, now=timezone.now())
        except ReleaseRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        counts = facts["counts"]
        self.stdout.write(
            f"{facts['release_id']}: {counts['judgments']:,} judgments of {counts['items']:,} items by "
            f"{counts['annotators']:,} people, in {out}."
        )
