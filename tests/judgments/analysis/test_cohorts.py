import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Ratings, Scale, alpha, tabulate
from judgments.analysis.cohorts import cohesion
from judgments.analysis.plurality import cross_negentropy, negentropy, plurality_size, voting_agreement
from judgments.analysis.replication import cross_replication

Y1 = [[2, 0, 0], [0, 0, 2], [1, 1, 1], [0, 1, 1], [0, 0, 0]]
Y2 = [[2, 0, 0], [2, 0, 2], [1, 1, 1], [1, 2, 0], [0, 0, 0]]


def rng():
    return np.random.default_rng(3)


def crossed(table, kind="nominal", domain=(0, 1, 2)):
    item, annotator = np.indices(np.shape(table))
    return Ratings.from_arrays(item.ravel(), annotator.ravel(), np.ravel(table), Scale(kind, domain))


def some(seed=0, n_items=12, n_annotators=9, n_points=4, share=0.7, kind="nominal"):
    draw = np.random.default_rng(seed)
    item, annotator = np.nonzero(draw.random((n_items, n_annotators)) < share)
    value = draw.integers(0, n_points, len(item))
    return Ratings.from_arrays(item, annotator, value, Scale(kind, tuple(range(n_points))))


def mask(r, *people):
    return np.isin(r.annotator_ids, people)


def xrr_by_pairs(rows, inside, delta):
    """κ_x written out over explicit pairs of (item, annotator, value)."""
    c, d = [row for row in rows if row[1] in inside], [row for row in rows if row[1] not in inside]
    both = {u for u, _, _ in c} & {u for u, _, _ in d}
    observed = size = 0.0
    for u in both:
        own, other = [v for w, _, v in c if w == u], [v for w, _, v in d if w == u]
        a, b = len(own), len(other)
        observed += (a + b) / (a * b) * sum(delta(v, w) for v in own for w in other)
        size += a + b
    own, other = [v for u, _, v in c if u in both], [v for u, _, v in d if u in both]
    expected = sum(delta(v, w) for v in own for w in other) / (len(own) * len(other))
    return 1 - observed / size / expected


def rows_of(r):
    return [(int(u), int(j), r.points[v]) for u, j, v in zip(r.item, r.annotator, r.value, strict=True)]


# Published and frozen values


def test_two_pools_of_three_people():
    r = crossed(np.hstack([Y1, Y2]))

    found = cohesion(r, {"first": mask(r, 0, 1, 2)}, min_size=3, n_permutations=0, rng=rng())["first"]

    assert found.irr.value == pytest.approx(0.36363636, abs=1e-8)
    assert found.xrr.value == pytest.approx(0.46808511, abs=1e-8)
    assert found.gai.value == pytest.approx(0.776860, abs=1e-6)
    assert found.delta.value == pytest.approx(-0.104449, abs=1e-6)
    assert found.described["plurality"].value == pytest.approx(0.8, abs=1e-6)
    assert found.described["negentropy"].value == pytest.approx(0.716704, abs=1e-6)
    assert found.described["voting_agreement"].value == pytest.approx(0.333333, abs=1e-6)
    assert all(math.isnan(p) for p in found.p.values())
    other = cohesion(r, {"second": mask(r, 3, 4, 5)}, min_size=3, n_permutations=0, rng=rng())["second"]
    assert other.irr.value == pytest.approx(0.31944444, abs=1e-8)


def test_the_official_example_of_cross_replication_leaves_out_items_of_one_pool():
    x = {1: (0, 2), 2: (0, 3), 3: (2, 0), 4: (3, 0), 5: (1, 1), 6: (3, 0), 7: (2, 1)}
    y = {1: (0, 2), 2: (1, 1), 3: (1, 1), 4: (1, 1), 5: (2, 0)}
    rows = [
        (u, f"{side}{place}", value)
        for side, pool in (("x", x), ("y", y))
        for u, counts in pool.items()
        for place, value in enumerate(np.repeat([0, 1], counts))
    ]
    item, annotator, value = zip(*rows, strict=True)
    r = Ratings.from_arrays(item, annotator, value, Scale("nominal"))

    found = cohesion(r, {"x": mask(r, "x0", "x1", "x2")}, min_size=2, n_permutations=0, rng=rng())["x"]

    assert found.xrr.value == pytest.approx(0.1818182, abs=1e-7)


