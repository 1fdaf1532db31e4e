"""The judging form: from fields to answers, from answers to rows."""

import pytest
from django.http import QueryDict

from annotate.forms.judging import JudgingForm
from annotate.forms.words import spoken, summary
from judgments.answers import Answer
from judgments.assignment import next_assignment
from tests.factories import NOW, make_item, said


@pytest.fixture
def assignment(jo, study):
    make_item(study)
    return next_assignment(jo, now=NOW)


def form(assignment, query: str) -> JudgingForm:
    return JudgingForm(assignment, data=QueryDict(query))


def ratings(assignment, query: str) -> dict:
    found = form(assignment, query)
    assert found.is_valid(), found.problems
    return found.answers.plain()["ratings"]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("q.care=4", {"form": "point", "point": 4.0}),
        ("q.care=range&q.care.low=2&q.care.high=5", {"form": "range", "low": 2.0, "high": 5.0}),
        (
            "q.care=range&q.care.low=2&q.care.high=5&q.care.best=3",
            {"form": "range", "low": 2.0, "high": 5.0, "point": 3.0},
        ),
        (
            "q.care=both&q.care.both_a=6&q.care.both_b=2&q.care.both_text=as+a+son",
            {"form": "both", "both_a": 2.0, "both_b": 6.0, "text": "as a son"},
        ),
        (
            "q.care=none&q.care.reason=depends&q.care.reason_text=who+asks",
            {"form": "none", "reason": "depends", "text": "who asks"},
        ),
    ],
)
def test_each_form_of_answer_is_read_as_it_was_given(assignment, query, answer):
    assert ratings(assignment, query) == {"care": answer}


@pytest.mark.parametrize(
    ("slug", "query", "answer"),
    [
        ("depth", "q.depth=5", {"form": "point", "point": 5.0}),
        ("goods", "q.goods=6", {"form": "point", "point": 6.0}),
        ("voice", "q.voice=3", {"form": "point", "point": 3.0}),
        ("moves", "q.moves.labels=3&q.moves.labels=1", {"form": "point", "labels": [1.0, 3.0]}),
        ("moves", "q.moves.labels=none", {"form": "point", "labels": []}),
        ("moves", "q.moves=none&q.moves.reason=misfit", {"form": "none", "reason": "misfit"}),
        ("warmth", "q.warmth=point&q.warmth.point=62.5", {"form": "point", "point": 62.5}),
        ("warmth", "q.warmth.point=0", {"form": "point", "point": 0.0}),
        ("warmth", "q.warmth=range&q.warmth.low=10&q.warmth.high=20.5", {"form": "range", "low": 10.0, "high": 20.5}),
        ("person", "q.person.text=An+uncle.%0D%0ATired.", {"form": "point", "text": "An uncle.\nTired."}),
        ("person", "q.person=none&q.person.reason=rather_not", {"form": "none", "reason": "rather_not"}),
    ],
)
def test_each_kind_of_question_is_read_as_it_was_answered(assignment, slug, query, answer):
    assert ratings(assignment, query) == {slug: answer}


def test_the_row_chosen_decides_and_other_panels_are_not_read(assignment):
    query = "q.care=5&q.care.low=1&q.care.high=2&q.care.reason=misfit"

    assert ratings(assignment, query) == {"care": {"form": "point", "point": 5.0}}


def test_a_filled_panel_counts_where_no_row_was_chosen(assignment):
    assert ratings(assignment, "q.care.low=1&q.care.high=3") == {"care": {"form": "range", "low": 1.0, "high": 3.0}}


def test_a_blank_page_is_a_valid_answer(assignment):
    blank = form(assignment, "q.person.text=++&q.care.low=&q.care.both_text=&settled=&rationale=+&marks=")

    assert blank.is_valid()
    assert blank.answers.plain() == {"ratings": {}, "marks": []}


