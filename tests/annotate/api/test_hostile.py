"""Hostile bodies: a located 4xx on both engines alike, and nothing stored."""

import json
import uuid

import pytest

from judgments.models import Assignment, Draft, ErasableText, Judgment, Rating
from tests import factories
from tests.annotate.api.conftest import take
from tests.support.engines import ENGINES

UNFIT = (422, "answers_unfit")
INVALID = (400, "invalid")
BROKEN = (400, "invalid_json")


def rating(**answer) -> dict:
    return {"ratings": {"care": answer}}


def point(value) -> dict:
    return rating(form="point", point=value)


def mark(**given) -> dict:
    return {"marks": [{"turn": 0, "start": 0, "end": 2} | given]}


ANSWERS = {
    # name: (body, status and code, field)
    "a point off the scale": (point(8), UNFIT, "care"),
    "a point between points": (point(3.5), UNFIT, "care"),
    "a point below": (point(-1), UNFIT, "care"),
    "a point as text": (point("4"), UNFIT, "care"),
    "a point as true": (point(True), UNFIT, "care"),
    "a point as a list": (point([4]), UNFIT, "care"),
    "a point as an object": (point({"$gt": 0}), UNFIT, "care"),
    "no point": (rating(form="point"), UNFIT, "care"),
    "a null point": (point(None), UNFIT, "care"),
    "a very large point": (point(1e308), UNFIT, "care"),
    "a very small point": (point(5e-324), UNFIT, "care"),
    "no form": (rating(point=4), UNFIT, "care"),
    "an unknown form": (rating(form="median", point=4), UNFIT, "care"),
    "a form of another type": (rating(form=1, point=4), UNFIT, "care"),
    "a field of nobody": (rating(form="point", point=4, weight=2), UNFIT, "care"),
    "our own fields": (rating(form="point", point=4, text_digest="x", judgment_id=1), UNFIT, "care"),
    "a range upside down": (rating(form="range", low=5, high=3), UNFIT, "care"),
    "a range of one place": (rating(form="range", low=3, high=3), UNFIT, "care"),
    "a range without an end": (rating(form="range", low=3), UNFIT, "care"),
    "a range and its best place outside": (rating(form="range", low=2, high=4, point=6), UNFIT, "care"),
    "both ways in one place": (rating(form="both", both_a=2, both_b=2), UNFIT, "care"),
    "not this without a reason": (rating(form="none"), UNFIT, "care"),
    "not this for a reason of one's own": (rating(form="none", reason="bored"), UNFIT, "care"),
    "not this and a point": (rating(form="none", reason="misfit", point=4), UNFIT, "care"),
    "an answer that is a number": ({"ratings": {"care": 4}}, UNFIT, "care"),
    "an answer that is nought": ({"ratings": {"care": 0}}, INVALID, "ratings.care"),
    "an answer that is false": ({"ratings": {"care": False}}, INVALID, "ratings.care"),
    "an answer that is an empty list": ({"ratings": {"care": []}}, INVALID, "ratings.care"),
    "a question of nobody": ({"ratings": {"gold": {"form": "point", "point": 1}}}, UNFIT, "gold"),
    "a question named by a path": ({"ratings": {"dimension__slug": {"form": "point", "point": 1}}}, UNFIT,
                                   "dimension__slug"),
    "ratings as a list": ({"ratings": [{"form": "point", "point": 4}]}, UNFIT, "ratings"),
    "ratings as null": ({"ratings": None}, INVALID, "ratings"),
    "settled off its scale": ({"settled": 5}, UNFIT, "settled"),
    "settled as nought": ({"settled": 0}, UNFIT, "settled"),
    "settled as true": ({"settled": True}, UNFIT, "settled"),
    "settled as text": ({"settled": "3"}, UNFIT, "settled"),
    "a rationale that is a number": ({"rationale": 7}, UNFIT, "rationale"),
    "a rationale that is null": ({"rationale": None}, INVALID, "rationale"),
    "a rationale beyond its bound": ({"rationale": "x" * 20_001}, UNFIT, "rationale"),
    "marks as an object": ({"marks": {"start": 0}}, UNFIT, "marks"),
    "too many marks": ({"marks": [{"turn": 0, "start": 0, "end": 1}] * 501}, UNFIT, "marks"),
    "a mark outside its text": (mark(end=10_000), UNFIT, "marks.0"),
    "a mark that ends where it starts": (mark(start=1, end=1), UNFIT, "marks.0"),
    "a mark before its text": (mark(start=-5), UNFIT, "marks.0"),
    "a mark in two places": (mark(response=str(uuid.uuid4())), UNFIT, "marks.0"),
    "a mark in somebody else's text": ({"marks": [{"response": str(uuid.uuid4()), "start": 0, "end": 1}]}, UNFIT,
                                       "marks.0"),
    "a mark in a turn that is not there": (mark(turn=9), UNFIT, "marks.0"),
    "a mark with details": (mark(details={"severity": "major"}), UNFIT, "marks.0"),
    "a mark with a tag beyond its bound": (mark(tag="x" * 121), UNFIT, "marks.0"),
    "a mark that is text": ({"marks": ["x"]}, UNFIT, "marks.0"),
    "an extra field": ({"settled": 3, "status": "counted"}, INVALID, "status"),
    "somebody else's name": ({"participant": "slow marten"}, INVALID, "participant"),
    "a time of one's own": ({"judged_at": "2020-01-01T00:00:00Z"}, INVALID, "judged_at"),
    "the key in the body": ({"key": str(uuid.uuid4())}, INVALID, "key"),
    "the prototype": ({"__proto__": {"admin": True}}, INVALID, "__proto__"),
    "a version that is a number": ({"rubric_version": 1.5}, INVALID, "rubric_version"),
    "a version that is a word": ({"rubric_version": "latest"}, INVALID, "rubric_version"),
    "a predecessor that is no uuid": ({"supersedes": "first"}, INVALID, "supersedes"),
    "a predecessor that is null": ({"supersedes": None}, INVALID, "supersedes"),
    "steps below nought": ({"steps_ms": {"reading": -1}}, INVALID, "steps_ms.reading"),
    "steps beyond an integer": ({"steps_ms": {"reading": 2**40}}, INVALID, "steps_ms.reading"),
    "steps as a list": ({"steps_ms": [1]}, INVALID, "steps_ms"),
    "too many steps": ({"steps_ms": {str(number): 1 for number in range(51)}}, INVALID, "steps_ms"),
    "an instrument of text": ({"instrument": "x"}, INVALID, "instrument"),
    "an instrument beyond its bound": ({"instrument": {"x": "y" * 5_000}}, INVALID, "instrument"),
    "a list": ([], INVALID, ""),
    "a text": ("x", INVALID, ""),
    "a number": (1, INVALID, ""),
    "null": (None, INVALID, ""),
}  # fmt: skip

