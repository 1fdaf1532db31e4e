"""One item: one answer a reader, reasons where their authors stood, marks that stand, and no word too many."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments import reports
from judgments.models import ErasableText, Study
from tests import factories
from tests.factories import make_background, make_item, make_items, make_participant, said
from tests.support.readings import bring, read, read_again, revise


def depth_study(**fields) -> Study:
    return factories.make_study(version=factories.make_rubric(dimensions=["depth"]), **fields)


def on(finding: reports.ItemFinding, name: str) -> reports.ItemDimension:
    return next(found for found in finding.dimensions if found.dimension.name == name)


def test_an_item_shows_one_answer_a_reader(study):
    item = make_item(study)
    given = {"ash": said(care=4, settled=2), "birch": said(care=(2, 4)), "cedar": said(care="depends"),
             "elm": said(), "fir": said(care=frozenset({1, 7}))}  # fmt: skip
    for name, answers in given.items():
        read(make_participant(study, code_name=name), {item: answers})

    care = on(reports.item(study, item), "care")

    shown = [(a.code_name, a.form, a.point, a.low, a.high, a.both_a, a.both_b, a.reason, a.settled)
             for a in care.answers]  # fmt: skip
    assert shown == [
        ("ash", "point", 4.0, None, None, None, None, "", 2),
        ("birch", "range", None, 2.0, 4.0, None, None, "", None),
        ("cedar", "none", None, None, None, None, None, "depends", None),
        ("elm", "", None, None, None, None, None, "", None),
        ("fir", "both", None, None, None, 1.0, 7.0, "", None),
    ]
    assert care.counts == (0, 0, 0, 1, 0, 0, 0)


def test_an_item_shows_the_current_revision_and_repeats_apart(db):
    study = depth_study(judgments_wanted=1)
    item = make_item(study)
    jo, sue = make_participant(study, code_name="jo"), make_participant(study, code_name="sue")
    revise(read(jo, {item: said(depth=1)})[item], said(depth=2))
    read_again(jo, item, said(depth=5))
    read_again(sue, item, said(depth=4), occasion=0)

    finding = reports.item(study, item)

    depth = on(finding, "depth")
    assert [(a.code_name, a.point, a.revision, a.is_counted) for a in depth.answers] == [
        ("jo", 2.0, 1, True), ("sue", 4.0, 0, False),
    ]  # fmt: skip
    assert [(a.code_name, a.point, a.occasion) for a in depth.repeats] == [("jo", 5.0, 1)]
    assert depth.counts == (0, 1, 0, 0, 0)
    assert finding.n_readers == 1


def test_reasons_stand_where_their_authors_stood(study):
    item = make_item(study)
    for name, answers in {
        "ash": said(care=4, rationale="It waited."),
        "birch": said(care=1, rationale="It never asks who."),
        "cedar": said(care=4, rationale="Quiet."),
        "elm": said(care="misfit", rationale="Not this."),
        "fir": said(care=4),
        "oak": said(person="An uncle.", rationale="So warm."),
    }.items():
        read(make_participant(study, code_name=name), {item: answers})

    finding = reports.item(study, item)

    places = [(place.name, place.form, [(q.code_name, q.text) for q in place.quotes])
              for place in on(finding, "care").reasons]  # fmt: skip
    assert places == [
        ("1", "point", [("birch", "It never asks who.")]),
        ("4", "point", [("ash", "It waited."), ("cedar", "Quiet.")]),
        ("misfit", "none", [("elm", "Not this.")]),
        ("", "", [("oak", "So warm.")]),
    ]
    oak = next(answer for answer in on(finding, "person").answers if answer.code_name == "oak")
    assert (oak.words, oak.rationale) == ("An uncle.", "So warm.")


def test_words_that_were_erased_are_gone_at_once(study, jo):
    item = make_item(study)
    judgment = read(jo, {item: said(care=4, rationale="It waited.")})[item]
    assert on(reports.item(study, item), "care").reasons[0].quotes[0].text == "It waited."

    ErasableText.objects.filter(pk=judgment.rationale_id).delete()

    care = on(reports.item(study, item), "care")
    assert care.reasons == ()
    assert [(answer.point, answer.rationale) for answer in care.answers] == [(4.0, "")]


def test_marks_that_stand_are_listed_in_the_order_of_the_text(study, jo):
    item = make_item(study, "I am so sorry. Who was he?")
    uid = str(item.shown.get().response.uid)
    early = {"response": uid, "start": 0, "end": 4, "tag": "turns here"}
    late = {"response": uid, "start": 15, "end": 26, "tag": "asks", "memo": "At last."}
    asked = {"turn": 0, "start": 0, "end": 4, "tag": "plain"}
    first = read(jo, {item: said(care=4, marks=[late, early, asked])})[item]
    seen = [(m.code_name, m.response, m.turn, m.quote, m.tag, m.memo) for m in reports.item(study, item).marks]
    assert seen == [
        ("quiet heron", None, 0, "he's", "plain", ""),
        ("quiet heron", uid, None, "I am", "turns here", ""),
        ("quiet heron", uid, None, "Who was he?", "asks", "At last."),
    ]

    revise(first, said(care=4, marks=[late]))

    assert [mark.quote for mark in reports.item(study, item).marks] == ["Who was he?"]


def test_a_reader_is_shown_in_a_cohort_only_where_five_people_share_it(db):
    study = depth_study()
    item, _ = make_items(study, 2)
    for row in range(6):
        reader = make_participant(study, code_name=f"reader {row}")
        make_background(reader, "work", "clerk" if row == 0 else "nurse")
        if row < 3:
            bring(reader, item, {"depth": 1 if row == 0 else 5})

    depth = on(reports.item(study, item), "depth")

    assert [(a.code_name, a.cohort) for a in depth.answers] == [
        ("reader 0", {}), ("reader 1", {"work": "nurse"}), ("reader 2", {"work": "nurse"}),
    ]  # fmt: skip
    assert depth.by_cohort("work") == {"": (1, 0, 0, 0, 0), "nurse": (0, 0, 0, 0, 2)}


def test_an_item_with_one_reader_and_one_with_three_cost_the_same_queries(study):
    one, three = make_items(study, 2)
    uid = {item: str(item.shown.get().response.uid) for item in (one, three)}
    for row in range(3):
        reader = make_participant(study)
        make_background(reader, "work", "nurse")
        for item in (one, three):
            if item == three or row == 0:
                mark = {"response": uid[item], "start": 0, "end": 4, "tag": "here", "memo": "Why?"}
                answers = said(depth=2, moves=[1], rationale="Because.", marks=[mark])
                read_again(reader, item, answers, occasion=0)

    counts = []
    for item in (one, three):
        with CaptureQueriesContext(connection) as queries:
            finding = reports.item(study, item)
        assert finding.n_readers == len(finding.marks)
        counts.append((finding.n_readers, len(queries)))

    assert [n for n, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_an_item_finding_is_plain_data(study, jo):
    item = make_item(study)
    read(jo, {item: said(moves=[1, 3], warmth=40)})

    plain = reports.item(study, item).to_dict()

    assert plain["external_id"] == "item-0"
    moves = next(found for found in plain["dimensions"] if found["dimension"]["name"] == "moves")
    assert moves["answers"][0]["labels"] == [1.0, 3.0]
    assert moves["counts"] == [1, 0, 1]
