import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

from judgments.analysis.posterior import empirical_prior, log_dm, posterior, spread_of, two_camps

EIGHT = [[4, 1, 0], [0, 5, 0], [1, 1, 3], [3, 2, 0], [0, 0, 5], [5, 0, 0], [2, 2, 1], [0, 4, 1]]


def rng():
    return np.random.default_rng(1)


def test_five_answers_on_five_points():
    found = posterior([[0, 1, 0, 2, 2]], "jeffreys")

    assert found.mean()[0] == pytest.approx([0.066667, 0.2, 0.066667, 0.333333, 0.333333], abs=1e-6)
    low, high = found.interval()
    assert (low[0, 0], high[0, 0]) == pytest.approx((7.3e-05, 0.310275), abs=1e-6)
    assert (low[0, 1], high[0, 1]) == pytest.approx((0.017139, 0.527978), abs=1e-6)
    assert (low[0, 4], high[0, 4]) == pytest.approx((0.070233, 0.679286), abs=1e-6)
    mean, sd = found.mean_score([1, 2, 3, 4, 5])
    assert (mean[0], sd[0]) == pytest.approx((3.666667, 0.445750), abs=1e-6)
    split = found.entropy_split().iloc[0]
    assert list(split) == pytest.approx([1.415369, 1.199156, 0.216213], abs=1e-6)


def test_inherent_spread_is_the_mean_entropy_of_draws():
    p = posterior([[0, 1, 0, 2, 2]], "jeffreys").draws(200_000, rng())[0]

    entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
    assert entropy.mean() == pytest.approx(1.199156, abs=2e-3)


def test_the_prior_of_eight_items():
    prior = empirical_prior(EIGHT)

    assert prior.a == pytest.approx([0.503747, 0.572664, 0.341805], abs=1e-6)
    assert prior.loglik == pytest.approx(-35.033467, abs=1e-6)
    shrunk = posterior(EIGHT, prior.a).mean()[0]
    assert shrunk == pytest.approx([0.701713, 0.245031, 0.053255], abs=1e-6)


def test_the_fixed_point_is_the_maximum():
    n = np.array(EIGHT, dtype=float)

    best = minimize(lambda log_a: -log_dm(n, np.exp(log_a)).sum(), np.zeros(3), tol=1e-12)

    assert empirical_prior(EIGHT).a == pytest.approx(np.exp(best.x), abs=1e-5)


def test_probabilities_of_all_tables_add_to_one():
    a = np.array([0.4, 1.2, 0.7])
    tables = np.array([[i, j, 4 - i - j] for i in range(5) for j in range(5 - i)], dtype=float)
    ways = np.exp(gammaln(5) - gammaln(tables + 1).sum(axis=1))

    assert (ways * np.exp(log_dm(tables, a))).sum() == pytest.approx(1, abs=1e-12)


def test_a_prior_is_learnt_from_thirty_items_on():
    assert posterior(EIGHT).prior.how.startswith("Jeffreys")
    found = posterior(EIGHT * 4)
    assert found.prior.how.startswith("empirical")
    assert found.prior.a == pytest.approx(empirical_prior(EIGHT).a, abs=1e-6)


def test_a_prior_stays_inside_its_bounds():
    unanimous = [[5, 0], [0, 5], [5, 0], [0, 5]]
    assert empirical_prior(unanimous).a.sum() == pytest.approx(0.1)
    like_one_another = [[2, 2]] * 40
    assert empirical_prior(like_one_another).a.sum() <= 1e4
    assert (empirical_prior([[3, 0, 0]] * 5).a > 0).all()


def test_more_answers_leave_less_open():
    few, many = posterior([[1, 1, 1], [40, 40, 40]], "jeffreys").entropy_split()["undersampled"]

    assert many < 0.02 < few


