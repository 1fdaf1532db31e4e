"""What a handful of answers says about an item's whole distribution, and what it leaves open.

p_u | n_u ~ Dirichlet(a + n_u): people are exchangeable within an item. Where cohorts differ, make a posterior
for each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, digamma, gammaln, xlogy

from .coding import Floats
from .estimate import blocks
from .table import compress

FEWEST_ITEMS_FOR_A_PRIOR = 30
LEAST_CONCENTRATION = 0.1
MOST_CONCENTRATION = 1e4
SWEEPS = 2_000


@dataclass(frozen=True)
class Prior:
    """a: (points,) what is believed of an item before anybody has answered; how says where it is from."""

    a: Floats
    how: str
    loglik: float = math.nan


@dataclass(frozen=True)
class Posterior:
    """Dirichlet distributions of items.

    counts: (items, points) answers given. concentration: (items, points) A = a + counts. prior: a and its source.
    """

    counts: Floats
    concentration: Floats
    prior: Prior

    def mean(self) -> Floats:
        """(items, points) expected shares."""
        return np.asarray(self.concentration / self.concentration.sum(axis=1, keepdims=True))

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """(items, points) credible limits of each share; Beta(A_k, A − A_k)."""
        k = self.concentration
        rest = k.sum(axis=1, keepdims=True) - k
        low, high = (np.asarray(betaincinv(k, rest, q)) for q in ((1 - level) / 2, (1 + level) / 2))
        return low, high

    def mean_score(self, numbers: ArrayLike) -> tuple[Floats, Floats]:
        """(items,) expected mean of the points' numbers, and its standard deviation."""
        x = np.asarray(numbers, dtype=np.float64)
        p = self.mean()
        mean = p @ x
        total = self.concentration.sum(axis=1)
        return mean, np.sqrt(np.maximum((p @ x**2 - mean**2) / (total + 1), 0.0))

    def entropy_split(self) -> pd.DataFrame:
        """One row an item, in nats: total = inherent + undersampled.

        inherent: expected entropy E[H(p)], the spread that more people would not remove.
        undersampled: H(E p) − E[H(p)], what the next annotator is expected to tell about the distribution.
        """
        k, p = self.concentration, self.mean()
        total = -xlogy(p, p).sum(axis=1)
        inherent = digamma(k.sum(axis=1) + 1) - (p * digamma(k + 1)).sum(axis=1)
        return pd.DataFrame({"total": total, "inherent": inherent, "undersampled": np.maximum(total - inherent, 0.0)})

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """(items, n, points) distributions drawn; see from_draws for many items."""
        return _drawn(self.concentration, n, rng)

    def from_draws(self, what: Callable[[Floats], Floats], n_found: int, n: int, rng: np.random.Generator) -> Floats:
        """(items, n_found) what(p) of n distributions p (some, n, points) drawn for each item.

        Items with the same counts have the same posterior, so it is drawn once for all of them, and a few at a
        time: neither time nor memory grows with the number of items.
        """
        rows, inverse = np.unique(self.concentration, axis=0, return_inverse=True)
        found = np.empty((len(rows), n_found))
        for some in blocks(len(rows), 16 * n * max(rows.shape[1], 1)):
            found[some] = what(_drawn(rows[some], n, rng))
        return found[inverse.reshape(-1)]

    def spread(
        self, rng: np.random.Generator, *, n: int = 2_000, level: float = 0.95, ordered: bool = True
    ) -> pd.DataFrame:
        """One row an item: value, low, high of the spread of its distribution, 0 agreed and 1 furthest apart.

        ordered: 4/(V−1) Σ F_k(1−F_k), 1 when half stand at each end; else V/(V−1) Σ p_k(1−p_k), 1 when all
        points are equally taken. Posterior mean and credible limits over n draws; nan with a single point.
        """

        def summary(p: Floats) -> Floats:
            spread = spread_of(p, ordered)
            limits = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=1)
            return np.column_stack([spread.mean(axis=1), *limits])

        return pd.DataFrame(self.from_draws(summary, 3, n, rng), columns=["value", "low", "high"])

    def polarised(
        self,
        rng: np.random.Generator,
        *,
        n: int = 2_000,
        side: float = 0.25,
        between: float = 0.10,
        ordered: bool = True,
    ) -> Floats:
        """(items,) posterior probability that the item has two camps; see two_camps."""

        def probability(p: Floats) -> Floats:
            return two_camps(p, side=side, between=between, ordered=ordered).mean(axis=1)[:, None]

        return self.from_draws(probability, 1, n, rng)[:, 0]


