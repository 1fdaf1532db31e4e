import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Ratings, Scale, compress, distance, tabulate

YES_NO = Scale("nominal", ("no", "yes"))
A, B, AB, ABC = ({"A"}, {"B"}, {"A", "B"}, {"A", "B", "C"})


def three_ratings(values=("yes", "no", "yes"), scale=YES_NO, **columns):
    frame = pd.DataFrame({"item_id": ["x", "x", "y"], "annotator_id": ["p", "q", "p"]} | columns)
    frame["value"] = pd.Series(list(values), dtype=object)
    return Ratings.from_frame(frame, scale)


def test_codes_follow_sorted_ids_and_the_order_of_the_scale():
    r = Ratings.from_arrays(["y", "x", "x"], ["p", "q", "p"], ["yes", "no", "yes"], YES_NO)

    assert r.item_ids.tolist() == ["x", "y"]
    assert r.annotator_ids.tolist() == ["p", "q"]
    assert (r.item.tolist(), r.annotator.tolist(), r.value.tolist()) == ([0, 0, 1], [0, 1, 0], [1, 0, 1])


def test_an_open_scale_takes_its_points_from_the_values_in_ascending_order():
    r = three_ratings([70.5, 2, 70.5], Scale("interval"))

    assert r.points == (2.0, 70.5)
    assert r.value.tolist() == [1, 0, 1]


def test_a_missing_value_is_an_abstention_and_not_an_answer():
    r = three_ratings(["yes", None, "yes"])

    assert len(r) == 2
    assert r.n_abstained == 1
    assert r.abstained_annotator.tolist() == [1]
    assert tabulate(r).tolist() == [[0, 1], [0, 1]]


def test_all_abstained_leaves_no_rows_and_keeps_the_items():
    r = three_ratings([None, None, None])

    assert (len(r), r.n_abstained) == (0, 3)
    assert tabulate(r).tolist() == [[0, 0], [0, 0]]


def test_no_rows_at_all_give_empty_ratings():
    r = Ratings.from_arrays([], [], [], YES_NO)

    assert (len(r), r.n_abstained) == (0, 0)
    assert tabulate(r).shape == (0, 2)


def test_a_point_nobody_chose_keeps_its_column():
    r = three_ratings(["yes", "yes", "yes"])

    assert tabulate(r).tolist() == [[0, 2], [0, 1]]


def test_the_same_item_annotator_and_occasion_twice_is_refused_and_names_the_rows():
    with pytest.raises(ValueError, match=r"Rows 0, 2 answer the same item.*item x, annotator p, occasion 0"):
        Ratings.from_arrays(["x", "y", "x"], ["p", "p", "p"], ["yes", "no", "no"], YES_NO)


def test_an_abstention_and_an_answer_on_one_occasion_are_refused_too():
    with pytest.raises(ValueError, match="Rows 0, 1 answer the same item"):
        Ratings.from_arrays(["x", "x"], ["p", "p"], ["yes", None], YES_NO)


def test_first_keeps_the_first_occasion_of_answers_and_abstentions():
    r = Ratings.from_arrays(
        ["x", "x", "x", "x"], ["p", "p", "q", "q"], ["yes", "no", "no", None], YES_NO, occasion=[0, 1, 0, 1]
    )

    first = r.first()

    assert (len(r), r.n_abstained) == (3, 1)
    assert (len(first), first.n_abstained) == (2, 0)
    assert tabulate(r).tolist() == [[1, 1]]


def test_where_keeps_the_masked_annotators_with_their_abstentions():
    r = three_ratings(["yes", None, "no"])

    only_q = r.where(annotators=r.annotator_ids == "q")
    only_p = r.where(annotators=r.annotator_ids == "p")
    only_p_on_y = r.where(annotators=r.annotator_ids == "p", items=r.item_ids == "y")

    assert (len(only_q), only_q.n_abstained) == (0, 1)
    assert (only_p.value.tolist(), only_p.n_abstained) == ([1, 0], 0)
    assert (only_p_on_y.value.tolist(), only_p_on_y.n_abstained) == ([0], 0)
    assert r.where(items=r.item_ids == "y").n_abstained == 0
    assert only_p.item_ids.tolist() == ["x", "y"]


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(1)
    item, annotator = np.divmod(np.arange(60), 6)
    value = rng.integers(0, 3, 60).astype(float)
    shuffled = rng.permutation(60)

    r = Ratings.from_arrays(item, annotator, value, Scale("interval"))
    again = Ratings.from_arrays(item[shuffled], annotator[shuffled], value[shuffled], Scale("interval"))

    assert r.points == again.points
    for name in ("item", "annotator", "value", "occasion"):
        np.testing.assert_array_equal(getattr(r, name), getattr(again, name))


