"""One question over all items: whose answers, how they lean, and whose words may be quoted."""

import math

import numpy as np
import pytest

from judgments import reports
from judgments.models import Consent, ConsentText, ErasableText
from tests import factories
from tests.factories import NOW, make_items, make_participant, said
from tests.support.readings import bring, read


@pytest.fixture
def study(db):
    return factories.make_study(
        version=factories.make_rubric(dimensions=["care", "goods", "moves", "warmth", "voice"])
    )


def consents(person, *, may_quote):
    text, _ = ConsentText.objects.get_or_create(
        study=person.study, version=1, defaults={"body": "Do you agree?", "created_at": NOW}
    )
    Consent.objects.create(
        participant=person, text=text, takes_part=True, may_quote=may_quote, may_publish=True, given_at=NOW
    )


def test_an_item_is_counted_by_side_form_and_reason(study):
    (item,) = make_items(study, 1)
    for care in (1, 3, 7, 4, (2, 4), frozenset((1, 7)), "misfit", "depends"):
        read(make_participant(study), {item: said(care=care)})

    (row,) = reports.question(study, "care").rows

    assert (row.uid, row.asked, row.low, row.high, row.both, row.misfit) == (str(item.uid), 8, 2, 1, 1, 1)
    assert row.differ == 1.0


def test_points_that_stand_apart_are_on_no_side_and_named_points_have_none(study):
    (item,) = make_items(study, 1)
    for goods in (1, 2, 4, 5, 6):
        read(make_participant(study), {item: said(goods=goods, voice=1, warmth=10 * goods)})

    sides = {
        name: (row.low, row.high)
        for name in ("goods", "voice", "warmth")
        for row in reports.question(study, name).rows
    }

    assert sides == {"goods": (2, 1), "voice": (0, 0), "warmth": (3, 2)}


def test_what_nobody_was_asked_has_no_row_and_one_reader_no_pair(study):
    item, _ = make_items(study, 2)
    bring(make_participant(study), item, {"care": 1})

    (row,) = reports.question(study, "care").rows

    assert row.asked == 1
    assert math.isnan(row.differ)
    assert reports.question(study, "no-such") is None


def test_reasons_are_drawn_by_seed_from_every_place(study):
    (item,) = make_items(study, 1)
    for number in range(9):
        read(make_participant(study, code_name=f"r{number}"), {item: said(care=1, rationale=f"reason {number}")})
    read(make_participant(study), {item: said(care="misfit", rationale="It asks the wrong thing.")})
    found = reports.question(study, "care")

    def draw(seed):
        return reports.drawn(study, found, np.random.default_rng(seed), most=3)

    once, again = draw(7), draw(7)
    others = [draw(seed)["point", "1"] for seed in range(8)]
    assert once == again
    assert [len(quotes) for quotes in once.values()] == [3, 1]
    assert once["none", "misfit"][0].text == "It asks the wrong thing."
    assert len(set(others)) > 1
    assert {quote.item for quote in once["point", "1"]} == {str(item.uid)}


def test_words_are_quoted_only_with_consent_and_while_they_stand(study):
    (item,) = make_items(study, 1)
    may, may_not, gone = (make_participant(study) for _ in range(3))
    everyone = ((may, True), (may_not, False), (gone, True))
    for person, may_quote in everyone:
        consents(person, may_quote=may_quote)
        read(person, {item: said(care=1, rationale=f"words of {person.code_name}")})
    found = reports.question(study, "care")
    ErasableText.objects.filter(participant=gone).delete()

    drawn = reports.drawn(study, found, np.random.default_rng(0), most=3)

    assert [quote.text for quote in drawn["point", "1"]] == [f"words of {may.code_name}"]


def test_single_answers_are_those_of_first_readings_in_every_form(study):
    item, other = make_items(study, 2)
    read(make_participant(study, code_name="a"), {item: said(care=(2, 4))})
    read(make_participant(study, code_name="b"), {item: said(goods=1)})
    bring(make_participant(study, code_name="c"), other, {"care": 1})
    dimension = reports.question(study, "care").dimension

    answers = reports.answers_on(study, dimension, [str(item.uid)])

    assert list(answers) == [str(item.uid)]
    given = {answer.code_name: (answer.form, answer.low, answer.high) for answer in answers[str(item.uid)]}
    assert given == {"a": ("range", 2.0, 4.0), "b": ("", None, None)}
