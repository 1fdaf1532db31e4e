import json
import math

import numpy as np
import pytest

from judgments.analysis.indicators import expected_discriminability, indicators

THREE = [[3, 4, 2, 5], [3.5, 4.5, 2.5, 5], [4.5, 4.6, 4.4, 5]]


def rng():
    return np.random.default_rng(1)


def test_three_versions_of_which_the_last_stands_at_the_top():
    found = indicators(THREE, rng=rng())

    assert found.discriminability.value == pytest.approx(0.751746, abs=1e-6)
    assert found.by_version["variance"].tolist() == pytest.approx([1.666667, 1.229167, 0.069167], abs=1e-6)
    assert found.variance_slope.value == pytest.approx(-1.591031, abs=1e-6)
    assert not found.converging_while_diverging


def converging(seed=0, shrink=0.6, widen=True):
    """Scores of 40 items that draw together, and reasons that spread out."""
    draw = np.random.default_rng(seed)
    item = draw.normal(0, 1, 40)
    scores = np.array([k + shrink**k * item + draw.normal(0, 0.02, 40) for k in range(4)])
    reasons = [
        draw.random((60, 12)) < np.where(np.arange(12) < (2 + 3 * k if widen else 5), 0.3, 0.01) for k in range(4)
    ]
    return scores, reasons


def test_scores_that_converge_while_reasons_diversify_are_marked():
    scores, reasons = converging()

    found = indicators(scores, reasons=reasons, rng=rng())

    assert found.variance_slope.high < 0
    assert found.diversity_slope.low > 0
    assert found.converging_while_diverging
    assert found.by_version["reasons"].is_monotonic_increasing


def test_either_alone_is_not_marked():
    scores, reasons = converging(widen=False)
    assert not indicators(scores, reasons=reasons, rng=rng()).converging_while_diverging
    steady, spreading = converging(shrink=1.0)
    assert not indicators(steady, reasons=spreading, rng=rng()).converging_while_diverging
    assert not indicators(scores, rng=rng()).converging_while_diverging


def test_versions_that_do_not_differ_are_not_told_apart():
    draw = np.random.default_rng(0)
    values = [
        indicators(draw.normal(size=(3, 30)), n_resamples=2, rng=rng()).discriminability.value for _ in range(200)
    ]

    # F has a mean just above 1 without differences, and 1 − 1/F a median near 0 from below.
    assert np.median(values) < 0.1
    apart = indicators(np.arange(3)[:, None] + draw.normal(0, 0.1, (3, 30)), rng=rng())
    assert apart.discriminability.value > 0.99


def test_shifting_all_scores_and_reordering_items_changes_nothing():
    first, second = (indicators(each, rng=rng()) for each in (np.array(THREE), np.array(THREE)[:, ::-1] + 7.0))

    assert second.discriminability.value == pytest.approx(first.discriminability.value)
    assert second.variance_slope.value == pytest.approx(first.variance_slope.value)


def test_items_that_lack_a_version_are_left_out_and_counted():
    table = np.array(THREE, dtype=float)
    with_gap = np.column_stack([table, [1.0, np.nan, 2.0]])

    found = indicators(with_gap, rng=rng())

    assert found.notes == ("Items that lack a version, left out: 1.",)
    assert found.discriminability.value == pytest.approx(0.751746, abs=1e-6)


def test_what_noise_alone_predicts():
    assert expected_discriminability(1.0, 4.0, 4) == 0.5
    assert math.isnan(expected_discriminability(0.0, 0.0, 4))


def test_too_little_is_not_defined():
    for table in (np.empty((0, 0)), [[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 1.0], [1.0, 1.0]]):
        found = indicators(table, rng=rng())
        assert math.isnan(found.variance_slope.value)
        assert found.variance_slope.notes
        json.dumps(found.to_dict(), allow_nan=False)
    assert indicators([[1.0, 1.0], [1.0, 1.0]], rng=rng()).discriminability.notes


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="versions by items"):
        indicators([1, 2], rng=rng())
    with pytest.raises(ValueError, match="3 versions and 1 tables"):
        indicators(THREE, reasons=[np.eye(2)], rng=rng())
