"""How judgment moves when a scenario's context is shifted, and whether it stays in place.

No difference found is not sameness found: sameness is claimed only inside a margin named beforehand.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from .clusters import Entered, estimate
from .coding import Floats
from .distances import wasserstein
from .estimate import Estimate, Limits, json_safe
from .permutation import permutation_p
from .table import Ratings

MOST_EXACT = 12
DRAWN_FLIPS = 10_000


@dataclass(frozen=True)
class Transfer:
    """Shift of the mean from base to variant over families, in scale points.

    shift: with t limits over families. p: two-sided, by flipping the sign of whole families; exact up to twelve.
    equivalence_p: of two one-sided tests that |shift| is below the margin; small means the same within it.
    per_family: family, n_people or n, shift, wasserstein.
    """

    shift: Estimate
    p: float
    equivalence_p: float
    margin: float
    per_family: pd.DataFrame

    def is_equivalent(self, alpha: float = 0.05) -> bool:
        """True when the shift is shown to lie inside the margin."""
        return bool(self.equivalence_p <= alpha)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "shift": self.shift.to_dict(),
            "p": json_safe(self.p),
            "equivalence_p": json_safe(self.equivalence_p),
            "margin": self.margin,
            "per_family": [json_safe(row) for row in self.per_family.to_dict("records")],
        }


def transfer(
    base: ArrayLike, variant: ArrayLike, margin: float, *, rng: np.random.Generator, level: float = 0.95
) -> Transfer:
    """Transfer from counts or shares of answers, (families, points), one step apart, to those of the variants.

    Use paired_transfer where the same people judged both.
    """
    p, q = np.asarray(base, dtype=np.float64), np.asarray(variant, dtype=np.float64)
    if p.ndim != 2 or p.shape != q.shape:
        raise ValueError(f"Base {p.shape} and variant {q.shape} must be tables of families by points.")
    points = np.arange(p.shape[1])
    sizes = np.minimum(p.sum(axis=1), q.sum(axis=1))
    with np.errstate(invalid="ignore"):
        shift = _mean(q, points) - _mean(p, points)
        w1 = wasserstein(p, q)
    table = pd.DataFrame({"family": np.arange(len(p)), "n": sizes, "shift": shift, "wasserstein": w1})
    return _transfer(table[table["shift"].notna()], margin, rng, level, "shift of the mean by family")


def paired_transfer(
    r: Ratings,
    family: ArrayLike,
    is_variant: ArrayLike,
    margin: float,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
) -> Transfer:
    """Transfer by the people who judged both base and variant of a family, on first occasions.

    family: along item_ids, a name, or None for items in no family. is_variant: along item_ids.
    A family's shift is the mean over its people of their variant answers less their base answers.
    """
    names = pd.Series(np.asarray(family, dtype=object))
    code, families = pd.factorize(names, sort=True)
    shifted = np.asarray(is_variant, dtype=bool)
    if not len(code) == len(shifted) == len(r.item_ids):
        raise ValueError(f"There are {len(r.item_ids)} items, {len(code)} families and {len(shifted)} marks.")
    first = r.first()
    table = pd.DataFrame(
        {
            "family": code[first.item],
            "person": first.annotator,
            "variant": shifted[first.item],
            "y": r.numbers[first.value],
        }
    )
    table = table[table["family"] >= 0]
    wide = table.groupby(["family", "person", "variant"])["y"].mean().unstack("variant")
    both = wide.reindex(columns=[False, True]).dropna()
    change = (both[True] - both[False]).groupby("family")
    found = pd.DataFrame({"n_people": change.size(), "shift": change.mean()})
    found["wasserstein"] = [_w1(both.loc[each]) for each in found.index]
    found.insert(0, "family", np.asarray(families)[found.index.to_numpy(dtype=np.int64)])
    return _transfer(found.reset_index(drop=True), margin, rng, level, "paired shift of the mean by family")


def surviving_share(y: ArrayLike) -> Estimate:
    """Share of a scenario's signal that survives a shift of context: σ_f² / (σ_f² + σ_fc²).

    y: (families, contexts) means; nan where a family lacks a context drops the family. σ_f² is the component of
    the family and σ_fc² that of family × context, by analysis of variance; negative ones count as 0. The error
    of the means is part of σ_fc², so the share is a lower bound.
    """
    table = np.asarray(y, dtype=np.float64)
    table = table[np.isfinite(table).all(axis=1)] if table.ndim == 2 else table.reshape(0, 0)
    n, c = table.shape
    entered = Entered(n, 0, n * c)
    method = "Variance of families over that of families and families × contexts"
    if n < 2 or c < 2:
        note = "Not defined: two families with two contexts each are needed."
        return estimate(math.nan, Limits(notes=(note,)), entered, method=method, unit="share", level=0.95)

    def share(rows: Floats) -> float:
        k = len(rows)
        left = rows - rows.mean(axis=1, keepdims=True) - rows.mean(axis=0) + rows.mean()
        residual = float((left**2).sum()) / ((k - 1) * (c - 1))
        families = c * float(rows.mean(axis=1).var(ddof=1))
        signal = max((families - residual) / c, 0.0)
        return signal / (signal + residual) if signal + residual > 0 else math.nan

    value = share(table)
    without = np.array([share(np.delete(table, row, axis=0)) for row in range(n)]) if n > 2 else np.empty(0)
    if len(without) and np.isfinite(without).all():
        se = math.sqrt((n - 1) * float(without.var()))
        half = float(stdtrit(n - 1, 0.975)) * se
        limits = Limits(max(value - half, 0.0), min(value + half, 1.0), se, n - 1.0)
    else:
        limits = Limits(notes=("Too few families for limits.",))
    return estimate(value, limits, entered, method=f"{method}; jackknife over families", unit="share", level=0.95)


SLIDE = 1 / 3
"""Surplus of pairs on one side from which a distribution is said to have moved there."""
GAP, CAMP = 0.1, 0.25
"""At most this share in two neighbouring places, and at least this share on each side of them: two camps."""
GATHERED = 0.6
MISFIT, MISFIT_MORE = 0.15, 0.1
FEWEST = 5


@dataclass(frozen=True)
class Step:
    """What happens from a base to a shift, by rule.

    words: of "holds", "slides", "splits", "gathers" and "misfit appears"; empty where either side has fewer
    than FEWEST answers. towards: the side it slides to, −1, 0 or 1.
    """

    words: tuple[str, ...]
    towards: int = 0


def step(base: ArrayLike, shift: ArrayLike, base_misfit: tuple[int, int], shift_misfit: tuple[int, int]) -> Step:
    """Words for two counts of answers along an ordered scale. misfits: (readers who said so, readers asked).

    slides: of all pairs of a base and a shift answer, the surplus that lies higher (or lower) is at least SLIDE
    (Cliff's delta). splits: two camps where there were none. gathers: the difference between two readers, on
    average, is at most GATHERED of what it was, or two camps are gone. misfit appears: at least MISFIT of the
    readers, and MISFIT_MORE more than at the base. holds: none of these.
    """
    p, q = np.asarray(base, dtype=np.float64), np.asarray(shift, dtype=np.float64)
    words = []
    towards = 0
    if min(p.sum(), q.sum()) >= FEWEST:
        delta = dominance(p, q)
        if abs(delta) >= SLIDE - 1e-12:
            words.append("slides")
            towards = 1 if delta > 0 else -1
        was, now = has_camps(p), has_camps(q)
        if now and not was:
            words.append("splits")
        elif not now and (was or difference(q) <= GATHERED * difference(p) - 1e-12):
            words.append("gathers")
    if min(base_misfit[1], shift_misfit[1]) >= FEWEST:
        before, after = (part / whole for part, whole in (base_misfit, shift_misfit))
        if after >= MISFIT and after >= before + MISFIT_MORE:
            words.append("misfit appears")
    if not words and min(p.sum(), q.sum()) >= FEWEST:
        words.append("holds")
    return Step(tuple(words), towards)


def dominance(p: Floats, q: Floats) -> float:
    """Cliff's delta of two counts along the same places: P(q above p) − P(q below p); nan if either is empty."""
    total = p.sum() * q.sum()
    below = np.concatenate([[0.0], np.cumsum(p)[:-1]])
    above = p.sum() - np.cumsum(p)
    return float((q * (below - above)).sum() / total) if total else math.nan


def has_camps(counts: Floats) -> bool:
    """Whether two neighbouring places inside the scale are nearly empty, with many on each side of them."""
    n = counts.sum()
    return any(
        counts[at : at + 2].sum() <= GAP * n and min(counts[:at].sum(), counts[at + 2 :].sum()) >= CAMP * n
        for at in range(1, len(counts) - 2)
    )


def difference(counts: Floats) -> float:
    """Gini's mean difference: how many places two readers drawn at random lie apart, on average."""
    n, below = counts.sum(), np.cumsum(counts)[:-1]
    return float(2 * (below * (n - below)).sum() / (n * (n - 1))) if n > 1 else math.nan


def sign_flip_p(d: ArrayLike, rng: np.random.Generator) -> float:
    """Two-sided p of a mean by flipping signs: all 2ⁿ up to n = 12, else 10,000 drawn with (1 + #) / (1 + B)."""
    values = np.asarray(d, dtype=np.float64)
    if not len(values):
        return math.nan
    if len(values) <= MOST_EXACT:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=len(values))))
        return float((np.abs(signs @ values) >= abs(values.sum()) - 1e-12).mean())
    signs = rng.integers(0, 2, (DRAWN_FLIPS, len(values))) * 2.0 - 1.0
    return float(permutation_p(abs(values.sum()), np.abs(signs @ values), "high"))


