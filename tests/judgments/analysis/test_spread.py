import itertools

import numpy as np
import pytest

from judgments.analysis.spread import agreement_a, ordinal_variation, sarle, spread

WORKED = {
    (30, 40, 210, 130, 530, 50, 10): (0.611333, 0.286667, 0.725688, 0.402667, 0.403070, 0.199515, 0.698511),
    (24, 28, 32, 62, 135, 304, 416): (0.609724, 0.333999, 0.668794, 0.479264, 0.479743, 0.176908, 0.754855),
    (16, 26, 82, 210, 293, 270, 103): (0.482333, 0.330667, 0.711261, 0.475540, 0.476016, 0.115222, 0.843409),
    (10, 0, 0, 0, 10): (-1, 1, 0, 1, 1.052632, 1, 0.430677),
    (4, 4, 4, 4, 4): (0, 0.6, 0.433985, 0.8, 0.842105, 0.184666, 1),
    (5, 1, 0, 1, 5): (-0.712963, 0.916667, 0.097494, 0.986111, 1.075758, 0.631175, 0.710626),
    (1, 2, 3, 2, 1): (0.277778, 0.444444, 0.593317, 0.641975, 0.722222, 0.171673, 0.946265),
    (2, 0, 1, 2): (-0.533333, 0.8, 0.156139, 0.96, 1.2, 0.596734, 0.760964),
}
COLUMNS = ["agreement_a", "leik", "consensus", "iov", "iov_unbiased", "esteban_ray", "entropy"]


@pytest.mark.parametrize("counts", WORKED)
def test_each_index_has_its_worked_value(counts):
    assert spread([counts])[COLUMNS].iloc[0].to_list() == pytest.approx(WORKED[counts], abs=1e-6)


def test_agreement_a_of_three_published_items_is_as_published():
    """Van der Eijk (2001), doi:10.1023/A:1010374114305: left-right placements, A of .61, .61 and .48."""
    published = list(WORKED)[:3]

    assert agreement_a(published).round(2).tolist() == [0.61, 0.61, 0.48]


def test_items_of_one_table_have_the_values_they_have_alone():
    table = np.random.default_rng(1).integers(0, 6, (40, 5))

    together = spread(table)

    for place in range(40):
        np.testing.assert_array_equal(together.iloc[place].to_numpy(), spread(table[place : place + 1]).iloc[0])


def by_pairs(counts):
    """Mean distance of two of the answers, each with each or without itself, over the largest distance."""
    answers = np.repeat(np.arange(len(counts)), counts)
    far = np.abs(answers[:, None] - answers) / (len(counts) - 1)
    m = len(answers)
    return 2 * far.mean(), 2 * far.sum() / (m * (m - 1))


@pytest.mark.parametrize("seed", range(5))
def test_variation_is_the_mean_distance_between_two_answers(seed):
    counts = np.random.default_rng(seed).integers(0, 5, 6)

    plain, unbiased = by_pairs(counts)

    assert ordinal_variation([counts])[0] == pytest.approx(plain, abs=1e-12)
    assert ordinal_variation([counts], unbiased=True)[0] == pytest.approx(unbiased, abs=1e-12)


def test_unbiased_variation_is_right_on_average_over_all_samples_of_three():
    p = np.array([0.5, 0.1, 0.3, 0.1])
    samples = [np.bincount(each, minlength=4) for each in itertools.product(range(4), repeat=3)]
    chance = [np.prod(p[list(each)]) for each in itertools.product(range(4), repeat=3)]

    found = ordinal_variation(samples, unbiased=True) @ chance

    assert found == pytest.approx(ordinal_variation([p])[0], abs=1e-12)
    assert ordinal_variation(samples) @ chance < found - 0.1


def by_triples(present):
    """U of a layer by looking at every triple of points."""
    v, s = len(present), sum(present)
    if s in (0, 1, v):
        return 1.0
    triples = [tuple(each) for each in itertools.combinations(present, 3)]
    tdu = triples.count((1, 0, 1))
    tu = triples.count((1, 1, 0)) + triples.count((0, 1, 1))
    return ((v - 2) * tu - (v - 1) * tdu) / ((v - 2) * (tu + tdu))


@pytest.mark.parametrize("v", [3, 4, 5, 7])
def test_agreement_of_every_pattern_of_points_is_that_of_its_triples(v):
    for present in itertools.product((0, 1), repeat=v):
        if any(present):
            expected = by_triples(present) * (1 - (sum(present) - 1) / (v - 1))
            assert agreement_a([present])[0] == pytest.approx(expected, abs=1e-12)


def test_bimodality_has_its_worked_values_and_needs_four_answers():
    assert sarle([[10, 0, 0, 0, 10], [1, 2, 3, 2, 1]]) == pytest.approx([0.766917, 0.233333], abs=1e-6)
    assert np.isnan(sarle([[1, 1, 1, 0, 0], [0, 9, 0, 0, 0]])).all()


def test_turning_the_scale_around_changes_nothing():
    table = np.random.default_rng(2).integers(0, 6, (20, 5))

    np.testing.assert_allclose(spread(table[:, ::-1]), spread(table), atol=1e-12)


def test_ten_times_as_many_answers_change_only_what_corrects_for_their_number():
    table = np.random.default_rng(3).integers(1, 6, (20, 5))
    plug_in = [name for name in COLUMNS if name != "iov_unbiased"]

    np.testing.assert_allclose(spread(10 * table)[plug_in], spread(table)[plug_in], atol=1e-12)


def test_an_item_without_answers_has_no_spread():
    found = spread([[0, 0, 0, 0], [0, 0, 3, 0]])

    assert found["n"].to_list() == [0, 3]
    assert found.iloc[0, 1:].isna().all()
    assert found.iloc[1][COLUMNS].to_list() == pytest.approx([1, 0, 1, 0, 0, 0, 0])


def test_one_answer_has_no_unbiased_variation():
    assert np.isnan(ordinal_variation([[0, 1, 0]], unbiased=True))[0]


def test_no_items_and_a_scale_of_one_or_two_points():
    assert spread(np.zeros((0, 5))).empty
    assert spread([[3]])[COLUMNS].isna().all(axis=None)
    two = spread([[2, 2]]).iloc[0]
    assert np.isnan(two["agreement_a"])
    assert two["iov"] == 1


@pytest.mark.parametrize("counts", [[1, 2], [[1, -1]], [[1, np.nan]]])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(ValueError, match="table of items by points"):
        spread(counts)
