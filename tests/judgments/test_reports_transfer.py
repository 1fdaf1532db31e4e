"""Bases beside their shifts: the same voice, the same readers, every form of answer."""

import pytest

from judgments import canonical, reports
from judgments.models import Family, Item, ItemResponse, ModelVersion, Response, Scenario
from tests.factories import make_item, make_participant, said
from tests.support.readings import read


def in_family(study, slug, axis="", *, base=None, model="Alder") -> Item:
    family, _ = Family.objects.get_or_create(study=study, slug=slug, defaults={"title": slug.capitalize()})
    item = make_item(study, model=model, messages=[{"role": "person", "content": f"{slug} {axis}"}])
    scenario = item.scenario
    scenario.family, scenario.axis, scenario.title = family, axis, f"{slug} {axis}".strip()
    scenario.shift_of = base.scenario if base else None
    scenario.save()
    return item


def another_reply(item: Item, model: str) -> Item:
    line, _ = ModelVersion.objects.get_or_create(name=model, digest=canonical.digest([model, "", {}]))
    response = Response.objects.create(scenario=item.scenario, text="Otherwise.", model=line)
    number = Item.objects.filter(study=item.study).count()
    made = Item.objects.create(
        study=item.study, scenario=item.scenario, number=number, external_id=f"item-{number}",
        digest=canonical.digest([model, number]),
    )  # fmt: skip
    ItemResponse.objects.create(item=made, response=response, position=0)
    return made


@pytest.fixture
def ring(study):
    """A base and a shift, which six people read both of."""
    base = in_family(study, "ring")
    shift = in_family(study, "ring", "stakes", base=base)
    for before, after in [(1, 7), (2, 7), (4, 4), (4, 6), ((1, 3), "misfit"), (frozenset((1, 7)), "depends")]:
        read(make_participant(study), {base: said(care=before), shift: said(care=after)})
    return base, shift


def moves(study, dimension="care"):
    return [move for move in reports.transfer(study).moves if move.dimension == dimension]


def test_the_same_readers_are_paired_place_by_place_and_nobody_is_dropped(study, ring):
    (move,) = moves(study)

    assert (move.base, move.shift) == tuple(str(item.uid) for item in ring)
    assert move.before == (1, 1, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0)
    assert move.after == (0, 0, 0, 1, 0, 1, 2, 0, 0, 1, 1, 0)
    assert move.pairs == ((0, 6, 1), (1, 6, 1), (3, 3, 1), (3, 5, 1), (7, 9, 1), (8, 10, 1))
    assert move.paired == 6
    assert move.step.words == ("misfit appears",)


def test_who_read_only_one_of_the_two_is_counted_and_not_paired(study):
    base = in_family(study, "ring")
    reader = make_participant(study)
    read(reader, {base: said(care=1)})
    shift = in_family(study, "ring", "stakes", base=base)
    read(make_participant(study), {base: said(care=2), shift: said(care=3)})

    (move,) = moves(study)

    assert sum(move.before) == 2
    assert move.pairs == ((1, 2, 1),)


def test_a_voice_is_compared_with_itself_alone_and_has_a_number_not_a_name(study):
    base = in_family(study, "ring", model="Alder")
    shift = in_family(study, "ring", "stakes", base=base, model="Alder")
    another_reply(base, "Rowan")
    read(make_participant(study), {item: said(care=4) for item in Item.objects.filter(study=study)})

    found = moves(study)

    assert [(move.base, move.shift, move.voice) for move in found] == [(str(base.uid), str(shift.uid), 1)]
    assert "Alder" not in repr(reports.transfer(study))


def test_families_without_a_shift_are_there_and_questions_without_an_order_are_not(study, ring):
    in_family(study, "alone")

    found = reports.transfer(study)

    assert [(each.slug, [context.axis for context in each.contexts]) for each in found.families] == [
        ("ring", ["", "stakes"]), ("alone", [""]),
    ]  # fmt: skip
    assert found.axes == ("stakes",)
    assert {each.name for each in found.dimensions} == {"care", "depth", "goods", "warmth"}


def test_a_study_without_families_has_an_empty_profile(study):
    make_item(study)

    found = reports.transfer(study)

    assert (found.families, found.axes, found.moves) == ((), (), ())
    assert Scenario.objects.filter(study=study).count() == 1
