"""The seal of a release: what it notices, and that it holds."""

import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from judgments import releasing
from judgments.releasing import seal
from tests.factories import later


@pytest.fixture
def out(judged, tmp_path):
    releasing.release(judged, tmp_path / "out", actor=None, now=later(60))
    return tmp_path / "out"


def test_a_sealed_release_has_no_fault(out, capsys):
    call_command("verify", str(out))

    assert capsys.readouterr().out == f"{out} is as it was sealed.\n"


def test_a_changed_byte_is_found_in_every_file(out, capsys):
    for name in [name for name in seal.files_of(out) if name != seal.MANIFEST]:
        before = (out / name).read_bytes()
        (out / name).write_bytes(before[:-1] + bytes([before[-1] ^ 1]))

        assert f"{name}: its content has changed" in list(seal.faults(out)), name

        (out / name).write_bytes(before)
    assert list(seal.faults(out)) == []


def test_a_missing_file_and_an_added_one_are_found(out):
    (out / "load.py").unlink()
    (out / "data" / "extra.parquet").write_bytes(b"")

    found = list(seal.faults(out))

    assert "load.py: missing" in found
    assert "data/extra.parquet: not part of the release" in found


def test_a_release_sealed_again_with_other_tables_betrays_itself(out):
    """Whoever changes a table and writes a new manifest still cannot keep the id."""
    path = out / "csv/items.csv"
    path.write_bytes(path.read_bytes().replace(b"item-0", b"item-9"))
    (out / seal.MANIFEST).unlink()
    seal.seal(out, seal.facts_of(out))

    found = list(seal.faults(out))

    assert len(found) == 1
    assert found[0].startswith("release.json: names rl_")


def test_a_parquet_file_swapped_with_its_manifest_is_found(out):
    marks, items = (out / "data/marks.parquet").read_bytes(), (out / "data/items.parquet").read_bytes()
    (out / "data/marks.parquet").write_bytes(items)
    (out / "data/items.parquet").write_bytes(marks)
    (out / seal.MANIFEST).unlink()
    seal.seal(out, seal.facts_of(out))

    found = list(seal.faults(out))

    assert "data/items.parquet: not the file that release.json names" in found
    assert "data/marks.parquet: not the file that release.json names" in found


def test_a_folder_that_is_no_release_is_not_taken_for_one(tmp_path):
    with pytest.raises(CommandError, match="1 fault"):
        call_command("verify", str(tmp_path))

    assert list(seal.faults(tmp_path)) == [f"{tmp_path} is not a release: it needs MANIFEST.sha256 and release.json."]


def test_a_release_json_that_cannot_be_read_is_a_fault(out):
    (out / "release.json").write_text("{")

    assert "release.json: cannot be read" in list(seal.faults(out))


def test_the_command_fails_on_a_fault(out, capsys):
    (out / "README.md").write_text("changed")

    with pytest.raises(CommandError, match=r"^1 fault\.$"):
        call_command("verify", str(out))

    assert capsys.readouterr().out == "README.md: its content has changed\n"


def test_archives_of_a_release_have_the_same_bytes(out, tmp_path):
    seal.archive(out, tmp_path / "one.zip")
    first = (tmp_path / "one.zip").read_bytes()
    seal.archive(out, tmp_path / "one.zip")

    assert (tmp_path / "one.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"one/{name}" for name in seal.files_of(out)]
        assert json.loads(archive.read("one/release.json")) == seal.facts_of(out)


def test_an_unfinished_release_is_never_in_its_place(judged, tmp_path, monkeypatch):
    def break_off(folder, facts):
        raise KeyboardInterrupt

    monkeypatch.setattr(seal, "seal", break_off)

    with pytest.raises(KeyboardInterrupt):
        releasing.release(judged, tmp_path / "out", actor=None, now=later(60))

    assert list(tmp_path.iterdir()) == []
