"""Signs that a question has become a target: versions of one model converge at the top of the scale."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis.indicators import Indicators, indicators
from judgments.models import ItemResponse
from judgments.reports.sections.material import Compared


@dataclass(frozen=True)
class Lines:
    """by_model: models of which two versions or more answered the same scenarios; versions in the order of their
    names."""

    by_model: dict[str, Indicators]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"by_model": {name: found.to_dict() for name, found in self.by_model.items()}}


def find(each: Compared) -> Lines | None:
    """Indicators on an ordered dimension; None without an order, without versions, and while models are hidden."""
    if not each.is_ordered or each.material.study.hides_models:
        return None
    found = {}
    for name, versions in sorted(_scores(each).items()):
        if len(versions) < 2:
            continue
        scenarios = sorted({scenario for by_scenario in versions.values() for scenario in by_scenario})
        names = sorted(versions)
        table = [[versions[version].get(scenario, np.nan) for scenario in scenarios] for version in names]
        found[name] = indicators(table, versions=np.array(names), rng=each.rng(f"indicators {name}"))
    return Lines(found) if found else None


def _scores(each: Compared) -> dict[str, dict[str, dict[int, float]]]:
    """By model, version and scenario the mean answer; items with one response only."""
    r = each.first
    n = np.bincount(r.item, minlength=len(r.item_ids))
    total = np.bincount(r.item, weights=r.numbers[r.value], minlength=len(r.item_ids))
    ids = each.held.items.id[r.item_ids].tolist()
    mean = {pk: total[row] / n[row] for row, pk in enumerate(ids) if n[row]}
    responses = ItemResponse.objects.filter(item__study=each.material.study, response__model__isnull=False)
    rows = list(
        responses.values_list("item_id", "item__scenario", "response__model__name", "response__model__version")
    )
    shown = Counter(item for item, *_ in rows)
    found: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for item, scenario, name, version in rows:
        if item in mean and shown[item] == 1 and name:
            found[name][version][scenario] = mean[item]
    return found
