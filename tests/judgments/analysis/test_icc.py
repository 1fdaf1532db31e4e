import json

import numpy as np
import pytest

from judgments.analysis.icc import icc

NAMES = ["ICC(1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"]


def test_correlations_of_the_published_table_are_as_published(judges):
    found = icc(judges)

    assert found.table["name"].to_list() == NAMES
    assert found.table["value"].round(2).to_list() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert {name: round(each, 2) for name, each in found.mean_squares.items()} == {
        "item": 11.24,
        "annotator": 32.49,
        "residual": 1.02,
        "within": 6.26,
    }


def test_correlations_and_limits_are_those_of_independent_programs(judges):
    table = icc(judges).table

    expected = [0.165742, 0.289764, 0.714841, 0.442797, 0.620051, 0.909316]
    assert table["value"].to_list() == pytest.approx(expected, abs=1e-6)
    # Two decimals, as the R package psych prints them.
    assert table["low"].round(2).to_list() == [-0.13, 0.02, 0.34, -0.88, 0.07, 0.68]
    assert table["high"].round(2).to_list() == [0.72, 0.76, 0.95, 0.91, 0.93, 0.99]


def test_annotators_who_differ_by_a_constant_are_consistent_and_do_not_agree():
    y = np.arange(6.0)[:, None] + np.array([0.0, 3.0, 5.0])

    values = dict(icc(y).table[["name", "value"]].itertuples(index=False))

    assert values["ICC(C,1)"] == pytest.approx(1.0, abs=1e-10)
    assert values["ICC(A,1)"] < 0.5


def test_the_order_of_items_and_annotators_does_not_matter(judges):
    shuffled = judges[[3, 1, 5, 0, 4, 2]][:, [2, 0, 3, 1]]

    np.testing.assert_allclose(icc(shuffled).table.iloc[:, 1:], icc(judges).table.iloc[:, 1:], rtol=1e-10)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (np.zeros((0, 3)), "Not defined: it takes two items and two annotators."),
        (np.arange(5.0)[:, None], "Not defined: it takes two items and two annotators."),
        ([[1, 2], [3, np.nan]], "Not defined: the table has gaps; a noise audit takes them."),
        (np.full((4, 3), 2.0), "Not defined: every rating is the same."),
    ],
)
def test_a_table_without_correlations_says_why(table, why):
    found = icc(table)

    assert found.table["value"].isna().all()
    assert found.notes == (why,)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["table"][0]["value"] is None


def test_a_list_is_no_table():
    with pytest.raises(ValueError, match="items by annotators"):
        icc([1.0, 2.0])
