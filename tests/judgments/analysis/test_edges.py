"""Nothing here may ever raise for lack of data: a value that is not defined is nan, with a note, and plain JSON."""

import json
import math

import numpy as np
import pytest

from judgments.analysis import (
    Estimate,
    PatternTable,
    Ratings,
    Scale,
    alpha,
    annotators_needed,
    brennan_prediger,
    conger,
    cross_replication,
    d_study,
    fleiss,
    gwet,
    influence,
    k_rater,
    noise_audit,
    pair_agreement,
    pattern_alpha,
    pattern_chance,
    pattern_pair_agreement,
    raters_needed,
    retest,
    spread,
    tabulate,
    weighted_shares,
)
from tests.support.ratings import crossed

POINTS = (1, 2, 3, 4)
TABLES = {
    "empty": np.zeros((0, 0)),
    "one rating": [[2]],
    "one annotator": np.arange(12)[:, None] % 4 + 1,
    "one item": [[1, 2, 4, 4, 2]],
    "one value": np.full((12, 4), 2),
    "all abstained": np.full((12, 4), np.nan),
    "two people, one disagreement": np.vstack([np.full((11, 2), 3), [[1, 4]]]),
    "unanimous": np.repeat(np.arange(12)[:, None] % 4 + 1, 4, axis=1),
    "each alone": np.where(np.eye(12) > 0, 2, np.nan),
}


def halves(r):
    first = np.arange(len(r.annotator_ids)) % 2 == 0
    return r.where(annotators=first), r.where(annotators=~first)


def resampled(measure, interval):
    return lambda r: measure(r, interval=interval, rng=np.random.default_rng(0), n_resamples=20)


MEASURES = {
    "alpha": alpha,
    "alpha, items": lambda r: alpha(r, interval="items"),
    "alpha, annotators": lambda r: alpha(r, interval="annotators"),
    "alpha, reduced bias": lambda r: alpha(r, estimator="reduced_bias", interval="items"),
    "alpha, no guard": lambda r: alpha(r, guard=False),
    "alpha, bootstrap": resampled(alpha, "bootstrap"),
    "alpha, pigeonhole": resampled(alpha, "pigeonhole"),
    "alpha, bootstrap over annotators": resampled(alpha, "bootstrap_annotators"),
    "pair agreement": pair_agreement,
    "pair agreement, pigeonhole": resampled(pair_agreement, "pigeonhole"),
    "gwet": gwet,
    "gwet, linearised": lambda r: gwet(r, "ordinal", interval="linearisation", guard=False),
    "fleiss": lambda r: fleiss(r, "quadratic", guard=False),
    "brennan and prediger": brennan_prediger,
    "conger": lambda r: conger(r, guard=False),
    "k raters": lambda r: k_rater(alpha(r), 5),
    "raters needed": lambda r: raters_needed(alpha(r)),
    "across": lambda r: cross_replication(*halves(r), guard=False),
    "retest": lambda r: retest(r, guard=False),
    "influence": influence,
    "noise": lambda r: noise_audit(r, guard=False),
    "noise, parametric": lambda r: noise_audit(
        r, ci="parametric", rng=np.random.default_rng(0), n_draws=9, guard=False
    ),
    "noise, reml": lambda r: noise_audit(r, method="reml", ci=None),
    "d study": lambda r: d_study(noise_audit(r), [1, 5]),
    "annotators needed": lambda r: annotators_needed(noise_audit(r)),
    "patterns, alpha": lambda r: pattern_alpha(PatternTable.from_ratings(r)),
    "patterns, pairs": lambda r: pattern_pair_agreement(PatternTable.from_ratings(r), guard=False),
    "patterns, chance": lambda r: pattern_chance(PatternTable.from_ratings(r), "fleiss"),
}


def estimates_in(found):
    """The estimates that a result is or has."""
    if isinstance(found, Estimate):
        return [found]
    return [each for each in vars(found).values() if isinstance(each, Estimate)]


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("measure", MEASURES)
def test_no_table_however_poor_makes_a_measure_fail(measure, table, kind):
    found = MEASURES[measure](crossed(TABLES[table], Scale(kind, POINTS)))

    json.dumps(found.to_dict(), allow_nan=False)
    for estimate in estimates_in(found):
        if math.isnan(estimate.value):
            assert estimate.notes
            assert (estimate.low, estimate.high) == (None, None)
        elif estimate.low is not None:
            assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_shares_and_of_spread_have_a_row_for_all(table):
    r = crossed(TABLES[table], Scale("ordinal", POINTS))

    assert weighted_shares(r)["point"].to_list() == list(POINTS)
    assert len(spread(tabulate(r))) == len(r.item_ids)


def test_an_answer_off_the_scale_and_one_given_twice_are_refused_by_their_rows():
    with pytest.raises(ValueError, match=r"Not on the scale .* in rows 1"):
        Ratings.from_arrays([0, 0], [0, 1], [1, 9], Scale("ordinal", POINTS))
    with pytest.raises(ValueError, match="Rows 0, 1 answer the same item"):
        Ratings.from_arrays([0, 0], [0, 0], [1, 2], Scale("ordinal", POINTS))
