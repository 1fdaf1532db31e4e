import dataclasses
import json
import math

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judgments.analysis import Ratings, Scale, alpha, distance, pair_agreement, tabulate
from judgments.analysis.estimate import AGREEMENT, PROPORTION, LeftOut, two_way_jackknife

METRICS = ("nominal", "ordinal", "interval", "ratio")
LIKERT = (1, 2, 3, 4, 5)


@pytest.fixture
def k(published):
    """Krippendorff's example as ratings of a kind."""
    return lambda kind: Ratings.from_frame(published, Scale(kind, LIKERT))


def some_ratings(seed, n_items=14, n_annotators=6, n_points=4, share=0.6, **more):
    """Random answers, some missing, on points 1, 2, ... ; every item is likely to have several."""
    rng = np.random.default_rng(seed)
    item, annotator = np.nonzero(rng.random((n_items, n_annotators)) < share)
    leaning = rng.normal(size=n_items)[item] + rng.normal(size=len(item))
    value = np.clip(np.round(leaning / 3 * n_points + n_points / 2), 1, n_points).astype(int)
    kind = more.pop("kind", "nominal")
    weight = rng.integers(1, 4, len(item)) if more.pop("weighted", False) else None
    return Ratings.from_arrays(item, annotator, value, Scale(kind, tuple(range(1, n_points + 1))), weight=weight)


def rows_of(r):
    return [(int(u), int(j), r.points[v]) for u, j, v in zip(r.item, r.annotator, r.value, strict=True)]


def crossed(table, scale):
    """Ratings of a table with items as rows and annotators as columns."""
    item, annotator = np.indices(np.shape(table))
    return Ratings.from_arrays(item.ravel(), annotator.ravel(), np.ravel(table), scale)


# Published and frozen values


def test_alpha_of_the_published_example_is_as_published(k):
    published = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}

    for kind, value in published.items():
        estimate = alpha(k(kind))
        assert round(estimate.value, 3) == value
        assert (estimate.n_items, estimate.n_annotators, estimate.n_ratings) == (11, 4, 40)
        assert estimate.n_abstained == 7
        assert estimate.notes[-1] == "Ratings that stand alone on their item and were left out: 1."


@pytest.mark.parametrize(
    ("kind", "value", "low", "high", "v_item", "v_ann", "v_cell", "df"),
    [
        ("nominal", 0.7434210526, -0.862923, 0.964662, 0.459396, 0.390033, 0.209849, 5.696202),
        ("ordinal", 0.8153875038, -1.696503, 0.987361, 1.432590, 0.157166, 0.468448, 9.614284),
        ("interval", 0.8491071429, -2.429097, 0.993360, 1.949611, 0.182533, 0.609337, 9.716106),
        ("ratio", 0.7974027747, -0.965112, 0.979113, 0.991016, 0.227521, 0.523149, 8.505609),
    ],
)
def test_two_way_limits_of_the_published_example(k, kind, value, low, high, v_item, v_ann, v_cell, df):
    estimate = alpha(k(kind), guard=False)

    assert estimate.value == pytest.approx(value, abs=1e-10)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-6)
    assert estimate.components == pytest.approx({"item": v_item, "annotator": v_ann, "cell": v_cell}, abs=1e-6)
    assert estimate.df == pytest.approx(df, abs=1e-6)
    v = max(v_item + v_ann - v_cell, v_item, v_ann)
    assert estimate.se == pytest.approx((1 - value) * math.sqrt(v), abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "low"), [("nominal", 0.4153), ("ordinal", 0.4496), ("interval", 0.4268), ("ratio", 0.4377)]
)
def test_bootstrap_limits_of_the_published_example(k, kind, low):
    estimate = alpha(k(kind), interval="bootstrap", rng=np.random.default_rng(7), n_resamples=20_000)

    # Frozen values are from other draws; one item weighs so much that draws differ in the second decimal.
    assert estimate.low == pytest.approx(low, abs=0.015)
    assert estimate.high == 1.0


