"""How much of the scale is left: answers piled up at its ends, and the way from the mean to them.

A question whose answers stand at one end no longer tells responses apart, whatever the agreement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .clusters import BOTH_DRAWN, Clustered, Entered, estimate, ratio
from .coding import Floats
from .estimate import IDENTITY, Estimate, Limits
from .pairs import sums
from .table import Ratings


@dataclass(frozen=True)
class Ceiling:
    """top, bottom: share of answers at either end of the scale. headroom, footroom: the way from the mean to
    the top and to the bottom, as parts of the whole scale; they add to 1."""

    top: Estimate
    bottom: Estimate
    headroom: Estimate
    footroom: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name).to_dict() for name in ("top", "bottom", "headroom", "footroom")}


def ceiling(r: Ratings, *, level: float = 0.95, guard: bool = True) -> Ceiling:
    """Ceiling of first occasions on a scale whose points are numbers; each answer counts once.

    The ends are those of the scale's domain, or of the values given where it is open. nan with a note without
    answers, or on a scale of one point. Raises ValueError when points are not numbers.
    """
    first, x = r.first(), r.numbers
    entered = Entered(
        len(np.unique(first.item)), len(np.unique(first.annotator)), len(first), n_abstained=first.n_abstained
    )
    if not len(first) or x.min() == x.max():
        why = "Not defined: there are no ratings." if not len(first) else "Not defined: the scale has one point."
        return Ceiling(*(_made(math.nan, Limits(notes=(why,)), name, entered, level) for name in NAMES))
    least, most = float(x.min()), float(x.max())
    y = x[first.value]
    place = (most - y) / (most - least)
    each = np.column_stack([np.ones(len(y)), y == most, y == least, place, 1 - place]).astype(np.float64)
    items, item = np.unique(first.item, return_inverse=True)
    clustered = Clustered.of(sums(each, item, len(items)), each, first.annotator)
    made = []
    for column, name in enumerate(NAMES, start=1):

        def share(t: Floats, column: int = column) -> Floats:
            return ratio(t[:, column], np.rint(t[:, 0]))

        limits = clustered.limits(share, IDENTITY, level, guard=guard)
        made.append(_made(clustered.value(share), limits, name, entered, level))
    return Ceiling(*made)


NAMES = ("share at the top point", "share at the bottom point", "headroom", "footroom")


def _made(value: float, limits: Limits, name: str, entered: Entered, level: float) -> Estimate:
    method = f"{name.capitalize()}; {BOTH_DRAWN}"
    return estimate(value, limits, entered, method=method, unit="proportion", level=level)
