import json
import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Ratings, Scale, alpha
from judgments.analysis.estimate import AGREEMENT, IDENTITY, LeftOut, two_way_jackknife
from judgments.analysis.repeats import repeat_pairs, retest, retest_alpha
from tests.support.ratings import crossed, rows_of, some_ratings

LADDER = Ratings.from_arrays(
    [0, 0, 0, 0, 1, 1, 1, 1, 0, 1],
    [0, 1, 2, 3, 0, 1, 2, 3, 0, 2],
    [0, 1, 3, 4, 2, 2, 4, 4, 1, 4],
    Scale("interval", (0, 1, 2, 3, 4)),
    occasion=[0] * 8 + [1] * 2,
)


def test_two_repeats_of_which_one_moved_a_point():
    found = retest(LADDER, guard=False)

    assert found.distance.value == 0.5
    assert found.same.value == 0.5
    assert (found.distance.n_items, found.distance.n_annotators, found.distance.n_ratings) == (2, 2, 4)


def test_pairs_are_neighbouring_occasions_of_one_person_with_one_item():
    r = Ratings.from_arrays(
        [7] * 5, ["p", "p", "p", "q", "q"], [1, 2, 3, 1, 3], Scale("nominal"), occasion=[0, 1, 2, 0, 1]
    )

    pairs = repeat_pairs(r)

    assert [tuple(row) for row in np.column_stack([pairs.before, pairs.after, pairs.occasion])] == [
        (0, 1, 1),
        (1, 2, 2),
        (0, 2, 1),
    ]


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
def test_retest_alpha_is_alpha_with_a_person_on_an_item_as_the_item(kind):
    r = some_ratings(1, again=0.5, kind=kind)
    occasions = Ratings.from_arrays(r.item * 1000 + r.annotator, r.occasion, np.array(r.points)[r.value], r.scale)

    assert retest_alpha(r).value == pytest.approx(alpha(occasions, interval=None).value, abs=1e-12)


@pytest.mark.parametrize("kind", ["nominal", "ordinal"])
def test_limits_are_those_of_deleting_and_starting_again(kind):
    r = some_ratings(2, again=0.6, kind=kind)
    estimate = retest_alpha(r, guard=False)
    cell_size = pd.Series(1, index=range(len(r))).groupby([r.item, r.annotator]).transform("size").to_numpy()
    kept = r.rows(cell_size > 1)

    def left(key):
        rows = rows_of(kept)
        values = [
            retest_alpha(kept.rows(np.array([key(row) != gone for row in rows])), guard=False).value
            for gone in sorted({key(row) for row in rows})
        ]
        return LeftOut(np.array(values), np.ones(len(values)))

    groups = (lambda row: row[0], lambda row: row[1], lambda row: row[:2])
    limits = two_way_jackknife(estimate.value, *(left(key) for key in groups), link=AGREEMENT)

    assert (estimate.low, estimate.high) == pytest.approx((limits.low, limits.high), rel=1e-9)


def test_the_variance_of_the_mean_distance_is_the_two_way_variance_of_a_mean():
    r = some_ratings(3, again=1.1, kind="interval", share=1.1)
    found = retest(r).distance
    pairs = repeat_pairs(r)
    x = (pairs.before - pairs.after).astype(float) ** 2

    def left(codes):
        return LeftOut(np.array([x[codes != gone].mean() for gone in np.unique(codes)]), np.ones(len(set(codes))))

    limits = two_way_jackknife(
        x.mean(), left(pairs.item), left(pairs.annotator), left(np.arange(len(x))), link=IDENTITY
    )

    assert found.value == pytest.approx(x.mean(), abs=1e-12)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high), rel=1e-9)


def test_distance_by_gap_counts_only_repeats_whose_gap_is_known():
    index = pd.MultiIndex.from_tuples([(0, 0, 1)])

    by_gap = retest(LADDER, gap=pd.Series([3.5], index=index), edges=(1, 7)).by_gap

    assert by_gap[["from", "to", "n"]].to_numpy().tolist() == [[0, 1, 0], [1, 7, 1], [7, math.inf, 0]]
    assert by_gap["distance"].to_list()[1] == 1.0
    assert by_gap["same"].to_list()[1] == 0.0


@pytest.mark.parametrize(
    "r", [crossed(np.zeros((0, 0)), Scale("interval")), some_ratings(4), crossed([[1.0]], Scale("interval"))]
)
def test_without_a_repeat_nothing_is_defined(r):
    found = retest(r)

    for estimate in (found.alpha, found.same, found.distance):
        assert math.isnan(estimate.value)
        assert estimate.notes == ("Not defined: nobody answered an item twice.",)
    assert found.by_gap.empty
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["alpha"]["value"] is None


def test_repeats_that_are_all_one_answer_say_nothing_about_chance():
    item, annotator, occasion = np.indices((12, 3, 2)).reshape(3, -1)
    r = Ratings.from_arrays(item, annotator, np.full(72, 2), Scale("nominal", (1, 2)), occasion=occasion)

    found = retest(r)

    assert math.isnan(found.alpha.value)
    assert found.same.value == 1.0
    assert (found.distance.value, found.distance.low, found.distance.high) == (0.0, 0.0, 0.0)


def test_few_people_repeating_have_values_and_no_limits():
    found = retest(LADDER)

    assert found.distance.low is None
    assert found.distance.notes == ("Too few items for limits: 2, and 10 are needed.",)
