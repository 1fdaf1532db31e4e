"""Which items and which annotators move alpha most when they are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .agreement import no_alpha
from .coding import Floats, Ints
from .deletion import needs_moments_only, paired, units
from .disagreement import Alpha, distance_of
from .estimate import json_safe
from .intervals import without_each
from .table import Ratings


@dataclass(frozen=True)
class Influence:
    """How alpha moves when one item or one annotator is not there.

    items, annotators: id, n (ratings in pairs), without (alpha without it) and shift (that less alpha),
    largest shift first. A large shift asks to be looked at; it is no reason to remove anyone.
    """

    value: float
    items: pd.DataFrame
    annotators: pd.DataFrame
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "value": json_safe(self.value),
            "items": json_safe(self.items.to_dict("records")),
            "annotators": json_safe(self.annotators.to_dict("records")),
            "notes": list(self.notes),
        }


def influence(r: Ratings, top: int | None = 5) -> Influence:
    """The items and annotators that move alpha most; top None lists all. Empty, with a note, without alpha."""
    pairs = paired(r)
    undefined = no_alpha(pairs)
    if undefined:
        empty = pd.DataFrame(columns=["id", "n", "without", "shift"])
        return Influence(float("nan"), empty, empty.copy(), (undefined,))
    delta = distance_of(r)
    coefficient = Alpha(delta)
    u = units(pairs, coefficient, moments_only=needs_moments_only(delta))
    left = without_each(u, coefficient)
    n_items = np.bincount(u.rating_item, minlength=u.n_items)
    n_annotators = np.bincount(u.annotator, minlength=u.n_annotators)
    item_ids = r.item_ids[np.unique(pairs.item)]
    annotator_ids = r.annotator_ids[np.unique(pairs.annotator)]
    return Influence(
        left.value,
        _largest(item_ids, n_items, left.items.values[u.item_row], left.value, top),
        _largest(annotator_ids, n_annotators, left.annotators.values, left.value, top),
    )


def _largest(ids: NDArray[Any], n: Ints, without: Floats, value: float, top: int | None) -> pd.DataFrame:
    table = pd.DataFrame({"id": ids, "n": n, "without": without, "shift": without - value})
    # Undefined comes first: without that one there is no alpha at all. Ids in order decide between equals.
    size = table["shift"].abs().fillna(np.inf)
    return table.iloc[np.argsort(-size.to_numpy(), kind="stable")][:top].reset_index(drop=True)
