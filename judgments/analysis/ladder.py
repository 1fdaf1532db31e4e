"""Where disagreement comes from, in one table that adds up to all of it, for answers of any kind.

Four rungs of mean distance: the same person on two occasions, two people of one cohort, two people of different
cohorts, and answers to different items. What each rung adds is a share of the last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .clusters import BOTH_DRAWN, Clustered, Entered, estimate
from .coding import Floats, Ints, Mask
from .estimate import IDENTITY, Estimate, Limits, Statistic
from .levels import adjusted
from .pairs import Pairs, moments, pairs_of, places_of, squares, too_many_points
from .permutation import permutation_p, shuffles
from .rungs import Rungs, cohort_shares
from .table import Ratings

RUNGS = ("self", "peer", "cross", "chance")
SHARES = ("occasion", "personal", "cohort", "item")
NO_REPEATS = "No repeats: what one person would change is still inside the personal share."


@dataclass(frozen=True)
class Ladder:
    """Rungs, in units of the distance, and shares of the distance between answers to different items.

    rungs: self, peer, cross, chance. shares: occasion, personal, cohort, item; they add to 1, and single ones
    may lie outside [0, 1] in small data. parts: what of the personal and cohort shares is level, a person
    placing everything higher or leaning to one nominal point, and what is left; not for sets and ratios.
    agreement: 1 − mean distance of any two people on an item / chance, which is close to alpha.
    ceiling: 1 − self / chance, the agreement a person has with themself. own_share: self / peer.
    p: of the cohort share, by shuffling people between cohorts, one-sided; nan without cohorts.
    """

    rungs: Mapping[str, Estimate]
    shares: Mapping[str, Estimate]
    parts: Mapping[str, Estimate]
    agreement: Estimate
    ceiling: Estimate
    own_share: Estimate
    p: float
    n_permutations: int
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """One row a share: share, value, low, high."""
        rows = [(name, each.value, each.low, each.high) for name, each in self.shares.items()]
        return pd.DataFrame(rows, columns=["share", "value", "low", "high"])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rungs": {name: each.to_dict() for name, each in self.rungs.items()},
            "shares": {name: each.to_dict() for name, each in self.shares.items()},
            "parts": {name: each.to_dict() for name, each in self.parts.items()},
            "agreement": self.agreement.to_dict(),
            "ceiling": self.ceiling.to_dict(),
            "own_share": self.own_share.to_dict(),
            "p": None if math.isnan(self.p) else self.p,
            "n_permutations": self.n_permutations,
            "notes": list(self.notes),
        }


def ladder(
    r: Ratings,
    cohort: ArrayLike | None = None,
    *,
    level: float = 0.95,
    n_permutations: int = 0,
    strata: ArrayLike | None = None,
    rng: np.random.Generator | None = None,
    guard: bool = True,
) -> Ladder:
    """The ladder of ratings with all their occasions.

    cohort: along annotator_ids, a name or code for each person; a missing one leaves the person out. None
    leaves the cohort rung out, and the personal share then runs up to any two people.
    An item counts by the number of its answers. Repeats count by person and item, whatever their number; they
    must have been drawn at random among what people had judged.
    n_permutations: needs rng; people change cohorts only inside their stratum.
    Without repeats the occasion share is nan and is part of the personal one, which a note says. Whatever is
    not defined is nan with a note.
    """
    if n_permutations and rng is None:
        raise ValueError("Shuffling needs rng, so that it can be repeated.")
    group, n_left_out = _groups(cohort, r)
    kept = r.where(annotators=group >= 0)
    too_many = too_many_points(kept)
    notes: tuple[str, ...] = (f"People without a cohort, left out: {n_left_out}.",) if n_left_out else ()
    notes += (too_many,) if too_many else ()
    if too_many or not len(kept):
        kept = kept.rows(np.zeros(len(kept), dtype=bool))
    pairs = pairs_of(kept)
    x = pairs.features[kept.value]
    entered = _entered(kept)
    measured = Rungs.of(kept, group, pairs, x)
    has_self, has_cross = measured.has_repeats, cohort is not None
    notes += () if has_self or not len(kept) else (NO_REPEATS,)

    made = _Maker(measured.clustered, entered, level, guard)
    stats = measured.statistics(has_self, has_cross)
    rungs = {name: made(stats[name], name, "distance") for name in RUNGS if name != "cross" or has_cross}
    shares = {name: made(stats[name], name, "share") for name in SHARES if name != "cohort" or has_cross}
    p = math.nan
    if n_permutations and has_cross and len(kept):
        assert rng is not None
        p = _p(kept, group, pairs, x, rungs["chance"].value, shares["cohort"].value, n_permutations, strata, rng)
    return Ladder(
        rungs=rungs,
        shares=shares,
        parts=_parts(kept, group, measured, entered, level, guard, has_cross),
        agreement=made(stats["agreement"], "agreement", "alpha"),
        ceiling=made(stats["ceiling"], "agreement with oneself", "alpha"),
        own_share=made(stats["own_share"], "self / peer", "share"),
        p=p,
        n_permutations=n_permutations,
        notes=notes,
    )


@dataclass(frozen=True)
class _Maker:
    clustered: Clustered
    entered: Entered
    level: float
    guard: bool

    def __call__(self, stat: Statistic, what: str, unit: str) -> Estimate:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = self.clustered.value(stat)
        defined = math.isfinite(value)
        limits = self.clustered.limits(stat, IDENTITY, self.level, guard=self.guard) if defined else Limits()
        notes = () if defined else (f"Not defined: there are no pairs of answers for {what}, or nobody differs.",)
        method = f"Distance ladder, {what}; {BOTH_DRAWN}"
        return estimate(value, limits, self.entered, method=method, unit=unit, level=self.level, notes=notes)


def _parts(
    r: Ratings, group: Ints, raw: Rungs, entered: Entered, level: float, guard: bool, has_cross: bool
) -> Mapping[str, Estimate]:
    """Level and the rest, by climbing the ladder again on answers from which each person's level is taken."""
    places = places_of(r)
    if places is None or not len(r):
        return {}
    again = Rungs.of(r, group, squares(places), moments(adjusted(r, places)))
    both = Clustered(
        np.concatenate([raw.clustered.totals, again.clustered.totals]),
        np.hstack([raw.clustered.items, again.clustered.items]),
        np.hstack([raw.clustered.annotators, again.clustered.annotators]),
        np.hstack([raw.clustered.ratings, again.clustered.ratings]),
        raw.clustered.times,
    )
    made = _Maker(both, entered, level, guard)
    cut = len(raw.clustered.totals)
    before = raw.statistics(raw.has_repeats, has_cross)
    after = again.statistics(raw.has_repeats, has_cross)

    def rung(name: str, taken: bool) -> Statistic:
        if name == "self":  # One person's two answers share their level, so it is no part of their distance.
            return lambda t: before[name](t[:, :cut])
        return lambda t: after[name](t[:, cut:]) if taken else before[name](t[:, :cut])

    def over_chance(up: str, down: str | None, taken: bool) -> Statistic:
        upper, lower, chance = rung(up, taken), None if down is None else rung(down, taken), rung("chance", False)
        return lambda t: (upper(t) - (0 if lower is None else lower(t))) / chance(t)

    def level_of(up: str, down: str | None) -> Statistic:
        all_of, rest = over_chance(up, down, False), over_chance(up, down, True)
        return lambda t: all_of(t) - rest(t)

    below = "self" if raw.has_repeats else None
    parts = {"level": level_of("peer", below), "taste": over_chance("peer", below, True)}
    if has_cross:
        parts |= {
            "cohort_level": level_of("cross", "peer"),
            "cohort_pattern": over_chance("cross", "peer", True),
        }
    return {name: made(stat, name, "share") for name, stat in parts.items()}


