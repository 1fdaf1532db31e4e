"""Who said "not this", and why; and whether leaving a question is itself something people agree on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis import Estimate, Ratings, alpha
from judgments.analysis.abstention import Bounds, cohort_rates, mean_bounds, reason_rates, with_abstentions
from judgments.analysis.estimate import json_safe
from judgments.ledger import FORMS, REASONS
from judgments.ledger.tables import words
from judgments.models import Form, Level
from judgments.reports.sections.material import Compared

NONE = FORMS.index(Form.NONE)
LIMITS = ("name", "n_abstained", "n_asked", "rate", "low", "high")


@dataclass(frozen=True)
class Abstention:
    """Of answers that are a point or "not this".

    by_reason: share of all answers. by_cohort: for each facet; groups of fewer than five are left out.
    alpha: nominal, where "not this" with its reason is an answer like others. mean: of the point answers, with
    what it could be at worst, whatever those who abstained would have said; None without an order.
    """

    by_reason: pd.DataFrame
    by_cohort: dict[str, pd.DataFrame]
    alpha: Estimate
    mean: Bounds | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "by_reason": json_safe(self.by_reason.to_dict("records")),
            "by_cohort": {facet: json_safe(table.to_dict("records")) for facet, table in self.by_cohort.items()},
            "alpha": self.alpha.to_dict(),
            "mean": None if self.mean is None else self.mean.to_dict(),
        }


def find(each: Compared) -> Abstention | None:
    """Abstentions on one dimension; None for sets, and where nobody abstained."""
    given = each.readings
    if each.dimension.level == Level.SET or not (given.form == NONE).any():
        return None
    r, reasons = _points_and_nones(each)
    bounds = None
    if each.is_ordered and len(r):
        least, most = float(r.numbers.min()), float(r.numbers.max())
        bounds = mean_bounds(r.numbers[r.value], r.n_abstained, least, most)
    return Abstention(
        by_reason=reason_rates(r, reasons),
        by_cohort={facet.slug: _by_cohort(each, facet, r) for facet in each.held.facets},
        alpha=alpha(with_abstentions(r, reasons)),
        mean=bounds,
    )


def _points_and_nones(each: Compared) -> tuple[Ratings, np.ndarray]:
    """The dimension's ratings without the abstentions that are ranges or both ways, and the reasons of the rest."""
    r, given, judged = each.first, each.readings, each.held.judgments
    key = _keys(judged.item[given.judgment], judged.reader[given.judgment], len(each.held.readers.id))
    order = np.argsort(key)
    abstained = _keys(r.item_ids[r.abstained_item], r.annotator_ids[r.abstained_annotator], len(each.held.readers.id))
    row = order[np.searchsorted(key, abstained, sorter=order)]
    none = given.form[row] == NONE
    return r.rows(np.ones(len(r), dtype=bool), none), words(list(REASONS))[given.reason[row[none]]]


def _keys(item: np.ndarray, reader: np.ndarray, n_readers: int) -> np.ndarray:
    return np.asarray(item, dtype=np.int64) * n_readers + np.asarray(reader, dtype=np.int64)


def _by_cohort(each: Compared, facet, r: Ratings) -> pd.DataFrame:
    groups = each.large_groups(facet, r)
    return cohort_rates(r, groups) if groups else pd.DataFrame(columns=LIMITS)