@pytest.mark.parametrize(
    ("query", "slug", "problem"),
    [
        ("q.care.low=1&q.care.high=3&q.care.reason=misfit", "care", "Two kinds of answer were given here. "
         "Keep one of them and clear the other."),
        ("q.person.text=An+uncle&q.person=none&q.person.reason=misfit", "person", "Two kinds of answer were given "
         "here. Keep one of them and clear the other."),
        ("q.moves.labels=none&q.moves.labels=2", "moves", "Two kinds of answer were given here. "
         "Keep one of them and clear the other."),
        ("q.care=range&q.care.low=3", "care", "A range needs both ends. Choose the other one too."),
        ("q.care=none", "care", "Choose one of the four reasons."),
        ("q.care=nine", "care", "A place on a scale is a number."),
        ("q.care=9", "care", "That is not a place on this scale."),
        ("q.care=nan", "care", "A place on a scale is a number."),
        ("q.goods=range&q.goods.low=1&q.goods.high=2", "goods", "This question takes one place, or not this."),
        ("settled=5", "settled", "Settled is 1, 2, 3 or 4."),
        ("marks=%7B%7D", "marks", "The marks did not arrive whole."),
        ("marks=[[", "marks", "The marks did not arrive whole."),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_refused_by_name(assignment, query, slug, problem):
    refused = form(assignment, query)

    assert not refused.is_valid()
    assert refused.problems == {slug: problem}


def test_a_refused_page_still_shows_everything_it_said(assignment):
    refused = form(assignment, "q.care=range&q.care.low=3&q.depth=2&rationale=because&settled=2")

    assert not refused.is_valid()
    shown = {question.slug: question for question in refused.questions}
    assert shown["care"].form == "range"
    assert shown["care"].values["low"] == "3"
    assert [row.text for row in shown["depth"].rows if row.chosen] == ["Slightly"]
    assert refused.rationale == "because"
    assert [text for _, text, chosen in refused.settled_rows if chosen] == ["Leaning"]


def test_questions_come_in_the_order_drawn_for_the_person(assignment):
    drawn = ["person", "warmth", "moves", "voice", "goods", "depth", "care"]
    assignment.dimension_order = drawn

    assert [question.slug for question in JudgingForm(assignment).questions] == drawn


def test_no_answer_is_chosen_beforehand(assignment):
    questions = JudgingForm(assignment).questions

    assert not any(row.chosen for question in questions for row in question.rows)
    assert {question.form for question in questions} == {""}
    assert not any(value for question in questions for value in question.values.values())


def test_a_draft_of_any_shape_is_shown_without_error(assignment):
    for draft in ({"ratings": []}, {"ratings": {"care": 3, "depth": {"form": ["x"]}}}, {"settled": {}}):
        shown = JudgingForm(assignment, given=draft)

        assert len(shown.questions) == 7
        assert not any(row.chosen for question in shown.questions for row in question.rows)


def test_times_and_circumstances_that_are_not_plausible_are_left_out(assignment):
    sent = "reading_ms=-5&judging_ms=99999999999&layout=evil&pointer=fine&width_rem=80&scripts=1&reader={}"
    odd = form(assignment, sent).circumstances(assignment.participant.user)

    assert odd.steps_ms == {}
    assert odd.instrument == {
        "pointer": "fine", "width_rem": 80, "scripts": True, "move_on": False, "shortcuts": False, "offline": False,
        "text": "plain", "first_reading": False, "language": "en", "software": "dissensus 0.1.0",
        "reader": {"size": "3", "face": "serif", "column": "narrow", "spacing": "usual", "theme": "device"},
    }  # fmt: skip


def test_an_answer_is_said_in_the_words_of_its_points(assignment):
    dimensions = {found.slug: found for found in assignment.rubric_version.dimensions.prefetch_related("points")}
    care = dimensions["care"]

    assert spoken(Answer("point", point=4.0), care) == "Fitting"
    assert spoken(Answer("range", low=1.0, high=2.0), care) == "Somewhere from “Far too little” to “Too little”"
    assert spoken(Answer("both", both_a=1.0, both_b=7.0, text="a; b"), care) == (
        "Both ways: “Far too little”, and “Far too much”. “a; b”"
    )
    assert spoken(Answer("none", reason="misfit"), care) == "Not this: The question does not fit here"
    assert spoken(Answer("point", labels=()), dimensions["moves"]) == "None of these"
    assert spoken(Answer("point", point=62.5), dimensions["warmth"]) == "62.5"


def test_a_summary_names_everything_that_was_said(assignment):
    given = said(care=4, person="An uncle", settled=1, rationale="because")

    assert summary(given, assignment) == [
        ("Care", "Fitting"), ("Who", "An uncle"), ("How settled", "A first impression"), ("Why", "because"),
    ]  # fmt: skip