def test_reduced_bias_of_the_published_example(k):
    nominal = alpha(k("nominal"), estimator="reduced_bias", interval="items")

    assert nominal.value == pytest.approx(0.757119, abs=1e-6)
    assert (nominal.low, nominal.high) == pytest.approx((0.230351, 0.951788), abs=1e-6)
    assert alpha(k("interval"), estimator="reduced_bias", interval=None).value == pytest.approx(0.858239, abs=1e-6)
    assert alpha(k("ratio"), estimator="reduced_bias", interval=None).value == pytest.approx(0.808959, abs=1e-6)


def test_masi_alpha_of_sets():
    sets = [{"A"}, {"B"}, {"A", "B"}, {"A", "B", "C"}]
    counts = [[2, 0, 1, 0], [0, 2, 1, 0], [0, 0, 2, 1], [1, 0, 0, 2], [3, 0, 0, 0]]
    given_sets = [[sets[v] for v in np.repeat(range(4), row)] for row in counts]
    item, annotator = np.indices((5, 3))
    flat = [chosen for row in given_sets for chosen in row]

    r = Ratings.from_arrays(item.ravel(), annotator.ravel(), flat, Scale("set", ("A", "B", "C")))

    assert alpha(r, interval=None).value == pytest.approx(0.363636, abs=1e-6)


@pytest.mark.parametrize(("weights", "value"), [((1, 1, 1), 0.414894), ((2, 1, 1), 0.435294), ((2, 1, 0), 0.648936)])
def test_weighted_annotators_count_as_often_as_their_weight(weights, value):
    item, annotator = np.indices((4, 3))
    values = np.array([[0, 0, 1], [1, 1, 1], [0, 1, 2], [2, 2, 2]])
    weight = np.array(weights)[annotator.ravel()]

    r = Ratings.from_arrays(item.ravel(), annotator.ravel(), values.ravel(), Scale("nominal"), weight=weight)

    assert alpha(r, interval=None).value == pytest.approx(value, abs=1e-6)


def test_pair_agreement_of_the_published_example(k):
    estimate = pair_agreement(k("nominal"))

    assert estimate.value == pytest.approx(0.8181818182, abs=1e-10)
    assert 0 < estimate.low < estimate.value < estimate.high < 1
    assert (estimate.n_items, estimate.n_annotators, estimate.n_ratings) == (11, 4, 40)
    assert estimate.unit == "proportion"


# Independent voices: another library, and the definition word by word


@st.composite
def tables(draw):
    """Annotators x items with missing values; at least two different values are in pairs."""
    n_annotators, n_items = draw(st.integers(2, 5)), draw(st.integers(1, 7))
    cells = st.sampled_from([None, 1, 2, 3, 4, 5])
    return draw(
        st.lists(st.lists(cells, min_size=n_items, max_size=n_items), min_size=n_annotators, max_size=n_annotators)
    )


@pytest.mark.parametrize("kind", METRICS)
@settings(max_examples=60, deadline=None)
@given(table=tables())
def test_alpha_is_the_same_in_the_library_and_in_the_definition(by_pairs, kind, table):
    wide = np.array(table, dtype=float)
    annotator, item = np.indices(wide.shape)
    r = Ratings.from_arrays(item.ravel(), annotator.ravel(), wide.ravel(), Scale(kind, LIKERT))
    paired = wide[:, (~np.isnan(wide)).sum(axis=0) > 1]
    assume(len(set(paired[~np.isnan(paired)])) > 1)

    value = alpha(r, interval=None).value

    theirs = krippendorff.alpha(reliability_data=wide, value_domain=list(LIKERT), level_of_measurement=kind)
    assert value == pytest.approx(theirs, abs=1e-10)
    assert value == pytest.approx(by_pairs.alpha(rows_of(r), kind), abs=1e-10)
    assert value == alpha(r).value


@pytest.mark.parametrize("kind", METRICS)
@pytest.mark.parametrize("n_points", [3, 5, 30])
def test_two_way_variances_are_those_of_deleting_and_starting_again(by_pairs, kind, n_points):
    r = some_ratings(n_points, n_points=n_points, kind=kind)
    rows = rows_of(r)
    in_pairs = [row for row in rows if sum(other[0] == row[0] for other in rows) > 1]

    estimate = alpha(r, guard=False)

    assert estimate.components == pytest.approx(by_pairs.variances(in_pairs, kind), rel=1e-9)