def test_order_of_points_and_items_moves_along():
    table = np.array(EIGHT)
    found, turned = posterior(table, "jeffreys"), posterior(table[::-1, ::-1], "jeffreys")

    assert turned.mean() == pytest.approx(found.mean()[::-1, ::-1])
    split, back = found.entropy_split(), turned.entropy_split()[::-1]
    assert back.to_numpy() == pytest.approx(split.to_numpy())


def test_spread_of_distributions_at_the_ends():
    assert spread_of(np.array([0.5, 0, 0, 0, 0.5])) == pytest.approx(1)
    assert spread_of(np.array([0, 1.0, 0])) == pytest.approx(0)
    assert spread_of(np.full(5, 0.2)) == pytest.approx(0.8)
    assert spread_of(np.full(4, 0.25), ordered=False) == pytest.approx(1)
    assert np.isnan(spread_of(np.ones(1)))


def test_drawn_spread_has_its_exact_mean():
    found = posterior([[2, 1, 0, 2], [0, 0, 0, 0]], [0.5, 0.5, 0.5, 0.5])

    spread = found.spread(rng(), n=40_000)

    # E[F(1 − F)] of a Beta(B, A − B) share is B (A − B) / (A (A + 1)).
    k = found.concentration
    b, a = np.cumsum(k, axis=1)[:, :-1], k.sum(axis=1, keepdims=True)
    exact = 4 / 3 * (b * (a - b) / (a * (a + 1))).sum(axis=1)
    assert spread["value"].to_numpy() == pytest.approx(exact, abs=5e-3)
    assert (spread["low"] < spread["value"]).all()
    assert (spread["value"] < spread["high"]).all()


@pytest.mark.parametrize(
    ("p", "ordered", "expected"),
    [
        ([0.5, 0, 0, 0, 0.5], True, 1),
        ([0.3, 0.2, 0.08, 0.2, 0.22], True, 1),
        ([0.2, 0.2, 0.2, 0.2, 0.2], True, 0),
        ([0, 0.1, 0.8, 0.1, 0], True, 0),
        ([0.5, 0.5, 0, 0, 0], True, 0),
        ([0.46, 0.08, 0.46], True, 1),
        ([0.8, 0.0, 0.2], True, 0),
        ([0.6, 0.4], True, 1),
        ([0.5, 0.45, 0.05], False, 1),
        ([0.4, 0.3, 0.3], False, 0),
        ([1.0], True, 0),
    ],
)
def test_two_camps_stand_apart_with_few_between(p, ordered, expected):
    assert two_camps(np.array(p), ordered=ordered) == expected


def test_many_answers_settle_whether_an_item_is_polarised():
    apart, together, few = [50, 0, 0, 0, 50], [0, 0, 100, 0, 0], [1, 0, 0, 0, 1]

    p = posterior([apart, together, few], "jeffreys").polarised(rng())

    assert p[0] > 0.99
    assert p[1] < 0.01
    assert 0.02 < p[2] < 0.9


def test_the_same_seed_draws_the_same():
    found = posterior(EIGHT)

    assert (found.draws(5, rng()) == found.draws(5, rng())).all()
    assert found.draws(5, rng()).sum(axis=2) == pytest.approx(1)


def test_nothing_known_is_the_prior():
    found = posterior(np.zeros((2, 3)))
    assert found.mean() == pytest.approx(1 / 3)
    assert posterior(np.zeros((0, 3))).entropy_split().empty
    assert posterior(np.zeros((0, 3))).spread(rng()).empty
    assert empirical_prior(np.zeros((4, 2))).a == pytest.approx(0.5)


def test_what_is_no_table_or_prior_is_refused():
    for wrong in ([1, 2], [[1, -1]], [[np.nan, 1]]):
        with pytest.raises(ValueError, match="table of items by points"):
            posterior(wrong)
    for prior in ("flat", [1.0], [0.0, 1.0, 1.0]):
        with pytest.raises(ValueError, match="prior"):
            posterior(EIGHT, prior)
