import json
import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.bridging import bridging

SIX = [[1, 1, 0, 1], [1, 1, 0, 1], [1, 0.5, 0, 0.5], [0, 1, 1, 1], [0, 1, 1, 0.5], [0, 0.5, 1, 1]]


def of_table(table, **more):
    """Ratings of a table with annotators as rows and items as columns."""
    annotator, item = np.indices(np.shape(table))
    return Ratings.from_arrays(item.ravel(), annotator.ravel(), np.ravel(table), Scale("interval", **more))


@pytest.mark.parametrize("seed", range(4))
def test_six_people_of_two_minds_on_four_items(seed):
    found = bridging(of_table(SIX), rng=np.random.default_rng(seed))

    assert found.mu == pytest.approx(0.468521, abs=1e-6)
    assert found.items["support"].tolist() == pytest.approx([-0.045471, 0.279732, -0.045471, 0.279732], abs=1e-6)
    assert found.items["axis"].tolist() == pytest.approx([-0.92251, 0, 0.92251, 0], abs=1e-5)
    levels = [0.158408, 0.158408, -0.082556, 0.158408, 0.037926, 0.037926]
    assert found.annotators["level"].tolist() == pytest.approx(levels, abs=2e-6)
    assert found.annotators["axis"].tolist() == pytest.approx([-0.532612] * 3 + [0.532612] * 3, abs=1e-5)
    assert found.objective == pytest.approx(0.6319987878, abs=1e-10)
    assert found.notes == ("No item has five raters on either side of the axis.",)


def two_sides(n_people=40, n_items=20, seed=0):
    """Items 0 to 4 please all, 5 to 9 nobody, 10 to 14 one side and 15 to 19 the other."""
    draw = np.random.default_rng(seed)
    side = np.repeat([-1, 1], n_people // 2)
    mean = np.zeros((n_people, n_items))
    mean[:, :5], mean[:, 5:10] = 2, -2
    mean[:, 10:15], mean[:, 15:] = 2 * side[:, None], -2 * side[:, None]
    return of_table(np.clip(np.round(3 + mean + draw.normal(0, 0.7, mean.shape)), 1, 5), domain=(1, 2, 3, 4, 5))


def test_what_all_sides_like_has_more_support_than_what_one_loves():
    found = bridging(two_sides(), rng=np.random.default_rng(1), n_resamples=40)

    support, axis = found.items["support"], found.items["axis"].abs()
    assert support[:5].min() > support[10:].max() > support[5:10].max()
    assert axis[10:].min() > axis[:10].max()
    assert (found.items["low"] <= found.items["high"]).all()
    assert found.items["low"][:5].min() > found.items["high"][5:10].max()
    assert found.items["enough"].all()
    assert found.notes == ()
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_change_of_units_and_the_order_of_rows_change_nothing():
    r = two_sides()
    order = np.random.default_rng(2).permutation(len(r))
    again = Ratings.from_arrays(
        r.item[order], r.annotator[order], 20 + 10 * r.value[order], Scale("interval", (20, 30, 40, 50, 60))
    )

    first, second = (bridging(each, rng=np.random.default_rng(3)) for each in (r, again))

    assert second.items["support"].to_numpy() == pytest.approx(first.items["support"].to_numpy(), abs=1e-9)


def test_nothing_to_bridge():
    for r in (of_table(np.empty((0, 0))), of_table([[1, 1], [1, 1]])):
        found = bridging(r, rng=np.random.default_rng(0))
        assert math.isnan(found.mu)
        assert found.items.empty
        assert found.notes[0].startswith("Not defined")
    one = bridging(of_table([[1.0, 0.0]]), rng=np.random.default_rng(0))
    assert math.isfinite(one.objective)
