"""Opinion groups that nobody labelled, found on half of the items and believed only for what they say of the rest.

Clustering people always finds groups. What counts is whether groups found on some items stand apart on others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import expit, ndtr

from .clustering import adjusted_rand, k_means
from .clusters import Entered, estimate
from .coding import Floats, Ints, Mask
from .estimate import Estimate, Limits, json_safe
from .levels import adjusted, two_way_means
from .pairs import Pairs, moments, places_of, squares
from .permutation import MOST_DENSE_CELLS, bh, permutation_p, shuffles
from .posterior import log_dm
from .rungs import Rungs, cohort_shares
from .table import Ratings

FEWEST_ANSWERS = 7
MOST_PEOPLE = 3_000


@dataclass(frozen=True)
class OpinionGroups:
    """Groups of people, and how much of it holds on items they were not found on.

    k: the number of groups; 1 when none is better than chance. group: for each annotator_ids a group from 0,
    −1 for people with too few answers. held_out_share: cross − peer distance of groups on the other half of the
    items, without levels, as a share of the distance between answers to different items. p: of the shuffled
    labels, twice the mean over splits (valid whatever their dependence), times the numbers of groups tried.
    stability: mean adjusted Rand index between the groups of different splits, 1 for always the same.
    by_k: k, held_out_share, p, stability. per_item: item_id, log_bf and probability that the item splits the
    groups found without it, averaged over splits; nan for k = 1.
    """

    k: int
    group: Ints
    held_out_share: Estimate
    p: float
    stability: float
    by_k: pd.DataFrame
    per_item: pd.DataFrame
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; groups by size alone, as it is people who are in them."""
        sizes = np.bincount(self.group[self.group >= 0], minlength=self.k).tolist()
        return {
            "k": self.k,
            "sizes": sizes,
            "held_out_share": self.held_out_share.to_dict(),
            "p": json_safe(self.p),
            "stability": json_safe(self.stability),
            "by_k": [json_safe(row) for row in self.by_k.to_dict("records")],
            "per_item": [json_safe(row) for row in self.per_item.to_dict("records")],
            "notes": list(self.notes),
        }


def opinion_groups(
    r: Ratings,
    k: Sequence[int] = (1, 2, 3, 4),
    *,
    repeats: int = 10,
    n_permutations: int = 199,
    fewest_answers: int = FEWEST_ANSWERS,
    alpha: float = 0.05,
    prior: float = 1.0,
    level: float = 0.95,
    rng: np.random.Generator,
) -> OpinionGroups:
    """Groups of people by their first occasions; k: numbers of groups to try, 1 is always among them.

    Each repeat splits the items at random, finds groups on one half and scores them on the other, and swaps
    the halves. People with fewer than fewest_answers are in no group. Several groups are reported only with
    p ≤ alpha, and then the number with the largest held-out share. prior: Dirichlet parameter behind log_bf.
    Too few people or items, or a scale whose points lie nowhere: k = 1 with a note.
    """
    first = r.first()
    numbers = sorted({each for each in k if each > 1})
    places = places_of(first)
    enough = np.bincount(first.annotator, minlength=len(r.annotator_ids)) >= fewest_answers
    kept = first.where(annotators=enough)
    people = np.unique(kept.annotator)
    why = _impossible(kept, places, people, numbers)
    if why or places is None:
        return _none(first, enough, level, (why or "",), pd.DataFrame(columns=BY_K))

    person = np.searchsorted(people, kept.annotator)
    halves = [_Half.of(kept, places, half) for _ in range(repeats) for half in _split(kept, rng)]
    found = {
        n: [_Split.of(kept, person, people, places, half, n, n_permutations, rng) for half in halves] for n in numbers
    }
    by_k = pd.DataFrame([_row(n, found[n], len(numbers)) for n in numbers], columns=BY_K)
    likely = by_k[by_k["p"] <= alpha]
    notes: tuple[str, ...] = ()
    if (~enough).any():
        notes = (f"People with fewer than {fewest_answers} answers, in no group: {int((~enough).sum())}.",)
    if likely.empty:
        none = "No groups: what was found on half of the items does not hold on the rest."
        return _none(first, enough, level, (none, *notes), by_k)
    best = likely.sort_values("held_out_share", kind="stable").iloc[-1]
    n = int(best["k"])
    group = np.full(len(r.annotator_ids), -1, dtype=np.int64)
    group[people] = _groups_on(kept, person, len(people), places, np.ones(len(r.item_ids), dtype=bool), n, rng)
    note = "No limits: splits of one set of items are not independent; read p and stability."
    share = estimate(
        float(best["held_out_share"]),
        Limits(notes=(note,)),
        _entered(kept),
        method=f"Cross-fitted groups, mean of {len(halves)} halves, levels taken out",
        unit="share",
        level=level,
    )
    per_item = _per_item(kept, person, found[n], prior)
    return OpinionGroups(n, group, share, float(best["p"]), float(best["stability"]), by_k, per_item, notes)


