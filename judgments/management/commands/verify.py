"""Check the history in the database, or a release folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from judgments import verification
from judgments.releasing import seal


class Command(BaseCommand):
    help = "Check every event and judgment of the database against its hash; with PATH, check a release folder."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a release folder")
        parser.add_argument(
            "--head", type=_head, metavar="NUMBER:HASH", help="an event noted outside, such as one named by a release"
        )

    def handle(self, *args, path: Path | None, head, **options):
        number = 0
        for fault in seal.faults(path) if path else verification.faults(head):
            number += 1
            self.stdout.write(str(fault))
        if number:
            raise CommandError(f"{number} {'fault' if number == 1 else 'faults'}.")
        self.stdout.write(f"{path} is as it was sealed." if path else "The history holds.")


def _head(text: str) -> tuple[int, str]:
    number, _, hash_ = text.partition(":")
    if not number.isdigit() or len(hash_) != 64:
        raise ValueError
    return int(number), hash_
