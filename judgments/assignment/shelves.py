"""One item drawn from all that could be offered, with its exact probability, at a cost that does not grow.

Item numbers lie on shelves of 64 to 127. A draw picks a shelf, each equally likely; where nothing on it
can be offered to this person, the next shelf that holds something takes its place. On that shelf each
item is equally likely. So an item's probability is

    (1 + empty shelves just before its own) / shelves / items that can be offered on its shelf

which is known from its own neighbourhood: nothing has to be counted through. A study of fewer than 128
items is one shelf, and each item that can be offered is equally likely.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from judgments import care, design, draws
from judgments.models import Assignment, Item, Participant, Slot, Study

SHELF = 64


def with_room(participant: Participant, study: Study, strata: tuple[str, ...] | None = None) -> QuerySet[Item]:
    """Items of the study this person could be offered now: not met, not spared, and with an open slot for them."""
    strata = design.strata_of(participant, study) if strata is None else strata
    places = design.layout(study)
    if not any(places[stratum] for stratum in strata):
        return Item.objects.none()
    open_slots = Slot.objects.filter(item=OuterRef("pk"), state=Slot.State.OPEN, stratum__in=strata)
    items = Item.objects.kept().filter(study=study, purpose=Item.Purpose.MAIN)
    if (spared := care.spared_by(participant)) is not None:
        items = items.exclude(spared)
    return _not_met(items, participant).filter(Q(slots_made__lt=study.judgments_wanted) | Exists(open_slots))


def _not_met(rows: QuerySet, participant: Participant, item: str = "pk") -> QuerySet:
    """Rows whose item this person was never offered. item: the way from a row to its item.

    One look-up a row, whatever the person has read: for a NOT EXISTS, PostgreSQL would gather all of it first.
    """
    met = Assignment.objects.filter(participant=participant, item=OuterRef(item)).values("pk")[:1]
    return rows.alias(met=Subquery(met)).filter(met__isnull=True)


class Candidate(NamedTuple):
    """An item with room for a person, and what the order rules look at."""

    pk: int
    number: int
    slots_made: int
    family: int | None
    shift_of: int | None


@dataclass(frozen=True)
class Drawn:
    """A candidate in the order drawn. eligible: how many are still left on its shelf; details: each step."""

    candidate: Candidate
    eligible: int
    propensity: float
    details: dict


class Shelves:
    """A study's items as one person could be offered them.

    recent: families of the items just read, whose other members wait.
    """

    def __init__(self, participant: Participant, study: Study, strata: tuple[str, ...], recent: set[int]):
        self.participant, self.study, self.strata, self.recent = participant, study, strata, recent
        self.rules_hold = True
        self._found: dict[int, list[Candidate]] = {}

    def draw(self, key: bytes) -> Iterator[Drawn]:
        """Everything that could be offered, first drawn first; each with its probability given those before.

        The rules of order (families apart, base before shift) give way only where nothing else is left.
        """
        if not self.numbers or not any(design.layout(self.study)[stratum] for stratum in self.strata):
            return
        for self.rules_hold in (True, False):
            found_some = False
            for drawn in self._draw(key):
                found_some = True
                yield drawn
            if found_some:
                return

    def _draw(self, key: bytes) -> Iterator[Drawn]:
        start = draws.below(self.count, key, "shelf")
        before, passed, seen = None, 0, set()
        for shelf in self._forward(start):
            seen.add(shelf)
            if not (items := self.on(shelf)):
                continue
            run = self._empty_before(shelf) if before is None else passed + (shelf - before) % self.count
            ranked = sorted(items, key=lambda item: draws.rank(item.number, key))
            for place, item in enumerate(ranked):
                left = len(ranked) - place
                details = {"shelves": self.count, "shelf": shelf, "empty_before": run, "in_order": self.rules_hold}
                yield Drawn(item, left, (1 + run) / self.count / left, details)
            # Each of them was taken in the same moment: the next shelf that holds something stands for this one.
            before, passed = shelf, run

    @cached_property
    def numbers(self) -> int:
        highest = Item.objects.filter(study=self.study).aggregate(highest=Max("number"))["highest"]
        return 0 if highest is None else highest + 1

    @property
    def count(self) -> int:
        return max(1, self.numbers // SHELF)

    def first(self, shelf: int) -> int:
        """The first number on a shelf."""
        return shelf * self.numbers // self.count

    def of(self, number: int) -> int:
        """The shelf on which a number lies."""
        shelf = min(self.count - 1, number * self.count // self.numbers)
        while self.first(shelf) > number:
            shelf -= 1
        while shelf + 1 < self.count and self.first(shelf + 1) <= number:
            shelf += 1
        return shelf

    def on(self, shelf: int) -> list[Candidate]:
        """What can be offered from a shelf now."""
        if shelf not in self._found:
            self._fetch([(shelf - 1) % self.count, shelf])
        found = self._found[shelf]
        return [item for item in found if not self._must_wait(item)] if self.rules_hold else found

    def _fetch(self, shelves: list[int]) -> None:
        bounds = {shelf: (self.first(shelf), self.first(shelf + 1)) for shelf in shelves}
        lying = Q()
        for low, high in bounds.values():
            lying |= Q(number__gte=low, number__lt=high)
        rows = with_room(self.participant, self.study, self.strata).filter(lying)
        fields = ("pk", "number", "slots_made", "scenario__family_id", "scenario__shift_of_id")
        found = [Candidate(*row) for row in rows.values_list(*fields)]
        for shelf, (low, high) in bounds.items():
            self._found[shelf] = [item for item in found if low <= item.number < high]

    def _must_wait(self, item: Candidate) -> bool:
        return item.family in self.recent or (item.shift_of is not None and item.shift_of in self._bases_to_come)

    @property
    def _bases_to_come(self) -> set[int]:
        """Base scenarios this person reads before their shifts and can still be offered."""
        if not self._base_first:
            return set()
        named = {item.shift_of for found in self._found.values() for item in found if item.shift_of is not None}
        if unknown := named - self._asked:
            rows = with_room(self.participant, self.study, self.strata).filter(scenario__in=unknown)
            self._bases.update(rows.values_list("scenario_id", flat=True))
            self._asked.update(unknown)
        return self._bases

    @cached_property
    def _base_first(self) -> bool:
        return design.reads_base_first(self.participant, self.study)

    @cached_property
    def _asked(self) -> set[int]:
        return set()

    @cached_property
    def _bases(self) -> set[int]:
        return set()

    def _forward(self, start: int) -> Iterator[int]:
        """Shelves from a start once around, those without any room left out."""
        yield start
        at, gone = start, 0
        while (number := self._room_from(self.first((at + 1) % self.count))) is not None:
            shelf = self.of(number)
            gone += (shelf - at) % self.count or self.count
            if gone >= self.count:
                return
            yield shelf
            at = shelf

    def _empty_before(self, shelf: int) -> int:
        """How many shelves just before this one hold nothing for this person."""
        empty, before = 0, (shelf - 1) % self.count
        while empty < self.count - 1 and not self.on(before):
            empty = (shelf - before) % self.count
            number = self._room_before(self.first(before))
            if number is None:
                break
            before = self.of(number)
            distance = (shelf - before) % self.count
            if distance <= empty:  # Once around.
                break
            empty = distance - 1
        else:
            return empty
        return self.count - 1

    def _room_from(self, number: int) -> int | None:
        """The first number, from here once around, whose item may have room."""
        found = [self._nearest(rows.filter(place__gte=number), "place") for rows in self._with_places]
        here = [place for place in found if place is not None]
        if here:
            return min(here)
        found = [self._nearest(rows, "place") for rows in self._with_places]
        return min((place for place in found if place is not None), default=None)

    def _room_before(self, number: int) -> int | None:
        """The last number before this one, once around, whose item may have room."""
        found = [self._nearest(rows.filter(place__lt=number), "-place") for rows in self._with_places]
        here = [place for place in found if place is not None]
        if here:
            return max(here)
        found = [self._nearest(rows, "-place") for rows in self._with_places]
        return max((place for place in found if place is not None), default=None)

    @property
    def _with_places(self) -> Iterable[QuerySet]:
        """Items never offered to anybody, and open slots of each stratum, where this person has not been.

        Each is found through an index of its own; what the person has met is passed over on the way.
        """
        untouched = Item.objects.kept().filter(study=self.study, purpose=Item.Purpose.MAIN, slots_made=0)
        yield _not_met(untouched, self.participant).annotate(place=F("number"))
        for stratum in self.strata:
            slots = Slot.objects.filter(study=self.study, stratum=stratum, state=Slot.State.OPEN)
            yield _not_met(slots, self.participant, "item")

    @staticmethod
    def _nearest(rows: QuerySet, order: str) -> int | None:
        return rows.order_by(order).values_list("place", flat=True).first()
