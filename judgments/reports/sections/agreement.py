"""Agreement in all its coefficients, each with its interval, and what a mean of several annotators would reach."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis import Estimate, Ratings, alpha, pair_agreement
from judgments.analysis.chance import Weights, brennan_prediger, conger, fleiss, gwet
from judgments.analysis.needed import Needed
from judgments.analysis.replication import k_rater, raters_needed
from judgments.reports.agreement import answers, metrics_of
from judgments.reports.sections.material import Compared

WEIGHTS: dict[str, Weights] = {"nominal": "identity", "ordinal": "ordinal", "interval": "quadratic"}
"""Weights of the coefficients beside alpha that go with its distance; between sets there are none."""
BESIDE = {"gwet": gwet, "fleiss": fleiss, "brennan_prediger": brennan_prediger, "conger": conger}


@dataclass(frozen=True)
class Agreement:
    """coefficients: by metric and name. mean: reliability of the mean of `readers_each` annotators, by the primary
    metric; readers_each: the median number of an item. needed: annotators whose mean reaches 0.8."""

    coefficients: dict[str, dict[str, Estimate]]
    pair_agreement: Estimate
    readers_each: int
    mean: Estimate
    needed: Needed

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "coefficients": {
                metric: {name: each.to_dict() for name, each in found.items()}
                for metric, found in self.coefficients.items()
            },
            "pair_agreement": self.pair_agreement.to_dict(),
            "readers_each": self.readers_each,
            "mean": self.mean.to_dict(),
            "needed": self.needed.to_dict(),
        }


def find(each: Compared) -> Agreement:
    """All coefficients of one dimension."""
    compared = answers(each.held, each.row)
    by_metric = {metric: _coefficients(metric, compared.measured(metric)) for metric in metrics_of(each.dimension)}
    primary = by_metric[each.metric]["alpha"]
    k = _readers_each(each.first)
    return Agreement(by_metric, pair_agreement(each.first), k, k_rater(primary, k), raters_needed(primary))


def _coefficients(metric: str, r: Ratings) -> dict[str, Estimate]:
    found = {"alpha": alpha(r)}
    if metric in WEIGHTS:
        found |= {name: coefficient(r, WEIGHTS[metric]) for name, coefficient in BESIDE.items()}
    return found


def _readers_each(r: Ratings) -> int:
    n = np.bincount(r.item, minlength=1)
    return max(1, int(np.median(n[n > 0]))) if len(r) else 1