BY_K = ["k", "held_out_share", "p", "stability"]


@dataclass(frozen=True)
class _Half:
    """Half of the items to find groups on, and the answers to the rest without their people's levels."""

    items: Mask
    rest: Ratings
    pairs: Pairs
    x: Floats

    @classmethod
    def of(cls, r: Ratings, places: Floats, items: Mask) -> _Half:
        rest = r.where(items=~items)
        return cls(items, rest, squares(places), moments(adjusted(rest, places)))


@dataclass(frozen=True)
class _Split:
    """Groups of people found on half of the items, and how they fare on the other half."""

    group: Ints
    other: Mask
    share: float
    p: float

    @classmethod
    def of(
        cls,
        r: Ratings,
        person: Ints,
        people: Ints,
        places: Floats,
        half: _Half,
        k: int,
        n_permutations: int,
        rng: np.random.Generator,
    ) -> _Split:
        group = _groups_on(r, person, len(people), places, half.items, k, rng)
        along = np.zeros(len(r.annotator_ids), dtype=np.int64)
        along[people] = group
        rest, pairs, x = half.rest, half.pairs, half.x
        rungs = Rungs.of(rest, along, pairs, x)
        totals = rungs.clustered.totals[None, :]
        stats = rungs.statistics(False, True)
        with np.errstate(divide="ignore", invalid="ignore"):
            share, chance = float(stats["cohort"](totals)[0]), float(stats["chance"](totals)[0])
        here, place = np.unique(rest.annotator, return_inverse=True)
        orders = shuffles(len(here), n_permutations, rng)
        null = cohort_shares(rest.item, place, x, pairs, len(rest.item_ids), along[here], orders)
        return cls(group, ~half.items, share, float(permutation_p(share, null / chance, "high")))


def _row(k: int, splits: list[_Split], n_tried: int) -> tuple[int, float, float, float]:
    shares = np.array([each.share for each in splits])
    p = np.array([each.p for each in splits])
    if not np.isfinite(shares).any():
        return k, math.nan, math.nan, math.nan
    pairs = [(a, b) for place, a in enumerate(splits) for b in splits[:place]]
    stability = float(np.mean([adjusted_rand(a.group, b.group) for a, b in pairs]))
    return k, float(np.nanmean(shares)), min(1.0, 2 * float(np.nanmean(p)) * n_tried), stability


def _groups_on(
    r: Ratings, person: Ints, n_people: int, places: Floats, items: Mask, k: int, rng: np.random.Generator
) -> Ints:
    """(people,) k groups by the leading directions of how people's leanings go together on these items.

    A leaning is what is left of an answer without its item's and its person's mean. Its mean product with
    another person's over shared items has the pair's common view in it; with one's own it has the noise, so
    the diagonal is set to 0.
    """
    here = items[r.item]
    item, who = r.item[here], person[here]
    n_items = len(r.item_ids)
    together = _products(np.ones(len(item)), item, who, n_items, n_people)
    product = np.zeros((n_people, n_people))
    for column in places.T:
        y = column[r.value[here]]
        a, b = two_way_means(y, item, who, n_items, n_people)
        product += _products(y - a[item] - b[who], item, who, n_items, n_people)
    mean = product / np.maximum(together, 1)
    np.fill_diagonal(mean, 0.0)
    values, vectors = np.linalg.eigh(mean)
    leading = vectors[:, ::-1][:, : max(k - 1, 1)] * np.sqrt(np.maximum(values[::-1][: max(k - 1, 1)], 0.0))
    return k_means(leading, k, rng)


def _products(values: Floats, item: Ints, who: Ints, n_items: int, n_people: int) -> Floats:
    """(people, people) sums over items of the products of two people's values."""
    table = csr_array((values, (item, who)), shape=(n_items, n_people))
    if n_items * n_people <= MOST_DENSE_CELLS:
        dense = table.toarray()
        return np.asarray(dense.T @ dense)
    return np.asarray((table.T @ table).toarray())


