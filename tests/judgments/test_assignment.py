import uuid
from collections import Counter
from functools import partial

import pytest

from judgments import draws, studies, submission
from judgments.assignment import next_assignment, release_expired, skip, waiting
from judgments.errors import AlreadyJudged, NotYours, StudyClosed
from judgments.models import Assignment, Event, Item, Judgment, Participant, Slot, Study
from judgments.studies import StudyUnfit
from tests import factories
from tests.factories import NOW, later, said
from tests.support.crowd import crowd, without_time_limits


def send(assignment, now=NOW):
    return submission.submit(assignment, said(care=4), key=uuid.uuid4(), actor=assignment.participant.user, now=now)


def test_asking_twice_gives_the_same_item(study, jo):
    factories.make_items(study, 3)

    first = next_assignment(jo, now=NOW)
    again = next_assignment(jo, now=later(5))

    assert again.pk == first.pk
    assert again.lease_until == later(5 + study.lease_minutes)
    assert Assignment.objects.count() == 1


def test_each_person_reads_every_item_once_and_then_nothing(study, jo):
    items = factories.make_items(study, 5)

    read = []
    while assignment := next_assignment(jo, now=NOW):
        read.append(assignment.item_id)
        send(assignment)

    assert sorted(read) == [item.pk for item in items]
    assert waiting(jo, study) == 0


def test_each_offer_can_be_drawn_again_from_the_study_seed(study, jo):
    items = {item.number: item.pk for item in factories.make_items(study, 10)}

    for position in range(10):
        key = draws.key(study.seed, "offer", jo.uid, position)
        assignment = next_assignment(jo, now=NOW)
        assert assignment.seed == key.hex()
        assert assignment.item_id == items[min(items, key=lambda number: draws.rank(number, key))]
        items = {number: pk for number, pk in items.items() if pk != assignment.item_id}
        send(assignment)


def test_the_offer_says_what_it_was_drawn_from(study, jo):
    factories.make_items(study, 4)

    first = next_assignment(jo, now=NOW)
    send(first)
    second = next_assignment(jo, now=later(3))

    assert (first.eligible, first.propensity, first.position) == (4, 0.25, 0)
    assert (second.eligible, second.propensity, second.position) == (3, 1 / 3, 1)
    assert first.kind == "fresh"
    assert first.occasion == 0
    assert first.offered_at == NOW
    assert first.seed == draws.key(study.seed, "offer", jo.uid, 0).hex()
    assert sorted(first.dimension_order) == sorted(study.rubric_version.dimensions.values_list("slug", flat=True))
    assert second.dimension_order == first.dimension_order
    assert first.response_order == [str(first.item.shown.get().response.uid)]


def test_an_item_is_not_offered_beyond_the_judgments_wanted(db):
    study = factories.make_study(judgments_wanted=2)
    factories.make_item(study)
    readers = [factories.make_participant(study) for _ in range(3)]

    offered = [next_assignment(reader, now=NOW) for reader in readers]

    assert [assignment is not None for assignment in offered] == [True, True, False]
    assert Slot.objects.filter(state="held").count() == 2


def test_wanting_more_makes_room_again(db):
    study = factories.make_study(judgments_wanted=1)
    factories.make_item(study)
    factories.judge(factories.make_participant(study))
    late = factories.make_participant(study)
    assert next_assignment(late, now=NOW) is None

    Study.objects.filter(pk=study.pk).update(judgments_wanted=2)

    assert next_assignment(late, now=NOW) is not None


def test_wanting_fewer_offers_no_more(db):
    study = factories.make_study(judgments_wanted=5)
    factories.make_item(study)
    factories.judge(factories.make_participant(study))

    Study.objects.filter(pk=study.pk).update(judgments_wanted=1)

    assert next_assignment(factories.make_participant(study), now=NOW) is None


