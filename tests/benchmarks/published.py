"""The path of a published dataset, in seconds beside their bars: in, looked at, out, twice.

    python -m tests.benchmarks.published [MAPPING]

Files are looked for where DISSENSUS_SAMPLES says. The data folder is a new one each time, on SQLite, or the
database of DATABASE_URL, which should be an empty one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["DISSENSUS_DATA"] = tempfile.mkdtemp(prefix="dissensus-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.settings")
os.environ.setdefault("DISSENSUS_DEBUG", "1")  # Static files as they lie in the source.

IMPORT_BAR_S, RELEASE_BAR_S = 20, 15
"""For dices350: 43,050 ratings."""


def timed(what: str, do: Callable, bar: float | None = None):
    """Do it, and print how long that took."""
    began = time.perf_counter()
    outcome = do()
    print(f"{what:34} {time.perf_counter() - began:7.1f} s {f'  bar {bar} s' if bar else ''}", flush=True)
    return outcome


def main(mapping: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from judgments import releasing, reports
    from judgments.importing import import_judgments
    from tests.benchmarks import results_pages

    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(parents=True)
    brought = timed("brought in", lambda: import_judgments(mapping, actor=None, now=timezone.now()), IMPORT_BAR_S)
    timed("brought in again, nothing added", lambda: import_judgments(mapping, actor=None, now=timezone.now()))
    study = brought.study
    timed("every finding, from the database", lambda: reports.prepare(study))
    out = Path(os.environ["DISSENSUS_DATA"])
    for name in ("one", "two"):
        timed(
            f"release {name}, read again and sealed",
            lambda place=out / name: releasing.release(study, place, actor=None, now=timezone.now()),
            RELEASE_BAR_S,
        )
    same = subprocess.run(["diff", "-rq", out / "one", out / "two"], stdout=subprocess.DEVNULL).returncode == 0
    print("the two releases hold the same bytes" if same else "THE TWO RELEASES DIFFER")
    results_pages.measure(study.slug, times=40)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dices350")
