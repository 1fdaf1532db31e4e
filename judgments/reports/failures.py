"""Passages that readers marked, as specimens: marks that overlap are one, whoever made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from judgments.analysis.saturation import newly_seen
from judgments.ledger import Ledger
from judgments.models import ErasableText, Item, Mark, Response, Scenario, Study, Tag
from judgments.reports.keeping import kept
from judgments.reports.quoting import may_be_quoted

CONTESTED = ("saw-something", "felt-wrong")
"""Tags of the starter rubric. A passage that carries both is read in two ways at once."""
ITEMS_A_BLOCK = 20
MOST_BLOCKS = 30
CONTEXT = 160
"""Letters shown before and after a specimen, at most."""


@dataclass(frozen=True)
class Use:
    """One reader's mark. mark: its primary key, by which a memo is found while it stands."""

    mark: int
    reader: str
    tag: str


@dataclass(frozen=True)
class Specimen:
    """Overlapping marks of one text, in code points of it.

    response, scenario: primary keys; the text is a response, or a turn of the scenario where response is None.
    core: the stretch that most readers marked. items: uids of the items in which it was marked.
    family: primary key, None where there is none. newest: primary key of its latest mark.
    """

    scenario: int
    response: int | None
    turn: int | None
    start: int
    end: int
    core: tuple[int, int]
    items: tuple[str, ...]
    family: int | None
    uses: tuple[Use, ...]

    @property
    def key(self) -> str:
        text = f"r{self.response}" if self.response is not None else f"s{self.scenario}t{self.turn}"
        return f"{text}-{self.start}"

    @property
    def newest(self) -> int:
        return max(use.mark for use in self.uses)

    @property
    def readers(self) -> int:
        return len({use.reader for use in self.uses})

    def readers_of(self, tag: str) -> int:
        """Readers who gave this tag here; "" for those who marked it without one."""
        return len({use.reader for use in self.uses if use.tag == tag})

    @property
    def tags(self) -> dict[str, int]:
        """Readers by tag, most first."""
        found = {tag: self.readers_of(tag) for tag in {use.tag for use in self.uses}}
        return dict(sorted(found.items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))

    @property
    def contested(self) -> int:
        """Readers on the smaller side of those who saw something and those to whom it felt wrong."""
        return min(map(self.readers_of, CONTESTED))


@dataclass(frozen=True)
class NewTags:
    """Tags first used while items were read, in the order in which items were first read.

    every: items in a block. offered, own: tags of the rubric and readers' own words first used in each block.
    items: how many were read.
    """

    every: int
    items: int
    offered: tuple[int, ...]
    own: tuple[int, ...]


@dataclass(frozen=True)
class Atlas:
    """specimens: in the order of their texts. tags: specimens by tag, most first. texts: offered tags in words."""

    specimens: tuple[Specimen, ...]
    tags: dict[str, int]
    texts: dict[str, str]
    new: NewTags | None

    def rarity(self, specimen: Specimen) -> int:
        """How many specimens share its rarest tag."""
        return min((self.tags[tag] for tag in specimen.tags if tag), default=len(self.specimens))

    def also_seen(self, specimen: Specimen, tag: str) -> dict[str, int]:
        """Other items of the same family in which the same tag falls: readers who gave it there, by uid."""
        if specimen.family is None or not tag:
            return {}
        readers: dict[str, set[str]] = {}
        for other in self.specimens:
            if other.family == specimen.family and other.items[0] not in specimen.items:
                given = {use.reader for use in other.uses if use.tag == tag}
                if given:
                    readers.setdefault(other.items[0], set()).update(given)
        return {uid: len(given) for uid, given in readers.items()}


def failures(study: Study, subset: str | None = None) -> Atlas:
    """All specimens of a study; marks that were taken back do not count. Raises UnknownSubset."""
    return kept(study, "failures", subset, lambda held: _atlas(study, held))


@dataclass(frozen=True)
class _Stored:
    """A mark as stored: text is (scenario, response or None, turn or None)."""

    text: tuple[int, int | None, int | None]
    start: int
    end: int
    item: str
    family: int | None
    use: Use


def _atlas(study: Study, held: Ledger) -> Atlas:
    marks = _stored(study, held)
    specimens = tuple(_specimen(group) for group in _overlapping(marks))
    counts: dict[str, int] = defaultdict(int)
    for specimen in specimens:
        for tag in specimen.tags:
            counts[tag] += 1
    texts = _offered(study, held)
    tags = dict(sorted(counts.items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))
    return Atlas(specimens, tags, texts, _new_tags(held, marks, texts))


def _stored(study: Study, held: Ledger) -> list[_Stored]:
    rows = Mark.objects.filter(judgment__study=study, retracts__isnull=True, retracted_by__isnull=True).values_list(
        "pk", "judgment_id", "response_id", "turn", "start", "end", "tag"
    )
    row_of = {pk: row for row, pk in enumerate(held.judgments.id.tolist())}
    families = {
        pk: (scenario, family)
        for pk, scenario, family in Item.objects.filter(study=study).values_list(
            "pk", "scenario_id", "scenario__family_id"
        )
    }
    found = []
    for pk, judgment, response, turn, start, end, tag in rows.order_by("pk"):
        if (row := row_of.get(judgment)) is None:
            continue
        item = held.judgments.item[row]
        scenario, family = families[int(held.items.id[item])]
        reader = held.readers.code_name[held.judgments.reader[row]]
        text = (scenario, response, turn)
        found.append(_Stored(text, start, end, held.items.uid[item], family, Use(pk, reader, tag)))
    return found


