"""A release of a whole study: what is in it, that it can be made again, and when it is refused."""

import json
import subprocess
import sys
import uuid
from contextlib import closing

import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from judgments import audit, first_readings, releasing
from judgments.assignment import next_assignment
from judgments.errors import ReleaseRefused
from judgments.models import Event, Judgment, Rating, Release, Study
from judgments.releasing import rows, seal
from tests.factories import NOW, judge, later, make_items, make_participant, make_study, said

TABLES = {
    "annotators", "assignments", "dimensions", "first_readings", "items", "judgments", "marks", "notes", "ratings",
    "responses", "rubrics", "scale_points", "scenarios", "stands",
}  # fmt: skip


def make(study, folder):
    return releasing.release(study, folder, actor=None, now=later(60))


def read(folder, table) -> pd.DataFrame:
    return pd.read_parquet(folder / "data" / f"{table}.parquet")


def test_a_release_has_these_files(judged, tmp_path):
    make(judged, tmp_path / "out")

    expected = {f"data/{name}.parquet" for name in TABLES} | {f"csv/{name}.csv" for name in TABLES}
    rubric = judged.rubric_version.rubric.slug
    expected |= {
        "README.md",
        "MANIFEST.sha256",
        "release.json",
        "codebook.csv",
        "load.py",
        f"rubrics/{rubric}-1.json",
    }
    assert set(seal.files_of(tmp_path / "out")) == expected
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_every_judgment_and_rating_is_there_once(judged, tmp_path):
    facts = make(judged, tmp_path / "out")

    judgments, ratings = read(tmp_path / "out", "judgments"), read(tmp_path / "out", "ratings")
    assert set(judgments["judgment_id"]) == set(map(str, Judgment.objects.values_list("uid", flat=True)))
    assert len(judgments) == 19
    assert len(ratings) == Rating.objects.count() == facts["counts"]["ratings"] == 18 * 7 + 1
    assert judgments["judgment_id"].is_monotonic_increasing


def test_a_change_of_mind_names_the_one_before_and_stands_in_its_place(judged, tmp_path):
    make(judged, tmp_path / "out")

    judgments = read(tmp_path / "out", "judgments").set_index("judgment_id")
    second = judgments[judgments["revision"] == 1].iloc[0]
    first = judgments.loc[second["supersedes"]]
    assert (first["is_current"], second["is_current"]) == (False, True)
    assert judgments["is_current"].sum() == 18


def test_all_four_forms_of_answers_are_told_apart(judged, tmp_path):
    make(judged, tmp_path / "out")

    ratings = read(tmp_path / "out", "ratings")
    forms = ratings.groupby("dimension")["form"].agg(lambda column: sorted(set(column)))
    assert forms["care"] == ["both", "point"]
    assert (forms["depth"], forms["goods"]) == (["range"], ["none"])
    both = ratings[ratings["form"] == "both"].iloc[0]
    assert (both["both_a"], both["both_b"], both["is_current"]) == (2.0, 6.0, True)
    assert set(ratings.loc[ratings["dimension"] == "goods", "reason"]) == {"misfit"}
    assert set(ratings.loc[ratings["dimension"] == "moves", "labels_json"]) == {'["1","3"]'}
    voice = ratings[ratings["dimension"] == "voice"]
    assert list(voice["point_label"]) == [f"{point:g}" for point in voice["point"]]


def test_first_readings_come_with_their_places_and_words_only_where_they_may_be_quoted(study, jo, consent, tmp_path):
    quiet = make_participant(study)
    consent(jo)
    consent(quiet, may_quote=False)
    make_items(study, 1)
    marks = [{"turn": 0, "start": 0, "end": 4, "tag": "own word"}]
    for person, words in [(jo, "it hears her"), (quiet, "not for print")]:
        held = next_assignment(person, now=NOW)
        first_readings.write(held, words, key=uuid.uuid4(), actor=person.user, now=NOW, marks=marks)

    make(study, tmp_path / "out")

    table = read(tmp_path / "out", "first_readings")
    assert sorted(table["text"].fillna("withheld")) == ["it hears her", "withheld"]
    assert list(table["is_empty"]) == [False, False]
    places = sorted(json.loads(found)[0].get("tag", "withheld") for found in table["marks_json"])
    assert places == ["own word", "withheld"]


