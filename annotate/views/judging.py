"""The queue, the judging page, and looking back: an annotator's pages."""

import json
import uuid
from dataclasses import dataclass
from statistics import median

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotate import permissions
from annotate.forms.judging import JudgingForm, key_for
from annotate.forms.words import SETTLED, summary
from judgments import assignment as assigning
from judgments import submission
from judgments.errors import (
    AlreadyJudged,
    AnswersUnfit,
    DraftConflict,
    IdempotencyConflict,
    NotYours,
    RubricChanged,
    StaleRevision,
    StudyClosed,
)
from judgments.models import Assignment, Draft, Judgment

MINUTES_PER_ITEM = 2.5
"""Assumed until a person's own pace is known: a few hundred words, six questions, a line of reasons."""
SITTING_MINUTES = 30
HISTORY_LENGTH = 200
SPEAKERS = {"person": "Person", "user": "Person", "model": "Model", "assistant": "Model", "system": "Setting"}


# The queue ----------------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def queue(request, slug):
    participant = permissions.participant_for(request.user, slug)
    study = participant.study
    read = participant.assignments.filter(state=Assignment.State.JUDGED).count()
    held = _held(participant)
    context = {
        "study": study,
        "read": read,
        "waiting": assigning.waiting(participant, study) if study.is_open else 0,
        "held": held,
        "half_read": held is not None and Draft.objects.filter(assignment=held).exists(),
        "half_an_hour": _items_in(SITTING_MINUTES, participant),
    }
    return render(request, "judging/queue.html", context)


def _held(participant) -> Assignment | None:
    held = participant.assignments.filter(state=Assignment.State.OFFERED).select_related("item__scenario")
    return held.order_by("position").first()


def _items_in(minutes: int, participant) -> int:
    """About how many items this person reads in so many minutes, by the median of their last twenty."""
    lately = participant.judgments.filter(revision=0).order_by("-pk").values_list("steps_ms", flat=True)[:20]
    spent = [sum(steps.values()) / 60_000 for steps in lately if steps]
    pace = median(spent) if len(spent) >= 3 else MINUTES_PER_ITEM
    return max(1, min(30, round(minutes / max(pace, 0.5))))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def next_item(request, slug):
    participant = permissions.participant_for(request.user, slug)
    if request.method != "POST":  # Somebody who had to sign in on the way.
        return redirect("judging:queue", slug)
    return redirect(_next_address(participant))


def _next_address(participant) -> str:
    try:
        found = assigning.next_assignment(participant, now=timezone.now())
    except (StudyClosed, NotYours):
        found = None
    if found is None:
        return reverse("judging:queue", args=[participant.study.slug])
    return reverse("judging:item", args=[found.uid])


# One item -----------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def item(request, uid):
    assignment = permissions.assignment_for(request.user, uid)
    if request.method == "POST":
        return _save(request, assignment)
    latest = _latest(assignment)
    if latest is not None and "revise" not in request.GET:
        return _judged(request, assignment, latest)
    if assignment.item.hidden_at is not None or assignment.state == Assignment.State.SKIPPED:
        return render(request, "judging/gone.html", {"assignment": assignment, "study": assignment.study})
    assigning.open_item(assignment, now=timezone.now())
    draft = Draft.objects.filter(assignment=assignment).first()
    return _page(request, assignment, JudgingForm(assignment, given=_given(draft, latest)), latest, draft)


def _latest(assignment: Assignment) -> Judgment | None:
    return assignment.judgments.order_by("-revision").first()


def _given(draft: Draft | None, latest: Judgment | None) -> dict:
    """What the page starts from: the draft, else the judgment to be revised, else nothing."""
    if draft is not None:
        return draft.answers if isinstance(draft.answers, dict) else {}
    return submission.answers_of(latest).plain() if latest is not None else {}


