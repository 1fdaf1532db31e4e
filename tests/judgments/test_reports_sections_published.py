"""Sections on a published dataset: what the arithmetic says when it is fed from the files themselves."""

import csv
import gzip
from functools import cache

import numpy as np
import pytest

from judgments import reports
from judgments.analysis import Ratings, Scale, alpha, tabulate
from judgments.analysis.chance import conger, gwet
from judgments.analysis.cohorts import cohesion
from judgments.analysis.distances import log_bayes_factor
from judgments.analysis.influence import influence
from judgments.analysis.ladder import ladder
from judgments.analysis.posterior import posterior
from judgments.importing import import_judgments
from tests.factories import NOW

ANSWERS = ("No", "Unsure", "Yes")


@cache
def from_files(folder) -> tuple[Ratings, np.ndarray]:
    """Ratings with ids as in the files, and each rater's race in the order of annotator_ids."""

    def rows(name: str) -> list[dict[str, str]]:
        with gzip.open(folder / "dices350" / name, "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    given = rows("ratings.csv.gz")
    race = {rater["rater_id"]: rater["rater_race"] for rater in rows("raters.csv.gz")}
    r = Ratings.from_arrays(
        [row["item_id"] for row in given], [row["rater_id"] for row in given],
        [ANSWERS.index(row["Q_overall"]) for row in given], Scale("nominal", (0, 1, 2)),
    )  # fmt: skip
    return r, np.array([race[rater] for rater in r.annotator_ids.tolist()], dtype=object)


@pytest.fixture
def dices(db, samples):
    return import_judgments("dices350", files=samples / "dices350", actor=None, now=NOW).study


def test_sections_are_the_arithmetic_of_the_files(dices, samples):
    r, race = from_files(samples)

    def found(name: str):
        return reports.section(dices, name).dimensions["Q_overall"]

    # Agreement.
    coefficients = found("agreement").coefficients["nominal"]
    for name, theirs in [("alpha", alpha(r)), ("gwet", gwet(r)), ("conger", conger(r))]:
        ours = coefficients[name]
        assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high), abs=1e-9)

    # Cohorts: the value and its interval; p is drawn, so it is only bounded.
    white = found("cohorts").cohesion["rater_race: White"]
    theirs = cohesion(r, {"White": race == "White"}, n_permutations=0, rng=np.random.default_rng(0))["White"]
    for name in ("irr", "xrr", "delta"):
        ours, expected = getattr(white, name), getattr(theirs, name)
        assert (ours.value, ours.low, ours.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert 1 / 1001 <= white.p["delta"] <= white.p_bh["delta"] <= 1

    # The ladder by race.
    ours, theirs = found("ladder").by_facet["rater_race"], ladder(r, race)
    for share in ("personal", "cohort", "item"):
        assert ours.shares[share].value == pytest.approx(theirs.shares[share].value, abs=1e-9)

    # Influence names items and people; ids of raters are not shown.
    ours, theirs = found("influence"), influence(r)
    assert ours.items["item"].tolist() == [str(each) for each in theirs.items["id"]]
    assert ours.annotators["shift"].tolist() == pytest.approx(theirs.annotators["shift"].tolist(), abs=1e-9)
    assert not set(ours.annotators["annotator"]) & set(r.annotator_ids.tolist())

    # Posteriors, item by item.
    known = posterior(tabulate(r))
    row = {str(item): place for place, item in enumerate(r.item_ids.tolist())}
    order = [row[item] for item in found("posterior").items["item"]]
    expected = known.entropy_split().iloc[order]
    assert found("posterior").items["undersampled"].tolist() == pytest.approx(expected["undersampled"].tolist())

    # Kinds: an item that most probably splits people by race, from its own counts.
    kinds = reports.kinds(dices)["Q_overall"]
    splits = {item: next(kind for kind in kinds.of(item) if kind.name == "cohort_split") for item in kinds.rows}
    item, split = next(pair for pair in splits.items() if pair[1].evidence["trait"].startswith("rater_race: "))
    one, other = split.evidence["trait"].removeprefix("rater_race: ").split(" / ")
    of_item = r.item == row[item]
    sides = [np.bincount(r.value[of_item & (race == side)[r.annotator]], minlength=3) for side in (one, other)]
    expected = log_bayes_factor(*(side[None, :].astype(float) for side in sides))[0]
    assert split.evidence["log_bf"] == pytest.approx(expected, abs=1e-9)
    assert 0 <= split.probability <= 1


def test_the_published_subset_is_reported_alone(dices):
    whole = reports.section(dices, "agreement").dimensions["Q_overall"]
    subset = reports.section(dices, "agreement", "published").dimensions["Q_overall"]

    assert (whole.readers_each, subset.readers_each) == (123, 104)
