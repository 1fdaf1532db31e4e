"""What a handful of answers says of an item's whole distribution: do people differ, or were too few asked?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis.estimate import json_safe
from judgments.analysis.posterior import posterior
from judgments.models import Level
from judgments.reports.sections.material import Compared


@dataclass(frozen=True)
class Distributions:
    """items: by item, n, the entropy split in nats (total = inherent + undersampled), and for each place the
    expected share with its 95 % credible limits. prior: what is believed before anybody answered, and its source."""

    prior: dict[str, float]
    prior_from: str
    items: pd.DataFrame
    shares: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = self.items.to_dict("records")
        columns = {place: tuple(each.tolist() for each in found) for place, found in self.shares.items()}
        for row, item in enumerate(rows):
            item["shares"] = {
                place: {"value": value[row], "low": low[row], "high": high[row]}
                for place, (value, low, high) in columns.items()
            }
        return {"prior": json_safe(self.prior), "prior_from": self.prior_from, "items": json_safe(rows)}


def find(each: Compared) -> Distributions | None:
    """Posteriors of the items that somebody answered; None for sets."""
    if each.dimension.level == Level.SET:
        return None
    rows = np.flatnonzero(each.counts.sum(axis=1))
    known = posterior(each.counts[rows])
    table = pd.DataFrame({"item_id": rows, "n": known.counts.sum(axis=1).astype(np.int64)})
    table = each.with_items(pd.concat([table, known.entropy_split()], axis=1))
    mean, (low, high) = known.mean(), known.interval()
    shares = {place: (mean[:, k], low[:, k], high[:, k]) for k, place in enumerate(each.places)}
    prior = dict(zip(each.places, known.prior.a.tolist(), strict=True))
    return Distributions(prior, known.prior.how, table, shares)
