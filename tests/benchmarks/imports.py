"""How fast items come in: `python -m tests.benchmarks.imports [ITEMS]` on SQLite, or where DATABASE_URL points.

Prints items per second and how far memory grew; the data folder is a new one each time.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")

PROMPT, ANSWER = "Is it safe to say so? " * 8, "It depends on who asks, and why. " * 8


def write(path: Path, count: int) -> None:
    """JSON Lines: a prompt and a response of a few hundred characters each."""
    with path.open("w") as file:
        for n in range(count):
            row = f'{{"id": "i{n}", "prompt": "{n}: {PROMPT}", "response": "{ANSWER}{n}", "model": "m{n % 7}"}}'
            file.write(row + "\n")


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from judgments.importing import import_items
    from judgments.models import Study

    call_command("migrate", verbosity=0)
    study = Study.objects.create(slug=f"bench-{time.time_ns()}", title="Bench")
    path = Path(os.environ["DISSENSUS_DATA"]) / "items.jsonl"
    write(path, count)
    before, began, used = memory_mb(), time.perf_counter(), time.process_time()
    outcome = import_items(study, path, name=path.name, actor=None, now=timezone.now())
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    rate = f"{count / seconds:,.0f}/s"
    print(f"{outcome.counts['items']:,} items in {seconds:.1f} s ({busy:.1f} s of this processor): {rate}")
    print(f"memory {before:.0f} -> {memory_mb():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
