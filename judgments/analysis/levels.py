"""How high each person places everything, and answers from which that level has been taken."""

from __future__ import annotations

import numpy as np

from .coding import Floats, Ints
from .table import Ratings

SWEEPS = 200
SETTLED = 1e-10


def two_way_means(y: Floats, item: Ints, annotator: Ints, n_items: int, n_annotators: int) -> tuple[Floats, Floats]:
    """Item and annotator means by turns: y ≈ a_u + b_j by least squares, with Σ b over ratings near 0.

    Annotators whose items overlap with nobody's keep level 0 with their items. Stops when nothing moves.
    """
    m = np.maximum(np.bincount(item, minlength=n_items), 1)
    k = np.maximum(np.bincount(annotator, minlength=n_annotators), 1)
    a, b = np.zeros(n_items), np.zeros(n_annotators)
    for _ in range(SWEEPS):
        a = np.bincount(item, weights=y - b[annotator], minlength=n_items) / m
        moved = np.bincount(annotator, weights=y - a[item], minlength=n_annotators) / k
        moved -= moved[annotator].mean() if len(annotator) else 0.0
        settled = np.abs(moved - b).max(initial=0.0) <= SETTLED * (1 + np.abs(moved).max(initial=0.0))
        b = moved
        if settled:
            break
    return a, b


def adjusted(r: Ratings, places: Floats) -> Floats:
    """(n, D) places of answers without their person's level; places: (points, D) where the points lie.

    A level is estimated from the answers it is taken from, which would make people look closer than they are,
    so what is left around the item's mean is stretched by √(n_j / (n_j − 1)) for n_j first answers.
    Repeats are moved by the same level and are not stretched against their first occasion.
    """
    return np.column_stack([_without_level(r, column[r.value]) for column in places.T])


def _without_level(r: Ratings, y: Floats) -> Floats:
    first = r.occasion == 0
    n_items, n_annotators = len(r.item_ids), len(r.annotator_ids)
    a, b = two_way_means(y[first], r.item[first], r.annotator[first], n_items, n_annotators)
    n = np.bincount(r.annotator[first], minlength=n_annotators)
    stretch = np.sqrt(np.divide(n, n - 1, out=np.ones(n_annotators), where=n > 1))
    centre = a[r.item]
    return np.asarray(centre + (y - b[r.annotator] - centre) * np.where(first, stretch[r.annotator], 1.0))
