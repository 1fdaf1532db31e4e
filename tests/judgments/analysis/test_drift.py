import json
import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.drift import drift, ewma, residuals, trend

EIGHT = [0.1, -0.2, 0, 0.3, 0.2, 0.5, 0.4, 0.7]


def rng():
    return np.random.default_rng(5)


def study(slope=0.0, who=3, n_people=8, n_items=40, seed=0):
    """Everyone judges every item in an order of their own; some drift upwards."""
    draw = np.random.default_rng(seed)
    item, person = (axis.ravel() for axis in np.indices((n_items, n_people)))
    order = np.argsort(draw.random((n_items, n_people)), axis=0).ravel()
    y = draw.normal(size=n_items)[item] + draw.normal(0, 0.4, len(item)) + slope * order * (person < who)
    return Ratings.from_arrays(item, person, y, Scale("interval")), order


def test_a_course_of_eight_residuals():
    found = trend(EIGHT)

    assert found.slope.value == pytest.approx(0.102381, abs=1e-6)
    assert found.slope.se == pytest.approx(0.023550, abs=1e-6)
    assert found.p == pytest.approx(0.004836, abs=1e-6)
    assert found.spearman == pytest.approx(0.880952, abs=1e-6)
    assert found.last == pytest.approx(0.405101, abs=1e-6)
    assert ewma(EIGHT)[2] == pytest.approx(-0.0273, abs=1e-10)


def test_residuals_leave_the_person_out():
    r = Ratings.from_arrays(
        [0, 0, 0, 1, 0], [0, 1, 2, 0, 0], [1, 2, 6, 5, 3], Scale("interval"), occasion=[0] * 4 + [1]
    )

    left = {(u, j, t): x for u, j, t, x in zip(r.item, r.annotator, r.occasion, residuals(r), strict=True)}

    assert left[0, 0, 0] == pytest.approx(1 - 4)
    assert left[0, 0, 1] == pytest.approx(3 - 4)
    assert left[0, 2, 0] == pytest.approx(6 - 1.5)
    assert math.isnan(left[1, 0, 0])


def test_people_who_drift_are_found_and_others_are_not():
    r, order = study(slope=0.05, who=2)

    found = drift(r, order, n_permutations=499, rng=rng())

    assert (found.people["p_bh"] < 0.05).tolist()[:2] == [True, True]
    assert found.people["slope"][:2].min() > 0.03
    assert found.people["slope"][2:].abs().max() < 0.03


def test_a_pool_that_drifts_as_one_is_seen_against_anchors_alone():
    """What everybody does is part of the others' mean, but not of what anchors showed before."""
    draw = np.random.default_rng(1)
    weeks = 5
    item = np.tile(np.repeat(np.arange(6), 4), weeks)
    person = np.tile(np.arange(4), 6 * weeks)
    week = np.repeat(np.arange(weeks), 24)
    y = draw.normal(size=6)[item] + 0.5 * week + draw.normal(0, 0.1, len(item))
    r = Ratings.from_arrays(item, person, y, Scale("interval"), occasion=week)

    found = drift(r, r.occasion, anchor=np.ones(6, bool), period=r.occasion, rng=rng())

    assert found.anchors["change"].tolist() == pytest.approx([0, 0.5, 1, 1.5, 2], abs=0.1)
    assert found.anchors["n_items"].tolist() == [6] * 5


def test_without_drift_the_pool_covers_zero():
    covered = 0
    for seed in range(20):
        r, order = study(seed=seed, n_items=15)
        found = drift(r, order, n_permutations=9, rng=rng())
        covered += found.pool.low < 0 < found.pool.high
    assert covered >= 17


def test_common_drift_of_some_moves_the_pool():
    r, order = study(slope=0.08, who=6)

    found = drift(r, order, n_permutations=9, rng=rng())

    assert found.pool.low > 0
    assert found.pool_p < 0.05
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_order_of_rows_changes_nothing():
    r, order = study(slope=0.02)
    turn = rng().permutation(len(r))
    again = Ratings.from_arrays(r.item[turn], r.annotator[turn], np.array(r.points)[r.value[turn]], Scale("interval"))

    assert drift(again, order, rng=rng()).to_dict() == drift(r, order, rng=rng()).to_dict()


def test_too_little_to_see_drift():
    empty = Ratings.from_arrays([], [], [], Scale("interval"))
    alone = Ratings.from_arrays(range(6), [0] * 6, range(6), Scale("interval"))
    for r in (empty, alone):
        found = drift(r, np.arange(len(r)), rng=rng())
        assert math.isnan(found.pool.value)
        assert found.people.empty
        assert found.notes[0].startswith("Not defined")
        json.dumps(found.to_dict(), allow_nan=False)
    assert math.isnan(trend([1.0]).slope.value)
    assert trend([1.0, 1.0, 1.0]).slope.notes == ("Nothing changes.",)
    assert math.isnan(trend([]).last)


def test_times_and_periods_run_along_ratings():
    r, order = study()
    with pytest.raises(ValueError, match="320 ratings and 1 times"):
        drift(r, [1], rng=rng())
    with pytest.raises(ValueError, match="1 periods"):
        drift(r, order, anchor=np.ones(40, bool), period=[1], rng=rng())
