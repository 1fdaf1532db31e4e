"""How close a predicted distribution comes to the answers of people, and how close anything could come.

Even the true distribution differs from a handful of answers, so a score stands between a floor, what the truth
would score, and what one more person would.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, stdtrit, xlog1py, xlogy
from scipy.stats import false_discovery_control

from .clusters import Entered, estimate
from .coding import Floats
from .estimate import Estimate, Limits, blocks
from .posterior import posterior

Metric = Literal["manhattan", "wasserstein", "cross_entropy"]
METRICS: tuple[Metric, ...] = ("manhattan", "wasserstein", "cross_entropy")
UNITS = {"manhattan": "difference of shares, 0 to 2", "wasserstein": "scale points", "cross_entropy": "nats"}
# A share of 0 would make one answer worth an infinite penalty.
LEAST_SHARE = 1e-12
ITEMS_DRAWN = "items drawn at random, annotators fixed"


@dataclass(frozen=True)
class SoftScore:
    """Scores of one set of predictions, averaged over items that have answers; smaller is closer.

    score: of the predictions. floor: what the true distributions would score against as many answers, averaged
    over what they may be (manhattan and wasserstein). human: what one person's answer scores
    against the others', over items with two answers or more. A prediction between floor and human is as good
    as another person. per_item: item, m and the scores.
    """

    score: Mapping[str, Estimate]
    floor: Mapping[str, Estimate]
    human: Mapping[str, Estimate]
    per_item: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            part: {name: each.to_dict() for name, each in getattr(self, part).items()}
            for part in ("score", "floor", "human")
        }


def score(
    predicted: ArrayLike, counts: ArrayLike, *, prior: str | ArrayLike = "empirical", level: float = 0.95
) -> SoftScore:
    """Scores of predictions against counts of answers, both (items, points) along the same items and points.

    Predictions are shares that add to 1 on each item. Raises ValueError when they do not, or shapes differ.
    """
    q, n = _checked(predicted, counts)
    m = n.sum(axis=1)
    answered = m > 0
    q, n, m = q[answered], n[answered], m[answered]
    k = posterior(n, prior).concentration
    scores = {name: distance(name, n / m[:, None], q) for name in METRICS}
    floors = {"manhattan": _expected_floor(k, m), "wasserstein": _expected_floor(k, m, cumulative=True)}
    human = {name: human_scores(n, name) for name in METRICS}
    table = pd.DataFrame({"item": np.flatnonzero(answered), "m": m.astype(np.int64)}).assign(**scores)
    return SoftScore(
        {name: _mean(each, f"{name}, predictions", UNITS[name], m, level) for name, each in scores.items()},
        {name: _mean(each, f"{name}, floor", UNITS[name], m, level) for name, each in floors.items()},
        {name: _mean(each, f"{name}, one person left out", UNITS[name], m, level) for name, each in human.items()},
        table,
    )


def distance(metric: Metric, target: Floats, predicted: Floats) -> Floats:
    """(...) of distributions along the last axis.

    manhattan Σ|p−q|; wasserstein Σ|F−G|; cross_entropy −Σ target ln predicted, with no share below 10⁻¹².
    """
    if metric == "manhattan":
        return np.asarray(np.abs(target - predicted).sum(axis=-1))
    if metric == "wasserstein":
        return np.asarray(np.abs(np.cumsum(target - predicted, axis=-1)[..., :-1]).sum(axis=-1))
    if metric == "cross_entropy":
        return np.asarray(-xlogy(target, np.maximum(predicted, LEAST_SHARE)).sum(axis=-1))
    raise ValueError(f"Unknown score {metric!r}; one of {', '.join(METRICS)}.")


def error_rate(predicted: Sequence[ArrayLike], given: Sequence[ArrayLike]) -> float:
    """Share of people whose answer was not foreseen, averaged over items; one row a person on each item."""
    return _over_items(predicted, given, lambda p, g: (p != g).mean())


def normalised_absolute_distance(predicted: Sequence[ArrayLike], given: Sequence[ArrayLike], n_points: int) -> float:
    """Mean |foreseen − given| by person, divided by the number of scale points, averaged over items.

    The divisor is the number of points and not their range, as in the LeWiDi 2025 task.
    """
    return _over_items(predicted, given, lambda p, g: np.abs(p - g).mean() / n_points)


def manhattan_floor(p: Floats, m: Floats) -> Floats:
    """(items,) expected Σ|p̂−p| when p̂ are the shares of m answers drawn from p."""
    return np.asarray(_mean_deviation(p, m[:, None]).sum(axis=-1))


def wasserstein_floor(p: Floats, m: Floats) -> Floats:
    """(items,) expected Σ|F̂−F| when F̂ is that of m answers drawn from p."""
    upto = np.clip(np.cumsum(p, axis=-1)[..., :-1], 0.0, 1.0)
    return np.asarray(_mean_deviation(upto, m[:, None]).sum(axis=-1))


def human_scores(n: Floats, metric: Metric) -> Floats:
    """(items,) mean score of each person's answer, as if it were a prediction of the others' shares.

    nan for items with fewer than two answers. With cross-entropy the person's answer is the target.
    """
    m = n.sum(axis=1)
    total = np.zeros(len(n))
    for v, hot in enumerate(np.eye(n.shape[1])):
        others = (n - hot) / np.where(m > 1, m - 1, np.nan)[:, None]
        gave = n[:, v] > 0
        own = np.broadcast_to(hot, others.shape)
        pair = (own, others) if metric == "cross_entropy" else (others, own)
        total += np.where(gave, n[:, v] * distance(metric, *pair), 0.0)
    return total / np.where(m > 1, m, np.nan)


def compare(
    predicted: Mapping[str, ArrayLike],
    counts: ArrayLike,
    *,
    metric: Metric = "manhattan",
    n_resamples: int = 2_000,
    level: float = 0.95,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Each pair of predictions on the same items, by a paired bootstrap over items.

    Returns a, b, difference of mean scores (below 0 where a is closer), low, high, p, p_bh over all pairs;
    p = 2 (1 + #) / (1 + B) of resamples on the other side of 0, at most 1. nan without items.
    """
    each = {}
    for name, q in predicted.items():
        shares, n = _checked(q, counts)
        m = n.sum(axis=1)
        each[name] = distance(metric, n[m > 0] / m[m > 0, None], shares[m > 0])
    names = list(each)
    rows = []
    scores = np.array([each[name] for name in names]).reshape(len(names), -1)
    means = _resampled_means(scores, n_resamples, rng)
    for i, a in enumerate(names):
        for j in range(i + 1, len(names)):
            drawn = means[:, i] - means[:, j]
            value = float(scores[i].mean() - scores[j].mean()) if scores.shape[1] else math.nan
            low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (math.nan,) * 2
            tail = 1 + min((drawn >= 0).sum(), (drawn <= 0).sum())
            p = min(1.0, 2 * tail / (1 + len(drawn))) if len(drawn) else math.nan
            rows.append((a, names[j], value, float(low), float(high), p))
    table = pd.DataFrame(rows, columns=["a", "b", "difference", "low", "high", "p"])
    known = table["p"].notna().all() and len(table)
    table["p_bh"] = false_discovery_control(table["p"]) if known else math.nan
    return table