def test_items_with_just_two_ratings_leave_with_either(by_pairs):
    r = some_ratings(4, n_items=20, n_annotators=7, share=0.3, n_points=3)
    rows = rows_of(r)
    in_pairs = [row for row in rows if sum(other[0] == row[0] for other in rows) > 1]
    assert (np.bincount([row[0] for row in in_pairs]) == 2).sum() > 3

    assert alpha(r, guard=False).components == pytest.approx(by_pairs.variances(in_pairs, "nominal"), rel=1e-9)


def by_deleting(r, value_of, link, value):
    """Two-way limits from whole new calculations without each item, annotator and rating."""
    m = np.bincount(r.item, minlength=len(r.item_ids))
    r = r.rows(m[r.item] > 1)
    places = np.arange

    def left(kept):
        values = np.array([value_of(each) for each in kept])
        return LeftOut(values, np.ones(len(values)))

    items = left(r.where(items=places(len(r.item_ids)) != u) for u in np.unique(r.item))
    annotators = left(r.where(annotators=places(len(r.annotator_ids)) != j) for j in np.unique(r.annotator))
    cells = left(r.rows(places(len(r)) != row) for row in range(len(r)))
    return two_way_jackknife(value, items, annotators, cells, link=link)


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {"weighted": True}),
        ({}, {"weighted": True, "kind": "ordinal"}),
        ({}, {"weighted": True, "kind": "interval"}),
        ({"weighting": "items"}, {}),
        ({"weighting": "items"}, {"kind": "ordinal"}),
        ({"weighting": "items"}, {"kind": "ordinal", "n_points": 30}),
        ({"weighting": "items"}, {"kind": "interval", "n_points": 40}),
        ({}, {"kind": "ordinal", "n_points": 30, "weighted": True}),
        ({"estimator": "reduced_bias"}, {"kind": "ratio"}),
    ],
)
def test_limits_under_every_option_are_those_of_deleting_and_starting_again(options, more):
    r = some_ratings(8, **more)
    estimate = alpha(r, guard=False, **options)

    limits = by_deleting(r, lambda kept: alpha(kept, interval=None, **options).value, AGREEMENT, estimate.value)

    assert estimate.components == pytest.approx(limits.components, rel=1e-8)
    assert (estimate.low, estimate.high, estimate.df) == pytest.approx((limits.low, limits.high, limits.df), rel=1e-8)


def test_limits_of_pair_agreement_are_those_of_deleting_and_starting_again():
    r = some_ratings(9, n_annotators=8)
    estimate = pair_agreement(r)

    limits = by_deleting(r, lambda kept: pair_agreement(kept, interval=None).value, PROPORTION, estimate.value)

    assert (estimate.low, estimate.high) == pytest.approx((limits.low, limits.high), rel=1e-9)


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
def test_alpha_of_a_published_dataset_is_the_librarys(samples, kind):
    ratings = pd.read_csv(samples / "dices350" / "ratings.csv.gz", dtype=str)
    answers = ratings["Q_overall"].map({"No": 0, "Unsure": 1, "Yes": 2})
    r = Ratings.from_arrays(ratings["item_id"], ratings["rater_id"], answers, Scale(kind, (0, 1, 2)))

    estimate = alpha(r)

    theirs = krippendorff.alpha(value_counts=tabulate(r), value_domain=[0, 1, 2], level_of_measurement=kind)
    assert estimate.value == pytest.approx(theirs, abs=1e-10)
    assert (estimate.n_items, estimate.n_annotators, estimate.n_ratings) == (350, 123, 43_050)
    assert estimate.low < estimate.value < estimate.high


def test_a_cohort_of_a_published_dataset_is_the_librarys(samples):
    ratings = pd.read_csv(samples / "dices350" / "ratings.csv.gz", dtype=str)
    raters = pd.read_csv(samples / "dices350" / "raters.csv.gz", dtype=str).set_index("rater_id")
    r = Ratings.from_frame(
        ratings, Scale("nominal", ("No", "Unsure", "Yes")), annotator="rater_id", value="Q_overall"
    )
    kept = (raters.loc[r.annotator_ids, "removed_by_authors"] != "1").to_numpy()

    subset = r.where(annotators=kept)

    estimate = alpha(subset)
    theirs = krippendorff.alpha(value_counts=tabulate(subset), level_of_measurement="nominal")
    assert estimate.value == pytest.approx(theirs, abs=1e-10)
    assert estimate.n_annotators == 104


