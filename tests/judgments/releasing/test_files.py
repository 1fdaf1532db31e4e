"""Tables on disk: Parquet without loss, CSV that opens safely and reads back."""

import csv
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgments.errors import ReleaseRefused
from judgments.releasing import files
from judgments.releasing.files import FORMULA_STARTS, escape, unescape
from judgments.releasing.tables import Column, Table

TABLE = Table(
    "things", "Things.", ("id",),
    (
        Column("id", "text", "Id."), Column("words", "text", "Words.", null=True),
        Column("n", "integer", "N.", null=True),
        Column("x", "number", "X.", null=True), Column("is_so", "flag", "So.", null=True),
        Column("at", "time", "At.", null=True),
    ),
)  # fmt: skip
AT = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "csv").mkdir()
    return tmp_path


def write(folder, rows):
    return files.write(TABLE, rows, folder, look=lambda table, columns: None)


def test_a_table_reads_back_from_parquet_with_its_types_and_nulls(folder):
    rows = [("a", "=1+1\r\n\u2028ü", 3, 0.1, True, AT), ("b", None, None, None, None, None)]

    written = write(folder, rows)

    table = pq.read_table(folder / "data/things.parquet")
    assert [tuple(row.values()) for row in table.to_pylist()] == rows
    assert [field.nullable for field in table.schema] == [False, True, True, True, True, True]
    assert table.schema.field("at").type == pa.timestamp("us", tz="UTC")
    assert pq.ParquetFile(folder / "data/things.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
    assert written.rows == 2


def test_csv_is_written_by_its_rules(folder):
    write(folder, [("a", '=1+1,"x"', 3, 4.0, True, AT), ("-b", None, None, None, False, None)])

    assert (folder / "csv/things.csv").read_bytes() == (
        b'id,words,n,x,is_so,at\r\na,"\'=1+1,""x""",3,4.0,true,2026-03-01T12:00:00.000005Z\r\n\'-b,,,,false,\r\n'
    )


def test_a_missing_value_where_one_must_be_is_refused(folder):
    with pytest.raises(ReleaseRefused, match=r"things\.id has 1 missing values"):
        write(folder, [("a", None, None, None, None, None), (None, None, None, None, None, None)])


def test_many_rows_are_written_in_batches(folder, monkeypatch):
    monkeypatch.setattr(files, "BATCH", 10)

    written = write(folder, ((f"{n:03}", None, n, None, None, None) for n in range(25)))

    assert written.rows == 25
    assert pq.ParquetFile(folder / "data/things.parquet").metadata.num_row_groups == 3
    assert pq.read_table(folder / "data/things.parquet")["n"].to_pylist() == list(range(25))


def test_the_same_rows_give_the_same_bytes(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "data").mkdir()
    (other / "csv").mkdir()
    rows = [(f"{n}", "words" * n, n, n / 3, None, AT) for n in range(50)]

    write(folder, rows)
    write(other, rows)

    for name in ("data/things.parquet", "csv/things.csv"):
        assert (folder / name).read_bytes() == (other / name).read_bytes()


starts = st.sampled_from([*sorted(FORMULA_STARTS), "", "a", "''", " "])


@given(starts, st.text(max_size=20))
def test_no_cell_starts_a_formula_and_each_reads_back(start, rest):
    text = start + rest

    cell = escape(text)

    assert unescape(cell) == text
    assert not cell or cell[0] == "'" or cell[0] not in FORMULA_STARTS


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
def test_a_file_of_any_texts_reads_back(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("texts")
    (folder / "data").mkdir()
    (folder / "csv").mkdir()

    write(folder, [(text, text, None, None, None, None) for text in texts])

    with open(folder / "csv/things.csv", encoding="utf-8", newline="") as file:
        read = [unescape(row["words"]) for row in csv.DictReader(file)]
    assert read == texts
