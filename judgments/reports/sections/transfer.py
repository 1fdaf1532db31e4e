"""How judgment moves when a scenario's context is shifted, axis by axis, and whether it stays in place."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgments.analysis.transfer import Transfer, paired_transfer
from judgments.models import Item
from judgments.reports.sections.material import Compared

MARGIN = 0.5
"""Half a point: shifts inside it are called the same."""


@dataclass(frozen=True)
class Transfers:
    """by_axis: what changes against the base, and the shift of the same people's answers."""

    by_axis: dict[str, Transfer]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"by_axis": {axis: found.to_dict() for axis, found in self.by_axis.items()}}


def find(each: Compared) -> Transfers | None:
    """Shifts on an ordered dimension; None without an order, or without shifted scenarios that anybody judged."""
    if not each.is_ordered:
        return None
    family, axes = _families(each)
    found = {}
    for axis in sorted({axis for axis in axes if axis}):
        r = each.first.where(items=np.isin(axes, ["", axis]))
        shifted = paired_transfer(r, family, axes == axis, MARGIN, rng=each.rng(f"transfer {axis}"))
        if len(shifted.per_family):
            found[axis] = shifted
    return Transfers(found) if found else None


def _families(each: Compared) -> tuple[np.ndarray, np.ndarray]:
    """Along the item ids of the ratings: the base scenario as one model answered it, and the axis, "" for bases."""
    ids = each.held.items.id[each.first.item_ids]
    rows = Item.objects.filter(study=each.material.study).values_list(
        "pk", "scenario_id", "scenario__shift_of", "scenario__axis", "scenario__title", "scenario__external_id",
        "scenario__shift_of__title", "scenario__shift_of__external_id",
    )  # fmt: skip
    models = _models(each)
    family, axis = {}, {}
    seen: dict[int, list[tuple]] = defaultdict(list)
    for pk, scenario, base, changed, *texts in rows:
        title = (texts[2] or texts[3]) if base else (texts[0] or texts[1])
        key = (base or scenario, models.get(pk, ()))
        known = seen[base or scenario]
        if key not in known:
            known.append(key)
        # Models are numbered, not named: a study may hide them.
        family[pk] = f"{title or base or scenario} · {known.index(key) + 1}"
        axis[pk] = changed if base else ""
    return (
        np.array([family.get(pk) for pk in ids.tolist()], dtype=object),
        np.array([axis.get(pk, "") for pk in ids.tolist()], dtype=object),
    )


def _models(each: Compared) -> dict[int, tuple[int | None, ...]]:
    """The models behind each item's responses."""
    rows = Item.objects.filter(study=each.material.study).order_by("pk", "shown__position")
    found: dict[int, tuple[int | None, ...]] = {}
    for pk, model in rows.values_list("pk", "shown__response__model"):
        found[pk] = (*found.get(pk, ()), model)
    return found
