"""Who is in a release, and what of their words and background."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgments import releasing
from judgments.models import ErasableText, Import, Participant, Study
from judgments.releasing.people import K, k_anonymous, people_of, pseudonym
from judgments.releasing.tables import SUPPRESSED
from tests.factories import NOW, judge, later, make_background, make_items, make_participant, make_study, said


def made(study, folder) -> tuple[dict, dict[str, pd.DataFrame]]:
    facts = releasing.release(study, folder / "out", actor=None, now=later(60))
    names = ("annotators", "assignments", "judgments", "ratings", "marks")
    return facts, {name: pd.read_parquet(folder / "out" / "data" / f"{name}.parquet") for name in names}


@pytest.fixture
def read(study, jo):
    make_items(study, 1)
    judge(jo, said(care=4, person="An uncle", rationale="It listened."))
    return study


def test_without_any_consent_text_people_are_in_without_their_words(read, tmp_path):
    facts, tables = made(read, tmp_path)

    assert facts["counts"]["judgments"] == 1
    assert tables["judgments"]["rationale"].isna().all()
    assert tables["ratings"]["text"].isna().all()
    assert facts["privacy"]["words"] == (
        "Written reasons of people who took part are not here: nobody was asked whether they may be quoted."
    )


def test_words_are_in_for_those_who_may_be_quoted(read, jo, consent, tmp_path):
    consent(jo, may_quote=True)

    _, tables = made(read, tmp_path)

    assert list(tables["judgments"]["rationale"]) == ["It listened."]
    assert list(tables["ratings"].set_index("dimension")["text"].dropna()) == ["An uncle"]
    assert list(tables["annotators"]["consent_version"]) == [1]


def test_the_latest_consent_counts(read, jo, consent, tmp_path):
    consent(jo, may_quote=True)
    consent(jo, may_quote=False, at=later(5))

    _, tables = made(read, tmp_path)

    assert tables["judgments"]["rationale"].isna().all()


@pytest.mark.parametrize("answer", [{"may_publish": False}, {"takes_part": False}])
def test_whoever_does_not_agree_to_publication_is_left_out_whole(read, jo, consent, tmp_path, answer):
    consent(jo, **answer)

    facts, tables = made(read, tmp_path)

    assert {name: len(table) for name, table in tables.items()} == dict.fromkeys(tables, 0)
    assert facts["left_out"] == {
        "people": 1,
        "without_consent_to_publish": 1,
        "withdrawn": 0,
        "item_hidden": 0,
        "import_discarded": 0,
    }


def test_whoever_never_answered_the_consent_text_is_left_out(read, jo, consent, tmp_path):
    consent(make_participant(read))

    facts, tables = made(read, tmp_path)

    assert facts["left_out"]["people"] == 1
    assert len(tables["annotators"]) == 1
    assert len(tables["judgments"]) == 0


def test_erased_words_are_gone_and_the_judgment_stays(read, jo, consent, tmp_path):
    consent(jo)
    ErasableText.objects.filter(participant=jo).delete()

    _, tables = made(read, tmp_path)

    assert len(tables["judgments"]) == 1
    assert tables["judgments"]["rationale"].isna().all()


def test_a_reader_s_own_tag_is_words_and_a_tag_of_the_rubric_is_not(study, jo, tmp_path):
    item = make_items(study, 1)[0]
    response = str(item.shown.get().response.uid)
    marks = [
        {"response": response, "start": 0, "end": 4, "tag": "dodged"},
        {"response": response, "start": 5, "end": 7, "tag": "my own"},
    ]
    judge(jo, said(care=4, marks=marks))

    _, tables = made(study, tmp_path)

    assert list(tables["marks"].sort_values("start")["tag"].fillna("withheld")) == ["dodged", "withheld"]


def test_words_that_were_brought_in_are_in_and_a_visitors_among_them_are_not(study, jo):
    brought = Import.objects.create(study=study, kind="judgments", source="invented", digest="0" * 64, created_at=NOW)
    reader = Participant.objects.create(study=study, code_name="reader", brought_by=brought, joined_at=NOW)
    Study.objects.filter(pk=study.pk).update(origin=Study.Origin.INVENTED)

    people = people_of(Study.objects.get(pk=study.pk)).by_pk

    assert (people[reader.pk].may_be_quoted, people[jo.pk].may_be_quoted) == (True, False)


def test_a_pseudonym_is_the_same_in_every_release_and_another_in_every_study(study, jo):
    other = make_study("other")

    assert pseudonym(study, jo) == pseudonym(study, Participant.objects.get(pk=jo.pk))
    assert pseudonym(study, jo) != pseudonym(other, jo)


# Background ---------------------------------------------------------------------------------------


def background(study) -> list[list[str]]:
    return sorted(person.background for person in people_of(study).by_pk.values())


def test_background_is_told_by_consent_alone(study):
    for number in range(12):
        make_background(make_participant(study), "age", "30-39", may_publish=number < 6)

    assert background(study) == [["30-39"]] * 6 + [["not_available"]] * 6


def test_an_unanswered_question_and_an_erased_answer_are_told_apart(study):
    erased = [make_participant(study) for _ in range(5)]
    for participant in erased:
        make_background(participant, "age", "30-39")
    for _ in range(5):
        make_participant(study)
    ErasableText.objects.filter(participant__in=erased).delete()

    assert background(study) == [["not_asked"]] * 5 + [["not_available"]] * 5


def test_the_latest_answer_counts(study):
    for _ in range(5):
        participant = make_participant(study)
        make_background(participant, "age", "20-29")
        make_background(participant, "age", "30-39")

    assert background(study) == [["30-39"]] * 5


def test_an_answer_too_few_share_is_suppressed(study):
    for age in ["30-39"] * 6 + ["80-89"] * 4 + ["20-29"]:
        make_background(make_participant(study), "age", age)

    assert background(study) == [["30-39"]] * 6 + [[SUPPRESSED]] * 5
    assert people_of(study).n_suppressed == 5


def test_background_of_imported_people_stays_as_it_was_published(study):
    brought = Import.objects.create(study=study, kind="judgments", source="x.toml", digest="0" * 64, created_at=NOW)
    for number, age in enumerate(["30-39", "80-89"]):
        participant = Participant.objects.create(
            study=study, code_name=f"rater {number}", external_id=f"29638{number}", brought_by=brought, joined_at=NOW
        )
        make_background(participant, "age", age, may_publish=False)

    assert background(study) == [["30-39"], ["80-89"]]
    assert sorted(person.external_id for person in people_of(study).by_pk.values()) == ["296380", "296381"]


def test_people_of_a_discarded_import_are_not_in(study):
    brought = Import.objects.create(
        study=study, kind="judgments", source="x.toml", digest="0" * 64, created_at=NOW, discarded_at=NOW
    )
    Participant.objects.create(study=study, code_name="rater", brought_by=brought, joined_at=NOW)

    assert people_of(study).by_pk == {}


rows = st.integers(0, 3).flatmap(
    lambda width: st.lists(st.lists(st.sampled_from("abc"), min_size=width, max_size=width), max_size=40)
)


@given(rows)
def test_nobody_stands_out(given_rows):
    before = dict(enumerate(given_rows))

    after = k_anonymous(before)

    sizes = Counter(map(tuple, after.values()))
    assert len(sizes) <= 1 or min(sizes.values()) >= K
    for person, row in after.items():
        assert all(cell in (SUPPRESSED, was) for cell, was in zip(row, before[person], strict=True))


def test_nothing_is_suppressed_where_enough_share_everything():
    people = {number: ["a", "b"] for number in range(5)} | {number: ["a", "c"] for number in range(5, 10)}

    assert k_anonymous(people) == people