def _split(r: Ratings, rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Two halves of the items that have answers, as masks along item_ids."""
    items = rng.permutation(np.unique(r.item))
    half = np.zeros(len(r.item_ids), dtype=bool)
    half[items[: len(items) // 2]] = True
    other = np.zeros(len(r.item_ids), dtype=bool)
    other[items[len(items) // 2 :]] = True
    return half, other


def _per_item(r: Ratings, person: Ints, splits: list[_Split], prior: float) -> pd.DataFrame:
    n_items, n_points = len(r.item_ids), len(r.points)
    a = np.full(n_points, prior)
    log_bf, times, probability = np.zeros(n_items), np.zeros(n_items), np.zeros(n_items)
    for split in splits:
        n_groups = int(split.group.max()) + 1
        key = (r.item * n_groups + split.group[person]) * n_points + r.value
        counts = np.bincount(key, minlength=n_items * n_groups * n_points).reshape(n_items, n_groups, n_points)
        found = log_dm(counts.astype(np.float64), a).sum(axis=1) - log_dm(counts.sum(axis=1).astype(np.float64), a)
        log_bf += np.where(split.other, found, 0.0)
        probability += np.where(split.other, expit(found), 0.0)
        times += split.other
    rated = np.bincount(r.item, minlength=n_items) > 0
    known = np.where(rated & (times > 0), times, np.nan)
    return pd.DataFrame({"item_id": r.item_ids, "log_bf": log_bf / known, "probability": probability / known})


def _impossible(r: Ratings, places: Floats | None, people: Ints, numbers: list[int]) -> str | None:
    if places is None:
        return f"No groups: points of a {r.scale.kind} scale lie nowhere."
    if not numbers or len(people) < 2 * max(numbers):
        return f"No groups: {len(people)} people have enough answers."
    if len(people) > MOST_PEOPLE:
        return f"No groups: {len(people)} people are too many to compare each with each."
    return "No groups: fewer than four items." if len(np.unique(r.item)) < 4 else None


def _none(r: Ratings, enough: Mask, level: float, notes: tuple[str, ...], by_k: pd.DataFrame) -> OpinionGroups:
    group = np.where(enough, 0, -1).astype(np.int64)
    share = estimate(
        0.0 if len(by_k) else math.nan,
        Limits(notes=notes[:1]),
        _entered(r),
        method="Cross-fitted groups",
        unit="share",
        level=level,
    )
    nothing = np.full(len(r.item_ids), np.nan)
    per_item = pd.DataFrame({"item_id": r.item_ids, "log_bf": nothing, "probability": nothing})
    p = float(by_k["p"].min()) if len(by_k) else math.nan
    return OpinionGroups(1, group, share, p, math.nan, by_k, per_item, notes)


def _entered(r: Ratings) -> Entered:
    return Entered(len(np.unique(r.item)), len(np.unique(r.annotator)), len(r), r.n_abstained)


def proportion_z(chosen: Floats, of: Floats) -> Floats:
    """(...) how far a share lies from one half, with one added to both counts: 2 √(n+1) ((k+1)/(n+1) − ½)."""
    return np.asarray(2 * np.sqrt(of + 1) * ((chosen + 1) / (of + 1) - 0.5))


def two_proportions_z(chosen: Floats, of: Floats, others: Floats, of_others: Floats) -> Floats:
    """(...) how far two shares lie apart, with one added to all counts; 0 where everybody chose it."""
    p, q = (chosen + 1) / (of + 1), (others + 1) / (of_others + 1)
    pooled = (chosen + others + 2) / (of + of_others + 2)
    sd = np.sqrt(pooled * (1 - pooled) * (1 / (of + 1) + 1 / (of_others + 1)))
    return np.asarray(np.divide(p - q, sd, out=np.zeros_like(sd), where=sd > 0))


def representation(chosen: Floats, of: Floats, others: Floats, of_others: Floats) -> Floats:
    """(...) how many times as often a group chose something as the rest: ((k+1)/(n+2)) / ((k'+1)/(n'+2))."""
    return np.asarray((chosen + 1) / (of + 2) / ((others + 1) / (of_others + 2)))


def representative_items(r: Ratings, group: Ints, chosen: Mask) -> Mapping[int, pd.DataFrame]:
    """For each group its items in the order of how much more it chose something than everyone else.

    group: along annotator_ids, −1 for none. chosen: along points, the answers that count as choosing.
    Frames hold item_id, n_chosen, n, ratio, z and one-sided p_bh over the items of a group.
    """
    first = r.first().where(annotators=group >= 0)
    yes = chosen[first.value].astype(np.float64)
    g, n_items = group[first.annotator], len(r.item_ids)
    found = {}
    for each in range(int(group.max(initial=-1)) + 1):
        own = g == each
        counts = [
            np.bincount(first.item[some], weights=weight[some], minlength=n_items)
            for some in (own, ~own)
            for weight in (yes, np.ones(len(yes)))
        ]
        k, n, k_others, n_others = (count.astype(np.float64) for count in counts)
        z = two_proportions_z(k, n, k_others, n_others)
        both = (n > 0) & (n_others > 0)
        table = pd.DataFrame(
            {
                "item_id": r.item_ids,
                "n_chosen": k.astype(np.int64),
                "n": n.astype(np.int64),
                "ratio": representation(k, n, k_others, n_others),
                "z": z,
                "p_bh": bh(np.where(both, 1 - ndtr(z), np.nan)),
            }
        )
        found[each] = table[both].sort_values("z", ascending=False, kind="stable").reset_index(drop=True)
    return found
