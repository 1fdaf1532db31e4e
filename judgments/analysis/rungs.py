"""The four mean distances of a ladder as functions of sums over items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .clusters import Clustered, ratio
from .coding import Floats, Ints
from .estimate import Statistic
from .pairs import Pairs, sums
from .permutation import Crowd, members
from .table import Ratings

# Columns of the totals; after them come the F features.
PEER, PEER_WEIGHT, CROSS, CROSS_WEIGHT, ANY, ANY_WEIGHT, SELF, SELF_WEIGHT, SAME_ITEM, SQUARES, FEATURES = range(11)


@dataclass(frozen=True)
class Rungs:
    """Sums over items of the distances inside cohorts, across them, to oneself and in all."""

    clustered: Clustered
    pairs: Pairs
    has_repeats: bool

    @classmethod
    def of(cls, r: Ratings, group: Ints, pairs: Pairs, x: Floats) -> Rungs:
        """Rungs of ratings; x: (n, F) features of each. group: along annotator_ids, from 0.

        First occasions make peer, cross and chance; all occasions of one person on one item make self.
        """
        first = r.occasion == 0
        n_items, n_groups = len(r.item_ids), int(group.max(initial=0)) + 1
        item, g = r.item[first], group[r.annotator[first]]
        own = sums(x[first], item * n_groups + g, n_items * n_groups).reshape(n_items, n_groups, x.shape[1])
        own_self, self_weight = _to_oneself(r, pairs, x)
        repeats = np.bincount(r.item[first], weights=own_self * self_weight, minlength=n_items).astype(np.float64)
        n_repeats = np.bincount(r.item[first], weights=self_weight, minlength=n_items).astype(np.float64)

        everyone = own.sum(axis=1)
        within = pairs.within(own)
        inside, sizes = within.sum(axis=1), pairs.number(own)
        linked = (sizes * (sizes - 1)).sum(axis=1)
        items = _rows(pairs, everyone, inside, linked, repeats, n_repeats)

        less, u = own[item, g] - x[first], item
        n_left = pairs.number(less)
        after = _rows(
            pairs,
            everyone[u] - x[first],
            inside[u] - within[u, g] + pairs.within(less),
            linked[u] - 2 * n_left,
            repeats[u] - own_self * self_weight,
            n_repeats[u] - self_weight,
        )
        used = np.bincount(item, minlength=n_items) > 0
        clustered = Clustered.of(items[used], items[u] - after, r.annotator[first])
        return cls(clustered, pairs, bool(self_weight.any()))

    def statistics(self, has_self: bool, has_cross: bool) -> Mapping[str, Statistic]:
        """The rungs and shares by name, each a function of rows of totals."""

        def mean_of(column: int) -> Statistic:
            return lambda t: ratio(t[:, column], t[:, column + 1])

        def chance(t: Floats) -> Floats:
            everything = t[:, FEATURES:]
            n = self.pairs.number(everything)
            found = ratio(self.pairs.within(everything) - t[:, SAME_ITEM], n**2 - t[:, SQUARES])
            return np.where(found > 0, found, np.nan)

        itself, peer, cross, anyone = mean_of(SELF), mean_of(PEER), mean_of(CROSS), mean_of(ANY)
        top = cross if has_cross else peer
        return {
            "self": itself,
            "peer": peer,
            "cross": cross,
            "chance": chance,
            "occasion": lambda t: itself(t) / chance(t),
            "personal": lambda t: (peer(t) - (itself(t) if has_self else 0.0)) / chance(t),
            "cohort": lambda t: (cross(t) - peer(t)) / chance(t),
            "item": lambda t: 1 - top(t) / chance(t),
            "agreement": lambda t: 1 - anyone(t) / chance(t),
            "ceiling": lambda t: 1 - itself(t) / chance(t),
            "own_share": lambda t: itself(t) / np.where(peer(t) > 0, peer(t), np.nan),
        }


def _rows(
    pairs: Pairs, everyone: Floats, inside: Floats, linked: Floats, repeats: Floats, n_repeats: Floats
) -> Floats:
    """(items, K) what items add; inside, linked: Σ δ over ordered pairs inside cohorts, and their number."""
    m, all_of = pairs.number(everyone), pairs.within(everyone)
    across, n_across = all_of - inside, m * (m - 1) - linked
    columns = []
    for distances, n_pairs in ((inside, linked), (across, n_across), (all_of, m * (m - 1))):
        some = n_pairs > 0
        columns += [np.divide(m * distances, n_pairs, out=np.zeros(len(m)), where=some), m * some]
    return np.column_stack([*columns, repeats, n_repeats, all_of, m**2, everyone])


def _to_oneself(r: Ratings, pairs: Pairs, x: Floats) -> tuple[Floats, Floats]:
    """For each first occasion the mean distance over pairs of occasions of it, and 1 where there are any."""
    first = r.occasion == 0
    cell = np.cumsum(_starts(r)) - 1
    n_cells = int(cell[-1]) + 1 if len(cell) else 0
    bundle = sums(x, cell, n_cells)
    n = pairs.number(bundle)
    # A cell without a first occasion is a repeat of nothing that is here.
    mean = np.divide(pairs.within(bundle), n * (n - 1), out=np.zeros(n_cells), where=n > 1)
    return mean[cell[first]], (n > 1)[cell[first]].astype(np.float64)


def _starts(r: Ratings) -> Ints:
    """1 where a row is the first of its item and annotator; rows are sorted by them."""
    new = np.ones(len(r), dtype=np.int64)
    if len(r):
        new[1:] = (np.diff(r.item) != 0) | (np.diff(r.annotator) != 0)
    return new


def cohort_shares(
    item: Ints, person: Ints, x: Floats, pairs: Pairs, n_items: int, group: Ints, orders: Ints
) -> Floats:
    """(B,) cross − peer when people are shuffled between cohorts by each row of orders."""
    crowd = Crowd(item, person, x, pairs, n_items, len(group))
    everything = crowd.within(crowd.totals[:, :, None])
    m = crowd.number(crowd.totals[:, :, None])
    found = [_cross_minus_peer(crowd, everything, m, group, some) for some in crowd.blocks(orders)]
    return np.concatenate(found)


def _cross_minus_peer(crowd: Crowd, everything: Floats, m: Floats, group: Ints, orders: Ints) -> Floats:
    inside = np.zeros((crowd.n_items, len(orders)))
    linked = np.zeros_like(inside)
    for each in np.unique(group):
        c = crowd.chosen(members(group == each, orders))
        n = crowd.number(c)
        inside += crowd.within(c)
        linked += n * (n - 1)
    return _mean(everything - inside, np.rint(m * (m - 1) - linked), m) - _mean(inside, np.rint(linked), m)


def _mean(distances: Floats, n_pairs: Floats, m: Floats) -> Floats:
    some = n_pairs > 0
    each = np.divide(m * distances, n_pairs, out=np.zeros_like(distances), where=some)
    return ratio(each.sum(axis=0), (m * some).sum(axis=0))
