"""Pausing: a calm page, a line for oneself, going on or finishing, and what stays with somebody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotate import permissions
from annotate.views.queue import Counted, held_by, next_address
from judgments import care, sittings
from judgments.models import ErasableText

LONGEST_LINE = 300


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request, slug):
    """Paused: nothing is asked. A line may be left; then on, or enough for today."""
    participant, now = permissions.participant_for(request.user, slug), timezone.now()
    held = held_by(participant)
    if request.method == "POST":
        line = request.POST.get("where", "")[:LONGEST_LINE]
        if line.strip() != sittings.bookmark_of(participant, held):
            sittings.leave_bookmark(participant, line, assignment=held, now=now)
        if request.POST.get("then") == "finish":
            sittings.finish(participant, now=now)
            messages.success(request, _("Enough for today. Everything is saved."))
            return redirect("judging:queue", slug)
        sittings.rest(participant, now=now)
        return redirect(next_address(participant))
    page = {
        "study": participant.study,
        "held": held,
        "where": sittings.bookmark_of(participant, held),
        "counted": Counted.of(sittings.counted(participant)),
    }
    return render(request, "pause/pause.html", page)


@login_required
@require_POST
def not_now(request, slug):
    """A break was offered and declined: it is offered again as long after."""
    participant = permissions.participant_for(request.user, slug)
    sittings.rest(participant, now=timezone.now())
    return redirect(next_address(participant))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stays(request, slug):
    """Something here stays with me: whom to talk to, a word to the named contact, and leaving such items out."""
    participant, now = permissions.participant_for(request.user, slug), timezone.now()
    study, about = participant.study, held_by(participant) or _last_read(participant)
    notes = about.item.scenario.content_notes if about else []
    if request.method == "POST":
        spared = [note for note in request.POST.getlist("spare") if note in notes]
        care.spare(participant, spared, now=now)
        if study.care_contact_id is not None and request.POST.get("words", "").strip():
            care.ask_for_care(participant, request.POST["words"], assignment=about, actor=request.user, now=now)
            messages.success(request, _("Your words went to the person named here, and to nobody else."))
        if spared:
            messages.success(request, _("Such items are left out from now on."))
        return redirect("pause:pause", slug)
    page = {
        "study": study,
        "lines": [line.strip() for line in study.care_lines.splitlines() if line.strip()],
        "contact": study.care_contact,
        "notes": notes,
    }
    return render(request, "pause/stays.html", page)


def _last_read(participant):
    return participant.assignments.filter(ended_at__isnull=False).select_related("item__scenario").order_by(
        "-ended_at"
    ).first()  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def heard(request):
    """For the contact a study names: what its readers wrote. Nobody else finds anything here."""
    requests = permissions.care_requests_for(request.user)[:200]
    texts = ErasableText.objects.in_bulk([one.text_id for one in requests if one.text_id])
    rows = [(one, texts[one.text_id].text if one.text_id in texts else "") for one in requests]
    return render(request, "pause/heard.html", {"rows": rows})


app_name = "pause"
urlpatterns = [
    path("heard/", heard, name="heard"),
    path("<slug:slug>/pause/", pause, name="pause"),
    path("<slug:slug>/not-now/", not_now, name="not_now"),
    path("<slug:slug>/stays-with-me/", stays, name="stays"),
]
