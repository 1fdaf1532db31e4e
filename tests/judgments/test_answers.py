import pytest

from judgments import answers, canonical, rubrics
from judgments.errors import AnswersUnfit
from judgments.models import Assignment, ItemResponse, Response
from tests import factories

HOSTILE = [
    [], "x", None, 7, {"extra": 1}, {"ratings": []}, {"ratings": {"care": 4}}, {"ratings": {"care": {"form": 4}}},
    {"ratings": {"care": {"form": "point", "point": "4"}}}, {"ratings": {"care": {"form": "point", "point": True}}},
    {"ratings": {"care": {"form": "point", "point": "٣"}}}, {"ratings": {"care": {"form": "point", "point": [4]}}},
    {"ratings": {"care": {"form": "point", "point": float("nan")}}},
    {"ratings": {"care": {"form": "point", "point": float("inf")}}},
    {"ratings": {"care": {"form": "point", "point": 10**400}}},
    {"ratings": {"care": {"form": "point", "score": 4}}}, {"ratings": {"moves": {"form": "point", "labels": 1}}},
    {"ratings": {"moves": {"form": "point", "labels": ["1"]}}},
    {"ratings": {"person": {"form": "point", "text": "\x00"}}},
    {"ratings": {"person": {"form": "point", "text": "\ud800"}}},
    {"ratings": {"person": {"form": "point", "text": "x" * 20_001}}},
    {"settled": 0}, {"settled": 5}, {"settled": "3"}, {"settled": True}, {"settled": 2.0},
    {"rationale": None}, {"rationale": 4}, {"rationale": "a\x00"},
    {"marks": {}}, {"marks": [7]}, {"marks": [{"start": 0}]}, {"marks": [{"start": "0", "end": 1, "turn": 0}]},
    {"marks": [{"start": 0, "end": 1, "turn": 0, "details": {"a": 1}}]},
    {"marks": [{"start": 0, "end": 1, "turn": "0"}]},
    {"marks": [{"start": 0, "end": 1, "turn": 0, "tag": "t" * 121}]},
    {"marks": [{"start": 0, "end": 1, "turn": 0}] * 501},
]  # fmt: skip


@pytest.mark.parametrize("plain", HOSTILE, ids=range(len(HOSTILE)))
def test_another_shape_is_refused(plain):
    with pytest.raises(AnswersUnfit):
        answers.from_plain(plain)


UNFIT = [
    ({"nothing": {"form": "point", "point": 1}}, "nothing"),
    ({"care": {"form": "point"}}, "care"),
    ({"care": {"form": "point", "point": 0}}, "care"),
    ({"care": {"form": "point", "point": 8}}, "care"),
    ({"care": {"form": "point", "point": 3.5}}, "care"),
    ({"care": {"form": "point", "point": 3, "text": "why"}}, "care"),
    ({"care": {"form": "point", "point": 3, "reason": "misfit"}}, "care"),
    ({"care": {"form": "point", "labels": [1]}}, "care"),
    ({"care": {"form": "guess", "point": 3}}, "care"),
    ({"care": {"form": "range", "low": 3}}, "care"),
    ({"care": {"form": "range", "low": 3, "high": 3}}, "care"),
    ({"care": {"form": "range", "low": 5, "high": 3}}, "care"),
    ({"care": {"form": "range", "low": 0, "high": 3}}, "care"),
    ({"care": {"form": "range", "low": 2, "high": 4, "point": 5}}, "care"),
    ({"care": {"form": "range", "low": 2, "high": 4, "both_a": 1}}, "care"),
    ({"care": {"form": "both", "both_a": 2, "both_b": 2}}, "care"),
    ({"care": {"form": "both", "both_a": 2, "both_b": 6, "point": 4}}, "care"),
    ({"care": {"form": "none"}}, "care"),
    ({"care": {"form": "none", "reason": "tired"}}, "care"),
    ({"care": {"form": "none", "reason": "misfit", "point": 4}}, "care"),
    ({"goods": {"form": "range", "low": 1, "high": 2}}, "goods"),
    ({"goods": {"form": "both", "both_a": 1, "both_b": 2}}, "goods"),
    ({"goods": {"form": "point", "point": 7}}, "goods"),
    ({"voice": {"form": "range", "low": 1, "high": 2}}, "voice"),
    ({"voice": {"form": "point", "point": 4}}, "voice"),
    ({"moves": {"form": "point", "labels": [1, 4]}}, "moves"),
    ({"moves": {"form": "point", "point": 1}}, "moves"),
    ({"warmth": {"form": "point", "point": -0.1}}, "warmth"),
    ({"warmth": {"form": "point", "point": 100.5}}, "warmth"),
    ({"warmth": {"form": "range", "low": 50, "high": 101}}, "warmth"),
    ({"person": {"form": "point", "point": 1}}, "person"),
    ({"person": {"form": "point"}}, "person"),
    ({"person": {"form": "point", "text": " \n "}}, "person"),
    ({"person": {"form": "both", "both_a": 1, "both_b": 2}}, "person"),
]