def _overlapping(marks: Iterable[_Stored]) -> list[list[_Stored]]:
    """Marks of the same text in groups, in which each overlaps another."""
    groups: list[list[_Stored]] = []
    reached = 0
    for mark in sorted(marks, key=lambda mark: (_text_order(mark.text), mark.start, mark.end, mark.use.mark)):
        if groups and groups[-1][0].text == mark.text and mark.start < reached:
            groups[-1].append(mark)
            reached = max(reached, mark.end)
        else:
            groups.append([mark])
            reached = mark.end
    return groups


def _text_order(text: tuple[int, int | None, int | None]) -> tuple[int, int, int]:
    scenario, response, turn = text
    return scenario, -1 if response is None else response, -1 if turn is None else turn


def _specimen(group: list[_Stored]) -> Specimen:
    scenario, response, turn = group[0].text
    return Specimen(
        scenario, response, turn,
        start=min(mark.start for mark in group), end=max(mark.end for mark in group), core=_core(group),
        items=tuple(dict.fromkeys(mark.item for mark in group)), family=group[0].family,
        uses=tuple(mark.use for mark in group),
    )  # fmt: skip


def _core(group: list[_Stored]) -> tuple[int, int]:
    """The first of the stretches that most readers marked."""
    cuts = sorted({at for mark in group for at in (mark.start, mark.end)})

    def readers(low: int, high: int) -> int:
        return len({mark.use.reader for mark in group if mark.start < high and mark.end > low})

    return max(pairwise(cuts), key=lambda stretch: readers(*stretch))


def _offered(study: Study, held: Ledger) -> dict[str, str]:
    versions = {study.rubric_version_id, *np.unique(held.judgments.version).tolist()} - {None}
    return dict(Tag.objects.filter(version__in=versions).order_by("version").values_list("slug", "text"))


def _new_tags(held: Ledger, marks: list[_Stored], offered: dict[str, str]) -> NewTags | None:
    """None where nothing is tagged."""
    tags = sorted({mark.use.tag for mark in marks if mark.use.tag})
    first_read = dict.fromkeys(held.judgments.item[held.judgments.are_readings].tolist())
    rows = {held.items.uid[item]: row for row, item in enumerate(first_read)}
    if not tags or not rows:
        return None
    code = {tag: at for at, tag in enumerate(tags)}
    used = np.zeros((len(rows), len(tags)), dtype=np.int64)
    for mark in marks:
        if mark.use.tag and mark.item in rows:
            used[rows[mark.item], code[mark.use.tag]] += 1
    every = ITEMS_A_BLOCK * max(1, -(-len(rows) // (ITEMS_A_BLOCK * MOST_BLOCKS)))
    new = newly_seen(used, every)
    is_offered = np.array([tag in offered for tag in tags])
    return NewTags(
        every,
        len(rows),
        offered=tuple(new[is_offered].sum(axis=0).tolist()),
        own=tuple(new[~is_offered].sum(axis=0).tolist()),
    )


# What is shown of a few of them --------------------------------------------------------------------


@dataclass(frozen=True)
class Excerpt:
    """A specimen in its text. inside: the quote cut at its core. model: name, "" where not known.

    memos: by mark, of those who may be quoted, while they stand.
    """

    before: str
    inside: tuple[str, str, str]
    after: str
    role: str
    language: str
    model: str
    memos: dict[int, str]


def excerpts(study: Study, specimens: Iterable[Specimen]) -> dict[str, Excerpt]:
    """By key: each specimen with a little of the text around it, and the memos."""
    specimens = list(specimens)
    responses = Response.objects.select_related("model").in_bulk(
        {each.response for each in specimens if each.response}
    )
    scenarios = Scenario.objects.in_bulk({each.scenario for each in specimens})
    memos = _memos(study, [use.mark for each in specimens for use in each.uses])
    found = {}
    for each in specimens:
        scenario = scenarios[each.scenario]
        if each.response is not None:
            response = responses[each.response]
            text, role, language = response.text or "", "response", response.language
            model = str(response.model or "")
        else:
            message = scenario.messages[each.turn or 0]
            text, role, model = str(message.get("content") or ""), str(message.get("role", "")), ""
            language = message.get("lang") or scenario.language
        low, high = each.core
        found[each.key] = Excerpt(
            before=_before(text, each.start),
            inside=(text[each.start : low], text[low:high], text[high : each.end]),
            after=_after(text, each.end),
            role=role, language=language, model=model,
            memos={use.mark: memos[use.mark] for use in each.uses if use.mark in memos},
        )  # fmt: skip
    return found


def _before(text: str, start: int) -> str:
    """What stands before in the same paragraph; the end of it from a word on where that is long."""
    near = text[:start].rsplit("\n\n", 1)[-1]
    return near if len(near) <= CONTEXT else "… " + near[-CONTEXT:].split(" ", 1)[-1]


def _after(text: str, end: int) -> str:
    near = text[end:].split("\n\n", 1)[0]
    return near if len(near) <= CONTEXT else near[:CONTEXT].rsplit(" ", 1)[0] + " …"


def _memos(study: Study, marks: list[int]) -> dict[int, str]:
    rows = Mark.objects.filter(pk__in=marks, memo_id__isnull=False)
    memo_of = {pk: (memo, who) for pk, memo, who in rows.values_list("pk", "memo_id", "judgment__participant")}
    if not memo_of:
        return {}
    texts = ErasableText.objects.filter(pk__in={memo for memo, _ in memo_of.values()})
    text = dict(texts.values_list("pk", "text"))
    quotable = may_be_quoted(study)
    return {pk: text[memo] for pk, (memo, who) in memo_of.items() if memo in text and who in quotable}
