import json
import math

import numpy as np
import pandas as pd
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.dstudy import annotators_needed, d_study
from judgments.analysis.icc import icc
from judgments.analysis.noise import noise_audit
from tests.support.ratings import crossed, some_ratings

INTERVAL = Scale("interval")


@pytest.fixture
def audit(judges):
    return noise_audit(crossed(judges, INTERVAL), guard=False)


def test_the_audit_of_the_published_table(audit):
    assert audit.item.value == pytest.approx(2.5555556, abs=1e-7)
    assert audit.level.value == pytest.approx(5.2444444, abs=1e-7)
    assert audit.pattern_and_occasion.value == pytest.approx(1.0194444, abs=1e-7)
    assert audit.system_noise_sd.value == pytest.approx(2.502776, abs=1e-6)
    assert audit.noise_shares["level"].value == pytest.approx(0.837251, abs=1e-6)
    assert sum(share.value for share in audit.shares.values()) == pytest.approx(1, abs=1e-12)
    assert not audit.separable
    assert math.isnan(audit.pattern.value)
    assert audit.pattern.notes == ("Not separable from occasion without repeats.",)


def test_the_d_study_of_the_published_table(audit):
    table = d_study(audit, [1, 2, 4, 8, 16]).table

    assert table["relative"].to_list() == pytest.approx([0.714841, 0.833711, 0.909316, 0.952504, 0.975674], abs=1e-6)
    assert table["absolute"].to_list() == pytest.approx([0.289764, 0.449328, 0.620051, 0.765471, 0.867158], abs=1e-6)


def test_brennans_synthetic_data_have_his_components_and_coefficients(reference):
    table = pd.read_csv(reference / "brennan_2001.csv", comment="#").to_numpy()[:, 1:]

    audit = noise_audit(crossed(table, INTERVAL))

    found = (audit.item.value, audit.level.value, audit.pattern_and_occasion.value)
    assert [round(each, 4) for each in found] == [0.0574, 0.0754, 0.1269]
    twelve = d_study(audit, [12]).table.iloc[0]
    assert (round(twelve["relative"], 3), round(twelve["absolute"], 3)) == (0.844, 0.773)
    squares = icc(table).mean_squares
    assert [round(squares[name], 4) for name in ("item", "annotator", "residual")] == [0.8157, 0.8811, 0.1269]


def test_ten_readers_make_the_published_table_dependable(audit):
    found = annotators_needed(audit, 0.8)

    assert found.k == 10
    assert found.measure == "dependability"
    assert found.low <= found.k
    assert found.high is None
    assert annotators_needed(audit, 0.8, "relative").k == 2


def large(seed, again=0.2, share=0.3):
    rng = np.random.default_rng(seed)
    item, annotator = np.nonzero(rng.random((120, 30)) < share)
    twice = rng.random(len(item)) < again
    occasion = np.append(np.zeros(len(item), int), np.ones(twice.sum(), int))
    item, annotator = np.append(item, item[twice]), np.append(annotator, annotator[twice])
    pattern = 0.5 * rng.normal(size=(120, 30))
    y = rng.normal(size=120)[item] + 0.6 * rng.normal(size=30)[annotator] + pattern[item, annotator]
    y = y + 0.7 * rng.normal(size=len(item))
    return Ratings.from_arrays(item, annotator, y, INTERVAL, occasion=occasion)


@pytest.mark.parametrize("ci", ["jackknife", "parametric"])
def test_with_repeats_all_four_parts_have_limits_around_the_truth(ci):
    audit = noise_audit(large(1), ci=ci, rng=np.random.default_rng(2), n_draws=300)

    assert audit.separable
    assert audit.connected
    for name, truth in {"item": 1, "level": 0.36, "pattern": 0.25, "occasion": 0.49}.items():
        found = getattr(audit, name)
        assert found.low < truth < found.high
        assert found.low < found.value < found.high
    assert audit.pattern_and_occasion is None
    assert set(audit.shares) == {"item", "level", "pattern", "occasion"}
    needed = annotators_needed(audit)
    assert needed.low < needed.k < needed.high


def test_more_occasions_each_need_fewer_readers():
    audit = noise_audit(large(3), ci=None)

    once, thrice = annotators_needed(audit, kind="relative"), annotators_needed(audit, kind="relative", repeats=3)

    assert thrice.exact < once.exact
    i, p, o = audit.item.value, audit.pattern.value, audit.occasion.value
    assert thrice.exact == pytest.approx(4 * (p + o / 3) / i, rel=1e-9)
    assert d_study(audit, [5], repeats=3).table["relative"][0] > d_study(audit, [5]).table["relative"][0]


def test_reml_and_henderson_are_close_on_a_large_study():
    r = large(4)
    one, two = noise_audit(r, ci=None), noise_audit(r, ci=None, method="reml")

    for name in ("item", "level", "pattern", "occasion"):
        assert getattr(two, name).value == pytest.approx(getattr(one, name).value, abs=0.1)
    assert two.method == "REML"


def test_the_jackknife_needs_no_seed_and_the_bootstrap_repeats_with_one():
    r = large(5)

    assert noise_audit(r).to_dict() == noise_audit(r).to_dict()
    one, two = (noise_audit(r, ci="parametric", rng=np.random.default_rng(1), n_draws=50).to_dict() for _ in range(2))
    assert one == two


