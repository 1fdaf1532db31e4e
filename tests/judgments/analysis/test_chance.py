import json
import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Ratings, Scale, pair_agreement
from judgments.analysis.chance import agreement_weights, brennan_prediger, conger, fleiss, gwet
from judgments.analysis.estimate import AGREEMENT, LeftOut, two_way_jackknife
from tests.support.ratings import crossed, some_ratings

LIKERT = (1, 2, 3, 4, 5)
BY_TOTALS = (gwet, fleiss, brennan_prediger)


@pytest.fixture
def k(published):
    return Ratings.from_frame(published, Scale("ordinal", LIKERT))


@pytest.mark.parametrize(
    ("measure", "weights", "value", "se"),
    [
        (gwet, "identity", 0.7754440681, 0.1429499506),
        (fleiss, "identity", 0.7611692754, 0.1530192035),
        (brennan_prediger, "identity", 0.7727272727, 0.1447166199),
        (conger, "identity", 0.7620668937, 0.1501087951),
        (gwet, "quadratic", 0.9140007236, 0.1039622446),
        (fleiss, "quadratic", 0.8649350649, 0.1460336108),
        (brennan_prediger, "quadratic", 0.9015151515, 0.1108943750),
        (conger, "quadratic", 0.8571682241, None),
        (gwet, "ordinal", 0.8989397699, 0.1069035238),
        (fleiss, "ordinal", 0.8502061894, None),
        (brennan_prediger, "ordinal", 0.8863636364, None),
    ],
)
def test_values_and_standard_errors_are_those_of_an_independent_program(k, measure, weights, value, se):
    estimate = measure(k, weights, interval="linearisation")

    assert estimate.value == pytest.approx(value, abs=1e-10)
    if se is not None:
        assert estimate.se == pytest.approx(se, abs=1e-10)
    assert (estimate.n_items, estimate.n_annotators, estimate.n_ratings) == (12, 4, 41)


def test_fleiss_kappa_of_diagnoses_is_as_published(reference):
    counts = pd.read_csv(reference / "fleiss_1971.csv", comment="#").to_numpy()[:, 1:]
    answers = np.array([np.repeat(np.arange(counts.shape[1]), row) for row in counts])

    r = crossed(answers, Scale("nominal", tuple(range(counts.shape[1]))))

    assert round(fleiss(r, interval=None).value, 3) == 0.430
    assert round(pair_agreement(r, interval=None).value, 4) == 0.5556


def test_two_annotators_have_cohens_kappa_and_its_published_standard_error(reference):
    slides = pd.read_csv(reference / "agresti_2002.csv", comment="#")
    pairs = np.repeat(slides[["first", "second"]].to_numpy(), slides["slides"], axis=0)

    estimate = conger(crossed(pairs, Scale("nominal", (1, 2, 3, 4))))

    assert round(estimate.value, 3) == 0.493
    assert round(estimate.se, 3) == 0.057
    assert estimate.n_items == 118


def test_cohens_own_example_has_his_kappa():
    """Cohen (1960), doi:10.1177/001316446002000104: two psychiatrists, 200 cases; kappa .492."""
    table = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    a, b = np.indices(table.shape)
    pairs = np.column_stack([np.repeat(a.ravel(), table.ravel()), np.repeat(b.ravel(), table.ravel())])

    assert round(conger(crossed(pairs, Scale("nominal", (0, 1, 2)))).value, 3) == 0.492


def test_the_published_table_has_gwets_printed_limits(k):
    """Gwet (2014) analyses these four raters; AC1 .775, 95% limits from .461 up to 1 (there cut off at 1)."""
    estimate = gwet(k, interval="linearisation")

    assert round(estimate.low, 3) == 0.461
    assert estimate.high > 1


@pytest.mark.parametrize("measure", BY_TOTALS)
@pytest.mark.parametrize("weights", ["identity", "quadratic"])
def test_two_way_limits_are_those_of_deleting_and_starting_again(measure, weights):
    r = some_ratings(3)

    def left(kept):
        values = np.array([measure(each, weights, interval=None).value for each in kept])
        return LeftOut(values, np.ones(len(values)))

    n_items, n_annotators, place = len(r.item_ids), len(r.annotator_ids), np.arange
    items = left(r.where(items=place(n_items) != u) for u in np.unique(r.item))
    annotators = left(r.where(annotators=place(n_annotators) != j) for j in np.unique(r.annotator))
    cells = left(r.rows(place(len(r)) != row) for row in range(len(r)))
    estimate = measure(r, weights)

    limits = two_way_jackknife(estimate.value, items, annotators, cells, link=AGREEMENT)

    assert (estimate.low, estimate.high) == pytest.approx((limits.low, limits.high), rel=1e-9)


