import numpy as np
import pytest
from scipy.stats import kstest

from judgments.analysis.permutation import bh, permutation_p, shuffles


def test_adjusted_p_values_are_those_of_the_published_procedure():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]

    adjusted = bh(p)

    assert adjusted == pytest.approx([0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714, 0.216, 0.216, 0.216], abs=1e-6)


def test_the_example_of_benjamini_and_hochberg_has_four_findings_at_five_percent():
    # Benjamini & Hochberg (1995), section 3.2: thrombolysis, 15 comparisons; the first four are rejected.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]  # fmt: skip

    assert (bh(p) <= 0.05).sum() == 4


def test_p_values_that_are_not_defined_do_not_count_as_tests():
    adjusted = bh([0.01, np.nan, 0.04])

    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert np.isnan(bh([np.nan])).all()


def test_a_p_value_is_never_zero():
    assert permutation_p(5.0, np.zeros(99), "high") == 0.01
    assert permutation_p(5.0, np.zeros(99)) == 0.02
    assert permutation_p(0.0, np.zeros(99)) == 1.0
    assert permutation_p(-1.0, np.arange(9.0), "low") == 0.1


def test_a_p_value_without_anything_to_compare_is_not_defined():
    assert np.isnan(permutation_p(np.nan, np.zeros(9)))
    assert np.isnan(permutation_p(1.0, np.full(9, np.nan)))
    assert np.isnan(permutation_p(1.0, np.empty(0)))


def test_a_tail_must_be_known():
    with pytest.raises(ValueError, match="sideways"):
        permutation_p(0, [1], "sideways")


def test_p_values_under_the_null_are_uniform():
    rng = np.random.default_rng(5)
    drawn = rng.normal(size=(200, 400))

    p = permutation_p(drawn[0], drawn[1:], "high")

    assert kstest(p, "uniform").pvalue > 0.01


def test_people_change_places_only_inside_their_stratum():
    strata = np.array(["a", "b", "a", "b", "b"])

    orders = shuffles(5, 50, np.random.default_rng(0), strata)

    assert (strata[orders] == strata).all()
    assert (np.sort(orders, axis=1) == np.arange(5)).all()
    assert len(np.unique(orders, axis=0)) > 5
    with pytest.raises(ValueError, match="5 people and 2 strata"):
        shuffles(5, 1, np.random.default_rng(0), ["a", "b"])
