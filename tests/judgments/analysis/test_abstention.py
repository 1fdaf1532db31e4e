import json
import math

import numpy as np
import pytest
from scipy.stats import beta

from judgments.analysis import Ratings, Scale, alpha
from judgments.analysis.abstention import (
    cohort_rates,
    difference_bounds,
    item_bounds,
    item_rates,
    mean_bounds,
    rates,
    reason_rates,
    share_bounds,
    with_abstentions,
)

LIKERT = Scale("ordinal", (1, 2, 3, 4, 5))


def study():
    """Item 0 as in the published example; item 1 with two abstentions."""
    item = [0] * 5 + [1] * 4
    people = [0, 1, 2, 3, 4, 0, 1, 2, 3]
    return Ratings.from_arrays(item, people, [1, 2, 5, 4, None, 3, None, None, 5], LIKERT)


def test_bounds_of_a_mean_with_one_abstention():
    found = mean_bounds([1, 2, 5, 4], 1, 1, 5)

    assert (found.value, found.low, found.high) == pytest.approx((3.0, 2.6, 3.4))
    assert (found.n, found.n_abstained) == (4, 1)


def test_bounds_by_item_are_those_of_each_item():
    found = item_bounds(study())

    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([2.6, 3.4])
    assert found.loc[1, ["value", "low", "high"]].tolist() == pytest.approx([4, 10 / 4, 18 / 4])
    assert found["n_abstained"].tolist() == [1, 2]


def test_bounds_hold_whatever_would_have_been_said():
    draw = np.random.default_rng(0)
    for _ in range(50):
        value = draw.integers(1, 6, 8).astype(float)
        absent = draw.random(8) < 0.4
        found = mean_bounds(value[~absent], int(absent.sum()), 1, 5)
        assert found.low - 1e-12 <= value.mean() <= found.high + 1e-12


def test_bounds_of_a_share():
    found = share_bounds(3, 8, 2)

    assert (found.value, found.low, found.high) == pytest.approx((3 / 8, 0.3, 0.5))


def test_without_abstentions_bounds_are_the_value():
    found = mean_bounds([2, 4], 0, 1, 5)

    assert found.low == found.value == found.high == 3.0


def test_where_nobody_answered_only_the_ends_are_known():
    everyone_abstained, nobody = mean_bounds([], 3, 1, 5), mean_bounds([], 0, 1, 5)

    assert (everyone_abstained.low, everyone_abstained.high) == (1.0, 5.0)
    assert math.isnan(everyone_abstained.value)
    assert nobody.notes == ("Not defined: nobody was asked.",)
    json.dumps(nobody.to_dict(), allow_nan=False)


def test_a_difference_is_robust_only_if_it_survives_the_worst():
    item = np.repeat(np.arange(5), 4)
    people = np.tile(np.arange(4), 5)
    value = np.where(people < 2, 5.0, 1.0)
    a, b = np.arange(4) < 2, np.arange(4) >= 2

    clear = difference_bounds(Ratings.from_arrays(item, people, value, LIKERT), a, b)
    value[people == 0] = np.nan
    value[people == 2] = np.nan
    open_to_doubt = difference_bounds(Ratings.from_arrays(item, people, value, LIKERT), a, b)

    assert (clear.robust, clear.difference.value) == (True, 4.0)
    assert not open_to_doubt.robust
    assert (open_to_doubt.difference.low, open_to_doubt.difference.high) == pytest.approx((0, 4))


def test_rates_have_limits_of_a_beta_distribution():
    found = rates([0, 3], [10, 10], ["a", "b"])

    assert found["rate"].tolist() == [0.0, 0.3]
    assert found.loc[1, "low"] == pytest.approx(beta(3.5, 7.5).ppf(0.025))
    assert found.loc[1, "high"] == pytest.approx(beta(3.5, 7.5).ppf(0.975))


def test_rates_of_many_groups_are_drawn_together():
    alone = rates([1], [1], ["x"])
    among_many = rates([1] + [5] * 40, [1] + [100] * 40, np.arange(41))

    assert among_many.loc[0, "high"] < 0.2
    assert alone.loc[0, "high"] > 0.99


def test_rates_by_item_cohort_and_reason():
    r = study()

    assert item_rates(r)["rate"].tolist() == pytest.approx([0.2, 0.5])
    by_cohort = cohort_rates(r, {"first": np.arange(5) < 2, "rest": np.arange(5) >= 2})
    assert by_cohort["n_abstained"].tolist() == [1, 2]
    assert by_cohort["n_asked"].tolist() == [4, 5]
    by_reason = reason_rates(r, ["ambiguous", None, "ambiguous"])
    assert by_reason["name"].tolist() == ["ambiguous", "unstated"]
    assert by_reason["rate"].tolist() == pytest.approx([2 / 9, 1 / 9])


def test_people_who_decline_for_one_reason_agree():
    r = Ratings.from_arrays(
        [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [None, None, None, "a", "a", "a"], Scale("nominal", ("a", "b"))
    )

    same = with_abstentions(r, ["misfit"] * 3)
    apart = with_abstentions(r, ["misfit", "depends", "rather not"])

    assert alpha(same, interval=None).value == 1.0
    assert alpha(apart, interval=None).value < 1.0
    assert len(same) == 6
    assert with_abstentions(r).points[-1] == "abstain"


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="more people abstained"):
        rates([2], [1], ["a"])
    with pytest.raises(ValueError, match="3 abstentions and 1 reasons"):
        reason_rates(study(), ["x"])


def test_nothing_at_all():
    empty = Ratings.from_arrays([], [], [], LIKERT)

    assert item_bounds(empty).empty
    assert item_rates(empty).empty
    assert reason_rates(empty, []).empty
    assert not difference_bounds(empty, np.zeros(0, bool), np.zeros(0, bool)).robust
    assert len(with_abstentions(empty)) == 0
