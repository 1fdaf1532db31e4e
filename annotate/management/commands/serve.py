from django.core.management.base import BaseCommand
from django.utils import timezone

from annotate import accounts, serving
from judgments import starter


class Command(BaseCommand):
    help = "Serve the workbench on this machine: web server and worker, until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="Web processes, of eight threads each.")

    def handle(self, *, host, port, workers, **options):
        place = serving.find_place(host, port)
        serving.prepare(place)
        starter.install(now=timezone.now())
        self.stdout.write(f"\n  Dissensus    {place.address}/")
        if link := accounts.first_admin_link():
            self.stdout.write(f"  First admin  {link}\n               (works once, within a week)")
        self.stdout.write(f"{serving.others_note(place)}  Stop with Ctrl-C.\n\n")
        self.stdout.flush()
        serving.run(place, workers=workers)
