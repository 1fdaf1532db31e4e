"""Points put into groups, and how alike two ways of grouping are."""

from __future__ import annotations

import numpy as np
from scipy.special import comb

from .coding import Floats, Ints

RESTARTS = 10
SWEEPS = 100


def k_means(x: Floats, k: int, rng: np.random.Generator) -> Ints:
    """(n,) groups 0..k−1 of the rows of x that make squared distances to their centres small.

    The best of ten starts, each with centres drawn far apart (Arthur & Vassilvitskii 2007). Groups are
    numbered by size, the largest first.
    """
    best, least = np.zeros(len(x), dtype=np.int64), np.inf
    for _ in range(RESTARTS):
        group, cost = _from(x, _start(x, k, rng))
        if cost < least - 1e-12:
            best, least = group, cost
    order = np.argsort(-np.bincount(best, minlength=k), kind="stable")
    return np.argsort(order)[best].astype(np.int64)


def adjusted_rand(a: Ints, b: Ints) -> float:
    """How alike two groupings of the same people are: 1 the same, 0 as alike as by chance.

    Source: Hubert & Arabie (1985), doi:10.1007/BF01908075.
    """
    table = np.zeros((int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1))
    np.add.at(table, (a, b), 1)
    together = comb(table, 2).sum()
    rows, columns = comb(table.sum(axis=1), 2).sum(), comb(table.sum(axis=0), 2).sum()
    pairs = comb(len(a), 2)
    expected = rows * columns / pairs if pairs else 0.0
    most = (rows + columns) / 2
    return float((together - expected) / (most - expected)) if most != expected else 1.0


def _start(x: Floats, k: int, rng: np.random.Generator) -> Floats:
    centres = [x[rng.integers(len(x))]]
    for _ in range(k - 1):
        away = np.min([((x - centre) ** 2).sum(axis=1) for centre in centres], axis=0)
        total = away.sum()
        centres.append(x[rng.choice(len(x), p=away / total) if total > 0 else rng.integers(len(x))])
    return np.array(centres)


def _from(x: Floats, centres: Floats) -> tuple[Ints, float]:
    group = np.full(len(x), -1)
    away = np.zeros((len(x), len(centres)))
    for _ in range(SWEEPS):
        away = ((x[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        nearest = away.argmin(axis=1)
        if (nearest == group).all():
            break
        group = nearest
        for each in range(len(centres)):
            inside = group == each
            if inside.any():
                centres[each] = x[inside].mean(axis=0)
    return group.astype(np.int64), float(away.min(axis=1).sum())