@pytest.mark.parametrize(("n_items", "n_annotators"), [(20, 5), (100, 5)])
def test_two_way_limits_hold_the_truth_about_as_often_as_they_say(n_items, n_annotators):
    """More designs, more often: `python -m tests.benchmarks.coverage`."""
    rng = np.random.default_rng(2026)
    truth = 1 / (1 + 0.25 + 1)  # variances of item, level of the annotator, and the rest
    two_way = items_alone = 0

    for _ in range(150):
        item, level = rng.normal(size=(n_items, 1)), rng.normal(scale=0.5, size=n_annotators)
        r = crossed(item + level + rng.normal(size=(n_items, n_annotators)), Scale("interval"))
        estimate, fixed = alpha(r), alpha(r, interval="items")
        two_way += estimate.low <= truth <= estimate.high
        items_alone += fixed.low <= truth <= fixed.high

    assert 0.92 <= two_way / 150 <= 0.995
    assert items_alone / 150 < 0.92  # Annotators are a sample too.


# What must not matter


def numbers_of(estimate):
    return (estimate.value, estimate.low, estimate.high, estimate.df)


@pytest.mark.parametrize("kind", METRICS)
def test_the_order_of_rows_does_not_change_a_bit(kind):
    r = some_ratings(11, kind=kind)
    rows = np.array(rows_of(r))[np.random.default_rng(0).permutation(len(r))]

    shuffled = Ratings.from_arrays(rows[:, 0], rows[:, 1], rows[:, 2], r.scale)

    assert alpha(shuffled).to_dict() == alpha(r).to_dict()


@pytest.mark.parametrize("kind", METRICS)
def test_other_names_for_people_and_items_change_nothing(kind):
    r = some_ratings(12, kind=kind)
    rng = np.random.default_rng(1)
    people, items = rng.permutation(len(r.annotator_ids)), rng.permutation(len(r.item_ids))

    renamed = Ratings.from_arrays(items[r.item], people[r.annotator], np.array(r.points)[r.value], r.scale)

    assert numbers_of(alpha(renamed)) == pytest.approx(numbers_of(alpha(r)), rel=1e-10)


def relabelled(r, kind, points):
    return dataclasses.replace(r, scale=Scale(kind), points=tuple(points))


def test_nominal_alpha_does_not_know_which_label_is_which():
    r = some_ratings(13)
    values = np.array(["d", "a", "c", "b"])[r.value]

    renamed = Ratings.from_arrays(r.item, r.annotator, values, Scale("nominal"))

    assert numbers_of(alpha(renamed)) == pytest.approx(numbers_of(alpha(r)), rel=1e-10)


def test_ordinal_alpha_knows_the_order_of_points_alone():
    r = some_ratings(14, kind="ordinal")

    assert numbers_of(alpha(relabelled(r, "ordinal", (-3, 0, 1, 900)))) == numbers_of(alpha(r))


def test_interval_alpha_does_not_know_zero_or_unit():
    r = some_ratings(15, kind="interval")
    shifted = relabelled(r, "interval", (1000 + 7 * np.array(r.points)).tolist())

    assert numbers_of(alpha(shifted)) == pytest.approx(numbers_of(alpha(r)), rel=1e-10)


def test_ratio_alpha_does_not_know_the_unit():
    r = some_ratings(16, kind="ratio")
    scaled = relabelled(r, "ratio", (0.1 * np.array(r.points)).tolist())

    assert numbers_of(alpha(scaled)) == pytest.approx(numbers_of(alpha(r)), rel=1e-10)


@pytest.mark.parametrize("kind", METRICS)
def test_an_item_with_one_rating_or_an_unused_point_changes_nothing(kind):
    r = some_ratings(17, kind=kind)
    rows = rows_of(r)
    item, annotator, value = (list(column) for column in zip(*rows, (999, 0, 2), strict=True))

    more = Ratings.from_arrays(item, annotator, value, Scale(kind, (1, 2, 3, 4, 50)))

    assert numbers_of(alpha(more)) == pytest.approx(numbers_of(alpha(r)), rel=1e-12)
    assert alpha(more).n_items == alpha(r).n_items


