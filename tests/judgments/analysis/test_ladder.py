import json
import math
from itertools import permutations, product

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale, alpha
from judgments.analysis.ladder import ladder
from judgments.analysis.levels import two_way_means


def rng():
    return np.random.default_rng(2)


def published(kind="interval", domain=(0, 1, 2, 3, 4)):
    """Two items, four people in two cohorts, two repeats."""
    item = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1]
    annotator = [0, 1, 2, 3, 0, 1, 2, 3, 0, 2]
    value = [0, 1, 3, 4, 2, 2, 4, 4, 1, 4]
    return Ratings.from_arrays(item, annotator, value, Scale(kind, domain), occasion=[0] * 8 + [1] * 2)


COHORTS = ["A", "A", "B", "B"]


def some(seed, kind="interval", n_items=12, n_annotators=8, share=0.7, repeats=0.3):
    draw = np.random.default_rng(seed)
    item, annotator = np.nonzero(draw.random((n_items, n_annotators)) < share)
    again = draw.random(len(item)) < repeats
    value = draw.integers(0, 5, len(item))
    later = np.where(draw.random(again.sum()) < 0.5, value[again], draw.integers(0, 5, again.sum()))
    return Ratings.from_arrays(
        np.concatenate([item, item[again]]),
        np.concatenate([annotator, annotator[again]]),
        np.concatenate([value, later]),
        Scale(kind, (0, 1, 2, 3, 4)),
        occasion=np.repeat([0, 1], [len(item), again.sum()]),
    )


def by_pairs(rows, cohort, delta):
    """Rungs written out over explicit pairs of (item, annotator, occasion, value)."""
    first = [row for row in rows if row[2] == 0]
    peer, cross, itself = [], [], []
    for u in sorted({row[0] for row in first}):
        here = [row for row in first if row[0] == u]
        for kept, wanted in ((peer, True), (cross, False)):
            pairs = [delta(a[3], b[3]) for a, b in permutations(here, 2) if (cohort[a[1]] == cohort[b[1]]) is wanted]
            if pairs:
                kept.append((len(here), np.mean(pairs)))
    for u, j in sorted({row[:2] for row in first}):
        values = [row[3] for row in rows if row[:2] == (u, j)]
        if len(values) > 1:
            itself.append(np.mean([delta(a, b) for a, b in permutations(values, 2)]))
    chance = [delta(a[3], b[3]) for a, b in product(first, first) if a[0] != b[0]]

    def weighted(kept):
        return sum(m * each for m, each in kept) / sum(m for m, _ in kept) if kept else math.nan

    return {
        "self": np.mean(itself) if itself else math.nan,
        "peer": weighted(peer),
        "cross": weighted(cross),
        "chance": np.mean(chance),
    }


def rows_of(r):
    columns = zip(r.item, r.annotator, r.occasion, r.value, strict=True)
    return [(int(u), int(j), int(t), r.points[v]) for u, j, t, v in columns]


def test_the_ladder_of_two_items():
    found = ladder(published(), COHORTS)

    assert {name: each.value for name, each in found.rungs.items()} == pytest.approx(
        {"self": 0.5, "peer": 0.5, "cross": 6.75, "chance": 4.5}, abs=1e-10
    )
    assert {name: each.value for name, each in found.shares.items()} == pytest.approx(
        {"occasion": 1 / 9, "personal": 0, "cohort": 1.3888888889, "item": -0.5}, abs=1e-10
    )
    assert found.own_share.value == pytest.approx(1.0)
    assert found.ceiling.value == pytest.approx(8 / 9)
    assert found.rungs["peer"].notes == ("Too few items for limits: 2, and 10 are needed.",)


