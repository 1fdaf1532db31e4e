"""Ranges and both ways: is an item unclear inside each head, or clear in every head and different between them?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis.estimate import json_safe
from judgments.analysis.ranges import both_ways, heads
from judgments.ledger import FORMS
from judgments.models import Form
from judgments.reports.sections.material import Compared

RANGE, BOTH = FORMS.index(Form.RANGE), FORMS.index(Form.BOTH)


@dataclass(frozen=True)
class Ranges:
    """heads: items with ranges; inside and between in squared points. both: items answered both ways."""

    heads: pd.DataFrame
    both: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: json_safe(getattr(self, name).to_dict("records")) for name in ("heads", "both")}


def find(each: Compared) -> Ranges | None:
    """Ranges and both ways on an ordered dimension; None where nobody gave any."""
    given, judged = each.readings, each.held.judgments
    is_range, is_both = given.form == RANGE, given.form == BOTH
    if not (is_range | is_both).any():
        return None
    item, reader = judged.item[given.judgment], judged.reader[given.judgment]
    low, high = given.low[is_range], given.high[is_range]
    best = np.where(np.isfinite(given.point[is_range]), given.point[is_range], (low + high) / 2)
    split = heads(item[is_range], low, high, annotator=reader[is_range], centre=best)
    n = pd.Series(np.bincount(item, minlength=len(each.held.items.id)))
    twice = both_ways(item[is_both], given.both_a[is_both], given.both_b[is_both], n)
    twice = twice[twice["n_both"] > 0]
    return Ranges(each.with_items(split.reset_index()), each.with_items(twice.reset_index()))
