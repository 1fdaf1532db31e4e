"""Releases of the published datasets, when DISSENSUS_SAMPLES names their folder."""

import csv
import gzip
import subprocess
from collections import Counter

import pandas as pd
import pytest

from judgments import releasing
from judgments.importing import import_judgments
from judgments.releasing import seal
from tests.factories import NOW, later


def bring(name: str):
    return import_judgments(name, actor=None, now=NOW).study


def test_dices350_is_released_twice_with_the_same_bytes(db, samples, tmp_path):
    study = bring("dices350")

    facts = releasing.release(study, tmp_path / "one", actor=None, now=later(1))
    releasing.release(study, tmp_path / "two", actor=None, now=later(9_000))

    assert facts["counts"]["ratings"] == 43_050
    assert subprocess.run(["diff", "-r", tmp_path / "one", tmp_path / "two"], capture_output=True).returncode == 0
    assert list(seal.faults(tmp_path / "one")) == []


def test_dices350_comes_out_as_it_was_published(db, samples, tmp_path):
    facts = releasing.release(bring("dices350"), tmp_path / "out", actor=None, now=later(1))

    ratings = pd.read_parquet(tmp_path / "out/data/ratings.parquet")
    for table in ("items", "annotators"):
        other = pd.read_parquet(tmp_path / f"out/data/{table}.parquet")
        ratings = ratings.merge(other, on=f"{table.rstrip('s')}_id", suffixes=("", f"_{table}"))
    released = Counter(
        zip(ratings["external_id"], ratings["external_id_annotators"], ratings["point_label"], strict=True)
    )
    with gzip.open(samples / "dices350/ratings.csv.gz", "rt", encoding="utf-8", newline="") as file:
        published = Counter((row["item_id"], row["rater_id"], row["Q_overall"]) for row in csv.DictReader(file))
    assert released == published
    with gzip.open(samples / "dices350/raters.csv.gz", "rt", encoding="utf-8", newline="") as file:
        races = Counter(row["rater_race"] for row in csv.DictReader(file))
    annotators = pd.read_parquet(tmp_path / "out/data/annotators.parquet")
    assert Counter(annotators["bg_rater_race"]) == races
    assert facts["licence"] == "CC-BY-4.0"
    assert facts["attribution"] in (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert facts["privacy"]["background"] == "by the licence of the imported data, nothing suppressed"


@pytest.mark.parametrize(
    ("mapping", "counts"),
    [
        ("adversarial_nibbler", {"judgments": 12_071, "ratings": 61_295, "items": 2_419, "annotators": 15}),
        ("wmt_mqm_ende", {"judgments": 3_120, "ratings": 6_240, "marks": 9_976, "annotators": 10}),
    ],
)
def test_sets_words_and_spans_pass_the_second_reading(db, samples, tmp_path, mapping, counts):
    facts = releasing.release(bring(mapping), tmp_path / "out", actor=None, now=later(1))

    assert {name: facts["counts"][name] for name in counts} == counts
    assert {row["dimension"] for row in facts["self_check"]["dimensions"] if row["alpha"] is not None} >= {
        "adversarial_nibbler": {"text_attack_mode", "image_failure_type"},
        "wmt_mqm_ende": {"severity", "errors"},
    }[mapping]
