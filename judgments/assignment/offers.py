"""Offers: by which rule the next item comes, and everything about it that cannot be recovered later.

Three rules, each with its own probability, all drawn from the study's seed:

- fresh: an item the person has not met, drawn from those with room (see shelves). Its propensity is the
  chance of this item, given that something fresh was offered.
- anchor: one of the anchors not yet judged in this wave, each equally likely, given that it was an anchor.
- repeat: an item drawn, when it was first judged, to come back; the propensity is the share so drawn.

A reader sees no difference between the three.
"""

from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef

from judgments import care, design, draws, withdrawal
from judgments.assignment.shelves import Shelves
from judgments.assignment.slots import take_open_slot
from judgments.models import Assignment, Item, ItemResponse, Participant, Slot, Study
from judgments.rubrics import dimensions_of

Kind = Assignment.Kind


class Offers:
    """What could be offered to one person at one moment. The person's row is locked."""

    def __init__(self, participant: Participant, study: Study, strata: tuple[str, ...], now: datetime):
        self.participant, self.study, self.strata, self.now = participant, study, strata, now

    def make(self) -> Assignment | None:
        """The next offer, held for the person; None when nothing is left for them now."""
        early = self._anchor if draws.fraction(self.key, "anchor") < design.ANCHOR_SHARE else None
        again = self._repeat if draws.fraction(self.key, "repeat") < design.repeat_chance(self.study) else None
        for rule in (early, again, self._fresh, self._anchor, self._repeat):
            if rule is not None and (offer := rule()) is not None:
                return offer
        return None

    # What went before ---------------------------------------------------------------------------

    @cached_property
    def _lately(self) -> list[tuple[int, int | None]]:
        """(position, family) of the items just read, the last one first."""
        rows = Assignment.objects.filter(participant=self.participant).order_by("-position")
        looked_at = max(1, self.study.family_gap - 1)
        return list(rows.values_list("position", "item__scenario__family_id")[:looked_at])

    @property
    def position(self) -> int:
        return self._lately[0][0] + 1 if self._lately else 0

    @cached_property
    def key(self) -> bytes:
        return draws.key(self.study.seed, "offer", self.participant.uid, self.position)

    @property
    def _recent_families(self) -> set[int]:
        lately = self._lately[: max(0, self.study.family_gap - 1)]
        return {family for _, family in lately if family is not None}

    # The rules ----------------------------------------------------------------------------------

    def _fresh(self) -> Assignment | None:
        if self._has_read_enough():
            return None
        # The first search passes over rows that others hold for a moment; only a patient one may say "nothing left".
        return self._from_shelves(wait=False) or self._from_shelves(wait=True)

    def _from_shelves(self, *, wait: bool) -> Assignment | None:
        shelves = Shelves(self.participant, self.study, self.strata, self._recent_families)
        for drawn in shelves.draw(self.key):
            pk, number, slots_made = drawn.candidate[:3]
            item = Item(pk=pk, study=self.study, number=number, slots_made=slots_made)
            if slot := take_open_slot(item, self.study, self.strata, wait=wait):
                why = "drawn from all with room" if shelves.rules_hold else "drawn from all that was left"
                return self._offer(
                    pk, Kind.FRESH, why, slot=slot, eligible=drawn.eligible, propensity=drawn.propensity,
                    draw=drawn.details,
                )  # fmt: skip
        return None

    def _has_read_enough(self) -> bool:
        most = self.study.most_per_person
        if most is None:
            return False
        taken = Assignment.objects.filter(participant=self.participant, kind=Kind.FRESH, state__in=Assignment.LIVE)
        return taken.count() >= most

    def _anchor(self) -> Assignment | None:
        met = Assignment.objects.filter(participant=self.participant, wave=self.study.wave, item=OuterRef("pk"))
        anchors = Item.objects.kept().filter(~Exists(met), study=self.study, purpose=Item.Purpose.ANCHOR)
        if (spared := care.spared_by(self.participant)) is not None:
            anchors = anchors.exclude(spared)
        left = sorted(anchors.values_list("pk", "number"), key=lambda anchor: draws.rank(anchor[1], self.key))
        if not left:
            return None
        occasion = self._times_met(left[0][0])
        return self._offer(
            left[0][0], Kind.ANCHOR, "one of the wave's anchors", occasion=occasion, eligible=len(left),
            propensity=1 / len(left),
        )  # fmt: skip

    def _repeat(self) -> Assignment | None:
        due = Assignment.objects.filter(
            participant=self.participant, returns_at__lte=self.now, item__hidden_at__isnull=True,
            position__lt=self.position - self.study.repeat_gap_items,
        )  # fmt: skip
        if (spared := care.spared_by(self.participant, "item__")) is not None:
            due = due.exclude(spared)
        first = withdrawal.standing(due).order_by("returns_at", "position").first()
        if first is None:
            return None
        Assignment.objects.filter(pk=first.pk).update(returns_at=None)
        return self._offer(
            first.item_id, Kind.REPEAT, "drawn to come back", occasion=self._times_met(first.item_id),
            propensity=first.draw["comes_back"], draw={"first_read": first.position},
        )  # fmt: skip

    def _times_met(self, item: int) -> int:
        return Assignment.objects.filter(participant=self.participant, item=item).count()

    # The offer ----------------------------------------------------------------------------------

    def _offer(self, item: int, kind: str, reason: str, *, slot: Slot | None = None, **drawn) -> Assignment:
        study, version = self.study, self.study.rubric_version
        assert version is not None  # An open study has one: a database constraint.
        shown = ItemResponse.objects.filter(item=item).order_by("position").values_list("response__uid", flat=True)
        # Questions come in one order for each person and wording; sides are drawn with the offer.
        questions = draws.key(study.seed, "questions", self.participant.uid, version.digest)
        lease_until = self.now + timedelta(minutes=study.lease_minutes)
        if slot is not None:
            Slot.objects.filter(pk=slot.pk).update(state=Slot.State.HELD, held_until=lease_until)
        return Assignment.objects.create(
            study=study, item_id=item, participant=self.participant, slot=slot, rubric_version=version, kind=kind,
            position=self.position, response_order=draws.shuffled([str(uid) for uid in shown], self.key),
            dimension_order=draws.shuffled([dimension.slug for dimension in dimensions_of(version)], questions),
            seed=self.key.hex(), reason=reason, wave=study.wave, offered_at=self.now, lease_until=lease_until,
            **drawn,
        )  # fmt: skip


def set_return(assignment: Assignment, *, now: datetime) -> None:
    """Once first judged: if this item was drawn to come back to this person, from when on."""
    study = assignment.study
    if assignment.kind == Kind.FRESH and design.comes_back(assignment.participant, assignment.item, study):
        assignment.returns_at = now + timedelta(days=study.repeat_gap_days)
        assignment.draw = assignment.draw | {"comes_back": study.repeat_share}
