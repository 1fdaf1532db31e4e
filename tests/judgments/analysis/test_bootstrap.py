import numpy as np
import pytest

from judgments.analysis import Ratings, Scale, alpha, pair_agreement
from judgments.analysis.bootstrap import crossed_bootstrap
from judgments.analysis.deletion import paired, units
from judgments.analysis.disagreement import Alpha, distance_of
from tests.support.ratings import crossed, some_ratings


def drawn_again(r, people, items):
    """Alpha of ratings that hold each item as often as drawn, each person with the weight of their draws."""
    kept = np.repeat(np.arange(len(r)), items[r.item])
    copy = np.concatenate([np.arange(times) for times in items[r.item]]) if len(r) else []
    names = r.item[kept] * 1000 + copy
    value = np.array(r.points)[r.value[kept]]
    weight = people[r.annotator[kept]]
    again = Ratings.from_arrays(names, r.annotator[kept], value, r.scale, weight=weight)
    return alpha(again, interval=None).value


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("items", [True, False])
def test_each_resample_is_alpha_of_the_people_and_items_drawn(kind, items):
    r = paired(some_ratings(1, kind=kind, share=1.1))
    u = units(r, Alpha(distance_of(r)))

    values = crossed_bootstrap(u, Alpha(distance_of(r)), 5, np.random.default_rng(3), items=items)

    rng = np.random.default_rng(3)
    n_items, n_people = u.n_items, u.n_annotators
    people = rng.multinomial(n_people, np.full(n_people, 1 / n_people), size=5)
    times = rng.multinomial(n_items, np.full(n_items, 1 / n_items), size=5) if items else np.ones((5, n_items), int)
    expected = [drawn_again(r, w, t) for w, t in zip(people, times, strict=True)]
    assert values == pytest.approx(expected, abs=1e-10)


def test_nobody_is_paired_with_themself():
    rng = np.random.default_rng(4)
    r = crossed(rng.integers(1, 5, (200, 4)), Scale("nominal", (1, 2, 3, 4)))

    estimate = alpha(r, interval="bootstrap_annotators", rng=rng, n_resamples=400)

    assert estimate.low < 0.02  # Copies that agree with themselves would lift every resample to .25.
    assert estimate.high < 0.15


def test_limits_are_widest_when_both_are_drawn():
    r = some_ratings(5, n_items=60, n_annotators=12, share=0.5)
    width = {}
    for interval in ("bootstrap", "bootstrap_annotators", "two_way", "pigeonhole"):
        estimate = alpha(r, interval=interval, rng=np.random.default_rng(0), n_resamples=800)
        width[interval] = estimate.high - estimate.low

    assert width["pigeonhole"] > width["bootstrap"]
    assert width["pigeonhole"] > width["bootstrap_annotators"]
    assert width["pigeonhole"] > width["two_way"]


def test_the_same_seed_gives_the_same_limits():
    r = some_ratings(6)

    one, two = (
        pair_agreement(r, interval="pigeonhole", rng=np.random.default_rng(1), n_resamples=50).to_dict()
        for _ in range(2)
    )

    assert one == two


def test_limits_over_annotators_ask_for_three_and_for_rng():
    r = some_ratings(7, n_annotators=2, share=1.1)

    few = alpha(r, interval="bootstrap_annotators", rng=np.random.default_rng(0), n_resamples=50)

    assert few.notes == ("Too few annotators for limits: 2, and 3 are needed.",)
    with pytest.raises(ValueError, match="A bootstrap needs rng"):
        alpha(r, interval="pigeonhole")


def test_jackknife_over_annotators_is_their_part_of_the_two_way_one():
    r = some_ratings(8)

    one, both = alpha(r, interval="annotators"), alpha(r)

    assert one.components == {"annotator": both.components["annotator"]}
    assert one.df == one.n_annotators - 1
    assert one.method.endswith("annotators drawn at random, items fixed")
