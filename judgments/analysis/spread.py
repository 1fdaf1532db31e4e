"""How spread out and how split the answers to one item are, for all items at once.

With three to five annotators the plug-in indices are badly biased: rank items by `iov_unbiased` or by a
posterior, never by a plug-in index when items have unequal numbers of answers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .coding import Floats

ALPHA_ESTEBAN_RAY = 1.6


def spread(counts: ArrayLike) -> pd.DataFrame:
    """One row an item: n and every index below; nan where an index is not defined.

    counts: (items, points) how often each point was given, over the whole scale in its order, unused points
    included. Raises ValueError if counts is not such a table or is negative.
    """
    n = _counts(counts)
    return pd.DataFrame(
        {
            "n": n.sum(axis=1),
            "iov": ordinal_variation(n),
            "iov_unbiased": ordinal_variation(n, unbiased=True),
            "agreement_a": agreement_a(n),
            "leik": leik(n),
            "consensus": consensus(n),
            "esteban_ray": esteban_ray(n),
            "entropy": normalised_entropy(n),
            "sarle": sarle(n),
        }
    )


def ordinal_variation(counts: ArrayLike, *, unbiased: bool = False) -> Floats:
    """(items,) IOV = 4/(V−1) Σ_{k<V} F_k (1−F_k): 0 all alike, 1 half at each end.

    It is the mean distance of two answers over the largest it could be. unbiased: times m/(m−1), which is
    right on average for any number of answers, can exceed 1, and needs two of them.
    Source: Berry & Mielke (1992), doi:10.2466/pms.1992.74.2.479; Blair & Lacy (2000), l² = 1 − IOV.
    """
    n = _counts(counts)
    below = _cumulative(n)
    m, v = n.sum(axis=1), n.shape[1]
    found = _over(4 * (below * (1 - below)).sum(axis=1), np.full(len(n), v - 1.0))
    return _over(found * m, m - 1) if unbiased else found


def agreement_a(counts: ArrayLike) -> Floats:
    """(items,) van der Eijk's A: 1 all alike, 0 all points equally often, −1 half at each end.

    The distribution is cut into layers, each a pattern of points that are present or not; A is the mean over
    layers of U (1 − (S−1)/(V−1)), weighted by their height, S the points present. U compares triples with a
    gap in the middle to those without: U = ((V−2) TU − (V−1) TDU) / ((V−2) (TU+TDU)). Not defined for V < 3.
    Source: van der Eijk (2001), doi:10.1023/A:1010374114305.
    """
    n = _counts(counts)
    m, v = n.sum(axis=1), n.shape[1]
    if v < 3:
        return np.full(len(n), np.nan)
    levels = np.sort(n, axis=1)
    heights = np.diff(levels, axis=1, prepend=0.0)
    total = np.zeros(len(n))
    for layer in range(v):
        present = n >= levels[:, layer : layer + 1]
        s = present.sum(axis=1)
        total += heights[:, layer] * s * _unimodality(present) * (1 - (s - 1) / (v - 1))
    return _over(total, m)


def leik(counts: ArrayLike) -> Floats:
    """(items,) Leik's dispersion 2/(V−1) Σ_{k<V} min(F_k, 1−F_k): 0 all alike, 1 half at each end.

    Source: Leik (1966), doi:10.2307/1388242.
    """
    n = _counts(counts)
    below = _cumulative(n)
    return _over(2 * np.minimum(below, 1 - below).sum(axis=1), np.full(len(n), n.shape[1] - 1.0))


def consensus(counts: ArrayLike) -> Floats:
    """(items,) Tastle and Wierman's 1 + Σ p_k log2(1 − |k−μ|/(V−1)): 1 all alike, 0 half at each end.

    Source: Tastle & Wierman (2007), doi:10.1016/j.ijar.2006.06.024.
    """
    n = _counts(counts)
    v = n.shape[1]
    if v < 2:
        return np.full(len(n), np.nan)
    p = _shares(n)
    k = np.arange(v, dtype=np.float64)
    mean = np.nansum(p * k, axis=1, keepdims=True)
    near = np.clip(1 - np.abs(k - mean) / (v - 1), np.finfo(np.float64).tiny, 1.0)
    return np.asarray(1 + (p * np.log2(near)).sum(axis=1))


def esteban_ray(counts: ArrayLike, *, a: float = ALPHA_ESTEBAN_RAY) -> Floats:
    """(items,) polarisation 2^(1+a) Σ_i Σ_j p_i^(1+a) p_j |x_i−x_j|, x from 0 to 1: few, large, distant camps.

    Source: Esteban & Ray (1994), doi:10.2307/2951734; scaled so that half at each end is 1.
    """
    n = _counts(counts)
    v = n.shape[1]
    if v < 2:
        return np.full(len(n), np.nan)
    p, x = _shares(n), np.linspace(0, 1, v)
    far = np.abs(x[:, None] - x[None, :])
    return np.asarray(2 ** (1 + a) * np.einsum("ui,ij,uj->u", p ** (1 + a), far, p))


def normalised_entropy(counts: ArrayLike) -> Floats:
    """(items,) −Σ p log p / log V: 0 all alike, 1 all points equally often; the order plays no part."""
    n = _counts(counts)
    p = _shares(n)
    logs = np.log(np.where(p > 0, p, 1.0))
    entropy = -(p * logs).sum(axis=1) + 0.0
    return _over(entropy, np.full(len(n), np.log(n.shape[1]) if n.shape[1] > 1 else 0.0))


def sarle(counts: ArrayLike) -> Floats:
    """(items,) bimodality (skewness² + 1) / (excess kurtosis + 3 (m−1)²/((m−2)(m−3))), of bias-corrected moments.

    Above 5/9 is a hint of two camps and no more; it needs four answers and is unstable with few.
    """
    n = _counts(counts)
    m = n.sum(axis=1)
    k = np.arange(n.shape[1], dtype=np.float64)
    p = _shares(n)
    off = k - np.nansum(p * k, axis=1, keepdims=True)
    m2, m3, m4 = ((p * off**power).sum(axis=1) for power in (2, 3, 4))
    enough = (m > 3) & (m2 > 0)
    m, m2 = np.where(enough, m, np.nan), np.where(enough, m2, np.nan)
    skewness = m3 / m2**1.5 * np.sqrt(m * (m - 1)) / (m - 2)
    kurtosis = (m - 1) / ((m - 2) * (m - 3)) * ((m + 1) * (m4 / m2**2 - 3) + 6)
    return np.asarray((skewness**2 + 1) / (kurtosis + 3 * (m - 1) ** 2 / ((m - 2) * (m - 3))))


def _unimodality(present: np.ndarray) -> Floats:
    """(items,) U of patterns of points present: 1 without a gap, negative when the middle is empty.

    TU counts triples 110, 011 (a gap outside), TDU counts 101.
    """
    v = present.shape[1]
    left = np.cumsum(present, axis=1) - present
    right = present.sum(axis=1, keepdims=True) - left - present
    absent_left = np.arange(v) - left
    absent_right = (v - 1 - np.arange(v)) - right
    tdu = (~present * left * right).sum(axis=1)
    tu = (present * (left * absent_right + absent_left * right)).sum(axis=1)
    s = present.sum(axis=1)
    both = tu + tdu
    u = ((v - 2) * tu - (v - 1) * tdu) / np.where(both > 0, (v - 2) * both, 1.0)
    return np.asarray(np.where((s <= 1) | (s == v), 1.0, u))


def _counts(counts: ArrayLike) -> Floats:
    n = np.asarray(counts, dtype=np.float64)
    if n.ndim != 2 or not (n >= 0).all():
        raise ValueError("Counts must be a table of items by points without negative numbers.")
    return n


def _shares(n: Floats) -> Floats:
    m = n.sum(axis=1, keepdims=True)
    return n / np.where(m > 0, m, np.nan)


def _cumulative(n: Floats) -> Floats:
    return np.asarray(np.cumsum(_shares(n), axis=1)[:, :-1])


def _over(numerator: Floats, denominator: Floats) -> Floats:
    return np.asarray(numerator / np.where(denominator > 0, denominator, np.nan))
