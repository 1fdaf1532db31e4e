"""How fast items come in: `python tests/benchmarks/bench_import.py [ITEMS]` on SQLite, or where DATABASE_URL points.

Prints items per second and the highest memory; the data folder is a new one each time.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from judgments.importing import import_items
from judgments.models import Study


def content(count: int) -> bytes:
    """JSON Lines: a prompt and a response of a few hundred characters each."""
    prompt, answer = "Is it safe to say so? " * 8, "It depends on who asks, and why. " * 8
    rows = (
        f'{{"id": "i{n}", "prompt": "{n}: {prompt}", "response": "{answer}{n}", "model": "m{n % 7}"}}\n'
        for n in range(count)
    )
    return "".join(rows).encode()


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    study = Study.objects.create(slug=f"bench-{time.time_ns()}", title="Bench")
    path = Path(os.environ["DISSENSUS_DATA"]) / "items.jsonl"
    path.write_bytes(content(count))
    before, began, used = memory_mb(), time.perf_counter(), time.process_time()
    outcome = import_items(study, path, name=path.name, actor=None, now=timezone.now())
    seconds, busy = time.perf_counter() - began, time.process_time() - used
    print(
        f"{outcome.counts['items']:,} items in {seconds:.1f} s ({busy:.1f} s of processor): {count / seconds:,.0f}/s"
    )
    print(f"memory {before:.0f} -> {memory_mb():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