def _page(request, assignment, form: JudgingForm, latest, draft, *, status=200, notice="") -> HttpResponse:
    revision = 0 if latest is None else latest.revision + 1
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "form": form,
        "turns": _turns(assignment),
        "responses": _responses(assignment),
        "tags": list(assignment.rubric_version.tags.all()),
        "key": key_for(assignment, revision),
        "supersedes": latest,
        "draft_revision": draft.revision if draft else 0,
        "notice": notice,
        "now_in_draft": draft is not None,
    }
    return render(request, "judging/item.html", context, status=status)


@dataclass(frozen=True)
class Text:
    """A text to be read and marked. `place` is the mark's field and value."""

    id: str
    speaker: str
    language: str
    field: str
    place: str
    text: str | None


def _turns(assignment: Assignment) -> list[Text]:
    scenario = assignment.item.scenario
    return [
        Text(
            f"turn-{number}", SPEAKERS.get(message.get("role", ""), "Person"),
            message.get("lang") or scenario.language, "turn", str(number), message["content"],
        )
        for number, message in enumerate(scenario.messages)
    ]  # fmt: skip


def _responses(assignment: Assignment) -> list[Text]:
    """The responses in the order drawn for this person, lettered as they stand; one alone is the model's turn."""
    rank = {uid: place for place, uid in enumerate(assignment.response_order)}
    shown = assignment.item.shown.select_related("response").defer("response__details")
    found = sorted((row.response for row in shown), key=lambda response: rank.get(str(response.uid), len(rank)))
    names = ["Model"] if len(found) == 1 else [f"Response {chr(ord('A') + number)}" for number in range(len(found))]
    return [
        Text(
            f"response-{number}", name, response.language or assignment.item.scenario.language,
            "response", str(response.uid), response.text,
        )
        for number, (name, response) in enumerate(zip(names, found, strict=True))
    ]  # fmt: skip


# Saving -------------------------------------------------------------------------------------------


def _save(request, assignment: Assignment) -> HttpResponse:
    form = JudgingForm(assignment, data=request.POST)
    latest = _latest(assignment)
    if not form.is_valid():
        return _shown_again(request, assignment, form, 422)
    try:
        receipt = submission.submit(
            assignment, form.answers, key=form.key or key_for(assignment, latest.revision + 1 if latest else 0),
            actor=request.user, now=timezone.now(), rubric_version=form.shown_version,
            supersedes=form.supersedes, circumstances=form.circumstances,
        )  # fmt: skip
    except (AlreadyJudged, IdempotencyConflict, StaleRevision):
        return _met_another(request, assignment, form)
    except RubricChanged:
        words = "The questions were changed since this page was opened. Your answers are kept; look them over once."
        return _shown_again(request, assignment, form, 409, notice=words)
    except StudyClosed:
        return _closed(request, assignment, form)
    return _go_on(request, assignment, form, revised=receipt.judgment.revision > 0)


def _shown_again(request, assignment, form, status: int, *, notice="") -> HttpResponse:
    latest = _latest(assignment) if form.supersedes else None
    draft = Draft.objects.filter(assignment=assignment).first()
    return _page(request, assignment, form, latest, draft, status=status, notice=notice)


def _met_another(request, assignment: Assignment, form: JudgingForm) -> HttpResponse:
    """Another window or device saved first. The same answers go on; others are shown side by side."""
    latest = _latest(assignment)
    if latest is None:
        return _shown_again(request, assignment, form, 409, notice="This page was too old. Please save once more.")
    kept = submission.answers_of(latest)
    if kept.plain() == form.answers.plain():
        return _go_on(request, assignment, form, revised=latest.revision > 0)
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "latest": latest,
        "kept": summary(kept, assignment),
        "typed": summary(form.answers, assignment),
        "fields": _fields(request.POST),
        "key": key_for(assignment, latest.revision + 1),
    }
    return render(request, "judging/both.html", context, status=409)


def _fields(data) -> list[tuple[str, str]]:
    """The posted answers as they came, to be sent once more under another key."""
    ours = {"csrfmiddlewaretoken", "key", "supersedes"}
    return [(name, value) for name, values in data.lists() if name not in ours for value in values]


def _closed(request, assignment: Assignment, form: JudgingForm) -> HttpResponse:
    context = {"study": assignment.study, "typed": summary(form.answers, assignment)}
    return render(request, "judging/closed.html", context, status=409)


