"""Looking back: what a person has read, and what they said."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotate import permissions
from annotate.forms.words import SETTLED, summary
from annotate.views.judging.texts import responses_of, turns_of
from judgments import submission
from judgments.models import Assignment, Judgment

HISTORY_LENGTH = 200


def judged(request, assignment: Assignment, latest: Judgment) -> HttpResponse:
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "latest": latest,
        "said": summary(submission.answers_of(latest), assignment),
        "turns": turns_of(assignment),
        "responses": responses_of(assignment),
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
