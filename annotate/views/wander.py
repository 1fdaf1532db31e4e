"""Wandering: a reading room with no questions. Marks, notes and links, private until they are shared."""

import json
import secrets
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotate import permissions
from annotate.views.judging.page import around
from annotate.views.texts import responses_of, turns_of
from judgments import notes, proposals, words
from judgments.answers import from_plain
from judgments.errors import AnswersUnfit, IdempotencyConflict
from judgments.models import Assignment, Item, Note, Participant, Proposal, Study

A_PAGE = 30
LONGEST_SEARCH = 100


def _room(request, slug) -> Participant:
    """This person's place in a study that has a reading room; else Http404."""
    participant = permissions.participant_for(request.user, slug)
    if participant.study.wander == Study.Wander.CLOSED:
        raise Http404("There is no reading room here.")
    return participant


@login_required
@require_GET
@never_cache
def room(request, slug):
    """Everything that is open, by family, or by what is searched for."""
    participant = _room(request, slug)
    sought = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    items = notes.open_items(participant)
    if sought:
        items = notes.search(items, sought)
    shown = items.select_related("scenario__family").prefetch_related("shown__response").order_by(
        "scenario__family__title", "scenario__title", "number"
    )  # fmt: skip
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    context = {"study": participant.study, "page": page, "sought": sought, "notes": notes.of(participant)[:12]}
    return render(request, "wander/room.html", context)