def posterior(counts: ArrayLike, prior: str | ArrayLike = "empirical") -> Posterior:
    """Posteriors of items from an items x points table of first answers.

    prior: "empirical" fits a over the items, and is "jeffreys" (½ a point) below 30 items with answers;
    an array gives a itself. Raises ValueError for counts that are negative or not a table.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or (table < 0).any() or not np.isfinite(table).all():
        raise ValueError("Counts must be a table of items by points without negative numbers.")
    chosen = _prior(table, prior)
    return Posterior(table, table + chosen.a, chosen)


def _prior(table: Floats, prior: str | ArrayLike) -> Prior:
    n_points = table.shape[1]
    if not isinstance(prior, str):
        a = np.asarray(prior, dtype=np.float64)
        if a.shape != (n_points,) or not (a > 0).all():
            raise ValueError(f"A prior has one positive number for each of {n_points} points.")
        return Prior(a, "given")
    jeffreys = np.full(n_points, 0.5)
    if prior == "jeffreys":
        return Prior(jeffreys, "Jeffreys, ½ a point")
    if prior != "empirical":
        raise ValueError(f"Unknown prior {prior!r}.")
    if (table.sum(axis=1) > 0).sum() < FEWEST_ITEMS_FOR_A_PRIOR:
        return Prior(jeffreys, f"Jeffreys, ½ a point: fewer than {FEWEST_ITEMS_FOR_A_PRIOR} items")
    return empirical_prior(table)


def empirical_prior(counts: ArrayLike) -> Prior:
    """The a that makes all items together most likely, without the multinomial coefficient.

    Minka's fixed point a_k ← a_k Σ_u [ψ(n_uk+a_k) − ψ(a_k)] / Σ_u [ψ(m_u+A) − ψ(A)], with A = Σ a_k kept
    between 0.1 and 10⁴, and every a_k above 10⁻⁴ so that an unseen point stays possible.
    Source: Minka (2000), Estimating a Dirichlet distribution.
    """
    patterns = compress(np.asarray(counts).astype(np.int64))
    keep = patterns.counts.sum(axis=1) > 0
    n, times = patterns.counts[keep].astype(np.float64), patterns.multiplicity[keep].astype(np.float64)
    a = np.full(n.shape[1], 0.5)
    if not len(n):
        return Prior(a, "Jeffreys, ½ a point: no answers")
    m = n.sum(axis=1)
    for _ in range(SWEEPS):
        up = times @ (digamma(n + a) - digamma(a))
        down = times @ (digamma(m + a.sum()) - digamma(a.sum()))
        moved = np.maximum(a * up / down, 1e-4)
        moved *= min(max(moved.sum(), LEAST_CONCENTRATION), MOST_CONCENTRATION) / moved.sum()
        settled = np.abs(moved - a).max() <= 1e-12 * (1 + a.max())
        a = moved
        if settled:
            break
    return Prior(a, "empirical, Dirichlet-multinomial", float(times @ log_dm(n, a)))


def log_dm(n: Floats, a: Floats) -> Floats:
    """(...) log probability of counts n (..., points) in their order, when shares are drawn from Dirichlet(a)."""
    whole, m = a.sum(), n.sum(axis=-1)
    each = gammaln(a + n) - gammaln(a)
    return np.asarray(gammaln(whole) - gammaln(whole + m) + each.sum(axis=-1))


def spread_of(p: Floats, ordered: bool = True) -> Floats:
    """(...) spread of distributions p (..., points), between 0 and 1; nan with a single point."""
    n_points = p.shape[-1]
    if n_points < 2:
        return np.full(p.shape[:-1], np.nan)
    if ordered:
        cumulative = np.cumsum(p, axis=-1)[..., :-1]
        return np.asarray(4 / (n_points - 1) * (cumulative * (1 - cumulative)).sum(axis=-1))
    return np.asarray(n_points / (n_points - 1) * (1 - (p**2).sum(axis=-1)))


def two_camps(p: Floats, *, side: float = 0.25, between: float = 0.10, ordered: bool = True) -> Floats:
    """(...) 1 where distributions p (..., points) have two camps, else 0.

    ordered: there is a gap of two or more points, with at least `side` of people at or below it, as many at
    or above it, and at most `between` of them inside. Otherwise, and with two points, which leave no room for
    a gap: the two largest shares are at least `side` each and leave at most `between` to the rest.
    """
    n_points = p.shape[-1]
    if n_points < 2:
        return np.zeros(p.shape[:-1])
    if not ordered or n_points == 2:
        largest = np.sort(p, axis=-1)
        second, first = largest[..., -2], largest[..., -1]
        return ((second >= side) & (1 - first - second <= between)).astype(np.float64)
    upto = np.cumsum(p, axis=-1)
    found = np.zeros(p.shape[:-1], dtype=bool)
    for low in range(n_points - 2):
        for high in range(low + 2, n_points):
            inside = upto[..., high - 1] - upto[..., low]
            found |= (upto[..., low] >= side) & (1 - upto[..., high - 1] >= side) & (inside <= between)
    return found.astype(np.float64)


def _drawn(concentration: Floats, n: int, rng: np.random.Generator) -> Floats:
    shape = (len(concentration), n, concentration.shape[1])
    gamma = rng.standard_gamma(concentration[:, None, :], size=shape)
    total = gamma.sum(axis=-1, keepdims=True)
    # Tiny concentrations can draw nothing but zeros; then the expected shares stand in.
    share = concentration / concentration.sum(axis=1, keepdims=True)
    return np.where(total > 0, np.divide(gamma, total, out=np.zeros(shape), where=total > 0), share[:, None, :])
