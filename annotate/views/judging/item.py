"""One item: the judging page, or what was said about it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate.views.gate import gate
from annotate.views.history import judged
from annotate.views.judging.answering import own_assignment
from annotate.views.judging.page import page
from annotate.views.judging.saving import save
from annotate.views.texts import latest_of
from judgments import assignment as assigning
from judgments.models import Assignment, Draft


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@own_assignment
def item(request, assignment: Assignment) -> HttpResponse:
    if request.method == "POST":
        return save(request, assignment)
    latest = latest_of(assignment)
    if latest is not None and "revise" not in request.GET:
        return judged(request, assignment, latest)
    if assignment.item.hidden_at is not None or assignment.state == Assignment.State.SKIPPED:
        return render(request, "judging/gone.html", {"assignment": assignment, "study": assignment.study})
    if latest is None and (warning := gate(request, assignment)) is not None:
        return warning
    if assignment.opened_at is None:
        assigning.open_item(assignment, now=timezone.now())
    draft = Draft.objects.filter(assignment=assignment).first()
    return page(request, assignment, latest=latest, draft=draft)
