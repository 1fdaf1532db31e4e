import json
import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale, alpha
from judgments.analysis.estimate import AGREEMENT, IDENTITY, LeftOut, two_way_jackknife
from judgments.analysis.replication import cross_replication, k_rater, raters_needed
from tests.support.ratings import crossed, rows_of, some_ratings

KINDS = ("nominal", "ordinal", "interval", "ratio")


def pools(x, y, kind="nominal", domain=(0, 1, 2)):
    """Two pools from the answers each item got in either."""
    rows = [(u, f"{pool}{j}", v) for pool, t in zip("xy", (x, y), strict=True) for u in t for j, v in enumerate(t[u])]
    item, annotator, value = zip(*rows, strict=True)
    r = Ratings.from_arrays(item, annotator, value, Scale(kind, domain))
    of_x = np.char.startswith(r.annotator_ids.astype(str), "x")
    return r.where(annotators=of_x), r.where(annotators=~of_x)


def halves(seed, kind, **more):
    r = some_ratings(seed, n_annotators=8, kind=kind, **more)
    first = np.arange(len(r.annotator_ids)) < 4
    return r.where(annotators=first), r.where(annotators=~first)


Y1 = dict(enumerate([[2, 0, 0], [0, 0, 2], [1, 1, 1], [0, 1, 1], [0, 0, 0]]))
Y2 = dict(enumerate([[2, 0, 0], [2, 0, 2], [1, 1, 1], [1, 2, 0], [0, 0, 0]]))


def test_the_authors_example_has_the_authors_value():
    zeros_and_ones = {
        "x": {1: (0, 2), 2: (0, 3), 3: (2, 0), 4: (3, 0), 5: (1, 1), 6: (3, 0), 7: (2, 1)},
        "y": {1: (0, 2), 2: (1, 1), 3: (1, 1), 4: (1, 1), 5: (2, 0)},
    }
    x, y = ({u: [0] * a + [1] * b for u, (a, b) in pool.items()} for pool in zeros_and_ones.values())

    found = cross_replication(*pools(x, y))

    assert found.kappa_x.value == pytest.approx(2 / 11, abs=1e-10)


def test_normalised_agreement_across_may_exceed_one_and_stands_beside_its_parts():
    found = cross_replication(*pools(Y1, Y2))

    assert found.alpha_a.value == pytest.approx(0.36363636, abs=1e-8)
    assert found.alpha_b.value == pytest.approx(0.31944444, abs=1e-8)
    assert found.kappa_x.value == pytest.approx(0.46808511, abs=1e-8)
    assert found.normalised.value == pytest.approx(1.3733888, abs=1e-7)
    assert found.difference.value == pytest.approx(-0.104449, abs=1e-6)


def by_pairs(a, b, kind):
    """κ_x word by word over pairs of one answer of each pool."""
    rows_a, rows_b = rows_of(a), rows_of(b)
    shared = {row[0] for row in rows_a} & {row[0] for row in rows_b}
    rows_a, rows_b = ([row for row in rows if row[0] in shared] for rows in (rows_a, rows_b))
    values = [row[2] for row in rows_a + rows_b]
    rank = {v: sum(w < v for w in values) + values.count(v) / 2 for v in values}
    delta = {
        "nominal": lambda c, k: float(c != k),
        "ordinal": lambda c, k: (rank[c] - rank[k]) ** 2,
        "interval": lambda c, k: (c - k) ** 2,
        "ratio": lambda c, k: ((c - k) / (c + k)) ** 2,
    }[kind]
    of_item = {u: [[v for w, _, v in rows if w == u] for rows in (rows_a, rows_b)] for u in shared}
    weight = {u: len(c) + len(d) for u, (c, d) in of_item.items()}
    means = {u: np.mean([[delta(p, q) for q in d] for p in c]) for u, (c, d) in of_item.items()}
    observed = sum(weight[u] * means[u] for u in shared) / sum(weight.values())
    return 1 - observed / np.mean([[delta(p[2], q[2]) for q in rows_b] for p in rows_a])


@pytest.mark.parametrize("kind", KINDS)
def test_agreement_across_is_that_of_explicit_pairs(kind):
    a, b = halves(1, kind, share=0.5)

    assert cross_replication(a, b).kappa_x.value == pytest.approx(by_pairs(a, b, kind), abs=1e-10)


def test_sliders_need_no_table_of_values():
    rng = np.random.default_rng(2)
    r = crossed(rng.normal(size=(60, 1)) + rng.normal(size=(60, 6)), Scale("interval"))
    first = np.arange(6) < 3
    a, b = r.where(annotators=first), r.where(annotators=~first)

    assert cross_replication(a, b).kappa_x.value == pytest.approx(by_pairs(a, b, "interval"), abs=1e-10)


