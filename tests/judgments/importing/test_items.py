"""Items from files: verbatim, whole or not at all, and once."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from judgments.errors import ImportRefused
from judgments.importing import Limits, discard, import_items
from judgments.importing.limits import MB
from judgments.models import Event, Import, ModelVersion, Scenario
from tests import factories
from tests.judgments.importing.samples import jsonl

HOSTILE = [
    "é as one and e\u0301 as two",
    "👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\u202eright to left\u202c and \u200fmark",
    "CR LF\r\nLF\nCR\rend",
    "  spaces before and after \t ",
    "\u2028 and \u2029 and \x85 and \x0b",
    "=cmd|' /C calc'!A0",
    '<script>alert("x")</script> & {{ 7*7 }}',
    "\ufeffbyte order mark inside",
    'quotes "" and ; and , and \t',
    "x" * 200_000,
    "Z̷a̸l̵g̶o̷" * 500,
    "\x01\x1b[31mred",
]


def bring(study, content, **options):
    options = {"name": "items.csv", "actor": None, "now": factories.NOW} | options
    return import_items(study, content, **options)


def refused(study, content, **options) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        bring(study, content, **options)
    return [str(problem) for problem in refusal.value.problems]


def texts(study) -> list[str]:
    return [item.shown.get().response.text for item in study.items.order_by("number")]


def test_hostile_text_comes_back_from_json_lines_as_it_went_in(study):
    rows = [{"id": f"i{n}", "prompt": text, "response": text} for n, text in enumerate(HOSTILE)]

    bring(study, jsonl(rows), name="items.jsonl")

    assert texts(study) == HOSTILE
    assert [item.scenario.messages for item in study.items.order_by("number")] == [
        [{"role": "person", "content": text}] for text in HOSTILE
    ]


def test_hostile_text_comes_back_from_csv_as_it_went_in(study):
    quoted = [text.replace('"', '""') for text in HOSTILE]
    lines = "".join(f'i{n},"{text}","{text}"\r\n' for n, text in enumerate(quoted))

    bring(study, gzip.compress(("\ufeffid,prompt,response\r\n" + lines).encode()))

    assert texts(study) == HOSTILE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_from_the_header(study, delimiter):
    rows = [["id", "prompt", "response"], ["q1", "Is it safe?", "Yes"]]

    bring(study, "\n".join(delimiter.join(row) for row in rows).encode())

    assert texts(study) == ["Yes"]


def test_a_json_list_and_parquet_are_read_like_json_lines(study, tmp_path):
    rows = [{"id": "q1", "prompt": "Hi", "response": "Hello"}, {"id": "q2", "prompt": "Ho", "response": "Hi"}]
    pq.write_table(pa.Table.from_pylist([{**row, "id": row["id"] + "p"} for row in rows]), tmp_path / "items")

    bring(study, json.dumps(rows, indent=1).encode(), name="items.json")
    bring(study, tmp_path / "items", name="items.parquet")

    assert texts(study) == ["Hello", "Hi", "Hello", "Hi"]
    assert Scenario.objects.filter(study=study).count() == 2


def test_chat_messages_become_turns_and_the_last_answer_the_response(study):
    chat = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Hi "}, {"type": "text", "text": "there"}]},
        {"role": "assistant", "content": "Hello"},
    ]

    bring(study, jsonl([{"id": "m", "messages": chat, "model": "alder", "version": "2", "settings": {"t": 0.5}}]))

    item = study.items.get()
    assert item.scenario.messages == [
        {"role": "system", "content": "Be kind."},
        {"role": "person", "content": "Hi there"},
    ]
    response = item.shown.get().response
    assert response.text == "Hello"
    assert (response.model.name, response.model.version, response.model.settings) == ("alder", "2", {"t": 0.5})


def test_responses_side_by_side_make_one_item(study):
    content = "id,prompt,response_a,response_b,model_a,model_b\nq,Hi,Hello,Go away,alder,birch\n"

    outcome = bring(study, content.encode())

    shown = study.items.get().shown.select_related("response__model")
    assert [(s.position, s.response.text, s.response.model.name) for s in shown] == [
        (0, "Hello", "alder"),
        (1, "Go away", "birch"),
    ]
    assert outcome.counts == {"rows": 1, "items": 1, "already_there": 0, "scenarios": 1, "responses": 2}


def test_families_shifts_and_facts_are_kept(study):
    rows = [
        {"id": "s1", "scenario": "shift", "prompt": "As a nurse?", "response": "No.", "family": "Grief",
         "shift_of": "base", "axis": "who", "distance": 1},
        {"id": "b1", "scenario": "base", "prompt": "He's gone", "response": "Who?", "family": "Grief",
         "title": "Gone", "language": "en", "content_notes": ["death"], "model": "alder"},
        {"id": "b2", "scenario": "base", "prompt": "He's gone", "response": "Sorry.", "purpose": "practice",
         "topic": "loss"},
    ]  # fmt: skip

    outcome = bring(study, jsonl(rows))

    base, shift = Scenario.objects.get(external_id="base"), Scenario.objects.get(external_id="shift")
    assert (shift.shift_of, shift.axis, shift.distance, shift.family) == (base, "who", 1, base.family)
    assert (base.title, base.language, base.content_notes, base.family.slug) == ("Gone", "en", ["death"], "grief")
    second = study.items.get(external_id="b2")
    assert (second.scenario, second.purpose, second.metadata) == (base, "practice", {"topic": "loss"})
    assert outcome.warnings == ("Columns kept with each item as metadata: topic.",)


def test_the_same_file_again_adds_nothing(study):
    content = b"id,prompt,response\nq1,Hi,Hello\n"
    first = bring(study, content)

    again = bring(study, content)

    assert (again.already_present, again.import_row) == (True, first.import_row)
    assert (study.items.count(), Import.objects.count()) == (1, 1)


def test_items_that_are_there_already_are_passed_over_and_numbers_go_on(study):
    bring(study, b"id,prompt,response\nq1,Hi,Hello\n")

    outcome = bring(study, b"id,prompt,response\nq0,Ho,Hey\nq1,Hi,Hello\nq2,Hi,Bye\n")

    assert (outcome.counts["items"], outcome.counts["already_there"]) == (2, 1)
    assert list(study.items.order_by("number").values_list("number", "external_id")) == [
        (0, "q1"),
        (1, "q0"),
        (2, "q2"),
    ]
    assert study.items.get(external_id="q2").scenario == study.items.get(external_id="q1").scenario


def test_a_file_with_nothing_new_adds_no_import(study):
    bring(study, b"id,prompt,response\nq1,Hi,Hello\n")

    outcome = bring(study, b"id;prompt;response\nq1;Hi;Hello\n")

    assert (outcome.already_present, outcome.import_row, Import.objects.count()) == (True, None, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q1,Hi,Other", "items.csv:2: id: The study has an item of this id with other content. It is kept as it is."),
        ("Q1,Hi,Hello", "items.csv:2: id: The study has an item 'q1', whose id looks the same."),
    ],
)
def test_an_id_of_the_study_with_other_content_is_refused(study, line, said):
    bring(study, b"id,prompt,response\nq1,Hi,Hello\n")

    assert refused(study, f"id,prompt,response\n{line}\n".encode()) == [said]
    assert texts(study) == ["Hello"]


def test_other_metadata_of_a_known_item_is_refused(study):
    bring(study, b"id,prompt,response,topic\nq1,Hi,Hello,a\n")

    found = refused(study, b"id,prompt,response,topic\nq1,Hi,Hello,b\n")

    assert found == [
        "items.csv:2: id: The study has this item with another purpose or other metadata. It is kept as it is."
    ]


def test_a_dry_run_stores_nothing(study, unchanged):
    outcome = bring(study, b"id,prompt,response\nq1,Hi,Hello\n", dry_run=True)

    assert (outcome.counts["items"], outcome.import_row, outcome.already_present) == (1, None, False)


def test_an_import_is_one_event(study):
    before = Event.objects.count()

    outcome = bring(study, b"id,prompt,response\nq1,Hi,Hello\nq2,Ho,Hey\n")

    event = Event.objects.get(subject=str(outcome.import_row.uid))
    assert (event.kind, event.chain, Event.objects.count()) == ("items_imported", str(study.uid), before + 1)


def test_discarding_hides_and_the_file_can_be_brought_in_again(study):
    content = b"id,prompt,response\nq1,Hi,Hello\n"
    first = bring(study, content)

    discard(first.import_row, actor=None, now=factories.NOW)
    again = bring(study, content)

    assert again.already_present is False
    assert [item.brought_by for item in study.items.kept()] == [again.import_row]
    assert list(study.items.order_by("number").values_list("number", "hidden_at")) == [(0, factories.NOW), (1, None)]


def test_discarding_items_that_were_judged_keeps_the_judgments(study, jo):
    outcome = bring(study, b"id,prompt,response\nq1,Hi,Hello\n")
    judgment = factories.judge(jo)

    discard(outcome.import_row, actor=None, now=factories.NOW)

    assert list(study.judgments.all()) == [judgment]
    assert study.items.kept().count() == 0


def test_a_model_is_one_row_for_all_its_responses(study):
    before = ModelVersion.objects.count()

    bring(study, b"id,prompt,response,model\nq1,Hi,Hello,m\nq2,Ho,Hey,m\n")

    assert ModelVersion.objects.count() == before + 1


# Refusals ---------------------------------------------------------------------------------------------

HEADER = "id,prompt,response\n"
BROKEN = {
    "empty file": (b"", "items.csv: The file is empty."),
    "blank lines": (b"\n \n\n", "items.csv: The file holds nothing but blank lines."),
    "header only": (HEADER.encode(), "items.csv: The file has no rows."),
    "ragged": (b"id,prompt,response\na,b\n", "items.csv:2: This row has 2 fields; the header has 3."),
    "open quote": (b'id,prompt,response\na,b,c\nd,"e,f\n', "items.csv:3: A quote is opened here and never closed."),
    "after quote": (
        b'id,prompt,response\na,"b"x,c\n',
        "items.csv:2: A quoted field is followed by something else than a separator.",
    ),
    "lone CR": (
        b"id,prompt,response\ra,b,c\r",
        "items.csv:1: A line break (CR) stands alone outside quotes. Lines end in LF or CR LF.",
    ),
    "columns twice": (b"id,prompt,prompt,response\na,b,c,d\n", "items.csv:1: prompt: Two columns have this name."),
    "no name": (b"id,,response\na,b,c\n", "items.csv:1: column 2: This column has no name."),
    "latin 1": (
        "id,prompt,response\na,caf\xe9,c\n".encode("latin-1"),
        "items.csv:2: Not UTF-8: byte 0xe9 at character 6. Save the file as UTF-8.",
    ),
    "utf 16": ("id,prompt".encode("utf-16"), "items.csv:1: The file is UTF-16 or UTF-32; save it as UTF-8."),
    "nul": (b"id,prompt,response\na,b\x00,c\n", "items.csv:2: A NUL character at character 4 cannot be kept."),
    "blank id": (b"id,prompt,response\n \xe2\x80\x8b,b,c\n", "items.csv:2: id: An id is missing."),
    "long id": (
        f"{HEADER}{'i' * 201},b,c\n".encode(),
        "items.csv:2: id: This id has 201 characters; at most 200 can be kept.",
    ),
    "invisible in id": (
        "id,prompt,response\na\u200bb,b,c\n".encode(),
        "items.csv:2: id: This id holds an invisible character (character 2).",
    ),
    "id twice": (b"id,prompt,response\na,b,c\na,b,c\n", "items.csv:3: id: Line 2 has this id too."),
    "id alike": (
        "id,prompt,response\n\u00e9,b,c\nE\u0301,b,c\n".encode(),
        "items.csv:3: id: Line 2 has the id 'é', which looks the same.",
    ),
    "no prompt": (b"id,prompt,response\na,,c\n", "items.csv:2: prompt: A prompt, or chat messages, are missing."),
    "blank response": (
        "id,prompt,response\na,b,\u200b\u00a0\n".encode(),
        "items.csv:2: response: The response is missing or blank.",
    ),
    "distance": (
        "id,prompt,response,distance\na,b,c,٣\n".encode(),
        "items.csv:2: distance: The distance is a whole number from 0 on.",
    ),
    "axis": (
        b"id,prompt,response,shift_of\na,b,c,a\n",
        "items.csv:2: axis: A shift says what changes: the axis is missing.",
    ),
    "shift of itself": (
        b"id,prompt,response,shift_of,axis\na,b,c,a,who\n",
        "items.csv:2: shift_of: This scenario is, directly or round about, a shift of itself.",
    ),
    "unknown base": (
        b"id,prompt,response,shift_of,axis\na,b,c,z,who\n",
        "items.csv:2: shift_of: There is no scenario or item 'z' in the file or the study.",
    ),
    "one side": (
        b"id,prompt,response_a,response_b\na,b,c,\n",
        "items.csv:2: response_b: At least two responses stand side by side.",
    ),
    "scenario differs": (
        b"id,scenario,prompt,response\na,s,b,c\nd,s,e,f\n",
        "items.csv:3: scenario: The scenario 's' has other turns on line 2.",
    ),
    "purpose": (
        b"id,prompt,response,purpose\na,b,c,exam\n",
        "items.csv:2: purpose: The purpose is one of main, practice, anchor.",
    ),
    "keys twice": (b'{"id":"a","id":"b"}\n', "items.csv:1: The key 'id' is there twice."),
    "cut JSON": (b'{"id":"a",\n', "items.csv:1: Not complete JSON: unexpected end of data at character 11."),
    "NaN": (
        b'{"id":"a","x":NaN}\n',
        "items.csv:1: Not complete JSON: unexpected character, expected a JSON value at character 15.",
    ),
    "huge number": (
        b'{"id":"a","x":123456789012345678901234}\n',
        "items.csv:1: A number is too large to be kept; write it as text.",
    ),
    "half surrogate": (
        b'{"id":"a","prompt":"\\ud800","response":"b"}\n',
        "items.csv:1: Not complete JSON: no low surrogate in string at character 21.",
    ),
    "escaped NUL": (
        b'{"id":"a","prompt":"b","response":"\\u0000"}\n',
        "items.csv:1: A NUL character or half a surrogate pair cannot be kept.",
    ),
    "nested": (b'{"id":' + b"[" * 100_000 + b"\n", "items.csv:1: "),
    "17 deep": (
        b'{"id":"a","x":' + b"[" * 17 + b"]" * 17 + b"}\n",
        "items.csv:1: Lists and objects lie more than 16 deep.",
    ),
    "no object": (
        b'{"id":"a","prompt":"b","response":"c"}\n[1]\n',
        "items.csv:2: Each row is an object with named fields.",
    ),
    "tool role": (
        b'{"id":"a","messages":[{"role":"tool","content":"x"}],"response":"c"}\n',
        "items.csv:1: messages[0]: The role is user, assistant or system; others cannot be shown.",
    ),
    "image part": (
        b'{"id":"a","messages":[{"role":"user","content":[{"type":"image_url","image_url":"http://x"}]}],"response":"c"}\n',
        "items.csv:1: messages[0]: The content is text; images and tool calls cannot be shown.",
    ),
    "many messages": (
        json.dumps({"id": "a", "messages": [{"role": "user", "content": "x"}] * 201, "response": "c"}).encode(),
        "items.csv:1: messages: This is a list of 1 to 200 messages.",
    ),
    "list cut": (
        b'[{"id":"a","prompt":"b","response":"c"}\n',
        "items.csv:2: A comma or the end of the list is missing here.",
    ),
    "list, then more": (
        b'[{"id":"a","prompt":"b","response":"c"}]\nx',
        "items.csv:1: Something follows after the list.",
    ),
    "cut gzip": (gzip.compress(b"id,prompt,response\na,b,c\n" * 50)[:-12], "items.csv:"),
    "zip": (b"PK\x03\x04rest", "items.csv: This is a ZIP archive or a spreadsheet."),
    "gzip in gzip": (gzip.compress(gzip.compress(b"id\n")), "items.csv: This is compressed twice."),
    "cut parquet": (b"PAR1 and nothing", "items.csv: This is not a whole Parquet file"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_refused_with_its_place_and_nothing_is_stored(study, unchanged, case):
    content, said = BROKEN[case]

    assert refused(study, content)[0].startswith(said)


@pytest.mark.parametrize("place", [0, 4_999, 9_999])
def test_one_bad_row_among_ten_thousand_is_named_and_nothing_is_stored(study, unchanged, place):
    rows = [f"i{n},Is it safe?,Answer {n}" for n in range(10_000)]
    rows[place] = f"i{place},Is it safe?,"

    found = refused(study, (HEADER + "\n".join(rows) + "\n").encode())

    assert found == [f"items.csv:{place + 2}: response: The response is missing or blank."]


def test_at_most_a_hundred_problems_are_told(study, unchanged):
    assert len(refused(study, (HEADER + "a,,\n" * 400).encode())) == 100


def test_a_row_over_several_lines_is_named_by_its_first(study):
    content = 'id,prompt,response\na,"one\ntwo\nthree",c\nb,"x\ny",\n'

    assert refused(study, content.encode()) == ["items.csv:5: response: The response is missing or blank."]


# Limits -----------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_by_its_ratio(study):
    content = gzip.compress(b"id,prompt,response\n" + b"\n" * 12_000_000)

    assert refused(study, content)[0].endswith("The content is more than 100 times as large as the file.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'id,prompt,response\na,"' + b"x\n" * MB, "This row is too long; perhaps a quote is not closed."),
        (b"id,prompt,response\na,b," + b"x" * 2 * MB, "This line is longer than 1 MB."),
        (b"id,prompt,response\na,b," + b"x" * 300_000 + b"\n", "response: This field is longer than 256 KB."),
        (b'{"id":"a","response":"' + b"x" * 300_000 + b'"}\n', "response is longer than 256 KB."),
        (
            ",".join(f"c{n}" for n in range(201)).encode() + b"\n",
            "There are 201 columns; at most 200 can be brought in.",
        ),
    ],
)
def test_what_is_too_large_is_refused(study, content, said):
    assert refused(study, content)[0].endswith(said)


def test_limits_on_the_file_and_its_rows_can_be_set(study):
    content = b"id,prompt,response\na,b,c\nd,e,f\n"

    assert refused(study, content, limits=Limits(rows=1)) == ["items.csv:3: There are more than 1 rows."]
    assert refused(study, content, limits=Limits(file_bytes=10))[0].startswith("items.csv: The file has 0 MB;")
    assert refused(study, content, limits=Limits(decompressed_bytes=10))[0].endswith(
        "The content has more than 0 MB."
    )


def test_parquet_that_decodes_to_more_than_its_size_is_refused(study, tmp_path):
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), pa.array(["x" * 1_000]))
    table = pa.table({"id": pa.array([f"i{n}" for n in range(100_000)]), "prompt": text, "response": text})
    pq.write_table(table, tmp_path / "bomb.parquet")
    assert (tmp_path / "bomb.parquet").stat().st_size < 2 * MB

    found = refused(study, tmp_path / "bomb.parquet", limits=Limits(decompressed_bytes=20 * MB))

    assert found[0].endswith("The rows decode to more than 20 MB.")


def test_two_imports_at_once_store_one(committed):
    import threading

    from django.db import connections

    study = factories.make_study("raced")
    content = (HEADER + "".join(f"i{n},Hi,Hello {n}\n" for n in range(300))).encode()
    added = []

    def run():
        outcome = bring(study, content)
        added.append(0 if outcome.already_present else outcome.counts["items"])
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(added) == [0] * 9 + [300]
    assert study.items.count() == 300
