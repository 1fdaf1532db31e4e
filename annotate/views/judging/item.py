"""One item: the judging page, or what was said about it."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from annotate.forms.judging import JudgingForm
from annotate.views.judging.history import judged
from annotate.views.judging.page import given_of, latest_of, page
from annotate.views.judging.saving import save
from judgments import assignment as assigning
from judgments.models import Assignment, Draft


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def item(request, uid):
    assignment = permissions.assignment_for(request.user, uid)
    if request.method == "POST":
        return save(request, assignment)
    latest = latest_of(assignment)
    if latest is not None and "revise" not in request.GET:
        return judged(request, assignment, latest)
    if assignment.item.hidden_at is not None or assignment.state == Assignment.State.SKIPPED:
        return render(request, "judging/gone.html", {"assignment": assignment, "study": assignment.study})
    assigning.open_item(assignment, now=timezone.now())
    draft = Draft.objects.filter(assignment=assignment).first()
    return page(request, assignment, JudgingForm(assignment, given=given_of(draft, latest)), latest, draft)
