import json
import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from judgments.analysis import Ratings, Scale, alpha, pair_agreement
from judgments.analysis.calibration import LatentNormal, calibrate, model_like, simulate, truth
from judgments.analysis.chance import gwet
from judgments.analysis.noise import noise_audit
from tests.support.ratings import crossed, some_ratings

MODEL = LatentNormal.of(1, 0.25, 0.75, 0.25, [1, 2, 3, 2, 1])


def design(kind, n_items=60, n_annotators=15, each=5, again=0.0, seed=1):
    """Each item by a few annotators, some of them twice."""
    rng = np.random.default_rng(seed)
    item, annotator = np.nonzero(rng.random((n_items, n_annotators)).argsort(axis=1) < each)
    twice = rng.random(len(item)) < again
    occasion = np.append(np.zeros(len(item), int), np.ones(twice.sum(), int))
    item, annotator = np.append(item, item[twice]), np.append(annotator, annotator[twice])
    return Ratings.from_arrays(item, annotator, np.ones(len(item)), Scale(kind, (1, 2, 3, 4, 5)), occasion=occasion)


def test_two_answers_to_one_item_are_a_cut_bivariate_normal():
    joint = MODEL.joint(MODEL.item)

    one, two = MODEL.thresholds[0], MODEL.thresholds[2]
    expected = multivariate_normal.cdf([one, two], cov=[[1, MODEL.item], [MODEL.item, 1]])
    assert joint[:1, :3].sum() == pytest.approx(expected, abs=1e-6)
    assert joint.sum() == pytest.approx(1, abs=1e-12)
    assert joint.sum(axis=1) == pytest.approx(np.array([1, 2, 3, 2, 1]) / 9, abs=1e-10)
    assert MODEL.joint(1.0) == pytest.approx(np.diag([1, 2, 3, 2, 1]) / 9, abs=1e-12)


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
def test_the_truth_is_what_a_very_large_study_finds(kind):
    item, annotator = np.indices((1500, 200)).reshape(2, -1)
    large = Ratings.from_arrays(item, annotator, np.ones(len(item)), Scale(kind, (1, 2, 3, 4, 5)))
    r = simulate(large, MODEL, np.random.default_rng(2))

    expected = truth(MODEL, kind, ("alpha", "pair_agreement", "gwet"))

    for name, measure in {"alpha": alpha, "pair_agreement": pair_agreement, "gwet": gwet}.items():
        assert measure(r, interval=None).value == pytest.approx(expected[name], abs=0.02)


def test_the_true_components_are_what_a_large_study_with_repeats_finds():
    r = simulate(design("interval", 2000, 100, 10, again=0.3), MODEL, np.random.default_rng(3))
    expected = truth(MODEL, "interval", ("noise",))

    audit = noise_audit(r, ci=None)

    for name in ("item", "level", "pattern", "occasion"):
        assert getattr(audit, name).value == pytest.approx(expected[name], abs=0.06)
    assert expected["pattern_and_occasion"] == pytest.approx(expected["pattern"] + expected["occasion"])


def test_without_any_cut_the_truth_is_the_share_of_the_item():
    fine = LatentNormal.of(0.4, 0.1, 0.5, 0, [1] * 200)

    # Equal shares make ranks: ordinal alpha is then Spearman's correlation of a bivariate normal.
    assert truth(fine, "ordinal")["alpha"] == pytest.approx(6 / math.pi * math.asin(0.4 / 2), abs=1e-3)


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
def test_two_way_limits_hold_and_limits_over_items_hold_less(kind):
    found = calibrate(design(kind), MODEL, rng=np.random.default_rng(4), n_simulations=120, measures=("alpha",))

    coverage = found.table.set_index("interval")["coverage"]
    assert coverage["two_way"] >= 0.91
    assert coverage["two_way"] >= coverage["items"]
    assert (found.table["n"] == 120).all()
    assert (found.table["low"] < found.table["coverage"]).all()


def test_each_part_of_the_noise_audit_is_calibrated_with_repeats():
    found = calibrate(
        design("interval", again=0.3), MODEL, rng=np.random.default_rng(5), n_simulations=60, measures=("noise",)
    )

    assert found.table["measure"].to_list() == ["item", "level", "pattern", "occasion"]
    assert (found.table["coverage"] > 0.8).all()
    assert found.table["bias"].abs().max() < 0.1


def test_a_design_too_small_for_limits_says_how_often_there_were_none():
    found = calibrate(design("nominal", n_items=5), MODEL, rng=np.random.default_rng(6), n_simulations=7)

    assert (found.table["without"] == 7).all()
    assert found.table["coverage"].isna().all()
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["table"][0]["coverage"] is None


def test_the_same_seed_simulates_the_same():
    one, two = (
        calibrate(design("ordinal"), MODEL, rng=np.random.default_rng(7), n_simulations=5).to_dict() for _ in range(2)
    )

    assert one == two


def test_simulated_answers_keep_who_answered_what_and_when():
    r = design("ordinal", again=0.3)

    simulated = simulate(r, MODEL, np.random.default_rng(8))

    for name in ("item", "annotator", "occasion"):
        np.testing.assert_array_equal(getattr(simulated, name), getattr(r, name))
    assert simulated.points == (1, 2, 3, 4, 5)


def test_a_model_like_the_data_has_its_shares():
    r = simulate(design("interval", 400, 40, 10, again=0.3), MODEL, np.random.default_rng(9))

    found = model_like(r)

    assert (found.item, found.level, found.pattern, found.occasion) == pytest.approx(
        (MODEL.item, MODEL.level, MODEL.pattern, MODEL.occasion), abs=0.08
    )
    assert found.thresholds == pytest.approx(MODEL.thresholds, abs=0.15)


def test_answers_without_an_order_have_a_model_too_and_empty_ones_none():
    assert model_like(some_ratings(10)).n_points == 4
    with pytest.raises(ValueError, match="there are no ratings"):
        model_like(crossed(np.zeros((0, 0)), Scale("interval", (1, 2))))


@pytest.mark.parametrize(
    ("parts", "shares", "message"),
    [
        ((-1, 1, 1, 0), [1, 1], "not negative"),
        ((0, 0, 0, 0), [1, 1], "above zero"),
        ((1, 0, 0, 0), [0, 0], "above zero"),
        ((1, 0, 0, 0), [1], "at least one threshold"),
    ],
)
def test_a_model_without_sense_is_refused(parts, shares, message):
    with pytest.raises(ValueError, match=message):
        LatentNormal.of(*parts, shares)


def test_sets_and_no_simulations_are_refused():
    sets = Ratings.from_arrays([0, 0], [0, 1], [["a"], ["b"]], Scale("set", ("a", "b")))

    with pytest.raises(ValueError, match="into sets"):
        calibrate(sets, MODEL, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="At least one"):
        calibrate(design("nominal"), MODEL, rng=np.random.default_rng(0), n_simulations=0)
