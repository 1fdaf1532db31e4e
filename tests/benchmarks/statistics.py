"""How fast the arithmetic is: `python -m tests.benchmarks.statistics`.

A million ratings: 200,000 items by 5 of 5,000 annotators, five points. Times are the best of three on this
machine. What the `krippendorff` library would need for 10,000 resamples is extrapolated from a few, each
timed through its fastest entry, the counts by item; drawing the items again is not counted against it.
"""

import resource
import sys
import time
from importlib import metadata

import krippendorff
import numpy as np

from judgments.analysis import Ratings, Scale, alpha, tabulate
from judgments.analysis.components import Cells, henderson
from judgments.analysis.noise import noise_audit
from judgments.analysis.pattern_agreement import pattern_alpha
from judgments.analysis.patterns import PatternTable
from judgments.analysis.spread import spread

N_ITEMS, N_ANNOTATORS, EACH, POINTS = 200_000, 5_000, 5, (1, 2, 3, 4, 5)
RESAMPLES, LOOPS = 10_000, 3


def a_million(kind: str) -> Ratings:
    rng = np.random.default_rng(0)
    item = np.repeat(np.arange(N_ITEMS), EACH)
    annotator = ((rng.integers(0, N_ANNOTATORS, N_ITEMS)[:, None] + np.arange(EACH) * 977) % N_ANNOTATORS).ravel()
    latent = (
        rng.normal(size=N_ITEMS)[item] + 0.5 * rng.normal(size=N_ANNOTATORS)[annotator] + rng.normal(size=len(item))
    )
    return Ratings.from_arrays(item, annotator, np.clip(np.round(latent + 3), 1, 5).astype(int), Scale(kind, POINTS))


def best_of(times: int, call):
    """Shortest time in seconds and the result."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line(what: str, seconds: float, bar: str = "") -> None:
    print(f"{what:64} {seconds:9.3f} s  {bar}")


def main() -> None:
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, krippendorff {metadata.version('krippendorff')}")
    before = memory_mb()
    ratings = {kind: a_million(kind) for kind in ("nominal", "ordinal", "interval", "ratio")}
    print(
        f"{len(ratings['nominal']):,} ratings; memory {before:.0f} -> {memory_mb():.0f} MB with four copies of them\n"
    )
    for kind, r in ratings.items():
        seconds, one = best_of(3, lambda r=r: alpha(r))
        line(f"alpha, {kind}, two-way limits: {one.value:.4f} [{one.low:.4f}, {one.high:.4f}]", seconds, "bar 0.5 s")
    r = ratings["nominal"]
    seconds, table = best_of(3, lambda: PatternTable.from_ratings(r, annotators=False))
    line(f"pattern table ({len(table.counts)} patterns)", seconds)
    seconds, _ = best_of(3, lambda: pattern_alpha(table, interval="items"))
    line("alpha with limits over items, from the pattern table", seconds)
    print(f"peak memory after these {memory_mb():.0f} MB\n")

    for kind, r in ratings.items():
        ours, one = best_of(
            3, lambda r=r: alpha(r, interval="bootstrap", rng=np.random.default_rng(1), n_resamples=RESAMPLES)
        )
        line(f"{RESAMPLES:,} bootstraps, {kind}: [{one.low:.4f}, {one.high:.4f}]", ours)
        counts = tabulate(r)
        theirs, value = best_of(
            LOOPS,
            lambda counts=counts, kind=kind: krippendorff.alpha(
                value_counts=counts, value_domain=list(POINTS), level_of_measurement=kind
            ),
        )
        line(f"  krippendorff, one value ({value:.4f}, ours {one.value:.4f})", theirs)
        line("  krippendorff, 10,000 in a loop (extrapolated)", theirs * RESAMPLES)
        print(f"  {theirs * RESAMPLES / ours:,.0f} times as long; bar 1,000\n")
    print(f"peak memory after the library's tensors {memory_mb():.0f} MB\n")

    r = ratings["interval"]
    seconds, _ = best_of(3, lambda: henderson(Cells.from_values(r.item, r.annotator, r.numbers[r.value])))
    line("Henderson I, from ratings to components", seconds, "bar 0.3 s")
    seconds, audit = best_of(1, lambda: noise_audit(r))
    line(f"noise audit with jackknife limits: item {audit.item.value:.3f}", seconds)
    seconds, _ = best_of(3, lambda: spread(tabulate(r)))
    line("spread of 200,000 items, eight indices", seconds)
    print(f"peak memory {memory_mb():.0f} MB")


if __name__ == "__main__":
    main()
