"""Agreement inside a cohort, and across to everyone else, as functions of sums over items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clusters import Clustered, ratio
from .coding import Floats, Ints, Mask
from .pairs import Pairs, sums
from .permutation import Crowd, members


@dataclass(frozen=True)
class InAndAcross:
    """IRR = α inside a cohort, XRR = κ_x between the cohort and the rest, for one distance.

    XRR: with a and b answers of both sides to an item, d_o = Σ_u (a+b)/(ab) S(c_u, d_u) / Σ_u (a+b) and
    d_e = S(Σ c_u, Σ d_u) / (A B) over items that both sides answered; κ_x = 1 − d_o / d_e.
    Source: Wong, Paritosh & Aroyo (2021), arXiv 2106.07393; Prabhakaran et al. (2024), arXiv 2311.05074.
    """

    pairs: Pairs

    def rows(self, c: Floats, d: Floats) -> Floats:
        """(items, K) what items add to the totals; c, d: (items, F) features of the cohort and of the rest."""
        a, b = self.pairs.number(c), self.pairs.number(d)
        paired, both = a >= 2, (a > 0) & (b > 0)
        inside = np.divide(self.pairs.within(c), a - 1, out=np.zeros(len(a)), where=paired)
        across = np.divide((a + b) * self.pairs.between(c, d), a * b, out=np.zeros(len(a)), where=both)
        return np.column_stack(
            [inside, paired * a, paired[:, None] * c, across, both * (a + b), both[:, None] * c, both[:, None] * d]
        )

    def irr(self, totals: Floats) -> Floats:
        """(G,) for each row of totals."""
        f = len(self.pairs.size)
        n, everything = totals[:, 1], totals[:, 2 : 2 + f]
        return 1 - ratio(ratio(totals[:, 0], n), ratio(self.pairs.within(everything), n * (n - 1)))

    def xrr(self, totals: Floats) -> Floats:
        """(G,) for each row of totals."""
        f = len(self.pairs.size)
        across = totals[:, 2 + f :]
        c, d = across[:, 2 : 2 + f], across[:, 2 + f :]
        expected = ratio(self.pairs.between(c, d), self.pairs.number(c) * self.pairs.number(d))
        return 1 - ratio(ratio(across[:, 0], across[:, 1]), expected)

    def delta(self, totals: Floats) -> Floats:
        """(G,) IRR − XRR."""
        return self.irr(totals) - self.xrr(totals)

    def clustered(self, item: Ints, value: Ints, annotator: Ints, inside: Mask, n_items: int) -> Clustered:
        """The totals and what leaves them; inside says for each rating on which side it stands.

        Ratings of one side with one value on one item are alike, so each such kind is left out once.
        """
        n_points = len(self.pairs.features)
        key, kind = np.unique((item * n_points + value) * 2 + inside, return_inverse=True)
        own, x, u = (key % 2)[:, None], self.pairs.features[key // 2 % n_points], key // 2 // n_points
        times = np.bincount(kind)[:, None]
        c, d = sums(times * own * x, u, n_items), sums(times * (1 - own) * x, u, n_items)
        items = self.rows(c, d)
        return Clustered.of(items, items[u] - self.rows(c[u] - own * x, d[u] - (1 - own) * x), annotator, kind)


def shuffled(crowd: Crowd, mask: Mask, orders: Ints) -> tuple[Floats, Floats]:
    """(B,) IRR and (B,) XRR of a cohort of people when everyone is shuffled by each row of orders."""
    found = [_both(crowd, members(mask, some)) for some in crowd.blocks(orders)]
    if not found:
        return np.empty(0), np.empty(0)
    return np.concatenate([irr for irr, _ in found]), np.concatenate([xrr for _, xrr in found])


def _both(crowd: Crowd, member: Floats) -> tuple[Floats, Floats]:
    pairs = crowd.pairs
    c = crowd.chosen(member)
    a = crowd.number(c)
    m = np.asarray(pairs.size @ crowd.totals)[:, None]
    b = m - a
    within = crowd.within(c)

    paired, n = _kept(a >= 1.5, a, c)
    inside = _summed(within, a - 1, paired is None or paired)
    moments = _added(c, paired)
    irr = 1 - ratio(ratio(inside, n), ratio(pairs.within(moments.T), n * (n - 1)))

    both, size = _kept((a > 0.5) & (b > 0.5), np.broadcast_to(m, a.shape), c)
    across = _summed((crowd.with_everyone(c) - within) * m, a * b, both is None or both)
    own = _added(c, both)
    everyone = crowd.totals.sum(axis=1)[:, None] if both is None else crowd.totals @ both
    other = everyone - own
    n_own, n_other = pairs.number(own.T), pairs.number(other.T)
    xrr = 1 - ratio(ratio(across, size), ratio(pairs.between(own.T, other.T), n_own * n_other))
    return irr, xrr


def _kept(mask: Mask, number: Floats, c: Floats) -> tuple[Floats | None, Floats]:
    """The mask as numbers, None when it holds everywhere, and the answers it keeps."""
    if mask.all():
        return None, number.sum(axis=0)
    kept = mask.astype(np.float64)
    return kept, (number * kept).sum(axis=0)


def _summed(numerator: Floats, denominator: Floats, kept: Floats | bool) -> Floats:
    if kept is True:
        return np.asarray((numerator / denominator).sum(axis=0))
    where = np.asarray(kept) > 0
    return np.asarray(np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=where).sum(axis=0))


def _added(c: Floats, kept: Floats | None) -> Floats:
    """(F, B) features summed over the items kept."""
    return np.asarray(c.sum(axis=1) if kept is None else (c * kept).sum(axis=1))