@pytest.mark.parametrize(("ratings", "slug"), UNFIT, ids=range(len(UNFIT)))
def test_an_answer_off_its_scale_is_refused_by_name(study, ratings, slug):
    item = factories.make_item(study)

    with pytest.raises(AnswersUnfit) as refusal:
        answers.check(answers.from_plain({"ratings": ratings}), study.rubric_version, item)

    assert list(refusal.value.problems) == [slug]


FIT = [
    {"goods": {"form": "point", "point": 5}},
    {"moves": {"form": "point", "labels": []}},
    {"warmth": {"form": "both", "both_a": 90, "both_b": 3.25}},
    {"warmth": {"form": "range", "low": 0, "high": 100}},
    {"care": {"form": "range", "low": 2, "high": 4, "point": 4}},
    {"person": {"form": "none", "reason": "rather_not"}},
    {"voice": {"form": "none", "reason": "depends", "text": "on the tone"}},
    {"care": None},
]


@pytest.mark.parametrize("ratings", FIT, ids=range(len(FIT)))
def test_a_legal_answer_is_taken(study, ratings):
    item = factories.make_item(study)

    answers.check(answers.from_plain({"ratings": ratings}), study.rubric_version, item)


@pytest.mark.parametrize(
    "mark",
    [
        {"start": 0, "end": 1},
        {"start": 0, "end": 1, "turn": 1},
        {"start": 0, "end": 1, "turn": -1},
        {"start": 0, "end": 1, "response": "other"},
        {"start": 0, "end": 1, "response": "other", "turn": 0},
        {"start": -1, "end": 1, "turn": 0},
        {"start": 1, "end": 1, "turn": 0},
        {"start": 0, "end": 10, "turn": 0},
    ],
)
def test_a_mark_outside_the_item_is_refused(study, mark):
    item = factories.make_item(study)

    with pytest.raises(AnswersUnfit) as refusal:
        answers.check(answers.from_plain({"marks": [mark]}), study.rubric_version, item)

    assert list(refusal.value.problems) == ["marks.0"]


def test_whole_numbers_and_floats_are_the_same_answer():
    four = answers.from_plain({"ratings": {"care": {"form": "point", "point": 4}}})

    assert four == answers.from_plain({"ratings": {"care": {"form": "point", "point": 4.0}}})


def test_answers_made_by_hand_are_the_same_with_whole_numbers_and_floats():
    whole = answers.Answers(
        {"care": answers.Answer("point", point=4), "moves": answers.Answer("point", labels=(1, 3))}
    )
    floats = answers.from_plain({"ratings": {slug: answer.plain() for slug, answer in whole.ratings.items()}})

    assert canonical.dumps(whole.plain()) == canonical.dumps(floats.plain())


def test_both_ways_has_no_first_and_second():
    one = answers.from_plain({"ratings": {"care": {"form": "both", "both_a": 6, "both_b": 2}}})

    assert one == answers.from_plain({"ratings": {"care": {"form": "both", "both_a": 2, "both_b": 6}}})


def test_a_comparison_is_stored_by_response_and_worded_by_side(study):
    """The first response is shown second: its point reads "B", and keeps its value."""
    version = rubrics.build(
        study.rubric_version.rubric,
        {
            "title": "Side by side",
            "dimensions": [
                {"slug": "better", "kind": "compare", "level": "nominal", "title": "T", "question": "Which?",
                 "points": factories.points(["A", "B", "in different ways"])},
            ],
        },
    )  # fmt: skip
    item = factories.make_item(study)
    first = str(item.shown.get().response.uid)
    second = Response.objects.create(scenario=item.scenario, text="Who is?")
    ItemResponse.objects.create(item=item, response=second, position=1)
    assignment = Assignment(item=item, response_order=[str(second.uid), first])

    [dimension] = answers.as_shown(version.dimensions.prefetch_related("points"), assignment)

    assert {point.value: (point.text, point.side) for point in dimension.points.all()} == {
        1: ("B", 1),
        2: ("A", 0),
        3: ("in different ways", 2),
    }
