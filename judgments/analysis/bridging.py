"""Which items are liked by people who usually disagree.

A factor model takes away what one axis of viewpoint explains; what an item keeps beyond it is its support.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .coding import Floats, Ints
from .estimate import json_safe
from .table import Ratings

FEWEST_ON_A_SIDE = 5
SWEEPS = 5_000
SETTLED = 1e-13


@dataclass(frozen=True)
class Bridging:
    """y ≈ μ + b_j + b_u + f_j f_u, with penalties on the sums of squares.

    items: item_id, support b_u, axis f_u, n, n_minus and n_plus, its raters on either side, and enough, both at
    least five: otherwise support rests on one side's word. low, high of support where resamples were drawn.
    annotators: annotator_id, level b_j, axis f_j, n. objective: the sum that was made small.
    """

    mu: float
    items: pd.DataFrame
    annotators: pd.DataFrame
    objective: float
    penalties: Mapping[str, float]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; of people only how many there are."""
        return {
            "mu": json_safe(self.mu),
            "items": [json_safe(row) for row in self.items.to_dict("records")],
            "n_annotators": len(self.annotators),
            "objective": json_safe(self.objective),
            "penalties": dict(self.penalties),
            "notes": list(self.notes),
        }


def bridging(
    r: Ratings,
    *,
    intercepts: float = 0.15,
    factors: float = 0.03,
    starts: int = 4,
    n_resamples: int = 0,
    level: float = 0.95,
    rng: np.random.Generator,
) -> Bridging:
    """Support and axis of items from first occasions on a scale of numbers, brought to 0 to 1.

    Makes Σ (y − μ − b_j − b_u − f_j f_u)² + intercepts (μ² + Σ b²) + factors Σ f² small; penalties are on sums
    of losses. Solved block by block, exactly, from several starts; the axis points where the person furthest
    out on it is at minus. n_resamples: draws items and people again, for limits of support.
    Raises ValueError when points are not numbers.
    Source: Wojcik et al. (2022), arXiv 2210.15723.
    """
    first, x = r.first(), r.numbers
    if not len(first) or x.min() == x.max():
        why = "Not defined: there are no ratings." if not len(first) else "Not defined: the scale has one point."
        return Bridging(math.nan, _items(first, None), _people(first, None), math.nan, {}, (why,))
    y = (x[first.value] - x.min()) / (x.max() - x.min())
    items, item = np.unique(first.item, return_inverse=True)
    people, person = np.unique(first.annotator, return_inverse=True)
    one = np.ones(len(y))
    model = _Model(item, person, y, one, len(items), len(people), intercepts, factors)
    fits = [model.fit(rng) for _ in range(starts)]
    best = min(fits, key=lambda fit: fit.objective)
    spread = np.full((n_resamples, len(items)), np.nan)
    for b in range(n_resamples):
        weight = np.bincount(rng.integers(0, len(items), len(items)), minlength=len(items))[item]
        weight = weight * np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))[person]
        again = _Model(item, person, y, weight.astype(np.float64), len(items), len(people), intercepts, factors)
        drawn = again.fit(rng, best)
        seen = np.bincount(item, weights=weight, minlength=len(items)) > 0
        spread[b] = np.where(seen, drawn.b_item, np.nan)
    table = _items(first, best)
    if n_resamples:
        low, high = np.nanquantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=0)
        table = table.assign(low=low, high=high)
    penalties = {"intercepts": intercepts, "factors": factors}
    notes = () if table["enough"].any() else ("No item has five raters on either side of the axis.",)
    return Bridging(best.mu, table, _people(first, best), best.objective, penalties, notes)


@dataclass(frozen=True)
class _Fit:
    mu: float
    b_item: Floats
    f_item: Floats
    b_person: Floats
    f_person: Floats
    objective: float


