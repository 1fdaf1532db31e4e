"""How judgment of a family's base compares with that of its shifts: the same readers, question by question."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from judgments.analysis.coding import Ints
from judgments.analysis.transfer import Step, step
from judgments.ledger import FORMS, REASONS, Dimension, Ledger
from judgments.ledger.tables import POINT
from judgments.models import Family, Form, Item, ItemResponse, Reason, Scenario, Study
from judgments.reports.keeping import kept
from judgments.reports.question import ORDERED

BESIDE = ("A range", "Both ways", "Does not fit", "Not this, otherwise", "Left open")
"""Where readers without a point are counted, after the places of the scale."""
RANGE, BOTH, MISFIT, OTHERWISE, OPEN = range(len(BESIDE))


@dataclass(frozen=True)
class Context:
    """One scenario of a family. axis: what changes, "" for a base."""

    scenario: int
    title: str
    axis: str
    distance: int | None


@dataclass(frozen=True)
class Move:
    """One reply to a base beside a reply to its shift by the same voice, on one dimension.

    voice: the model, as a number within the family from 1: names may be hidden. base, shift: uids of the items.
    before, after: readers at each place of the scale, then in each of BESIDE. pairs: (place before, place
    after, readers) of those who read both, in the same places.
    """

    dimension: str
    family: str
    voice: int
    context: Context
    base: str
    shift: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    pairs: tuple[tuple[int, int, int], ...]
    step: Step

    @property
    def paired(self) -> int:
        return sum(n for _, _, n in self.pairs)


@dataclass(frozen=True)
class FamilyFound:
    """A family with its bases and shifts; also where nothing was tried."""

    slug: str
    title: str
    opens: str
    contexts: tuple[Context, ...]


@dataclass(frozen=True)
class Profile:
    """dimensions: those whose points have an order. axes: what any family was shifted in, most often first."""

    dimensions: tuple[Dimension, ...]
    families: tuple[FamilyFound, ...]
    axes: tuple[str, ...]
    moves: tuple[Move, ...]


def transfer(study: Study, subset: str | None = None) -> Profile:
    """Every step from a base to one of its shifts that was read. Raises UnknownSubset."""
    return kept(study, "transfer profile", subset, lambda held: _profile(study, held))


def _profile(study: Study, held: Ledger) -> Profile:
    families = _families(study)
    steps = _steps(study, held)
    moves: list[Move] = []
    for row, dimension in enumerate(held.dimensions):
        if dimension.level in ORDERED:
            moves += _moves(held, row, dimension, steps)
    tried = Counter(context.axis for family in families for context in family.contexts if context.axis)
    axes = sorted(tried, key=lambda axis: (-tried[axis], axis))
    dimensions = tuple(each for each in held.dimensions if each.level in ORDERED)
    return Profile(dimensions, families, tuple(axes), tuple(moves))


def _families(study: Study) -> tuple[FamilyFound, ...]:
    contexts: dict[int, list[Context]] = defaultdict(list)
    for scenario in Scenario.objects.filter(study=study, family__isnull=False).order_by("pk"):
        contexts[scenario.family_id or 0].append(_context(scenario))
    found = Family.objects.filter(study=study).order_by("pk")
    return tuple(FamilyFound(each.slug, each.title, each.opens, tuple(contexts[each.pk])) for each in found)


def _context(scenario: Scenario) -> Context:
    return Context(scenario.pk, str(scenario), scenario.axis if scenario.shift_of_id else "", scenario.distance)


@dataclass(frozen=True)
class _Pair:
    """Rows of the ledger's items: a reply to a base, and the same voice's reply to a shift of it."""

    family: str
    voice: int
    context: Context
    base: int
    shift: int


def _steps(study: Study, held: Ledger) -> list[_Pair]:
    """In the order of the shifts; replies of one voice to one scenario are paired in their order."""
    row_of = {pk: row for row, pk in enumerate(held.items.id.tolist())}
    items = Item.objects.filter(study=study, scenario__family__isnull=False).order_by("number")
    models: dict[int, tuple[int | None, ...]] = {}
    shown = ItemResponse.objects.filter(item__study=study).order_by("item", "position")
    for pk, model in shown.values_list("item", "response__model"):
        models[pk] = (*models.get(pk, ()), model)
    replies: dict[tuple[int, tuple], list[int]] = defaultdict(list)
    voices: dict[str, dict[tuple, int]] = defaultdict(dict)
    scenarios: dict[int, tuple[Scenario, str]] = {}
    for item in items.select_related("scenario__family"):
        scenario, family, voice = item.scenario, item.scenario.family, models.get(item.pk, ())
        if item.pk in row_of and family is not None:
            replies[scenario.pk, voice].append(row_of[item.pk])
            if scenario.shift_of_id:
                voices[family.slug].setdefault(voice, len(voices[family.slug]) + 1)
            scenarios[scenario.pk] = scenario, family.slug
    return [
        _Pair(slug, number, _context(scenario), base, shift)
        for _, (scenario, slug) in sorted(scenarios.items())
        if scenario.shift_of_id
        for voice, number in voices[slug].items()
        for base, shift in zip(replies[scenario.shift_of_id, voice], replies[scenario.pk, voice], strict=False)
    ]


def _moves(held: Ledger, row: int, dimension: Dimension, steps: list[_Pair]) -> list[Move]:
    given = _placed(held, row, dimension)
    found = []
    for each in steps:
        base, shift = given.get(each.base, {}), given.get(each.shift, {})
        if base and shift:
            found.append(_move(held, dimension, each, base, shift))
    return found


def _placed(held: Ledger, row: int, dimension: Dimension) -> dict[int, dict[int, int]]:
    """By item, then by reader: the place on the scale, or after those one of BESIDE."""
    judged, places = held.judgments, len(dimension.places)
    given = held.on(row, held.is_of_reading)
    at = np.full(len(given.id), places + OTHERWISE, dtype=np.int64)
    is_point = (given.form == POINT) & np.isfinite(given.point)
    at[is_point] = dimension.place_of(given.point[is_point])
    at[given.form == FORMS.index(Form.RANGE)] = places + RANGE
    at[given.form == FORMS.index(Form.BOTH)] = places + BOTH
    at[given.reason == REASONS.index(Reason.MISFIT)] = places + MISFIT
    place_of = dict(zip(given.judgment.tolist(), at.tolist(), strict=True))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for judgment in np.flatnonzero(judged.are_readings & held.asked(row)).tolist():
        item, reader = int(judged.item[judgment]), int(judged.reader[judgment])
        found[item][reader] = place_of.get(judgment, places + OPEN)
    return found


def _move(held: Ledger, dimension: Dimension, each: _Pair, base: dict[int, int], shift: dict[int, int]) -> Move:
    places = len(dimension.places)
    before, after = (_counts(side, places) for side in (base, shift))
    both = Counter((base[reader], shift[reader]) for reader in base.keys() & shift.keys())
    misfits = [(int(side[places + MISFIT]), int(side.sum())) for side in (before, after)]
    in_order = [place for place in range(places) if dimension.is_line or not dimension.points[place].apart]
    return Move(
        dimension=dimension.name, family=each.family, voice=each.voice, context=each.context,
        base=held.items.uid[each.base], shift=held.items.uid[each.shift],
        before=tuple(before.tolist()), after=tuple(after.tolist()),
        pairs=tuple((*places_of, n) for places_of, n in sorted(both.items())),
        step=step(before[in_order], after[in_order], *misfits),
    )  # fmt: skip


def _counts(side: dict[int, int], places: int) -> Ints:
    return np.bincount(list(side.values()), minlength=places + len(BESIDE))
