"""Saving: accept what a page says, or show again what could not be saved."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotate.forms.judging import JudgingForm, key_for
from annotate.forms.words import summary
from annotate.views.judging.answering import is_late, own_assignment, problem, received
from annotate.views.judging.page import around, shown_again
from annotate.views.judging.words import left_open
from annotate.views.queue import next_address
from annotate.views.texts import latest_of
from judgments import assignment as assigning
from judgments import proposals, sittings, submission
from judgments.errors import (
    AlreadyJudged,
    AnswersUnfit,
    DissensusError,
    IdempotencyConflict,
    RubricChanged,
    StaleRevision,
    StudyClosed,
)
from judgments.models import Assignment, Proposal


def save(request, assignment: Assignment) -> HttpResponse:
    form = JudgingForm(assignment, data=request.POST)
    if not form.is_valid():
        return _unfit(request, assignment, form)
    key = form.key or _key_of(assignment)
    try:
        receipt = submission.submit(
            assignment, form.answers, key=key, actor=request.user, now=timezone.now(),
            rubric_version=form.shown_version, supersedes=form.supersedes,
            circumstances=form.circumstances(request.user),
        )  # fmt: skip
    except (AlreadyJudged, IdempotencyConflict, StaleRevision) as error:
        return _met_another(request, assignment, form, error)
    except RubricChanged as error:
        return _changed(request, assignment, form, error)
    except StudyClosed as error:
        return _closed(request, assignment, form, error)
    _propose(request, assignment, form, key)
    return _go_on(request, assignment, form, revised=receipt.judgment.revision > 0)


def _key_of(assignment: Assignment) -> uuid.UUID:
    """For a page that named none."""
    latest = latest_of(assignment)
    return key_for(assignment, latest.revision + 1 if latest else 0)


def _propose(request, assignment: Assignment, form: JudgingForm, key: uuid.UUID) -> None:
    """Beside the judgment: it stands whatever becomes of these, and sending both again changes nothing."""
    for kind, words in form.proposals.items():
        if not words.strip():
            continue
        own = uuid.uuid5(key, f"{kind}\n{words}")
        try:
            proposals.make(assignment, Proposal.Kind(kind), words, key=own, actor=request.user, now=timezone.now())
        except AnswersUnfit:
            messages.warning(request, _("One of your proposals is too long to be kept. The judgment is saved."))


def _unfit(request, assignment: Assignment, form: JudgingForm) -> HttpResponse:
    if request.is_program:
        return JsonResponse({"error": AnswersUnfit.code, "problems": form.problems}, status=422)
    return shown_again(request, assignment, form, 422)


def _met_another(request, assignment: Assignment, form: JudgingForm, error: DissensusError) -> HttpResponse:
    """Another window or device saved first. The same answers go on; others are shown side by side."""
    latest = latest_of(assignment)
    if latest is None:
        if request.is_program:
            return JsonResponse(problem(error), status=409)
        return shown_again(request, assignment, form, 409, notice=_("This page was too old. Please save once more."))
    kept = submission.answers_of(latest)
    if kept.plain() == form.answers.plain():
        return _go_on(request, assignment, form, revised=latest.revision > 0)
    if request.is_program:
        return JsonResponse(problem(error), status=409)
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "latest": latest,
        "kept": summary(kept, assignment),
        "typed": summary(form.answers, assignment),
        "fields": _fields(request.POST),
        "key": key_for(assignment, latest.revision + 1),
        "sent": form.key,
    }
    return render(request, "judging/both.html", context | around(request, assignment.study), status=409)


def _fields(data) -> list[tuple[str, str]]:
    """The posted answers as they came, to be sent once more under another key."""
    ours = {"csrfmiddlewaretoken", "key", "supersedes"}
    return [(name, value) for name, values in data.lists() if name not in ours for value in values]


def _changed(request, assignment: Assignment, form: JudgingForm, error: RubricChanged) -> HttpResponse:
    if request.is_program:
        return JsonResponse(problem(error), status=409)
    words = _("The questions were changed since this page was opened. Your answers are kept; look them over once.")
    return shown_again(request, assignment, form, 409, notice=words)


def _closed(request, assignment: Assignment, form: JudgingForm, error: StudyClosed) -> HttpResponse:
    if request.is_program:
        return JsonResponse(problem(error), status=409)
    context = {"study": assignment.study, "typed": summary(form.answers, assignment)}
    return render(request, "judging/closed.html", context, status=409)


def _go_on(request, assignment: Assignment, form: JudgingForm, *, revised: bool) -> HttpResponse:
    if revised:
        return _led_on(
            request,
            reverse("judging:history", args=[assignment.study.slug]),
            _("Saved. What you said before is kept beside it."),
        )
    if request.POST.get("scripts") != "1":
        sittings.count_without_scripts(assignment, now=timezone.now())
    if is_late(request):
        return JsonResponse(received(request) | {"next": reverse("judging:queue", args=[assignment.study.slug])})
    open_ones = left_open(len(form.dimensions) - len(form.answers.ratings))
    return _led_on(request, next_address(assignment.participant), f"{_('Saved.')} {open_ones}".strip())


def _led_on(request, address: str, words: str) -> HttpResponse:
    """To the next page, which says the words."""
    messages.success(request, words)
    if request.is_program:
        return JsonResponse(received(request) | {"next": address})
    answer = redirect(address)
    answer.status_code = 303
    return answer


@require_POST
@own_assignment
def skip(request, assignment: Assignment):
    """Not today: given back without a reason. What was proposed meanwhile is kept."""
    form = JudgingForm(assignment, data=request.POST)
    _propose(request, assignment, form, form.key or key_for(assignment, 0))
    assigning.skip(assignment, actor=request.user, now=timezone.now())
    if is_late(request):
        return JsonResponse(received(request) | {"next": reverse("judging:queue", args=[assignment.study.slug])})
    return _led_on(request, next_address(assignment.participant), _("Given back. It will not come to you again."))
