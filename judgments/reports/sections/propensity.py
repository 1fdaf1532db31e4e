"""What the answers say when each counts by how probable it was that it would be asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis import Estimate, Ratings, alpha
from judgments.analysis.estimate import json_safe
from judgments.analysis.propensity import by_propensity, effective_n, hajek, weighted_shares
from judgments.ledger.columns import read, real, whole
from judgments.models import Judgment
from judgments.reports.sections.material import Compared


@dataclass(frozen=True)
class Weighted:
    """n: answers whose probability is known; n_unknown: the rest, left out here. effective_n: how many equally
    weighted answers know as much. shares: by point. mean: Hájek's, people drawn at random; None without an order.
    """

    n: int
    n_unknown: int
    effective_n: float
    shares: pd.DataFrame
    mean: Estimate | None
    alpha: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "n_unknown": self.n_unknown,
            "effective_n": json_safe(self.effective_n),
            "shares": json_safe(self.shares.to_dict("records")),
            "mean": None if self.mean is None else self.mean.to_dict(),
            "alpha": self.alpha.to_dict(),
        }


def find(each: Compared) -> Weighted | None:
    """Weighted answers to one dimension; None where no probability is known, as after most imports."""
    r, propensity = each.first, _propensity(each)
    known = np.isfinite(propensity)
    if not known.any():
        return None
    weighted = by_propensity(r.rows(known), propensity[known])
    return Weighted(
        n=int(known.sum()),
        n_unknown=int((~known).sum()),
        effective_n=effective_n(1 / propensity[known]),
        shares=weighted_shares(weighted),
        mean=_mean(weighted, propensity[known]) if each.is_ordered else None,
        alpha=alpha(weighted),
    )


def _mean(r: Ratings, propensity: np.ndarray) -> Estimate:
    return hajek(r.numbers[r.value], propensity, r.annotator)


def _propensity(each: Compared) -> np.ndarray:
    """For each rating the probability with which its item was offered; nan where it is not known."""
    judgments = Judgment.objects.filter(study=each.material.study).order_by("pk")
    stored = read(judgments, {"id": whole("pk"), "propensity": real("assignment__propensity")})
    judgment = each.held.judgments.id[each.judgment_of_first]
    return stored["propensity"][np.searchsorted(stored["id"], judgment)]
