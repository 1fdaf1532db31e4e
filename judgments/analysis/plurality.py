"""How large the largest camp of a cohort is, how far from even, and whether cohorts would vote alike.

These are plug-in values: with few answers an item they look more agreed than the cohort is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import xlogy

from .across import InAndAcross
from .clusters import Entered, estimate
from .coding import Floats, Mask
from .estimate import Estimate, Limits
from .pairs import MOST_CELLS, tabled
from .table import Ratings, tabulate

DESCRIBED = ("plurality", "negentropy", "cross_negentropy", "voting_agreement")
UNITS = {"plurality": "proportion", "negentropy": "nats", "cross_negentropy": "nats", "voting_agreement": "alpha"}


def plurality_size(c: Floats) -> float:
    """Share of the most frequent answer, averaged over items that have one. c: (items, points) counts."""
    p = _shares(c)
    return float(p.max(axis=1).mean()) if len(p) else math.nan


def negentropy(c: Floats) -> float:
    """ln V − H(p_u) in nats, averaged over items that have answers."""
    p = _shares(c)
    return float((math.log(c.shape[1]) + xlogy(p, p).sum(axis=1)).mean()) if len(p) else math.nan


def cross_negentropy(c: Floats, d: Floats, *, smoothing: float | None = 0.5) -> float:
    """ln V + Σ p ln q in nats, averaged over items that both sides answered.

    smoothing: added to every count behind q, so that an answer the other side never gave counts against
    agreement. None leaves such terms out, as the published implementation does, which rewards them.
    """
    both = (c.sum(axis=1) > 0) & (d.sum(axis=1) > 0)
    if not both.any():
        return math.nan
    p = _shares(c[both])
    q = _shares(d[both] + (smoothing or 0.0))
    logs = np.log(q, out=np.zeros_like(q) if smoothing is None else np.full_like(q, -np.inf), where=q > 0)
    terms = np.multiply(p, logs, out=np.zeros_like(p), where=p > 0)
    return float((math.log(c.shape[1]) + terms.sum(axis=1)).mean())


def voting_agreement(c: Floats, d: Floats) -> float:
    """Nominal alpha of the most frequent answers of two cohorts; the earlier point wins a tie."""
    both = (c.sum(axis=1) > 0) & (d.sum(axis=1) > 0)
    hot = np.eye(c.shape[1])
    votes = hot[c[both].argmax(axis=1)] + hot[d[both].argmax(axis=1)]
    statistic = InAndAcross(tabled(1 - hot))
    totals = statistic.rows(votes, np.zeros_like(votes)).sum(axis=0)
    return float(statistic.irr(totals[None, :])[0])


def descriptions(r: Ratings, mask: Mask, *, smoothing: float, level: float) -> Mapping[str, Estimate]:
    """The four of them for a cohort of first occasions; mask runs along annotator_ids."""
    inside = mask[r.annotator]
    entered = Entered(len(np.unique(r.item[inside])), len(np.unique(r.annotator[inside])), int(inside.sum()))
    if len(r.item_ids) * len(r.points) > MOST_CELLS:
        values, note = [math.nan] * 4, "Not computed: too many different values to be counted one by one."
    else:
        c = tabulate(r.where(annotators=mask)).astype(np.float64)
        d = tabulate(r.where(annotators=~mask)).astype(np.float64)
        across = cross_negentropy(c, d, smoothing=smoothing), voting_agreement(c, d)
        values, note = [plurality_size(c), negentropy(c), *across], "Not defined: no item, or no variation."
    return {
        name: estimate(
            value,
            Limits(),
            entered,
            method=f"{name.replace('_', ' ').capitalize()}, plug-in; no limits",
            unit=UNITS[name],
            level=level,
            notes=() if math.isfinite(value) else (note,),
        )
        for name, value in zip(DESCRIBED, values, strict=True)
    }


def _shares(c: Floats) -> Floats:
    m = c.sum(axis=1)
    return np.asarray(c[m > 0] / m[m > 0, None])
