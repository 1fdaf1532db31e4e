"""Intraclass correlations of a complete table, by the mean squares they are defined with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from .estimate import json_safe

NAMES = ("ICC(1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)")


@dataclass(frozen=True)
class Icc:
    """table: name, value, low, high; mean_squares: between items, annotators, residual, within items.

    ICC(1): each item has annotators of its own. A: agreement in value, C: consistency of order. k: of the mean.
    """

    table: pd.DataFrame
    mean_squares: dict[str, float]
    n_items: int
    n_annotators: int
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": json_safe(self.table.to_dict("records")),
            "mean_squares": json_safe(self.mean_squares),
            "n_items": self.n_items,
            "n_annotators": self.n_annotators,
            "level": self.level,
            "notes": list(self.notes),
        }


def icc(table: ArrayLike, *, level: float = 0.95) -> Icc:
    """The six intraclass correlations of an (items, annotators) table without gaps.

    Limits are those of F under normal effects. nan, with a note, when the table has gaps, is smaller than
    two by two or does not vary.
    Source: Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420; McGraw & Wong (1996),
    doi:10.1037/1082-989X.1.1.30.
    """
    y = np.asarray(table, dtype=np.float64)
    if y.ndim != 2:
        raise ValueError("A table of items by annotators is needed.")
    n, k = y.shape
    if n < 2 or k < 2:
        return _without("Not defined: it takes two items and two annotators.", n, k, level)
    if not np.isfinite(y).all():
        return _without("Not defined: the table has gaps; a noise audit takes them.", n, k, level)
    if np.ptp(y) == 0:
        return _without("Not defined: every rating is the same.", n, k, level)
    ms = _mean_squares(y)
    single = {
        "ICC(1)": _one_way(ms["item"], ms["within"], n, k, n * (k - 1), level),
        "ICC(A,1)": _agreement(ms, n, k, level),
        "ICC(C,1)": _one_way(ms["item"], ms["residual"], n, k, (n - 1) * (k - 1), level),
    }
    rows: list[tuple[object, ...]] = [(name, *single[name]) for name in NAMES[:3]]
    means = {"ICC(1,k)": "ICC(1)", "ICC(A,k)": "ICC(A,1)", "ICC(C,k)": "ICC(C,1)"}
    rows += [(name, *(_of_mean(x, k) for x in single[one])) for name, one in means.items()]
    return Icc(pd.DataFrame(rows, columns=["name", "value", "low", "high"]), ms, n, k, level)


def _mean_squares(y: np.ndarray) -> dict[str, float]:
    n, k = y.shape
    mean, of_item, of_annotator = y.mean(), y.mean(axis=1, keepdims=True), y.mean(axis=0, keepdims=True)
    rest = y - of_item - of_annotator + mean
    return {
        "item": float(k * ((of_item - mean) ** 2).sum() / (n - 1)),
        "annotator": float(n * ((of_annotator - mean) ** 2).sum() / (k - 1)),
        "residual": float((rest**2).sum() / ((n - 1) * (k - 1))),
        "within": float(((y - of_item) ** 2).sum() / (n * (k - 1))),
    }


def _one_way(between: float, error: float, n: int, k: int, df: int, level: float) -> tuple[float, float, float]:
    """(F−1) / (F+k−1) at F and at its limits; error is that within items, or the residual."""
    if error <= 0:
        return 1.0, math.nan, math.nan
    ratio, upper = between / error, (1 + level) / 2
    low = ratio / float(f_distribution.ppf(upper, n - 1, df))
    high = ratio * float(f_distribution.ppf(upper, df, n - 1))
    value, at_low, at_high = ((x - 1) / (x + k - 1) for x in (ratio, low, high))
    return value, at_low, at_high


def _agreement(ms: dict[str, float], n: int, k: int, level: float) -> tuple[float, float, float]:
    """ICC(A,1), whose limits need an approximate number of degrees of freedom v."""
    item, annotator, residual = ms["item"], ms["annotator"], ms["residual"]
    value = (item - residual) / (item + (k - 1) * residual + k / n * (annotator - residual))
    if residual <= 0:
        return value, math.nan, math.nan
    ratio = annotator / residual
    own = n * (1 + (k - 1) * value) - k * value
    v = (k - 1) * (n - 1) * (k * value * ratio + own) ** 2 / ((n - 1) * k**2 * value**2 * ratio**2 + own**2)
    upper, others = (1 + level) / 2, k * annotator + (k * n - k - n) * residual
    f_low = float(f_distribution.ppf(upper, n - 1, v))
    f_high = float(f_distribution.ppf(upper, v, n - 1))
    low = n * (item - f_low * residual) / (f_low * others + n * item)
    high = n * (f_high * item - residual) / (others + n * f_high * item)
    return value, low, high


def _of_mean(one: float, k: int) -> float:
    below = 1 + (k - 1) * one
    return k * one / below if below > 0 else math.nan


def _without(why: str, n: int, k: int, level: float) -> Icc:
    table = pd.DataFrame({"name": NAMES, "value": math.nan, "low": math.nan, "high": math.nan})
    squares = dict.fromkeys(("item", "annotator", "residual", "within"), math.nan)
    return Icc(table, squares, n, k, level, (why,))
