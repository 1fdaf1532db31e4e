import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.ceiling import ceiling

LIKERT = Scale("ordinal", (1, 2, 3, 4, 5))


def test_eight_answers_near_the_top():
    found = ceiling(Ratings.from_arrays(range(8), [0] * 8, [5, 5, 5, 4, 5, 5, 3, 5], LIKERT))

    assert found.top.value == pytest.approx(0.75)
    assert found.headroom.value == pytest.approx(0.09375)
    assert found.bottom.value == 0.0
    assert found.footroom.value == pytest.approx(1 - 0.09375)


def test_limits_are_those_of_deleting_and_starting_again():
    draw = np.random.default_rng(0)
    item, annotator = np.nonzero(draw.random((12, 6)) < 0.7)
    value = draw.integers(1, 6, len(item))

    found = ceiling(Ratings.from_arrays(item, annotator, value, LIKERT)).headroom

    assert found.value == pytest.approx((5 - value.mean()) / 4)
    for name, group in {"item": item, "annotator": annotator, "cell": np.arange(len(item))}.items():
        left = [(5 - value[group != gone].mean()) / 4 for gone in np.unique(group)]
        assert found.components[name] == pytest.approx((len(left) - 1) * np.var(left))


def test_turning_the_scale_over_swaps_the_ends():
    draw = np.random.default_rng(1)
    item, annotator = (axis.ravel() for axis in np.indices((12, 4)))
    value = draw.integers(1, 6, len(item))

    up, down = (ceiling(Ratings.from_arrays(item, annotator, v, LIKERT)) for v in (value, 6 - value))

    assert up.top.value == down.bottom.value
    assert up.headroom.value == pytest.approx(down.footroom.value)
    assert up.headroom.se == pytest.approx(down.footroom.se)


def test_nothing_or_one_point_is_not_defined():
    for r in (
        Ratings.from_arrays([], [], [], LIKERT),
        Ratings.from_arrays([0], [0], [None], LIKERT),
        Ratings.from_arrays([0, 1], [0, 0], [3, 3], Scale("interval")),
    ):
        found = ceiling(r)
        assert math.isnan(found.headroom.value)
        assert found.top.notes[0].startswith("Not defined")
