import uuid

import pytest

from judgments import answers, canonical, submission
from judgments.assignment import next_assignment
from judgments.errors import (
    AlreadyJudged,
    AnswersUnfit,
    DraftConflict,
    IdempotencyConflict,
    NotYours,
    RubricChanged,
    StaleRevision,
    StudyClosed,
)
from judgments.models import Draft, ErasableText, Event, Judgment, Mark, Rating, Study, quoted
from tests import factories
from tests.factories import NOW, later, said
from tests.support.crowd import crowd, without_time_limits

KEY = uuid.UUID(int=7)


@pytest.fixture
def assignment(study, jo):
    factories.make_item(study, "I am so sorry. 🕊 Who was he?")
    return next_assignment(jo, now=NOW)


def send(assignment, given=None, *, key=KEY, now=NOW, **extra):
    return submission.submit(
        assignment, given or said(care=4), key=key, actor=assignment.participant.user, now=now, **extra
    )


def whole(assignment):
    """Answers in every form, with words and a mark."""
    response = str(assignment.item.shown.get().response.uid)
    return answers.from_plain(
        {
            "ratings": {
                "care": {"form": "range", "low": 2, "high": 4, "point": 3},
                "depth": {"form": "both", "both_a": 5, "both_b": 1, "text": "as a nurse … but as a son …"},
                "goods": {"form": "point", "point": 5},
                "voice": {"form": "none", "reason": "depends", "text": "on who he was"},
                "moves": {"form": "point", "labels": [3, 1]},
                "warmth": {"form": "point", "point": 62.5},
                "person": {"form": "point", "text": "An uncle, ‮ at a kitchen table."},
            },
            "settled": 3,
            "rationale": "It waited.\r\nThen it asked.",
            "marks": [{"response": response, "start": 15, "end": 17, "tag": "turns-here", "memo": "a bird"}],
        }
    )


def test_every_form_of_answer_is_stored_as_given(assignment):
    judgment = send(assignment, whole(assignment), now=later(4)).judgment

    rows = {rating.dimension.slug: rating for rating in judgment.ratings.select_related("dimension", "text")}
    assert (rows["care"].form, rows["care"].low, rows["care"].high, rows["care"].point) == ("range", 2, 4, 3)
    assert (rows["depth"].form, rows["depth"].both_a, rows["depth"].both_b) == ("both", 1, 5)
    assert rows["depth"].text.text == "as a nurse … but as a son …"
    assert (rows["goods"].form, rows["goods"].point) == ("point", 5)
    assert (rows["voice"].form, rows["voice"].reason, rows["voice"].text.text) == ("none", "depends", "on who he was")
    assert (rows["moves"].form, rows["moves"].labels) == ("point", [1, 3])
    assert rows["warmth"].point == 62.5
    assert rows["person"].text.text == "An uncle, ‮ at a kitchen table."
    assert judgment.settled == 3
    assert judgment.rationale.text == "It waited.\r\nThen it asked."
    assert (judgment.occasion, judgment.revision, judgment.status) == (0, 0, "counted")
    assert judgment.rubric_version == assignment.rubric_version
    assert judgment.created_at == later(4)


def test_a_mark_counts_code_points_of_the_stored_text(assignment):
    judgment = send(assignment, whole(assignment)).judgment

    mark = judgment.marks.get()
    assert (mark.quote, mark.start, mark.end, mark.tag, mark.memo.text) == ("🕊 ", 15, 17, "turns-here", "a bird")


def test_a_mark_keeps_a_little_of_what_stands_around_it():
    text = "🕊" * 40 + "here" + "é" * 40

    assert quoted(text, 40, 44) == {"quote": "here", "prefix": "🕊" * 32, "suffix": "é" * 32}
    assert quoted(text, 1, len(text) - 1)["prefix"] == "🕊"
    assert quoted(text, 0, len(text)) == {"quote": text, "prefix": "", "suffix": ""}