@pytest.mark.parametrize(
    ("values", "scale", "message"),
    [
        (["yes", "perhaps", "no"], YES_NO, r"Not on the scale \('no', 'yes'\): 'perhaps', in rows 1"),
        (["yes", ["no"], "no"], YES_NO, "not a single point of the scale"),
        (["yes", ["no"], "no"], Scale("nominal"), "Each value must be a plain value"),
        ([1, "two", 3], Scale("interval"), "needs numbers"),
        ([1, float("inf"), 3], Scale("interval"), "must be finite; rows 1"),
        (["AB", ["A"], ["B"]], Scale("set"), "set of labels is needed in row 0, not 'AB'"),
        ([["A"], ["C"], ["B"]], Scale("set", ("A", "B")), r"Not among the labels, in row 1: \['C'\]"),
        ([["A"], [["C"]], ["B"]], Scale("set"), "labels in row 1 must be plain values"),
    ],
)
def test_a_value_that_is_not_on_the_scale_is_refused(values, scale, message):
    with pytest.raises(ValueError, match=message):
        three_ratings(values, scale)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"item_id": ["x", None, "y"]}, "The item is missing in rows 1"),
        ({"annotator_id": [None, "q", None]}, "The annotator is missing in rows 0, 2"),
        ({"item_id": [["x"], "x", "y"]}, "Each item must be a plain value"),
        ({"occasion": [0, -1, 0]}, "rows 1 do not"),
        ({"occasion": [0, None, 0]}, "The occasion is missing in rows 1"),
    ],
)
def test_a_row_without_usable_ids_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        three_ratings(**columns)


def test_many_refused_rows_are_named_up_to_five():
    with pytest.raises(ValueError, match="rows 0, 1, 2, 3, 4 and 3 more"):
        Ratings.from_arrays(range(8), range(8), ["?"] * 8, YES_NO)


@pytest.mark.parametrize("weight", [[1.0, -1.0, 1.0], [1.0, float("nan"), 1.0]])
def test_a_weight_below_zero_or_missing_is_refused(weight):
    with pytest.raises(ValueError, match="rows 1 are not"):
        Ratings.from_arrays(["x", "x", "y"], ["p", "q", "p"], ["yes", "no", "yes"], YES_NO, weight=weight)


def test_a_scale_of_unknown_kind_or_with_a_point_twice_is_refused():
    with pytest.raises(ValueError, match="Unknown kind of scale 'cardinal'"):
        Scale("cardinal")
    with pytest.raises(ValueError, match="stands twice"):
        Scale("nominal", ("no", "no"))


def test_equal_sets_are_one_point_whatever_holds_them():
    r = Ratings.from_arrays(
        ["x", "x", "x", "y"], ["p", "q", "s", "p"], [["B", "A"], ("A", "B"), {"A"}, np.array([])], Scale("set")
    )

    assert r.points == (frozenset(), frozenset("A"), frozenset("AB"))
    assert tabulate(r).tolist() == [[0, 1, 2], [1, 0, 0]]


@pytest.mark.parametrize("n_points", [3, 5, 70])
def test_patterns_give_back_the_table_they_were_made_of(n_points):
    counts = np.random.default_rng(2).integers(0, 3, (200, n_points)) * (np.arange(n_points) % 5 == 0)

    patterns = compress(counts)

    np.testing.assert_array_equal(patterns.counts[patterns.item_pattern], counts)
    assert patterns.multiplicity.sum() == 200
    assert len(np.unique(patterns.counts, axis=0)) == len(patterns.counts)


def test_alike_items_become_one_pattern():
    patterns = compress([[1, 0], [0, 2], [1, 0]])

    assert patterns.counts.tolist() == [[1, 0], [0, 2]]
    assert patterns.multiplicity.tolist() == [2, 1]
    assert patterns.item_pattern.tolist() == [0, 1, 0]


@pytest.mark.parametrize("counts", [[1, 2], [[1, -1]]])
def test_counts_that_are_no_table_or_negative_are_refused(counts):
    with pytest.raises(ValueError, match="table of items by points"):
        compress(counts)


def test_masi_distances_are_those_of_the_paper():
    table = distance(Scale("set"), [A, B, AB, ABC])

    np.testing.assert_allclose(table[0], [0, 1, 2 / 3, 7 / 9], atol=1e-12)
    assert table[2, 3] == pytest.approx(5 / 9, abs=1e-12)
    np.testing.assert_array_equal(table, table.T)


def test_jaccard_distances_count_shared_among_all_labels():
    table = distance(Scale("set", set_distance="jaccard"), [A, B, AB, ABC, set()])

    np.testing.assert_allclose(table[0], [0, 1, 1 / 2, 2 / 3, 1], atol=1e-12)
    assert table[4, 4] == 0


def test_an_empty_set_is_as_far_as_can_be_from_any_other():
    assert distance(Scale("set"), [set(), A]).tolist() == [[0, 1], [1, 0]]


def test_ordinal_distance_is_krippendorffs_sum_of_the_counts_between():
    n = [9, 13, 10, 5, 3]

    table = distance(Scale("ordinal"), range(5), n)

    for c in range(5):
        for k in range(c + 1, 5):
            assert table[c, k] == (sum(n[c : k + 1]) - (n[c] + n[k]) / 2) ** 2


def test_interval_and_ratio_distances_follow_their_formula():
    assert distance(Scale("interval"), [1, 3]).tolist() == [[0, 4], [4, 0]]
    assert distance(Scale("ratio"), [0, 1, 3])[1].tolist() == [1, 0, 0.25]
    assert distance(Scale("ratio"), [0, 0]).tolist() == [[0, 0], [0, 0]]


def test_a_ratio_scale_below_zero_is_refused():
    with pytest.raises(ValueError, match="no negative points"):
        distance(Scale("ratio"), [-1, 1])


def test_an_ordinal_distance_without_counts_is_refused():
    with pytest.raises(ValueError, match="need the marginal counts"):
        distance(Scale("ordinal"), [1, 2])