BYTES = {
    "cut short": (b'{"settled": 3', BROKEN),
    "something behind it": (b'{"settled": 3} {}', BROKEN),
    "not UTF-8": (b'{"rationale": "\xff\xfe"}', BROKEN),
    "UTF-16": ('{"settled": 3}'.encode("utf-16"), BROKEN),
    "a byte order mark": (b'\xef\xbb\xbf{"settled": 3}', BROKEN),
    "a lone surrogate": (rb'{"rationale": "\ud800"}', BROKEN),
    "a key with a lone surrogate": (rb'{"\udfff": 1}', BROKEN),
    "NUL": (rb'{"rationale": "a\u0000b"}', (400, "nul_character")),
    "NUL in a key": (rb'{"ratings": {"a\u0000": {"form": "point", "point": 1}}}', (400, "nul_character")),
    "a raw control character": (b'{"rationale": "a\x01b"}', BROKEN),
    "NaN": (b'{"ratings": {"care": {"form": "point", "point": NaN}}}', BROKEN),
    "Infinity": (b'{"settled": Infinity}', BROKEN),
    "a number without end": (b'{"ratings": {"care": {"form": "point", "point": 1e400}}}', BROKEN),
    "a whole number beyond floats": (b'{"settled": 1' + b"0" * 400 + b"}", BROKEN),
    "a million digits": (b'{"settled": ' + b"9" * 1_000_000 + b"}", BROKEN),
    "a whole number beyond 64 bits": (b'{"steps_ms": {"reading": 18446744073709551616}}', BROKEN),
    "a key twice": (b'{"settled": 3, "settled": 4}', BROKEN),
    "a question twice": (b'{"ratings": {"care": {"form": "none"}, "care": {}}}', BROKEN),
    "nested 100 deep": (b'{"instrument": ' + b'{"a":' * 100 + b"1" + b"}" * 101, (400, "too_deep")),
    "nested 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, BROKEN),
    "100,000 open brackets": (b"[" * 100_000, BROKEN),
    "larger than a body may be": (b'{"rationale": "' + b"x" * 1_100_000 + b'"}', (413, "too_large")),
    "60,000 unknown fields": (json.dumps({f"f{n}": 1 for n in range(60_000)}).encode(), INVALID),
    "XML": (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", BROKEN),
}  # fmt: skip

TYPES = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
    "application/octet-stream", "nonsense", "application/jsonp", "text/html; charset=x-user-defined",
]  # fmt: skip


