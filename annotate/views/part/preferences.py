"""Content notes: what somebody would rather be warned of, or not be shown, changed at any time."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from annotate.forms import preferences as forms
from judgments import care


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request, slug):
    participant = permissions.participant_for(request.user, slug)
    notes = care.notes_of(participant.study)
    if request.method == "POST":
        care.prefer(participant, forms.read(request.POST, notes), now=timezone.now())
        messages.success(request, _("Kept. It counts from the next item on."))
        return redirect("judging:queue", slug)
    rows = forms.rows(notes, care.preferences_of(participant))
    return render(request, "part/preferences.html", {"study": participant.study, "rows": rows})