def test_an_item_taken_out_while_somebody_reads_it_is_not_offered_again(study, jo):
    factories.make_items(study, 2)
    held = next_assignment(jo, now=NOW)

    Item.objects.filter(pk=held.item_id).update(hidden_at=NOW)

    assert next_assignment(jo, now=NOW).item_id != held.item_id
    held.refresh_from_db()
    assert held.state == "expired"


def test_giving_an_item_back_is_an_event(study, jo):
    factories.make_item(study)
    assignment = next_assignment(jo, now=NOW)

    skip(assignment, actor=jo.user, now=NOW)

    event = Event.objects.get(chain=str(study.uid))
    assert (event.kind, event.subject, event.actor) == ("skipped", str(assignment.uid), jo.user)


def test_a_lease_that_ran_out_gives_the_place_to_another(db):
    study = factories.make_study(judgments_wanted=1, lease_minutes=60)
    factories.make_item(study)
    first, second = factories.make_participant(study), factories.make_participant(study)
    lost = next_assignment(first, now=NOW)
    assert next_assignment(second, now=later(59)) is None

    taken = next_assignment(second, now=later(61))

    lost.refresh_from_db()
    assert (lost.state, lost.slot) == ("expired", None)
    assert taken.item_id == lost.item_id
    assert next_assignment(first, now=later(62)) is None


def test_a_late_judgment_is_kept_as_surplus_when_the_place_is_gone(db):
    study = factories.make_study(judgments_wanted=1, lease_minutes=60)
    factories.make_item(study)
    first, second = factories.make_participant(study), factories.make_participant(study)
    lost = next_assignment(first, now=NOW)
    send(next_assignment(second, now=later(61)), now=later(62))

    receipt = send(lost, now=later(70))

    assert receipt.judgment.status == "surplus"
    assert Judgment.objects.filter(status="counted").count() == 1


def test_a_late_judgment_counts_while_there_is_room(db):
    study = factories.make_study(judgments_wanted=1, lease_minutes=60)
    factories.make_item(study)
    reader = factories.make_participant(study)
    assignment = next_assignment(reader, now=NOW)
    assert release_expired(study, now=later(61)) == 1

    assert send(assignment, now=later(70)).judgment.status == "counted"


def test_an_item_whose_lease_ran_out_comes_back_to_the_same_person(study, jo):
    factories.make_items(study, 2)
    first = next_assignment(jo, now=NOW)
    release_expired(study, now=later(61))

    again = next_assignment(jo, now=later(62))

    assert again.pk == first.pk
    assert again.state == "offered"


def test_an_item_given_back_is_not_offered_to_that_person_again(study, jo):
    factories.make_items(study, 2)
    first = next_assignment(jo, now=NOW)

    skip(first, actor=jo.user, now=NOW)

    second = next_assignment(jo, now=NOW)
    assert second.item_id != first.item_id
    send(second)
    assert next_assignment(jo, now=NOW) is None
    assert Slot.objects.filter(item=first.item, state="open").count() == study.judgments_wanted


def test_nobody_else_can_give_an_item_back(study, jo, sam):
    factories.make_item(study)
    assignment = next_assignment(jo, now=NOW)

    with pytest.raises(NotYours):
        skip(assignment, actor=sam, now=NOW)

    assignment.refresh_from_db()
    assert assignment.state == "offered"


def test_hidden_and_practice_items_are_not_offered(study, jo):
    factories.make_item(study, purpose="practice")
    factories.make_item(study, hidden_at=NOW)

    assert next_assignment(jo, now=NOW) is None


@pytest.mark.parametrize("fields", [{"state": "paused"}, {"state": "closed"}, {"discarded_at": NOW}])
def test_a_study_that_is_not_open_offers_nothing(study, jo, fields):
    factories.make_item(study)
    Study.objects.filter(pk=study.pk).update(**fields)

    with pytest.raises(StudyClosed):
        next_assignment(jo, now=NOW)

    assert Assignment.objects.count() == 0


def test_an_imported_participant_reads_nothing(study):
    imported = Participant.objects.create(study=study, code_name="plain elm", joined_at=NOW)

    with pytest.raises(NotYours):
        next_assignment(imported, now=NOW)