@pytest.fixture
def program(engine, speak, jo):
    return speak(jo)


@pytest.fixture
def held(program, study):
    factories.make_item(study)
    return take(program)


def send(program, held, body: bytes, content_type="application/json"):
    address = f"/api/v1/assignments/{held['uid']}/judgment"
    key = str(uuid.uuid4())
    return program.generic("POST", address, body, content_type=content_type, HTTP_IDEMPOTENCY_KEY=key)


def nothing_stored() -> bool:
    states = set(Assignment.objects.values_list("state", flat=True))
    counts = [model.objects.count() for model in (Judgment, Rating, Draft, ErasableText)]
    return states == {"offered"} and counts == [0, 0, 0, 0]


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_answers_that_do_not_fit_are_refused_by_field(engine, program, held):
    surprises = {}
    for name, (body, (status, code), field) in ANSWERS.items():
        response = send(program, held, json.dumps(body).encode())
        found = response.json()
        fields = [problem["field"] for problem in found.get("errors", [])]
        if (response.status_code, found.get("code")) != (status, code) or field not in fields:
            surprises[name] = (response.status_code, found)

    assert surprises == {}
    assert nothing_stored()


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_bodies_that_cannot_be_read_are_refused(engine, program, held):
    surprises = {}
    for name, (body, expected) in BYTES.items():
        response = send(program, held, body)
        if (response.status_code, response.json().get("code")) != expected or len(response.content) > 20_000:
            surprises[name] = (response.status_code, response.content[:500])

    assert surprises == {}
    assert nothing_stored()


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_other_content_types_are_refused(engine, program, held):
    for content_type in TYPES:
        response = send(program, held, b'{"settled": 3}', content_type)
        found = (response.status_code, response.json()["code"])
        assert found == (415, "unsupported_media_type"), content_type
    assert nothing_stored()


WORDS = [
    "\U0001f642\U0001f469\u200d\U0001f469\u200d\U0001f467 \r\n\t \u0646\u0639\u0645", "\u202eevil",
    "'; DROP TABLE judgments_judgment; --", "<script>alert(1)</script>", "{{ 7*7 }} {% debug %}",
    '=HYPERLINK("http://x")', "a\u0338\u0327\u0322" * 4_000, "\u2028\u2029\ufeff\u200b", " leading and trailing ",
    "%s %d %(x)s", "\\u0000", "\ufdfa" * 19_000,
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_any_words_are_kept_as_they_are(engine, program, held):
    latest = {}
    for text in WORDS:
        response = send(program, held, json.dumps({"rationale": text} | latest).encode())
        assert response.status_code == 201, text[:50]
        latest = {"supersedes": response.json()["judgment"]}
        shown = program.get(f"/api/v1/judgments/{latest['supersedes']}/").json()
        assert shown["answers"] == {"ratings": {}, "marks": [], "rationale": text}


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_every_question_takes_its_own_kind_of_answer(engine, program, held):
    ratings = {
        "care": {"form": "range", "low": 3, "high": 5},
        "depth": {"form": "both", "both_a": 4, "both_b": 2, "text": "as a nurse, as a son"},
        "goods": {"form": "point", "point": 5},
        "person": {"form": "point", "text": "An uncle."},
    }

    response = send(program, held, json.dumps({"ratings": ratings, "marks": mark()["marks"]}).encode())

    assert response.status_code == 201
    answers = program.get(f"/api/v1/judgments/{response.json()['judgment']}/").json()["answers"]
    assert answers["ratings"] == ratings | {"depth": ratings["depth"] | {"both_a": 2.0, "both_b": 4.0}}
    assert answers["marks"] == [{"turn": 0, "start": 0, "end": 2}]


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_a_refusal_of_very_many_fields_stays_small(engine, program, held):
    response = send(program, held, BYTES["60,000 unknown fields"][0])

    assert len(response.json()["errors"]) == 100
    assert {problem["code"] for problem in response.json()["errors"]} == {"unknown_field"}
