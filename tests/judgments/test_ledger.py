"""The ledger: every judgment once, in columns, and never one too few when more come in."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments import ledger, rubrics
from judgments.ledger import FORMS, REASONS
from judgments.models import Dimension, ErasableText, Import, Item, ScalePoint, Study
from tests import factories
from tests.factories import NOW, make_background, make_item, make_items, make_participant, said
from tests.support.readings import bring, read, read_again, revise


def numbers(column: np.ndarray) -> list:
    """Plain values, None for nan."""
    return [None if value != value else value for value in column.tolist()]


def test_each_form_of_answer_is_read_as_it_was_given(study, jo):
    item = make_item(study)
    given = said(care=(2, 4), depth=3, goods="misfit", voice=2, moves=[1, 3], warmth=frozenset({20, 70}), settled=3)
    read(jo, {item: given})

    held = ledger.of_study(study)

    on = {held.dimensions[row].name: place for place, row in enumerate(held.ratings.dimension.tolist())}
    assert sorted(on) == ["care", "depth", "goods", "moves", "voice", "warmth"]
    form = {name: FORMS[held.ratings.form[place]] for name, place in on.items()}
    assert form == {
        "care": "range", "depth": "point", "goods": "none", "voice": "point", "moves": "point", "warmth": "both",
    }  # fmt: skip
    assert REASONS[held.ratings.reason[on["goods"]]] == "misfit"
    assert (held.ratings.low[on["care"]], held.ratings.high[on["care"]]) == (2.0, 4.0)
    assert (held.ratings.both_a[on["warmth"]], held.ratings.both_b[on["warmth"]]) == (20.0, 70.0)
    assert held.ratings.labels[on["moves"]] == (1, 3)
    assert numbers(held.ratings.point[[on["depth"], on["care"], on["moves"]]]) == [3.0, None, None]
    assert held.judgments.settled.tolist() == [3]
    assert held.judgments.version.tolist() == [study.rubric_version_id]
    assert held.items.uid.tolist() == [str(item.uid)]
    assert held.items.external_id.tolist() == ["item-0"]
    assert held.readers.uid.tolist() == [str(jo.uid)]
    assert held.readers.code_name.tolist() == ["quiet heron"]


def test_every_revision_is_kept_and_only_the_last_is_current(study, jo):
    item = make_item(study)
    first = read(jo, {item: said(depth=1)})[item]
    revise(first, said(depth=5))

    held = ledger.of_study(study)

    assert held.judgments.revision.tolist() == [0, 1]
    assert held.judgments.is_current.tolist() == [False, True]
    assert held.judgments.are_readings.tolist() == [False, True]
    assert held.ratings.point.tolist() == [1.0, 5.0]
    assert held.is_of_reading.tolist() == [False, True]


def test_a_later_occasion_and_a_surplus_judgment_are_not_readings(db):
    study = factories.make_study(judgments_wanted=1)
    item, other = make_items(study, 2)
    jo, sue = make_participant(study), make_participant(study)
    read(jo, {item: said(depth=1), other: said(depth=2)})
    read_again(jo, item, said(depth=3))
    read_again(sue, item, said(depth=4), occasion=0)

    judged = ledger.of_study(study).judgments

    assert judged.occasion.tolist() == [0, 0, 1, 0]
    assert judged.is_counted.tolist() == [True, True, True, False]
    assert judged.are_readings.tolist() == [True, True, False, False]


def test_what_came_in_since_is_read_on(study, jo):
    item, other = make_items(study, 2)
    bring(jo, item, {"depth": 1})
    before = ledger.of_study(study)
    bring(jo, other, {"depth": 2, "care": 3})

    after = ledger.of_study(study)

    assert before.ratings.point.tolist() == [1.0]
    assert sorted(after.ratings.point.tolist()) == [1.0, 2.0, 3.0]
    assert after.judgments.item.tolist() == [0, 1]
    assert after.ratings.judgment.tolist() == [0, 1, 1]


def test_reading_on_asks_only_for_what_is_new(study, jo):
    item, other = make_items(study, 2)
    bring(jo, item, {"depth": 1})
    ledger.of_study(study)
    newer = bring(jo, other, {"depth": 2})

    with CaptureQueriesContext(connection) as queries:
        ledger.of_study(study)

    read_judgments = [
        query["sql"] for query in queries.captured_queries if '"judgments_judgment"."supersedes_id"' in query["sql"]
    ]
    assert len(read_judgments) == 1
    assert f'"judgments_judgment"."id" > {newer.pk - 1}' in read_judgments[0]


def test_nothing_new_costs_one_query(study, jo):
    bring(jo, make_item(study), {"depth": 1})
    ledger.of_study(study)

    with CaptureQueriesContext(connection) as queries:
        ledger.of_study(study)

    assert len(queries) == 1


def test_a_judgment_that_appears_below_those_already_read_is_found(study, jo):
    sue = make_participant(study)
    item = make_item(study)
    bring(jo, item, {"depth": 1}, id=2_000_000)
    assert len(ledger.of_study(study).judgments.id) == 1
    bring(sue, item, {"depth": 5}, id=1_999_999)

    held = ledger.of_study(study)

    assert held.judgments.id.tolist() == [1_999_999, 2_000_000]
    assert held.ratings.point.tolist() == [5.0, 1.0]


def test_one_that_appears_below_together_with_a_newer_one_is_found(study, jo):
    sue, ann = make_participant(study), make_participant(study)
    item = make_item(study)
    bring(jo, item, {"depth": 1}, id=2_000_000)
    ledger.of_study(study)
    bring(sue, item, {"depth": 5}, id=1_999_999)
    bring(ann, item, {"depth": 3}, id=2_000_001)

    held = ledger.of_study(study)

    assert held.ratings.point.tolist() == [5.0, 1.0, 3.0]


def test_items_taken_out_and_practice_items_are_left_out(study, jo):
    kept, hidden = make_items(study, 2)
    practice = make_item(study, purpose=Item.Purpose.PRACTICE)
    for point, item in enumerate([kept, hidden, practice], 1):
        bring(jo, item, {"depth": point})
    assert ledger.of_study(study).ratings.point.tolist() == [1.0, 2.0]

    Item.objects.filter(pk=hidden.pk).update(hidden_at=NOW)

    held = ledger.of_study(study)
    assert held.items.id.tolist() == [kept.pk]
    assert held.ratings.point.tolist() == [1.0]
    assert ledger.of_item(study, hidden).ratings.point.tolist() == []


def test_a_discarded_import_is_left_out(study, jo):
    sue = make_participant(study)
    item = make_item(study)
    brought = Import.objects.create(study=study, kind="judgments", source="a file", digest="d", created_at=NOW)
    bring(jo, item, {"depth": 1}, brought_by=brought)
    bring(sue, item, {"depth": 2})
    assert ledger.of_study(study).ratings.point.tolist() == [1.0, 2.0]

    Import.objects.filter(pk=brought.pk).update(discarded_at=NOW)

    assert ledger.of_study(study).ratings.point.tolist() == [2.0]
    assert ledger.of_item(study, item).ratings.point.tolist() == [2.0]


def test_another_study_is_not_mixed_in(study, jo):
    other = factories.make_study()
    bring(jo, make_item(study), {"depth": 1})
    bring(make_participant(other), make_item(other), {"depth": 5})

    assert ledger.of_study(study).ratings.point.tolist() == [1.0]
    assert ledger.of_study(other).ratings.point.tolist() == [5.0]


def test_one_item_is_read_alone_with_its_readers(study, jo):
    sue = make_participant(study)
    item, other = make_items(study, 2)
    bring(jo, item, {"depth": 1})
    bring(sue, other, {"depth": 2})

    held = ledger.of_item(study, other)

    assert held.items.id.tolist() == [other.pk]
    assert held.readers.id.tolist() == [sue.pk]
    assert held.ratings.point.tolist() == [2.0]


def test_background_is_the_latest_answer_given_for_analysis(study, jo):
    sue, ann, kim = (make_participant(study) for _ in range(3))
    bring(jo, make_item(study), {"depth": 1})
    make_background(jo, "work", "nurse")
    make_background(jo, "work", "doctor")
    make_background(sue, "work", "nurse")
    make_background(sue, "work", "nurse", may_analyse=False)
    make_background(ann, "work", "nurse", may_analyse=False)
    make_background(kim, "work", "nurse")

    facet = ledger.of_study(study).facets[0]

    assert (facet.slug, facet.title) == ("work", "Work")
    assert facet.value.tolist() == ["doctor", None, None, "nurse"]
    assert facet.people == {"doctor": 1, "nurse": 1}


def test_background_that_was_erased_is_gone_also_where_it_had_been_read(study, jo):
    bring(jo, make_item(study), {"depth": 1})
    make_background(jo, "work", "nurse")
    background = make_background(jo, "work", "doctor")
    assert ledger.of_study(study).facets[0].value.tolist() == ["doctor"]

    ErasableText.objects.filter(pk=background.text_id).delete()

    assert ledger.of_study(study).facets[0].value.tolist() == [None]


def moved_on(study: Study, slug: str, *, question: str = "", point_text: str = "") -> None:
    """Put the study on a new version of its rubric in which one dimension reads differently."""
    draft = rubrics.fork(study.rubric_version)
    dimension = Dimension.objects.get(version=draft, slug=slug)
    if question:
        Dimension.objects.filter(pk=dimension.pk).update(question=question)
    if point_text:
        ScalePoint.objects.filter(dimension=dimension, value=1).update(text=point_text)
    study.rubric_version = rubrics.publish(draft, actor=None, now=NOW)
    study.save()


def test_a_dimension_asked_in_other_words_on_the_same_scale_stays_one(db):
    study = factories.make_study(version=factories.make_rubric(dimensions=["depth"]))
    item, other = make_items(study, 2)
    jo = make_participant(study)
    bring(jo, item, {"depth": 1})
    moved_on(study, "depth", question="How deep did it go?")
    jo.study.refresh_from_db()
    bring(jo, other, {"depth": 5})

    held = ledger.of_study(study)

    assert [(found.name, found.question, found.versions) for found in held.dimensions] == [
        ("depth", "How deep did it go?", (1, 2))
    ]
    assert held.ratings.dimension.tolist() == [0, 0]
    assert held.asked(0).tolist() == [True, True]


def test_a_dimension_on_another_scale_is_kept_apart(db):
    study = factories.make_study(version=factories.make_rubric(dimensions=["depth"]))
    item, other = make_items(study, 2)
    jo = make_participant(study)
    bring(jo, item, {"depth": 1})
    moved_on(study, "depth", point_text="Not one bit")
    jo.study.refresh_from_db()
    bring(jo, other, {"depth": 5})

    held = ledger.of_study(study)

    assert [(found.name, found.points[0].text) for found in held.dimensions] == [
        ("depth", "Not one bit"), ("depth@1", "Not at all"),
    ]  # fmt: skip
    assert held.ratings.dimension.tolist() == [1, 0]
    assert held.asked(0).tolist() == [False, True]
    assert held.asked(1).tolist() == [True, False]


def test_dimensions_nobody_has_answered_yet_are_there(study):
    held = ledger.of_study(study)

    assert [dimension.name for dimension in held.dimensions] == [
        "care", "depth", "goods", "voice", "moves", "warmth", "person",
    ]  # fmt: skip
    assert len(held.judgments.id) == len(held.ratings.id) == 0


def test_places_of_a_line_are_twenty_parts_and_its_upper_end_belongs_to_the_last(study):
    warmth = next(found for found in ledger.of_study(study).dimensions if found.name == "warmth")

    assert warmth.places[:2] == ("0 to 5", "5 to 10")
    assert len(warmth.places) == 20
    assert warmth.place_of(np.array([0.0, 4.9, 5.0, 100.0])).tolist() == [0, 0, 1, 19]


@pytest.fixture
def divided(study, jo):
    """Two readers and two items that differ in what an import said about them."""
    study.subsets = {
        "stayed": {"where": {"removed": ["0"]}},
        "by number": {"where": {"removed": [0]}},
        "english": {"where": {"language": ["en"]}},
        "quick": {"where": {"speed": ["quick"]}},
        "nurses": {"where": {"work": ["nurse"]}},
        "english and stayed": {"where": {"removed": ["0"], "language": ["en", "de"]}},
        "nowhere": {"where": {"colour": ["red"]}},
    }
    study.save()
    jo.details = {"removed": "0"}
    jo.save()
    sue = make_participant(study, details={"removed": "1"})
    make_background(sue, "work", "nurse")
    english = make_item(study, metadata={"language": "en"})
    french = make_item(study, metadata={"language": "fr"})
    bring(jo, english, {"depth": 1}, details={"speed": "quick"})
    bring(jo, french, {"depth": 2})
    bring(sue, english, {"depth": 3}, details={"speed": "slow"})
    return study


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("stayed", [1.0, 2.0]),
        ("by number", [1.0, 2.0]),
        ("english", [1.0, 3.0]),
        ("quick", [1.0]),
        ("nurses", [3.0]),
        ("english and stayed", [1.0]),
    ],
)
def test_a_subset_holds_exactly_the_judgments_that_fit(divided, name, points):
    held = ledger.subset(divided, ledger.of_study(divided), name)

    assert held.ratings.point.tolist() == points
    assert held.ratings.judgment.tolist() == list(range(len(points)))


def test_a_subset_that_is_not_there_is_refused_by_name(divided):
    with pytest.raises(ledger.UnknownSubset, match=r"no subset 'none'.*by number, english, english and stayed"):
        ledger.subset(divided, ledger.of_study(divided), "none")


def test_a_subset_by_a_column_that_nothing_has_is_refused(divided):
    with pytest.raises(ledger.UnknownSubset, match="column 'colour'"):
        ledger.subset(divided, ledger.of_study(divided), "nowhere")


def test_one_reader_and_three_cost_the_same_queries(db):
    counts = []
    for readers in (1, 3):
        study = factories.make_study()
        items = make_items(study, readers)
        for _ in range(readers):
            reader = make_participant(study)
            make_background(reader, "work", "nurse")
            read(reader, {item: said(depth=2, moves=[1]) for item in items})
        with CaptureQueriesContext(connection) as queries:
            ledger.of_study(study)
        counts.append(len(queries))

    assert counts[0] == counts[1]