def test_a_mark_and_its_retraction_are_found_by_their_words(assignment):
    first = send(assignment, whole(assignment)).judgment
    send(assignment, said(care=6), key=uuid.uuid4(), supersedes=first.uid)

    for mark in Mark.objects.all():
        text = mark.response.text
        assert text.index(mark.prefix + mark.quote + mark.suffix) + len(mark.prefix) == mark.start


def test_answers_read_back_are_the_answers_given(assignment):
    given = whole(assignment)

    judgment = send(assignment, given).judgment

    assert submission.answers_of(judgment).plain() == given.plain()


def test_the_digest_can_be_computed_again_when_the_words_are_gone(assignment):
    judgment = send(assignment, whole(assignment)).judgment
    ErasableText.objects.all().delete()

    stored = Judgment.objects.get(pk=judgment.pk)
    again = submission.digest_of(
        stored, list(stored.ratings.select_related("dimension")), submission.current_marks(stored)
    )

    assert again == stored.answers_digest


def test_a_judgment_leaves_its_event_and_ends_its_assignment(assignment, study):
    draft = submission.save_draft(assignment, {"settled": 2}, based_on=0, actor=assignment.participant.user, now=NOW)

    receipt = send(assignment)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.slot.state, assignment.ended_at) == ("judged", "filled", NOW)
    assert not Draft.objects.filter(pk=draft.pk).exists()
    event = Event.objects.get(chain=str(study.uid))
    assert (event.kind, event.subject, event.number) == ("judged", str(receipt.judgment.uid), 1)
    assert receipt.plain() == {
        "judgment": str(receipt.judgment.uid),
        "assignment": str(assignment.uid),
        "revision": 0,
        "status": "counted",
        "accepted_at": "2026-03-01T12:00:00.000000Z",
        "answers_sha256": receipt.judgment.answers_digest,
        "event": {"number": 1, "hash": event.hash},
    }


def test_sending_twice_keeps_one_judgment_and_gives_the_same_receipt(assignment):
    first = send(assignment, whole(assignment))
    again = send(assignment, whole(assignment), now=later(9))

    assert (first.replayed, again.replayed) == (False, True)
    assert again.plain() == first.plain()
    assert (Judgment.objects.count(), Rating.objects.count(), Mark.objects.count(), Event.objects.filter(
        kind="judged").count()) == (1, 7, 1, 1)  # fmt: skip


def test_sending_again_is_understood_when_words_have_been_erased(assignment):
    first = send(assignment, whole(assignment))
    ErasableText.objects.all().delete()

    assert send(assignment, whole(assignment)).plain() == first.plain()
    with pytest.raises(IdempotencyConflict):
        send(assignment, said(care=4))


def test_minus_zero_is_zero(assignment):
    judgment = send(assignment, said(warmth=-0.0)).judgment

    assert send(assignment, said(warmth=-0.0)).replayed
    stored = Judgment.objects.get(pk=judgment.pk)
    again = submission.digest_of(stored, list(stored.ratings.select_related("dimension")), [])
    assert again == stored.answers_digest


def test_the_same_key_with_other_answers_is_refused(assignment):
    first = send(assignment)

    with pytest.raises(IdempotencyConflict):
        send(assignment, said(care=5))

    assert submission.answers_of(first.judgment).plain() == said(care=4).plain()
    assert Judgment.objects.count() == 1


def test_a_key_used_for_another_item_is_refused(study, jo):
    factories.make_items(study, 2)
    send(next_assignment(jo, now=NOW))

    with pytest.raises(IdempotencyConflict):
        send(next_assignment(jo, now=NOW))

    assert Judgment.objects.count() == 1


def test_another_key_for_an_item_judged_already_is_refused_with_the_first(assignment):
    first = send(assignment)

    with pytest.raises(AlreadyJudged) as refusal:
        send(assignment, said(care=5), key=uuid.uuid4())

    assert refusal.value.judgment == first.judgment
    assert Judgment.objects.count() == 1