def _mean_deviation(p: Floats, m: Floats) -> Floats:
    """E|X/m − p| for X ~ Binomial(m, p) = 2ν C(m,ν) p^ν (1−p)^(m−ν+1) / m with ν = ⌊mp⌋ + 1 (De Moivre)."""
    nu = np.minimum(np.floor(m * p) + 1, m)
    log_choose = -betaln(m - nu + 1, nu + 1) - np.log(m + 1)
    logs = log_choose + xlogy(nu, p) + xlog1py(m - nu + 1, -p)
    return np.asarray(np.where((p > 0) & (p < 1), 2 * nu * np.exp(logs) / m, 0.0))


def _expected_floor(k: Floats, m: Floats, *, cumulative: bool = False) -> Floats:
    """(items,) the floor averaged over Dirichlet(k) truths; exact.

    Shares are Beta(a, b), so with ν − 1 ≤ m p < ν each term of the mean deviation is a part of a Beta integral.
    The mean of the truth instead of the mean over truths would put the floor too high.
    """
    a = np.cumsum(k, axis=1)[:, :-1] if cumulative else k
    b = k.sum(axis=1, keepdims=True) - a
    found = np.zeros(len(k))
    for size in np.unique(m):
        nu = np.arange(1, size + 1)
        rows = np.flatnonzero(m == size)
        for some in blocks(len(rows), 48 * len(nu) * max(a.shape[1], 1)):
            here = rows[some]
            alpha, beta = a[here, :, None], b[here, :, None]
            up, down = alpha + nu, beta + size - nu + 1
            log_choose = -betaln(size - nu + 1, nu + 1) - math.log(size + 1)
            weight = 2 * nu * np.exp(log_choose + betaln(up, down) - betaln(alpha, beta)) / size
            part = betainc(up, down, nu / size) - betainc(up, down, (nu - 1) / size)
            found[here] = (weight * part).sum(axis=(1, 2))
    return found


