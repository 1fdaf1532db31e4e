"""The queue: what is waiting, and going on to it."""

from statistics import median

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from annotate import permissions
from judgments import assignment as assigning
from judgments.errors import NotYours, StudyClosed
from judgments.models import Assignment, Draft

MINUTES_PER_ITEM = 2.5
"""Assumed until a person's own pace is known: a few hundred words, six questions, a line of reasons."""
SITTING_MINUTES = 30


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
    return redirect(next_address(participant))


def next_address(participant) -> str:
    try:
        found = assigning.next_assignment(participant, now=timezone.now())
    except (StudyClosed, NotYours):
        found = None
    if found is None:
        return reverse("judging:queue", args=[participant.study.slug])
    return reverse("judging:item", args=[found.uid])