def test_a_change_of_mind_is_added_and_names_what_it_replaces(assignment):
    first = send(assignment, whole(assignment)).judgment

    second = send(assignment, said(care=6, settled=4), key=uuid.uuid4(), supersedes=first.uid, now=later(60)).judgment

    assert (second.revision, second.supersedes, second.status) == (1, first, "counted")
    assert submission.answers_of(first).plain() == whole(assignment).plain()
    assert submission.answers_of(second).plain() == said(care=6, settled=4).plain()
    assert list(Event.objects.filter(subject=str(second.uid)).values_list("kind", flat=True)) == ["revised"]


def test_removing_a_mark_adds_its_retraction(assignment):
    first = send(assignment, whole(assignment)).judgment

    second = send(assignment, said(care=6), key=uuid.uuid4(), supersedes=first.uid).judgment

    mark, retraction = Mark.objects.order_by("pk")
    assert (retraction.retracts, retraction.judgment, retraction.quote) == (mark, second, mark.quote)
    assert submission.current_marks(first) == [mark]
    assert submission.current_marks(second) == []


def test_a_mark_kept_through_a_revision_is_stored_once(assignment):
    first = send(assignment, whole(assignment)).judgment

    second = send(assignment, whole(assignment), key=uuid.uuid4(), supersedes=first.uid).judgment

    assert Mark.objects.count() == 1
    assert submission.answers_of(second).plain() == whole(assignment).plain()


def test_revising_what_was_already_revised_is_refused(assignment):
    first = send(assignment).judgment
    send(assignment, said(care=5), key=uuid.uuid4(), supersedes=first.uid)

    with pytest.raises(StaleRevision):
        send(assignment, said(care=6), key=uuid.uuid4(), supersedes=first.uid)

    assert Judgment.objects.count() == 2


def test_answers_to_another_rubric_version_are_refused(assignment):
    other = factories.make_rubric()

    with pytest.raises(RubricChanged):
        send(assignment, rubric_version=other.pk)

    assert Judgment.objects.count() == 0


def test_nobody_judges_for_somebody_else(assignment, sam):
    with pytest.raises(NotYours):
        submission.submit(assignment, said(care=4), key=KEY, actor=sam, now=NOW)

    assert Judgment.objects.count() == 0


@pytest.mark.parametrize(("state", "status"), [("paused", "counted"), ("closed", "surplus")])
def test_what_was_begun_before_a_study_stopped_is_kept(assignment, study, state, status):
    Study.objects.filter(pk=study.pk).update(state=state)

    assert send(assignment).judgment.status == status


def test_a_closed_study_holds_no_place_for_a_judgment_that_came_late(assignment, study):
    slot = assignment.slot
    Study.objects.filter(pk=study.pk).update(state="closed")

    send(assignment)

    slot.refresh_from_db()
    assert slot.state == "open"


def test_a_study_taken_down_takes_no_judgment(assignment, study):
    Study.objects.filter(pk=study.pk).update(discarded_at=NOW)

    with pytest.raises(StudyClosed):
        send(assignment)

    assert Judgment.objects.count() == 0


def test_nothing_is_stored_when_one_answer_does_not_fit(assignment):
    with pytest.raises(AnswersUnfit) as refusal:
        send(assignment, said(care=4, depth=9, person="An uncle.", rationale="It waited."))

    assert refusal.value.problems == {"depth": "That is not a place on this scale."}
    assert (Judgment.objects.count(), Rating.objects.count(), ErasableText.objects.count()) == (0, 0, 0)


def test_a_judgment_may_leave_everything_open(assignment):
    judgment = send(assignment, said()).judgment

    assert (judgment.ratings.count(), judgment.settled, judgment.rationale_digest) == (0, None, "")


def test_a_draft_is_overwritten_and_counts_its_revisions(assignment):
    jo = assignment.participant.user
    first = submission.save_draft(assignment, {"settled": 1}, based_on=0, actor=jo, now=NOW)
    second = submission.save_draft(assignment, {"settled": 2}, based_on=1, actor=jo, now=later(1))

    assert (first.pk, first.revision, second.revision) == (second.pk, 1, 2)
    assert Draft.objects.get().answers == {"settled": 2}


