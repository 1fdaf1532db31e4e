import json
import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import energy_distance, wasserstein_distance

from judgments.analysis import Ratings, Scale
from judgments.analysis.distances import (
    cohort_distance,
    cramer,
    expected_fdr,
    jensen_shannon,
    log_bayes_factor,
    wasserstein,
)

P = np.array([0.1, 0.2, 0.3, 0.2, 0.2])
Q = np.array([0.3, 0.3, 0.2, 0.1, 0.1])


def rng():
    return np.random.default_rng(6)


def two_pools(seed=0, shift=0.0, n_items=30, each=6, kind="ordinal"):
    draw = np.random.default_rng(seed)
    centre = draw.normal(3, 0.5, n_items)[:, None] + np.repeat([0, shift], each)[None, :]
    value = np.clip(np.round(centre + draw.normal(0, 1, (n_items, 2 * each))), 1, 5).astype(int)
    item, annotator = (axis.ravel() for axis in np.indices(value.shape))
    r = Ratings.from_arrays(item, annotator, value.ravel(), Scale(kind, (1, 2, 3, 4, 5)))
    return r, np.arange(2 * each) < each


def test_distances_of_two_distributions():
    assert jensen_shannon(P, Q) == pytest.approx(0.0767803, abs=1e-7)
    assert math.sqrt(jensen_shannon(P, Q)) == pytest.approx(0.2770926, abs=1e-7)
    assert wasserstein(P, Q) == pytest.approx(0.8, abs=1e-12)
    assert cramer(P, Q, unbiased=False) == pytest.approx(0.18, abs=1e-12)
    assert cramer(10 * P, 10 * Q) == pytest.approx(0.0244444, abs=1e-7)


def test_distances_are_those_of_scipy():
    points = np.arange(5)

    assert jensen_shannon(P, Q) == pytest.approx(jensenshannon(P, Q, base=2) ** 2)
    assert wasserstein(P, Q) == pytest.approx(wasserstein_distance(points, points, P, Q))
    assert 2 * cramer(P, Q, unbiased=False) == pytest.approx(energy_distance(points, points, P, Q) ** 2)
    uneven = np.array([0, 1, 5, 6, 10])
    steps = np.diff(uneven).astype(float)
    assert wasserstein(P, Q, steps) == pytest.approx(wasserstein_distance(uneven, uneven, P, Q))


def test_bayes_factors_of_two_items():
    c, d = np.array([[3.0, 2, 0], [2, 2, 1]]), np.array([[0.0, 1, 4], [2, 1, 2]])

    log_bf = log_bayes_factor(c, d)

    assert log_bf == pytest.approx([2.531427, -0.358945], abs=1e-6)
    assert 1 / (1 + np.exp(-log_bf)) == pytest.approx([0.926316, 0.411215], abs=1e-6)


def test_the_unbiased_distance_of_equal_cohorts_is_zero_on_average():
    draw = np.random.default_rng(1)
    c, d = (draw.multinomial(4, P, size=40_000).astype(float) for _ in range(2))

    assert cramer(c, d).mean() == pytest.approx(0, abs=0.012)
    assert cramer(c, d, unbiased=False).mean() > 0.3


def test_expected_false_ones_run_along_the_more_probable_items():
    found = expected_fdr(np.array([0.5, 0.9, np.nan, 0.9, 0.8]))

    assert found[[1, 3]] == pytest.approx([0.1, 0.1])
    assert found[4] == pytest.approx(0.4 / 3)
    assert found[0] == pytest.approx(0.9 / 4)
    assert np.isnan(found[2])


def test_cohorts_that_stand_apart_are_found():
    r, a = two_pools(shift=1.5)

    found = cohort_distance(r, a, ~a, n_permutations=199, rng=rng())

    for distance in (found.wasserstein, found.cramer, found.jsd):
        assert distance.p == 1 / 200
        assert distance.p_bh == 1 / 200
        assert distance.excess > 0
    assert found.wasserstein.estimate.low > found.wasserstein.expected
    assert len(found.splitting()) > 5
    assert (found.splitting()["expected_fdr"] <= 0.1).all()


def test_equal_cohorts_are_as_far_apart_as_shuffled_ones():
    found = [cohort_distance(*_with(two_pools(seed)), n_permutations=99, rng=rng()) for seed in range(60)]

    assert np.mean([each.jsd.estimate.value for each in found]) > 0.1
    assert np.mean([each.jsd.excess for each in found]) == pytest.approx(0, abs=0.012)
    assert np.mean([each.cramer.estimate.value for each in found]) == pytest.approx(0, abs=0.03)
    assert sum(each.wasserstein.p < 0.05 for each in found) <= 8


def _with(pools):
    r, a = pools
    return r, a, ~a


