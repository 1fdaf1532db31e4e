"""Strengths of options from comparisons side by side, with errors that know who compared.

One person's comparisons are not independent of each other, so errors are clustered by person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import stdtrit

from .clusters import Entered, estimate
from .coding import Floats, Ints
from .estimate import Estimate, Limits, json_safe

SWEEPS = 200
SETTLED = 1e-12
# The precision of N(0, 2²), used where some options cannot be told apart otherwise.
RIDGE = 0.25


@dataclass(frozen=True)
class Strengths:
    """Bradley-Terry strengths: log-odds(i over j) = β_i − β_j, and they add to 0.

    table: option, strength, se, low, high, in log-odds. covariance: (options, options). position: log-odds of
    the option shown first, on top; ties: Davidson's ν, P(tie) ∝ ν √(π_i π_j); None where not asked for.
    df: of the limits; n_annotators − 1 where errors are clustered. ridge: precision of the prior at 0.
    """

    table: pd.DataFrame
    covariance: Floats
    position: Estimate | None
    ties: Estimate | None
    loglik: float
    df: float
    n: int
    n_annotators: int
    ridge: float
    level: float
    notes: tuple[str, ...]

    def difference(self, one: Any, other: Any) -> Estimate:
        """β of one option less that of another, with limits. Raises KeyError for an unknown option."""
        i, j = self._place(one), self._place(other)
        c = self.covariance
        se = math.sqrt(max(c[i, i] + c[j, j] - 2 * c[i, j], 0.0))
        value = float(self.table["strength"].iloc[i] - self.table["strength"].iloc[j])
        entered = Entered(0, self.n_annotators, self.n)
        return _estimate(value, se, self.df, self.level, "Difference of strengths", entered, self.notes)

    def probability(self, one: Any, other: Any) -> float:
        """How likely one option is preferred to another, ties and position left aside."""
        strength = self.table["strength"].to_numpy()
        return float(1 / (1 + math.exp(strength[self._place(other)] - strength[self._place(one)])))

    def _place(self, option: Any) -> int:
        found = np.flatnonzero(self.table["option"].to_numpy() == option)
        if not len(found):
            raise KeyError(option)
        return int(found[0])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "options": [json_safe(row) for row in self.table.to_dict("records")],
            "position": None if self.position is None else self.position.to_dict(),
            "ties": None if self.ties is None else self.ties.to_dict(),
            "loglik": json_safe(self.loglik),
            "n": self.n,
            "n_annotators": self.n_annotators,
            "ridge": self.ridge,
            "notes": list(self.notes),
        }


def bradley_terry(
    first: ArrayLike,
    second: ArrayLike,
    outcome: ArrayLike,
    *,
    annotator: ArrayLike | None = None,
    times: ArrayLike | None = None,
    position: bool = False,
    ridge: float = 0.0,
    level: float = 0.95,
) -> Strengths:
    """Strengths from comparisons, one row each.

    first, second: the options, in the order shown. outcome: 1 when the first was preferred, 0 when the second
    was, ½ for a tie; with any tie Davidson's model is used. annotator: who compared; errors are then clustered
    by person (sandwich, C/(C−1)), else those of independent comparisons. times: how often a row occurred.
    position: estimate how much being shown first helps. ridge: precision of a normal prior at 0 on every
    strength; where options are never beaten or never linked it is set to ¼, with a note.
    Raises ValueError for other outcomes or an option against itself.
    Source: Bradley & Terry (1952); Davidson (1970), doi:10.1080/01621459.1970.10481082.
    """
    data = _Data.of(first, second, outcome, annotator, times)
    n_options = len(data.options)
    notes: tuple[str, ...] = ()
    if ridge == 0 and not data.is_connected():
        ridge = RIDGE
        notes = ("Some options were never beaten, never won or never met: strengths are drawn towards 0.",)
    has_ties = bool((data.y == 0.5).any())
    theta, information, scores, loglik = _fit(data, position, has_ties, ridge)
    covariance, df = _covariance(information, scores, data, annotator is not None)

    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    half = _quantile(df, level) * se[:n_options]
    beta = theta[:n_options]
    known = np.isfinite(half)
    table = pd.DataFrame(
        {
            "option": data.options,
            "strength": beta,
            "se": np.where(known, se[:n_options], np.nan),
            "low": beta - half,
            "high": beta + half,
        }
    )
    if not known.all():
        notes += ("No limits: errors clustered by person need two people.",)
    n, people = int(data.weight.sum()), data.n_annotators
    entered = Entered(0, people, n)
    shown = ties = None
    if position:
        what = "Log-odds of being shown first"
        shown = _estimate(float(theta[n_options]), float(se[n_options]), df, level, what, entered, notes)
    if has_ties:
        ties = _ties(float(theta[-1]), float(se[-1]), df, level, entered)
    return Strengths(
        table, covariance[:n_options, :n_options], shown, ties, loglik, df, n, people, ridge, level, notes
    )


def bradley_terry_of_table(
    wins: ArrayLike, ties: ArrayLike | None = None, *, ridge: float = 0.0, level: float = 0.95
) -> Strengths:
    """Strengths from a table: wins[i, j] is how often i was preferred to j; ties is symmetric."""
    won = np.asarray(wins, dtype=np.float64)
    i, j = np.nonzero(won)
    first, second, outcome, times = i, j, np.ones(len(i)), won[i, j]
    if ties is not None:
        tied = np.triu(np.asarray(ties, dtype=np.float64))
        a, b = np.nonzero(tied)
        first, second = np.concatenate([first, a]), np.concatenate([second, b])
        outcome, times = np.concatenate([outcome, np.full(len(a), 0.5)]), np.concatenate([times, tied[a, b]])
    return bradley_terry(first, second, outcome, times=times, ridge=ridge, level=level)


@dataclass(frozen=True)
class Circles:
    """Triads i over j over k over i among majorities, against what strengths on one line would give.

    n: circular triads; n_triads: triads with three decided pairs. expected: their mean in simulations. p: of
    at least as many, (1 + #) / (1 + B).
    """

    n: int
    n_triads: int
    expected: float
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"n": self.n, "n_triads": self.n_triads, "expected": json_safe(self.expected), "p": json_safe(self.p)}


def circles(wins: ArrayLike, rng: np.random.Generator, *, n_simulations: int = 1_000) -> Circles:
    """Whether preferences run in circles more often than chance makes them; ties count for neither side."""
    won = np.asarray(wins, dtype=np.float64)
    n_options = len(won)
    met = won + won.T
    n, n_triads = _circular(won)
    if not n_triads:
        return Circles(n, n_triads, math.nan, math.nan)
    strengths = (
        bradley_terry_of_table(won).table.set_index("option")["strength"].reindex(range(n_options), fill_value=0)
    )
    beta = strengths.to_numpy(dtype=np.float64)
    p = 1 / (1 + np.exp(beta[None, :] - beta[:, None]))
    drawn = np.empty(n_simulations)
    upper = np.triu_indices(n_options, 1)
    for b in range(n_simulations):
        again = np.zeros_like(won)
        again[upper] = rng.binomial(met[upper].astype(np.int64), p[upper])
        again.T[upper] = met[upper] - again[upper]
        drawn[b] = _circular(again)[0]
    return Circles(n, n_triads, float(drawn.mean()), float((1 + (drawn >= n).sum()) / (1 + n_simulations)))


@dataclass(frozen=True)
class _Data:
    options: np.ndarray[Any, np.dtype[Any]]
    i: Ints
    j: Ints
    y: Floats
    weight: Floats
    annotator: Ints
    n_annotators: int

    @classmethod
    def of(
        cls,
        first: ArrayLike,
        second: ArrayLike,
        outcome: ArrayLike,
        annotator: ArrayLike | None,
        times: ArrayLike | None,
    ) -> _Data:
        one, other, y = np.asarray(first), np.asarray(second), np.asarray(outcome, dtype=np.float64)
        if not len(one) == len(other) == len(y):
            raise ValueError("Options and outcomes differ in length.")
        if not np.isin(y, (0.0, 0.5, 1.0)).all():
            raise ValueError("An outcome is 1 for the first option, 0 for the second and ½ for a tie.")
        options, code = np.unique(np.concatenate([one, other]), return_inverse=True)
        i, j = code[: len(y)].astype(np.int64), code[len(y) :].astype(np.int64)
        if (i == j).any():
            raise ValueError("An option was compared with itself.")
        weight = np.ones(len(y)) if times is None else np.asarray(times, dtype=np.float64)
        people = np.zeros(len(y), dtype=np.int64)
        n_annotators = 0
        if annotator is not None:
            names, people = np.unique(np.asarray(annotator), return_inverse=True)
            n_annotators = len(names)
        return cls(options, i, j, y, weight, people.astype(np.int64), n_annotators)

    def is_connected(self) -> bool:
        """True when every option beats, through others, every other: only then is there a finite maximum."""
        n = len(self.options)
        if n < 2:
            return True
        won, lost = self.y > 0, self.y < 1
        i = np.concatenate([self.i[won], self.j[lost]])
        j = np.concatenate([self.j[won], self.i[lost]])
        graph = csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
        return int(connected_components(graph, connection="strong")[0]) == 1


def _fit(data: _Data, position: bool, has_ties: bool, ridge: float) -> tuple[Floats, Floats, Floats, float]:
    """θ = (β, position?, log ν?), its information, (n, K) scores of rows, and the log likelihood.

    With d = β_i − β_j + position the outcomes have logits (d/2, −d/2, log ν): s = ±½ or 0, and u = 1 for a tie.
    """
    n_options, n = len(data.options), len(data.y)
    design = np.zeros((n, n_options + position + has_ties))
    rows = np.arange(n)
    design[rows, data.i] += 1.0
    design[rows, data.j] -= 1.0
    if position:
        design[:, n_options] = 1.0
    penalty = np.zeros(design.shape[1])
    penalty[:n_options] = ridge
    s, u = data.y - 0.5, (data.y == 0.5) * 1.0
    theta = np.zeros(design.shape[1])
    information, scores, loglik = np.zeros((len(theta),) * 2), np.zeros(design.shape), 0.0
    for _ in range(SWEEPS):
        d = design @ theta
        logits = np.stack([d / 2, -d / 2, np.full(n, theta[-1] if has_ties else -np.inf)])
        top = logits.max(axis=0) if n else np.zeros(0)
        odds = np.exp(logits - top)
        p = odds / odds.sum(axis=0)
        mean, tie = (p[0] - p[1]) / 2, p[2]
        chosen = np.where(u == 1, 2, np.where(s > 0, 0, 1))
        loglik = float(data.weight @ np.log(p[chosen, rows])) if n else 0.0

        w = data.weight
        scores = w[:, None] * (s - mean)[:, None] * design
        spread = (p[0] + p[1]) / 4 - mean**2
        information = design.T @ ((w * spread)[:, None] * design)
        if has_ties:
            scores[:, -1] = w * (u - tie)
            across = design.T @ (w * -mean * tie)
            information[:, -1] += across
            information[-1, :] += across
            information[-1, -1] = float(w @ (tie * (1 - tie)))
        information += np.diag(penalty)
        step = _inverse(information) @ (scores.sum(axis=0) - penalty * theta)
        size = np.abs(step).max(initial=0.0)
        theta = theta + step * min(1.0, 2.0 / size if size > 0 else 1.0)
        if size <= SETTLED:
            break
    theta[:n_options] -= theta[:n_options].mean() if n_options else 0.0
    return theta, information, scores, loglik


def _covariance(information: Floats, scores: Floats, data: _Data, clustered: bool) -> tuple[Floats, float]:
    inverse = _inverse(information)
    if not clustered:
        return inverse, math.inf
    c = data.n_annotators
    if c < 2:
        return np.full(inverse.shape, np.nan), math.nan
    by = csr_array((np.ones(len(scores)), (data.annotator, np.arange(len(scores)))), shape=(c, len(scores)))
    each = np.asarray(by @ scores)
    return np.asarray(inverse @ (each.T @ each) @ inverse * c / (c - 1)), c - 1.0


def _inverse(information: Floats) -> Floats:
    """Inverse on all directions but those that nothing speaks of, such as adding one number to all strengths."""
    return np.asarray(np.linalg.pinv(information, rcond=1e-9, hermitian=True) if information.size else information)


def _ties(log_nu: float, se: float, df: float, level: float, entered: Entered) -> Estimate:
    half = _quantile(df, level) * se
    nu = math.exp(log_nu)
    limits = (
        Limits(math.exp(log_nu - half), math.exp(log_nu + half), nu * se, df) if math.isfinite(half) else Limits()
    )
    return estimate(nu, limits, entered, method="Davidson's ν; limits on the log scale", unit="ratio", level=level)


def _estimate(
    value: float, se: float, df: float, level: float, what: str, entered: Entered, notes: tuple[str, ...]
) -> Estimate:
    half = _quantile(df, level) * se
    limits = Limits(value - half, value + half, se, df) if math.isfinite(half) else Limits()
    return estimate(value, limits, entered, method=what, unit="log-odds", level=level, notes=notes)


def _quantile(df: float, level: float) -> float:
    return float(stdtrit(df, (1 + level) / 2)) if df > 0 else math.nan


def _circular(won: Floats) -> tuple[int, int]:
    """Circular triads among majorities, and triads whose three pairs are decided."""
    over = (won > won.T).astype(np.float64)
    decided = over + over.T
    circular = np.trace(over @ over @ over) / 3
    return round(float(circular)), round(float(np.trace(decided @ decided @ decided)) / 6)