def test_an_item_given_back_behind_everybody_is_found(db):
    """All but one of 80 items are full when jo comes; the last is given back only then."""
    study = factories.make_study(judgments_wanted=1)
    factories.make_items(study, 80)
    other, jo = factories.make_participant(study), factories.make_participant(study)
    for _ in range(79):
        send(next_assignment(other, now=NOW))
    last = next_assignment(other, now=NOW)
    assert next_assignment(jo, now=NOW) is None

    skip(last, actor=other.user, now=NOW)

    assert next_assignment(jo, now=NOW).item_id == last.item_id


def test_two_hundred_people_racing_fill_each_place_once(committed, engine):
    """100 items, 5 judgments wanted, 200 people who take and judge as fast as they can: exactly 500."""
    without_time_limits(committed)
    study = factories.make_study(judgments_wanted=5)
    factories.make_items(study, 100)
    readers = [factories.make_participant(study) for _ in range(200)]

    def read_until_nothing_is_left(reader):
        while assignment := next_assignment(reader, now=NOW):
            send(assignment)

    failures = crowd(read_until_nothing_is_left, readers, at_once=200)

    assert failures == []
    per_item = Counter(Judgment.objects.filter(status="counted").values_list("item", flat=True))
    assert (len(per_item), set(per_item.values())) == (100, {5})
    assert Judgment.objects.count() == 500
    assert Slot.objects.exclude(state="filled").count() == 0


def test_a_person_with_many_windows_holds_one_item(committed, engine):
    study = factories.make_study()
    factories.make_items(study, 10)
    jo = factories.make_participant(study)

    failures = crowd(lambda window: next_assignment(jo, now=NOW), range(12), at_once=12)

    assert failures == []
    assert Assignment.objects.count() == 1
    assert Slot.objects.filter(state="held").count() == 1


# People and windows that meet: what must never fail, whoever comes first.


def collide(first, second, times: int) -> list[BaseException]:
    """Run two acts against each other again and again; every error but a lawful refusal."""
    lawful = (AlreadyJudged, StudyClosed, StudyUnfit)
    failures = []
    for _ in range(times):
        failures += crowd(lambda act: act(), [first, second], at_once=2)
    return [error for error in failures if not isinstance(error, lawful)]


def test_saving_in_one_window_and_going_on_in_another_never_fails(committed, engine):
    study = factories.make_study()
    factories.make_items(study, 40)
    jo = factories.make_participant(study)

    for _ in range(25):
        held = next_assignment(jo, now=NOW)
        assert collide(partial(send, held), partial(next_assignment, jo, now=NOW), times=1) == []


def test_giving_back_in_one_window_and_going_on_in_another_never_fails(committed, engine):
    study = factories.make_study()
    factories.make_items(study, 40)
    jo = factories.make_participant(study)

    for _ in range(25):
        held = next_assignment(jo, now=NOW)
        act = partial(skip, held, actor=jo.user, now=NOW)
        assert collide(act, partial(next_assignment, jo, now=NOW), times=1) == []


def test_late_judgments_and_leases_that_run_out_never_fail(committed, engine):
    study = factories.make_study(lease_minutes=1)
    factories.make_items(study, 3)
    readers = [factories.make_participant(study) for _ in range(10)]

    for reader in readers:
        held = next_assignment(reader, now=NOW)
        act = partial(release_expired, study, now=later(2))
        assert collide(partial(send, held, now=later(2)), act, times=1) == []
    assert Judgment.objects.count() == len(readers)


def test_saving_while_a_study_is_paused_and_opened_never_fails(committed, engine):
    study = factories.make_study()
    factories.make_items(study, 30)
    jo, ada = factories.make_participant(study), factories.make_user("ada")

    def pause_and_open():
        studies.pause(study, actor=ada, now=NOW)
        studies.open_study(study, actor=ada, now=NOW)

    for _ in range(12):
        held = next_assignment(jo, now=NOW)
        assert collide(partial(send, held), pause_and_open, times=1) == []
