"""About you: a short page of background questions, each of them optional."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from annotate.forms import background
from judgments import backgrounds
from judgments.models import Assignment


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request, slug):
    participant = permissions.participant_for(request.user, slug)
    facets = backgrounds.facets_of(participant.study)
    is_new = not participant.assignments.exclude(state=Assignment.State.OFFERED).exists()
    if request.method == "POST":
        told = background.read(request.POST, facets)
        backgrounds.tell(participant, told, actor=request.user, now=timezone.now())
        if is_new:
            return redirect("part:practice", slug)
        messages.success(request, _("Kept. What you left empty stays unasked."))
        return redirect("account")
    rows = background.rows(facets, backgrounds.told_by(participant))
    return render(request, "part/about.html", {"study": participant.study, "rows": rows, "is_new": is_new})
