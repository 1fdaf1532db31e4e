import json
import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.transfer import (
    Step,
    difference,
    dominance,
    equivalence_p,
    paired_transfer,
    sign_flip_p,
    step,
    surviving_share,
    transfer,
)

BASE = [[0.1, 0.2, 0.3, 0.2, 0.2], [0, 0.1, 0.2, 0.4, 0.3]]
VARIANT = [[0.2, 0.3, 0.2, 0.2, 0.1], [0, 0.1, 0.3, 0.3, 0.3]]
EIGHT = [0.1, -0.2, 0.05, 0, 0.15, -0.1, 0.2, -0.05]


def rng():
    return np.random.default_rng(9)


def test_two_families():
    found = transfer(BASE, VARIANT, 0.5, rng=rng())

    assert found.per_family["wasserstein"].tolist() == pytest.approx([0.5, 0.1], abs=1e-10)
    assert found.per_family["shift"].tolist() == pytest.approx([-0.5, -0.1], abs=1e-10)
    assert found.shift.value == pytest.approx(-0.3)


def test_tests_of_eight_shifts():
    assert np.mean(EIGHT) == pytest.approx(0.01875)
    assert np.std(EIGHT, ddof=1) / math.sqrt(8) == pytest.approx(0.047186, abs=1e-6)
    assert sign_flip_p(EIGHT, rng()) == pytest.approx(0.796875, abs=1e-10)
    assert equivalence_p(EIGHT, 0.3) == pytest.approx(0.000282, abs=1e-6)


def test_drawn_flips_are_close_to_all_of_them():
    many = [*EIGHT, 0.3, 0.2, -0.1, 0.25, 0.1]
    signs = np.array(np.meshgrid(*[[1, -1]] * 13)).reshape(13, -1).T
    exact = (np.abs(signs @ many) >= abs(sum(many)) - 1e-12).mean()

    assert sign_flip_p(many, rng()) == pytest.approx(exact, abs=0.015)


def pairs(shift=0.0, seed=0, n_families=10, n_people=6):
    """Item 2f is the base of family f and 2f + 1 its variant; all people judge both."""
    draw = np.random.default_rng(seed)
    item, person = (axis.ravel() for axis in np.indices((2 * n_families, n_people)))
    y = draw.normal(size=n_families)[item // 2] + draw.normal(0, 2, n_people)[person]
    y += draw.normal(0, 0.2, len(item)) + shift * (item % 2)
    family = [f"family {f}" for f in np.repeat(range(n_families), 2)]
    r = Ratings.from_arrays(item, person, y, Scale("interval"))
    return r, family, np.arange(2 * n_families) % 2 == 1


def test_pairs_of_one_person_show_a_shift_that_levels_would_hide():
    found = paired_transfer(*pairs(shift=0.3), margin=0.2, rng=rng())

    assert found.shift.low < 0.3 < found.shift.high
    assert found.p < 0.01
    assert not found.is_equivalent()
    assert found.per_family["n_people"].tolist() == [6] * 10


def test_no_shift_is_the_same_only_inside_a_margin_it_can_show():
    wide, narrow = (paired_transfer(*pairs(), margin=margin, rng=rng()) for margin in (0.2, 0.01))

    assert wide.is_equivalent()
    assert not narrow.is_equivalent()
    assert narrow.p > 0.05


def test_people_who_judged_one_form_alone_are_left_out():
    r, family, variant = pairs(n_families=2, n_people=3)
    fewer = r.rows(~((r.item == 1) & (r.annotator == 0)))

    found = paired_transfer(fewer, family, variant, margin=1, rng=rng())

    assert found.per_family["n_people"].tolist() == [2, 3]
    assert found.per_family["family"].tolist() == ["family 0", "family 1"]


def test_swapping_base_and_variant_turns_the_sign():
    r, family, variant = pairs(shift=0.2)

    there, back = (paired_transfer(r, family, mark, 0.5, rng=rng()) for mark in (variant, ~variant))

    assert there.shift.value == pytest.approx(-back.shift.value)
    assert there.p == back.p
    assert there.equivalence_p == pytest.approx(back.equivalence_p)


def test_the_share_of_a_signal_that_survives():
    kept = np.array([[1.0, 1.2], [2.0, 2.1], [3.1, 3.0], [4.0, 4.2]])
    lost = np.array([[1.0, 4.0], [2.0, 3.1], [3.1, 2.0], [4.0, 1.2]])

    assert surviving_share(kept).value > 0.98
    assert surviving_share(lost).value == 0.0
    # By hand: mean squares 2 (families, times two contexts) and 0 (residual).
    assert surviving_share([[0, 1], [1, 2], [2, 3]]).value == 1.0


def test_nothing_or_one_family():
    nothing = transfer(np.empty((0, 3)), np.empty((0, 3)), 0.5, rng=rng())
    assert math.isnan(nothing.shift.value)
    assert math.isnan(nothing.p)
    json.dumps(nothing.to_dict(), allow_nan=False)
    one = transfer(BASE[:1], VARIANT[:1], 0.5, rng=rng())
    assert one.shift.notes == ("One family only.",)
    assert one.p == 1.0
    unanswered = transfer([[0, 0], [1, 1]], [[1, 1], [1, 1]], 0.5, rng=rng())
    assert unanswered.per_family["family"].tolist() == [1]
    assert math.isnan(surviving_share([[1.0, 2.0]]).value)
    assert equivalence_p([0.1, 0.1], 0.2) == 0.0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="margin is positive"):
        transfer(BASE, VARIANT, 0, rng=rng())
    with pytest.raises(ValueError, match="tables of families"):
        transfer(BASE, VARIANT[:1], 1, rng=rng())
    r, family, variant = pairs()
    with pytest.raises(ValueError, match="20 items, 1 families"):
        paired_transfer(r, family[:1], variant, 1, rng=rng())


