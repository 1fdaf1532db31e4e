import dataclasses
import json
import math
import sqlite3

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Scale, alpha, pair_agreement
from judgments.analysis.chance import brennan_prediger, fleiss, gwet
from judgments.analysis.pattern_agreement import pattern_alpha, pattern_chance, pattern_pair_agreement
from judgments.analysis.patterns import PatternTable, merge
from tests.support.ratings import crossed, some_ratings

KINDS = ("nominal", "ordinal", "interval", "ratio")


def same(one, two):
    return {**one.to_dict(), "n_abstained": 0} == {**two.to_dict(), "n_abstained": 0}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_points", [4, 40])
@pytest.mark.parametrize("interval", ["two_way", "items", "annotators", None])
def test_alpha_of_patterns_is_alpha_of_ratings_to_the_last_bit(kind, n_points, interval):
    r = some_ratings(1, kind=kind, n_points=n_points, again=0.3)

    found, expected = pattern_alpha(PatternTable.from_ratings(r), interval=interval), alpha(r, interval=interval)

    if n_points == 4:
        assert same(found, expected)
    else:  # Such a table of ratings is added up item by item, in another order.
        values = [[each.value, each.low or 0, each.high or 0] for each in (found, expected)]
        assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_other_coefficients_of_patterns_are_those_of_ratings():
    r = some_ratings(2)
    table = PatternTable.from_ratings(r)

    assert same(pattern_pair_agreement(table), pair_agreement(r))
    assert same(pattern_alpha(table, weighting="items"), alpha(r, weighting="items"))
    for name, measure in {"gwet": gwet, "fleiss": fleiss, "brennan_prediger": brennan_prediger}.items():
        assert same(pattern_chance(table, name), measure(r))


def test_a_bootstrap_of_patterns_is_that_of_ratings_under_one_seed():
    r = some_ratings(3, n_items=300, n_points=3)

    found = pattern_alpha(
        PatternTable.from_ratings(r), interval="bootstrap", rng=np.random.default_rng(1), n_resamples=99
    )

    assert same(found, alpha(r, interval="bootstrap", rng=np.random.default_rng(1), n_resamples=99))


def parts_of(r, n):
    for part in range(n):
        yield PatternTable.from_ratings(r.where(items=np.arange(len(r.item_ids)) % n == part))


@pytest.mark.parametrize("kind", KINDS)
def test_partitions_merge_to_the_table_of_all(kind):
    r = some_ratings(4, n_items=40, kind=kind)
    whole = PatternTable.from_ratings(r)

    merged = merge(parts_of(r, 3))

    np.testing.assert_array_equal(merged.counts, whole.counts)
    np.testing.assert_array_equal(merged.multiplicity, whole.multiplicity)
    pd.testing.assert_frame_equal(merged.given.frame(), whole.given.frame())
    assert pattern_alpha(merged).to_dict() == pattern_alpha(whole).to_dict()


def test_the_order_of_partitions_does_not_matter_and_one_stays_as_it_is():
    parts = list(parts_of(some_ratings(5, n_items=40), 4))

    one, two = merge(parts), merge(parts[::-1])

    assert pattern_alpha(one).to_dict() == pattern_alpha(two).to_dict()
    assert pattern_alpha(merge([one])).to_dict() == pattern_alpha(one).to_dict()


def test_group_bys_of_a_database_give_the_table_of_the_ratings():
    r = some_ratings(6, again=0.3, kind="ordinal")
    rows = pd.DataFrame({"item": r.item, "annotator": r.annotator, "occasion": r.occasion})
    rows["value"] = np.array(r.points)[r.value]
    with sqlite3.connect(":memory:") as database:
        rows.to_sql("rating", database, index=False)
        first = "FROM rating WHERE occasion = 0"
        counts = pd.read_sql(f"SELECT item, value, COUNT(*) AS n {first} GROUP BY item, value", database)
        people = pd.read_sql(f"SELECT annotator, item, value {first}", database)
    database.close()

    table = PatternTable.from_counts(counts, r.scale, people)

    assert same(pattern_alpha(table), alpha(r))
    assert (table.n_items, table.n_ratings) == (len(np.unique(r.item)), len(r.first()))


def test_without_people_there_are_limits_over_items_and_no_others():
    r = some_ratings(7)
    table = PatternTable.from_ratings(r, annotators=False)

    assert table.given is None
    items = pattern_alpha(table, interval="items")
    assert (items.low, items.high) == (alpha(r, interval="items").low, alpha(r, interval="items").high)
    with pytest.raises(ValueError, match="keeps none"):
        pattern_alpha(table)
    with pytest.raises(ValueError, match="needs the ratings themselves"):
        pattern_alpha(PatternTable.from_ratings(r), interval="pigeonhole", rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (np.zeros((0, 0)), "Not defined: no item has two ratings."),
        (np.ones((5, 1)), "Not defined: no item has two ratings."),
        (np.full((3, 3), np.nan), "Not defined: no item has two ratings."),
        (np.full((12, 4), 3), "Not defined: every rating is the same, so there is no disagreement to expect."),
    ],
    ids=["empty", "one annotator", "all abstained", "one value"],
)
def test_a_table_without_alpha_says_why(values, note):
    found = pattern_alpha(PatternTable.from_ratings(crossed(values, Scale("nominal", (1, 2, 3)))))

    assert math.isnan(found.value)
    assert found.notes[0] == note
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["value"] is None


def test_tables_that_do_not_belong_together_are_refused():
    r = some_ratings(8)
    table = PatternTable.from_ratings(r)

    with pytest.raises(ValueError, match="no table"):
        merge([])
    with pytest.raises(ValueError, match="share their scale"):
        merge([table, PatternTable.from_ratings(r.measured_as("ordinal"))])
    with pytest.raises(ValueError, match="Either all tables"):
        merge([table, PatternTable.from_ratings(r, annotators=False)])
    with pytest.raises(ValueError, match="have no patterns"):
        PatternTable.from_ratings(dataclasses.replace(r, weight=np.ones(len(r))))
    counts = pd.DataFrame({"item": [1], "value": [9], "n": [2]})
    with pytest.raises(ValueError, match=r"Not on the scale: \[9\]"):
        PatternTable.from_counts(counts, r.scale)
    with pytest.raises(ValueError, match="declared in its domain"):
        PatternTable.from_counts(counts, Scale("nominal"))
