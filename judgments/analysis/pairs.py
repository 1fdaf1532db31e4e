"""Sums of distances over pairs of answers, for any distance, from a few sums over the answers.

Every distance is written δ(c, k) = x_c' Q x_k with F features x of an answer. With s the sum of the features
of a body of answers, Σ_{a in A} Σ_{b in B} δ(a, b) = s_A' Q s_B. Nominal, ratio and set distances have one
feature a point (counts); squared differences have three, (1, x, x²), however many points there are (moments).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .coding import Floats, Ints
from .disagreement import NEGLIGIBLE
from .table import Ratings, distance, mid_ranks

# Beyond this many cells a table of items by features is not built.
MOST_CELLS = 30_000_000


@dataclass(frozen=True)
class Pairs:
    """A distance as a form over features.

    features: (points, F) those of an answer. form: (F, F) Q, symmetric. size: (F,) with x·size = 1.
    """

    features: Floats
    form: Floats
    size: Floats

    def between(self, a: Floats, b: Floats) -> Floats:
        """(...) Σ δ over all pairs of one answer from each body; a, b: (..., F) sums of features."""
        total = ((a @ self.form) * b).sum(axis=-1)
        size = ((np.abs(a) @ np.abs(self.form)) * np.abs(b)).sum(axis=-1)
        # The difference of large sums is not exact, and a tiny remainder must not pass for a distance.
        return np.where(total > NEGLIGIBLE * size, total, 0.0)

    def within(self, a: Floats) -> Floats:
        """(...) Σ δ over ordered pairs inside one body; an answer is at distance 0 from itself."""
        return self.between(a, a)

    def number(self, a: Floats) -> Floats:
        """(...) how many answers a body holds."""
        return np.asarray(np.rint(a @ self.size))


def pairs_of(r: Ratings) -> Pairs:
    """The distance that belongs to the scale of the ratings.

    On an ordinal scale it is the squared difference of mid-ranks among all first occasions given here, as
    shares of their number: one distance for everybody, so that cohorts can be compared with each other.
    """
    kind = r.scale.kind
    if kind == "interval":
        return squares(r.numbers)
    if kind == "ordinal":
        first = r.first()
        times = np.bincount(first.value, minlength=len(r.points)).astype(np.float64)
        return squares(mid_ranks(times) / max(len(first), 1))
    points = r.points if kind in ("nominal", "set") else r.numbers.tolist()
    return tabled(distance(r.scale, points))


def squares(numbers: Floats) -> Pairs:
    """δ = (c−k)², or |c−k|² for places (points, D), through the moments (1, x, |x|²)."""
    # Numbers near their middle keep the difference of large sums precise.
    x = numbers - (numbers.min(axis=0) + numbers.max(axis=0)) / 2 if len(numbers) else numbers
    features = moments(x)
    n_features = features.shape[1]
    form = np.zeros((n_features, n_features))
    form[0, -1] = form[-1, 0] = 1.0
    inner = np.arange(1, n_features - 1)
    form[inner, inner] = -2.0
    return Pairs(features, form, np.eye(n_features)[0])


def tabled(delta: Floats) -> Pairs:
    """Any fixed table of distances, through the count of each point."""
    return Pairs(np.eye(len(delta)), delta, np.ones(len(delta)))


def moments(x: Floats) -> Floats:
    """(n, D + 2) the features of numbers, or of places (n, D), whose distance is the squared difference."""
    places = x[:, None] if x.ndim == 1 else x
    return np.column_stack([np.ones(len(places)), places, (places**2).sum(axis=1)])


def places_of(r: Ratings) -> Floats | None:
    """(points, D) where the points lie, so that δ is their squared difference; None where they lie nowhere.

    Numbers and mid-ranks lie on a line. Nominal points lie at the corners of a simplex, 1 apart.
    """
    if r.scale.kind == "nominal":
        return np.eye(len(r.points)) / math.sqrt(2)
    return pairs_of(r).features[:, 1:2] if r.scale.kind in ("interval", "ordinal") else None


def sums(x: Floats, group: Ints, n_groups: int) -> Floats:
    """(groups, F) features added up by group."""
    if not len(x):
        return np.zeros((n_groups, x.shape[1]))
    return np.column_stack([np.bincount(group, weights=column, minlength=n_groups) for column in x.T])


def too_many_points(r: Ratings) -> str | None:
    """Why a table of items by points is not built for these ratings; None when it may be."""
    if r.scale.kind in ("interval", "ordinal") or len(r.item_ids) * len(r.points) <= MOST_CELLS:
        return None
    return f"Not computed: {len(r.points)} different values are too many to be counted one by one."
