"""Findings on a published dataset, against the krippendorff library fed from the files themselves."""

import csv
import gzip
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import krippendorff
import numpy as np
import pytest

from judgments import ledger, reports
from judgments.importing import import_judgments
from tests.factories import NOW


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_rater(folder: Path) -> tuple[np.ndarray, list[dict[str, str]]]:
    """(raters, items) codes of the overall answer as the files have them, nan where missing; and the raters."""
    raters, ratings = rows_of(folder / "raters.csv.gz"), rows_of(folder / "ratings.csv.gz")
    row = {rater["rater_id"]: place for place, rater in enumerate(raters)}
    column = {item: place for place, item in enumerate(sorted({rating["item_id"] for rating in ratings}))}
    table = np.full((len(row), len(column)), np.nan)
    for rating in ratings:
        answer = ("No", "Unsure", "Yes").index(rating["Q_overall"])
        table[row[rating["rater_id"]], column[rating["item_id"]]] = answer
    return table, raters


def theirs(table: np.ndarray) -> float:
    return krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")


def timed(what: str, compute):
    start = time.perf_counter()
    found = compute()
    print(f"{what}: {(time.perf_counter() - start) * 1000:.0f} ms")
    return found


def test_findings_on_dices_are_those_of_its_files(db, samples):
    folder = samples / "dices350"
    table, raters = by_rater(folder)
    study = import_judgments("dices350", files=folder, actor=None, now=NOW).study
    stayed = np.array([rater["removed_by_authors"] == "0" for rater in raters])
    assert (table.shape, int(stayed.sum())) == ((123, 350), 104)

    timed("ledger, first time", lambda: ledger.of_study(study))
    cold = timed("report, first time", lambda: reports.report(study))
    warm = timed("report, again", lambda: reports.report(study))
    timed("item", lambda: reports.item(study, study.items.first()))

    (slug,) = cold["dimensions"]
    (subset,) = study.subsets
    assert cold == warm
    whole = cold["dimensions"][slug]
    assert whole["alpha"]["nominal"]["value"] == pytest.approx(theirs(table), abs=1e-9)
    assert (whole["alpha"]["nominal"]["n_annotators"], whole["alpha"]["nominal"]["n_ratings"]) == (123, 43_050)
    assert list(whole["forms"]["points"].values()) == [int((table == code).sum()) for code in range(3)]
    without = reports.report(study, subset)["dimensions"][slug]["alpha"]["nominal"]
    assert without["value"] == pytest.approx(theirs(table[stayed]), abs=1e-9)
    assert (without["n_annotators"], without["n_ratings"]) == (104, 104 * 350)
    assert_cohorts_are_those_of_the_files(whole["cohorts"], table, raters)


def assert_cohorts_are_those_of_the_files(cohorts: dict, table: np.ndarray, raters: list[dict[str, str]]) -> None:
    """Every group by gender, race, age and their pairs: its size, and its alpha or that it is too small."""
    facets = ("rater_gender", "rater_race", "rater_age")
    assert len(cohorts) == 6
    compared = 0
    for columns, groups in zip([(f,) for f in facets] + list(combinations(facets, 2)), cohorts.values(), strict=True):
        values = [tuple(rater[column] for column in columns) for rater in raters]
        assert {tuple(group["values"]): group["n_annotators"] for group in groups.values()} == Counter(values)
        for group in groups.values():
            inside = np.array([value == tuple(group["values"]) for value in values])
            assert group.get("suppressed", False) == (inside.sum() < 5)
            if not group.get("suppressed"):
                assert group["alpha"]["nominal"]["value"] == pytest.approx(theirs(table[inside]), abs=1e-9)
                compared += 1
    assert compared > 20
