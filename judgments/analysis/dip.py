"""Hartigan's dip: is there more than one mode along a line.

For sliders only. On a scale of few points the ties alone look like many modes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .coding import Floats, Ints


def dip(values: ArrayLike) -> float:
    """The largest distance from the empirical distribution to the nearest unimodal one; nan without values.

    The interval that holds the mode is narrowed, each time to where the greatest convex minorant and the least
    concave majorant inside it are furthest apart, until leaving it alone would cost no less.
    At least 1/(2n), and 1/4 at most. Raises ValueError for values that are not finite.
    Source: Hartigan & Hartigan (1985), doi:10.1214/aos/1176346577.
    """
    given = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(given).all():
        raise ValueError("A dip needs finite values.")
    if not len(given):
        return math.nan
    x, times = np.unique(given, return_counts=True)
    upper = np.cumsum(times) / len(given)
    lower = upper - times / len(given)
    low, high, outside = 0, len(x) - 1, 1 / len(given)
    while high > low:
        convex = _hull(x, lower, low, high, -1)
        concave = _hull(x, upper, low, high, 1)
        g, top = _line(x, lower, convex, low, high), _line(x, upper, concave, low, high)
        gap, left, right = _widest_gap(top - g, convex, concave, low)
        if gap <= outside:
            break
        # The ends of the next interval may be the mode, where a unimodal distribution may jump.
        before = upper[low:left] - g[: left - low]
        after = top[right + 1 - low :] - lower[right + 1 : high + 1]
        outside = max(outside, float(before.max(initial=0.0)), float(after.max(initial=0.0)))
        if (left, right) == (low, high):
            break
        low, high = left, right
    return outside / 2


def _hull(x: Floats, y: Floats, low: int, high: int, side: int) -> Ints:
    """Points from low to high that carry the convex (side −1) or concave (side 1) hull."""
    hull: list[int] = []
    for point in range(low, high + 1):
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            turn = (x[b] - x[a]) * (y[point] - y[a]) - (y[b] - y[a]) * (x[point] - x[a])
            if side * turn < 0:
                break
            hull.pop()
        hull.append(point)
    return np.array(hull, dtype=np.int64)


def _line(x: Floats, y: Floats, hull: Ints, low: int, high: int) -> Floats:
    return np.asarray(np.interp(x[low : high + 1], x[hull], y[hull]))


def _widest_gap(gap: Floats, convex: Ints, concave: Ints, low: int) -> tuple[float, int, int]:
    """The widest gap at a point of either hull, and the next interval: from a convex point to a concave one."""
    at_convex, at_concave = gap[convex - low], gap[concave - low]
    i, j = int(at_convex.argmax()), int(at_concave.argmax())
    if at_convex[i] > at_concave[j]:
        left = int(convex[i])
        return float(at_convex[i]), left, int(concave[np.searchsorted(concave, left)])
    right = int(concave[j])
    return float(at_concave[j]), int(convex[np.searchsorted(convex, right, side="right") - 1]), right
