"""Saving: accept what a page says, or show again what could not be saved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from annotate import permissions
from annotate.forms.judging import JudgingForm, key_for
from annotate.forms.words import summary
from annotate.views.judging.page import latest_of, shown_again
from annotate.views.judging.queue import next_address
from judgments import assignment as assigning
from judgments import submission
from judgments.errors import AlreadyJudged, IdempotencyConflict, RubricChanged, StaleRevision, StudyClosed
from judgments.models import Assignment


def save(request, assignment: Assignment) -> HttpResponse:
    form = JudgingForm(assignment, data=request.POST)
    latest = latest_of(assignment)
    if not form.is_valid():
        return shown_again(request, assignment, form, 422)
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
        return shown_again(request, assignment, form, 409, notice=words)
    except StudyClosed:
        return _closed(request, assignment, form)
    return _go_on(request, assignment, form, revised=receipt.judgment.revision > 0)


def _met_another(request, assignment: Assignment, form: JudgingForm) -> HttpResponse:
    """Another window or device saved first. The same answers go on; others are shown side by side."""
    latest = latest_of(assignment)
    if latest is None:
        return shown_again(request, assignment, form, 409, notice="This page was too old. Please save once more.")
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
    response = redirect(next_address(assignment.participant))
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


@login_required
@require_POST
def skip(request, uid):
    assignment = permissions.assignment_for(request.user, uid)
    assigning.skip(assignment, actor=request.user, now=timezone.now())
    messages.success(request, "Given back. It will not come to you again.")
    response = redirect(next_address(assignment.participant))
    response.status_code = 303
    return response