# Words for one step -------------------------------------------------------------------------------

NONE = (0, 24)


@pytest.mark.parametrize(
    ("base", "shift", "words", "towards"),
    [
        ([0, 0, 3, 15, 5, 1, 0], [0, 0, 4, 15, 4, 1, 0], ("holds",), 0),
        ([0, 3, 9, 9, 3, 0, 0], [0, 0, 2, 9, 9, 4, 0], ("slides",), 1),
        ([0, 0, 2, 9, 9, 4, 0], [0, 3, 9, 9, 3, 0, 0], ("slides",), -1),
        ([0, 0, 3, 18, 3, 0, 0], [0, 5, 6, 1, 0, 6, 6], ("splits",), 0),
        ([0, 5, 6, 1, 0, 6, 6], [0, 0, 3, 18, 3, 0, 0], ("gathers",), 0),
        ([2, 4, 6, 0, 6, 4, 2], [0, 0, 4, 16, 4, 0, 0], ("gathers",), 0),
        ([0, 4, 0], [0, 0, 9], (), 0),
    ],
)
def test_a_step_is_named_by_what_the_answers_do(base, shift, words, towards):
    assert step(base, shift, NONE, NONE) == Step(words, towards)


def test_a_misfit_appears_only_where_it_is_common_and_new():
    counts = [0, 8, 8, 0]

    assert step(counts, counts, (0, 20), (4, 20)).words == ("misfit appears",)
    assert step(counts, counts, (3, 20), (4, 20)).words == ("holds",)
    assert step(counts, counts, (0, 20), (2, 20)).words == ("holds",)
    assert step(counts, [0, 0, 1, 15], (0, 20), (4, 20)).words == ("slides", "gathers", "misfit appears")


def test_dominance_turns_with_the_scale_and_difference_does_not():
    p, q = np.array([3.0, 1, 0, 2]), np.array([0.0, 2, 2, 1])

    assert dominance(p, q) == pytest.approx(10 / 30)
    assert dominance(p[::-1], q[::-1]) == pytest.approx(-10 / 30)
    assert dominance(q, p) == pytest.approx(-10 / 30)
    assert difference(p) == pytest.approx(difference(p[::-1])) == pytest.approx(25 / 15)
    assert math.isnan(dominance(p, 0 * q))
    assert math.isnan(difference(np.array([1.0, 0])))
