import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis.components import Cells, henderson, minque0, without_each
from judgments.analysis.reml import deviance, reml

# (item, annotator, value); some people answered an item twice.
UNEVEN = np.array(
    [
        *((0, 0, 4), (0, 1, 3), (0, 1, 4), (0, 2, 5), (1, 0, 2), (1, 0, 3), (1, 2, 4), (2, 1, 1), (2, 1, 1)),
        *((2, 2, 3), (3, 0, 5), (3, 1, 4), (3, 2, 7), (4, 0, 3), (4, 2, 5), (4, 2, 4), (5, 0, 2), (5, 1, 2)),
    ]
)


def cells_of(rows):
    rows = np.asarray(rows, dtype=float)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Cells.from_values(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2])


def some_rows(seed, n_items=15, n_annotators=7, share=0.6, again=0.4):
    rng = np.random.default_rng(seed)
    item, annotator = np.nonzero(rng.random((n_items, n_annotators)) < share)
    twice = rng.random(len(item)) < again
    item, annotator = np.append(item, item[twice]), np.append(annotator, annotator[twice])
    pattern = rng.normal(size=(n_items, n_annotators)) * 0.5
    y = rng.normal(size=n_items)[item] + 0.6 * rng.normal(size=n_annotators)[annotator] + pattern[item, annotator]
    return np.column_stack([item, annotator, y + 0.7 * rng.normal(size=len(item))])


def table_rows(table):
    item, annotator = np.indices(table.shape)
    return np.column_stack([item.ravel(), annotator.ravel(), table.ravel()])


def test_the_published_table_has_the_components_of_its_analysis_of_variance(judges):
    cells = cells_of(table_rows(judges))
    expected = [2.5555555556, 5.2444444444, 1.0194444444]

    assert henderson(cells) == pytest.approx([*expected, expected[-1]], abs=1e-10)
    assert minque0(cells.total, [cells.item, cells.annotator]) == pytest.approx(expected, abs=1e-10)
    assert reml(cells).components == pytest.approx([*expected, expected[-1]], abs=1e-6)


def test_uneven_repeats_have_the_components_worked_out_by_hand():
    cells = cells_of(UNEVEN)

    assert henderson(cells) == pytest.approx([1.5707414, 1.0341025, -0.1042780, 0.3750000], abs=1e-7)
    factors = [UNEVEN[:, 0], UNEVEN[:, 1], UNEVEN[:, 0] * 3 + UNEVEN[:, 1]]
    assert minque0(UNEVEN[:, 2], factors) == pytest.approx([1.4139350, 1.0163225, 0.0075439, 0.4159860], abs=1e-7)


def test_reml_of_uneven_repeats_lies_on_the_boundary_of_pattern():
    found = reml(cells_of(UNEVEN))

    assert found.components == pytest.approx([1.503328, 1.086833, 0, 0.229366], abs=1e-6)
    assert found.deviance == pytest.approx(16.222714, abs=1e-6)
    assert found.converged


def test_the_likelihood_at_a_given_place_has_its_known_value():
    value, mean, se = deviance(cells_of(UNEVEN), np.ones(4))

    assert (value, mean, se) == pytest.approx((27.8357665, 3.4260413, 0.7957279), abs=1e-7)


def dense_deviance(rows, components):
    """−2 restricted log likelihood from the whole covariance matrix."""
    item, annotator, y = rows.T
    same_item, same_annotator = item[:, None] == item, annotator[:, None] == annotator
    a, b, ab, e = components
    v = a * same_item + b * same_annotator + ab * (same_item & same_annotator) + e * np.eye(len(y))
    inverse, ones = np.linalg.inv(v), np.ones(len(y))
    information = ones @ inverse @ ones
    residual = y - ones @ inverse @ y / information
    return np.linalg.slogdet(v)[1] + math.log(information) + residual @ inverse @ residual


