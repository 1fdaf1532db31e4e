"""How many readers an item needs: reliability of a mean of k annotators, from the components of a noise audit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from .coding import Floats
from .estimate import Limits, json_safe
from .needed import Needed, needed
from .noise import Function, NoiseAudit

Kind = Literal["absolute", "relative"]


@dataclass(frozen=True)
class DStudy:
    """table: k, relative (Eρ²) and absolute (Φ), and of each _low and _high; nan where there are no limits.

    relative: does the mean order items as the universe of annotators would, when all items have the same k.
    absolute, dependability: does it have their value; the one to read when each item has other annotators.
    """

    table: pd.DataFrame
    repeats: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": json_safe(self.table.to_dict("records")),
            "repeats": self.repeats,
            "notes": list(self.notes),
        }


def d_study(audit: NoiseAudit, k: Iterable[int] = range(1, 31), repeats: int = 1) -> DStudy:
    """Reliability and dependability for each number of annotators, each asked `repeats` times.

    Eρ² = σ_a² / (σ_a² + (σ_ab² + σ_e²/o) / k), Φ with σ_b² among the noise as well. nan, with a note, without
    components. Raises ValueError when repeats would have to be told apart from patterns and cannot.
    Source: Brennan (2001), Generalizability Theory, chapter 4.
    """
    sizes = [int(each) for each in k]
    if any(each < 1 for each in sizes) or repeats < 1:
        raise ValueError("Annotators and repeats are at least one.")
    columns: dict[str, Any] = {"k": sizes}
    notes: tuple[str, ...] = ()
    for kind in ("relative", "absolute"):
        value, limits = _of_one(audit, kind, repeats)
        notes = limits.notes or notes
        for name, one in ((kind, value), (f"{kind}_low", limits.low), (f"{kind}_high", limits.high)):
            columns[name] = [math.nan if one is None else _of_mean(one, each) for each in sizes]
    return DStudy(pd.DataFrame(columns), repeats, audit.notes or notes)


def annotators_needed(audit: NoiseAudit, target: float = 0.8, kind: Kind = "absolute", repeats: int = 1) -> Needed:
    """The smallest k whose mean reaches the target, with the limits of that number."""
    value, limits = _of_one(audit, kind, repeats)
    measure = "dependability" if kind == "absolute" else "relative reliability"

    def exact(one: float) -> float:
        return target / (1 - target) * (1 - one) / one if one > 0 else math.nan

    return needed(exact, value, limits.high, limits.low, target, measure)


def _of_one(audit: NoiseAudit, kind: str, repeats: int) -> tuple[float, Limits]:
    """Φ or Eρ² of a single annotator, between 0 and 1, with limits."""
    if kind not in ("absolute", "relative"):
        raise ValueError(f"Unknown kind {kind!r}; absolute or relative.")
    if repeats > 1 and not audit.separable:
        raise ValueError("Without repeats in the data nobody knows what repeats would bring.")
    function = _single(kind, repeats, audit.separable)
    value = float(function(np.array([audit.components]))[0])
    if audit.uncertainty is None or not math.isfinite(value):
        return value, Limits()
    limits = audit.uncertainty.limits(value, function, audit.confidence)
    if limits.low is None or limits.high is None:
        return value, limits
    return value, Limits(max(limits.low, 0.0), min(limits.high, 1.0), notes=limits.notes)


def _single(kind: str, repeats: int, separable: bool) -> Function:
    def reliability(v: Floats) -> Floats:
        noise = v[:, 2] + (v[:, 3] / repeats if separable else 0.0)
        if kind == "absolute":
            noise = noise + v[:, 1]
        whole = v[:, 0] + noise
        return np.asarray(v[:, 0] / np.where(whole > 0, whole, np.nan))

    return reliability


def _of_mean(one: float, k: int) -> float:
    return k * one / (1 + (k - 1) * one)