def test_repeats_by_the_same_person_do_not_count():
    r = some_ratings(18)
    rows = rows_of(r)
    again = [(item, annotator, 5 - value) for item, annotator, value in rows[:20]]
    item, annotator, value = zip(*rows, *again, strict=True)

    with_repeats = Ratings.from_arrays(item, annotator, value, r.scale, occasion=[0] * len(rows) + [1] * 20)

    assert alpha(with_repeats).to_dict() == alpha(r).to_dict()


def test_abstentions_do_not_change_the_value_and_are_counted():
    r = some_ratings(19)
    rows = rows_of(r)
    item, annotator, value = (list(column) for column in zip(*rows, strict=True))

    more = Ratings.from_arrays([*item, 0, 1], [*annotator, 77, 77], [*value, None, None], r.scale)

    assert numbers_of(alpha(more)) == numbers_of(alpha(r))
    assert (alpha(more).n_abstained, alpha(r).n_abstained) == (2, 0)
    assert alpha(more).n_annotators == alpha(r).n_annotators


def test_with_equally_many_ratings_each_both_weightings_are_one():
    r = some_ratings(20, share=1.1)

    by_ratings, by_items = alpha(r), alpha(r, weighting="items")

    assert by_items.value == pytest.approx(by_ratings.value, abs=1e-12)
    assert "each item counted once" in by_items.method


def test_equal_weights_are_no_weights():
    r = some_ratings(21, kind="ordinal")
    weighted = dataclasses.replace(r, weight=np.ones(len(r)))

    assert numbers_of(alpha(weighted)) == pytest.approx(numbers_of(alpha(r)), rel=1e-10)


def test_ratings_of_no_weight_are_not_there():
    r = some_ratings(22)
    keep = np.arange(len(r)) % 5 > 0

    weightless = dataclasses.replace(r, weight=keep.astype(float))

    assert numbers_of(alpha(weightless)) == pytest.approx(numbers_of(alpha(r.rows(keep))), rel=1e-10)


def test_interval_alpha_of_numbers_far_from_zero_keeps_its_digits():
    r = some_ratings(23, kind="interval", n_points=40)
    far = relabelled(r, "interval", (1e9 + np.array(r.points, dtype=float)).tolist())

    assert alpha(far).value == pytest.approx(alpha(r).value, rel=1e-10)


# Edges


@pytest.mark.parametrize("measure", [alpha, pair_agreement])
@pytest.mark.parametrize(
    ("item", "annotator", "value"),
    [
        ([], [], []),
        (["x", "y"], ["p", "p"], [1, 2]),
        (["x", "y"], ["p", "q"], [1, 2]),
        (["x", "x"], ["p", "q"], [None, None]),
        (["x", "x"], ["p", "q"], [1, None]),
    ],
    ids=["empty", "one annotator", "nothing shared", "all abstained", "one left"],
)
def test_without_a_pair_the_value_is_not_defined_and_says_why(measure, item, annotator, value):
    estimate = measure(Ratings.from_arrays(item, annotator, value, Scale("interval", LIKERT)))

    assert math.isnan(estimate.value)
    assert (estimate.low, estimate.high, estimate.n_items, estimate.n_ratings) == (None, None, 0, 0)
    assert estimate.notes[0] == "Not defined: no item has two ratings."
    assert json.loads(json.dumps(estimate.to_dict(), allow_nan=False))["value"] is None


@pytest.mark.parametrize("kind", METRICS)
def test_one_answer_throughout_is_not_agreement_beyond_chance(kind):
    estimate = alpha(crossed(np.full((12, 4), 3), Scale(kind, LIKERT)))

    assert math.isnan(estimate.value)
    assert (estimate.low, estimate.high) == (None, None)
    assert (estimate.n_items, estimate.n_annotators, estimate.n_ratings) == (12, 4, 48)
    assert estimate.notes == ("Not defined: every rating is the same, so there is no disagreement to expect.",)


def test_one_answer_throughout_is_full_pair_agreement():
    estimate = pair_agreement(crossed(np.full((12, 4), 3), Scale("nominal", LIKERT)))

    assert (estimate.value, estimate.low, estimate.high) == (1.0, None, None)