def _resampled_means(scores: Floats, n_resamples: int, rng: np.random.Generator) -> Floats:
    """(B, models) means over as many items, drawn again with replacement."""
    n_items = scores.shape[1]
    if not n_items:
        return np.empty((0, len(scores)))
    means = np.empty((n_resamples, len(scores)))
    share = np.full(n_items, 1 / n_items)
    for rows in blocks(n_resamples, 8 * n_items):
        times = rng.multinomial(n_items, share, size=rows.stop - rows.start)
        means[rows] = times @ scores.T / n_items
    return means


def _mean(values: Floats, what: str, unit: str, m: Floats, level: float) -> Estimate:
    known = np.isfinite(values)
    each, n = values[known], int(known.sum())
    value = float(each.mean()) if n else math.nan
    limits = Limits(notes=() if n else ("Not defined: no item has enough answers.",))
    if n > 1:
        se = float(each.std(ddof=1)) / math.sqrt(n)
        half = float(stdtrit(n - 1, (1 + level) / 2)) * se
        limits = Limits(value - half, value + half, se, n - 1.0)
    method = f"Mean {what}; t limits; {ITEMS_DRAWN}"
    entered = Entered(n, 0, int(m[known].sum()))
    return estimate(value, limits, entered, method=method, unit=unit, level=level)


def _over_items(predicted: Sequence[ArrayLike], given: Sequence[ArrayLike], one: Any) -> float:
    if len(predicted) != len(given):
        raise ValueError(f"There are {len(predicted)} predicted items and {len(given)} given ones.")
    scores = []
    for p, g in zip(predicted, given, strict=True):
        foreseen, answers = np.asarray(p), np.asarray(g)
        if foreseen.shape != answers.shape:
            raise ValueError("On one item there are not as many predictions as answers.")
        if len(answers):
            scores.append(float(one(foreseen, answers)))
    return float(np.mean(scores)) if scores else math.nan


def _checked(predicted: ArrayLike, counts: ArrayLike) -> tuple[Floats, Floats]:
    q, n = np.asarray(predicted, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if q.ndim != 2 or q.shape != n.shape:
        raise ValueError(f"Predictions {q.shape} and counts {n.shape} must be tables of items by points.")
    if (n < 0).any() or (q < 0).any() or not np.allclose(q.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError("Predictions must be shares that add to 1 on each item, and counts not negative.")
    return q, n
