"""Does an interval hold the truth as often as it says, for your own design? Simulate it and count.

Answers are a latent normal value, cut at thresholds: item + level of the annotator + personal pattern +
occasion. Items, annotators, their cells and occasions are drawn anew each time; who answers what stays.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from .agreement import alpha, pair_agreement
from .chance import BeyondChance, brennan_prediger, fleiss, gwet
from .coding import Floats, Kind
from .estimate import Estimate, json_safe
from .intervals import Interval
from .noise import noise_audit
from .table import Ratings, Scale, distance, mid_ranks

Measure = Literal["alpha", "pair_agreement", "gwet", "fleiss", "brennan_prediger", "noise"]
MEASURES: tuple[Measure, ...] = ("alpha", "pair_agreement")
CHANCE = {"gwet": gwet, "fleiss": fleiss, "brennan_prediger": brennan_prediger}
NODES = 4_001
ROUNDING = 1e-12


@dataclass(frozen=True)
class LatentNormal:
    """Shares of the latent variance, which is one, and where it is cut.

    item, level, pattern, occasion: not negative, adding to one. thresholds: (V−1,) ascending.
    """

    item: float
    level: float
    pattern: float
    occasion: float
    thresholds: tuple[float, ...]

    def __post_init__(self) -> None:
        parts = (self.item, self.level, self.pattern, self.occasion)
        if min(parts) < 0 or abs(sum(parts) - 1) > 1e-9:
            raise ValueError("The parts of the latent variance are not negative and add to one.")
        if not self.thresholds or (np.diff(self.thresholds) < 0).any():
            raise ValueError("There is at least one threshold, and they ascend.")

    @classmethod
    def of(cls, item: float, level: float, pattern: float, occasion: float, shares: Sequence[float]) -> LatentNormal:
        """From variances on any scale and the share of each point."""
        total = item + level + pattern + occasion
        p = np.asarray(shares, dtype=np.float64)
        if not total > 0 or (p < 0).any() or not p.sum() > 0:
            raise ValueError("Some variance and some share must be above zero.")
        below = np.clip(np.cumsum(p)[:-1] / p.sum(), 1e-12, 1 - 1e-12)
        thresholds = tuple(ndtri(below).tolist())
        return cls(item / total, level / total, pattern / total, occasion / total, thresholds)

    @property
    def n_points(self) -> int:
        """V."""
        return len(self.thresholds) + 1

    def joint(self, shared: float) -> Floats:
        """(V, V) how likely two answers are together, when they share this part of the variance."""
        if shared >= 1:
            return np.diag(np.diff(np.concatenate([[0.0], ndtr(self.thresholds), [1.0]])))
        # The trapezoid rule over a bell converges faster than any power of the step.
        z = np.linspace(-9, 9, NODES)
        w = np.exp(-(z**2) / 2)
        w /= w.sum()
        cut = (np.asarray(self.thresholds)[None, :] - math.sqrt(shared) * z[:, None]) / math.sqrt(1 - shared)
        below = np.column_stack([np.zeros(len(z)), ndtr(cut), np.ones(len(z))])
        given = np.diff(below, axis=1)
        return np.asarray(np.einsum("z,zc,zk->ck", w, given, given))


@dataclass(frozen=True)
class Calibration:
    """How the intervals of a design behave.

    table: measure, interval, level, truth, mean (of the estimates), bias, coverage (share of limits that held
    the truth, those without limits left out), low and high (95% limits of coverage), width (mean), n (with
    limits) and without (simulations that gave no limits).
    """

    table: pd.DataFrame
    n_simulations: int
    model: LatentNormal

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": json_safe(self.table.to_dict("records")),
            "n_simulations": self.n_simulations,
            "model": json_safe(dataclasses.asdict(self.model)),
        }


def model_like(r: Ratings) -> LatentNormal:
    """A model with the shares of answers and of variance found in these ratings.

    What cannot be told apart goes to pattern. Raises ValueError when the noise audit is not defined.
    """
    audit = noise_audit(r if r.scale.kind not in ("nominal", "set") else r.measured_as("ordinal"), ci=None)
    if audit.notes and math.isnan(audit.item.value):
        raise ValueError(audit.notes[0])
    item, level, pattern, occasion = audit.components
    shares = np.bincount(r.first().value, minlength=len(r.points)) + 0.5
    return LatentNormal.of(item, level, pattern, occasion if audit.separable else 0.0, shares.tolist())


def simulate(design: Ratings, model: LatentNormal, rng: np.random.Generator) -> Ratings:
    """Answers of the model in the design of these ratings, on its points from 1 to V; their values are not read."""
    n_items, n_annotators = len(design.item_ids), len(design.annotator_ids)
    cell = design.item * n_annotators + design.annotator
    _, of_cell = np.unique(cell, return_inverse=True)
    latent = math.sqrt(model.item) * rng.standard_normal(n_items)[design.item]
    latent += math.sqrt(model.level) * rng.standard_normal(n_annotators)[design.annotator]
    latent += math.sqrt(model.pattern) * rng.standard_normal(int(of_cell.max(initial=-1)) + 1)[of_cell]
    latent += math.sqrt(model.occasion) * rng.standard_normal(len(design))
    value = np.searchsorted(np.asarray(model.thresholds), latent).astype(np.int64)
    points = tuple(range(1, model.n_points + 1))
    scale = Scale(design.scale.kind, points)
    return dataclasses.replace(design, value=value, scale=scale, points=points, weight=None)


def calibrate(
    design: Ratings,
    model: LatentNormal,
    *,
    rng: np.random.Generator,
    measures: Sequence[Measure] = MEASURES,
    intervals: Sequence[Interval] = ("two_way", "items"),
    n_simulations: int = 400,
    level: float = 0.95,
    n_resamples: int = 1_000,
) -> Calibration:
    """Coverage of each interval of each measure in this design, if the model were true.

    The truth is what infinitely many items and annotators of the model would give. "noise" has the intervals
    of its jackknife whatever `intervals` says. 400 simulations know a coverage of .95 to about ±.02.
    """
    if design.scale.kind == "set":
        raise ValueError("A latent value cannot be cut into sets.")
    if n_simulations < 1:
        raise ValueError("At least one simulation is needed.")
    truths = truth(model, design.scale.kind, measures)
    found: dict[tuple[str, str], list[Estimate]] = {}
    for _ in range(n_simulations):
        r = simulate(design, model, rng)
        for name, interval, estimate in _estimates(r, measures, intervals, level, rng, n_resamples):
            found.setdefault((name, interval), []).append(estimate)
    rows = [_row(name, interval, each, truths[name], level) for (name, interval), each in found.items()]
    return Calibration(pd.DataFrame(rows), n_simulations, model)


def truth(model: LatentNormal, kind: Kind, measures: Sequence[Measure] = MEASURES) -> dict[str, float]:
    """What each measure is with infinitely many items and annotators of the model, its points 1 to V."""
    same_item = model.joint(model.item)
    p = same_item.sum(axis=1)
    values: dict[str, float] = {}
    for measure in measures:
        if measure == "alpha":
            values[measure] = _true_alpha(same_item, p, kind)
        elif measure == "pair_agreement":
            values[measure] = float(np.trace(same_item))
        elif measure == "noise":
            values |= _true_components(model, kind)
        else:
            coefficient = BeyondChance(np.eye(len(p)), measure)
            totals = np.concatenate([[np.trace(same_item), 1.0, 1.0], p])
            values[measure] = float(coefficient.value(totals[None, :])[0])
    return values


def _true_alpha(same_item: Floats, p: Floats, kind: Kind) -> float:
    points = np.arange(1.0, len(p) + 1)
    if kind == "ordinal":
        ranks = mid_ranks(p)
        delta = (ranks[:, None] - ranks[None, :]) ** 2
    else:
        delta = distance(Scale(kind), points.tolist())
    return 1 - float((same_item * delta).sum() / (p @ delta @ p))


def _true_components(model: LatentNormal, kind: Kind) -> dict[str, float]:
    """Covariances of answers that share an item, an annotator, both, and an occasion as well."""
    shared = (model.item, model.level, model.item + model.level + model.pattern, 1.0)
    x = np.arange(1.0, model.n_points + 1)
    p = model.joint(0.0).sum(axis=1)
    mean = float(p @ x)
    of_item, of_level, of_cell, whole = (float(x @ model.joint(part) @ x) - mean**2 for part in shared)
    found = {
        "item": of_item,
        "level": of_level,
        "pattern": of_cell - of_item - of_level,
        "occasion": whole - of_cell,
        "pattern_and_occasion": whole - of_item - of_level,
    }
    return {name: variance if variance > ROUNDING else 0.0 for name, variance in found.items()}


def _estimates(
    r: Ratings,
    measures: Sequence[Measure],
    intervals: Sequence[Interval],
    level: float,
    rng: np.random.Generator,
    n_resamples: int,
) -> list[tuple[str, str, Estimate]]:
    found: list[tuple[str, str, Estimate]] = []
    for measure in measures:
        if measure == "noise":
            audit = noise_audit(r, level=level)
            parts = ("item", "level", "pattern", "occasion") if audit.separable else ("item", "level")
            found += [(name, "jackknife", getattr(audit, name)) for name in parts]
            if audit.pattern_and_occasion is not None:
                found.append(("pattern_and_occasion", "jackknife", audit.pattern_and_occasion))
            continue
        for interval in intervals:
            if measure == "alpha":
                one = alpha(r, interval=interval, level=level, rng=rng, n_resamples=n_resamples)
            elif measure == "pair_agreement":
                one = pair_agreement(r, interval=interval, level=level, rng=rng, n_resamples=n_resamples)
            else:
                one = CHANCE[measure](r, interval=interval, level=level, rng=rng, n_resamples=n_resamples)
            found.append((measure, interval, one))
    return found


def _row(name: str, interval: str, found: list[Estimate], true: float, level: float) -> dict[str, Any]:
    limits = [(one.low, one.high) for one in found if one.low is not None and one.high is not None]
    n = len(limits)
    held = sum(low <= true <= high for low, high in limits)
    values = np.array([one.value for one in found])
    defined = values[np.isfinite(values)]
    mean = float(defined.mean()) if len(defined) else math.nan
    low, high = _wilson(held, n)
    return {
        "measure": name,
        "interval": interval,
        "level": level,
        "truth": true,
        "mean": mean,
        "bias": mean - true,
        "coverage": held / n if n else math.nan,
        "low": low,
        "high": high,
        "width": float(np.mean([b - a for a, b in limits])) if n else math.nan,
        "n": n,
        "without": len(found) - n,
    }


def _wilson(held: int, n: int) -> tuple[float, float]:
    """95% limits of a proportion. Source: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    if not n:
        return math.nan, math.nan
    z, p = 1.959963984540054, held / n
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