@pytest.mark.parametrize("kind", ["nominal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(3))
def test_rungs_are_those_of_explicit_pairs(kind, seed):
    r = some(seed, kind)
    cohort = [0, 0, 0, 1, 1, 1, 2, 2]
    delta = {
        "nominal": lambda a, b: float(a != b),
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }[kind]

    found = ladder(r, cohort)

    expected = by_pairs(rows_of(r), cohort, delta)
    assert {name: each.value for name, each in found.rungs.items()} == pytest.approx(expected, abs=1e-12)
    assert sum(each.value for each in found.shares.values()) == pytest.approx(1, abs=1e-12)


def test_jackknife_variances_are_those_of_deleting_and_starting_again():
    r = some(7)
    cohort = [0, 0, 0, 0, 1, 1, 1, 1]

    found = ladder(r, cohort)

    def shares(rows):
        d = by_pairs(rows, cohort, lambda a, b: (a - b) ** 2)
        return {"occasion": d["self"] / d["chance"], "cohort": (d["cross"] - d["peer"]) / d["chance"]}

    groups = {"item": lambda row: row[0], "annotator": lambda row: row[1], "cell": lambda row: row[:2]}
    for name, group in groups.items():
        left = [
            shares([row for row in rows_of(r) if group(row) != gone]) for gone in {group(row) for row in rows_of(r)}
        ]
        for share in ("occasion", "cohort"):
            variance = (len(left) - 1) * np.var([each[share] for each in left])
            assert found.shares[share].components[name] == pytest.approx(variance, rel=1e-9)


def test_agreement_of_anyone_is_close_to_alpha():
    r = some(3, n_items=200, n_annotators=10)

    assert ladder(r).agreement.value == pytest.approx(alpha(r, interval=None).value, abs=2e-3)


def test_without_cohorts_people_are_all_peers():
    r = published()

    found = ladder(r)

    assert list(found.rungs) == ["self", "peer", "chance"]
    assert list(found.shares) == ["occasion", "personal", "item"]
    assert sum(each.value for each in found.shares.values()) == pytest.approx(1)
    assert found.rungs["peer"].value == pytest.approx((40 / 6 + 16 / 6) / 2)


def test_ladders_of_sets():
    choices = [("a",), ("a", "b"), ("b",), ("b", "c")]
    draw = np.random.default_rng(0)
    item, annotator = (each.ravel() for each in np.indices((12, 6)))
    value = [choices[k] for k in draw.integers(0, 4, 72)]

    found = ladder(Ratings.from_arrays(item, annotator, value, Scale("set")), [0, 0, 0, 1, 1, 1])

    assert 0 < found.rungs["chance"].value <= 1
    assert math.isnan(found.shares["occasion"].value)
    assert found.parts == {}
    assert found.notes[0].startswith("No repeats")
    measured = [found.shares[name].value for name in ("personal", "cohort", "item")]
    assert sum(measured) == pytest.approx(1)


def simulated(sd_item=1.0, level=0.0, cohort=0.0, taste=0.0, noise=0.5, seed=0, n_items=150, n_people=40, k=8):
    draw = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), k)
    person = np.concatenate([draw.choice(n_people, k, replace=False) for _ in range(n_items)])
    group = np.arange(n_people) % 2
    y = draw.normal(0, sd_item, n_items)[item] + draw.normal(0, level, n_people)[person]
    y += draw.normal(0, cohort, (n_items, 2))[item, group[person]] + draw.normal(0, taste, len(item))
    again = draw.random(len(item)) < 0.2
    value = np.concatenate([y, y[again]]) + draw.normal(0, noise, len(item) + again.sum())
    r = Ratings.from_arrays(
        np.concatenate([item, item[again]]),
        np.concatenate([person, person[again]]),
        value,
        Scale("interval"),
        occasion=np.repeat([0, 1], [len(item), again.sum()]),
    )
    return r, group


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ({"noise": 1.2}, {"occasion": 0.59, "personal": 0, "cohort": 0, "level": 0}),
        ({"level": 1.0}, {"occasion": 0.11, "personal": 0.44, "cohort": 0, "level": 0.44, "taste": 0}),
        ({"taste": 1.0}, {"occasion": 0.11, "personal": 0.44, "cohort": 0, "level": 0, "taste": 0.44}),
        ({"cohort": 1.0}, {"occasion": 0.11, "personal": 0, "cohort": 0.44, "level": 0, "cohort_pattern": 0.44}),
    ],
)
def test_each_cause_climbs_on_its_own_rung(cause, expected):
    found = [ladder(*simulated(seed=seed, **cause)) for seed in range(3)]

    for name, share in expected.items():
        values = [(each.shares | each.parts)[name].value for each in found]
        assert np.mean(values) == pytest.approx(share, abs=0.09), name


def test_shuffling_people_finds_a_cohort_and_only_that():
    r, group = simulated(cohort=0.7, n_items=60)
    nothing, _ = simulated(taste=0.7, n_items=60)

    assert ladder(r, group, n_permutations=99, rng=rng()).p == 0.01
    assert ladder(nothing, group, n_permutations=99, rng=rng()).p > 0.05
    assert math.isnan(ladder(r, group).p)


def test_shuffled_cohort_shares_are_those_of_shuffled_cohorts():
    from judgments.analysis.pairs import pairs_of
    from judgments.analysis.permutation import shuffles
    from judgments.analysis.rungs import cohort_shares

    r = some(5, repeats=0.0)
    group = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    pairs = pairs_of(r)
    orders = shuffles(8, 6, rng())

    found = cohort_shares(r.item, r.annotator, pairs.features[r.value], pairs, len(r.item_ids), group, orders)

    for row, order in enumerate(orders):
        rungs = ladder(r, group[order]).rungs
        assert found[row] == pytest.approx(rungs["cross"].value - rungs["peer"].value, abs=1e-10)