def _p(
    r: Ratings,
    group: Ints,
    pairs: Pairs,
    x: Floats,
    chance: float,
    observed: float,
    n_permutations: int,
    strata: ArrayLike | None,
    rng: np.random.Generator,
) -> float:
    is_first: Mask = r.occasion == 0
    people, place = np.unique(r.annotator[is_first], return_inverse=True)
    within = None if strata is None else np.asarray(strata, dtype=object)[people].astype(str)
    orders = shuffles(len(people), n_permutations, rng, within)
    shares = cohort_shares(r.item[is_first], place, x[is_first], pairs, len(r.item_ids), group[people], orders)
    return float(permutation_p(observed, shares / chance, "high"))


def _groups(cohort: ArrayLike | None, r: Ratings) -> tuple[Ints, int]:
    """Codes along annotator_ids, −1 for people without a cohort, and how many of those have ratings."""
    if cohort is None:
        return np.zeros(len(r.annotator_ids), dtype=np.int64), 0
    names = pd.Series(np.asarray(cohort, dtype=object))
    if len(names) != len(r.annotator_ids):
        raise ValueError(f"There are {len(r.annotator_ids)} annotators and {len(names)} cohorts.")
    codes = pd.factorize(names, sort=True)[0].astype(np.int64)
    without = np.unique(r.annotator[codes[r.annotator] < 0]) if len(r) else np.empty(0)
    return codes, len(without)


def _entered(r: Ratings) -> Entered:
    return Entered(len(np.unique(r.item)), len(np.unique(r.annotator)), len(r), r.n_abstained)
