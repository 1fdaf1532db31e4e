"""The design of a study as data, and what it does to offers: quotas, order, repeats, anchors, limits."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest

from judgments import design, draws, submission
from judgments.assignment import next_assignment, release_expired, shelves, skip
from judgments.assignment.shelves import Shelves
from judgments.errors import NotYours
from judgments.models import Assignment, Family, Item, Judgment, Slot, Study
from tests import factories
from tests.factories import NOW, later, said
from tests.support.crowd import crowd, without_time_limits


def send(assignment, now=NOW):
    return submission.submit(assignment, said(care=4), key=uuid.uuid4(), actor=assignment.participant.user, now=now)


def read_all(reader, now=NOW) -> list[Assignment]:
    """Everything a person is offered, judged as it comes."""
    read = []
    while assignment := next_assignment(reader, now=now):
        send(assignment, now)
        read.append(assignment)
    return read


def shelf_of_four(monkeypatch):
    monkeypatch.setattr(shelves, "SHELF", 4)


# The probability of an offer ----------------------------------------------------------------------


def test_the_probability_written_down_is_the_frequency_of_the_draw(study, jo, monkeypatch):
    """Seven shelves, some of them empty for jo: 6,000 draws against what is written down beside each.

    Chi-square with 14 degrees of freedom, 99.9 %: 36.1.
    """
    shelf_of_four(monkeypatch)
    items = factories.make_items(study, 30)
    without_room = [
        item.pk for item in items if item.number in {0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 25, 26}
    ]
    Item.objects.filter(pk__in=without_room).update(slots_made=study.judgments_wanted)
    told, drawn = {}, Counter()

    shelf = Shelves(jo, study, (design.EVERYBODY,), set())
    for number in range(6_000):
        first = next(shelf.draw(draws.key("seed", number)))
        drawn[first.candidate.number] += 1
        told[first.candidate.number] = first.propensity

    assert len(told) == 15
    assert sum(told.values()) == pytest.approx(1)
    assert sum((drawn[n] - 6_000 * p) ** 2 / (6_000 * p) for n, p in told.items()) < 36.1


def test_the_probability_of_what_is_drawn_next_is_right_too(study, jo, monkeypatch):
    """When the first drawn is taken by somebody else in that moment, the rest still add up to one."""
    shelf_of_four(monkeypatch)
    items = factories.make_items(study, 8)
    Item.objects.filter(pk__in=[items[5].pk, items[6].pk]).update(slots_made=study.judgments_wanted)
    shelf = Shelves(jo, study, (design.EVERYBODY,), set())

    orders = [list(shelf.draw(draws.key("seed", number))) for number in range(50)]

    assert all(sorted(drawn.candidate.number for drawn in order) == [0, 1, 2, 3, 4, 7] for order in orders)
    for order in orders:
        last_of_shelf = [drawn for drawn in order if drawn.eligible == 1]
        assert [drawn.propensity for drawn in last_of_shelf] == [0.5, 1.0]


@pytest.mark.parametrize("count", [1, 3, 7, 8, 9, 127, 128, 129, 1_000])
def test_every_number_lies_on_one_shelf(study, jo, count):
    shelf = Shelves(jo, study, (design.EVERYBODY,), set())
    shelf.numbers = count

    lying = [shelf.of(number) for number in range(count)]

    assert lying == sorted(lying)
    assert set(lying) == set(range(shelf.count))
    assert all(shelf.first(shelf.of(number)) <= number < shelf.first(shelf.of(number) + 1) for number in range(count))
    assert max(Counter(lying).values()) < 128


def test_somebody_who_has_nearly_finished_still_finds_the_last_item(db, monkeypatch):
    shelf_of_four(monkeypatch)
    study = factories.make_study(judgments_wanted=1)
    items = factories.make_items(study, 60)
    reader, other = factories.make_participant(study), factories.make_participant(study)

    read = read_all(reader)

    assert sorted(assignment.item_id for assignment in read) == [item.pk for item in items]
    assert next_assignment(other, now=NOW) is None
    assert [assignment.position for assignment in read] == list(range(60))
    assert read[-1].propensity == 1.0


def test_changing_what_is_wanted_lays_the_places_out_anew(db):
    study = factories.make_study(judgments_wanted=3)
    item = factories.make_item(study)
    send(next_assignment(factories.make_participant(study), now=NOW))

    Study.objects.filter(pk=study.pk).update(judgments_wanted=2)
    assert next_assignment(factories.make_participant(study), now=NOW) is not None
    assert next_assignment(factories.make_participant(study), now=NOW) is None
    assert Slot.objects.filter(item=item).count() == 2

    Study.objects.filter(pk=study.pk).update(judgments_wanted=5)
    assert next_assignment(factories.make_participant(study), now=NOW) is not None
    assert Slot.objects.filter(item=item).count() == 5


# Quotas -------------------------------------------------------------------------------------------


def reader_from(study, region: str | None):
    reader = factories.make_participant(study)
    if region is not None:
        factories.make_background(reader, "region", region)
    return reader


@pytest.fixture
def quota_study(db):
    """Of five places two are kept for the north and one for the south."""
    quotas = {"facet": "region", "at_least": {"north": 2, "south": 1}}
    return factories.make_study(judgments_wanted=5, quotas=quotas)


def test_places_kept_for_a_cohort_wait_for_it(quota_study):
    factories.make_item(quota_study)

    taken = [next_assignment(reader_from(quota_study, region), now=NOW) is not None
             for region in ["north", None, "south", "east", "south", "north", "north"]]  # fmt: skip

    # One of the north takes a place kept for it; two others the rest; the second of the south comes too late.
    assert taken == [True, True, True, True, False, True, False]
    assert Counter(Slot.objects.values_list("stratum", "state")) == {
        ("north", "held"): 2, ("south", "held"): 1, ("", "held"): 2,
    }  # fmt: skip


def test_a_cohort_without_places_of_its_own_left_may_take_those_for_everybody(quota_study):
    factories.make_item(quota_study)

    taken = [next_assignment(reader_from(quota_study, "north"), now=NOW) is not None for _ in range(5)]

    assert taken == [True, True, True, True, False]


def test_quotas_hold_when_a_hundred_people_come_at_once(committed, engine):
    without_time_limits(committed)
    quotas = {"facet": "region", "at_least": {"north": 2, "south": 2}}
    study = factories.make_study(judgments_wanted=5, quotas=quotas)
    factories.make_items(study, 4)
    readers = [reader_from(study, ["north", "south", "east"][number % 3]) for number in range(99)]

    assert crowd(read_all, readers, at_once=50) == []

    counts = Counter(Judgment.objects.filter(status="counted").values_list("item", flat=True))
    assert set(counts.values()) == {5}
    assert Counter(Slot.objects.filter(state="filled").values_list("stratum", flat=True)) == {
        "north": 8, "south": 8, "": 4,
    }  # fmt: skip
    for stratum in ("north", "south"):
        filled = Assignment.objects.filter(slot__stratum=stratum).select_related("participant")
        assert {design.strata_of(found.participant, study)[0] for found in filled} == {stratum}


@pytest.mark.parametrize(
    "quotas",
    [
        {"facet": "region"},
        {"facet": "region", "at_least": {"north": 0}},
        {"facet": "region", "at_least": {"north": 9}},
        {"facet": "nowhere", "at_least": {"north": 1}},
        ["north"],
    ],
)
def test_quotas_that_make_no_sense_are_named(quota_study, quotas):
    reader_from(quota_study, "north")
    assert design.problems(quota_study) == []

    quota_study.quotas = quotas

    assert len(design.problems(quota_study)) == 1


# Order --------------------------------------------------------------------------------------------


def make_families(study, count: int, members: int) -> dict[int, list[Item]]:
    """Families of a base and shifts; the items of each, the base first."""
    found = {}
    for number in range(count):
        family = Family.objects.create(study=study, slug=f"family-{number}", title="A family")
        items = factories.make_items(study, members)
        for item in items:
            scenario = item.scenario
            scenario.family = family
            if item is not items[0]:
                scenario.shift_of, scenario.axis = items[0].scenario, "who"
            scenario.save()
        found[family.pk] = items
    return found


def test_members_of_a_family_are_at_least_four_apart(study, jo):
    families = make_families(study, 12, 3)
    family_of = {item.pk: family for family, items in families.items() for item in items}

    order = [family_of[assignment.item_id] for assignment in read_all(jo)]

    assert len(order) == 36
    near = [number for number, family in enumerate(order) if family in order[max(0, number - 3) : number]]
    told = list(Assignment.objects.order_by("position").values_list("reason", flat=True))
    # Only where nothing else was left, and then it is written down.
    assert near == [number for number, reason in enumerate(told) if reason == "drawn from all that was left"]
    assert len(near) <= 3


def test_half_of_the_readers_read_the_base_before_its_shifts(db):
    study = factories.make_study(judgments_wanted=40, family_gap=1)
    families = make_families(study, 3, 3)
    base_of = {item.pk: items[0].pk for items in families.values() for item in items}
    readers = [factories.make_participant(study) for _ in range(40)]
    before = Counter()

    for reader in readers:
        order = [assignment.item_id for assignment in read_all(reader)]
        always = all(order.index(base_of[item]) <= order.index(item) for item in order)
        before[design.reads_base_first(reader, study), always] += 1

    assert before[True, False] == 0
    assert 10 <= before[True, True] <= 30
    # By chance alone the base comes first in all three families for one in 27.
    assert before[False, False] >= 10


def test_a_shift_does_not_wait_for_a_base_that_is_full(db):
    study = factories.make_study(judgments_wanted=1, base_first=True)
    [items] = make_families(study, 1, 2).values()
    Item.objects.filter(pk=items[1].pk).update(hidden_at=NOW)
    send(next_assignment(factories.make_participant(study), now=NOW))
    Item.objects.filter(pk=items[1].pk).update(hidden_at=None)

    for _ in range(4):
        offered = next_assignment(reader := factories.make_participant(study), now=NOW)
        assert offered.item_id == items[1].pk
        skip(offered, actor=reader.user, now=NOW)


# Coming back --------------------------------------------------------------------------------------


def test_some_items_come_back_after_twenty_items_and_seven_days(db):
    study = factories.make_study(repeat_share=0.3)
    factories.make_items(study, 60)
    reader = factories.make_participant(study)
    first = []
    for _ in range(40):
        first.append(next_assignment(reader, now=NOW))
        send(first[-1])
    drawn = {a.item_id for a in first if design.comes_back(reader, a.item, study)}
    assert not Assignment.objects.filter(kind="repeat").exists()

    again = read_all(reader, now=later(7 * 24 * 60))

    repeats = [assignment for assignment in again if assignment.kind == "repeat"]
    place = {assignment.item_id: assignment.position for assignment in first}
    assert {repeat.item_id for repeat in repeats} == drawn
    assert all(repeat.position - place[repeat.item_id] > 20 for repeat in repeats)
    assert {(repeat.occasion, repeat.propensity, repeat.slot) for repeat in repeats} == {(1, 0.3, None)}
    assert all(repeat.judgments.get().status == "counted" for repeat in repeats)
    assert 5 <= len(drawn) <= 20
    # They are strewn among the others, not one after another at the end.
    assert any(kind == "fresh" for kind in [a.kind for a in again][again.index(repeats[0]) :])


@pytest.mark.parametrize(("days", "items"), [(6.9, 40), (8, 10)])
def test_nothing_comes_back_too_early(db, days, items):
    study = factories.make_study(repeat_share=1.0)
    factories.make_items(study, items)
    reader = factories.make_participant(study)
    read_all(reader)

    assert next_assignment(reader, now=NOW + timedelta(days=days)) is None


def test_which_items_come_back_is_drawn_with_the_share_of_the_study(study, jo):
    """2,000 items at one in ten: within four standard deviations (13.4) of 200."""
    study.repeat_share = 0.1
    items = [Item(uid=uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(2_000)]

    assert abs(sum(design.comes_back(jo, item, study) for item in items) - 200) < 54


# Anchors ------------------------------------------------------------------------------------------


def test_everybody_judges_each_anchor_once_in_every_wave(db):
    study = factories.make_study(judgments_wanted=1)
    anchors = {factories.make_item(study, purpose="anchor").pk for _ in range(3)}
    factories.make_items(study, 4)
    readers = [factories.make_participant(study) for _ in range(3)]

    for wave in (1, 2):
        Study.objects.filter(pk=study.pk).update(wave=wave)
        for reader in readers:
            read_all(reader)

    for reader in readers:
        found = Assignment.objects.filter(participant=reader, kind="anchor").order_by("position")
        assert Counter(found.values_list("item", "wave", "occasion")) == {
            (anchor, wave, wave - 1): 1 for anchor in anchors for wave in (1, 2)
        }
        assert [offer.propensity for offer in found] == [1 / 3, 1 / 2, 1, 1 / 3, 1 / 2, 1]
    assert Judgment.objects.filter(occasion=0, item__purpose="main").count() == 4


# Limits and people --------------------------------------------------------------------------------


def test_nobody_is_offered_more_than_the_limit(db):
    study = factories.make_study(most_per_person=3)
    factories.make_items(study, 6)
    reader = factories.make_participant(study)
    skip(next_assignment(reader, now=NOW), actor=reader.user, now=NOW)

    assert len(read_all(reader)) == 3
    assert next_assignment(reader, now=NOW) is None


def test_a_lease_given_back_by_somebody_else_is_not_taken_up_twice(db):
    study = factories.make_study(judgments_wanted=1)
    factories.make_item(study)
    first, second = factories.make_participant(study), factories.make_participant(study)
    next_assignment(first, now=NOW)
    release_expired(study, now=later(61))

    assert next_assignment(second, now=later(61)) is not None
    assert next_assignment(first, now=later(62)) is None
    with pytest.raises(NotYours):
        skip(Assignment.objects.get(participant=second), actor=first.user, now=later(62))
