import itertools
import json
import math

import numpy as np
import pytest

from judgments.analysis.saturation import hill, newly_seen, rarefied, saturation

FIVE = np.array([[int(c) for c in row] for row in ("110000", "101000", "110100", "010010", "100001")])


def rng():
    return np.random.default_rng(2)


def test_five_raters_and_six_codes():
    found = saturation(FIVE, rng())

    assert (found.seen, found.once, found.twice, found.m) == (6, 4, 0, 5)
    assert found.chao2 == pytest.approx(10.8)
    assert found.coverage == pytest.approx(0.636364, abs=1e-6)


def test_hill_numbers():
    assert [hill([6, 3, 1], q) for q in (0, 1, 2)] == pytest.approx([3, 2.454556, 2.173913], abs=1e-6)
    assert hill([4, 4, 4, 0], 1) == pytest.approx(3)
    assert hill([6, 3, 1], 1 + 1e-9) == pytest.approx(hill([6, 3, 1], 1), abs=1e-6)
    assert math.isnan(hill([0, 0], 1))


def test_the_curve_is_the_mean_over_all_choices_of_raters():
    curve = saturation(FIVE, rng()).curve

    for n in range(1, 6):
        sizes = [FIVE[list(some)].any(axis=0).sum() for some in itertools.combinations(range(5), n)]
        assert curve["codes"][n - 1] == pytest.approx(np.mean(sizes))
    assert (curve["low"] <= curve["high"]).all()
    assert curve["high"].iloc[-1] == 6


def test_the_estimated_number_lies_closer_to_the_truth_than_the_number_seen():
    draw = rng()
    rate = draw.uniform(0.02, 0.3, 60)
    found = [saturation(draw.random((25, 60)) < rate, draw, n_orders=1) for _ in range(60)]

    seen, estimated = (np.mean([getattr(each, name) for each in found]) for name in ("seen", "chao2"))
    assert seen < estimated
    assert abs(estimated - 60) < abs(seen - 60)


def test_reading_on_is_seen_to_bring_nothing_new():
    found = saturation(np.ones((40, 3)), rng())

    assert found.new_share == pytest.approx(0)
    assert (found.coverage, found.chao2) == (1.0, 3.0)


def test_groups_are_compared_at_equal_coverage():
    draw = rng()
    many = draw.random((60, 30)) < 0.2

    codes, n = rarefied(many, 0.8)
    few, n_few = rarefied(many[:20], 0.8)

    assert n < 30
    assert few == pytest.approx(codes, rel=0.25)
    assert abs(n - n_few) <= 4
    assert rarefied(FIVE, 0.99) == (pytest.approx(math.nan, nan_ok=True), 0)


def test_the_order_of_raters_and_codes_does_not_matter():
    one, other = saturation(FIVE, rng()), saturation(FIVE[::-1, ::-1], rng())

    assert (one.chao2, one.coverage) == (other.chao2, other.coverage)
    assert one.curve["codes"].tolist() == pytest.approx(other.curve["codes"].tolist())
    assert saturation(3 * FIVE, rng()).chao2 == one.chao2


def test_nobody_used_a_code():
    for empty in (np.zeros((3, 2)), np.zeros((0, 0)), np.zeros((0, 4))):
        found = saturation(empty, rng())
        assert found.notes == ("Nobody used a code.",)
        assert math.isnan(found.coverage)
        json.dumps(found.to_dict(), allow_nan=False)
    single = saturation([[1, 0]], rng())
    assert (single.chao2, single.coverage) == (1.0, 0.0)


def test_what_is_no_incidence_is_refused():
    for wrong in ([1, 0], [[-1]]):
        with pytest.raises(ValueError, match="raters by codes"):
            saturation(wrong, rng())


def test_a_code_is_new_in_the_block_of_its_first_use_alone():
    used = [[1, 0, 0], [0, 2, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]]

    assert newly_seen(used, 2).tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert newly_seen(used, 1).tolist()[1] == [0, 1, 0, 0, 0]
