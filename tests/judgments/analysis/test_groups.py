import json
import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.clustering import adjusted_rand, k_means
from judgments.analysis.groups import (
    opinion_groups,
    proportion_z,
    representation,
    representative_items,
    two_proportions_z,
)


def rng():
    return np.random.default_rng(11)


def crowd(taste=0.0, level=0.0, own=0.0, seed=0, n_items=80, n_people=30, each=10, kind="interval"):
    draw = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), each)
    person = np.concatenate([draw.choice(n_people, each, replace=False) for _ in range(n_items)])
    side = np.where(np.arange(n_people) % 2 == 0, 1.0, -1.0)
    y = draw.normal(size=n_items)[item] + draw.normal(0, level, n_people)[person]
    y += taste * draw.normal(size=n_items)[item] * side[person]
    y += draw.normal(0, own, (n_items, n_people))[item, person] + draw.normal(0, 0.7, len(item))
    if kind == "nominal":
        return Ratings.from_arrays(item, person, np.digitize(y, [-0.6, 0.6]), Scale("nominal", (0, 1, 2))), side
    return Ratings.from_arrays(item, person, y.round(2), Scale("interval")), side


def found(r, **more):
    return opinion_groups(r, (1, 2, 3), repeats=3, n_permutations=99, rng=rng(), **more)


def test_statistics_of_representative_items():
    eight, ten, six, thirty = (np.array(float(n)) for n in (8, 10, 6, 30))

    assert proportion_z(eight, ten) == pytest.approx(2.110579, abs=1e-6)
    assert two_proportions_z(eight, ten, six, thirty) == pytest.approx(3.475779, abs=1e-6)
    assert representation(eight, ten, six, thirty) == pytest.approx(3.428571, abs=1e-6)


@pytest.mark.parametrize("kind", ["interval", "nominal"])
def test_groups_that_are_there_are_found(kind):
    r, side = crowd(taste=1.2, kind=kind)

    groups = found(r)

    assert groups.k == 2
    assert adjusted_rand(groups.group, (side > 0).astype(int)) > 0.8
    assert groups.held_out_share.value > 0.15
    assert groups.p <= 0.05
    assert groups.stability > 0.5


@pytest.mark.parametrize("cause", [{"own": 1.0}, {"level": 1.5}, {}])
def test_without_groups_none_are_reported_and_nothing_is_explained(cause):
    shares = []
    for seed in range(3):
        groups = found(crowd(seed=seed, **cause)[0])
        shares.append(groups.by_k.loc[groups.by_k["k"] == 2, "held_out_share"].item())
        assert groups.k == 1
        assert groups.held_out_share.value == 0.0

    assert np.mean(shares) == pytest.approx(0, abs=0.03)


def test_items_that_split_the_groups_are_those_where_they_differ():
    r, side = crowd(taste=1.5, kind="nominal")

    per_item = found(r).per_item

    gap = []
    for u in range(80):
        here = r.item == u
        up = side[r.annotator[here]] > 0
        value = r.value[here]
        gap.append(abs(value[up].mean() - value[~up].mean()) if 0 < up.sum() < len(up) else 0)
    assert np.corrcoef(gap, per_item["log_bf"])[0, 1] > 0.7
    assert per_item["probability"].between(0, 1).all()


def test_the_same_seed_finds_the_same_whatever_the_order_of_rows():
    r, _ = crowd(taste=1.0)
    order = rng().permutation(len(r))
    shuffled = Ratings.from_arrays(
        r.item[order], r.annotator[order], np.array(r.points)[r.value[order]], Scale("interval")
    )

    assert json.dumps(found(r).to_dict()) == json.dumps(found(shuffled).to_dict())


def test_people_with_few_answers_are_in_no_group():
    r, _ = crowd(taste=1.2)
    few = r.rows((r.annotator != 3) | (r.item < 6))

    groups = found(few)

    assert groups.group[3] == -1
    assert groups.notes == ("People with fewer than 7 answers, in no group: 1.",)
    assert 3 not in np.flatnonzero(groups.group >= 0)


def test_representative_items_lead_with_what_a_group_chose():
    r, side = crowd(taste=1.5, kind="nominal")
    group = (side > 0).astype(np.int64)

    table = representative_items(r, group, np.array([False, False, True]))

    top = table[0].iloc[0]
    assert top["ratio"] > 2
    assert top["p_bh"] < 0.1
    assert table[0]["z"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("columns", "scale", "why"),
    [
        (([], [], []), Scale("interval"), "0 people"),
        (([0, 1], [0, 0], [1, 2]), Scale("interval"), "0 people"),
        (([0, 1], [0, 0], [None, None]), Scale("nominal", ("a",)), "0 people"),
        (([0, 1], [0, 1], [["a"], ["b"]]), Scale("set"), "lie nowhere"),
    ],
)
def test_too_little_gives_no_groups_and_says_why(columns, scale, why):
    groups = found(Ratings.from_arrays(*columns, scale))

    assert groups.k == 1
    assert why in groups.notes[0]
    assert math.isnan(groups.p)
    json.dumps(groups.to_dict(), allow_nan=False)


def test_everybody_alike_gives_no_groups():
    item, person = (axis.ravel() for axis in np.indices((20, 12)))

    groups = found(Ratings.from_arrays(item, person, np.ones(240), Scale("interval")))

    assert groups.k == 1


def test_groups_of_points_and_how_alike_they_are():
    x = np.array([[0.0], [0.1], [5.0], [5.1], [5.2]])

    group = k_means(x, 2, rng())

    assert group.tolist() == [1, 1, 0, 0, 0]
    assert adjusted_rand(group, 1 - group) == 1.0
    # By hand: no pair is together in both, 2/3 of a pair is expected, 2 at most.
    assert adjusted_rand(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
    assert k_means(np.zeros((4, 1)), 2, rng()).max() <= 1
