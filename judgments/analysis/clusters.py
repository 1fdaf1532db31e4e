"""Limits when both items and annotators are drawn, for any statistic that is a function of sums over items."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from .coding import Floats, Ints
from .estimate import Estimate, Limits, Link, Statistic, leave_out, too_few, two_way_jackknife

BOTH_DRAWN = "two-way jackknife; items and annotators drawn at random"


@dataclass(frozen=True)
class Clustered:
    """Sums, and what leaves them with each item, annotator and rating.

    totals: (K,). items: (items, K). annotators: (annotators, K). ratings: (C, K) for distinct ratings, and
    times: (C,) how many ratings are alike.
    """

    totals: Floats
    items: Floats
    annotators: Floats
    ratings: Floats
    times: Floats

    @classmethod
    def of(cls, items: Floats, ratings: Floats, annotator: Ints, kind: Ints | None = None) -> Clustered:
        """Sums of the rows of items; an annotator takes along what each of their ratings does.

        items: (items, K) what each adds. ratings: (C, K) what leaves when one rating of each kind does.
        annotator, kind: (n,) of each rating; without kind every rating has a row of its own. Right as long
        as an annotator has one rating, or one bundle of repeats, on an item.
        """
        used, code = np.unique(annotator, return_inverse=True)
        row = np.arange(len(code)) if kind is None else kind
        by = csr_array((np.ones(len(code)), (code, row)), shape=(len(used), len(ratings)))
        times = np.bincount(row, minlength=len(ratings)).astype(np.float64)
        return cls(items.sum(axis=0), items, np.asarray(by @ ratings), ratings, times)

    def value(self, stat: Statistic) -> float:
        """The statistic of all."""
        return float(stat(self.totals[None, :])[0])

    def limits(self, stat: Statistic, link: Link, level: float, *, guard: bool = True) -> Limits:
        """Limits of the statistic; withheld when there are too few items or annotators, unless not guarded."""
        reason = too_few(len(self.items), len(self.annotators)) if guard else None
        if reason:
            return Limits(notes=(reason,))
        value = self.value(stat)
        if not math.isfinite(value):
            return Limits()
        with np.errstate(divide="ignore", invalid="ignore"):
            return two_way_jackknife(
                value,
                leave_out(self.totals, self.items, stat),
                leave_out(self.totals, self.annotators, stat),
                leave_out(self.totals, self.ratings, stat, self.times),
                link=link,
                level=level,
            )


@dataclass(frozen=True)
class Entered:
    """What entered a value: how many items, annotators and ratings, and how many abstentions did not."""

    n_items: int
    n_annotators: int
    n_ratings: int
    n_abstained: int = 0


def estimate(
    value: float,
    limits: Limits,
    entered: Entered,
    *,
    method: str,
    unit: str,
    level: float,
    notes: tuple[str, ...] = (),
) -> Estimate:
    """One number with its limits, and notes of both."""
    return Estimate(
        value=value,
        low=limits.low,
        high=limits.high,
        level=level,
        method=method,
        unit=unit,
        se=limits.se,
        df=limits.df,
        n_items=entered.n_items,
        n_annotators=entered.n_annotators,
        n_ratings=entered.n_ratings,
        n_abstained=entered.n_abstained,
        notes=(*notes, *limits.notes),
        components=limits.components,
    )


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """numerator / denominator, and nan where there is nothing to divide by."""
    return np.asarray(numerator / np.where(denominator > 0, denominator, np.nan))
