"""How far people come to lie from their own first answer, by how long ago that was.

What is remembered is repeated: a short gap makes people look steadier than they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .coding import Floats
from .pairs import pairs_of, too_many_points
from .table import Ratings


def distance_by_gap(r: Ratings, gap: ArrayLike, edges: ArrayLike) -> pd.DataFrame:
    """One row a span of gaps: gap_from, gap_to, distance, se, n repeats, n_annotators.

    gap: one for each rating of r, in its order, since the first occasion; read only for repeats. edges: where
    spans begin, ascending; the last has no end. distance: mean δ between first answer and repeat, in the units
    of the scale's distance; se clusters by person. Repeats without a first answer are left out. distance is nan
    for a span without repeats, and all of them are when there are too many points to be counted.
    Raises ValueError when gaps do not run along the ratings.
    """
    since, starts = np.asarray(gap, dtype=np.float64), np.asarray(edges, dtype=np.float64)
    if len(since) != len(r):
        raise ValueError(f"There are {len(r)} ratings and {len(since)} gaps.")
    first = r.occasion == 0
    key = r.item * max(len(r.annotator_ids), 1) + r.annotator
    place = np.searchsorted(key[first], key)
    known = place < int(first.sum())
    known[known] = key[first][place[known]] == key[known]
    repeat = ~first & known & np.isfinite(since)
    distance = np.full(len(r), np.nan)
    if repeat.any() and not too_many_points(r):
        pairs = pairs_of(r)
        x = pairs.features[r.value]
        distance[repeat] = pairs.between(x[first][place[repeat]], x[repeat])
    span = np.searchsorted(starts, since, side="right") - 1
    rows = []
    for each, start in enumerate(starts):
        here = repeat & (span == each)
        end = starts[each + 1] if each + 1 < len(starts) else np.inf
        mean, se, people = _clustered_mean(distance[here], r.annotator[here])
        rows.append((start, end, mean, se, int(here.sum()), people))
    return pd.DataFrame(rows, columns=["gap_from", "gap_to", "distance", "se", "n", "n_annotators"])


def _clustered_mean(values: Floats, cluster: np.ndarray) -> tuple[float, float, int]:
    people, code = np.unique(cluster, return_inverse=True)
    c = len(people)
    if not c:
        return np.nan, np.nan, 0
    mean = float(values.mean())
    scores = np.bincount(code, weights=values - mean, minlength=c)
    se = float(np.sqrt(scores @ scores * c / (c - 1)) / len(values)) if c > 1 else np.nan
    return mean, se, c
