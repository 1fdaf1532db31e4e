"""How many annotators a target asks for, with the limits of that number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .estimate import json_safe

# A hair below a whole number is that number: 10.000000001 annotators are 10.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Needed:
    """Annotators per item so that a measure reaches a target.

    k: the smallest whole number; None when no number is enough. exact: before rounding up; nan for None.
    low, high: k at the favourable and the unfavourable limit; high is None when at that limit no number is enough.
    """

    k: int | None
    exact: float
    low: int | None
    high: int | None
    target: float
    measure: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: json_safe(value) for name, value in asdict(self).items()}


def needed(
    exact_for: Callable[[float], float],
    value: float,
    best: float | None,
    worst: float | None,
    target: float,
    measure: str,
) -> Needed:
    """Needed from exact_for(value), which is nan when no number of annotators reaches the target.

    best, worst: the limits of the value, in the direction of fewer and of more annotators; None for no limits.
    Raises ValueError when the target is not between 0 and 1.
    """
    if not 0 < target < 1:
        raise ValueError(f"A target lies between 0 and 1, not {target!r}.")
    exact = exact_for(value)
    notes: tuple[str, ...] = ()
    if not math.isfinite(exact):
        notes = ("No number of annotators is enough: items do not differ beyond chance.",)
    elif worst is not None and not math.isfinite(exact_for(worst)):
        notes = ("No upper limit: at the lower limit of the value no number of annotators is enough.",)
    elif worst is None:
        notes = ("No limits: the value itself has none.",)
    return Needed(
        k=_whole(exact),
        exact=exact if math.isfinite(exact) else math.nan,
        low=None if best is None else _whole(exact_for(best)),
        high=None if worst is None else _whole(exact_for(worst)),
        target=target,
        measure=measure,
        notes=notes,
    )


def _whole(exact: float) -> int | None:
    return max(1, math.ceil(exact - ROUNDING)) if math.isfinite(exact) else None