def test_marks_lie_in_the_text_they_quote(judged, tmp_path):
    make(judged, tmp_path / "out")

    marks = read(tmp_path / "out", "marks").merge(read(tmp_path / "out", "responses"), on="response_id")
    row = marks.iloc[0]
    assert len(marks) == 1
    assert row["text"][row["start"] : row["end"]] == row["quote"]
    assert row["prefix"] + row["quote"] + row["suffix"] in row["text"]
    assert (row["tag"], row["memo"], row["is_current"]) == ("dodged", "here", True)


def test_assignments_tell_order_side_and_chance_of_the_offer(judged, tmp_path):
    make(judged, tmp_path / "out")

    table = read(tmp_path / "out", "assignments")
    assert set(table["kind"]) == {"fresh"}
    assert sorted(set(table["propensity"])) == [1 / 3, 1 / 2, 1.0]
    assert set(table["eligible"]) == {1, 2, 3}
    assert {frozenset(json.loads(order)) for order in table["dimension_order_json"]} == {
        frozenset(["care", "depth", "goods", "voice", "moves", "warmth", "person"])
    }


def test_nobody_is_named(judged, tmp_path):
    make(judged, tmp_path / "out")

    people = read(tmp_path / "out", "annotators")
    assert list(people["annotator_id"].str.fullmatch(r"an_[a-z2-7]{16}")) == [True] * 6
    said = b"".join((tmp_path / "out" / name).read_bytes() for name in seal.files_of(tmp_path / "out"))
    for participant in judged.participants.select_related("user"):
        assert str(participant.uid).encode() not in said
        if participant.user.username != "jo":
            assert participant.user.username.encode() not in said


def test_no_column_makes_one_answer_of_several(judged, tmp_path):
    make(judged, tmp_path / "out")

    words = {"gold", "mean", "median", "mode", "majority", "consensus", "truth", "correct", "attention", "score"}
    for name in TABLES:
        for column in pq.read_schema(tmp_path / "out" / "data" / f"{name}.parquet").names:
            assert not words & set(column.split("_")), f"{name}.{column}"


def test_the_same_data_give_the_same_bytes(judged, tmp_path):
    first = make(judged, tmp_path / "one")
    second = releasing.release(judged, tmp_path / "two", actor=None, now=later(9_000))

    assert first == second
    assert seal.files_of(tmp_path / "one") == seal.files_of(tmp_path / "two")
    for name in seal.files_of(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_one_more_judgment_gives_another_id(judged, people, tmp_path):
    first = make(judged, tmp_path / "one")
    make_items(judged, 1)
    judge(people[2], said(care=2), now=later(40))
    second = make(judged, tmp_path / "two")

    assert first["release_id"] != second["release_id"]
    assert (first["created"], second["created"]) == ("2026-03-01T12:30:00.000000Z", "2026-03-01T12:40:00.000000Z")


def test_a_release_names_the_event_that_changed_its_data_last(judged, tmp_path):
    last = Event.objects.filter(kind="revised").get()

    facts = make(judged, tmp_path / "out")

    assert facts["snapshot"] == {
        "event_number": last.number,
        "chain_head": last.hash,
        "taken_at": audit.stamp(last.at),
    }


def test_sha256sum_accepts_the_manifest(judged, tmp_path):
    make(judged, tmp_path / "out")

    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "MANIFEST.sha256"], cwd=tmp_path / "out", capture_output=True
    )

    assert checked.returncode == 0, checked.stdout


def test_a_release_is_never_written_over_something_else(judged, people, tmp_path):
    make(judged, tmp_path / "out")
    before = {name: (tmp_path / "out" / name).read_bytes() for name in seal.files_of(tmp_path / "out")}
    make_items(judged, 1)
    judge(people[2], said(care=2), now=later(40))

    with pytest.raises(ReleaseRefused, match="holds something else"):
        make(judged, tmp_path / "out")

    assert {name: (tmp_path / "out" / name).read_bytes() for name in seal.files_of(tmp_path / "out")} == before
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
    assert Release.objects.count() == 1


