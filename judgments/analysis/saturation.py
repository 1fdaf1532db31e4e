"""Whether more reading would still bring new codes, and how many reasons there are in all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from .coding import Floats, Ints
from .estimate import json_safe


@dataclass(frozen=True)
class Saturation:
    """Codes found and still to be found among m raters.

    seen: different codes. chao2: estimated number in all, a lower bound, bias-corrected. coverage: the part of
    all uses of codes that belong to codes already seen. once, twice: codes used by one and by two raters.
    curve: n raters, codes expected among them (exact), and low, high of random orders. new_share: of all codes,
    those expected to be new in the last tenth of raters; below 5 % is often called saturated.
    """

    seen: int
    chao2: float
    coverage: float
    once: int
    twice: int
    m: int
    curve: pd.DataFrame
    new_share: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "seen": self.seen,
            "chao2": json_safe(self.chao2),
            "coverage": json_safe(self.coverage),
            "once": self.once,
            "twice": self.twice,
            "m": self.m,
            "curve": [json_safe(row) for row in self.curve.to_dict("records")],
            "new_share": json_safe(self.new_share),
            "notes": list(self.notes),
        }


def saturation(
    incidence: ArrayLike, rng: np.random.Generator, *, n_orders: int = 200, level: float = 0.95
) -> Saturation:
    """Saturation of a raters × codes table of who used what; counts above 1 are uses by the same rater.

    Source: Chao (1987); Chao & Jost (2012), doi:10.1890/11-1952.1; Guest et al. (2020) for the 5 % habit.
    """
    used = np.asarray(incidence)
    if used.ndim != 2 or (used < 0).any():
        raise ValueError("Incidence must be a table of raters by codes without negative numbers.")
    used = used > 0
    m = len(used)
    times = used.sum(axis=0)
    seen, once, twice = (int(some.sum()) for some in (times > 0, times == 1, times == 2))
    if not seen:
        curve = pd.DataFrame(columns=["n", "codes", "low", "high"])
        return Saturation(0, math.nan, math.nan, 0, 0, m, curve, math.nan, ("Nobody used a code.",))
    chao2 = seen + (m - 1) / m * once * (once - 1) / (2 * (twice + 1))
    coverage = _coverage(once, twice, int(times.sum()), m)
    curve = _curve(used, times[times > 0], rng, n_orders, level)
    tenth = max(1, round(m / 10))
    before = curve["codes"].iloc[m - 1 - tenth] if m > tenth else 0.0
    return Saturation(seen, chao2, coverage, once, twice, m, curve, float(1 - before / seen))


def hill(counts: ArrayLike, q: float) -> float:
    """Hill number of order q: how many equally common codes would be as diverse; nan without any.

    0 counts codes, 1 is e to the entropy, 2 the inverse chance that two uses are of one code.
    """
    n = np.asarray(counts, dtype=np.float64)
    n = n[n > 0]
    if not len(n):
        return math.nan
    p = n / n.sum()
    if q == 1:
        return float(np.exp(-xlogy(p, p).sum()))
    return float((p**q).sum() ** (1 / (1 - q)))


def rarefied(incidence: ArrayLike, coverage: float) -> tuple[float, int]:
    """Codes expected among as many raters as reach a coverage, and how many raters those are.

    Groups of people are compared at equal coverage, not at equal numbers. nan and 0 where it is not reached.
    """
    used = np.asarray(incidence) > 0
    times = used.sum(axis=0)
    times = times[times > 0]
    m = len(used)
    for n in range(1, m + 1):
        if _coverage_of(times, n, m) >= coverage - 1e-12:
            return float(_expected(times, np.array([n]), m)[0]), n
    return math.nan, 0


def newly_seen(incidence: ArrayLike, every: int) -> Ints:
    """(codes, blocks) 1 where a code is first used in that block of `every` rows, in the order of the rows.

    incidence: (rows, codes), who used what; the last block may be shorter. A code nobody used has a row of zeros.
    """
    used = np.asarray(incidence) > 0
    rows, codes = used.shape
    blocks = -(-rows // every)
    found = np.zeros((codes, blocks), dtype=np.int64)
    seen = np.flatnonzero(used.any(axis=0))
    found[seen, used.argmax(axis=0)[seen] // every] = 1
    return found


def _coverage(once: int, twice: int, total: int, m: int) -> float:
    """1 − Q1/ΣQ · (m−1) Q1 / ((m−1) Q1 + 2 Q2)."""
    if not once:
        return 1.0
    return 1 - once / total * ((m - 1) * once / ((m - 1) * once + 2 * twice) if m > 1 else 1.0)


def _coverage_of(times: Floats, n: int, m: int) -> float:
    """Expected coverage among n of m raters; at n = m that of all."""
    if n == m:
        return _coverage(int((times == 1).sum()), int((times == 2).sum()), int(times.sum()), m)
    # A use of a code is uncovered when none of the n raters used it; its own rater is not among them.
    absent = np.exp(_log_choose(m - times, n) - _log_choose(m - 1, n))
    return float(1 - (times / times.sum() * absent).sum())


def _curve(
    used: np.ndarray[Any, Any], times: Floats, rng: np.random.Generator, n_orders: int, level: float
) -> pd.DataFrame:
    m = len(used)
    n = np.arange(1, m + 1)
    drawn = np.full((max(n_orders, 1), m), np.nan)
    for b in range(n_orders):
        drawn[b] = np.logical_or.accumulate(used[rng.permutation(m)], axis=0).sum(axis=1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({"n": n, "codes": _expected(times, n, m), "low": low, "high": high})


def _expected(times: Floats, n: Ints, m: int) -> Floats:
    """(len(n),) codes expected among n of m raters: Σ 1 − C(m − t, n) / C(m, n)."""
    return np.array([float((1 - np.exp(_log_choose(m - times, k) - _log_choose(m, k))).sum()) for k in n])


def _log_choose(n: Any, k: Any) -> Any:
    """log C(n, k), −∞ where k > n."""
    n = np.asarray(n, dtype=np.float64)
    possible = n >= k
    safe = np.where(possible, n, k)
    return np.where(possible, gammaln(safe + 1) - gammaln(k + 1) - gammaln(safe - k + 1), -np.inf)
