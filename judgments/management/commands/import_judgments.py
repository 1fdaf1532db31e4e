"""Bring a published dataset in: `manage.py import_judgments MAPPING.toml [--files DIR]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from judgments import reports
from judgments.errors import ImportRefused
from judgments.importing import import_judgments
from judgments.importing.reporting import lines_of


class Command(BaseCommand):
    help = (
        "Bring a published annotator-level dataset in as a study of its own. MAPPING is a TOML file, or the "
        "name of a shipped one: dices350, adversarial_nibbler, wmt_mqm_ende."
    )

    def add_arguments(self, parser):
        parser.add_argument("mapping", metavar="MAPPING")
        parser.add_argument(
            "--files", type=Path, metavar="DIR",
            help="The folder of the data. Without it: $DISSENSUS_SAMPLES, then the mapping's own folder.",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="Check everything and store nothing.")

    def handle(self, *, mapping: str, files: Path | None, dry_run: bool, **options):
        try:
            outcome = import_judgments(mapping, files=files, actor=None, now=timezone.now(), dry_run=dry_run)
        except ImportRefused as refusal:
            raise CommandError(f"{refusal}\nNothing was stored.") from None
        if outcome.import_row is not None:
            reports.prepare(outcome.import_row.study)
        self.stdout.write("\n".join(lines_of(outcome, dry_run=dry_run)))