@pytest.mark.parametrize("again", [0.0, 0.4])
def test_the_likelihood_without_items_is_that_of_the_whole_matrix(again):
    rows = some_rows(1, again=again)
    components = np.array([1.3, 0.4, 0.6, 0.2 if again else 0.0])

    value, _, _ = deviance(cells_of(rows), components)

    assert value == pytest.approx(dense_deviance(rows, components), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_near_the_reml_estimate_is_more_likely(seed):
    rows = some_rows(10 + seed)
    found = reml(cells_of(rows))

    assert found.deviance == pytest.approx(dense_deviance(rows, found.components), abs=1e-7)
    for place in range(4):
        for factor in (0.98, 1.02):
            near = found.components.copy()
            near[place] = near[place] * factor if near[place] > 0 else 0.01
            assert dense_deviance(rows, near) >= found.deviance - 1e-8


def by_expectation(rows):
    """Henderson's equations from scratch: the quadratic forms' expectations under each σ² alone."""
    item, annotator, y = rows.T
    n, ones = len(y), np.ones((len(y), len(y)))
    cell = item * 1000 + annotator

    def projector(codes):
        same = (codes[:, None] == codes) * 1.0
        return same / same.sum(axis=1, keepdims=True)

    means = ones / n
    forms = [projector(item) - means, projector(annotator) - means, projector(cell) - means, np.eye(n) - means]
    effects = [(codes[:, None] == codes) * 1.0 for codes in (item, annotator, cell)] + [np.eye(n)]
    left = [[np.sum(form * effect) for effect in effects] for form in forms]
    return np.linalg.solve(left, [y @ form @ y for form in forms])


@pytest.mark.parametrize("seed", range(3))
def test_henderson_is_the_solution_of_its_expected_quadratic_forms(seed):
    rows = some_rows(20 + seed)

    assert henderson(cells_of(rows)) == pytest.approx(by_expectation(rows), abs=1e-9)


@pytest.mark.parametrize("again", [0.0, 0.4])
def test_components_without_each_group_are_those_of_starting_again(again):
    rows = some_rows(30, n_items=10, n_annotators=5, share=0.7, again=again)
    left = without_each(cells_of(rows))
    keys = (rows[:, 0], rows[:, 1], rows[:, 0] * 1000 + rows[:, 1])

    for key, found in zip(keys, (left.items, left.annotators, left.cells), strict=True):
        expected = [henderson(cells_of(rows[key != gone])) for gone in np.unique(key)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_sums_of_a_group_by_give_the_same_components():
    rows = some_rows(40)
    frame = pd.DataFrame(rows, columns=["item", "annotator", "y"]).assign(square=rows[:, 2] ** 2)
    grouped = frame.groupby(["item", "annotator"]).agg(n=("y", "size"), total=("y", "sum"), squares=("square", "sum"))
    grouped = grouped.sample(frac=1, random_state=1).reset_index()

    cells = Cells.from_sums(grouped["item"], grouped["annotator"], grouped["n"], grouped["total"], grouped["squares"])

    assert henderson(cells) == pytest.approx(henderson(cells_of(rows)), rel=1e-9)


def test_components_do_not_know_zero_and_know_the_unit_squared():
    rows = some_rows(41)
    moved = rows.copy()
    moved[:, 2] = 1e6 + 10 * rows[:, 2]

    assert henderson(cells_of(moved)) == pytest.approx(100 * henderson(cells_of(rows)), rel=1e-6)


def test_henderson_finds_the_components_of_a_large_simulated_study():
    rng = np.random.default_rng(50)
    item, annotator = np.nonzero(rng.random((600, 80)) < 0.15)
    twice = rng.random(len(item)) < 0.2
    item, annotator = np.append(item, item[twice]), np.append(annotator, annotator[twice])
    pattern = 0.5 * rng.normal(size=(600, 80))
    y = rng.normal(size=600)[item] + 0.6 * rng.normal(size=80)[annotator] + pattern[item, annotator]
    y = y + 0.7 * rng.normal(size=len(item))

    found = henderson(cells_of(np.column_stack([item, annotator, y])))

    assert found == pytest.approx([1, 0.36, 0.25, 0.49], abs=0.12)


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 0, 1.0), (1, 1, 2.0), (2, 2, 4.0)],
        [(0, 0, 1.0), (0, 1, 2.0), (1, 2, 4.0), (1, 3, 3.0)],
        [(0, 0, 1.0)],
    ],
    ids=["one rating each", "nested", "one rating"],
)
def test_a_design_that_cannot_tell_the_components_apart_gives_none(rows):
    assert np.isnan(henderson(cells_of(rows))).any()
    assert np.isnan(reml(cells_of(rows)).components).all()


def test_parts_without_a_common_rating_are_counted():
    assert cells_of([(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 1), (2, 2, 1), (2, 3, 1), (3, 2, 2)]).n_parts == 2
    assert cells_of(UNEVEN).n_parts == 1
    assert cells_of(np.zeros((0, 3))).n_parts == 0


def test_minque_of_factors_that_are_one_is_not_defined():
    item = UNEVEN[:, 0]

    assert np.isnan(minque0(UNEVEN[:, 2], [item, item])).all()
    assert np.isnan(minque0([1.0], [[0]])).all()


def test_repeats_without_any_change_have_no_reml_estimate():
    rows = np.array([(u, j, u + j * (j - u)) for u in range(4) for j in range(3) for _ in range(2)], dtype=float)

    assert np.isnan(reml(cells_of(rows)).components).all()


def test_a_design_too_large_for_reml_is_refused():
    n = 2_001

    with pytest.raises(ValueError, match="at most 2000 annotators"):
        reml(Cells.from_values(np.zeros(n, dtype=int), np.arange(n), np.arange(n, dtype=float)))
