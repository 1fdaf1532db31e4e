"""The failure atlas: passages that readers marked, as specimens, those that readers took in two ways first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from annotate import permissions
from annotate.charts import Arrivals, Chart, draw_arrivals
from annotate.views.results import orders
from annotate.views.results.lens import Lens
from annotate.views.results.passages import SPEAKERS
from judgments import ledger, reports
from judgments.models import Study

A_PAGE = 20
A_GROUP = 4
MOST_GROUPS = 14
MOST_ALSO = 5
SORTS = {
    "contested": "Contested first",
    "marked": "Most marked",
    "newest": "Newest",
    "rarest": "Rarest tags",
}
ONLY = {"contested": "Contested", "untagged": "Without a tag"}

Rank = Callable[[reports.Specimen], tuple[int, ...]]


@dataclass(frozen=True)
class Tagged:
    """One tag on a specimen: readers who gave it, and their memos as (code name, words)."""

    text: str
    readers: int
    names: list[str]
    memos: list[tuple[str, str]]


@dataclass(frozen=True)
class Also:
    """Another item of the family in which the same tag falls. readers: those who gave it there."""

    uid: str
    named: orders.Named
    readers: int


@dataclass(frozen=True)
class Card:
    """A specimen as shown. also: where else in its family `also_tag` falls; more: how many beyond those."""

    specimen: reports.Specimen
    excerpt: reports.Excerpt
    speaker: str
    uid: str
    named: orders.Named
    tagged: list[Tagged]
    also_tag: str
    also: list[Also]
    more: int


@dataclass(frozen=True)
class Group:
    """Some of the specimens with one tag. query: the address of all of them."""

    title: str
    total: int
    query: str
    cards: list[Card]
    is_own: bool


@login_required
@require_safe
def atlas(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    lens = Lens.of(study, request.GET, SORTS)
    found = reports.failures(study, lens.chosen_subset)
    if (lens.only and lens.only not in ONLY) or (lens.tag and lens.tag not in found.tags):
        raise Http404("No passage is marked so.")
    context = {
        "study": study,
        "lens": lens,
        "found": found,
        "subsets": ledger.subset_names(study),
        "sorts": SORTS.items(),
        "contested": sum(each.contested > 0 for each in found.specimens),
        "contested_tags": " and ".join(f"“{found.texts.get(tag, tag)}”" for tag in reports.CONTESTED),
        "untagged": found.tags.get("", 0),
        "all_contested": lens.but(only="contested", tag="", page="").query,
        "all_untagged": lens.but(only="untagged", tag="", page="").query,
        "all_tags": lens.but(only="", tag="", page="").query,
        "curve": _curve(found),
        "sees_models": permissions.sees_model_names(request.user, study),
    }
    shown = _chosen(study, found, lens) if lens.tag or lens.only else _grouped(study, found, lens)
    return render(request, "failures/atlas.html", context | shown)


def _curve(found: reports.Atlas) -> Chart | None:
    new = found.new
    if new is None:
        return None
    title = f"New tags in every {new.every} items, in the order in which they were first read"
    return draw_arrivals(Arrivals(title, new.every, new.items, new.offered, new.own), "new-tags")


# Which are shown ----------------------------------------------------------------------------------


def _rank(found: reports.Atlas, sort: str) -> Rank:
    """Within equals most readers first, then the newest."""
    first: dict[str, Rank] = {
        "contested": lambda each: (-each.contested,),
        "marked": lambda each: (),
        "newest": lambda each: (-each.newest,),
        "rarest": lambda each: (found.rarity(each),),
    }
    return lambda each: (*first[sort](each), -each.readers, -each.newest)


def _chosen(study: Study, found: reports.Atlas, lens: Lens) -> dict:
    """All specimens of one tag, or of one kind, page by page."""
    keeps: dict[str, Callable[[reports.Specimen], object]] = {
        "contested": lambda each: each.contested,
        "untagged": lambda each: each.readers_of(""),
        "": lambda each: each.readers_of(lens.tag),
    }
    rows = sorted(filter(keeps[lens.only], found.specimens), key=_rank(found, lens.sort))
    page = Paginator(rows, A_PAGE).get_page(lens.page)
    return {
        "title": ONLY[lens.only] if lens.only else found.texts.get(lens.tag, lens.tag),
        "page": page,
        "older": lens.but(page=str(page.number + 1)).query,
        "newer": lens.but(page=str(page.number - 1) if page.number > 2 else "").query,
        "cards": _cards(study, found, [(each, lens.tag or _most_used(each)) for each in page]),
    }


def _grouped(study: Study, found: reports.Atlas, lens: Lens) -> dict:
    """The first specimens of each tag, each of them once; tags of more specimens come first."""
    first = _first(found, lens.sort)
    cards = iter(_cards(study, found, [(each, tag) for tag, chosen in first.items() for each in chosen]))
    groups = [
        Group(*_named(found, tag, lens), [next(cards) for _ in chosen], tag not in found.texts)
        for tag, chosen in first.items()
    ]
    return {"groups": groups, "rest": [_named(found, tag, lens) for tag in found.tags if tag and tag not in first]}


def _first(found: reports.Atlas, sort: str) -> dict[str, list[reports.Specimen]]:
    """By tag; a tag whose specimens all stand under others before it is left out."""
    ordered = sorted(found.specimens, key=_rank(found, sort))
    first: dict[str, list[reports.Specimen]] = {}
    shown: set[str] = set()
    for tag in [tag for tag in found.tags if tag][:MOST_GROUPS]:
        chosen = [each for each in ordered if each.readers_of(tag) and each.key not in shown][:A_GROUP]
        if chosen:
            first[tag] = chosen
            shown |= {each.key for each in chosen}
    return first


def _named(found: reports.Atlas, tag: str, lens: Lens) -> tuple[str, int, str]:
    """A tag in words, how many specimens have it, and the address of all of them."""
    return found.texts.get(tag, tag), found.tags[tag], lens.but(tag=tag, page="").query


def _most_used(specimen: reports.Specimen) -> str:
    return next(iter(specimen.tags))


# How they are shown -------------------------------------------------------------------------------


def _cards(study: Study, found: reports.Atlas, chosen: Sequence[tuple[reports.Specimen, str]]) -> list[Card]:
    """One card for each pair of a specimen and the tag that it stands under."""
    also = {(each.key, tag): found.also_seen(each, tag) for each, tag in chosen}
    near = [uid for others in also.values() for uid in list(others)[:MOST_ALSO]]
    excerpts = reports.excerpts(study, {each.key: each for each, _ in chosen}.values())
    named = orders.names(study, {*(each.items[0] for each, _ in chosen), *near})
    return [_card(found, each, tag, excerpts[each.key], named, also[each.key, tag]) for each, tag in chosen]


def _card(
    found: reports.Atlas,
    specimen: reports.Specimen,
    tag: str,
    excerpt: reports.Excerpt,
    named: dict[str, orders.Named],
    also: dict[str, int],
) -> Card:
    uid = specimen.items[0]
    return Card(
        specimen=specimen,
        excerpt=excerpt,
        speaker="" if excerpt.role == "response" else SPEAKERS.get(excerpt.role, excerpt.role.capitalize()),
        uid=uid,
        named=named[uid],
        tagged=[_tagged(found, specimen, each, excerpt) for each in specimen.tags],
        also_tag=found.texts.get(tag, tag),
        also=[Also(other, named[other], n) for other, n in list(also.items())[:MOST_ALSO]],
        more=max(0, len(also) - MOST_ALSO),
    )


def _tagged(found: reports.Atlas, specimen: reports.Specimen, tag: str, excerpt: reports.Excerpt) -> Tagged:
    uses = [use for use in specimen.uses if use.tag == tag]
    return Tagged(
        text=found.texts.get(tag, tag) or "marked, without a tag",
        readers=specimen.readers_of(tag),
        names=_once(use.reader for use in uses),
        memos=[(use.reader, excerpt.memos[use.mark]) for use in uses if use.mark in excerpt.memos],
    )


def _once(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


app_name = "failures"
urlpatterns = [path("<slug:slug>/failures/", atlas, name="atlas")]