LINKS = {"kappa_x": AGREEMENT, "normalised": IDENTITY, "difference": IDENTITY}


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
def test_limits_are_those_of_deleting_and_starting_again(kind):
    a, b = halves(3, kind, share=0.9, n_points=3, n_items=24)
    rows = [row for pool in (a, b) for row in rows_of(pool)]

    def without(keep):
        pair = [pool.rows(np.array([keep(row) for row in rows_of(pool)])) for pool in (a, b)]
        found = cross_replication(*pair, interval=None)
        return [getattr(found, measure).value for measure in LINKS]

    def left(key):
        values = [without(lambda row, gone=gone: key(row) != gone) for gone in sorted({*map(key, rows)})]
        return [LeftOut(np.array(column), np.ones(len(values))) for column in zip(*values, strict=True)]

    groups = [left(key) for key in (lambda row: row[0], lambda row: row[1], lambda row: row[:2])]
    found = cross_replication(a, b)

    for place, (measure, link) in enumerate(LINKS.items()):
        estimate = getattr(found, measure)
        limits = two_way_jackknife(estimate.value, *(group[place] for group in groups), link=link)
        assert (estimate.low, estimate.high) == pytest.approx((limits.low, limits.high), rel=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_matter_which_pool_comes_first(kind):
    a, b = halves(4, kind)

    one, two = cross_replication(a, b), cross_replication(b, a)

    assert one.kappa_x.value == pytest.approx(two.kappa_x.value, abs=1e-12)
    assert (one.kappa_x.low, one.kappa_x.high) == pytest.approx((two.kappa_x.low, two.kappa_x.high), rel=1e-9)
    assert one.alpha_a.to_dict() == two.alpha_b.to_dict()


def test_pools_that_share_no_item_have_no_agreement_across():
    found = cross_replication(*pools({1: [0, 1], 2: [0, 0]}, {3: [0, 1]}))

    assert math.isnan(found.kappa_x.value)
    assert found.kappa_x.notes == ("Not defined: no item was rated by both.",)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["normalised"]["value"] is None


def test_one_answer_throughout_leaves_nothing_to_compare():
    found = cross_replication(*pools({1: [0, 0], 2: [0, 0]}, {1: [0, 0], 2: [0]}))

    assert math.isnan(found.kappa_x.value)
    assert found.kappa_x.notes[0].startswith("Not defined: without variation")


def test_a_person_in_both_pools_and_pools_of_two_tables_are_refused():
    r = some_ratings(5)

    with pytest.raises(ValueError, match="in both pools"):
        cross_replication(r, r)
    with pytest.raises(ValueError, match="must share their item_ids"):
        cross_replication(r, some_ratings(6, n_items=5))
    with pytest.raises(ValueError, match="on one scale"):
        cross_replication(r, r.measured_as("ordinal"))


def test_a_mean_of_five_is_as_reliable_as_spearman_and_brown_say():
    one = alpha(some_ratings(7, n_items=40, share=1.1))

    five = k_rater(one, 5)

    assert five.value == pytest.approx(5 * one.value / (1 + 4 * one.value), abs=1e-12)
    assert five.low == pytest.approx(5 * one.low / (1 + 4 * one.low), abs=1e-12)
    assert five.low < five.value < five.high
    assert five.unit == "reliability"


def with_value(value, low=None, high=None):
    import dataclasses

    return dataclasses.replace(alpha(some_ratings(8), interval=None), value=value, low=low, high=high)


def test_the_worked_numbers_of_means_and_of_annotators_needed():
    found = raters_needed(with_value(0.3, 0.2, 0.5), 0.8)

    assert k_rater(with_value(0.3), 5).value == pytest.approx(0.681818, abs=1e-6)
    assert k_rater(with_value(0.3), 1).value == 0.3
    assert found.exact == pytest.approx(28 / 3, abs=1e-10)
    assert (found.k, found.low, found.high) == (10, 4, 16)
    assert raters_needed(with_value(0.5), 0.8).k == 4  # exactly four, not five


def test_where_items_do_not_differ_no_number_of_annotators_is_enough():
    nothing, unsure = raters_needed(with_value(0.0, -0.1, 0.1)), raters_needed(with_value(0.2, -0.1, 0.4))

    assert (nothing.k, nothing.high) == (None, None)
    assert nothing.notes == ("No number of annotators is enough: items do not differ beyond chance.",)
    assert (unsure.k, unsure.low, unsure.high) == (16, 6, None)
    assert unsure.notes[0].startswith("No upper limit")
    assert json.loads(json.dumps(nothing.to_dict(), allow_nan=False))["exact"] is None


def test_a_mean_of_people_who_disagree_beyond_chance_has_no_reliability():
    five = k_rater(with_value(-0.3, -0.5, 0.1), 5)

    assert math.isnan(five.value)
    assert five.low is None
    assert five.notes[0].startswith("Not defined: agreement is so far below chance")


@pytest.mark.parametrize(("k", "target"), [(0, 0.8), (1, 1.0), (1, 0.0)])
def test_no_annotators_and_impossible_targets_are_refused(k, target):
    with pytest.raises(ValueError, match=r"at least one|between 0 and 1"):
        (k_rater(with_value(0.3), k), raters_needed(with_value(0.3), target))
