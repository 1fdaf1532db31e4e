"""What the demonstration's annotator finds when they look back."""

import pytest

from annotate.demo import seeding
from judgments import first_readings, verification
from judgments.models import FirstReading, Judgment, Participant
from tests.factories import NOW


@pytest.fixture
def wren(study):
    seeding.sign_ins(study, now=NOW)
    return Participant.objects.get(code_name="new wren")


@pytest.fixture
def study(db):
    return seeding.seed(now=NOW)


def test_the_annotator_of_the_demonstration_has_something_to_look_back_on(wren):
    given = Judgment.objects.filter(participant=wren)

    assert sorted(given.values_list("occasion", "revision")) == [(0, 0), (0, 0), (0, 0), (0, 0), (0, 1), (1, 0)]
    twice = given.get(occasion=1)
    assert given.filter(item=twice.item).count() == 2
    words = [first_readings.words_of(one) for one in FirstReading.objects.order_by("pk")]
    assert words == ["It answers before it has listened.", "", "Two voices in it, and I like only one.", ""]
    assert list(verification.faults()) == []


def test_signing_in_again_adds_nothing_to_the_past(wren, study):
    seeding.sign_ins(study, now=NOW)

    assert Judgment.objects.filter(participant=wren).count() == 6
