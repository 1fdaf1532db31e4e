"""`manage.py report`: the whole of a study's findings, as text and for programs."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from tests.factories import make_background, make_item, make_items, make_participant, said
from tests.support.readings import bring, read


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def two_of_three(db):
    """Three readers of two items; the third was removed by the authors."""
    version = factories.make_rubric(dimensions=["voice"])
    study = factories.make_study(
        "field-study", version=version, subsets={"stayed": {"where": {"removed": ["0"]}}}, licence="CC-BY-4.0",
        attribution="A lab",
    )  # fmt: skip
    items = make_items(study, 2)
    for points, removed in [((1, 2), "0"), ((1, 3), "0"), ((2, 3), "1")]:
        reader = make_participant(study, details={"removed": removed})
        make_background(reader, "work", "nurse")
        for item, point in zip(items, points, strict=True):
            bring(reader, item, {"voice": point})
    return study


def test_json_is_exactly_what_programs_rely_on(two_of_three):
    plain = json.loads(printed("field-study", "--json"))

    # Observed disagreement: 2 pairs of 3 differ on each item; expected: of 15 pairs of six values, 12 differ.
    assert plain == {
        "study": "field-study",
        "dimensions": {
            "voice": {
                "alpha": {
                    "nominal": {
                        "value": pytest.approx(1 - (2 / 3) / (12 / 15)),
                        "low": None,
                        "high": None,
                        "n_items": 2,
                        "n_annotators": 3,
                        "n_ratings": 6,
                    }
                },
                "forms": {
                    "n": 6,
                    "counts": {"point": 6, "range": 0, "both": 0, "none": 0},
                    "shares": {"point": 1.0, "range": 0.0, "both": 0.0, "none": 0.0},
                    "reasons": {},
                    "reason_shares": {},
                    "points": {"1": 2, "2": 2, "3": 2},
                    "left_open": 0,
                    "repeats": 0,
                    "surplus": 0,
                    "revised": 0,
                },
                "cohorts": {"work": {"nurse": {"values": ["nurse"], "n_annotators": 3, "suppressed": True}}},
            }
        },
        "items": {
            "item-0": {
                "n_readers": 3,
                "differ": 2 / 3,
                "dimensions": {
                    "voice": {
                        "counts": {"1": 2, "2": 1, "3": 0},
                        "forms": {"point": 3, "range": 0, "both": 0, "none": 0},
                        "differ": 2 / 3,
                    }
                },
            },
            "item-1": {
                "n_readers": 3,
                "differ": 2 / 3,
                "dimensions": {
                    "voice": {
                        "counts": {"1": 0, "2": 1, "3": 2},
                        "forms": {"point": 3, "range": 0, "both": 0, "none": 0},
                        "differ": 2 / 3,
                    }
                },
            },
        },
    }


def test_a_large_enough_cohort_carries_its_alpha(two_of_three):
    item = two_of_three.items.get(number=0)
    for _ in range(2):
        reader = make_participant(two_of_three)
        make_background(reader, "work", "nurse")
        bring(reader, item, {"voice": 1})

    nurse = json.loads(printed("field-study", "--json"))["dimensions"]["voice"]["cohorts"]["work"]["nurse"]

    assert (nurse["n_annotators"], nurse["n_items"], nurse["n_ratings"]) == (5, 2, 8)
    assert list(nurse["alpha"]) == ["nominal"]
    assert sorted(nurse["alpha"]["nominal"]) == ["high", "low", "n_annotators", "n_items", "n_ratings", "value"]


def test_json_of_a_subset_holds_only_its_judgments(two_of_three):
    plain = json.loads(printed("field-study", "--json", "--subset", "stayed"))

    assert plain["dimensions"]["voice"]["alpha"]["nominal"]["n_ratings"] == 4
    assert plain["dimensions"]["voice"]["forms"]["points"] == {"1": 2, "2": 1, "3": 1}


def test_what_is_not_defined_is_null(db):
    study = factories.make_study("field-study", version=factories.make_rubric(dimensions=["voice"]))
    bring(make_participant(study), make_item(study), {"voice": 1})

    out = printed("field-study", "--json")

    assert "NaN" not in out
    assert json.loads(out)["dimensions"]["voice"]["alpha"]["nominal"]["value"] is None
    assert json.loads(out)["items"]["item-0"]["differ"] is None


def test_the_same_study_prints_the_same_bytes(two_of_three):
    assert printed("field-study", "--json") == printed("field-study", "--json")


def test_text_says_the_same_for_people(two_of_three):
    read(make_participant(two_of_three), {two_of_three.items.get(number=0): said(voice="misfit")})

    assert printed("field-study").splitlines() == [
        "Field study (field-study)",
        "CC-BY-4.0 · A lab",
        "4 readers · 2 items · 8 judgments",
        "",
        "Voice (voice, nominal)",
        "         2  A friend's",
        "         2  A clerk's",
        "         2  A preacher's",
        "  of 7 answers: point 6, range 0, both ways 0, not this 1, misfit 1",
        "  beside these: left open 1",
        "  alpha, nominal: 0.1667, no interval (6 ratings, 2 items, 3 annotators). "
        "Too few items for limits: 2, and 10 are needed.",
        "  inside each group by work, alpha nominal:",
        "    nurse, 3 annotators: too few to say more",
    ]


def test_a_study_that_is_not_there_is_refused_with_those_that_are(two_of_three):
    with pytest.raises(CommandError, match=r"no study 'elsewhere'\. There are: field-study\."):
        printed("elsewhere")


def test_without_any_study_it_says_so(db):
    with pytest.raises(CommandError, match="There are: none yet"):
        printed("elsewhere")


def test_a_subset_that_is_not_there_is_refused_with_those_that_are(two_of_three):
    with pytest.raises(CommandError, match=r"no subset 'left'\. Its subsets: stayed\."):
        printed("field-study", "--subset", "left")


def test_a_section_is_added_to_what_programs_rely_on(two_of_three):
    before = json.loads(printed("field-study", "--json"))

    plain = json.loads(printed("field-study", "--json", "--section", "agreement", "--section", "spread"))

    assert {name: plain[name] for name in before} == before
    assert list(plain["sections"]) == ["agreement", "spread"]
    assert plain["waiting"] == []
    alpha = plain["sections"]["agreement"]["dimensions"]["voice"]["coefficients"]["nominal"]["alpha"]
    assert alpha["value"] == before["dimensions"]["voice"]["alpha"]["nominal"]["value"]


def test_a_heavy_section_is_computed_when_it_is_asked_for_by_name(two_of_three):
    waiting = json.loads(printed("field-study", "--json", "--section", "all"))["waiting"]

    plain = json.loads(printed("field-study", "--json", "--section", "all", "--section", "groups"))

    assert "groups" in waiting
    assert plain["waiting"] == [name for name in waiting if name != "groups"]
    assert plain["sections"]["groups"]["dimensions"]["voice"]["k"] == 1


def test_a_section_is_text_for_people(two_of_three):
    lines = printed("field-study", "--section", "influence", "--section", "noise").splitlines()

    assert lines[:6] == [
        "influence: Which items and people move alpha most?",
        "  voice",
        "    value: 0.1667",
        "    items:",
        "      item item-0, n 3, without 0, shift -0.1667",
        "      item item-1, n 3, without 0, shift -0.1667",
    ]
    assert lines[-2:] == [
        "noise: How much of the variation is the item, and how many readers does one need?",
        "  Nothing of the kind is in this study.",
    ]


def test_text_says_what_it_does_not_wait_for(two_of_three):
    assert printed("field-study", "--section", "all").splitlines()[-2:] == [
        "calibration: Do the intervals hold what they say in this design?",
        "  Takes a while; ask for it with --section calibration.",
    ]


def test_a_section_that_is_not_there_is_refused_with_those_that_are(two_of_three):
    with pytest.raises(CommandError, match=r"no section 'truth'\. There are: agreement, spread"):
        printed("field-study", "--section", "truth")
