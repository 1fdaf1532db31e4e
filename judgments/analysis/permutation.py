"""Shuffling people between cohorts, and what the shuffled values say about the observed one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control

from .coding import Floats, Ints, Mask
from .pairs import Pairs

# A block of shuffles is worked on in a piece of memory that stays in the processor's cache.
BLOCK_BYTES = 2 * 2**20
MOST_DENSE_CELLS = 5_000_000
SPARSE_BELOW = 0.05
# Values that differ by less are taken for equal, so that the order of additions decides nothing.
TIE = 1e-12


def shuffles(n: int, n_shuffles: int, rng: np.random.Generator, strata: ArrayLike | None = None) -> Ints:
    """(n_shuffles, n) permutations of n people; with strata people change places only inside their stratum."""
    if strata is None:
        return rng.permuted(np.tile(np.arange(n), (n_shuffles, 1)), axis=1)
    stratum = np.asarray(strata)
    if len(stratum) != n:
        raise ValueError(f"There are {n} people and {len(stratum)} strata.")
    order = np.tile(np.arange(n), (n_shuffles, 1))
    for each in np.unique(stratum):
        inside = np.flatnonzero(stratum == each)
        order[:, inside] = rng.permuted(np.tile(inside, (n_shuffles, 1)), axis=1)
    return order


def permutation_p(observed: ArrayLike, null: ArrayLike, tail: str = "two") -> Floats:
    """p = (1 + #) / (1 + B), where # counts shuffles at least as far out as the observed value.

    null: (B, ...) values of B shuffles; undefined ones are left out. tail: "two" doubles the smaller tail,
    "high" and "low" ask for one. nan where the observed value, or every shuffle, is not defined.
    Never 0: the observed arrangement is one of those that might have come up (Phipson & Smyth 2010).
    """
    seen, drawn = np.asarray(observed, dtype=np.float64), np.asarray(null, dtype=np.float64)
    defined = np.isfinite(drawn)
    slack = TIE * np.maximum(1.0, np.abs(seen))
    with np.errstate(invalid="ignore"):
        high = 1 + ((drawn >= seen - slack) & defined).sum(axis=0)
        low = 1 + ((drawn <= seen + slack) & defined).sum(axis=0)
    n = 1 + defined.sum(axis=0)
    if tail == "two":
        p = np.minimum(1.0, 2 * np.minimum(high, low) / n)
    elif tail in ("high", "low"):
        p = (high if tail == "high" else low) / n
    else:
        raise ValueError(f'A tail is "two", "high" or "low", not {tail!r}.')
    return np.where(np.isfinite(seen) & (n > 1), p, np.nan)


def bh(p: ArrayLike) -> Floats:
    """p-values adjusted over all defined ones so that the share of false findings is controlled.

    Source: Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    raw = np.asarray(p, dtype=np.float64)
    adjusted = np.full(raw.shape, np.nan)
    defined = np.isfinite(raw)
    if defined.any():
        adjusted[defined] = false_discovery_control(raw[defined])
    return adjusted


class Crowd:
    """Who gave which answer to which item, ready to be added up for many choices of people at once.

    Holds one (items, annotators) matrix for each feature; dense when it is small and full.
    """

    def __init__(self, item: Ints, annotator: Ints, x: Floats, pairs: Pairs, n_items: int, n_annotators: int) -> None:
        self.pairs = pairs
        self.n_items, self.n_annotators = n_items, n_annotators
        shape = (n_items, n_annotators)
        sparse = [csr_array((column, (item, annotator)), shape=shape) for column in x.T]
        few = n_items * n_annotators * x.shape[1] <= MOST_DENSE_CELLS
        full = len(item) > SPARSE_BELOW * n_items * n_annotators
        self.features = np.stack([each.toarray() for each in sparse]) if few and full else sparse
        self.totals: Floats = np.stack([np.asarray(each.sum(axis=1), dtype=np.float64) for each in sparse])

    def chosen(self, member: Floats) -> Floats:
        """(F, items, B) features of the people chosen by each column of member (annotators, B)."""
        if isinstance(self.features, np.ndarray):
            return np.asarray(self.features @ member)
        return np.stack([np.asarray(each @ member) for each in self.features])

    def number(self, c: Floats) -> Floats:
        """(items, B) how many answers there are."""
        return np.asarray(np.tensordot(self.pairs.size, c, axes=(0, 0)))

    def within(self, c: Floats) -> Floats:
        """(items, B) Σ δ over ordered pairs of answers, for features (F, items, B)."""
        form = self.pairs.form
        if len(form) > 8:
            return np.asarray((np.tensordot(form, c, axes=(1, 0)) * c).sum(axis=0))
        total = np.zeros(c.shape[1:])
        for f, g in zip(*np.nonzero(np.triu(form)), strict=True):
            total += (form[f, g] * (1 if f == g else 2)) * (c[f] * c[g])
        return total

    def with_everyone(self, c: Floats) -> Floats:
        """(items, B) Σ δ over pairs of one chosen answer and any answer to the same item."""
        everyone = self.pairs.form @ self.totals
        total = everyone[0][:, None] * c[0]
        for f in range(1, len(c)):
            total += everyone[f][:, None] * c[f]
        return total

    def blocks(self, orders: Ints) -> Iterator[Ints]:
        """The rows of orders a few at a time."""
        step = max(1, BLOCK_BYTES // (8 * len(self.features) * max(self.n_items, 1)))
        for start in range(0, len(orders), step):
            yield orders[start : start + step]


def members(mask: Mask, orders: Ints) -> Floats:
    """(people, B) who is in a cohort when people are shuffled by each row of orders."""
    return mask[orders].T.astype(np.float64)
