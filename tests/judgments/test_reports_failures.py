"""Specimens: overlapping marks are one, contested where readers took a passage in two ways."""

import pytest

from judgments import reports
from judgments.models import Consent, ConsentText, ErasableText, Family, Mark
from tests import factories
from tests.factories import NOW, make_item, make_participant, said
from tests.support.readings import read

TEXT = "I am so sorry. Who was he? Take your time.\n\nI am here."


def mark(item, quote, tag="", memo=""):
    start = TEXT.index(quote)
    response = str(item.shown.get().response.uid)
    return {"response": response, "start": start, "end": start + len(quote), "tag": tag, "memo": memo}


def marks(item, *given, reader=None):
    read(reader or make_participant(item.study), {item: said(marks=[mark(item, *each) for each in given])})


@pytest.fixture
def item(study):
    return make_item(study, TEXT)


def test_marks_that_overlap_are_one_specimen_with_the_stretch_that_most_marked(study, item):
    marks(item, ("I am so sorry. Who", "felt-wrong"))
    marks(item, ("sorry. Who was he?", "saw-something"))
    marks(item, ("Take your time", "dodged"))

    first, second = reports.failures(study).specimens

    assert TEXT[first.start : first.end] == "I am so sorry. Who was he?"
    assert TEXT[slice(*first.core)] == "sorry. Who"
    assert first.tags == {"felt-wrong": 1, "saw-something": 1}
    assert (first.contested, second.contested) == (1, 0)
    assert second.tags == {"dodged": 1}


def test_marks_that_only_touch_and_marks_of_other_texts_stay_apart(study, item):
    other = make_item(study, TEXT)
    for each in (item, other):
        read(make_participant(study), {each: said(marks=[mark(each, "Who was"), mark(each, " he?")])})

    found = reports.failures(study).specimens

    assert [TEXT[each.start : each.end] for each in found] == ["Who was", " he?"] * 2
    assert [each.items for each in found] == [(str(item.uid),)] * 2 + [(str(other.uid),)] * 2


def test_a_reader_counts_once_and_a_mark_taken_back_not_at_all(study, item):
    reader = make_participant(study)
    marks(item, ("Who was", "dodged"), ("was he?", "dodged"), reader=reader)
    marks(item, ("Who was he?", "felt-wrong"))
    taken = Mark.objects.get(tag="felt-wrong")
    Mark.objects.create(
        judgment=taken.judgment, response=taken.response, start=taken.start, end=taken.end, quote=taken.quote,
        retracts=taken,
    )  # fmt: skip

    (specimen,) = reports.failures(study).specimens

    assert specimen.tags == {"dodged": 1}
    assert specimen.readers == 1


def test_the_same_tag_in_other_items_of_the_family_is_seen_and_in_strangers_not(study, item):
    family = Family.objects.create(study=study, slug="gone", title="He's gone")
    shift, stranger = make_item(study, TEXT), make_item(study, TEXT)
    for each in (item, shift):
        each.scenario.family = family
        each.scenario.save()
    for _ in range(2):
        read(
            make_participant(study),
            {each: said(marks=[mark(each, "Who was he?", "dodged")]) for each in (item, shift, stranger)},
        )
    atlas = reports.failures(study)

    first = next(each for each in atlas.specimens if each.items == (str(item.uid),))
    alone = next(each for each in atlas.specimens if each.items == (str(stranger.uid),))

    assert atlas.also_seen(first, "dodged") == {str(shift.uid): 2}
    assert atlas.also_seen(first, "felt-wrong") == {}
    assert atlas.also_seen(alone, "dodged") == {}


def test_new_tags_are_counted_by_twenty_items_and_own_words_apart(study):
    items = [make_item(study, TEXT, messages=[{"role": "person", "content": str(n)}]) for n in range(25)]
    reader = make_participant(study)
    read(reader, {each: said(marks=[mark(each, "Who was he?", "dodged")]) for each in items})
    order = list(reader.judgments.order_by("pk").values_list("item__number", flat=True))
    other = make_participant(study)
    read(other, {items[order[24]]: said(marks=[mark(items[order[24]], "Who was he?", "too smooth")])})

    new = reports.failures(study).new

    assert (new.every, new.items, new.offered, new.own) == (20, 25, (1, 0), (0, 1))


def test_an_excerpt_keeps_to_its_paragraph_and_quotes_who_agreed(study, item):
    text = ConsentText.objects.create(study=study, version=1, body="Do you agree?", created_at=NOW)
    people = [make_participant(study) for _ in range(3)]
    for place, person in enumerate(people):
        Consent.objects.create(
            participant=person, text=text, takes_part=True, may_quote=place != 1, may_publish=True, given_at=NOW
        )
        marks(item, ("Who was he?", "dodged", f"memo {place}"), reader=person)
    (specimen,) = reports.failures(study).specimens
    ErasableText.objects.filter(participant=people[2]).delete()

    excerpt = reports.excerpts(study, [specimen])[specimen.key]

    assert (excerpt.before, excerpt.inside, excerpt.after) == (
        "I am so sorry. ", ("", "Who was he?", ""), " Take your time.",
    )  # fmt: skip
    assert list(excerpt.memos.values()) == ["memo 0"]


def test_a_turn_of_the_scenario_may_be_marked_too(study):
    item = make_item(study, messages=[{"role": "person", "content": "he's gone", "lang": "en"}])
    read(make_participant(study), {item: said(marks=[{"turn": 0, "start": 0, "end": 4, "tag": "turns-here"}])})
    (specimen,) = reports.failures(study).specimens

    excerpt = reports.excerpts(study, [specimen])[specimen.key]

    assert (specimen.response, specimen.turn) == (None, 0)
    assert (excerpt.role, excerpt.inside[1], excerpt.after) == ("person", "he's", " gone")


def test_nothing_marked_has_no_specimens_and_no_curve(study, item):
    factories.judge(make_participant(study))

    atlas = reports.failures(study)

    assert (atlas.specimens, atlas.tags, atlas.new) == ((), {}, None)
