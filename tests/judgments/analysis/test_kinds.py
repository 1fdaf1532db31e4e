import json
import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Scale
from judgments.analysis.kinds import KINDS, Thresholds, kinds
from judgments.analysis.readings import readings

LIKERT = Scale("ordinal", (-2, -1, 0, 1, 2))


def rng():
    return np.random.default_rng(7)


def answers(item, points=(), both=0, cannot_tell=0, misfit=0, ranges=(), settled=4):
    """Rows of one item, each answer by somebody else."""
    rows = [{"form": "point", "point": point} for point in points]
    rows += [{"form": "range", "low": low, "high": high} for low, high in ranges]
    rows += [{"form": "both"}] * both
    rows += [{"form": "none", "reason": "cannot_tell"}] * cannot_tell
    rows += [{"form": "none", "reason": "misfit"}] * misfit
    return [
        {"item_id": item, "annotator_id": person, "occasion": 0, "settled": settled, **row}
        for person, row in enumerate(rows)
    ]


def ledger(*items, scale=LIKERT, repeats=(), item_ids=None, **more):
    df = pd.DataFrame([row for rows in items for row in rows] + list(repeats))
    for column in ("point", "low", "high"):
        df[column] = df.get(column, pd.Series(np.nan, index=df.index))
    df["reason"] = df.get("reason", pd.Series(None, index=df.index, dtype=object))
    return kinds(readings(df, scale, item_ids=item_ids), rng=rng(), **more)


AGREED = [0] * 18 + [1] * 6
CAMPS = [-2] * 12 + [2] * 12
SPREAD = [-2, -1, 0, 1, 2] * 6


def test_each_shape_is_told_from_the_others():
    found = ledger(answers("a", AGREED), answers("b", CAMPS), answers("c", SPREAD)).table

    assert found["agreed"].tolist() == pytest.approx([1, 0, 0], abs=0.05)
    assert found["two_camps"].tolist() == pytest.approx([0, 1, 0], abs=0.15)
    assert found["scattered"].tolist() == pytest.approx([0, 0, 1], abs=0.15)
    assert list(found.columns) == list(KINDS)


def test_few_answers_leave_the_shape_open():
    found = ledger(answers("few", [-2, 2]), answers("many", [-2] * 30 + [2] * 30)).table

    assert found.loc["few", "too_few_readings"] > 0.3
    assert found.loc["many", "too_few_readings"] < 0.02
    assert found.loc["few", "two_camps"] < found.loc["many", "two_camps"]


def test_camps_of_people_who_are_not_settled_or_answer_with_wide_ranges_are_less_probable():
    wide = [(-2, 2)] * 10

    found = ledger(
        answers("settled", CAMPS), answers("unsettled", CAMPS, settled=1), answers("wide", CAMPS, ranges=wide)
    ).table["two_camps"]

    assert found["settled"] > 0.8
    assert found["unsettled"] < 0.05
    assert found["wide"] < 0.3


def test_torn_vague_and_misfit_items_are_told_apart():
    found = ledger(
        answers("torn", AGREED, both=12),
        answers("vague", AGREED, cannot_tell=12),
        answers("wide", AGREED, ranges=[(-2, 2)] * 12),
        answers("misfit", AGREED, misfit=12),
        answers("plain", AGREED),
    ).table.loc[["torn", "vague", "wide", "misfit", "plain"]]

    assert (found["torn_readers"] > 0.5).tolist() == [True, False, False, False, False]
    assert (found["vague_item"] > 0.5).tolist() == [False, True, True, False, False]
    assert (found["misfit_question"] > 0.5).tolist() == [False, False, False, True, False]
    assert found.loc["plain", ["torn_readers", "vague_item", "misfit_question"]].max() < 0.1


def test_a_misfit_that_all_questions_share_is_not_this_question():
    items = [answers("a", AGREED, misfit=12), answers("b", AGREED)]

    alone = ledger(*items).table.loc["a", "misfit_question"]
    everywhere = ledger(*items, elsewhere=([120, 0], [200, 200])).table.loc["a", "misfit_question"]
    nowhere_else = ledger(*items, elsewhere=([0, 0], [200, 200])).table.loc["a", "misfit_question"]

    assert alone == pytest.approx(nowhere_else, abs=0.02)
    assert everywhere < 0.1 < 0.9 < alone


def test_people_who_move_when_they_meet_an_item_again():
    again = [
        {"item_id": item, "annotator_id": person, "occasion": 1, "form": "point", "point": point}
        for item, point in (("moved", 2), ("stayed", 0))
        for person in range(10)
    ]

    found = ledger(answers("moved", AGREED), answers("once", AGREED), answers("stayed", AGREED), repeats=again)

    assert found.table["self_inconsistent"].tolist() == pytest.approx([1, math.nan, 0], abs=0.1, nan_ok=True)
    assert found.of("once")["self_inconsistent"].note == "Nobody met this item twice."
    assert found.of("moved")["self_inconsistent"].evidence == {
        "moved": 10.0,
        "repeats": 10.0,
        "moved_share": pytest.approx(0.9, abs=0.1),
        "threshold_moved": 0.5,
    }
    assert found.of("moved")["agreed"].evidence["counts"] == [0, 0, 18, 6, 0]


