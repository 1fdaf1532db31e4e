"""Agreement from a table of patterns: the same numbers as from the ratings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .chance import NAMES, BeyondChance, Chance, Weights, agreement_weights
from .coding import Floats, Ints, Mask
from .deletion import Units
from .disagreement import Alpha, Coefficient, PairAgreement, Weighting, distance_of
from .estimate import AGREEMENT, PROPORTION, Estimate, Link
from .intervals import DRAWN, WITH_ANNOTATORS, Interval, check, estimated, value_of
from .patterns import PatternTable
from .table import Ratings


def pattern_alpha(
    table: PatternTable,
    *,
    interval: Interval | None = "two_way",
    weighting: Weighting = "ratings",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Krippendorff's alpha, as `alpha` finds it from the ratings; abstentions are not known here."""
    delta = distance_of(_shell(table))
    method = f"Krippendorff's alpha, {table.scale.kind}"
    method += ", each item counted once" if weighting == "items" else ""
    found = _Question(table, Alpha(delta, weighting), AGREEMENT, method, "alpha", at_least=2)
    in_pairs = table.counts[found.used].sum(axis=0)
    if (in_pairs > 0).sum() == 1:
        return found.nothing("Not defined: every rating is the same, so there is no disagreement to expect.", level)
    return found.answer(interval, level, rng, n_resamples, guard)


def pattern_pair_agreement(
    table: PatternTable,
    *,
    interval: Interval | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Share of pairs that agree, as `pair_agreement` finds it from the ratings."""
    coefficient = PairAgreement(len(table.points))
    found = _Question(table, coefficient, PROPORTION, "Pair agreement", "proportion", at_least=2)
    return found.answer(interval, level, rng, n_resamples, guard)


def pattern_chance(
    table: PatternTable,
    chance: Chance = "gwet",
    weights: Weights = "identity",
    *,
    interval: Interval | None = "two_way",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 10_000,
    guard: bool = True,
) -> Estimate:
    """Gwet's, Fleiss' or Brennan and Prediger's coefficient, as from the ratings."""
    coefficient = BeyondChance(agreement_weights(_shell(table), weights), chance)
    found = _Question(table, coefficient, AGREEMENT, NAMES[chance], "kappa", at_least=1)
    return found.answer(interval, level, rng, n_resamples, guard)


@dataclass(frozen=True)
class _Question:
    table: PatternTable
    coefficient: Coefficient
    link: Link
    method: str
    unit: str
    at_least: int

    @property
    def used(self) -> Mask:
        """Patterns with enough ratings."""
        return np.asarray(self.table.counts.sum(axis=1) >= self.at_least)

    def answer(
        self,
        interval: Interval | None,
        level: float,
        rng: np.random.Generator | None,
        n_resamples: int,
        guard: bool,
    ) -> Estimate:
        check(interval, level, rng)
        if interval in WITH_ANNOTATORS and self.table.given is None:
            raise ValueError(f"The interval {interval!r} needs annotators, and this table keeps none.")
        if interval in ("pigeonhole", "bootstrap_annotators"):
            raise ValueError(f"The interval {interval!r} needs the ratings themselves.")
        if not self.table.counts.sum(axis=1).max(initial=0) > 1:
            return self.nothing("Not defined: no item has two ratings.", level)
        u = self.units()
        if not math.isfinite(value_of(u, self.coefficient)):
            return self.nothing("Not defined: by chance alone all would agree.", level)
        value, limits = estimated(u, self.coefficient, self.link, interval, level, rng, n_resamples, guard)
        method = self.method if interval is None else f"{self.method}; {DRAWN[interval]}"
        return Estimate(
            value=value,
            low=limits.low,
            high=limits.high,
            level=level,
            method=method,
            unit=self.unit,
            se=limits.se,
            df=limits.df,
            n_items=u.n_items,
            n_annotators=u.n_annotators,
            n_ratings=self._n_used(),
            notes=(*limits.notes, *self._left_out()),
            components=limits.components,
        )

    def nothing(self, why: str, level: float) -> Estimate:
        """An estimate without a value."""
        return Estimate(
            value=math.nan,
            low=None,
            high=None,
            level=level,
            method=self.method,
            unit=self.unit,
            se=None,
            df=None,
            n_items=int(self.table.multiplicity[self.used].sum()),
            n_annotators=self._annotators()[1],
            n_ratings=self._n_used(),
            notes=(why, *self._left_out()),
        )

    def units(self) -> Units:
        """The table as rows of sums and distinct ratings."""
        counts, times = self.table.counts[self.used], self.table.multiplicity[self.used].astype(np.float64)
        n_points = len(self.table.points)
        cell_row, cell_value = np.nonzero(counts)
        cell_of = np.full(counts.size, -1, dtype=np.int64)
        cell_of[cell_row * n_points + cell_value] = np.arange(len(cell_row))
        annotator, n_annotators, kept = self._annotators()
        none = np.zeros(0, dtype=np.int64)
        rating_cell = none
        rating_times: Floats = np.zeros(0)
        given = self.table.given
        if given is not None:
            row = (np.cumsum(self.used) - 1)[given.pattern[kept]]
            rating_cell = cell_of[row * n_points + given.value[kept]]
            rating_times = given.times[kept].astype(np.float64)
        return Units(
            rows=np.asarray(counts @ self.coefficient.ratings(np.arange(n_points), None), dtype=np.float64),
            times=times,
            cell_row=cell_row,
            cell_value=cell_value,
            cell_weight=None,
            cell_times=times[cell_row] * counts[cell_row, cell_value],
            item_row=none,
            rating_item=none,
            rating_cell=rating_cell,
            annotator=annotator,
            n_annotators=n_annotators,
            rating_times=rating_times,
        )

    def _annotators(self) -> tuple[Ints, int, Mask]:
        """Annotators of the patterns used, renumbered; how many; and which rows of the table those are."""
        given = self.table.given
        if given is None:
            return np.zeros(0, dtype=np.int64), 0, np.zeros(0, dtype=bool)
        kept = self.used[given.pattern] if len(given.pattern) else np.zeros(0, dtype=bool)
        ids, codes = np.unique(given.annotator[kept], return_inverse=True)
        return codes.astype(np.int64), len(ids), kept

    def _n_used(self) -> int:
        return int(self.table.multiplicity[self.used] @ self.table.counts[self.used].sum(axis=1))

    def _left_out(self) -> tuple[str, ...]:
        alone = self.table.n_ratings - self._n_used()
        return (f"Ratings that stand alone on their item and were left out: {alone}.",) if alone else ()


def _shell(table: PatternTable) -> Ratings:
    """Ratings without a row, which know the scale and its points."""
    none, nobody = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Ratings(none, none, none, none, table.scale, table.points, nobody, nobody, None, none, none, none)
