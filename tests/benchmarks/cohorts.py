"""How long it takes to ask of cohorts what only many shuffles answer, on published ratings.

    DISSENSUS_SAMPLES=... python -m tests.benchmarks.cohorts [--times N]

GRASP of 20 groups with 1,000 shuffles on DICES-350 (350 conversations, 123 people) has a bar of 3 s; the other
lines stand beside it in the same run. The best of N times is printed, with the processor's own time, which a busy
machine does not stretch, and memory above what the data takes. Matrices are multiplied in one thread.
"""

import argparse
import os
import resource
import time
from itertools import combinations
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # Read when numpy is imported.

import numpy as np
import pandas as pd

from judgments.analysis import Ratings, Scale
from judgments.analysis.cohorts import cohesion
from judgments.analysis.distances import cohort_distance
from judgments.analysis.groups import opinion_groups
from judgments.analysis.kinds import kinds
from judgments.analysis.ladder import ladder
from judgments.analysis.posterior import posterior
from judgments.analysis.readings import readings
from judgments.analysis.table import tabulate

BAR_S = 3.0
N_GROUPS, N_SHUFFLES = 20, 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    folder = os.environ.get("DISSENSUS_SAMPLES")
    if not folder:
        raise SystemExit("Set DISSENSUS_SAMPLES to the folder of published datasets.")

    r, people, table = _dices(Path(folder) / "dices350")
    groups = _groups(people)
    facet = people["rater_gender"].to_numpy()
    a, b = (facet == value for value in ("Man", "Woman"))
    as_numbers = Ratings.from_arrays(r.item, r.annotator, r.value, Scale("interval", (0, 1, 2)))
    print(f"{len(r.item_ids)} items, {len(r.annotator_ids)} people, {len(r)} ratings, {os.cpu_count()} processors")
    print(f"{'what':50} {'s':>7} {'cpu s':>7} {'bar s':>6} {'+MB':>6}")
    grasp = f"GRASP, {N_GROUPS} groups x {N_SHUFFLES} shuffles,"
    for name, kind, bar in ((f"{grasp} counts", r, BAR_S), (f"{grasp} moments", as_numbers, BAR_S)):
        _timed(
            name, lambda kind=kind: cohesion(kind, groups, n_permutations=N_SHUFFLES, rng=_rng()), asked.times, bar
        )
    _timed("two cohorts' distances x 1000 shuffles", lambda: cohort_distance(r, a, b, rng=_rng()), asked.times)
    _timed("ladder x 1000 shuffles", lambda: ladder(r, facet, n_permutations=1_000, rng=_rng()), asked.times)
    _timed("opinion groups, 2 to 4, 10 repeats", lambda: opinion_groups(r, rng=_rng()), 1)
    _timed("posterior spread, 2000 draws an item", lambda: posterior(tabulate(r)).spread(_rng()), asked.times)
    form = table.assign(form="point", point=table["Q_overall"], annotator_id=table["rater_id"])
    _timed("kinds of every item", lambda: kinds(readings(form, r.scale), rng=_rng()), asked.times)


def _dices(folder: Path) -> tuple[Ratings, pd.DataFrame, pd.DataFrame]:
    table = pd.read_csv(folder / "ratings.csv.gz", dtype=str)
    people = pd.read_csv(folder / "raters.csv.gz", dtype=str).sort_values("rater_id").reset_index(drop=True)
    scale = Scale("nominal", ("No", "Unsure", "Yes"))
    return Ratings.from_frame(table, scale, annotator="rater_id", value="Q_overall"), people, table


def _groups(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """The first twenty groups of at least five people, by one trait and by two."""
    traits = [[f"rater_{trait}"] for trait in ("gender", "race", "age")]
    traits += [[*one, *other] for one, other in combinations(traits, 2)]
    found = {}
    for columns in traits:
        for values, rows in people.groupby(columns):
            if len(rows) >= 5:
                found[" ".join(values)] = np.isin(np.arange(len(people)), rows.index)
    return dict(list(found.items())[:N_GROUPS])


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


def _timed(name: str, work, times: int, bar: float | None = None) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, busy = [], []
    for _ in range(times):
        start, start_busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        busy.append(time.process_time() - start_busy)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    limit = "" if bar is None else f"{bar:.1f}"
    print(f"{name:50} {min(wall):7.2f} {min(busy):7.2f} {limit:>6} {more:6.0f}", flush=True)


if __name__ == "__main__":
    main()
