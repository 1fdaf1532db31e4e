"""Signs that a question has become a target: versions converge at the top while reasons go on to differ.

Each number is an indicator and proves nothing by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .clusters import Entered, estimate
from .coding import Floats
from .estimate import Estimate, Limits, json_safe, percentile_limits
from .saturation import hill, rarefied


@dataclass(frozen=True)
class Indicators:
    """One dimension across versions, in the order of the versions.

    by_version: version, mean, variance of its items (sample), and reasons where they were given: Hill numbers
    of order 1, and codes at equal coverage.
    discriminability: 1 − MSE / MS of versions: how well versions are told apart; 0 not at all, may be negative.
    variance_slope: of the log variance of items over versions; below 0 scores converge. diversity_slope: of the
    log Hill number; above 0 reasons diversify. converging_while_diverging: the limits of both leave out 0.
    """

    by_version: pd.DataFrame
    discriminability: Estimate
    variance_slope: Estimate
    diversity_slope: Estimate
    converging_while_diverging: bool
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "by_version": [json_safe(row) for row in self.by_version.to_dict("records")],
            "discriminability": self.discriminability.to_dict(),
            "variance_slope": self.variance_slope.to_dict(),
            "diversity_slope": self.diversity_slope.to_dict(),
            "converging_while_diverging": self.converging_while_diverging,
            "notes": list(self.notes),
        }


def indicators(
    table: ArrayLike,
    *,
    versions: ArrayLike | None = None,
    reasons: list[ArrayLike] | None = None,
    n_resamples: int = 2_000,
    level: float = 0.95,
    rng: np.random.Generator,
) -> Indicators:
    """Indicators from (versions, items) mean scores; items that lack a version are left out, and counted.

    versions: their names or dates in order. reasons: for each version a raters × codes table.
    Limits come from drawing items again, and for diversity from drawing raters again.
    """
    y = np.asarray(table, dtype=np.float64)
    if y.ndim != 2:
        raise ValueError("Scores must be a table of versions by items.")
    whole = np.isfinite(y).all(axis=0)
    left_out = int((~whole).sum())
    y = y[:, whole]
    n_versions, n_items = y.shape
    names = np.arange(n_versions) if versions is None else np.asarray(versions)
    notes = (f"Items that lack a version, left out: {left_out}.",) if left_out else ()
    by_version = _by_version(y, names, reasons)
    entered = Entered(n_items, 0, y.size)
    possible = n_versions > 1 and n_items > 1
    drawn = rng.integers(0, n_items, (n_resamples, n_items)) if possible else np.empty((0, 0), dtype=np.int64)
    again = [y[:, some] for some in drawn]
    tell = np.array([_discriminability(each) for each in again])
    slope = np.array([_variance_slope(each) for each in again])
    value = _discriminability(y) if possible else math.nan
    converge = _variance_slope(y) if possible else math.nan
    discriminability = _made(value, tell, entered, level, "1 − MSE / MS of versions", "ratio")
    variance_slope = _made(converge, slope, entered, level, "Slope of log item variance", "log variance a version")
    diversity_slope = _diversity(reasons, n_resamples, level, rng)
    below = variance_slope.high is not None and variance_slope.high < 0
    above = diversity_slope.low is not None and diversity_slope.low > 0
    return Indicators(by_version, discriminability, variance_slope, diversity_slope, below and above, notes)


def expected_discriminability(versions: float, residual: float, n_items: int) -> float:
    """What the components of variance alone predict: n σ_v² / (n σ_v² + σ_res²); nan without variance."""
    signal = n_items * max(versions, 0.0)
    return signal / (signal + residual) if signal + residual > 0 else math.nan


def _by_version(y: Floats, names: np.ndarray[Any, Any], reasons: list[ArrayLike] | None) -> pd.DataFrame:
    enough = y.shape[1] > 1
    found = pd.DataFrame(
        {
            "version": names,
            "mean": y.mean(axis=1) if y.shape[1] else np.nan,
            "variance": y.var(axis=1, ddof=1) if enough else np.nan,
        }
    )
    if reasons is None:
        return found
    if len(reasons) != len(names):
        raise ValueError(f"There are {len(names)} versions and {len(reasons)} tables of reasons.")
    tables = [np.asarray(each) > 0 for each in reasons]
    found["reasons"] = [hill(each.sum(axis=0), 1) for each in tables]
    reached = [rarefied(each, 0.8) for each in tables]
    found["codes_at_80_percent"] = [codes for codes, _ in reached]
    return found


def _discriminability(y: Floats) -> float:
    """1 − MSE / MS_version of a two-way table; 0 ≤ without noise, negative when items cross versions more."""
    n_versions, n_items = y.shape
    left = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    mse = float((left**2).sum()) / ((n_versions - 1) * (n_items - 1))
    ms = n_items * float(y.mean(axis=1).var(ddof=1))
    return 1 - mse / ms if ms > 0 else math.nan


def _variance_slope(y: Floats) -> float:
    variance = y.var(axis=1, ddof=1)
    if not (variance > 0).all():
        return math.nan
    return _slope(np.log(variance))


def _slope(values: Floats) -> float:
    t = np.arange(len(values)) - (len(values) - 1) / 2
    return float(t @ values / (t @ t)) if len(values) > 1 else math.nan


def _diversity(reasons: list[ArrayLike] | None, n_resamples: int, level: float, rng: np.random.Generator) -> Estimate:
    method, unit = "Slope of log Hill number of reasons; raters drawn again", "log codes a version"
    tables = [np.asarray(each) > 0 for each in reasons or []]
    entered = Entered(0, sum(len(each) for each in tables), 0)
    if len(tables) < 2 or any(not each.any() for each in tables):
        note = "Not defined: reasons of two versions are needed."
        return estimate(math.nan, Limits(notes=(note,)), entered, method=method, unit=unit, level=level)
    value = _slope(np.log([hill(each.sum(axis=0), 1) for each in tables]))
    drawn = np.full((n_resamples, len(tables)), np.nan)
    for place, each in enumerate(tables):
        times = rng.multinomial(len(each), np.full(len(each), 1 / len(each)), size=n_resamples)
        counts = times @ each
        total = counts.sum(axis=1, keepdims=True)
        p = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
        logs = np.log(p, out=np.zeros(p.shape), where=p > 0)
        drawn[:, place] = np.where(total[:, 0] > 0, -(p * logs).sum(axis=1), np.nan)
    slopes = np.array([_slope(row) for row in drawn])
    return _made(value, slopes, entered, level, "Slope of log Hill number of reasons", unit)


def _made(value: float, drawn: Floats, entered: Entered, level: float, what: str, unit: str) -> Estimate:
    """The value with limits value ± t · sd of the resamples, which bias of small tables does not shift."""
    if not math.isfinite(value):
        note = "Not defined: two versions with two items that vary are needed."
        return estimate(math.nan, Limits(notes=(note,)), entered, method=what, unit=unit, level=level)
    limits = percentile_limits(drawn, level)
    if limits.se is not None:
        df = max(entered.n_items, 2) - 1.0 if entered.n_items else math.inf
        half = float(stdtrit(df, (1 + level) / 2)) * limits.se
        limits = Limits(value - half, value + half, limits.se, df, notes=limits.notes)
    return estimate(value, limits, entered, method=f"{what}; bootstrap error", unit=unit, level=level)
