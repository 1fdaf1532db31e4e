"""How fast a study is read into columns: `python -m tests.benchmarks.ledger [RATINGS]`, on both engines.

Each engine is measured in a process of its own, so that the peak of memory is that of this reading.
"""

import argparse
import subprocess
import sys

from tests.benchmarks import stage

BARS = {"cold": 3.0, "nothing new": 0.05}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=6)
    parser.add_argument("--engine", choices=stage.ENGINES)
    asked = parser.parse_args()
    if asked.engine:
        with stage.engine(asked.engine):
            _measure(asked.engine, asked.ratings, asked.dimensions)
        return
    for engine in stage.ENGINES:
        again = [sys.executable, "-m", __spec__.name, str(asked.ratings), "--dimensions", str(asked.dimensions)]
        subprocess.run([*again, "--engine", engine], check=True)


def _measure(engine: str, n_ratings: int, n_dimensions: int) -> None:
    from django.db import connection

    from judgments import ledger
    from judgments.models import Participant
    from tests.factories import make_item
    from tests.support.readings import bring

    filling, study = stage.timed(lambda: stage.large_study(n_ratings, n_dimensions=n_dimensions))
    connection.close()
    before = stage.memory_mb()
    cold, held = stage.timed(lambda: ledger.of_study(study))
    peak = stage.memory_mb()
    again = [stage.timed(lambda: ledger.of_study(study))[0] for _ in range(10)]
    bring(Participant.objects.filter(study=study).first(), make_item(study, number=10_000_000), {"d0": 2})
    more, _ = stage.timed(lambda: ledger.of_study(study))
    print(f"{engine}: {len(held.ratings.id):,} ratings of {len(held.judgments.id):,} judgments "
          f"(written in {filling:.0f} s), {stage.crowding()}")  # fmt: skip
    print(f"  read whole           {cold * 1000:8.0f} ms   bar {BARS['cold'] * 1000:.0f} ms on PostgreSQL")
    print(f"  nothing new, slowest {max(again) * 1000:8.0f} ms   bar {BARS['nothing new'] * 1000:.0f} ms")
    print(f"  one judgment more    {more * 1000:8.0f} ms")
    print(f"  memory               {before:8.0f} MB before, {peak:.0f} MB at the peak")


if __name__ == "__main__":
    main()