def test_cross_negentropy_without_the_terms_that_are_infinite():
    c, d = tabulate(crossed(Y1)).astype(float), tabulate(crossed(Y2)).astype(float)

    assert cross_negentropy(c, d, smoothing=None) == pytest.approx(0.578074, abs=1e-6)
    assert cross_negentropy(c, d) < 0.578074
    never_given = np.array([[2.0, 1.0]]), np.array([[3.0, 0.0]])
    assert cross_negentropy(*never_given, smoothing=None) == pytest.approx(math.log(2))
    assert cross_negentropy(*never_given, smoothing=0.0) == -math.inf
    q = 0.5 / 4
    expected = math.log(2) + 2 / 3 * math.log(1 - q) + 1 / 3 * math.log(q)
    assert cross_negentropy(*never_given) == pytest.approx(expected)


def test_groups_of_the_safety_ratings_are_as_printed(samples, dices):
    r, people, table = dices
    groups = {row: _of(people, traits) for row, traits in table.iterrows()}

    found = cohesion(r, groups, min_size=4, n_permutations=0, rng=rng())

    for row, printed in table.iterrows():
        cohort = found[row]
        values = [cohort.irr.value, cohort.xrr.value, cohort.gai.value]
        values += [cohort.described[name].value for name in ("negentropy", "plurality")]
        assert [round(value, 3) for value in values] == list(
            printed[["irr", "xrr", "gai", "negentropy", "plurality"]]
        )
    by_race_and_gender = [row for row, traits in table.iterrows() if traits.race and traits.gender]
    assert found.most_associated(by_race_and_gender).gai.value == pytest.approx(1.262, abs=5e-4)


def test_groups_lie_where_they_are_printed_beside_what_shuffling_gives(samples, dices):
    r, people, table = dices
    groups = {row: _of(people, traits) for row, traits in table.iterrows()}

    found = cohesion(r, groups, n_permutations=200, rng=rng())

    asian_women, latine_women, four = found[11], found[15], found[17]
    assert asian_women.irr.value < asian_women.expected["irr"]
    assert asian_women.p["gai"] < 0.05
    assert latine_women.xrr.value > latine_women.expected["xrr"]
    assert latine_women.p["xrr"] < 0.05
    assert four.suppressed
    assert four.n_annotators == 4
    assert found.table()["suppressed"].sum() == 1


@pytest.fixture(scope="module")
def dices(samples):
    """104 people on 350 conversations, and the printed table."""
    ratings = pd.read_csv(samples / "dices350" / "ratings.csv.gz", dtype=str)
    people = pd.read_csv(samples / "dices350" / "raters.csv.gz", dtype=str)
    people = people[people["removed_by_authors"] == "0"].sort_values("rater_id")
    kept = ratings[ratings["rater_id"].isin(people["rater_id"])]
    scale = Scale("nominal", ("No", "Unsure", "Yes"))
    r = Ratings.from_frame(kept, scale, annotator="rater_id", value="Q_overall")
    where = __file__.rsplit("/judgments/", 1)[0] + "/reference/grasp_2024.csv"
    return r, people, pd.read_csv(where, comment="#", keep_default_na=False)


def _of(people, traits):
    chosen = np.ones(len(people), dtype=bool)
    for trait in ("race", "gender", "age"):
        if traits[trait]:
            chosen &= (people[f"rater_{trait}"] == traits[trait]).to_numpy()
    return chosen


# Against the definitions