@pytest.mark.parametrize("kind", METRICS)
def test_unanimous_items_that_differ_have_alpha_one_without_limits(kind):
    unanimous = np.repeat(np.arange(12)[:, None] % 3 + 1, 4, axis=1)

    estimate = alpha(crossed(unanimous, Scale(kind, LIKERT)))

    assert estimate.value == 1.0
    assert (estimate.low, estimate.high, estimate.se) == (None, None, None)
    assert estimate.notes == ("No limits: without one of its groups the value is at its end or not defined.",)


def test_decimals_that_agree_have_interval_alpha_of_exactly_one():
    unanimous = np.repeat((np.arange(12)[:, None] % 7) * 0.1 + 0.3, 3, axis=1)

    assert alpha(crossed(unanimous, Scale("interval"))).value == 1.0


def test_one_item_on_which_all_differ_has_alpha_zero():
    estimate = alpha(crossed([[1, 2, 3]], Scale("nominal", LIKERT)))

    assert estimate.value == pytest.approx(0.0, abs=1e-12)
    assert estimate.notes == ("Too few items for limits: 1, and 10 are needed.",)


def test_two_annotators_have_a_value_and_no_limits():
    estimate = alpha(some_ratings(24, n_annotators=2, share=1.1))

    assert math.isfinite(estimate.value)
    assert (estimate.low, estimate.high) == (None, None)
    assert estimate.notes == ("Too few annotators for limits: 2, and 3 are needed.",)


@pytest.mark.parametrize("interval", ["two_way", "items", "bootstrap"])
def test_nine_items_have_no_limits_and_ten_do(interval):
    nine = some_ratings(25, n_items=9, share=1.1)
    ten = some_ratings(25, n_items=10, share=1.1)

    few = alpha(nine, interval=interval, rng=np.random.default_rng(0), n_resamples=100)
    enough = alpha(ten, interval=interval, rng=np.random.default_rng(0), n_resamples=100)

    assert (few.low, few.high) == (None, None)
    assert few.notes == ("Too few items for limits: 9, and 10 are needed.",)
    assert enough.low < enough.value < enough.high


def test_limits_over_items_do_not_ask_for_three_annotators():
    estimate = alpha(some_ratings(26, n_annotators=2, share=1.1, n_items=30), interval="items")

    assert estimate.low < estimate.value < estimate.high


def test_each_result_says_what_was_drawn_at_random():
    r = some_ratings(27)

    assert alpha(r, interval=None).method == "Krippendorff's alpha, nominal"
    assert alpha(r).method.endswith("items and annotators drawn at random")
    assert alpha(r, interval="items").method.endswith("items drawn at random, annotators fixed")


def test_a_lower_level_gives_narrower_limits():
    r = some_ratings(28)

    wide, narrow = alpha(r, level=0.95), alpha(r, level=0.5)

    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_same_seed_gives_the_same_bootstrap():
    r = some_ratings(29)

    one, two = (alpha(r, interval="bootstrap", rng=np.random.default_rng(3), n_resamples=500) for _ in range(2))

    assert one.to_dict() == two.to_dict()


@pytest.mark.parametrize(
    ("r", "options"),
    [
        (some_ratings(30, kind="ordinal"), {}),
        (some_ratings(30), {"weighting": "items"}),
        (some_ratings(30, weighted=True), {}),
    ],
    ids=["ordinal", "items", "weights"],
)
def test_reduced_bias_is_not_defined_where_the_distance_or_the_weights_move(r, options):
    estimate = alpha(r, estimator="reduced_bias", **options)

    assert math.isnan(estimate.value)
    assert estimate.notes[0].startswith("Not defined: reduced bias needs a distance that does not depend on the data")


def test_a_long_ordinal_scale_has_jackknife_limits_and_no_bootstrap():
    r = some_ratings(31, kind="ordinal", n_points=30, n_items=40)

    jackknife = alpha(r)
    bootstrap = alpha(r, interval="bootstrap", rng=np.random.default_rng(0))

    assert jackknife.low < jackknife.value < jackknife.high
    assert bootstrap.value == pytest.approx(jackknife.value, abs=1e-12)
    assert (bootstrap.low, bootstrap.high) == (None, None)
    assert bootstrap.notes[:1] == ("No limits: on an ordinal scale this long only a jackknife is computed.",)