def test_kappa_of_linearisation_and_of_the_jackknife_over_items_agree_on_many_items():
    r = some_ratings(4, n_items=400)

    for measure in BY_TOTALS:
        assert measure(r, interval="items").se == pytest.approx(measure(r, interval="linearisation").se, rel=0.02)


def test_names_of_answers_do_not_matter_to_nominal_kappas():
    r = some_ratings(5, share=1.1)
    values = np.array(["d", "a", "c", "b"])[r.value]

    renamed = Ratings.from_arrays(r.item, r.annotator, values, Scale("nominal", ("a", "b", "c", "d")))

    for measure in (*BY_TOTALS, conger):
        assert measure(renamed).value == pytest.approx(measure(r).value, abs=1e-12)


def test_weights_are_one_on_the_diagonal_and_zero_between_the_ends():
    r = some_ratings(6, n_points=5)

    assert agreement_weights(r, "ordinal")[0] == pytest.approx([1, 0.9, 0.7, 0.4, 0])
    assert agreement_weights(r, "linear")[0] == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    assert agreement_weights(r, "quadratic")[0] == pytest.approx([1, 15 / 16, 0.75, 7 / 16, 0])
    np.testing.assert_array_equal(agreement_weights(r, np.eye(5)), np.eye(5))


def test_weights_of_an_interval_scale_know_how_far_its_points_are_apart():
    r = crossed([[0, 1], [10, 0]], Scale("interval", (0, 1, 10)))

    assert agreement_weights(r, "linear")[0] == pytest.approx([1, 0.9, 0])


@pytest.mark.parametrize("weights", ["cubic", np.zeros((4, 4)), np.eye(3)])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="eights"):
        gwet(some_ratings(7), weights)


@pytest.mark.parametrize("measure", [*BY_TOTALS, conger])
@pytest.mark.parametrize(
    ("table", "why"),
    [
        (np.zeros((0, 0)), "Not defined: no item has two ratings."),
        (np.ones((5, 1)), "Not defined: no item has two ratings."),
        (np.full((4, 3), np.nan), "Not defined: no item has two ratings."),
    ],
    ids=["empty", "one annotator", "all abstained"],
)
def test_without_a_pair_there_is_no_kappa(measure, table, why):
    estimate = measure(crossed(table, Scale("nominal", LIKERT)))

    assert math.isnan(estimate.value)
    assert (estimate.low, estimate.high) == (None, None)
    assert estimate.notes[0] == why
    assert json.loads(json.dumps(estimate.to_dict(), allow_nan=False))["value"] is None


@pytest.mark.parametrize("measure", [fleiss, conger])
def test_where_chance_alone_agrees_kappa_is_not_defined(measure):
    estimate = measure(crossed(np.full((12, 4), 3), Scale("nominal", LIKERT)))

    assert math.isnan(estimate.value)
    assert estimate.notes[0] == "Not defined: by chance alone all would agree."


def test_one_answer_throughout_is_full_agreement_for_gwet():
    assert gwet(crossed(np.full((12, 4), 3), Scale("nominal", LIKERT))).value == 1.0


def test_a_scale_of_one_point_leaves_nothing_to_chance():
    estimate = gwet(crossed(np.full((12, 4), 3), Scale("nominal", (3,))))

    assert math.isnan(estimate.value)
    assert estimate.notes[0] == "Not defined: the scale has a single point."


def test_one_item_has_a_value_and_no_limits():
    estimate = gwet(crossed([[1, 1, 2]], Scale("nominal", LIKERT)), interval="linearisation")

    assert estimate.value == pytest.approx((1 / 3 - 1 / 9) / (1 - 1 / 9), abs=1e-12)
    assert estimate.notes == ("Too few items for limits: 1, and 10 are needed.",)


def test_conger_offers_no_other_interval_than_its_own():
    with pytest.raises(ValueError, match="'linearisation' or None"):
        conger(some_ratings(8), interval="two_way")
