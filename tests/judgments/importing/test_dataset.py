"""Published datasets become studies: mapped strictly, whole or not at all, and once."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

from judgments import audit, guards, submission
from judgments.errors import ImportRefused
from judgments.importing import discard, import_judgments
from judgments.models import (
    Assignment,
    Background,
    ErasableText,
    Event,
    Import,
    Judgment,
    Mark,
    Participant,
    Rating,
    Study,
)
from tests import factories
from tests.judgments.importing.samples import ITEMS, MAPPING, PEOPLE, RATINGS, dataset, jsonl


def bring(mapping, **options):
    return import_judgments(mapping, **({"actor": None, "now": factories.NOW} | options))


def refused(mapping, **options) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        bring(mapping, **options)
    return [str(problem) for problem in refusal.value.problems]


def values(study) -> dict[tuple[str, str, int], float]:
    rows = Rating.objects.filter(judgment__study=study).select_related("judgment__item", "judgment__participant")
    return {
        (row.judgment.item.external_id, row.judgment.participant.external_id, row.judgment.occasion): row.point
        for row in rows
    }


@pytest.mark.usefixtures("db")
class TestSmall:
    def test_a_dataset_becomes_a_closed_study_with_its_licence(self, tmp_path):
        outcome = bring(dataset(tmp_path))

        study = Study.objects.get(slug="small")
        assert (outcome.study, study.origin, study.state) == (study, "imported", "closed")
        assert (study.licence, study.attribution, study.models_hidden) == ("CC0-1.0", "Nobody, 2024", False)
        assert study.subsets == {"kept": {"where": {"kept": ["yes"]}}}
        assert study.rubric_version.is_published
        assert outcome.counts == {
            "items": 3, "participants": 2, "judgments": 4, "ratings": 3, "marks": 0, "repeats": 0, "left_out": 0,
        }  # fmt: skip

    def test_every_rating_is_kept_and_an_empty_cell_is_no_rating(self, tmp_path):
        study = bring(dataset(tmp_path)).study

        assert values(study) == {("a", "p1", 0): 1.0, ("a", "p2", 0): 3.0, ("b", "p1", 0): 2.0}
        assert study.judgments.count() == 4

    def test_the_database_has_counted_what_came_in(self, tmp_path):
        bring(dataset(tmp_path))

        table = Judgment._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = %s", [table])
            else:
                cursor.execute("SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = %s LIMIT 1", [table])
            assert cursor.fetchone() == (4,)

    def test_times_are_the_datas_and_assignments_say_imported(self, tmp_path):
        study = bring(dataset(tmp_path)).study

        judgments = study.judgments.order_by("pk")
        assert [judgment.judged_at for judgment in judgments] == [
            datetime(2024, 5, 1, tzinfo=UTC),
            datetime(2024, 5, 2, 8, tzinfo=UTC),
            None,
            None,
        ]
        assert {judgment.created_at for judgment in judgments} == {factories.NOW}
        made = Assignment.objects.filter(study=study)
        assert set(made.values_list("state", "kind", "reason", "propensity", "slot")) == {
            ("judged", "fresh", "imported", None, None)
        }
        of_first = made.filter(participant__external_id="p1").order_by("pk")
        assert list(of_first.values_list("position", flat=True)) == [0, 1]

    def test_people_have_drawn_names_background_and_details_and_no_account(self, tmp_path):
        study = bring(dataset(tmp_path)).study

        people = Participant.objects.filter(study=study).order_by("external_id")
        assert [(p.external_id, p.details, p.user) for p in people] == [
            ("p1", {"kept": "yes"}, None),
            ("p2", {"kept": "no"}, None),
        ]
        assert len({p.code_name for p in people}) == 2
        assert not {"p1", "p2"} & set(" ".join(p.code_name for p in people).split())
        rows = Background.objects.filter(facet__slug="age", participant__study=study).select_related("text")
        assert sorted((row.text.text, row.may_analyse, row.may_publish) for row in rows) == [
            ("old", True, True),
            ("young", True, True),
        ]

    def test_digests_are_those_of_judgments_given_here(self, tmp_path):
        study = bring(dataset(tmp_path)).study

        for judgment in study.judgments.all():
            ratings = list(judgment.ratings.select_related("dimension"))
            assert judgment.answers_digest == submission.digest_of(judgment, ratings, [])

    def test_an_import_is_one_event_of_its_study_and_the_chains_hold(self, tmp_path):
        outcome = bring(dataset(tmp_path))

        event = Event.objects.get(chain=str(outcome.study.uid))
        assert (event.kind, event.subject) == ("judgments_imported", str(outcome.import_row.uid))
        assert list(audit.verify(event.chain)) == []
        assert list(audit.verify(audit.SITE)) == []
        assert guards.missing() == []

    def test_the_same_dataset_again_adds_nothing(self, tmp_path):
        first = bring(dataset(tmp_path))

        again = bring(dataset(tmp_path))

        assert (again.already_present, again.study, again.import_row) == (True, first.study, first.import_row)
        assert Judgment.objects.count() == 4

    def test_a_changed_dataset_under_the_same_slug_is_refused(self, tmp_path):
        bring(dataset(tmp_path))

        found = refused(dataset(tmp_path, ratings=RATINGS.replace("a,p1,1", "a,p1,2")))

        assert found == [
            "small.toml:3: study.slug: There is a study 'small' already. Discard it, or give this one another slug."
        ]
        assert Judgment.objects.count() == 4

    def test_discarding_hides_the_study_frees_its_slug_and_it_can_come_again(self, tmp_path):
        first = bring(dataset(tmp_path))

        discard(first.import_row, actor=None, now=factories.NOW)
        assert Study.objects.kept().count() == 0
        again = bring(dataset(tmp_path))

        assert again.already_present is False
        assert list(Study.objects.kept()) == [again.study]
        assert (Judgment.objects.count(), Import.objects.count()) == (8, 2)
        assert again.study.rubric_version == first.study.rubric_version

    def test_a_dry_run_checks_everything_and_stores_nothing(self, tmp_path, unchanged):
        outcome = bring(dataset(tmp_path), dry_run=True)

        assert (outcome.study, outcome.counts["judgments"]) == (None, 4)

    def test_files_are_looked_for_in_the_folder_given(self, tmp_path):
        mapping = dataset(tmp_path / "one")
        dataset(tmp_path / "two", ratings="item,person,care,when\nc,p1,3,\n")

        study = bring(mapping, files=tmp_path / "two").study

        assert values(study) == {("c", "p1", 0): 3.0}

    def test_parquet_ratings_are_read_like_csv(self, tmp_path):
        mapping = dataset(tmp_path)
        table = {"item": ["a", "b"], "person": ["p1", "p2"], "care": [2.0, None], "when": [None, None]}
        (tmp_path / "ratings.csv").unlink()
        pq.write_table(pa.table(table), tmp_path / "ratings.csv")

        assert values(bring(mapping).study) == {("a", "p1", 0): 2.0}

    def test_one_table_can_hold_items_people_and_ratings(self, tmp_path):
        one = "item,person,care,when,prompt,answer,age\na,p1,1,,Hi,Hello,young\na,p2,2,,Hi,Hello,old\n"
        mapping = MAPPING.replace('file = "items.csv"\n', "").replace('file = "people.csv"\n', "")
        mapping = mapping.replace("[subset.kept]", "").replace('where = { kept = ["yes"] }', "")

        outcome = bring(dataset(tmp_path, mapping=mapping, ratings=one))

        assert (outcome.counts["items"], outcome.counts["participants"], outcome.counts["ratings"]) == (1, 2, 2)

    def test_keys_of_several_columns_stay_apart(self, tmp_path):
        mapping = MAPPING.replace('key = ["item"]', 'key = ["set", "item"]').replace(
            'key = ["item", "person"]', 'key = ["set", "item", "person"]'
        )
        items = "set,item,prompt,answer\nx|,y,Hi,One\nx,|y,Hi,Two\n"
        ratings = "set,item,person,care,when\nx|,y,p1,1,\nx,|y,p1,2,\n"

        study = bring(dataset(tmp_path, mapping=mapping, items=items, ratings=ratings)).study

        assert values(study) == {("x\\||y", "p1", 0): 1.0, ("x|\\|y", "p1", 0): 2.0}

    @pytest.mark.parametrize(
        ("rule", "kept"),
        [
            ("repeat", {("a", "p1", 0): 1.0, ("a", "p1", 1): 2.0}),
            ("first", {("a", "p1", 0): 1.0}),
        ],
    )
    def test_duplicates_become_occasions_or_only_the_first_counts(self, tmp_path, rule, kept):
        ratings = "item,person,care,when\na,p1,1,\na,p1,2,\n"

        study = bring(dataset(tmp_path, mapping=f'duplicates = "{rule}"\n{MAPPING}', ratings=ratings)).study

        assert values(study) == kept

    def test_rows_can_be_left_out_and_the_outcome_says_so(self, tmp_path):
        rule = '[[exclude]]\nof = "ratings"\nwhere = { person = ["p2"] }\nwhy = "a test"\n'

        outcome = bring(dataset(tmp_path, mapping=MAPPING + rule))

        assert outcome.counts["judgments"] == 2
        assert outcome.warnings == ("2 rows of ratings left out because person is p2 (a test).",)

    def test_codes_can_be_missing_or_a_reason(self, tmp_path):
        rules = 'points = [1, 2, 3]\nmissing = ["-"]\nnot_this = { "n/a" = "misfit" }'
        ratings = "item,person,care,when\na,p1,-,\nb,p1,n/a,\n"
        mapping = dataset(tmp_path, mapping=MAPPING.replace("points = [1, 2, 3]", rules), ratings=ratings)

        study = bring(mapping).study

        rows = Rating.objects.filter(judgment__study=study)
        assert list(rows.values_list("judgment__item__external_id", "form", "point", "reason")) == [
            ("b", "none", None, "misfit")
        ]

    def test_words_go_to_the_erasable_table_and_line_and_set_are_read(self, tmp_path):
        extra = (
            '[[dimension]]\ncolumn = "heat"\nlevel = "ratio"\nlow = 0\nhigh = 10\n'
            '[[dimension]]\ncolumn = "moves"\nlevel = "set"\npoints = ["ask", "tell"]\nseparator = ";"\n'
            '[text]\nrationale = ["why"]\nopen = ["person_is"]\n'
        )
        ratings = 'item,person,care,when,heat,moves,why,person_is\na,p1,1,,2.5,tell;ask,"  Because. ",An uncle\n'

        study = bring(dataset(tmp_path, mapping=MAPPING + extra, ratings=ratings)).study

        found = {r.dimension.slug: r for r in Rating.objects.filter(judgment__study=study)}
        assert (found["heat"].point, found["moves"].labels) == (2.5, [1.0, 2.0])
        judgment = study.judgments.get()
        words = ErasableText.objects.in_bulk([judgment.rationale_id, found["person_is"].text_id])
        assert words[judgment.rationale_id].text == "  Because. "
        assert words[found["person_is"].text_id].text == "An uncle"

    def test_marks_must_lie_where_the_data_say(self, tmp_path):
        extra = '[spans]\nstart = "from"\nend = "to"\ntext = "passage"\ntag = "kind"\n'
        ratings = "item,person,care,when,from,to,passage,kind\na,p1,1,,0,3,Yes,tone\nb,p1,2,,,,,\n"

        study = bring(dataset(tmp_path, mapping=MAPPING + extra, ratings=ratings)).study

        marks = Mark.objects.filter(judgment__study=study)
        assert list(marks.values_list("start", "end", "quote", "prefix", "tag")) == [(0, 3, "Yes", "", "tone")]
        mark = marks.get()
        assert mark.quote + mark.suffix == mark.response.text[: 3 + 32]
        assert [tag.text for tag in study.rubric_version.tags.all()] == ["tone"]


BROKEN_DATA = {
    "missing column": (
        {"ratings": "item,person,when\na,p1,\n"},
        "ratings.csv:1: care: There is no such column. The columns are: item, person, when.",
    ),
    "off the scale, first": (
        {"ratings": RATINGS.replace("a,p1,1", "a,p1,7")},
        "ratings.csv:2: care: '7' is not a point of this dimension. Its points: 1, 2, 3.",
    ),
    "off the scale, last": (
        {"ratings": RATINGS.replace("c,p2,,", "c,p2,x,")},
        "ratings.csv:5: care: 'x' is not a point of this dimension. Its points: 1, 2, 3.",
    ),
    "unknown item": ({"ratings": RATINGS + "z,p1,1,\n"}, "ratings.csv:6: item: There is no item 'z'."),
    "unknown person": ({"ratings": RATINGS + "a,p9,1,\n"}, "ratings.csv:6: person: There is no annotator 'p9'."),
    "pair twice": (
        {"ratings": RATINGS + "a,p1,1,\n"},
        "ratings.csv:6: item: This annotator judged this item on a line before.",
    ),
    "no time": (
        {"ratings": RATINGS.replace("2024-05-01", "yesterday")},
        "ratings.csv:2: when: 'yesterday' is no time that can be read:",
    ),
    "item twice": ({"items": ITEMS + "a,x,y\n"}, "items.csv:6: item: 'a' was there before."),
    "blank text": ({"items": ITEMS.replace("Yes.", " ")}, "items.csv:2: answer: This text is blank."),
    "person twice": ({"people": PEOPLE + "p1,old,no\n"}, "people.csv:4: person: 'p1' was there before."),
    "no id": ({"people": PEOPLE + " ,old,no\n"}, "people.csv:4: person: An id is missing."),
    "ragged": ({"people": PEOPLE + "p3\n"}, "people.csv:4: This row has 1 fields; the header has 3."),
}


@pytest.mark.parametrize("case", BROKEN_DATA)
def test_what_is_broken_in_the_data_is_refused_with_its_place(tmp_path, unchanged, case):
    files, said = BROKEN_DATA[case]

    assert refused(dataset(tmp_path, **files))[0].startswith(said)


BROKEN_MAPPINGS = {
    "no TOML": ("[study", "small.toml:1: Not TOML:"),
    "unknown key": (
        MAPPING.replace('prompt = "prompt"', 'promt = "prompt"'),
        "small.toml:11: items.promt: There is no key 'promt' in [items].",
    ),
    "unknown table": (
        MAPPING + "[extra]\nx = 1\n",
        "small.toml:33: extra: There is no table or key 'extra' in a mapping.",
    ),
    "no licence": (
        MAPPING.replace('licence = "CC0-1.0"\n', ""),
        "small.toml:2: study.licence: licence is needed here.",
    ),
    "no attribution": (
        MAPPING.replace("Nobody, 2024", " "),
        "small.toml:6: study.attribution: attribution is needed here.",
    ),
    "level": (
        MAPPING.replace('"ordinal"', '"ordinary"'),
        "small.toml:25: dimension.0.level: level is one of",
    ),
    "one point": (
        MAPPING.replace("[1, 2, 3]", "[1]"),
        "small.toml:26: dimension.0.points: points are needed here, two or more.",
    ),
    "duplicates": (
        'duplicates = "last"\n' + MAPPING,
        "small.toml:1: duplicates: duplicates is refuse, repeat or first.",
    ),
    "outside": (
        MAPPING.replace('"ratings.csv"', '"../ratings.csv"'),
        "small.toml:15: ratings.file: A file is named relative to the folder of the data and lies inside it.",
    ),
    "no file": (
        MAPPING.replace('"ratings.csv"', '"rating.csv"'),
        "small.toml:15: file: rating.csv was not found in",
    ),
    "subset of nothing": (
        MAPPING.replace("{ kept =", "{ keep ="),
        "small.toml:32: subset.kept: No table keeps a column 'keep'.",
    ),
    "facet of nothing": (
        MAPPING.replace('column = "age"', 'column = "years"'),
        "people.csv:1: years: There is no such column. The columns are: age, kept, person.",
    ),
    "no dimension": (
        MAPPING[: MAPPING.index("[[dimension]]")],
        "small.toml:1: dimension: At least one [[dimension]] is needed.",
    ),
}


@pytest.mark.parametrize("case", BROKEN_MAPPINGS)
def test_a_wrong_mapping_is_refused_by_line(tmp_path, unchanged, case):
    mapping, said = BROKEN_MAPPINGS[case]

    assert refused(dataset(tmp_path, mapping=mapping))[0].startswith(said)


def test_an_unknown_mapping_names_those_that_are_shipped(tmp_path, unchanged):
    assert refused(tmp_path / "nothing.toml") == [
        "nothing.toml: There is no such mapping. Shipped ones: adversarial_nibbler, dices350, wmt_mqm_ende."
    ]


def test_several_rows_that_differ_need_an_aggregate(tmp_path, unchanged):
    mapping = MAPPING.replace('time = "when"', 'time = "when"\nseveral_rows = true')

    found = refused(dataset(tmp_path, mapping=mapping, ratings=RATINGS + "a,p1,3,\n"))

    assert found == ["ratings.csv:2: care: The rows of this judgment differ here; the mapping declares no aggregate."]


def test_a_mark_beyond_its_text_is_refused(tmp_path, unchanged):
    mapping = dataset(tmp_path, mapping=MAPPING + '[spans]\nstart = "from"\nend = "to"\n')
    (tmp_path / "ratings.csv").write_bytes(
        jsonl([{"item": "a", "person": "p1", "care": 1, "when": "", "from": 0, "to": 9}])
    )

    assert refused(mapping) == ["ratings.csv:1: from: The mark ends at 9; the text has 4 characters."]
