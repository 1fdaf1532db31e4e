"""For each item and dimension, how probable each kind of disagreement is, with the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from judgments.analysis import Scale
from judgments.analysis.distances import log_bayes_factor
from judgments.analysis.estimate import json_safe
from judgments.analysis.kinds import CLAIMS, Kind, Kinds, kinds
from judgments.analysis.readings import readings
from judgments.ledger import FORMS, REASONS, Facet
from judgments.ledger.tables import POINT, words
from judgments.models import Form, Level, Reason
from judgments.reports.sections.groups import splits_known
from judgments.reports.sections.material import Compared

MISFIT = REASONS.index(Reason.MISFIT)
APART = "apart"


@dataclass(frozen=True)
class DimensionKinds:
    """One dimension. items: by external id; those without any answer are left out.

    expected: how many items of each kind there are expected to be; nan where nothing speaks of it. claims: what
    each kind says, in words.
    """

    dimension: str
    found: Kinds
    rows: dict[str, int]

    @property
    def expected(self) -> dict[str, float]:
        return {str(name): float(value) for name, value in self.found.table.sum(min_count=1).items()}

    def of(self, external_id: str) -> tuple[Kind, ...]:
        """All kinds of one item with their evidence. Raises KeyError for an item without an answer."""
        return self.found.of(self.rows[external_id]).kinds

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: probabilities and evidence by item and kind."""
        items = {}
        for external_id in self.rows:
            items[external_id] = {
                kind.name: json_safe(
                    {"probability": kind.probability, "evidence": kind.evidence}
                    | ({"note": kind.note} if kind.note else {})
                )
                for kind in self.of(external_id)
            }
        return {"claims": dict(CLAIMS), "expected": json_safe(self.expected), "items": items}


def find(each: Compared) -> DimensionKinds | None:
    """Kinds on one dimension; None for sets. Hidden camps are told where opinion groups were looked for before."""
    if each.dimension.level == Level.SET:
        return None
    hidden = splits_known(each)
    answered = np.flatnonzero(np.bincount(_items(each), minlength=len(each.held.items.id)))
    found = kinds(
        readings(_frame(each), _scale(each), item_ids=answered),
        cohorts=_splits(each, answered),
        hidden=None if hidden is None else hidden[answered],
        elsewhere=_elsewhere(each, answered),
        rng=each.rng("kinds"),
    )
    names = each.held.items.external_id[answered].tolist()
    return DimensionKinds(each.dimension.name, found, dict(zip(names, answered.tolist(), strict=True)))


def _items(each: Compared) -> np.ndarray:
    return each.held.judgments.item[each.readings.judgment]


def _scale(each: Compared) -> Scale:
    points = tuple(point.value for point in each.dimension.points if not (each.is_ordered and point.apart))
    return Scale(each.metric, () if each.dimension.is_line else points)  # type: ignore[arg-type]


def _frame(each: Compared) -> pd.DataFrame:
    """All answers in all forms, later occasions too. Points that stand apart are answers, but stand nowhere."""
    judged = each.held.judgments
    taken = judged.are_readings | (judged.is_current & (judged.occasion > 0))
    given = each.held.on(each.row, taken[each.held.ratings.judgment])
    of = given.judgment
    form = words(list(FORMS))[given.form]
    if each.is_ordered and not each.dimension.is_line:
        apart = [point.value for point in each.dimension.points if point.apart]
        form[(given.form == POINT) & np.isin(given.point, apart)] = APART
    return pd.DataFrame(
        {
            "item_id": judged.item[of],
            "annotator_id": judged.reader[of],
            "occasion": judged.occasion[of],
            "form": form,
            "point": given.point,
            "low": given.low,
            "high": given.high,
            "reason": words(list(REASONS))[given.reason],
            "settled": judged.settled[of],
        }
    )


def _splits(each: Compared, answered: np.ndarray) -> dict[str, np.ndarray]:
    """For each pair of cohorts that are large enough, the log Bayes factor that an item splits them."""
    found = {}
    for facet in each.held.facets:
        tables = _counts_by_cohort(each, facet)
        for one, other in combinations(tables, 2):
            c, d = tables[one][answered], tables[other][answered]
            both = (c.sum(axis=1) > 0) & (d.sum(axis=1) > 0)
            found[f"{facet.slug}: {one} / {other}"] = np.where(both, log_bayes_factor(c, d), np.nan)
    return found


def _counts_by_cohort(each: Compared, facet: Facet) -> dict[str, np.ndarray]:
    r = each.first
    n_points, shape = len(r.points), (len(each.held.items.id), len(r.points))
    tables = {}
    for value, mask in each.large_groups(facet, r).items():
        some = r.where(annotators=mask)
        place = r.item_ids[some.item].astype(np.int64) * n_points + some.value
        tables[value] = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    return tables


def _elsewhere(each: Compared, answered: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Misfits and answers on the item's other dimensions; None when there are none."""
    if len(each.held.dimensions) < 2:
        return None
    held = each.held
    beside = held.is_of_reading & (held.ratings.dimension != each.row)
    item, n = held.judgments.item[held.ratings.judgment], len(held.items.id)
    misfit = beside & (held.ratings.form == FORMS.index(Form.NONE)) & (held.ratings.reason == MISFIT)
    counts = (np.bincount(item[which], minlength=n)[answered].astype(np.float64) for which in (misfit, beside))
    misfits, asked = counts
    return misfits, asked
