"""A published table, and the definitions written out over explicit pairs, to hold the fast code against."""

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published tables; each names its source."""
    return REFERENCE


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    """Krippendorff's 4 x 12 example as one row a cell; the file names its source."""
    wide = pd.read_csv(REFERENCE / "krippendorff_2011.csv", comment="#")
    return wide.melt(id_vars="observer", var_name="item_id").rename(columns={"observer": "annotator_id"})


@pytest.fixture(scope="session")
def judges() -> np.ndarray:
    """Shrout and Fleiss' six targets by four judges; the file names its source."""
    return pd.read_csv(REFERENCE / "shrout_fleiss_1979.csv", comment="#").to_numpy(float)[:, 1:]


@pytest.fixture(scope="session")
def by_pairs():
    """Functions over rows (item, annotator, value) that follow the definitions word by word."""
    return ByPairs


class ByPairs:
    @staticmethod
    def delta(kind, values):
        """δ between two values, given all values (which only ordinal needs)."""
        times = {c: values.count(c) for c in set(values)}
        if kind == "ordinal":

            def ordinal(c, k):
                low, high = min(c, k), max(c, k)
                return (sum(n for g, n in times.items() if low <= g <= high) - (times[c] + times[k]) / 2) ** 2

            return ordinal
        return {
            "nominal": lambda c, k: float(c != k),
            "interval": lambda c, k: (c - k) ** 2,
            "ratio": lambda c, k: ((c - k) / (c + k)) ** 2 if c + k else 0.0,
        }[kind]

    @classmethod
    def alpha(cls, rows, kind):
        units = defaultdict(list)
        for item, _, value in rows:
            units[item].append(value)
        units = [values for values in units.values() if len(values) > 1]
        values = [value for unit in units for value in unit]
        if not values:
            return math.nan
        delta = cls.delta(kind, values)
        observed = sum(_over_pairs(unit, delta) / (len(unit) - 1) for unit in units)
        expected = _over_pairs(values, delta) / (len(values) - 1)
        return 1 - observed / expected if expected else math.nan

    @classmethod
    def variances(cls, rows, kind):
        """Jackknife variances of −log(1−α), by deleting the rows of each group and starting again."""
        return {
            name: _jackknife([cls.alpha(kept, kind) for kept in _without_each(rows, group)])
            for name, group in {
                "item": lambda row: row[0],
                "annotator": lambda row: row[1],
                "cell": lambda row: row[:2],
            }.items()
        }


def _over_pairs(values, delta):
    return sum(delta(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j)


def _without_each(rows, group):
    return [[row for row in rows if group(row) != gone] for gone in sorted({group(row) for row in rows})]


def _jackknife(alphas):
    eta = -np.log(1 - np.array(alphas))
    return (len(eta) - 1) / len(eta) * ((eta - eta.mean()) ** 2).sum()
