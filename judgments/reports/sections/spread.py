"""How spread out and how split the answers to each item are, by indices that small numbers do not bias."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis.estimate import json_safe
from judgments.analysis.posterior import posterior
from judgments.analysis.spread import spread
from judgments.models import Level
from judgments.reports.sections.material import Compared

IN_ORDER = ["n", "iov_unbiased", "agreement_a", "esteban_ray", "entropy"]
WITHOUT_ORDER = ["n", "entropy"]
N_DRAWS = 1_000


@dataclass(frozen=True)
class Spread:
    """items: n, the indices as they are in the answers given, and `value`, `low`, `high`: the spread of the
    item's whole distribution, 0 agreed and 1 furthest apart, posterior mean with 95 % credible limits. Put items
    in order by `value`: the indices are biased where few answered. mean: of `value` over items."""

    items: pd.DataFrame
    mean: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"mean": json_safe(self.mean), "items": json_safe(self.items.to_dict("records"))}


def find(each: Compared) -> Spread | None:
    """Spread of the items that somebody answered; None for sets."""
    if each.dimension.level == Level.SET:
        return None
    rows = np.flatnonzero(each.counts.sum(axis=1))
    counts = each.counts[rows]
    indices = spread(counts)[IN_ORDER if each.is_ordered else WITHOUT_ORDER]
    likely = posterior(counts).spread(each.rng("spread"), n=N_DRAWS, ordered=each.is_ordered)
    table = pd.concat([pd.DataFrame({"item_id": rows}), indices, likely], axis=1)
    return Spread(each.with_items(table), float(likely["value"].mean()) if len(rows) else float("nan"))
