import math

import numpy as np
import pytest
from scipy.optimize import linprog

from judgments.analysis.dip import dip


def by_definition(values):
    """The least d so that some distribution, convex up to a mode and concave after it, stays within d of F."""
    x, times = np.unique(values, return_counts=True)
    upper = np.cumsum(times) / len(values)
    return min(_with_mode(place, x, upper - times / len(values), upper) for place in range(len(x)))


def _with_mode(mode, x, lower, upper):
    """G at points up to the mode, then again from the mode on (it may jump there), then d."""
    sides = [(np.arange(mode + 1), x[: mode + 1], 1), (np.arange(mode + 1, len(x) + 1), x[mode:], -1)]
    rows, bounds = [], []

    def at_most(terms, bound):
        row = np.zeros(len(x) + 2)
        for place, factor in terms:
            row[place] += factor
        rows.append(row)
        bounds.append(bound)

    for places, xs, bend in sides:
        shift = 0 if bend > 0 else mode
        for own, place in enumerate(places):
            if not (bend < 0 and own == 0):
                at_most([(place, 1), (-1, -1)], lower[own + shift])
            if not (bend > 0 and own == mode):
                at_most([(place, -1), (-1, -1)], -upper[own + shift])
        for p, q, r in zip(range(len(places)), range(1, len(places)), range(2, len(places)), strict=False):
            left, right = xs[q] - xs[p], xs[r] - xs[q]
            at_most(
                [(places[q], bend * (1 / left + 1 / right)), (places[p], -bend / left), (places[r], -bend / right)], 0
            )
    for place in range(len(x)):
        at_most([(place, 1), (place + 1, -1)], 0)
    cost = np.zeros(len(x) + 2)
    cost[-1] = 1
    return linprog(cost, A_ub=np.array(rows), b_ub=bounds, bounds=[(None, None)] * (len(x) + 1) + [(0, None)]).fun


def test_two_groups_of_four_have_a_dip_of_one_sixth():
    assert dip([1, 2, 3, 4, 10, 11, 12, 13]) == pytest.approx(1 / 6, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_the_dip_is_the_distance_to_the_nearest_unimodal_distribution(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=14) + (rng.random(14) < 0.5) * seed
    if seed % 3 == 0:
        values = np.round(values)  # with ties

    assert dip(values) == pytest.approx(by_definition(values), abs=1e-9)


def test_the_dip_knows_no_unit_no_order_and_no_direction():
    values = np.random.default_rng(20).normal(size=60)

    for same in (values[::-1], 7 + 3 * values, -values):
        assert dip(same) == pytest.approx(dip(values), abs=1e-12)


def test_evenly_spread_values_have_the_smallest_dip_there_is():
    assert dip(np.arange(50.0)) == pytest.approx(1 / 100, abs=1e-12)


def test_two_points_far_apart_have_the_largest():
    assert dip(np.repeat([0.0, 1.0], 500) + np.linspace(0, 1e-6, 1000)) == pytest.approx(0.25, abs=1e-2)


def test_without_values_there_is_no_dip_and_gaps_are_refused():
    assert math.isnan(dip([]))
    assert dip([3.0]) == 0.5
    with pytest.raises(ValueError, match="finite"):
        dip([1.0, math.nan])
