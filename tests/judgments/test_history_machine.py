"""Claims, judgments, leases that run out, changes of mind and withdrawals in any order, against a model of them.

The model is what the rules say, in sets and counts: who holds what, what counts, what is surplus.
"""

import os
import uuid
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from judgments import submission, verification
from judgments.assignment import next_assignment, release_expired, skip
from judgments.errors import AlreadyJudged, StaleRevision
from judgments.models import Assignment, Judgment, Slot
from tests import factories
from tests.factories import later, said

ITEMS, WANTED, READERS, LEASE = 3, 2, 4, 60
EXAMPLES = int(os.environ.get("DISSENSUS_TEST_EXAMPLES", "12"))
"""2,000 of a night: DISSENSUS_TEST_EXAMPLES=2000."""


class Reading(RuleBasedStateMachine):
    """One study; people who do what they like; a clock that only goes on."""

    def __init__(self):
        super().__init__()
        self.study = factories.make_study(judgments_wanted=WANTED, lease_minutes=LEASE, repeat_share=0)
        self.items = [item.pk for item in factories.make_items(self.study, ITEMS)]
        self.readers = [factories.make_participant(self.study) for _ in range(READERS)]
        self.minute = 0.0
        self.held: dict[int, tuple[int, float]] = {}  # reader -> (assignment, until)
        self.known: dict[int, list[int]] = {number: [] for number in range(READERS)}  # every assignment of theirs
        self.done: dict[int, Counter] = {}  # judged assignment -> revisions
        self.given_back: set[int] = set()

    def now(self):
        return later(self.minute)

    def filled(self, item: int) -> int:
        counted = Judgment.objects.filter(item=item, revision=0, status="counted").count()
        return counted

    @rule(who=st.integers(0, READERS - 1))
    def ask(self, who):
        for other, (_, until) in list(self.held.items()):
            if other != who and until < self.minute:
                del self.held[other]  # Whoever asks sets free what others let run out.
        offered = next_assignment(self.readers[who], now=self.now())
        if who in self.held:
            assert offered.pk == self.held[who][0]
        elif offered is None:
            # Nothing left may only be said where no item has room that this person has not ended.
            ended = {Assignment.objects.get(pk=pk).item_id for pk in self.known[who]
                     if pk in self.done or pk in self.given_back}  # fmt: skip
            for item in set(self.items) - ended:
                taken = sum(Assignment.objects.get(pk=pk).item_id == item for pk, _ in self.held.values())
                assert taken + self.filled(item) >= WANTED
            return
        self.held[who] = (offered.pk, self.minute + LEASE)
        if offered.pk not in self.known[who]:
            self.known[who].append(offered.pk)

    @rule(who=st.integers(0, READERS - 1), which=st.integers(0, 5), point=st.integers(1, 7))
    def judge(self, who, which, point):
        """Send answers to anything ever offered, however late."""
        if not self.known[who]:
            return
        pk = self.known[who][which % len(self.known[who])]
        assignment = Assignment.objects.get(pk=pk)
        before = self.filled(assignment.item_id)
        try:
            receipt = self.send(assignment, point)
        except AlreadyJudged:
            assert pk in self.done
            return
        assert pk not in self.done
        self.done[pk] = Counter([0])
        if receipt.judgment.status == "surplus":
            assert self.held.get(who, (None,))[0] != pk
        assert self.filled(assignment.item_id) - before == (receipt.judgment.status == "counted")
        if self.held.get(who, (None,))[0] == pk:
            del self.held[who]

    @rule(who=st.integers(0, READERS - 1), which=st.integers(0, 5), stale=st.booleans())
    def change_mind(self, who, which, stale):
        judged = [pk for pk in self.known[who] if pk in self.done]
        if not judged:
            return
        pk = judged[which % len(judged)]
        assignment = Assignment.objects.get(pk=pk)
        revisions = list(assignment.judgments.order_by("revision"))
        named = revisions[0] if stale else revisions[-1]
        try:
            receipt = self.send(assignment, 3, supersedes=named.uid)
        except StaleRevision:
            assert named != revisions[-1]
            return
        assert receipt.judgment.supersedes == revisions[-1]
        assert receipt.judgment.status == revisions[0].status
        self.done[pk][receipt.judgment.revision] += 1

    @rule(who=st.integers(0, READERS - 1))
    def give_back(self, who):
        if who in self.held:
            pk, _ = self.held.pop(who)
            skip(Assignment.objects.get(pk=pk), actor=self.readers[who].user, now=self.now())
            self.given_back.add(pk)

    @rule(minutes=st.sampled_from([1, 30, 61]))
    def time_goes_on(self, minutes):
        self.minute += minutes

    @rule()
    def sweep(self):
        release_expired(self.study, now=self.now())
        self.held = {who: (pk, until) for who, (pk, until) in self.held.items() if until >= self.minute}

    def send(self, assignment, point, **more):
        return submission.submit(
            assignment, said(care=point), key=uuid.uuid4(), actor=assignment.participant.user, now=self.now(), **more
        )

    @invariant()
    def nobody_is_beyond_the_places(self):
        counted = Counter(Judgment.objects.filter(revision=0, status="counted").values_list("item", flat=True))
        assert all(count <= WANTED for count in counted.values())
        assert Slot.objects.filter(state="filled").count() == sum(counted.values())

    @invariant()
    def everything_accepted_is_there(self):
        revisions = Counter(Judgment.objects.values_list("assignment", flat=True))
        assert revisions == {pk: sum(counts.values()) for pk, counts in self.done.items()}

    def teardown(self):
        assert list(verification.faults()) == []


def test_acts_in_any_order_keep_what_the_rules_say(db):
    from django.db import transaction

    class Once(Reading):
        def __init__(self):
            self.bracket = transaction.atomic()
            self.bracket.__enter__()
            super().__init__()

        def teardown(self):
            try:
                super().teardown()
            finally:
                transaction.set_rollback(True)
                self.bracket.__exit__(None, None, None)

    run_state_machine_as_test(
        Once,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=25, deadline=None, database=None, derandomize=EXAMPLES < 100,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
