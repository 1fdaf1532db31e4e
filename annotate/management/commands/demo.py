from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from annotate import accounts, serving
from annotate.demo import seeding
from judgments import reports
from judgments.errors import ImportRefused
from judgments.importing import import_judgments


class Command(BaseCommand):
    help = "Serve a demonstration with invented material, readers and judgments, until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="Web processes, of eight threads each.")
        parser.add_argument("--with", dest="mapping", help="Also import a published dataset: a mapping file or name.")
        parser.add_argument("--files", type=Path, help="The folder in which that dataset lies.")

    def handle(self, *, host, port, workers, mapping, files, **options):
        place = serving.find_place(host, port)
        serving.prepare(place)
        now = timezone.now()
        study = seeding.seed(now=now)
        imported = self._import(mapping, files, now) if mapping else None
        people = seeding.sign_ins(study, now=now)
        if imported:
            reports.prepare(imported)
        self._welcome(place, study, imported, people)
        serving.run(place, workers=workers, demo=True)

    def _import(self, mapping, files, now):
        try:
            return import_judgments(Path(mapping), files=files, actor=None, now=now).study
        except ImportRefused as refusal:
            raise CommandError(f"The dataset was not brought in:\n{refusal}") from None

    def _welcome(self, place, study, imported, people):
        lines = ["", f"  Dissensus, a demonstration    {place.address}/", ""]
        for role, does in (
            ("annotator", "read and judge"),
            ("researcher", "see where people part"),
            ("admin", "set up"),
        ):
            lines += [f"  Sign in as {role} ({does}):", f"    {accounts.demo_link(people[role])}"]
        lines += ["", "  Where readers part:"]
        for shown in filter(None, (study, imported)):
            lines.append(f"    {place.address}{reverse('results:overview', args=[shown.slug])}    {shown.title}")
        lines += [
            "",
            "  Situations, replies, readers and judgments of the demonstration are invented.",
            serving.others_note(place) + "  Stop with Ctrl-C.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
