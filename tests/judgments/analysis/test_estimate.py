import dataclasses
import json
import math

import numpy as np
import pytest

from judgments.analysis import Estimate, LeftOut, item_jackknife, leave_out, two_way_jackknife, unit_bootstrap
from judgments.analysis.estimate import IDENTITY, PROPORTION, blocks, jackknife_variance, percentile_limits, too_few


def mean_of(totals):
    """The mean from totals of (sum, number)."""
    return totals[:, 0] / totals[:, 1]


def left_out_of(x):
    changes = np.column_stack([x, np.ones(len(x))])
    return leave_out(changes.sum(axis=0), changes, mean_of)


X = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])


def test_the_jackknife_variance_of_a_mean_is_its_textbook_variance():
    assert jackknife_variance(left_out_of(X), IDENTITY) == pytest.approx(X.var(ddof=1) / len(X), abs=1e-12)


def test_groups_alike_may_stand_in_one_row():
    x = np.array([1.0, 1.0, 1.0, 5.0, 5.0])
    rows = np.array([[1.0, 1.0], [5.0, 1.0]])
    together = leave_out(np.array([13.0, 5.0]), rows, mean_of, times=np.array([3, 2]))

    assert together.n_groups == 5
    assert jackknife_variance(together, IDENTITY) == pytest.approx(
        jackknife_variance(left_out_of(x), IDENTITY), abs=1e-12
    )


def test_limits_of_a_mean_over_items_are_students():
    limits = item_jackknife(X.mean(), left_out_of(X), link=IDENTITY, level=0.95)

    half = 2.364624251592785 * math.sqrt(X.var(ddof=1) / 8)  # t, 7 degrees of freedom
    assert limits.df == 7
    assert limits.low == pytest.approx(X.mean() - half, abs=1e-10)
    assert limits.high == pytest.approx(X.mean() + half, abs=1e-10)
    assert limits.se == pytest.approx(math.sqrt(X.var(ddof=1) / 8), abs=1e-12)


def groups(*values):
    return LeftOut(np.array(values), np.ones(len(values)))


def test_two_way_variance_adds_both_directions_and_takes_the_cells_off_once():
    items, annotators, cells = groups(1.0, 2.0, 4.0), groups(0.0, 3.0), groups(1.0, 1.5)

    limits = two_way_jackknife(0.5, items, annotators, cells, link=IDENTITY)

    v_item, v_ann, v_cell = 2 / 3 * 14 / 3, 1 / 2 * 4.5, 1 / 2 * 0.125
    v = v_item + v_ann - v_cell
    assert limits.components == pytest.approx({"item": v_item, "annotator": v_ann, "cell": v_cell}, abs=1e-12)
    assert limits.se == pytest.approx(math.sqrt(v), abs=1e-12)
    assert limits.df == pytest.approx(v**2 / (v_item**2 / 2 + v_ann**2 / 1), abs=1e-12)


def test_two_way_variance_is_never_below_one_direction_alone():
    limits = two_way_jackknife(0.5, groups(1.0, 2.0), groups(1.0, 1.1), groups(0.0, 9.0), link=IDENTITY)

    assert limits.se == pytest.approx(math.sqrt(1 / 2 * 0.5), abs=1e-12)
    assert limits.df == 2


def test_a_group_without_which_the_value_is_not_defined_means_no_limits():
    limits = two_way_jackknife(0.5, groups(0.4, math.nan), groups(0.4, 0.5), groups(0.4, 0.5))

    assert (limits.low, limits.high, limits.se, limits.df) == (None, None, None, None)
    assert limits.notes == ("No limits: without one of its groups the value is at its end or not defined.",)


def test_a_single_group_means_no_limits():
    assert item_jackknife(0.5, groups(0.4)).low is None


def test_a_value_that_no_group_moves_has_limits_of_no_width():
    limits = item_jackknife(0.5, groups(0.5, 0.5, 0.5))

    assert (limits.low, limits.high, limits.se) == (0.5, 0.5, 0.0)


def test_limits_of_a_proportion_stay_between_zero_and_one():
    limits = item_jackknife(0.98, groups(0.999, 0.9, 0.97, 0.95), link=PROPORTION)

    assert 0 < limits.low < 0.98 < limits.high < 1


def test_a_bootstrap_over_patterns_has_the_spread_of_a_bootstrap_over_items():
    x = np.repeat([0.0, 1.0, 5.0], [40, 30, 10])
    statistics = np.array([[0.0, 1.0], [1.0, 1.0], [5.0, 1.0]])

    drawn = unit_bootstrap(statistics, np.array([40.0, 30.0, 10.0]), mean_of, 20_000, np.random.default_rng(5))

    assert drawn.shape == (20_000,)
    assert drawn.mean() == pytest.approx(x.mean(), abs=0.01)
    assert drawn.std() == pytest.approx(x.std() / math.sqrt(80), rel=0.02)


def test_the_same_seed_draws_the_same_resamples():
    statistics, times = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([3.0, 4.0])

    one = unit_bootstrap(statistics, times, mean_of, 50, np.random.default_rng(9))
    two = unit_bootstrap(statistics, times, mean_of, 50, np.random.default_rng(9))

    np.testing.assert_array_equal(one, two)


def test_resamples_that_are_not_defined_are_dropped_and_counted():
    limits = percentile_limits(np.array([0.1, 0.2, math.nan, 0.3]), 0.5)

    assert limits.low == pytest.approx(0.15)
    assert limits.high == pytest.approx(0.25)
    assert limits.notes == ("1 of 4 resamples had no variation and were dropped.",)


def test_no_defined_resample_means_no_limits():
    assert percentile_limits(np.full(3, math.nan), 0.95).low is None


@pytest.mark.parametrize(
    ("n_items", "n_annotators", "reason"),
    [
        (9, 30, "Too few items for limits: 9, and 10 are needed."),
        (30, 2, "Too few annotators for limits: 2, and 3 are needed."),
        (10, 3, None),
        (10, None, None),
    ],
)
def test_limits_need_ten_items_and_three_annotators(n_items, n_annotators, reason):
    assert too_few(n_items, n_annotators) == reason


def test_blocks_cover_each_row_once_and_stay_small():
    rows = blocks(10, 16 * 2**20)

    assert [(some.start, some.stop) for some in rows] == [(0, 4), (4, 8), (8, 10)]
    assert blocks(0, 8) == []


def an_estimate(**changes):
    fields = {"value": np.float64(0.5), "low": 0.4, "high": None, "level": 0.95, "method": "m", "unit": "alpha"}
    fields |= {"se": None, "df": np.inf, "n_items": np.int64(3), "n_annotators": 2, "n_ratings": 6}
    return Estimate(**fields | changes)


def test_an_estimate_becomes_plain_json_with_null_for_what_is_not_defined():
    estimate = an_estimate(value=math.nan, notes=("why",), components={"item": np.float64(0.25), "cell": math.nan})

    assert json.loads(json.dumps(estimate.to_dict(), allow_nan=False)) == {
        "value": None,
        "low": 0.4,
        "high": None,
        "level": 0.95,
        "method": "m",
        "unit": "alpha",
        "se": None,
        "df": None,
        "n_items": 3,
        "n_annotators": 2,
        "n_ratings": 6,
        "n_abstained": 0,
        "notes": ["why"],
        "components": {"item": 0.25, "cell": None},
    }


def test_an_estimate_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        an_estimate().value = 1.0
