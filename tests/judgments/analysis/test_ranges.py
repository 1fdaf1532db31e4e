import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis.ranges import both_ways, heads

CENTRE = np.array([20, 25, 80, 85.0])
WIDTH = np.array([10, 12, 8, 10.0])


def test_narrow_ranges_that_lie_apart_are_contested():
    found = heads(["a"] * 4, CENTRE - WIDTH / 2, CENTRE + WIDTH / 2, coverage=0.9).loc["a"]

    assert found["inside"] == pytest.approx(9.425093, abs=1e-6)
    assert found["between"] == pytest.approx(1208.333333, abs=1e-6)
    assert found["contested_share"] == pytest.approx(0.992260, abs=1e-6)
    assert found["hit_rate"] == 0.0
    assert found["n"] == 4


def test_wide_ranges_around_one_place_are_vague():
    found = heads(["a"] * 4, [10, 20, 15, 5], [90, 80, 85, 95]).loc["a"]

    assert found["contested_share"] < 0.05
    assert found["hit_rate"] == 1.0


def test_a_point_inside_counts_rather_than_the_middle():
    found = heads([0, 0], [0, 0], [10, 10], centre=[1, 9]).loc[0]

    assert found["between"] == pytest.approx(32.0)


def test_what_people_differ_from_themselves_by_is_taken_away():
    low, high = CENTRE - 1, CENTRE + 1
    plain = heads([0] * 4, low, high).loc[0]
    less = heads([0] * 4, low, high, occasion_variance=200).loc[0]

    assert less["between"] == pytest.approx(plain["between"] - 200)
    assert heads([0] * 4, low, high, occasion_variance=9999).loc[0, "between"] == 0.0


def test_hits_are_those_of_leaving_each_person_out():
    draw = np.random.default_rng(3)
    item = draw.integers(0, 6, 60)
    centre, width = draw.normal(50, 10, 60).round(), draw.uniform(0, 20, 60)
    low, high = centre - width / 2, centre + width / 2

    found = heads(item, low, high, centre=centre)

    for u in range(6):
        rows = np.flatnonzero(item == u)
        hits = []
        for row in rows:
            others = np.median(centre[rows[rows != row]])
            hits.append(low[row] <= others <= high[row])
        assert found.loc[u, "hit_rate"] == pytest.approx(np.mean(hits))
        assert found.loc[u, "between"] == pytest.approx(np.var(centre[rows], ddof=1))


def test_the_habit_of_wide_ranges_can_be_taken_out():
    found = heads([0, 0, 1, 1], [0, 0, 0, 0], [40, 4, 80, 8], annotator=["wide", "narrow", "wide", "narrow"])

    assert found["relative_width"].tolist() == pytest.approx([2 / 3, 4 / 3])
    assert found["inside"].iloc[1] == pytest.approx(4 * found["inside"].iloc[0])


def test_order_and_shift_change_nothing():
    item = np.array([0, 0, 1, 1])
    low, high = np.array([1, 2, 3, 4.0]), np.array([5, 4, 9, 4.0])
    found = heads(item, low, high)

    assert heads(item[::-1], low[::-1] + 7, high[::-1] + 7).to_numpy() == pytest.approx(found.to_numpy(), nan_ok=True)


def test_one_answer_says_nothing_about_others():
    found = heads([0], [1], [3]).loc[0]

    assert found["inside"] > 0
    assert math.isnan(found["between"])
    assert math.isnan(found["hit_rate"])
    assert heads([], [], []).empty


def test_points_without_width_that_agree_have_no_share():
    found = heads([0, 0], [3, 3], [3, 3]).loc[0]

    assert found["between"] == 0.0
    assert math.isnan(found["contested_share"])


def test_ranges_upside_down_are_refused():
    with pytest.raises(ValueError, match="low end"):
        heads([0], [3], [1])
    with pytest.raises(ValueError, match="low end"):
        heads([0], [np.nan], [1])
    with pytest.raises(ValueError, match="coverage"):
        heads([0], [1], [1], coverage=1.0)


def test_answers_both_ways_are_counted_against_all():
    found = both_ways([0, 0, 2], [1, 2, 1], [5, 4, 2], pd.Series({0: 10, 1: 5, 2: 0 + 4}))

    assert found["n_both"].tolist() == [2, 0, 1]
    assert found["share"].tolist() == pytest.approx([0.2, 0, 0.25])
    assert found["gap"].tolist() == pytest.approx([3, math.nan, 1], nan_ok=True)
    with pytest.raises(ValueError, match="both ways"):
        both_ways([0], [1], [2], pd.Series({0: 0}))
