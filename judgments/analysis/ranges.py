"""Is an item unclear inside each head, or clear in every head and different between them?

People who answer with a range say how sure they are. Where ranges are wide, the item is vague; where they are
narrow and lie apart, it is contested.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .coding import Floats, Ints

COLUMNS = ["inside", "between", "contested_share", "hit_rate", "relative_width", "n"]


def heads(
    item: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    annotator: ArrayLike | None = None,
    centre: ArrayLike | None = None,
    coverage: float = 0.9,
    occasion_variance: float = 0.0,
) -> pd.DataFrame:
    """One row an item, along which uncertainty is split by the law of total variance.

    low, high: the ends of each stated range, one row an answer. centre: the point named inside, else the
    middle. coverage: how sure people were asked to be that their range holds what they mean; a range is read
    as that part of a normal distribution, sd = (high − low) / (2 z).
    Returns, by item: inside, the mean sd² (points²); between, the variance of centres, less occasion_variance
    (what people differ from themselves by; from repeats) and never below 0; contested_share, between / (between
    + inside); hit_rate, the share of ranges that hold the median of the others' centres, far below `coverage`
    when people are surer than they agree; relative_width, the mean width where each person's median width is 1
    (nan without annotators); n. With one answer `between` and what needs it are nan.
    Raises ValueError where an end is missing or low lies above high.
    """
    lows, highs = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if not (lows <= highs).all():
        raise ValueError("In one answer the low end is missing or lies above the high end.")
    if not 0 < coverage < 1:
        raise ValueError(f"A coverage lies between 0 and 1, not {coverage!r}.")
    middle = (lows + highs) / 2 if centre is None else np.asarray(centre, dtype=np.float64)
    code, ids = _coded(item)
    n = np.bincount(code, minlength=len(ids))
    enough = np.where(n > 1, n, np.nan)

    z = float(ndtri((1 + coverage) / 2))
    inside = _mean(((highs - lows) / (2 * z)) ** 2, code, n)
    off = middle - _mean(middle, code, n)[code]
    raw = np.bincount(code, weights=off**2, minlength=len(ids)) / (enough - 1)
    between = np.maximum(raw - occasion_variance, 0.0)
    whole = between + inside
    others = _median_of_others(middle, code)
    hit = ((lows <= others) & (others <= highs)).astype(np.float64)
    relative = np.full(len(ids), np.nan)
    if annotator is not None:
        relative = _mean(_relative(highs - lows, np.asarray(annotator)), code, n)
    found = {
        "inside": inside,
        "between": between,
        "contested_share": between / np.where(whole > 0, whole, np.nan),
        "hit_rate": np.where(n > 1, _mean(hit, code, n), np.nan),
        "relative_width": relative,
        "n": n,
    }
    return pd.DataFrame(found, index=pd.Index(ids, name="item_id"), columns=COLUMNS)


def both_ways(item: ArrayLike, a: ArrayLike, b: ArrayLike, n_answers: ArrayLike | pd.Series) -> pd.DataFrame:
    """One row an item: people who answered with two points at once, and how far apart the two are.

    item, a, b: one row for each such answer. n_answers: answers of any form by item, a Series by item id.
    Returns by item n_both, n_answers, share, and gap, the mean |a − b| in scale points (nan without any).
    """
    all_of = pd.Series(n_answers)
    table = pd.DataFrame({"item": np.asarray(item), "gap": np.abs(np.asarray(a, float) - np.asarray(b, float))})
    by_item = table.groupby("item")["gap"].agg(["size", "mean"]).reindex(all_of.index)
    n_both = by_item["size"].fillna(0).astype(np.int64)
    if (n_both > all_of).any() or len(table) != n_both.sum():
        raise ValueError("More people answered an item both ways than answered it at all.")
    share = n_both / all_of.where(all_of > 0)
    columns = {"n_both": n_both, "n_answers": all_of, "share": share, "gap": by_item["mean"]}
    return pd.DataFrame(columns).rename_axis("item_id")


def _coded(item: ArrayLike) -> tuple[Ints, Any]:
    ids, code = np.unique(np.asarray(item), return_inverse=True)
    return code.astype(np.int64), ids


def _mean(values: Floats, code: Ints, n: Ints) -> Floats:
    return np.asarray(np.bincount(code, weights=values, minlength=len(n)) / np.where(n > 0, n, 1))


def _median_of_others(values: Floats, code: Ints) -> Floats:
    """For each value the median of the others with its code; nan when there are none."""
    order = np.lexsort((values, code))
    ranked = values[order]
    n = np.bincount(code) if len(code) else np.empty(0, dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(n)[:-1]]).astype(np.int64)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values)) - start[code[order]]
    m = n[code] - 1  # how many others
    left, right = np.maximum((m - 1) // 2, 0), m // 2

    def other(k: Ints) -> Floats:
        """The k-th smallest of the others: one further along from the value's own place on."""
        at = start[code] + np.minimum(k + (k >= place), n[code] - 1)
        return np.asarray(ranked[at])

    return np.where(m > 0, (other(left) + other(right)) / 2, np.nan)


def _relative(width: Floats, annotator: np.ndarray[Any, np.dtype[Any]]) -> Floats:
    typical = pd.Series(width).groupby(annotator).transform("median").to_numpy(dtype=np.float64)
    return np.asarray(np.divide(width, typical, out=np.ones(len(width)), where=typical > 0))
