"""How far apart two cohorts' answers to the same items lie, and which items split them.

Distances between two small samples of one and the same population are far from 0, so each is shown beside what
shuffling people between the cohorts gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, xlogy

from .clusters import BOTH_DRAWN, Clustered, Entered, estimate, ratio
from .coding import Floats, Mask
from .estimate import IDENTITY, Estimate, Limits, json_safe
from .pairs import tabled, too_many_points
from .permutation import Crowd, bh, members, permutation_p, shuffles
from .posterior import log_dm
from .table import Ratings

FEWEST_IN_COHORT = 5
DISTANCES = ("wasserstein", "cramer", "jsd")


@dataclass(frozen=True)
class Distance:
    """A distance averaged over items. expected: its mean when people are shuffled; excess: value − expected.

    p: one-sided, by the same shuffles. p_bh: over the distances of one call.
    """

    estimate: Estimate
    expected: float
    p: float
    p_bh: float

    @property
    def excess(self) -> float:
        """What is left of the distance when that of shuffled people is taken away."""
        return self.estimate.value - self.expected

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        numbers = {"expected": self.expected, "excess": self.excess, "p": self.p, "p_bh": self.p_bh}
        return {"estimate": self.estimate.to_dict(), **{name: json_safe(value) for name, value in numbers.items()}}


@dataclass(frozen=True)
class CohortDistance:
    """Two cohorts on one dimension, over items that both answered.

    wasserstein: Σ |F−G| in scale points. cramer: Σ (F−G)² without the part that small numbers add, 0 on
    average for equal cohorts, possibly negative. jsd: bits. The first two need an order of points.
    per_item: item_id, n_a, n_b, wasserstein, cramer, jsd, log_bf, probability that the item splits the cohorts,
    and expected_fdr: the share of false ones expected among this item and all that are more probable.
    """

    wasserstein: Distance
    cramer: Distance
    jsd: Distance
    per_item: pd.DataFrame
    n_permutations: int

    def splitting(self, fdr: float = 0.1) -> pd.DataFrame:
        """The items that split the cohorts, most probable first, with at most this share of false ones."""
        chosen = self.per_item[self.per_item["expected_fdr"] <= fdr]
        return chosen.sort_values("probability", ascending=False, kind="stable")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **{name: getattr(self, name).to_dict() for name in DISTANCES},
            "per_item": [json_safe(row) for row in self.per_item.to_dict("records")],
            "n_permutations": self.n_permutations,
        }


def cohort_distance(
    r: Ratings,
    a: ArrayLike,
    b: ArrayLike,
    *,
    n_permutations: int = 1000,
    strata: ArrayLike | None = None,
    prior: float | ArrayLike = 1.0,
    prior_split: float = 0.5,
    min_size: int = FEWEST_IN_COHORT,
    level: float = 0.95,
    rng: np.random.Generator,
    guard: bool = True,
) -> CohortDistance:
    """Distances between cohorts a and b on first occasions.

    a, b: masks along annotator_ids that do not overlap; everyone else is left out, also of the shuffles.
    prior: the Dirichlet parameter of each point behind log_bf; prior_split: how probable a split is before
    anything is seen. min_size: with fewer people than this in one of them nothing is said, of items neither.
    Undefined values are nan with a note. Raises ValueError when masks overlap or do not fit.
    """
    mask_a, mask_b = _mask(a, r), _mask(b, r)
    if (mask_a & mask_b).any():
        raise ValueError("A person stands in both cohorts.")
    here = r.first().where(annotators=mask_a | mask_b)
    sizes = [len(np.unique(here.annotator[mask[here.annotator]])) for mask in (mask_a, mask_b)]
    withheld = len(here) > 0 and min(sizes) < min_size
    if withheld:
        here = here.rows(np.zeros(len(here), dtype=bool))
    c, d = _counts(here, mask_a), _counts(here, mask_b)
    both = (c.sum(axis=1) > 0) & (d.sum(axis=1) > 0)
    steps = _steps(here)
    per_item = _per_item(here, c, d, both, steps, prior, prior_split)

    kept = here.where(items=both)
    entered = Entered(int(both.sum()), len(np.unique(kept.annotator)), len(kept), kept.n_abstained)
    shuffled = _shuffled(kept, mask_a, both, steps, n_permutations, strata, rng)
    found, p = {}, {}
    for name in DISTANCES:
        found[name] = _estimated(name, kept, mask_a, c, d, both, steps, entered, level, guard)
        if withheld:
            found[name] = replace(found[name], notes=(f"Withheld: fewer than {min_size} people.",))
        p[name] = float(permutation_p(found[name].value, shuffled[name], "high"))
    adjusted = dict(zip(DISTANCES, bh([p[name] for name in DISTANCES]), strict=True))
    made = {name: Distance(found[name], _mean(shuffled[name]), p[name], float(adjusted[name])) for name in DISTANCES}
    return CohortDistance(made["wasserstein"], made["cramer"], made["jsd"], per_item, n_permutations)


def jensen_shannon(c: Floats, d: Floats) -> Floats:
    """(...) H((p+q)/2) − (H(p)+H(q))/2 in bits, of counts or shares along the last axis."""
    p, q = _shares(c), _shares(d)
    middle = (p + q) / 2
    nats = (xlogy(p, p) + xlogy(q, q)).sum(axis=-1) / 2 - xlogy(middle, middle).sum(axis=-1)
    return np.asarray(np.maximum(nats, 0.0) / math.log(2))


def wasserstein(c: Floats, d: Floats, steps: Floats | None = None) -> Floats:
    """(...) Σ_k |F_k − G_k| times the width of step k, in scale points. steps: (points − 1,), else 1 each."""
    return np.asarray((np.abs(_upto(c) - _upto(d)) * _widths(c, steps)).sum(axis=-1))


def cramer(c: Floats, d: Floats, steps: Floats | None = None, *, unbiased: bool = True) -> Floats:
    """(...) Σ_k (F_k − G_k)², less ΣF(1−F)/(m−1) of both sides when unbiased.

    nan where the unbiased form lacks two answers on a side. Average it over items before taking any root.
    """
    f, g, widths = _upto(c), _upto(d), _widths(c, steps)
    plain = ((f - g) ** 2 * widths).sum(axis=-1)
    if not unbiased:
        return np.asarray(plain)
    for shares, counts in ((f, c), (g, d)):
        m = counts.sum(axis=-1)
        plain = plain - (shares * (1 - shares) * widths).sum(axis=-1) / np.where(m > 1, m - 1, np.nan)
    return np.asarray(plain)


def log_bayes_factor(c: Floats, d: Floats, prior: float | ArrayLike = 1.0) -> Floats:
    """(items,) log probability of the counts from two distributions, less that from one.

    logDM(c) + logDM(d) − logDM(c + d), with a Dirichlet(prior) on each distribution.
    """
    a = np.broadcast_to(np.asarray(prior, dtype=np.float64), c.shape[-1:])
    return log_dm(c, a) + log_dm(d, a) - log_dm(c + d, a)


def expected_fdr(probability: Floats) -> Floats:
    """For each item the mean of 1 − probability over it and all that are at least as probable."""
    found = np.full(len(probability), np.nan)
    known = np.flatnonzero(np.isfinite(probability))
    order = known[np.argsort(-probability[known], kind="stable")]
    running = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    # Equally probable items are accepted together.
    last = np.searchsorted(-probability[order], -probability[order], side="right") - 1
    found[order] = running[last] if len(order) else running
    return found


def _per_item(
    r: Ratings, c: Floats, d: Floats, both: Mask, steps: Floats | None, prior: float | ArrayLike, prior_split: float
) -> pd.DataFrame:
    c, d = c[both], d[both]
    log_bf = log_bayes_factor(c, d, prior)
    probability = np.asarray(expit(log_bf + math.log(prior_split) - math.log1p(-prior_split)))
    nothing = np.full(len(c), np.nan)
    return pd.DataFrame(
        {
            "item_id": r.item_ids[both],
            "n_a": c.sum(axis=1).astype(np.int64),
            "n_b": d.sum(axis=1).astype(np.int64),
            "wasserstein": nothing if steps is None else wasserstein(c, d, steps),
            "cramer": nothing if steps is None else cramer(c, d, steps),
            "jsd": jensen_shannon(c, d),
            "log_bf": log_bf,
            "probability": probability,
            "expected_fdr": expected_fdr(probability),
        }
    )


def _estimated(
    name: str,
    r: Ratings,
    mask_a: Mask,
    c: Floats,
    d: Floats,
    both: Mask,
    steps: Floats | None,
    entered: Entered,
    level: float,
    guard: bool,
) -> Estimate:
    unit = {"wasserstein": r.scale.unit, "cramer": f"{r.scale.unit} of squared shares", "jsd": "bits"}[name]
    method = f"{name.capitalize()} distance of two cohorts, averaged over items; {BOTH_DRAWN}"
    if steps is None and name != "jsd":
        why = f"Not defined: points of a {r.scale.kind} scale have no order."
        return estimate(math.nan, Limits(), entered, method=method, unit=unit, level=level, notes=(why,))
    clustered = _clustered(name, r, mask_a, c, d, both, steps)

    def mean(totals: Floats) -> Floats:
        return ratio(totals[:, 0], np.rint(totals[:, 1]))

    value = clustered.value(mean)
    notes = () if math.isfinite(value) else ("Not defined: no item has enough answers on both sides.",)
    limits = clustered.limits(mean, IDENTITY, level, guard=guard)
    return estimate(value, limits, entered, method=method, unit=unit, level=level, notes=notes)


def _clustered(
    name: str, r: Ratings, mask_a: Mask, c: Floats, d: Floats, both: Mask, steps: Floats | None
) -> Clustered:
    n_points = c.shape[1]
    inside = mask_a[r.annotator]
    key, kind = np.unique((r.item * n_points + r.value) * 2 + inside, return_inverse=True)
    u, own, x = key // 2 // n_points, (key % 2)[:, None], np.eye(n_points)[key // 2 % n_points]
    items = _rows(name, c, d, steps)
    after = _rows(name, c[u] - own * x, d[u] - (1 - own) * x, steps)
    return Clustered.of(items[both], items[u] - after, r.annotator, kind)


def _rows(name: str, c: Floats, d: Floats, steps: Floats | None) -> Floats:
    """(items, 2) the distance and 1, or zeros where it is not defined."""
    with np.errstate(invalid="ignore"):
        distance = _distance(name, c, d, steps)
    defined = np.isfinite(distance)
    return np.column_stack([np.where(defined, distance, 0.0), defined])


def _distance(name: str, c: Floats, d: Floats, steps: Floats | None) -> Floats:
    if name == "jsd":
        return jensen_shannon(c, d)
    return wasserstein(c, d, steps) if name == "wasserstein" else cramer(c, d, steps)


def _shuffled(
    r: Ratings,
    mask_a: Mask,
    both: Mask,
    steps: Floats | None,
    n_permutations: int,
    strata: ArrayLike | None,
    rng: np.random.Generator,
) -> Mapping[str, Floats]:
    """(B,) means over items of each distance when people are shuffled between the two cohorts."""
    people, place = np.unique(r.annotator, return_inverse=True)
    n_points = len(r.points)
    known = ("jsd",) if steps is None else DISTANCES
    null = {name: np.full(n_permutations, np.nan) for name in DISTANCES}
    if not len(r) or not n_permutations or n_points == 0:
        return null
    within = None if strata is None else np.asarray(strata, dtype=object)[people].astype(str)
    orders = shuffles(len(people), n_permutations, rng, within)
    pairs = tabled(np.zeros((n_points, n_points)))
    items, item = np.unique(r.item, return_inverse=True)
    crowd = Crowd(item, place, pairs.features[r.value], pairs, len(items), len(people))
    done = 0
    for some in crowd.blocks(orders):
        c = np.moveaxis(crowd.chosen(members(mask_a[people], some)), 0, -1)
        d = crowd.totals.T[:, None, :] - c
        for name in known:
            totals = _rows(name, c.reshape(-1, n_points), d.reshape(-1, n_points), steps).reshape(len(items), -1, 2)
            null[name][done : done + len(some)] = ratio(totals[..., 0].sum(axis=0), totals[..., 1].sum(axis=0))
        done += len(some)
    return null


def _counts(r: Ratings, mask: Mask) -> Floats:
    if too_many_points(r.measured_as("nominal")):
        raise ValueError(f"{len(r.points)} different values are too many to be counted one by one.")
    inside = mask[r.annotator]
    shape = (len(r.item_ids), len(r.points))
    flat = np.bincount(r.item[inside] * shape[1] + r.value[inside], minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)


def _steps(r: Ratings) -> Floats | None:
    """(points − 1,) how wide each step of the scale is; None without an order."""
    if r.scale.kind in ("nominal", "set"):
        return None
    if r.scale.kind == "ordinal":
        return np.ones(max(len(r.points) - 1, 0))
    return np.abs(np.diff(r.numbers))


def _shares(c: Floats) -> Floats:
    m = c.sum(axis=-1, keepdims=True)
    return np.asarray(c / np.where(m > 0, m, np.nan))


def _upto(c: Floats) -> Floats:
    return np.asarray(np.cumsum(_shares(c), axis=-1)[..., :-1])


def _widths(c: Floats, steps: Floats | None) -> Floats:
    return np.ones(c.shape[-1] - 1) if steps is None else steps


def _mask(mask: ArrayLike, r: Ratings) -> Mask:
    found = np.asarray(mask)
    if found.dtype != bool or found.shape != r.annotator_ids.shape:
        raise ValueError(f"A cohort must be true or false for each of {len(r.annotator_ids)} annotators.")
    return found


def _mean(values: Floats) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else math.nan
