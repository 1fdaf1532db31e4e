"""How often each interval holds the truth: `python -m tests.benchmarks.coverage [SIMULATIONS]`, 400 by default.

Latent-normal studies of several designs; the truth is that of infinitely many items and annotators. A 95%
interval should hold it in 93% of them or more. Ends with status 1 when the two-way jackknife of alpha does not.
"""

import sys
import time

import numpy as np

from judgments.analysis import Ratings, Scale
from judgments.analysis.calibration import LatentNormal, calibrate

BAR = 0.93
LIKERT = (1, 2, 3, 4, 5)
# Name, items, annotators, annotators an item, share answered twice, variances of item, level, pattern, occasion.
DESIGNS = (
    ("20 x 5 crossed", 20, 5, 5, 0.0, (1, 0.25, 1, 0)),
    ("100 x 5 crossed", 100, 5, 5, 0.0, (1, 0.25, 1, 0)),
    ("100 x 5 of 20", 100, 20, 5, 0.0, (1, 0.25, 1, 0)),
    ("300 x 20 crossed", 300, 20, 20, 0.0, (1, 0.25, 1, 0)),
    ("50 x 5, no level", 50, 5, 5, 0.0, (2.25, 0, 0.49, 0)),
    ("60 x 5 of 30, repeats", 60, 30, 5, 0.15, (1, 0.36, 0.25, 0.49)),
)


def design(kind, n_items, n_annotators, each, again, rng):
    item, annotator = np.nonzero(rng.random((n_items, n_annotators)).argsort(axis=1) < each)
    twice = rng.random(len(item)) < again
    occasion = np.append(np.zeros(len(item), int), np.ones(int(twice.sum()), int))
    item, annotator = np.append(item, item[twice]), np.append(annotator, annotator[twice])
    return Ratings.from_arrays(item, annotator, np.ones(len(item)), Scale(kind, LIKERT), occasion=occasion)


def main(n_simulations: int) -> int:
    rng = np.random.default_rng(2026)
    below, began = [], time.perf_counter()
    print(
        f"{'design':22} {'scale':9} {'measure':21} {'interval':10} {'truth':>7} {'bias':>7} {'coverage':>8} {'±':>5}"
    )
    for name, n_items, n_annotators, each, again, variances in DESIGNS:
        model = LatentNormal.of(*variances, [1, 2, 3, 2, 1])
        for kind in ("nominal", "ordinal", "interval"):
            measures = ("alpha", "gwet", "noise") if kind == "interval" else ("alpha", "gwet")
            found = calibrate(
                design(kind, n_items, n_annotators, each, again, rng),
                model,
                rng=rng,
                measures=measures,
                n_simulations=n_simulations,
            )
            for row in found.table.itertuples():
                half = (row.high - row.low) / 2
                print(
                    f"{name:22} {kind:9} {row.measure:21} {row.interval:10} {row.truth:7.3f} {row.bias:7.3f} "
                    f"{row.coverage:8.3f} {half:5.3f}"
                )
                if row.measure == "alpha" and row.interval == "two_way" and row.high < BAR:
                    below.append(f"{name}, {kind}")
    print(f"{n_simulations} simulations of each, {time.perf_counter() - began:.0f} s")
    if below:
        print(f"Below {BAR:.0%}: {'; '.join(below)}")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 400))