@pytest.mark.parametrize("kind", ["nominal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(4))
def test_agreement_inside_and_across_is_that_of_explicit_pairs(kind, seed, by_pairs):
    r = some(seed, kind=kind)
    inside = {0, 2, 4, 5}

    found = cohesion(r, {"a": mask(r, *inside)}, min_size=2, n_permutations=0, rng=rng())["a"]

    delta = by_pairs.delta(kind, [])
    assert found.xrr.value == pytest.approx(xrr_by_pairs(rows_of(r), inside, delta), abs=1e-12)
    own = [row for row in rows_of(r) if row[1] in inside]
    assert found.irr.value == pytest.approx(by_pairs.alpha(own, kind), abs=1e-12)


@pytest.mark.parametrize("kind", ["nominal", "interval"])
def test_limits_inside_are_those_of_alpha(kind):
    r = some(1, n_items=20, kind=kind)
    people = mask(r, 0, 1, 2, 3, 4)

    found = cohesion(r, {"a": people}, n_permutations=0, min_size=4, rng=rng())["a"].irr

    expected = alpha(r.where(annotators=people))
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-10)


@pytest.mark.parametrize("kind", ["nominal", "interval", "ratio"])
def test_values_and_limits_are_those_of_two_pools_compared(kind):
    r = some(3, n_items=30, n_annotators=12, kind=kind)
    people = mask(r, *range(6))

    found = cohesion(r, {"a": people}, n_permutations=0, rng=rng())["a"]

    pools = cross_replication(r.where(annotators=people), r.where(annotators=~people))
    for mine, theirs in ((found.xrr, pools.kappa_x), (found.delta, pools.difference), (found.irr, pools.alpha_a)):
        assert mine.value == pytest.approx(theirs.value, abs=1e-10)
        assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_limits_across_are_those_of_deleting_and_starting_again():
    r = some(2, n_items=12)
    inside = {0, 1, 2, 3}
    rows = rows_of(r)

    found = cohesion(r, {"a": mask(r, *inside)}, min_size=3, n_permutations=0, rng=rng())["a"].xrr

    def eta(kept):
        return -math.log(1 - xrr_by_pairs(kept, inside, lambda v, w: float(v != w)))

    for name, group in {"item": lambda row: row[0], "annotator": lambda row: row[1], "cell": lambda row: row}.items():
        left = [eta([row for row in rows if group(row) != gone]) for gone in {group(row) for row in rows}]
        variance = (len(left) - 1) * np.var(left)
        assert found.components[name] == pytest.approx(variance, abs=1e-10)


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
def test_shuffled_values_are_those_of_shuffled_masks(kind):
    from judgments.analysis.across import shuffled
    from judgments.analysis.pairs import pairs_of
    from judgments.analysis.permutation import Crowd, shuffles

    r = some(4, kind=kind)
    people = mask(r, 0, 1, 2, 3)
    pairs = pairs_of(r)
    crowd = Crowd(r.item, r.annotator, pairs.features[r.value], pairs, len(r.item_ids), len(people))
    orders = shuffles(len(people), 7, rng())

    irr, xrr = shuffled(crowd, people, orders)

    for row, order in enumerate(orders):
        again = cohesion(r, {"a": people[order]}, min_size=2, n_permutations=0, rng=rng())["a"]
        assert irr[row] == pytest.approx(again.irr.value, abs=1e-10)
        assert xrr[row] == pytest.approx(again.xrr.value, abs=1e-10)


def test_all_arrangements_of_few_people_give_the_exact_p():
    r = some(6, n_items=15, n_annotators=6, share=1.0)
    people = mask(r, 0, 1, 2)
    exact = []
    for chosen in itertools.combinations(range(6), 3):
        again = cohesion(r, {"a": mask(r, *chosen)}, min_size=3, n_permutations=0, rng=rng())["a"]
        exact.append(again.delta.value)
    observed = cohesion(r, {"a": people}, min_size=3, n_permutations=4000, rng=rng())["a"]

    high = np.mean(np.array(exact) >= observed.delta.value - 1e-12)
    low = np.mean(np.array(exact) <= observed.delta.value + 1e-12)
    assert observed.p["delta"] == pytest.approx(min(1, 2 * min(high, low)), abs=0.03)


# Invariances


def test_the_order_of_rows_changes_nothing():
    draw = np.random.default_rng(1)
    item, annotator = np.nonzero(draw.random((15, 12)) < 0.8)
    value = draw.integers(0, 3, len(item))
    order = draw.permutation(len(item))

    found = [
        cohesion(r, {"a": mask(r, *range(6))}, n_permutations=50, rng=rng()).to_dict()
        for r in (
            Ratings.from_arrays(item, annotator, value, Scale("nominal")),
            Ratings.from_arrays(item[order], annotator[order], value[order], Scale("nominal")),
        )
    ]

    assert json.dumps(found[0]) == json.dumps(found[1])


def test_names_of_nominal_points_do_not_matter_and_a_linear_change_of_numbers_neither():
    for kind, change in (("nominal", lambda v: (v * 3 + 1) % 4), ("interval", lambda v: 10 - 2 * v)):
        r = some(5, kind=kind)
        changed = Ratings.from_arrays(r.item, r.annotator, change(r.value), Scale(kind))
        groups = {"a": mask(r, 0, 1, 2, 3)}
        a, b = (cohesion(x, groups, min_size=3, n_permutations=20, rng=rng())["a"] for x in (r, changed))
        assert a.xrr.value == pytest.approx(b.xrr.value, abs=1e-10)
        assert a.irr.value == pytest.approx(b.irr.value, abs=1e-10)
        assert a.p == pytest.approx(b.p)


def test_repeats_are_not_counted():
    r = some(7)
    twice = Ratings.from_arrays(
        np.concatenate([r.item, r.item[:5]]),
        np.concatenate([r.annotator, r.annotator[:5]]),
        np.concatenate([r.value, 3 - r.value[:5]]),
        Scale("nominal"),
        occasion=np.repeat([0, 1], [len(r), 5]),
    )
    groups = {"a": mask(r, 0, 1, 2, 3)}

    once, again = (cohesion(x, groups, min_size=3, n_permutations=0, rng=rng())["a"] for x in (r, twice))

    assert once.delta.value == again.delta.value


def test_a_cohort_with_a_view_of_its_own_is_found_and_one_without_is_not():
    draw = np.random.default_rng(8)
    own = draw.integers(1, 6, 40)[:, None] + np.round(draw.normal(0, 0.6, (40, 8)))
    others = draw.integers(1, 6, 40)[:, None] + np.round(draw.normal(0, 0.6, (40, 16)))
    r = crossed(np.hstack([own, others]), "interval", ())

    found = cohesion(r, {"own": mask(r, *range(8)), "mixed": mask(r, *range(4, 24, 3))}, rng=rng())

    assert found["own"].delta.low > 0.3
    assert found["own"].p_bh["delta"] < 0.01
    assert found["mixed"].p["delta"] > 0.05
    assert found["mixed"].delta.low < 0 < found["mixed"].delta.high


# Edges


def test_small_cohorts_are_withheld_and_so_is_what_lies_across_to_a_small_rest():
    r = some(9)

    found = cohesion(r, {"few": mask(r, 0, 1), "most": mask(r, *range(7))}, n_permutations=20, rng=rng())

    assert found["few"].suppressed
    assert found["few"].irr.notes == ("Withheld: fewer than 5 people.",)
    assert found["few"].described == {}
    assert math.isnan(found["most"].xrr.value)
    assert found["most"].xrr.notes == ("Withheld: fewer than 5 people are outside the cohort.",)
    assert math.isfinite(found["most"].irr.value)
    assert math.isnan(found["most"].p["delta"])


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
def test_without_variation_nothing_is_defined_and_a_note_says_so(kind):
    r = crossed(np.ones((12, 12), dtype=int), kind, (0, 1, 2))

    found = cohesion(r, {"a": mask(r, *range(6))}, n_permutations=10, rng=rng())["a"]

    for name in ("irr", "xrr", "gai", "delta"):
        assert math.isnan(getattr(found, name).value)
        assert getattr(found, name).notes
        assert math.isnan(found.p[name])


def test_empty_and_lonely_ratings():
    empty = Ratings.from_arrays([], [], [], Scale("nominal", (0, 1)))
    assert cohesion(empty, {"a": np.zeros(0, bool)}, rng=rng())["a"].irr.notes == (
        "Not defined: there are no ratings.",
    )
    all_abstained = Ratings.from_arrays([1, 1], ["a", "b"], [None, None], Scale("nominal", (0, 1)))
    assert math.isnan(cohesion(all_abstained, {"a": np.ones(2, bool)}, rng=rng())["a"].xrr.value)
    one = Ratings.from_arrays([1], ["a"], [0], Scale("nominal", (0, 1)))
    assert math.isnan(cohesion(one, {"a": np.ones(1, bool)}, min_size=1, rng=rng())["a"].irr.value)
    assert cohesion(one, {}, rng=rng()).table().empty


def test_cohorts_that_never_met_on_an_item_have_nothing_across():
    r = Ratings.from_arrays([0] * 3 + [1] * 3, range(6), [0, 1, 0, 1, 1, 0], Scale("nominal"))

    found = cohesion(r, {"a": mask(r, 0, 1, 2)}, min_size=2, n_permutations=20, rng=rng())["a"]

    assert math.isnan(found.xrr.value)
    assert math.isnan(found.described["voting_agreement"].value)


def test_masks_and_strata_must_run_along_the_annotators():
    r = some(0)
    with pytest.raises(ValueError, match="must be true or false for each of 9 annotators"):
        cohesion(r, {"a": np.ones(3, bool)}, rng=rng())
    with pytest.raises(ValueError, match="9 annotators and 2 strata"):
        cohesion(r, {"a": np.ones(9, bool)}, strata=["x", "y"], rng=rng())


def test_sizes_and_entropies_of_nothing_are_not_defined():
    nothing = np.zeros((3, 2))
    assert math.isnan(plurality_size(nothing))
    assert math.isnan(negentropy(nothing))
    assert math.isnan(cross_negentropy(nothing, nothing))
    assert math.isnan(voting_agreement(nothing, nothing))
