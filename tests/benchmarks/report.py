"""How long reports take: `python -m tests.benchmarks.report [--ratings N] [--engine E]`.

The full report of dices350 (from DISSENSUS_SAMPLES), section by section, first and again; then the report and
the overview page of a large study. Seconds of this processor stand beside those of the clock: the difference is
what else the machine did. Each part is measured in a process of its own, on an empty database of its own.
"""

import argparse
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks import stage

BARS = "bars: full report 5 s at first, 0.2 s again; overview of a million ratings p95 1 s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=stage.ENGINES, default="postgresql")
    parser.add_argument("--part", choices=("published", "large"))
    asked = parser.parse_args()
    if asked.part:
        with stage.engine(asked.engine):
            _published() if asked.part == "published" else _large(asked.ratings)
        return
    print(BARS)
    again = [sys.executable, "-m", __spec__.name, "--ratings", str(asked.ratings), "--engine", asked.engine]
    for part in ("published", "large"):
        subprocess.run([*again, "--part", part], check=True)


def _published() -> None:
    from judgments import reports
    from judgments.importing import import_judgments
    from judgments.reports.sections import SECTIONS
    from tests.factories import NOW

    samples = os.environ.get("DISSENSUS_SAMPLES")
    if not samples:
        print("dices350: not measured, DISSENSUS_SAMPLES is not set")
        return
    study = import_judgments("dices350", files=Path(samples) / "dices350", actor=None, now=NOW).study
    _forget()
    print(f"dices350, {stage.crowding()}")
    print(f"{'':24}{'first s':>9}{'cpu':>7}{'again s':>9}{'cpu':>7}")
    _print("report", lambda: reports.report(study))
    for name, section in SECTIONS.items():
        if not section.heavy:
            _print(name, lambda name=name: reports.sections_of(study, None, [name]))
    _forget()
    _print("full report", lambda: reports.report(study, None, [reports.ALL]))
    for name, section in SECTIONS.items():
        if section.heavy:
            _print(f"{name} (worker)", lambda name=name: reports.sections_of(study, None, [name]))
    print(f"memory at the peak: {stage.memory_mb():.0f} MB")


def _large(n_ratings: int) -> None:
    from django.test import Client
    from django.urls import reverse

    from judgments import reports
    from judgments.models import User

    logging.getLogger("annotate.request").setLevel(logging.WARNING)
    study = stage.large_study(n_ratings)
    _forget()
    print(f"{n_ratings:,} ratings, {stage.crowding()}, memory {stage.memory_mb():.0f} MB before")
    print(f"{'':24}{'first s':>9}{'cpu':>7}{'again s':>9}{'cpu':>7}")
    _print("report", lambda: reports.report(study))
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_user("benchmark", is_staff=True, is_superuser=True))
    address = reverse("results:overview", args=[study.slug])
    took = sorted(stage.timed(lambda: client.get(address))[0] for _ in range(41))
    print(f"overview page: p50 {took[20]:.2f} s, p95 {took[38]:.2f} s")
    print(f"memory at the peak: {stage.memory_mb():.0f} MB")


def _print(name: str, act) -> None:
    spent = [_spent(act) for _ in range(2)]
    print(f"{name:24}" + "".join(f"{clock:9.2f}{busy:7.2f}" for clock, busy in spent))


def _spent(act) -> tuple[float, float]:
    """Seconds of the clock and of this processor."""
    used = time.process_time()
    clock, _ = stage.timed(act)
    return clock, time.process_time() - used


def _forget() -> None:
    """As a new process would find it: nothing read, nothing computed."""
    from django.core.cache import caches

    from judgments.ledger import reading
    from judgments.reports import keeping

    caches["findings"].clear()
    keeping.forget()
    reading._kept.clear()


if __name__ == "__main__":
    main()