def _go_on(request, assignment: Assignment, form: JudgingForm, *, revised: bool) -> HttpResponse:
    if revised:
        messages.success(request, "Saved. What you said before is kept beside it.")
        return _see_other("judging:history", assignment.study.slug)
    messages.success(request, f"Saved. {_left_open(form)}".strip())
    response = redirect(_next_address(assignment.participant))
    response.status_code = 303
    return response


def _left_open(form: JudgingForm) -> str:
    number = len(form.dimensions) - len(form.answers.ratings)
    if number == 0:
        return ""
    return "One question left open. That is fine." if number == 1 else f"{number} questions left open. That is fine."


def _see_other(name: str, *arguments) -> HttpResponse:
    response = redirect(name, *arguments)
    response.status_code = 303
    return response


@require_http_methods(["PUT"])
@never_cache
def draft(request, uid):
    """What is on the page, kept while it is being written. Programs read the answers, so they are JSON."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    assignment = permissions.assignment_for(request.user, uid)
    try:
        said = json.loads(request.body, parse_constant=_refused)
        answers, based_on = said["answers"], said["based_on"]
        revises = uuid.UUID(said["revises"]) if said.get("revises") else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    if not isinstance(answers, dict) or type(based_on) is not int or not 0 <= based_on < 2**31 - 1:
        return JsonResponse({"error": "malformed"}, status=400)
    try:
        kept = submission.save_draft(
            assignment, answers, based_on=based_on, revises=revises, actor=request.user, now=timezone.now()
        )
    except DraftConflict as error:
        newer = {"error": error.code, "revision": error.draft.revision, "answers": error.draft.answers}
        return JsonResponse(newer, status=409)
    except (AlreadyJudged, StaleRevision, StudyClosed) as error:
        return JsonResponse({"error": error.code}, status=409)
    except AnswersUnfit as error:
        return JsonResponse({"error": error.code, "problems": error.problems}, status=422)
    return JsonResponse({"revision": kept.revision})


def _refused(constant: str):
    raise ValueError(f"{constant} is not a number that can be kept.")


@login_required
@require_POST
def skip(request, uid):
    assignment = permissions.assignment_for(request.user, uid)
    assigning.skip(assignment, actor=request.user, now=timezone.now())
    messages.success(request, "Given back. It will not come to you again.")
    response = redirect(_next_address(assignment.participant))
    response.status_code = 303
    return response


# Looking back -------------------------------------------------------------------------------------


def _judged(request, assignment: Assignment, latest: Judgment) -> HttpResponse:
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "latest": latest,
        "said": summary(submission.answers_of(latest), assignment),
        "turns": _turns(assignment),
        "responses": _responses(assignment),
        "can_go_on": assignment.study.is_open,
    }
    return render(request, "judging/judged.html", context)


@login_required
@require_GET
@never_cache
def history(request, slug):
    participant = permissions.participant_for(request.user, slug)
    read = participant.assignments.filter(state=Assignment.State.JUDGED).select_related("item__scenario")
    rows = read.annotate(
        revisions=Count("judgments"), said_at=Max("judgments__created_at")
    ).order_by("-said_at")[:HISTORY_LENGTH]  # fmt: skip
    settled = dict(
        Judgment.objects.filter(assignment__in=[row.pk for row in rows])
        .order_by("revision")
        .values_list("assignment", "settled")
    )
    entries = [(row, SETTLED.get(settled.get(row.pk), "")) for row in rows]
    return render(request, "judging/history.html", {"study": participant.study, "entries": entries})


app_name = "judging"
urlpatterns = [
    path("items/<uuid:uid>/", item, name="item"),
    path("items/<uuid:uid>/draft/", draft, name="draft"),
    path("items/<uuid:uid>/skip/", skip, name="skip"),
    path("<slug:slug>/", queue, name="queue"),
    path("<slug:slug>/next/", next_item, name="next"),
    path("<slug:slug>/history/", history, name="history"),
]