def test_the_same_draft_sent_twice_is_kept_once(assignment):
    jo = assignment.participant.user
    submission.save_draft(assignment, {"settled": 1}, based_on=0, actor=jo, now=NOW)

    assert submission.save_draft(assignment, {"settled": 1}, based_on=0, actor=jo, now=NOW).revision == 1


def test_a_draft_from_an_older_window_gets_the_newer_one_back(assignment):
    jo = assignment.participant.user
    submission.save_draft(assignment, {"settled": 1}, based_on=0, actor=jo, now=NOW)

    with pytest.raises(DraftConflict) as refusal:
        submission.save_draft(assignment, {"settled": 4}, based_on=0, actor=jo, now=NOW)

    assert refusal.value.draft.answers == {"settled": 1}
    assert Draft.objects.get().answers == {"settled": 1}


def test_a_draft_may_speak_of_the_character_it_must_not_hold(assignment):
    draft = submission.save_draft(
        assignment, {"rationale": "\\u0000"}, based_on=0, actor=assignment.participant.user, now=NOW
    )

    assert draft.answers == {"rationale": "\\u0000"}


def test_a_draft_that_arrives_after_its_judgment_is_not_kept(assignment):
    jo = assignment.participant.user
    submission.save_draft(assignment, {"settled": 1}, based_on=0, actor=jo, now=NOW)
    send(assignment)

    with pytest.raises(AlreadyJudged):
        submission.save_draft(assignment, {"settled": 2}, based_on=1, actor=jo, now=NOW)

    assert Draft.objects.count() == 0


def test_a_draft_of_a_change_of_mind_names_what_it_would_replace(assignment):
    jo = assignment.participant.user
    first = send(assignment).judgment

    submission.save_draft(assignment, {"settled": 2}, based_on=0, revises=first.uid, actor=jo, now=NOW)

    assert Draft.objects.get().answers == {"settled": 2}
    with pytest.raises(StaleRevision):
        submission.save_draft(assignment, {}, based_on=1, revises=uuid.uuid4(), actor=jo, now=NOW)


@pytest.mark.parametrize("held", ["\x00", "\ud800", "x" * 300_000])
def test_a_draft_that_cannot_be_stored_is_refused(assignment, held):
    with pytest.raises(AnswersUnfit):
        submission.save_draft(assignment, {"rationale": held}, based_on=0, actor=assignment.participant.user, now=NOW)

    assert Draft.objects.count() == 0


def test_a_stranger_cannot_write_a_draft(assignment, sam):
    with pytest.raises(NotYours):
        submission.save_draft(assignment, {}, based_on=0, actor=sam, now=NOW)


def test_fifty_equal_requests_at_once_keep_one_judgment_each(committed, engine):
    """Twelve readers of one item, fifty parallel sends each: twelve judgments, one receipt a reader."""
    without_time_limits(committed)
    study = factories.make_study()
    factories.make_items(study, 1)
    readers = [factories.make_participant(study) for _ in range(study.judgments_wanted)]
    held = [next_assignment(reader, now=NOW) for reader in readers]
    receipts: dict[int, list] = {assignment.pk: [] for assignment in held}

    failures = crowd(
        lambda assignment: receipts[assignment.pk].append(send(assignment, key=uuid.UUID(int=assignment.pk))),
        held * 50, at_once=50,
    )  # fmt: skip

    assert failures == []
    assert Judgment.objects.count() == len(held)
    for given in receipts.values():
        assert len(given) == 50
        assert sum(not receipt.replayed for receipt in given) == 1
        assert len({canonical.dumps(receipt.plain()) for receipt in given}) == 1


def test_windows_that_send_different_answers_at_once_keep_one_judgment(committed, engine):
    study = factories.make_study()
    factories.make_item(study)
    assignment = next_assignment(factories.make_participant(study), now=NOW)

    failures = crowd(
        lambda point: send(assignment, said(care=point), key=uuid.uuid4()), [1, 2, 3, 4, 5, 6, 7], at_once=7
    )

    assert [type(error) for error in failures] == [AlreadyJudged] * 6
    assert Judgment.objects.count() == 1
