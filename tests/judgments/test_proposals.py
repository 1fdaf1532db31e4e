"""Proposals: kept once, in words that can go, whatever becomes of the judgment."""

import uuid

import pytest

from judgments import proposals, verification
from judgments.assignment import next_assignment
from judgments.errors import AppendOnly, IdempotencyConflict, NotYours
from judgments.models import ErasableText, Event, Proposal
from tests.factories import NOW, make_items, make_user

Kind = Proposal.Kind


@pytest.fixture
def assignment(jo):
    make_items(jo.study, 1)
    return next_assignment(jo, now=NOW)


def make(assignment, words="What if the sister were fourteen?", *, kind=Kind.WHAT_IF, key=None, actor=None):
    actor = actor or assignment.participant.user
    return proposals.make(assignment, kind, words, key=key or uuid.uuid4(), actor=actor, now=NOW)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_kept_with_its_words_and_an_event(assignment, kind):
    made = make(assignment, kind=kind)

    assert (made.kind, made.text.text) == (kind, "What if the sister were fourteen?")
    assert made.rubric_version == assignment.rubric_version
    assert Event.objects.get(subject=str(made.uid)).kind == "proposed"
    assert list(verification.faults()) == []


def test_no_words_are_no_proposal(assignment):
    assert make(assignment, " \n") is None
    assert not Proposal.objects.exists()


def test_sending_again_keeps_one_and_other_words_under_its_key_are_refused(assignment):
    key = uuid.uuid4()
    made = make(assignment, key=key)

    assert make(assignment, key=key) == made
    with pytest.raises(IdempotencyConflict):
        make(assignment, "something else", key=key)
    assert Proposal.objects.count() == ErasableText.objects.count() == 1


def test_nobody_else_proposes_here_and_nothing_is_changed_later(assignment):
    with pytest.raises(NotYours):
        make(assignment, actor=make_user())
    made = make(assignment)

    with pytest.raises(AppendOnly):
        Proposal.objects.filter(pk=made.pk).update(kind=Kind.GAP)
