"""The judging page itself: what it needs to be drawn, for its first showing and for every one after it."""

from django.http import HttpResponse
from django.shortcuts import render

from annotate.forms.judging import JudgingForm, key_for
from annotate.views.judging.texts import responses_of, turns_of
from judgments import submission
from judgments.models import Assignment, Draft, Judgment


def latest_of(assignment: Assignment) -> Judgment | None:
    return assignment.judgments.order_by("-revision").first()


def given_of(draft: Draft | None, latest: Judgment | None) -> dict:
    """What the page starts from: the draft, else the judgment to be revised, else nothing."""
    if draft is not None:
        return draft.answers if isinstance(draft.answers, dict) else {}
    return submission.answers_of(latest).plain() if latest is not None else {}


def page(request, assignment, form: JudgingForm, latest, draft, *, status=200, notice="") -> HttpResponse:
    revision = 0 if latest is None else latest.revision + 1
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "form": form,
        "turns": turns_of(assignment),
        "responses": responses_of(assignment),
        "tags": list(assignment.rubric_version.tags.all()),
        "key": key_for(assignment, revision),
        "supersedes": latest,
        "draft_revision": draft.revision if draft else 0,
        "notice": notice,
        "now_in_draft": draft is not None,
    }
    return render(request, "judging/item.html", context, status=status)


def shown_again(request, assignment, form, status: int, *, notice="") -> HttpResponse:
    latest = latest_of(assignment) if form.supersedes else None
    draft = Draft.objects.filter(assignment=assignment).first()
    return page(request, assignment, form, latest, draft, status=status, notice=notice)
