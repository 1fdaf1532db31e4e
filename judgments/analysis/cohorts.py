"""Do people who share a trait agree with each other more than with everyone else?

A cohort that agrees inside no more than across is no cohort on this question, whatever its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .across import InAndAcross, shuffled
from .clusters import BOTH_DRAWN, Clustered, Entered, estimate
from .coding import Floats, Ints, Mask
from .estimate import AGREEMENT, IDENTITY, Estimate, Limits, Link, Statistic, json_safe
from .pairs import Pairs, pairs_of, too_many_points
from .permutation import Crowd, bh, permutation_p, shuffles
from .plurality import descriptions
from .table import Ratings

FEWEST_IN_COHORT = 5
TESTED = ("irr", "xrr", "gai", "delta")
NOTHING = dict.fromkeys(TESTED, math.nan)
NOT_DEFINED = {
    "alpha": "Not defined: nobody in the cohort differs, or no item has two of its ratings.",
    "kappa": "Not defined: no item was rated on both sides, or nobody differs.",
    "difference": "Not defined: one of the two coefficients is not.",
}


@dataclass(frozen=True)
class Cohort:
    """One cohort on one dimension.

    irr: alpha inside. xrr: κ_x between the cohort and everyone else. delta: irr − xrr. gai: irr / xrr.
    described: plurality, negentropy, cross_negentropy and voting_agreement; plug-in values without limits,
    which grow with small numbers of answers.
    p: two-sided, by shuffling people between cohorts; p_bh: adjusted over all cohorts tested here, one family
    for each statistic. expected: the mean of the shuffles. n_annotators: people with a rating.
    suppressed: too few people, so that nothing else is said of them.
    """

    name: str
    n_annotators: int
    suppressed: bool
    irr: Estimate
    xrr: Estimate
    gai: Estimate
    delta: Estimate
    described: Mapping[str, Estimate]
    p: Mapping[str, float]
    p_bh: Mapping[str, float]
    expected: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "n_annotators": self.n_annotators,
            "suppressed": self.suppressed,
            **{name: getattr(self, name).to_dict() for name in TESTED},
            "described": {name: each.to_dict() for name, each in self.described.items()},
            "p": json_safe(self.p),
            "p_bh": json_safe(self.p_bh),
            "expected": json_safe(self.expected),
        }


@dataclass(frozen=True)
class Cohesion:
    """All cohorts that were looked at together, in the order given; p_bh is adjusted over them."""

    cohorts: tuple[Cohort, ...]
    n_permutations: int

    def __getitem__(self, name: str) -> Cohort:
        return next(cohort for cohort in self.cohorts if cohort.name == name)

    def most_associated(self, names: list[str]) -> Cohort | None:
        """The cohort with the highest GAI among these: its GAI is the diversity sensitivity of their trait."""
        known = [each for each in self.cohorts if each.name in names and math.isfinite(each.gai.value)]
        return max(known, key=lambda each: each.gai.value, default=None)

    def table(self) -> pd.DataFrame:
        """One row a cohort: group, n, irr, xrr, gai, delta, p and p_bh of delta, suppressed."""
        rows = [
            {
                "group": each.name,
                "n": each.n_annotators,
                **{name: getattr(each, name).value for name in TESTED},
                "p": each.p["delta"],
                "p_bh": each.p_bh["delta"],
                "suppressed": each.suppressed,
            }
            for each in self.cohorts
        ]
        columns = ["group", "n", *TESTED, "p", "p_bh", "suppressed"]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n_permutations": self.n_permutations,
            "cohorts": [each.to_dict() for each in self.cohorts],
        }


def cohesion(
    r: Ratings,
    groups: Mapping[str, ArrayLike],
    *,
    n_permutations: int = 1000,
    strata: ArrayLike | None = None,
    min_size: int = FEWEST_IN_COHORT,
    smoothing: float = 0.5,
    level: float = 0.95,
    rng: np.random.Generator,
    guard: bool = True,
) -> Cohesion:
    """Agreement inside each cohort and across to everyone else, on first occasions.

    groups: for each name a mask along annotator_ids; cohorts may overlap. strata: along annotator_ids; where
    traits decided who was offered what, people are shuffled only inside their stratum.
    min_size: smaller cohorts are suppressed; with a rest that small, nothing across is said.
    smoothing: what is added to each count before a logarithm is taken of the rest's shares.
    n_permutations: 0 leaves p at nan. Undefined values are nan, with a note.
    Raises ValueError when a mask or strata do not run along annotator_ids.
    Source: Prabhakaran et al. (2024), arXiv 2311.05074, with Δ, a valid p and limits beside.
    """
    first = r.first()
    masks = {name: _mask(mask, r, name) for name, mask in groups.items()}
    within = None if strata is None else _along(strata, r)
    people = np.unique(first.annotator)
    too_many = too_many_points(first)
    if not len(first) or too_many:
        why = too_many or "Not defined: there are no ratings."
        return Cohesion(tuple(_without(name, m, first, level, why) for name, m in masks.items()), n_permutations)

    pairs = pairs_of(first)
    x = pairs.features[first.value]
    place = np.searchsorted(people, first.annotator)
    crowd = Crowd(first.item, place, x, pairs, len(first.item_ids), len(people))
    orders = shuffles(len(people), n_permutations, rng, None if within is None else within[people])
    found = []
    for name, mask in masks.items():
        here = mask[people]
        if here.sum() < min_size:
            why = f"Withheld: fewer than {min_size} people."
            found.append(_without(name, mask, first, level, why))
            continue
        cohort = _measured(name, first, mask, pairs, level, smoothing, guard)
        if (~here).sum() < min_size:
            cohort = _alone(cohort, min_size)
        found.append(_tested(cohort, shuffled(crowd, here, orders)))
    return Cohesion(_adjusted(found), n_permutations)


def _measured(
    name: str,
    r: Ratings,
    mask: Mask,
    pairs: Pairs,
    level: float,
    smoothing: float,
    guard: bool,
) -> Cohort:
    inside = mask[r.annotator]
    statistic = InAndAcross(pairs)
    items = np.unique(r.item[inside])
    rated = np.isin(r.item, items)
    item = np.searchsorted(items, r.item[rated])
    sides = statistic.clustered(item, r.value[rated], r.annotator[rated], inside[rated], len(items))
    # As in alpha, what stands alone on its item is no part of agreement inside.
    paired = inside & (np.bincount(r.item[inside], minlength=len(r.item_ids))[r.item] > 1)
    pairs_on, place = np.unique(r.item[paired], return_inverse=True)
    alone = statistic.clustered(place, r.value[paired], r.annotator[paired], inside[paired], len(pairs_on))
    entered = _entered(r, paired)
    everyone = _entered(r, rated, r.abstained_item.size)

    def value(of: Clustered, stat: Statistic, method: str, link: Link, sample: Entered, unit: str) -> Estimate:
        found = of.value(stat)
        notes = () if math.isfinite(found) else (NOT_DEFINED[unit],)
        limits = of.limits(stat, link, level, guard=guard)
        return estimate(found, limits, sample, method=f"{method}; {BOTH_DRAWN}", unit=unit, level=level, notes=notes)

    kind = r.scale.kind
    irr = value(alone, statistic.irr, f"Alpha inside the cohort, {kind}", AGREEMENT, entered, "alpha")
    method = f"Cross-replication reliability with everyone else, {kind}"
    xrr = value(sides, statistic.xrr, method, AGREEMENT, everyone, "kappa")
    delta = value(sides, statistic.delta, "IRR − XRR", IDENTITY, everyone, "difference")
    described = descriptions(r, mask, smoothing=smoothing, level=level)
    gai = _gai(irr.value, xrr.value, everyone, level)
    n = len(np.unique(r.annotator[inside]))
    return Cohort(name, n, False, irr, xrr, gai, delta, described, NOTHING, NOTHING, NOTHING)


def _gai(irr: float, xrr: float, entered: Entered, level: float) -> Estimate:
    """IRR / XRR, for an XRR above 0 only: below, a larger ratio would mean less cohesion."""
    value = irr / xrr if xrr > 0 else math.nan
    note = "Not defined: across cohorts people agree no more than by chance." if not xrr > 0 else ""
    notes = (note,) if note else () if math.isfinite(value) else ("Not defined: IRR is not.",)
    method = "IRR / XRR; no limits, the difference carries them"
    return estimate(value, Limits(), entered, method=method, unit="ratio", level=level, notes=notes)


def _tested(cohort: Cohort, null: tuple[Floats, Floats]) -> Cohort:
    irr, xrr = null
    gai = np.divide(irr, xrr, out=np.full(len(irr), np.nan), where=xrr > 0)
    drawn = {"irr": irr, "xrr": xrr, "gai": gai, "delta": irr - xrr}
    p = {name: float(permutation_p(getattr(cohort, name).value, null)) for name, null in drawn.items()}
    expected = {name: _mean(null) for name, null in drawn.items()}
    return replace(cohort, p=p, expected=expected)


def _adjusted(found: list[Cohort]) -> tuple[Cohort, ...]:
    adjusted = {name: bh([each.p[name] for each in found]) for name in TESTED}
    return tuple(
        replace(each, p_bh={name: float(adjusted[name][row]) for name in TESTED}) for row, each in enumerate(found)
    )


def _alone(cohort: Cohort, min_size: int) -> Cohort:
    """The cohort without what would speak of a rest of very few people."""
    note = f"Withheld: fewer than {min_size} people are outside the cohort."

    def hidden(each: Estimate) -> Estimate:
        return replace(each, value=math.nan, low=None, high=None, se=None, df=None, components=None, notes=(note,))

    described = {
        name: hidden(each) if name in ("cross_negentropy", "voting_agreement") else each
        for name, each in cohort.described.items()
    }
    return replace(
        cohort,
        xrr=hidden(cohort.xrr),
        gai=hidden(cohort.gai),
        delta=hidden(cohort.delta),
        described=described,
    )


def _without(name: str, mask: Mask, r: Ratings, level: float, why: str) -> Cohort:
    n = len(np.unique(r.annotator[mask[r.annotator]]))

    def empty(unit: str) -> Estimate:
        return estimate(math.nan, Limits(), Entered(0, n, 0), method="Cohesion", unit=unit, level=level, notes=(why,))

    return Cohort(
        name,
        n,
        suppressed=why.startswith("Withheld"),
        irr=empty("alpha"),
        xrr=empty("kappa"),
        gai=empty("ratio"),
        delta=empty("difference"),
        described={},
        p=NOTHING,
        p_bh=NOTHING,
        expected=NOTHING,
    )


def _entered(r: Ratings, rows: Mask, n_abstained: int = 0) -> Entered:
    return Entered(len(np.unique(r.item[rows])), len(np.unique(r.annotator[rows])), int(rows.sum()), n_abstained)


def _mask(mask: ArrayLike, r: Ratings, name: str) -> Mask:
    found = np.asarray(mask)
    if found.dtype != bool or found.shape != r.annotator_ids.shape:
        raise ValueError(f"The mask of {name!r} must be true or false for each of {len(r.annotator_ids)} annotators.")
    return found


def _along(strata: ArrayLike, r: Ratings) -> Ints:
    codes, _ = pd.factorize(np.asarray(strata, dtype=object), use_na_sentinel=False)
    if len(codes) != len(r.annotator_ids):
        raise ValueError(f"There are {len(r.annotator_ids)} annotators and {len(codes)} strata.")
    return codes.astype(np.int64)


def _mean(values: Floats) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else math.nan