def test_splits_between_cohorts_carry_their_bayes_factor():
    items = [answers(name, AGREED) for name in "abc"]
    cohorts = {"work": [4.0, -1.0, math.nan], "age": [0.0, -1.0, math.nan]}

    found = ledger(*items, cohorts=cohorts, hidden=[math.nan, 3.0, 0.0])

    mean = (math.exp(4) + 1) / 2
    assert found.table.loc["a", "cohort_split"] == pytest.approx(0.1 * mean / (0.9 + 0.1 * mean))
    assert found.table.loc["b", "cohort_split"] == pytest.approx(0.1 * math.exp(-1) / (0.9 + 0.1 * math.exp(-1)))
    assert math.isnan(found.table.loc["c", "cohort_split"])
    assert found.of("a")["cohort_split"].evidence == {"trait": "work", "log_bf": 4.0, "threshold_prior_split": 0.1}
    assert found.of("a")["hidden_camp"].note == "No groups were found, or none were looked for."
    assert found.table.loc["c", "hidden_camp"] == pytest.approx(0.1)


def test_looking_at_more_traits_finds_no_more_by_chance():
    items = [answers("a", AGREED)]
    one = ledger(*items, cohorts={"x": [2.0]}).table.loc["a", "cohort_split"]
    many = ledger(*items, cohorts={"x": [2.0]} | {f"y{k}": [-3.0] for k in range(9)}).table.loc["a", "cohort_split"]

    assert many < one / 3


def test_probabilities_of_shapes_are_as_frequent_as_they_say():
    draw = np.random.default_rng(3)
    truth = draw.dirichlet([0.4] * 5, size=4_000)
    counts = np.array([draw.multinomial(6, p) for p in truth])
    df = pd.DataFrame(
        {
            "item_id": np.repeat(np.arange(4_000), 6),
            "annotator_id": np.tile(np.arange(6), 4_000),
            "form": "point",
            "point": np.concatenate([np.repeat(LIKERT.domain, row) for row in counts]),
        }
    )

    found = kinds(readings(df, LIKERT), n_draws=400, rng=rng()).table

    agreed = np.max(truth[:, 1:] + truth[:, :-1], axis=1) >= 0.75
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        some = found["agreed"].between(low, low + 0.2)
        said, happened = found.loc[some, "agreed"].mean(), agreed[some.to_numpy()].mean()
        assert happened == pytest.approx(said, abs=0.06)
    shapes = found[["agreed", "two_camps", "scattered"]].sum(axis=1)
    assert shapes.to_numpy() == pytest.approx(1)


def test_expected_numbers_are_sums_of_probabilities():
    found = ledger(answers("a", AGREED), answers("b", CAMPS))

    assert found.expected()["agreed"] == pytest.approx(found.table["agreed"].sum())
    assert math.isnan(found.expected()["cohort_split"])


def test_items_with_the_same_answers_have_the_same_probabilities():
    table = ledger(*(answers(name, AGREED, both=1, misfit=1) for name in "abc")).table

    assert table.loc["a"].equals(table.loc["c"])


def test_thresholds_are_the_callers():
    items = [answers("a", AGREED, both=3), answers("b", AGREED)]

    strict, lenient = (ledger(*items, thresholds=Thresholds(torn=share)).table for share in (0.4, 0.02))

    assert strict.loc["a", "torn_readers"] < 0.05 < 0.8 < lenient.loc["a", "torn_readers"]
    with pytest.raises(ValueError, match="torn lies between 0 and 1"):
        Thresholds(torn=1.0)


def test_long_scales_are_read_in_parts():
    scale = Scale("interval", tuple(range(101)))
    low, high = answers("apart", [5, 8, 10, 3] * 4 + [95, 90, 88, 99] * 4), answers("near", [48, 50, 52] * 8)

    found = ledger(low, high, scale=scale)

    assert found.readings.counts.shape == (2, 7)
    assert found.table.loc["apart", "two_camps"] > 0.7
    assert found.table.loc["near", "agreed"] > 0.9


def test_nominal_points_have_camps_without_order():
    found = ledger(answers("a", ["x"] * 12 + ["z"] * 12), scale=Scale("nominal", ("x", "y", "z")))

    assert found.table.loc["a", "two_camps"] > 0.8


def test_items_without_answers_and_no_items_at_all():
    found = ledger(answers("a", AGREED), item_ids=["a", "nobody"])

    assert found.table.loc["nobody", ["agreed", "torn_readers", "misfit_question"]].isna().all()
    assert found.table.loc["nobody", "too_few_readings"] > 0.2
    assert found.of("nobody").n == 0
    json.dumps(found.of("nobody").to_dict(), allow_nan=False)
    empty = pd.DataFrame(columns=["item_id", "annotator_id", "form", "point", "low", "high"])
    assert kinds(readings(empty, LIKERT), rng=rng()).table.empty
    with pytest.raises(KeyError):
        found.of("unknown")


def test_only_answers_without_a_point():
    found = ledger(answers("a", misfit=5))

    assert math.isnan(found.table.loc["a", "agreed"])
    assert found.of("a")["agreed"].note == "No point answers."
    assert found.table.loc["a", "misfit_question"] > 0.9


def test_the_same_seed_gives_the_same_whoever_comes_first():
    rows = answers("a", AGREED, both=2) + answers("b", CAMPS)

    assert ledger(rows).table.equals(ledger(rows[::-1]).table)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="Not on the scale: 9"):
        ledger(answers("a", [9]))
    with pytest.raises(ValueError, match="1 answers name an item"):
        ledger(answers("a", [0]), item_ids=["b"])
    with pytest.raises(ValueError, match="x does not have one number for each of 1 items"):
        ledger(answers("a", [0]), cohorts={"x": [1, 2]})
    with pytest.raises(ValueError, match="needs a domain"):
        ledger(answers("a", ["x"]), scale=Scale("nominal"))
