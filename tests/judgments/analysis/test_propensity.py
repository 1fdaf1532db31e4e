import json
import math

import numpy as np
import pytest

from judgments.analysis import alpha
from judgments.analysis.propensity import (
    by_annotator,
    by_propensity,
    effective_n,
    hajek,
    horvitz_thompson,
    rake,
    weighted_shares,
)
from tests.support.ratings import some_ratings

Y, PI = (5, 4, 2, 1, 3), (0.8, 0.8, 0.2, 0.1, 0.5)


def test_the_worked_numbers_of_five_answers():
    found = hajek(Y, PI)

    assert found.value == pytest.approx(1.910256, abs=1e-6)
    assert found.se == pytest.approx(0.536745, abs=1e-6)
    assert found.components["effective_n"] == pytest.approx(2.877956, abs=1e-6)
    assert horvitz_thompson(Y, PI, 20) == pytest.approx(1.8625, abs=1e-12)


def test_equal_propensities_are_the_plain_mean_with_its_standard_error():
    y = np.random.default_rng(1).normal(size=30)

    found = hajek(y, np.full(30, 0.25))

    assert found.value == pytest.approx(y.mean(), abs=1e-12)
    assert found.se == pytest.approx(y.std(ddof=0) / math.sqrt(30), abs=1e-12)
    assert found.components["effective_n"] == pytest.approx(30)


def test_people_who_answer_often_are_one_cluster_each():
    y, people = np.repeat([1.0, 5.0, 2.0], 10), np.repeat(["p", "q", "r"], 10)

    found, alone = hajek(y, np.full(30, 0.5), people), hajek(y, np.full(30, 0.5))

    assert found.se == pytest.approx(alone.se * math.sqrt(10), rel=1e-9)
    assert (found.df, found.n_annotators) == (2, 3)


def test_weighting_takes_back_what_a_skewed_choice_did():
    rng = np.random.default_rng(2)
    y = rng.normal(size=20_000)
    pi = 1 / (1 + np.exp(-2 * y)) * 0.9 + 0.05
    asked = rng.random(20_000) < pi

    assert abs(y[asked].mean()) > 0.3
    assert hajek(y[asked], pi[asked]).low < 0 < hajek(y[asked], pi[asked]).high


def test_hajek_limits_hold_the_mean_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    y = rng.normal(size=400)
    pi = np.clip(0.15 + 0.1 * y, 0.05, 0.9)
    held = 0
    for _ in range(400):
        asked = rng.random(400) < pi
        found = hajek(y[asked], pi[asked])
        held += found.low <= y.mean() <= found.high

    assert 0.9 < held / 400 < 0.99


@pytest.mark.parametrize(("y", "pi", "note"), [((), (), "Not defined"), ((2.0,), (0.5,), "No limits")])
def test_none_and_one_answer_say_what_is_missing(y, pi, note):
    found = hajek(y, pi)

    assert (found.low, found.high, found.se) == (None, None, None)
    assert found.notes[0].startswith(note)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["value"] == (2.0 if y else None)


@pytest.mark.parametrize("pi", [(0.0, 0.5), (1.5, 0.5), (math.nan, 0.5), (0.5,)])
def test_propensities_that_are_none_are_refused(pi):
    with pytest.raises(ValueError, match=r"propensity|length"):
        hajek((1.0, 2.0), pi)
    with pytest.raises(ValueError, match="members"):
        horvitz_thompson((1.0,), (0.5,), 0)


def test_shares_without_weights_are_the_counts_and_add_to_one():
    r = some_ratings(4)

    found = weighted_shares(r)

    counts = np.bincount(r.value, minlength=4)
    assert found["share"].to_list() == pytest.approx(counts / counts.sum())
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()


def test_shares_under_weights_are_those_of_copies():
    r = some_ratings(5)
    weight = np.random.default_rng(5).integers(0, 4, len(r.annotator_ids)).astype(float)

    found = weighted_shares(by_annotator(r, dict(enumerate(weight))))

    copies = np.bincount(r.value, weights=weight[r.annotator], minlength=4)
    assert found["share"].to_list() == pytest.approx(copies / copies.sum())


def test_equal_propensities_change_no_agreement():
    r = some_ratings(6)

    weighted = alpha(by_propensity(r, np.full(len(r), 0.2)))

    assert (weighted.value, weighted.low, weighted.high) == pytest.approx(
        (alpha(r).value, alpha(r).low, alpha(r).high)
    )


def test_weights_of_annotators_reach_their_ratings():
    r = some_ratings(7)
    weight = {j: 0.5 + j / 10 for j in range(6)}

    found = by_annotator(r, weight)

    assert found.weight.tolist() == [weight[j] for j in r.annotator]
    with pytest.raises(ValueError, match="Annotators without a weight: 5"):
        by_annotator(r, dict.fromkeys(range(5), 1.0))
    with pytest.raises(ValueError, match="not negative"):
        by_annotator(r, dict.fromkeys(range(6), -1.0))
    with pytest.raises(ValueError, match="one propensity for each"):
        by_propensity(r, [0.5])


def test_the_effective_number_falls_as_weights_part():
    assert effective_n([1, 1, 1, 1]) == 4
    assert effective_n([3, 1, 1, 1]) == pytest.approx(3)
    assert math.isnan(effective_n([]))


GROUPS = {"age": ["young"] * 6 + ["old"] * 4, "place": ["town", "land"] * 5}
TARGETS = {"age": {"young": 0.4, "old": 0.6}, "place": {"town": 0.7, "land": 0.3}}


def test_raking_meets_all_margins_with_weights_of_one_on_average():
    found = rake(GROUPS, TARGETS)

    for name, shares in TARGETS.items():
        for level, share in shares.items():
            here = np.array(GROUPS[name]) == level
            assert found.weight[here].sum() / 10 == pytest.approx(share, abs=1e-9)
    assert found.weight.mean() == pytest.approx(1)
    assert found.design_effect == pytest.approx(10 / effective_n(found.weight))


def test_raking_to_the_shares_there_are_changes_nothing():
    found = rake(GROUPS, {"age": {"young": 0.6, "old": 0.4}})

    assert found.weight == pytest.approx(np.ones(10))
    assert (found.design_effect, found.rounds) == (pytest.approx(1), 1)


@pytest.mark.parametrize(
    ("groups", "targets", "message"),
    [
        (GROUPS, {"age": {"young": 0.4, "old": 0.4}}, "add to one"),
        (GROUPS, {"age": {"young": 0.4, "old": 0.5, "none": 0.1}}, "Nobody has the age none"),
        (GROUPS, {"age": {"young": 1.0}}, "Without a share of age: old"),
        (GROUPS, {"height": {"tall": 1.0}}, "Nobody's height is known"),
        ({}, {}, "needs people"),
        (
            {"a": ["x", "x", "y"], "b": ["p", "p", "q"]},
            {"a": {"x": 0.5, "y": 0.5}, "b": {"p": 0.9, "q": 0.1}},
            "No weights meet all margins",
        ),
    ],
)
def test_margins_that_cannot_be_met_are_refused_with_the_reason(groups, targets, message):
    with pytest.raises(ValueError, match=message):
        rake(groups, targets)
