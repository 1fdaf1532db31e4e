import json
import math

import pytest

from judgments.analysis import Ratings, Scale, answer_forms, answer_forms_by, value_counts


def test_shares_of_forms_and_reasons_are_proportions_of_all_answers():
    forms = answer_forms(["point", "range", "none", "none", "point"], [None, None, "misfit", "depends", "misfit"])

    assert forms.n == 5
    assert forms.counts == {"point": 2, "range": 1, "both": 0, "none": 2}
    assert forms.reasons == {"depends": 1, "misfit": 1}
    assert (forms.share("point"), forms.share("both")) == (0.4, 0.0)
    assert (forms.share_of_reason("misfit"), forms.share_of_reason("rather_not")) == (0.2, 0.0)


def test_none_without_a_reason_is_counted_under_the_empty_text():
    assert answer_forms(["none", "none"], [None, "misfit"]).reasons == {"": 1, "misfit": 1}
    assert answer_forms(["none"]).reasons == {"": 1}


def test_shares_without_answers_are_not_defined_and_become_null():
    forms = answer_forms([], [])

    assert math.isnan(forms.share("point"))
    assert json.loads(json.dumps(forms.to_dict(), allow_nan=False))["shares"] == {
        "point": None,
        "range": None,
        "both": None,
        "none": None,
    }


def test_an_unknown_form_is_refused_by_name():
    with pytest.raises(ValueError, match="Unknown form of answer: maybe"):
        answer_forms(["point", "maybe"])


def test_forms_and_reasons_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        answer_forms(["none"], [])


def test_each_dimension_has_its_own_forms():
    table = answer_forms_by(["b", "a", "b"], ["point", "none", "both"], [None, "depends", None])

    assert list(table) == ["a", "b"]
    assert table["a"].to_dict() == {
        "n": 1,
        "counts": {"point": 0, "range": 0, "both": 0, "none": 1},
        "shares": {"point": 0.0, "range": 0.0, "both": 0.0, "none": 1.0},
        "reasons": {"depends": 1},
        "reason_shares": {"depends": 1.0},
    }
    assert table["b"].counts == {"point": 1, "range": 0, "both": 1, "none": 0}


@pytest.fixture
def ratings():
    return Ratings.from_arrays(
        ["x", "x", "x", "x", "y"],
        ["p", "q", "s", "p", "p"],
        ["yes", "no", None, "no", "no"],
        Scale("nominal", ("no", "unsure", "yes")),
        occasion=[0, 0, 0, 1, 0],
    )


def test_counts_of_an_item_are_first_answers_in_the_order_of_the_scale(ratings):
    assert value_counts(ratings, "x").to_dict() == {
        "item_id": "x",
        "points": ["no", "unsure", "yes"],
        "counts": [1, 0, 1],
        "n": 2,
        "n_abstained": 1,
    }


def test_counts_of_an_item_can_be_those_of_one_cohort(ratings):
    cohort = value_counts(ratings, "x", annotators=ratings.annotator_ids != "q")

    assert (cohort.counts, cohort.n, cohort.n_abstained) == ((0, 0, 1), 1, 1)


def test_an_item_that_nobody_met_has_no_counts(ratings):
    with pytest.raises(KeyError, match="z"):
        value_counts(ratings, "z")