def test_items_carry_their_own_distances():
    r, a = two_pools(3, shift=1.0)

    per_item = cohort_distance(r, a, ~a, n_permutations=0, rng=rng()).per_item

    row = per_item.iloc[4]
    own = np.bincount(r.value[(r.item == 4) & a[r.annotator]], minlength=5).astype(float)
    other = np.bincount(r.value[(r.item == 4) & ~a[r.annotator]], minlength=5).astype(float)
    assert row["wasserstein"] == pytest.approx(float(wasserstein(own, other)))
    assert row["log_bf"] == pytest.approx(float(log_bayes_factor(own[None], other[None])[0]))
    assert (row["n_a"], row["n_b"]) == (6, 6)


def test_jackknife_variances_are_those_of_deleting_and_starting_again():
    r, a = two_pools(2, shift=1.0, n_items=12, each=4)

    found = cohort_distance(r, a, ~a, n_permutations=0, min_size=2, rng=rng()).cramer.estimate

    def value(kept):
        return cohort_distance(r.rows(kept), a, ~a, n_permutations=0, min_size=2, rng=rng()).cramer.estimate.value

    groups = {"item": r.item, "annotator": r.annotator, "cell": np.arange(len(r))}
    for name, group in groups.items():
        left = [value(group != gone) for gone in np.unique(group)]
        assert found.components[name] == pytest.approx((len(left) - 1) * np.var(left), rel=1e-9)


def test_shuffled_distances_are_those_of_shuffled_cohorts():
    r, a = two_pools(5, shift=0.5, n_items=8, each=3)

    found = cohort_distance(r, a, ~a, n_permutations=1, min_size=2, rng=rng())

    order = rng().permuted(np.arange(6)[None], axis=1)[0]
    again = cohort_distance(r, a[order], ~a[order], n_permutations=0, min_size=2, rng=rng())
    assert found.wasserstein.expected == pytest.approx(again.wasserstein.estimate.value, abs=1e-12)
    assert found.cramer.expected == pytest.approx(again.cramer.estimate.value, abs=1e-12)


def test_swapping_the_cohorts_changes_nothing():
    r, a = two_pools(4, shift=0.5)

    one, other = (cohort_distance(r, x, ~x, n_permutations=0, rng=rng()) for x in (a, ~a))

    for name in ("wasserstein", "cramer", "jsd"):
        assert getattr(one, name).estimate.value == pytest.approx(getattr(other, name).estimate.value)
    assert one.per_item["log_bf"].to_numpy() == pytest.approx(other.per_item["log_bf"].to_numpy())


def test_without_an_order_of_points_only_divergence_is_defined():
    r, a = two_pools(kind="nominal")

    found = cohort_distance(r, a, ~a, n_permutations=20, rng=rng())

    assert math.isfinite(found.jsd.p)
    assert math.isnan(found.wasserstein.estimate.value)
    assert found.wasserstein.estimate.notes == ("Not defined: points of a nominal scale have no order.",)


def test_cohorts_that_never_meet_have_no_distance():
    r = Ratings.from_arrays([0, 0, 1, 1], [0, 1, 2, 3], [1, 2, 1, 2], Scale("ordinal", (1, 2)))
    a = np.array([True, True, False, False])

    found = cohort_distance(r, a, ~a, n_permutations=5, min_size=2, rng=rng())

    assert math.isnan(found.wasserstein.estimate.value)
    assert found.per_item.empty
    assert found.wasserstein.estimate.notes[0] == "Not defined: no item has enough answers on both sides."
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
def test_edges(kind):
    scale = Scale(kind, (1, 2))
    for columns in (([], [], []), ([0], [0], [1]), ([0, 0], [0, 1], [None, None]), ([0, 0], [0, 1], [1, 1])):
        r = Ratings.from_arrays(*columns, scale)
        a = np.arange(len(r.annotator_ids)) == 0
        found = cohort_distance(r, a, ~a, n_permutations=5, rng=rng())
        json.dumps(found.to_dict(), allow_nan=False)
        assert found.cramer.estimate.notes


def test_of_small_cohorts_nothing_is_said():
    r, a = two_pools(each=4)

    found = cohort_distance(r, a, ~a, n_permutations=5, rng=rng())

    assert found.jsd.estimate.notes == ("Withheld: fewer than 5 people.",)
    assert math.isnan(found.jsd.estimate.value)
    assert math.isnan(found.jsd.p)
    assert found.per_item.empty


def test_cohorts_must_be_apart_and_run_along_people():
    r, a = two_pools()
    with pytest.raises(ValueError, match="both cohorts"):
        cohort_distance(r, a, a, rng=rng())
    with pytest.raises(ValueError, match="each of 12 annotators"):
        cohort_distance(r, [True], ~a, rng=rng())
