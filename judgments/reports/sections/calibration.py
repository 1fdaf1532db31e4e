"""Do the intervals hold the truth as often as they say, in this very design? Simulated, and counted."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from judgments.analysis.calibration import Calibration, LatentNormal, Measure, calibrate, model_like
from judgments.analysis.estimate import json_safe
from judgments.models import Level
from judgments.reports.sections.material import Compared

N_SIMULATIONS = 400
MOST_RATINGS = 100_000_000
"""Simulated in all for one measure: large designs are simulated less often, never less than FEWEST times."""
FEWEST = 100


@dataclass(frozen=True)
class Calibrated:
    """The design of one dimension, who answers what and how often, with drawn items, people and answers.

    table: for each measure and interval, how often it held the truth (coverage), with 95 % limits of that.
    model: what was simulated, made like the answers given. note: why nothing could be simulated.
    """

    n_simulations: int
    table: pd.DataFrame
    model: LatentNormal | None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        model = {} if self.model is None else {name: getattr(self.model, name) for name in MODEL}
        return {
            "n_simulations": self.n_simulations,
            "table": json_safe(self.table.to_dict("records")),
            "model": json_safe(model),
            "note": self.note,
        }


MODEL = ("item", "level", "pattern", "occasion", "thresholds")


def find(each: Compared) -> Calibrated | None:
    """Coverage of the intervals on one dimension; None for sets, which no single number lies behind."""
    if each.dimension.level == Level.SET:
        return None
    design = each.all_occasions
    try:
        model = model_like(design)
    except ValueError as why:
        return Calibrated(0, pd.DataFrame(), None, str(why))
    measures: tuple[Measure, ...] = ("alpha", "pair_agreement", *(("noise",) if each.is_ordered else ()))
    rng, n = each.rng("calibration"), _n_simulations(len(design))
    found: list[Calibration] = []
    for done, measure in enumerate(measures):
        each.step(done / len(measures), f"{each.dimension.title}: {measure.replace('_', ' ')}")
        found.append(calibrate(design, model, rng=rng, measures=(measure,), n_simulations=n))
    return Calibrated(n, pd.concat([one.table for one in found], ignore_index=True), model)


def _n_simulations(n_ratings: int) -> int:
    return max(FEWEST, min(N_SIMULATIONS, MOST_RATINGS // max(n_ratings, 1)))