@dataclass(frozen=True)
class _Model:
    item: Ints
    person: Ints
    y: Floats
    weight: Floats
    n_items: int
    n_people: int
    intercepts: float
    factors: float

    def fit(self, rng: np.random.Generator, start: _Fit | None = None) -> _Fit:
        """Sweeps of exact block updates until nothing moves."""
        f_person = rng.normal(0, 0.5, self.n_people) if start is None else start.f_person
        b_person = np.zeros(self.n_people) if start is None else start.b_person
        mu = float(np.average(self.y, weights=self.weight)) if self.weight.any() else 0.0
        b_item, f_item = np.zeros(self.n_items), np.zeros(self.n_items)
        before = math.inf
        for _ in range(SWEEPS):
            left = self.y - mu - b_person[self.person]
            b_item, f_item = self._ridge(self.item, self.n_items, left, f_person[self.person])
            left = self.y - mu - b_item[self.item]
            b_person, f_person = self._ridge(self.person, self.n_people, left, f_item[self.item])
            mu, b_item, f_item, b_person, f_person = self._slid(mu, b_item, f_item, b_person, f_person)
            left = self.y - b_item[self.item] - b_person[self.person] - f_item[self.item] * f_person[self.person]
            mu = float(self.weight @ left / (self.weight.sum() + self.intercepts))
            objective = self._objective(mu, b_item, f_item, b_person, f_person)
            if before - objective <= SETTLED * max(objective, 1.0):
                break
            before = objective
        far = np.abs(f_person)
        # The first of those that are furthest out, so that rounding does not choose the sign.
        furthest = int((far >= far.max() * (1 - 1e-6)).argmax())
        sign = -1.0 if f_person[furthest] > 0 else 1.0
        objective = self._objective(mu, b_item, f_item, b_person, f_person)
        return _Fit(mu, b_item, sign * f_item, b_person, sign * f_person, objective)

    def _ridge(self, group: Ints, n_groups: int, y: Floats, f: Floats) -> tuple[Floats, Floats]:
        """(groups,) intercept and slope on f, by one 2 × 2 ridge a group."""
        w = self.weight

        def total(values: Floats) -> Floats:
            return np.bincount(group, weights=w * values, minlength=n_groups).astype(np.float64)

        n, sf, sff = total(np.ones(len(f))) + self.intercepts, total(f), total(f**2) + self.factors
        sy, sfy = total(y), total(f * y)
        det = n * sff - sf**2
        return (sff * sy - sf * sfy) / det, (n * sfy - sf * sy) / det

    def _slid(
        self, mu: float, b_item: Floats, f_item: Floats, b_person: Floats, f_person: Floats
    ) -> tuple[float, Floats, Floats, Floats, Floats]:
        """The same fitted values at the least penalty, along what only the penalties hold in place.

        Without these moves sweeps creep along them by a thousandth at a time: scale goes from one side of f to
        the other, a shift of one side of f into the intercepts of the other, and a shift of intercepts into μ.
        """
        own, other = float(f_person @ f_person), float(f_item @ f_item)
        if own > 0 and other > 0:
            scale = (other / own) ** 0.25
            f_person, f_item = f_person * scale, f_item / scale
        for _ in range(2):
            c = self._shift(f_item, b_person, f_person)
            f_item, b_person = f_item + c, b_person - c * f_person
            d = self._shift(f_person, b_item, f_item)
            f_person, b_item = f_person + d, b_item - d * f_item
        to = mu + b_item.mean() + b_person.mean()
        centre = to / (1 + 1 / self.n_items + 1 / self.n_people)
        b_item = b_item + centre / self.n_items - b_item.mean()
        b_person = b_person + centre / self.n_people - b_person.mean()
        return float(centre), b_item, f_item, b_person, f_person

    def _shift(self, f: Floats, b: Floats, along: Floats) -> float:
        """c that makes factors Σ (f + c)² + intercepts Σ (b − c along)² least."""
        pull = self.intercepts * (b @ along) - self.factors * f.sum()
        return float(pull / (self.factors * len(f) + self.intercepts * (along @ along)))

    def _objective(self, mu: float, b_item: Floats, f_item: Floats, b_person: Floats, f_person: Floats) -> float:
        fitted = mu + b_item[self.item] + b_person[self.person] + f_item[self.item] * f_person[self.person]
        loss = self.weight @ (self.y - fitted) ** 2
        squares = mu**2 + b_item @ b_item + b_person @ b_person
        return float(loss + self.intercepts * squares + self.factors * (f_item @ f_item + f_person @ f_person))


def _items(r: Ratings, fit: _Fit | None) -> pd.DataFrame:
    columns = ["item_id", "support", "axis", "n", "n_minus", "n_plus", "enough"]
    if fit is None:
        return pd.DataFrame(columns=columns)
    items, item = np.unique(r.item, return_inverse=True)
    side = fit.f_person[np.unique(r.annotator, return_inverse=True)[1]]
    minus, plus = (np.bincount(item[some], minlength=len(items)) for some in (side < 0, side > 0))
    enough = (minus >= FEWEST_ON_A_SIDE) & (plus >= FEWEST_ON_A_SIDE)
    n = np.bincount(item, minlength=len(items))
    found = (r.item_ids[items], fit.b_item, fit.f_item, n, minus, plus, enough)
    return pd.DataFrame(dict(zip(columns, found, strict=True)))


def _people(r: Ratings, fit: _Fit | None) -> pd.DataFrame:
    columns = ["annotator_id", "level", "axis", "n"]
    if fit is None:
        return pd.DataFrame(columns=columns)
    people, person = np.unique(r.annotator, return_inverse=True)
    found = (r.annotator_ids[people], fit.b_person, fit.f_person, np.bincount(person))
    return pd.DataFrame(dict(zip(columns, found, strict=True)))
