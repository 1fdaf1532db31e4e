"""The second reading: what the files say must be what the database said."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from judgments import releasing
from judgments.analysis import Ratings, Scale, alpha
from judgments.errors import ReleaseRefused
from judgments.releasing import files, selfcheck
from judgments.releasing.selfcheck import _by_the_library, _sample
from tests.factories import judge, later, make_items, make_participant, make_rubric, make_study, said


def make(study, folder):
    return releasing.release(study, folder / "out", actor=None, now=later(60))


def test_each_question_is_compared_by_its_level(judged, tmp_path):
    compared = make(judged, tmp_path)["self_check"]["dimensions"]

    assert {row["dimension"]: row["metric"] for row in compared} == {
        "care": "ordinal",
        "moves": "nominal",
        "voice": "nominal",
        "warmth": "interval",
    }


def test_agreement_is_of_current_point_answers(judged, tmp_path):
    compared = {row["dimension"]: row for row in make(judged, tmp_path)["self_check"]["dimensions"]}

    # Of 18 readings one was revised to both ways, and its other answers were taken back.
    assert (compared["care"]["n_ratings"], compared["care"]["n_items"]) == (17, 3)
    assert (compared["warmth"]["n_ratings"], compared["warmth"]["n_annotators"]) == (17, 6)
    assert compared["moves"]["alpha"] is None  # Everybody chose the same.
    frame = pd.read_parquet(tmp_path / "out" / "data" / "ratings.parquet")
    frame = frame[(frame["dimension"] == "warmth") & frame["is_current"]]
    ours = alpha(Ratings.from_frame(frame, Scale("interval"), value="point"), interval=None)
    assert compared["warmth"]["alpha"] == pytest.approx(ours.value, abs=1e-12)


def test_points_set_apart_are_outside_the_order(db, tmp_path):
    study = make_study(version=make_rubric(dimensions=["goods"]))
    make_items(study, 2)
    for point in (1, 2, 5, 6):
        reader = make_participant(study)
        judge(reader, said(goods=point))
        judge(reader, said(goods=point))

    row = make(study, tmp_path)["self_check"]["dimensions"][0]

    assert (row["n_ratings"], row["n_annotators"]) == (4, 2)


def spoil(monkeypatch, change):
    """Change the written ratings before they are read again."""
    honest = files.write

    def write(table, rows, folder, *, look):
        written = honest(table, rows, folder, look=look)
        if table.name == "ratings":
            change(folder)
        return written

    monkeypatch.setattr(releasing, "write", write)


def rewrite(path, edit) -> None:
    table = pq.read_table(path)
    pq.write_table(pa.Table.from_pylist(edit(table.to_pylist()), schema=table.schema), path)


def test_a_point_changed_in_both_files_is_found_by_agreement(judged, tmp_path, monkeypatch):
    def change(folder):
        def edit(rows):
            row = next(row for row in rows if row["dimension"] == "warmth" and row["is_current"])
            row["point"] += 1e-3
            return rows

        rewrite(folder / "data/ratings.parquet", edit)
        frame = pd.read_parquet(folder / "data/ratings.parquet")
        cells = pd.read_csv(folder / "csv/ratings.csv", dtype=str, keep_default_na=False)
        cells["point"] = ["" if math.isnan(value) else repr(value) for value in frame["point"]]
        cells.to_csv(folder / "csv/ratings.csv", index=False)

    spoil(monkeypatch, change)

    with pytest.raises(ReleaseRefused, match=r"Agreement on warmth is .* by our reckoning and .* read again"):
        make(judged, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_csv_that_differs_from_its_parquet_is_found(judged, tmp_path, monkeypatch):
    def change(folder):
        path = folder / "csv/ratings.csv"
        path.write_bytes(path.read_bytes().replace(b"misfit", b"misfit").replace(b",10.5,", b",10.25,", 1))

    spoil(monkeypatch, change)

    with pytest.raises(ReleaseRefused, match="does not say the same"):
        make(judged, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda rows: rows[:-1], "rows were written"),
        (lambda rows: [rows[0], *rows[:-1]], "two rows share the key"),
        (lambda rows: [rows[0] | {"form": "guess"}, *rows[1:]], "ratings.form has values outside its list"),
        (lambda rows: [rows[0] | {"item_id": "elsewhere"}, *rows[1:]], "1 of item_id are not in items"),
    ],
)
def test_a_spoilt_table_is_found(judged, tmp_path, monkeypatch, edit, words):
    spoil(monkeypatch, lambda folder: rewrite(folder / "data/ratings.parquet", edit))

    with pytest.raises(ReleaseRefused, match=words):
        make(judged, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_library_gives_the_published_value():
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: 4 observers, 12 units.
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    rows = [(f"u{unit}", float(value)) for seen in table for unit, value in enumerate(seen) if value is not None]
    frame = pd.DataFrame(rows, columns=["item_id", "value"])

    values = {
        metric: round(_by_the_library(frame, metric), 3) for metric in ("nominal", "ordinal", "interval", "ratio")
    }

    assert values == {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}


def test_too_many_values_are_compared_on_a_sample_that_is_always_the_same(monkeypatch):
    monkeypatch.setattr(selfcheck, "MOST_CELLS", 10_000)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"item_id": [f"i{n % 100}" for n in range(300)], "value": rng.normal(size=300)})

    sample = _sample(frame)

    points = frame.loc[frame["item_id"].isin(sample), "value"].nunique()
    assert 2 <= len(sample) < 100
    assert len(sample) * points**2 <= 10_000
    assert _sample(frame.sample(frac=1, random_state=2)) == sample
    assert _sample(frame[frame["item_id"].isin(["i1", "i2"])]) is None


def test_a_sampled_comparison_says_so(judged, tmp_path, monkeypatch):
    monkeypatch.setattr(selfcheck, "MOST_CELLS", 60)

    compared = {row["dimension"]: row["items_sampled"] for row in make(judged, tmp_path)["self_check"]["dimensions"]}

    assert compared == {"care": 1, "moves": None, "voice": None, "warmth": 1}
