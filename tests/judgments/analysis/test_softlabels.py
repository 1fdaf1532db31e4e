import json
import math

import numpy as np
import pytest
from scipy.stats import binom

from judgments.analysis.posterior import posterior
from judgments.analysis.softlabels import (
    compare,
    distance,
    error_rate,
    human_scores,
    manhattan_floor,
    normalised_absolute_distance,
    score,
    wasserstein_floor,
)

P = np.array([0.1, 0.2, 0.4, 0.3])


def rng():
    return np.random.default_rng(0)


# The scores of the LeWiDi 2025 task


def test_published_examples_of_the_scores():
    a, b = np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([[0.4, 0.6], [0.9, 0.1]])
    target = np.array([[0, 0.2, 0.3, 0.5], [1, 0, 0, 0]])
    predicted = np.array([[0.1, 0.1, 0.4, 0.4], [0.5, 0.5, 0, 0]])

    assert distance("manhattan", a, b).mean() == pytest.approx(0.6, abs=1e-10)
    assert distance("wasserstein", target, predicted).mean() == pytest.approx(0.35, abs=1e-10)
    assert distance("cross_entropy", target, predicted).mean() == pytest.approx(0.943348, abs=1e-6)
    assert error_rate([[0, 1, 1], [1, 1]], [[0, 0, 1], [1, 0]]) == pytest.approx(0.416667, abs=1e-6)
    nad = normalised_absolute_distance([[1, 4, 6], [5, 5]], [[2, 4, 3], [5, 2]], 6)
    assert nad == pytest.approx(0.236111, abs=1e-6)


def test_the_floor_of_five_answers():
    assert manhattan_floor(P[None], np.array([5.0]))[0] == pytest.approx(0.587930, abs=1e-6)
    assert wasserstein_floor(P[None], np.array([5.0]))[0] == pytest.approx(0.463842, abs=1e-6)


def test_the_floor_is_what_the_truth_scores_on_average():
    drawn = rng().multinomial(5, P, size=200_000) / 5

    assert np.abs(drawn - P).sum(axis=1).mean() == pytest.approx(0.587930, abs=2e-3)
    upto = np.abs(np.cumsum(drawn - P, axis=1)).sum(axis=1)
    assert upto.mean() == pytest.approx(0.463842, abs=2e-3)


@pytest.mark.parametrize("m", [1, 2, 7, 30])
@pytest.mark.parametrize("p", [0.0, 0.03, 0.2, 0.5, 1.0])
def test_mean_deviations_are_exact(m, p):
    k = np.arange(m + 1)
    exact = (binom.pmf(k, m, p) * np.abs(k / m - p)).sum()

    assert manhattan_floor(np.array([[p, 1 - p]]), np.array([float(m)]))[0] == pytest.approx(2 * exact, abs=1e-12)


def test_one_person_against_the_others_is_that_of_leaving_each_out():
    counts = np.array([[2.0, 1, 0, 2], [0, 0, 0, 1], [4, 0, 0, 0]])

    for metric in ("manhattan", "wasserstein", "cross_entropy"):
        found = human_scores(counts, metric)
        answers = np.repeat(np.arange(4), counts[0].astype(int))
        each = []
        for place, v in enumerate(answers):
            others = np.bincount(np.delete(answers, place), minlength=4) / 4
            own = np.eye(4)[v]
            each.append(distance(metric, own, others) if metric == "cross_entropy" else distance(metric, others, own))
        assert found[0] == pytest.approx(np.mean(each))
        assert math.isnan(found[1])
        assert found[2] == pytest.approx(0, abs=1e-9)


def test_the_truth_scores_its_floor_and_better_than_a_person():
    draw = rng()
    truth = draw.dirichlet([1, 1, 1, 1], size=3_000)
    counts = np.array([draw.multinomial(5, p) for p in truth])

    found = score(truth, counts)

    sizes = np.full(3_000, 5.0)
    of_the_truth = {"manhattan": manhattan_floor(truth, sizes), "wasserstein": wasserstein_floor(truth, sizes)}
    for name, floor in of_the_truth.items():
        assert found.floor[name].value == pytest.approx(floor.mean(), abs=0.01)
        assert found.score[name].value == pytest.approx(floor.mean(), abs=4 * found.score[name].se)
        assert found.score[name].value < found.human[name].value
    json.dumps(found.to_dict(), allow_nan=False)


def test_floors_are_averaged_over_what_the_truth_may_be():
    counts = np.array([[3, 2, 0], [0, 0, 5], [1, 0, 1]])
    m = counts.sum(axis=1).astype(float)

    found = score(np.full((3, 3), 1 / 3), counts, prior="jeffreys").floor

    drawn = posterior(counts, "jeffreys").draws(100_000, rng())
    sizes = np.broadcast_to(m[:, None], drawn.shape[:2]).ravel()
    manhattan = manhattan_floor(drawn.reshape(-1, 3), sizes).mean()
    wasserstein = wasserstein_floor(drawn.reshape(-1, 3), sizes).mean()
    assert found["manhattan"].value == pytest.approx(manhattan, abs=2e-3)
    assert found["wasserstein"].value == pytest.approx(wasserstein, abs=2e-3)


def test_closer_predictions_are_told_apart_and_equal_ones_are_not():
    draw = rng()
    truth = draw.dirichlet([0.5, 0.5, 0.5], size=200)
    counts = np.array([draw.multinomial(8, p) for p in truth])
    even = np.full(truth.shape, 1 / 3)

    found = compare({"truth": truth, "even": even, "again": truth}, counts, rng=rng()).set_index(["a", "b"])

    assert found.loc[("truth", "even"), "high"] < 0
    assert found.loc[("truth", "even"), "p_bh"] < 0.01
    assert found.loc[("truth", "again"), ["difference", "p"]].tolist() == [0.0, 1.0]
    assert found.loc[("truth", "even"), "difference"] == pytest.approx(
        score(truth, counts).score["manhattan"].value - score(even, counts).score["manhattan"].value
    )


def test_a_share_of_zero_is_not_an_infinite_penalty():
    assert score([[1.0, 0.0]], [[1, 1]]).score["cross_entropy"].value == pytest.approx(-0.5 * math.log(1e-12))


def test_items_without_answers_are_left_out():
    with_gap = score([[0.5, 0.5], [0.1, 0.9]], [[1, 3], [0, 0]], prior="jeffreys")

    assert with_gap.score["manhattan"].n_items == 1
    assert with_gap.per_item["item"].tolist() == [0]
    nothing = score(np.empty((0, 2)), np.empty((0, 2)))
    assert math.isnan(nothing.score["manhattan"].value)
    assert nothing.score["manhattan"].notes
    assert math.isnan(compare({"a": np.empty((0, 2)), "b": np.empty((0, 2))}, np.empty((0, 2)), rng=rng())["p"][0])
    assert math.isnan(error_rate([], []))


def test_what_is_no_prediction_is_refused():
    with pytest.raises(ValueError, match="add to 1"):
        score([[0.5, 0.6]], [[1, 1]])
    with pytest.raises(ValueError, match="tables of items by points"):
        score([[0.5, 0.5]], [[1, 1, 1]])
    with pytest.raises(ValueError, match="not as many predictions"):
        error_rate([[1]], [[1, 2]])
    with pytest.raises(ValueError, match="Unknown score"):
        distance("f1", P, P)