@login_required
@require_POST
def surprise(request, slug):
    participant = _room(request, slug)
    item = notes.surprise(notes.open_items(participant), rng=secrets.SystemRandom())
    if item is None:
        messages.info(request, _("Nothing is open here yet."))
        return redirect("wander:room", slug)
    return redirect("wander:item", slug, item.uid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item(request, slug, uid):
    """One item to read, mark and write about."""
    participant = _room(request, slug)
    found = get_object_or_404(notes.open_items(participant).select_related("scenario__family"), uid=uid)
    if request.method == "POST":
        return _write(request, participant, found)
    return _item_page(request, participant, found)


def _item_page(request, participant: Participant, found: Item, *, problem: str = "", status=200):
    shown = Assignment(item=found, study=participant.study)
    version = participant.study.rubric_version
    mine = list(notes.of(participant, found))
    context = {
        "study": participant.study,
        "item": found,
        "turns": turns_of(shown),
        "responses": responses_of(shown),
        "tags": [tag.text for tag in version.tags.all()] if version else [],
        "notes": mine,
        "others": list(notes.shared_with(participant, found)),
        "linkable": _linkable(participant, found),
        "audiences": Note.Audience.choices,
        "may_propose": participant.assignments.filter(item=found).exists(),
        "key": uuid.uuid4(),
        "problem": problem,
        "given": request.POST,
    } | around(request, participant.study)
    return render(request, "wander/item.html", context, status=status)


def _linkable(participant: Participant, found: Item):
    """Items a link can lead to: few enough to choose from, those noted before first."""
    items = notes.open_items(participant).exclude(pk=found.pk).select_related("scenario").order_by("number")
    return items[:200]


def _write(request, participant: Participant, found: Item):
    if request.POST.get("kind") in Proposal.Kind.values:
        return _propose(request, participant, found)
    try:
        with transaction.atomic():
            for said in _all_said(request.POST, participant, found):
                notes.write(participant, said, actor=request.user, now=timezone.now())
    except AnswersUnfit as error:
        return _item_page(request, participant, found, problem=next(iter(error.problems.values())), status=422)
    messages.success(request, _("Kept."))
    return redirect(reverse("wander:item", args=[participant.study.slug, found.uid]) + "#notes")


def _propose(request, participant: Participant, found: Item):
    """A what-if, or a question for everybody, about an item this person has met as a reader."""
    assignment = participant.assignments.filter(item=found).order_by("-occasion").first()
    if assignment is None:
        raise Http404("You have not read this item as a reader.")
    try:
        made = proposals.make(
            assignment, Proposal.Kind(request.POST["kind"]), words.tidy(request.POST.get("text", "")),
            key=_uid(request.POST.get("key", "")) or uuid.uuid4(), actor=request.user, now=timezone.now(),
        )  # fmt: skip
    except IdempotencyConflict:
        made = None
    if made is None:
        return _item_page(request, participant, found, problem=_("Write something first."), status=422)
    messages.success(request, _("Kept. The people who write the questions will read it."))
    return redirect("wander:item", participant.study.slug, found.uid)


def _all_said(data, participant: Participant, found: Item) -> list[notes.Said]:
    """The notes of one sent page: one, or as many as there are passages marked."""
    if data.get("kind") != "marks":
        return [_said(data, participant, found)]
    audience = _audience(data)
    return [
        notes.Said(
            kind=Note.Kind.MARK, text=mark.memo, tag=mark.tag, item=found, audience=audience,
            passage=notes.Passage(mark.start, mark.end, mark.response, mark.turn),
        )
        for mark in _marks(data)
    ]  # fmt: skip


def _marks(data):
    """The passages a page sent, as on the judging page. Raises AnswersUnfit unless there are some."""
    try:
        sent = json.loads(data.get("marks", ""))
    except (ValueError, RecursionError):
        sent = []
    marks = from_plain({"marks": sent}).marks
    if not marks:
        raise AnswersUnfit({"marks": _("Choose a passage first.")})
    return marks


def _said(data, participant: Participant, found: Item | None) -> notes.Said:
    """What a page sent, as a note. Raises AnswersUnfit where it is none."""
    kind = data.get("kind", "")
    if kind not in (Note.Kind.MEMO, Note.Kind.LINK, Note.Kind.NOTE):
        raise AnswersUnfit({"kind": _("Choose what kind of note this is.")})
    other = None
    if kind == Note.Kind.LINK:
        other = notes.open_items(participant).filter(uid=_uid(data.get("other", ""))).first()
    return notes.Said(kind=kind, text=data.get("text", ""), item=found, other_item=other, audience=_audience(data))


def _audience(data, otherwise: str = Note.Audience.PRIVATE) -> str:
    audience = data.get("audience", otherwise)
    if audience not in Note.Audience.values:
        raise AnswersUnfit({"audience": _("Choose who may read it.")})
    return audience


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


# Notes --------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notebook(request, slug):
    """All one's notes here; a longer one is written here."""
    participant = _room(request, slug)
    problem = ""
    if request.method == "POST":
        try:
            said = _said(request.POST, participant, None)
            notes.write(participant, said, actor=request.user, now=timezone.now())
        except AnswersUnfit as error:
            problem = next(iter(error.problems.values()))
        else:
            messages.success(request, _("Kept."))
            return redirect("wander:notebook", slug)
    page = Paginator(notes.of(participant), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "study": participant.study, "page": page, "audiences": Note.Audience.choices, "problem": problem,
        "given": request.POST,
    }  # fmt: skip
    return render(request, "wander/notebook.html", context, status=422 if problem else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def note(request, slug, uid):
    """Change one note, or take it back. What stood before stays in the history."""
    participant = _room(request, slug)
    found = get_object_or_404(notes.of(participant), uid=uid)
    problem = ""
    if request.method == "POST":
        if request.POST.get("then") == "take back":
            notes.take_back(found, actor=request.user, now=timezone.now())
            messages.success(request, _("Taken back."))
            return redirect("wander:notebook", slug)
        try:
            notes.write(participant, _changed(request.POST, found), actor=request.user, now=timezone.now(),
                        instead_of=found)  # fmt: skip
        except AnswersUnfit as error:
            problem = next(iter(error.problems.values()))
        else:
            messages.success(request, _("Kept. What you wrote before is kept beside it."))
            return redirect("wander:notebook", slug)
    context = {"study": participant.study, "note": found, "audiences": Note.Audience.choices, "problem": problem}
    return render(request, "wander/note.html", context, status=422 if problem else 200)


def _changed(data, found: Note) -> notes.Said:
    passage = None
    if found.kind == Note.Kind.MARK:
        response = str(found.response.uid) if found.response else None
        passage = notes.Passage(found.start, found.end, response, found.turn)
    return notes.Said(
        kind=found.kind, text=data.get("text", ""), tag=data.get("tag", found.tag), item=found.item,
        other_item=found.other_item, passage=passage,
        audience=_audience(data, found.audience),
    )  # fmt: skip


app_name = "wander"
urlpatterns = [
    path("<slug:slug>/wander/", room, name="room"),
    path("<slug:slug>/wander/surprise/", surprise, name="surprise"),
    path("<slug:slug>/wander/notes/", notebook, name="notebook"),
    path("<slug:slug>/wander/notes/<uuid:uid>/", note, name="note"),
    path("<slug:slug>/wander/<uuid:uid>/", item, name="item"),
]
