"""Consent and background: asked again for a new text, kept as given, never more than was said."""

import pytest

from judgments import backgrounds, consents, standing
from judgments.assignment import next_assignment
from judgments.backgrounds import PREFER_NOT_TO_SAY, Told
from judgments.errors import ConsentWanted, HasLeft
from judgments.models import Background, Consent, ConsentText, Event, Facet
from tests.factories import NOW, later, make_items


@pytest.fixture
def texts(study):
    return lambda version: ConsentText.objects.create(study=study, version=version, body="Words.", created_at=NOW)


def give(jo, text, *, takes_part=True, may_quote=True, may_publish=False):
    return consents.give(
        jo, text, takes_part=takes_part, may_quote=may_quote, may_publish=may_publish, actor=jo.user, now=NOW
    )


def test_a_new_text_is_asked_before_anything_is_offered(study, jo, texts):
    make_items(study, 1)
    give(jo, texts(1))
    assert not standing.of(jo, now=NOW).consent_wanted

    second = texts(2)
    with pytest.raises(ConsentWanted):
        next_assignment(jo, now=NOW)
    assert not jo.assignments.exists()

    give(jo, second)
    assert next_assignment(jo, now=NOW) is not None


def test_a_no_stops_and_is_also_a_no_to_the_rest_until_it_is_changed(study, jo, texts):
    make_items(study, 1)
    text = texts(1)
    no = give(jo, text, takes_part=False, may_quote=True, may_publish=True)

    assert (no.may_quote, no.may_publish) == (False, False)
    with pytest.raises(HasLeft):
        next_assignment(jo, now=NOW)
    give(jo, text)
    assert next_assignment(jo, now=NOW) is not None


def test_the_same_answer_again_adds_nothing(jo, texts):
    text = texts(1)
    give(jo, text)
    give(jo, text)

    assert Consent.objects.count() == 1
    assert Event.objects.filter(kind="consent_given").count() == 1


def test_open_questions_come_before_lists(study):
    Facet.objects.create(study=study, slug="age", title="Age", choices="under 30\n30 or more", position=0)
    Facet.objects.create(study=study, slug="shaped", title="What has shaped you", position=1)

    assert [facet.slug for facet in backgrounds.facets_of(study)] == ["shaped", "age"]


def test_a_background_answer_is_kept_with_its_own_consents(study, jo):
    facet = Facet.objects.create(study=study, slug="field", title="Field")
    told = Told("midwife", may_analyse=True, may_publish=False)
    backgrounds.tell(jo, {facet: told}, actor=jo.user, now=NOW)
    backgrounds.tell(jo, {facet: told}, actor=jo.user, now=later(1))

    assert backgrounds.told_by(jo) == {facet.pk: told}
    assert Background.objects.count() == 1
    assert "midwife" not in Event.objects.get(kind="background_told").body


def test_preferring_not_to_say_is_an_answer_and_blank_is_none(study, jo):
    facet = Facet.objects.create(study=study, slug="field", title="Field")
    assert backgrounds.tell(jo, {facet: Told("  ", True, True)}, actor=jo.user, now=NOW) == 0
    assert backgrounds.tell(jo, {facet: Told(PREFER_NOT_TO_SAY, True, True)}, actor=jo.user, now=NOW) == 1

    assert backgrounds.told_by(jo)[facet.pk].text == PREFER_NOT_TO_SAY