def test_the_order_of_people_and_rows_changes_nothing_and_units_neither():
    r = some(9)
    cohort = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    order = np.random.default_rng(0).permutation(len(r))
    scale = Scale("interval", (0, 1, 2, 3, 4))
    shuffled = Ratings.from_arrays(
        r.item[order],
        r.annotator[order],
        r.value[order],
        scale,
        occasion=r.occasion[order],
    )
    renamed = Ratings.from_arrays(r.item, 7 - r.annotator, 10 - 3 * r.value, Scale("interval"), occasion=r.occasion)

    first = ladder(r, cohort, n_permutations=20, rng=rng()).to_dict()

    assert json.dumps(first) == json.dumps(ladder(shuffled, cohort, n_permutations=20, rng=rng()).to_dict())
    again = ladder(renamed, cohort[::-1])
    for name, share in again.shares.items():
        assert share.value == pytest.approx(first["shares"][name]["value"], abs=1e-10)
        assert share.low == pytest.approx(first["shares"][name]["low"], abs=1e-9)


def test_people_without_a_cohort_are_left_out_and_counted():
    r = some(1)
    with_someone = ladder(r, [0, 0, 0, None, 1, 1, 1, 1])
    without = ladder(r.where(annotators=np.arange(8) != 3), [0, 0, 0, 0, 1, 1, 1, 1])

    assert with_someone.notes == ("People without a cohort, left out: 1.",)
    assert with_someone.shares["cohort"].value == without.shares["cohort"].value


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
def test_edges_are_not_defined_and_say_why(kind):
    scale = Scale(kind, (0, 1))
    empty = Ratings.from_arrays([], [], [], scale)
    one_person = Ratings.from_arrays([0, 1], [0, 0], [0, 1], scale)
    one_item = Ratings.from_arrays([0, 0], [0, 1], [0, 1], scale)
    all_same = Ratings.from_arrays([0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1], scale)
    abstained = Ratings.from_arrays([0, 1], [0, 1], [None, None], scale)
    for r in (empty, one_person, one_item, all_same, abstained):
        found = ladder(r, np.arange(len(r.annotator_ids)) % 2, n_permutations=5, rng=rng())
        assert math.isnan(found.shares["item"].value)
        assert found.shares["item"].notes
        json.dumps(found.to_dict(), allow_nan=False)


def test_shuffling_needs_a_source_of_chance_and_cohorts_run_along_people():
    with pytest.raises(ValueError, match="needs rng"):
        ladder(published(), COHORTS, n_permutations=5)
    with pytest.raises(ValueError, match="4 annotators and 2 cohorts"):
        ladder(published(), ["A", "B"])


def test_means_by_turns_are_least_squares():
    draw = np.random.default_rng(4)
    item, annotator = np.nonzero(draw.random((9, 7)) < 0.8)
    y = draw.normal(size=len(item))

    a, b = two_way_means(y, item, annotator, 9, 7)

    design = np.hstack([np.eye(9)[item], np.eye(7)[annotator]])
    fitted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    assert a[item] + b[annotator] == pytest.approx(fitted, abs=1e-8)
    assert b[annotator].mean() == pytest.approx(0, abs=1e-12)


def test_parts_add_up_to_the_shares_they_are_parts_of():
    r, group = simulated(level=0.7, taste=0.5, cohort=0.5)

    found = ladder(r, group)

    share, part = ({name: each.value for name, each in some.items()} for some in (found.shares, found.parts))
    assert part["level"] + part["taste"] == pytest.approx(share["personal"])
    assert part["cohort_level"] + part["cohort_pattern"] == pytest.approx(share["cohort"])


def test_leanings_to_a_nominal_point_are_a_level():
    draw = np.random.default_rng(0)
    item, person = (axis.ravel() for axis in np.indices((60, 12)))
    lean = draw.normal(0, 1.5, (12, 3))[person]
    value = (draw.normal(0, 1.0, (60, 3))[item] + lean + draw.gumbel(size=(720, 3))).argmax(axis=1)
    found = ladder(Ratings.from_arrays(item, person, value, Scale("nominal", (0, 1, 2))))

    assert found.parts["level"].low > 0
    assert found.parts["level"].value + found.parts["taste"].value == pytest.approx(found.shares["personal"].value)
