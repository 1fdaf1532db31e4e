"""The two commands: counts on the way out, located errors on the way back."""

import io

import pytest
from django.core.management import CommandError, call_command

from judgments.models import Study
from tests.judgments.importing.samples import RATINGS, dataset


def run(*arguments) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def test_import_items_prints_its_counts(study, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("id,prompt,response\nq1,Hi,Hello\n")

    said = run("import_items", file, "--study", study.slug)

    assert said.splitlines() == [
        "Brought into field-study.", "rows: 1", "items: 1", "already there: 0", "scenarios: 1", "responses: 1",
    ]  # fmt: skip
    assert run("import_items", file, "--study", study.slug).startswith("Already present: nothing was added.")


def test_a_dry_run_of_import_items_stores_nothing(study, tmp_path, unchanged):
    file = tmp_path / "mine.csv"
    file.write_text("id,prompt,response\nq1,Hi,Hello\n")

    assert run("import_items", file, "--study", study.slug, "--dry-run").startswith("Checked; nothing was stored.")


def test_import_items_names_file_and_line_of_what_is_wrong(study, tmp_path, unchanged):
    file = tmp_path / "mine.csv"
    file.write_text("id,prompt,response\nq1,Hi,\n,Hi,Hello\n")

    with pytest.raises(CommandError) as refusal:
        run("import_items", file, "--study", study.slug)

    assert str(refusal.value).splitlines() == [
        "mine.csv:2: response: The response is missing or blank.",
        "mine.csv:3: id: An id is missing.",
        "Nothing was stored.",
    ]


def test_import_items_needs_a_study(db, tmp_path):
    with pytest.raises(CommandError, match="There is no study 'nowhere'"):
        run("import_items", tmp_path / "mine.csv", "--study", "nowhere")


def test_import_judgments_prints_its_counts(db, tmp_path):
    said = run("import_judgments", dataset(tmp_path / "mapping"), "--files", tmp_path / "mapping")

    assert said.splitlines()[:4] == ["Brought into small.", "items: 3", "participants: 2", "judgments: 4"]
    assert Study.objects.get().slug == "small"


def test_import_judgments_names_file_and_line_of_what_is_wrong(tmp_path, unchanged):
    mapping = dataset(tmp_path, ratings=RATINGS.replace("a,p1,1", "a,p1,9"))

    with pytest.raises(CommandError) as refusal:
        run("import_judgments", mapping, "--files", tmp_path)

    assert str(refusal.value).splitlines() == [
        "ratings.csv:2: care: '9' is not a point of this dimension. Its points: 1, 2, 3.",
        "Nothing was stored.",
    ]