def test_making_the_same_release_again_changes_nothing(judged, tmp_path):
    first = make(judged, tmp_path / "out")

    assert make(judged, tmp_path / "out") == first
    assert Release.objects.count() == 1
    assert Event.objects.filter(kind="released").count() == 1


def test_a_refused_release_leaves_nothing(judged, people, tmp_path):
    make_items(judged, 1)
    people[1].user.email = "ana@example.org"
    people[1].user.save()
    judge(people[1], said(care=2, rationale="write to Ana@example.org."), now=later(40))

    with pytest.raises(ReleaseRefused, match=r"judgments\.rationale holds the name or address of an account"):
        make(judged, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []
    assert not Release.objects.exists()


def test_models_are_withheld_until_the_study_is_closed(judged, tmp_path):
    open_facts = make(judged, tmp_path / "open")
    Study.objects.filter(pk=judged.pk).update(state=Study.State.CLOSED)
    closed_facts = make(judged, tmp_path / "closed")

    hidden = read(tmp_path / "open", "responses")
    assert hidden[["model_name", "model_version", "model_settings_json", "details_json"]].isna().all(axis=None)
    assert open_facts["models"] == "withheld until the study is closed"
    assert set(read(tmp_path / "closed", "responses")["model_name"]) == {"Alder"}
    assert closed_facts["models"] == "given"


def test_items_that_were_taken_down_are_left_out_and_counted(judged, tmp_path):
    hidden = judged.items.order_by("number").first()
    judged.items.filter(pk=hidden.pk).update(hidden_at=NOW)

    facts = make(judged, tmp_path / "out")

    assert str(hidden.uid) not in set(read(tmp_path / "out", "items")["item_id"])
    assert facts["left_out"]["item_hidden"] == 7
    assert facts["counts"]["judgments"] == 12


def test_an_empty_study_can_be_released(study, tmp_path):
    facts = make(study, tmp_path / "out")

    assert facts["counts"]["judgments"] == 0
    assert facts["snapshot"]["event_number"] == 0
    assert len(read(tmp_path / "out", "ratings")) == 0
    assert list(seal.faults(tmp_path / "out")) == []


def test_the_command_makes_a_release(judged, tmp_path, capsys):
    call_command("release", judged.slug, "--out", str(tmp_path / "out"))

    facts = seal.facts_of(tmp_path / "out")
    assert capsys.readouterr().out.startswith(f"{facts['release_id']}: 19 judgments of 3 items by 6 people")


def test_the_command_says_what_is_wrong(judged, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(CommandError, match="There is no study “nowhere”"):
        call_command("release", "nowhere", "--out", str(tmp_path / "out"))
    with pytest.raises(CommandError, match="holds something else"):
        call_command("release", judged.slug, "--out", str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_release_is_kept_with_its_archive(judged, settings, tmp_path, rosa):
    settings.DATA = tmp_path

    kept = releasing.keep(judged, actor=rosa, now=later(60))
    again = releasing.keep(judged, actor=rosa, now=later(70))

    assert again == kept
    assert releasing.kept(judged) == [kept]
    place = tmp_path / "releases" / str(judged.uid)
    archive = place / f"field-study-{kept.name}.zip"
    assert sorted(place.iterdir()) == sorted([archive, place / kept.name])
    unzipped = subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(archive), str(tmp_path / "unzipped")], capture_output=True
    )
    assert unzipped.returncode == 0
    assert list(seal.faults(tmp_path / "unzipped" / archive.stem)) == []


def test_a_release_sees_one_moment_and_keeps_nobody_from_writing(committed):
    study = make_study("moment")
    make_items(study, 2)
    judge(make_participant(study))

    with rows.snapshot():
        assert Study.objects.get(slug="moment").title == "Moment"
        with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
            cursor.execute("UPDATE judgments_study SET title = 'changed meanwhile' WHERE slug = 'moment'")
        assert Study.objects.get(slug="moment").title == "Moment"

    assert Study.objects.get(slug="moment").title == "changed meanwhile"


def test_the_loader_reads_the_release(judged, tmp_path):
    make(judged, tmp_path / "out")
    code = (
        "from load import load, tables; print(len(tables()), load('ratings', beside='items', current=True).shape[0])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "out", capture_output=True, text=True, check=True
    )

    assert ran.stdout.split() == ["14", str(17 * 7 + 1)]