def test_the_order_of_rows_does_not_change_a_bit():
    r = large(6)
    order = np.random.default_rng(0).permutation(len(r))
    shuffled = Ratings.from_arrays(
        r.item[order], r.annotator[order], np.array(r.points)[r.value[order]], INTERVAL, occasion=r.occasion[order]
    )

    assert noise_audit(shuffled).to_dict() == noise_audit(r).to_dict()


def test_a_negative_part_is_zero_and_keeps_its_raw_value():
    audit = noise_audit(crossed(np.random.default_rng(8).normal(size=(12, 5)), INTERVAL))
    negative = [name for name, raw in audit.raw.items() if raw < 0]
    assert negative  # Pure noise: some part falls below zero under this seed.

    for name in negative:
        found = getattr(audit, name)
        assert found.value == 0.0
        assert any(note.startswith("Zero, because the estimate was -") for note in found.notes)


def test_shares_of_ranks_stand_beside_and_a_move_is_said():
    rng = np.random.default_rng(9)
    skewed = np.exp(2 * (rng.normal(size=(60, 1)) + rng.normal(size=8) + rng.normal(size=(60, 8))))

    audit = noise_audit(crossed(skewed, INTERVAL))

    assert sum(audit.rank_shares.values()) == pytest.approx(1)
    assert abs(audit.rank_shares["item"] - audit.shares["item"].value) > 0.05
    assert "Read as ranks, some share moves by more than five points: see both." in audit.notes


def test_ordered_words_are_read_as_places():
    words, numbers = (
        crossed(np.array(points)[some_values()], Scale("ordinal", points))
        for points in (("no", "perhaps", "yes"), (1, 2, 3))
    )

    assert noise_audit(words).item.value == noise_audit(numbers).item.value


def some_values():
    return np.random.default_rng(10).integers(0, 3, (12, 4))


def test_groups_without_common_items_are_said_not_to_be_connected():
    table = np.full((20, 8), np.nan)
    rng = np.random.default_rng(11)
    table[:10, :4], table[10:, 4:] = rng.normal(size=(10, 4)), rng.normal(size=(10, 4))

    audit = noise_audit(crossed(table, INTERVAL))

    assert not audit.connected
    assert audit.notes[0].startswith("Not connected: levels of annotators compare only within parts")
    assert math.isfinite(audit.item.value)


NESTED = Ratings.from_arrays(np.repeat(np.arange(12), 3), np.arange(36), np.arange(36) % 5, INTERVAL)


@pytest.mark.parametrize(
    ("r", "why"),
    [
        (crossed(np.zeros((0, 0)), INTERVAL), "Not defined: there are no ratings."),
        (crossed(np.full((3, 3), np.nan), INTERVAL), "Not defined: there are no ratings."),
        (crossed([[1.0, 2.0]], INTERVAL), "Not defined: it takes two items and two annotators."),
        (crossed([[1.0], [2.0]], INTERVAL), "Not defined: it takes two items and two annotators."),
        (crossed(np.full((12, 4), 3.0), INTERVAL), "Not defined: every rating is the same."),
        (some_ratings(12), "Not defined: answers have no order."),
        (NESTED, "Not defined: nothing is crossed, so a person's level cannot be told from the item or the pattern."),
    ],
    ids=["empty", "all abstained", "one item", "one annotator", "one value", "nominal", "nested"],
)
def test_where_nothing_can_be_told_apart_all_values_are_undefined(r, why):
    audit = noise_audit(r)

    assert audit.notes == (why,)
    for estimate in (audit.item, audit.level, audit.system_noise_sd, *audit.shares.values()):
        assert math.isnan(estimate.value)
        assert (estimate.low, estimate.high) == (None, None)
        assert why in estimate.notes
    study = d_study(audit, [1, 5])
    assert study.table["absolute"].isna().all()
    assert study.notes == (why,)
    assert annotators_needed(audit).k is None
    assert json.loads(json.dumps(audit.to_dict(), allow_nan=False))["item"]["value"] is None


def test_few_annotators_have_values_and_no_limits(judges):
    audit = noise_audit(crossed(judges, INTERVAL))

    assert audit.item.value == pytest.approx(2.5555556, abs=1e-7)
    assert audit.item.low is None
    assert audit.item.notes == ("Too few items for limits: 6, and 10 are needed.",)
    assert annotators_needed(audit).notes == ("No limits: the value itself has none.",)


def test_questions_without_sense_are_refused(audit):
    r = large(13)

    with pytest.raises(ValueError, match="Unknown method"):
        noise_audit(r, method="anova")
    with pytest.raises(ValueError, match="needs rng"):
        noise_audit(r, ci="parametric")
    with pytest.raises(ValueError, match="A level lies between"):
        noise_audit(r, level=0)
    with pytest.raises(ValueError, match="Without repeats"):
        d_study(audit, [3], repeats=2)
    with pytest.raises(ValueError, match="at least one"):
        d_study(audit, [0])
    with pytest.raises(ValueError, match="Unknown kind"):
        annotators_needed(audit, kind="both")