def equivalence_p(d: ArrayLike, margin: float) -> float:
    """The larger p of two one-sided t tests that the mean lies above −margin and below margin (TOST)."""
    values = np.asarray(d, dtype=np.float64)
    n = len(values)
    if n < 2:
        return math.nan
    mean, se = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n)
    if se == 0:
        return 0.0 if abs(mean) < margin else 1.0
    return float(max(stdtr(n - 1, -(mean + margin) / se), stdtr(n - 1, (mean - margin) / se)))


def _transfer(table: pd.DataFrame, margin: float, rng: np.random.Generator, level: float, what: str) -> Transfer:
    if not margin > 0:
        raise ValueError(f"A margin is positive, not {margin!r}.")
    d = table["shift"].to_numpy(dtype=np.float64)
    n = len(d)
    value = float(d.mean()) if n else math.nan
    limits = Limits(notes=("Not defined: no family was judged in both forms.",) if not n else ("One family only.",))
    if n > 1:
        se = float(d.std(ddof=1)) / math.sqrt(n)
        half = float(stdtrit(n - 1, (1 + level) / 2)) * se
        limits = Limits(value - half, value + half, se, n - 1.0)
    method = f"Mean {what}; t limits over families"
    shift = estimate(value, limits, Entered(n, 0, 0), method=method, unit="scale points", level=level)
    return Transfer(shift, sign_flip_p(d, rng), equivalence_p(d, margin), margin, table)


def _mean(counts: Floats, points: np.ndarray[Any, np.dtype[Any]]) -> Floats:
    m = counts.sum(axis=1)
    return np.asarray(counts @ points / np.where(m > 0, m, np.nan))


def _w1(both: pd.DataFrame) -> float:
    """Between equally many answers the distance is the mean gap of sorted ones."""
    base, variant = (np.sort(both[side].to_numpy(dtype=np.float64)) for side in (False, True))
    return float(np.abs(base - variant).mean())