def test_more_ordinal_values_than_can_be_told_apart_are_said_to_be_too_many():
    values = np.arange(400).reshape(100, 4)

    estimate = alpha(crossed(values, Scale("ordinal")))

    assert math.isnan(estimate.value)
    assert estimate.notes == ("Not computed: 400 different values are too many to be counted one by one.",)


def test_ordinal_alpha_is_interval_alpha_on_mid_ranks():
    r = some_ratings(32, kind="ordinal", share=1.1)
    n = np.bincount(r.value, minlength=len(r.points))
    ranks = np.cumsum(n) - n / 2

    on_ranks = relabelled(r, "interval", ranks.tolist())

    assert alpha(r, interval=None).value == pytest.approx(alpha(on_ranks, interval=None).value, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "naive"}, "Unknown interval 'naive'"),
        ({"interval": "bootstrap"}, "A bootstrap needs rng"),
        ({"level": 1.0}, "A level lies between 0 and 1"),
        ({"estimator": "best"}, "Unknown estimator 'best'"),
        ({"weighting": "people"}, "weighting 'people'"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        alpha(some_ratings(33), **options)


def test_words_on_an_interval_scale_are_refused():
    r = crossed([["no", "yes"], ["yes", "yes"]], Scale("nominal", ("no", "yes")))

    with pytest.raises(ValueError, match="A scale of kind interval needs numbers"):
        alpha(r.measured_as("interval"))


@pytest.mark.parametrize("kind", ["nominal", "interval", "ratio"])
def test_a_distance_of_ones_own_that_is_that_of_the_scale_changes_nothing(kind):
    r = some_ratings(34, kind=kind)

    own = alpha(r, distance=distance(r.scale, list(r.points)))

    assert numbers_of(own) == pytest.approx(numbers_of(alpha(r)), rel=1e-9)
    assert own.method.startswith("Krippendorff's alpha, a distance of your own")


def test_absolute_differences_give_the_alpha_of_their_own_pairs():
    r = some_ratings(35, share=1.1)
    x = np.arange(4)
    apart = np.abs(x[:, None] - x)

    value = alpha(r, interval=None, distance=apart).value

    table = r.value.reshape(14, 6)
    within = np.mean([apart[row[:, None], row].sum() / (6 * 5) for row in table])
    everything = apart[r.value[:, None], r.value].sum() / (len(r) * (len(r) - 1))
    assert value == pytest.approx(1 - within / everything, abs=1e-12)


def test_jaccard_alpha_counts_a_subset_as_what_they_share():
    sets = [{"A"}, {"A", "B"}, {"B"}, {"A"}]
    r = Ratings.from_arrays([0, 0, 1, 1], [0, 1, 0, 1], sets, Scale("set", ("A", "B"), set_distance="jaccard"))

    # Pairs on items: A-AB 1/2 and B-A 1; pairs of all four: 1/2, 1, 0, 1/2, 1/2, 1.
    assert alpha(r, interval=None).value == pytest.approx(1 - (3 / 4) / (3.5 / 6), abs=1e-12)


@pytest.mark.parametrize(
    "table", [np.eye(4), np.zeros((3, 3)), -np.ones((4, 4)) + np.eye(4), np.triu(np.ones((4, 4)), 1)]
)
def test_what_is_no_distance_is_refused(table):
    with pytest.raises(ValueError, match="distance"):
        alpha(some_ratings(36), distance=table)


@pytest.mark.parametrize("kind", METRICS)
def test_twice_as_many_of_the_same_items_move_alpha_only_through_n_minus_one(kind):
    r = some_ratings(37, kind=kind, share=1.1)
    rows = rows_of(r)
    doubled = [*rows, *((item + 100, annotator, value) for item, annotator, value in rows)]
    item, annotator, value = zip(*doubled, strict=True)

    twice = Ratings.from_arrays(item, annotator, value, r.scale)

    n = len(r)
    observed_over_expected = (1 - alpha(r, interval=None).value) * n / (n - 1)
    assert 1 - alpha(twice, interval=None).value == pytest.approx(observed_over_expected * (2 * n - 1) / (2 * n))
