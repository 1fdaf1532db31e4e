"""A study at a glance: each dimension with its answers by place and form, and its agreement."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from judgments.analysis import Estimate, Forms, answer_forms, pair_agreement
from judgments.analysis.estimate import json_safe
from judgments.ledger import FORMS, REASONS, Dimension, Ledger
from judgments.ledger.tables import Ratings, words
from judgments.models import Study
from judgments.reports.agreement import answers
from judgments.reports.counting import counted
from judgments.reports.keeping import kept


@dataclass(frozen=True)
class DimensionFinding:
    """One dimension over all items. Readings are counted judgments of first occasions, as they stand now.

    counts: point answers at each of `dimension.places`; for sets, how often each label was chosen.
    forms: all answers by form and by reason. left_open: readings that were asked and said nothing.
    alpha: by metric, each with a two-way interval. pair_agreement: share of pairs with the same answer.
    repeats, surplus, revised: ratings of later occasions, of surplus judgments, and earlier revisions;
        they are in none of the above.
    """

    dimension: Dimension
    counts: tuple[int, ...]
    n_readers: int
    n_items: int
    forms: Forms
    left_open: int
    alpha: dict[str, Estimate]
    pair_agreement: Estimate | None
    repeats: int
    surplus: int
    revised: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return plain | {
            "dimension": json_safe(asdict(self.dimension)),
            "counts": dict(zip(self.dimension.places, self.counts, strict=True)),
            "forms": self.forms.to_dict(),
            "alpha": {metric: estimate.to_dict() for metric, estimate in self.alpha.items()},
            "pair_agreement": None if self.pair_agreement is None else self.pair_agreement.to_dict(),
        }


@dataclass(frozen=True)
class Overview:
    """n_readers, n_items, n_judgments: of readings; see DimensionFinding. subset: its name, or None."""

    study: str
    subset: str | None
    n_readers: int
    n_items: int
    n_judgments: int
    n_repeats: int
    dimensions: tuple[DimensionFinding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return plain | {"dimensions": [finding.to_dict() for finding in self.dimensions]}


def overview(study: Study, subset: str | None = None) -> Overview:
    """What the whole study shows, or one of its subsets. Raises UnknownSubset."""
    return kept(study, "overview", subset, lambda held: _overview(study, subset, held))


def _overview(study: Study, subset: str | None, held: Ledger) -> Overview:
    judged, are_readings = held.judgments, held.judgments.are_readings
    return Overview(
        study=study.slug,
        subset=subset,
        n_readers=len(np.unique(judged.reader[are_readings])),
        n_items=len(np.unique(judged.item[are_readings])),
        n_judgments=int(are_readings.sum()),
        n_repeats=int((judged.is_current & (judged.occasion > 0)).sum()),
        dimensions=tuple(_finding(held, row) for row in range(len(held.dimensions))),
    )


def _finding(held: Ledger, row: int) -> DimensionFinding:
    dimension, judged = held.dimensions[row], held.judgments
    given = held.on(row, held.is_of_reading)
    item = judged.item[given.judgment]
    compared = answers(held, row)
    beside = held.on(row)
    of = beside.judgment
    current, first = judged.is_current[of], judged.occasion[of] == 0
    return DimensionFinding(
        dimension=dimension,
        counts=tuple(counted(dimension, given, item, len(held.items.id)).counts.sum(axis=0).tolist()),
        n_readers=len(np.unique(judged.reader[given.judgment])),
        n_items=len(np.unique(item)),
        forms=forms_of(given),
        left_open=int((judged.are_readings & held.asked(row)).sum()) - len(given.id),
        alpha=compared.alphas(),
        pair_agreement=None if compared.ratings is None else pair_agreement(compared.ratings),
        repeats=int((current & ~first).sum()),
        surplus=int((current & first & ~judged.is_counted[of]).sum()),
        revised=int((~current).sum()),
    )


def forms_of(given: Ratings) -> Forms:
    """These answers by form, and those without a place by reason."""
    return answer_forms(words(list(FORMS))[given.form], words(list(REASONS))[given.reason])
