"""What a design yields, before anyone is invited.

Invented people read a study by its own design, drawn by the same code that will serve real ones. They
come back day after day until nothing is left for them or the days are over. Everything is rolled back.
"""

import heapq
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from judgments import canonical
from judgments.assignment import agree_with_design, next_assignment
from judgments.assignment.offers import set_return
from judgments.models import Assignment, Background, ErasableText, Facet, Item, Participant, Slot, Study, User

State, Kind = Assignment.State, Assignment.Kind


@dataclass
class Yield:
    """Outcome of one simulated study. `days`: from the first judgment to the last that was wanted; nan: never."""

    items: int
    wanted: int
    people: int
    counted: int = 0
    per_item: list[int] = field(default_factory=list)
    per_person: list[int] = field(default_factory=list)
    kinds: Counter = field(default_factory=Counter)
    cohorts: Counter = field(default_factory=Counter)
    left_first: int = 0
    sides: int = 0
    families_too_near: int = 0
    days: float = float("nan")
    propensity_low: float = float("nan")
    propensity_high: float = float("nan")


def simulate(
    study: Study, *, people: int, cohorts: dict[str, float], per_day: float, minutes: float, days: int,
    now: datetime, rng: np.random.Generator,
) -> Yield:  # fmt: skip
    """Let `people` read, about `per_day` items on each of so many days, `minutes` an item. Nothing of it is kept.

    cohorts: share of the people by their answer to the background question of the study's quotas.
    """
    with transaction.atomic():
        study = Study.objects.select_related("rubric_version").get(pk=study.pk)
        study.state = Study.State.OPEN
        study.save(update_fields=["state"])
        agree_with_design(study)
        readers = [_invent(study, cohorts, number, now, rng) for number in range(people)]
        ended = _let_read(readers, per_day, minutes, days, now, rng)
        found = _count(study, readers, ended, now)
        transaction.set_rollback(True)
    return found


def _invent(study: Study, cohorts: dict[str, float], number: int, now: datetime, rng) -> Participant:
    user = User.objects.create(username=f"simulated {uuid.uuid4()}")
    person = Participant.objects.create(study=study, user=user, code_name=f"simulated {number}", joined_at=now)
    if cohorts:
        facet, _ = Facet.objects.get_or_create(
            study=study, slug=study.quotas.get("facet", "cohort"), defaults={"title": "Cohort"}
        )
        answer = str(rng.choice(list(cohorts), p=list(cohorts.values())))
        text = ErasableText.objects.create(participant=person, salt=canonical.new_salt(), text=answer)
        Background.objects.create(
            participant=person, facet=facet, text=text, text_digest=canonical.text_digest(text.salt, answer),
            may_analyse=True, may_publish=False, given_at=now,
        )  # fmt: skip
    return person


def _let_read(readers: list[Participant], per_day: float, minutes: float, days: int, now: datetime, rng) -> dict:
    """Everybody's sittings in order of time; when each assignment was judged, by primary key."""
    ended: dict[int, datetime] = {}
    sittings = [(now + timedelta(hours=float(rng.uniform(0, 24))), number) for number in range(len(readers))]
    heapq.heapify(sittings)
    while sittings:
        at, number = heapq.heappop(sittings)
        done = _sit(readers[number], at, max(1, int(rng.poisson(per_day))), minutes, ended)
        if done and at + timedelta(days=1) < now + timedelta(days=days):
            heapq.heappush(sittings, (at + timedelta(days=1), number))
    return ended


def _sit(reader: Participant, at: datetime, items: int, minutes: float, ended: dict[int, datetime]) -> bool:
    """One sitting. True while it makes sense to come again: there was something, or something is to come back."""
    for read in range(items):
        assignment = next_assignment(reader, now=at)
        if assignment is None:
            return read > 0 or Assignment.objects.filter(participant=reader, returns_at__isnull=False).exists()
        at += timedelta(minutes=minutes)
        assignment.state, assignment.ended_at = State.JUDGED, at
        set_return(assignment, now=at)
        assignment.save(update_fields=["state", "ended_at", "returns_at", "draw"])
        Slot.objects.filter(pk__in=[assignment.slot_id]).update(state=Slot.State.FILLED, held_until=None)
        ended[assignment.pk] = at
    return True


def _count(study: Study, readers: list[Participant], ended: dict[int, datetime], now: datetime) -> Yield:
    items = Item.objects.kept().filter(study=study, purpose=Item.Purpose.MAIN)
    found = Yield(items.count(), study.judgments_wanted, len(readers))
    made = Assignment.objects.filter(participant__in=readers, state=State.JUDGED)
    rows = made.select_related("item__scenario", "slot").order_by("participant", "position")
    per_item = Counter(dict.fromkeys(items.values_list("pk", flat=True), 0))
    per_person: Counter[int] = Counter()
    propensities: list[float] = []
    lately: list[int | None] = []
    reader, last = None, now
    for row in rows:
        found.kinds[row.kind] += 1
        per_person[row.participant_id] += 1
        if reader != row.participant_id:
            reader, lately = row.participant_id, []
        family = row.item.scenario.family_id
        near = lately[-(study.family_gap - 1) :] if study.family_gap > 1 else []
        found.families_too_near += family is not None and family in near and row.kind == Kind.FRESH
        lately.append(family)
        if len(row.response_order) == 2:
            found.sides += 1
            found.left_first += row.response_order == sorted(row.response_order)
        if row.kind == Kind.FRESH:
            per_item[row.item_id] += 1
            found.cohorts[row.slot.stratum if row.slot else ""] += 1
            propensities.append(row.propensity or 0.0)
            last = max(last, ended[row.pk])
    found.per_item, found.per_person = sorted(per_item.values()), sorted(per_person.values())
    found.counted = sum(found.per_item)
    if found.counted == found.items * found.wanted:
        found.days = (last - now) / timedelta(days=1)
    if propensities:
        found.propensity_low, found.propensity_high = min(propensities), max(propensities)
    return found
