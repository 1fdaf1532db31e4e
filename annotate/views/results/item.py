"""One disagreement: the text beside one mark a reader, and the reasons by where their author stood."""

from collections import Counter
from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotate import permissions
from annotate.charts import Chart
from annotate.forms.words import SETTLED
from annotate.views.results import cohorts, drawing, orders, passages, reasons
from annotate.views.results.lens import SORTS, Lens
from judgments import reports
from judgments.models import Item, Level, Study

MOST_READERS_LISTED = 200


@dataclass(frozen=True)
class Block:
    """One question on this item. beyond: surplus judgments; again: later readings by the same people."""

    found: reports.ItemDimension
    strip: Chart | None
    words: list[tuple[str, str]]
    columns: list[reasons.Column]
    n_reasons: int
    is_open: bool
    beyond: int
    again: int


@login_required
@require_safe
def item(request, slug, uid):
    study = permissions.study_for_researcher(request.user, slug)
    shown = Item.objects.kept().filter(study=study, uid=uid).select_related("scenario__family", "scenario__shift_of")
    shown = shown.first()
    if shown is None:
        raise Http404("There is no such item in this study.")
    found = reports.item(study, shown)
    lens = Lens.of(study, request.GET).known(
        facets=found.facets, dimensions=[each.dimension.name for each in found.dimensions]
    )
    groups = cohorts.groups(found, lens.by)
    named = orders.names(study, [found.uid])[found.uid]
    blocks = _blocks(found, groups)
    sees_models = permissions.sees_model_names(request.user, study)
    context = {
        "study": study,
        "lens": lens,
        "item": shown,
        "found": found,
        "named": named,
        "where": _where(study, lens, found.uid),
        "texts": passages.texts(shown, found.marks, model_names=sees_models),
        "sees_models": sees_models,
        "groups": groups,
        "blocks": [block for block in blocks if block.strip or block.words],
        "left_open": [block.found.dimension.title for block in blocks if not (block.strip or block.words)],
        "settled": _settled(found),
        "readers": _by_reader(found),
    }
    return render(request, "results/item.html", context)


@dataclass(frozen=True)
class Where:
    """The item's place in an order, from 1 (0: not in it), and the addresses of those before and after."""

    order: str
    place: int
    of: int
    before: str
    after: str


def _where(study: Study, lens: Lens, uid: str) -> Where:
    rows = reports.items(study, lens.chosen_subset)
    seen = reports.noticed(study, lens.chosen_subset)
    uids = [row.uid for row in orders.searched(study, orders.ordered(rows, seen, lens), lens.search)]
    if uid not in uids:
        return Where(SORTS[lens.sort], 0, len(uids), "", "")
    place = uids.index(uid)

    def address(at: int) -> str:
        if not 0 <= at < len(uids):
            return ""
        return reverse("results:item", args=[study.slug, uids[at]]) + replace(lens, page="").query

    return Where(SORTS[lens.sort], place + 1, len(uids), address(place - 1), address(place + 1))


def _blocks(found: reports.ItemFinding, groups: cohorts.Groups) -> list[Block]:
    """The questions in their order; the reasons are open where readers part most."""
    columns = [reasons.columns(each) for each in found.dimensions]
    widest = max(range(len(columns)), key=lambda at: (bool(columns[at]), _differing(found.dimensions[at])), default=0)
    return [
        _block(index, each, groups, columns[index], is_open=index == widest)
        for index, each in enumerate(found.dimensions)
    ]


def _block(
    index: int, found: reports.ItemDimension, groups: cohorts.Groups, columns: list[reasons.Column], *, is_open: bool
) -> Block:
    counted = [answer for answer in found.answers if answer.is_counted]
    in_words = found.dimension.level == Level.OPEN
    return Block(
        found=found,
        strip=drawing.strip(found.dimension, counted, f"strip-{index}", groups.of_reader, groups.names),
        words=[(answer.code_name, answer.words) for answer in counted if answer.words] if in_words else [],
        columns=columns,
        n_reasons=sum(column.n for column in columns),
        is_open=is_open,
        beyond=len(found.answers) - len(counted),
        again=len(found.repeats),
    )


def _differing(found: reports.ItemDimension) -> float:
    """Share of pairs of readers at different places: only to choose which reasons stand open."""
    counts = found.counts
    pairs = sum(counts) * (sum(counts) - 1)
    return 1 - sum(n * (n - 1) for n in counts) / pairs if pairs else 0.0


def _first_readings(found: reports.ItemFinding) -> dict[str, reports.ReaderAnswer]:
    """One answer for each counted judgment: what is said of the judgment as a whole."""
    answers = (answer for each in found.dimensions for answer in each.answers if answer.is_counted)
    return {answer.judgment: answer for answer in answers}


def _settled(found: reports.ItemFinding) -> list[tuple[str, int]]:
    """How settled readers were, most settled first; empty where nobody said."""
    said = Counter(answer.settled for answer in _first_readings(found).values())
    if not set(said) - {None}:
        return []
    rows = [(words, said[value]) for value, words in sorted(SETTLED.items(), reverse=True)]
    return [*rows, ("Not said", said[None])] if said[None] else rows


@dataclass(frozen=True)
class Readers:
    """Answers by code name. rows: (code name, (words of the scale, own words) for each of `titles`)."""

    titles: list[str]
    rows: list[tuple[str, list[tuple[str, str]]]]


def _by_reader(found: reports.ItemFinding) -> Readers:
    """The questions that anybody answered, and at most MOST_READERS_LISTED readers."""
    asked = [each for each in found.dimensions if any(answer.form for answer in each.answers)]
    given: dict[str, dict[str, reports.ReaderAnswer]] = {}
    for each in asked:
        for answer in each.answers:
            if answer.is_counted:
                given.setdefault(answer.judgment, {})[each.dimension.name] = answer
    named = ((next(iter(answers.values())).code_name, answers) for answers in given.values())
    rows = sorted(named, key=lambda pair: pair[0])[:MOST_READERS_LISTED]
    return Readers(
        [each.dimension.title for each in asked],
        [(code_name, [_cell(each, answers) for each in asked]) for code_name, answers in rows],
    )


def _cell(each: reports.ItemDimension, answers: dict[str, reports.ReaderAnswer]) -> tuple[str, str]:
    answer = answers.get(each.dimension.name)
    return ("not asked", "") if answer is None else (drawing.spoken(answer, each.dimension), answer.words)
