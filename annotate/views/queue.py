"""The queue: what is waiting, the time counted, and going on."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotate import permissions
from annotate.views.history import pairs_to_settle
from judgments import assignment as assigning
from judgments import notes, sittings, standing
from judgments.errors import NotYours, StudyClosed
from judgments.models import Assignment, Participant, TimeCorrection

MINUTES_PER_ITEM = 2.5
"""Assumed until a person's own pace is known: a few hundred words, six questions, a line of reasons."""
SITTING_MINUTES = 30
LOOK_BACK_AFTER = timedelta(days=60)
MOST_ACTIVE_MS = 10 * 60 * 1_000


@dataclass(frozen=True)
class Counted:
    """Time in words: hours and whole minutes."""

    hours: int
    minutes: int

    @classmethod
    def of(cls, time: timedelta) -> "Counted":
        return cls(*divmod(int(time.total_seconds()) // 60, 60))


@login_required
@require_GET
@never_cache
def queue(request, slug):
    participant, now = permissions.participant_for(request.user, slug), timezone.now()
    study, place = participant.study, standing.of(participant, now=now)
    if place.consent_wanted and not place.has_left and study.is_open:
        return redirect("part:consent", slug)
    held = held_by(participant)
    so_far = _so_far(participant, now)
    sitting = sittings.current(participant, now=now)
    context = {
        "study": study,
        "participant": participant,
        **so_far,
        "waiting": assigning.waiting(participant, study) if study.is_open and not place.has_left else 0,
        "held": held,
        "half_read": held is not None and hasattr(held, "draft"),
        "bookmark": sittings.bookmark_of(participant, held) if held else "",
        "half_an_hour": _items_in(SITTING_MINUTES, participant),
        "in_sitting": sittings.read_in(sitting) if sitting else 0,
        "counted": Counted.of(sittings.counted(participant)),
        "has_left": place.has_left,
        "enough": place.is_enough and (held is None or held.opened_at is None),
        "wanders": not place.has_left and notes.open_items(participant).exists(),
        "pairs": len(pairs_to_settle(participant)) if so_far["again"] else 0,
    }
    return render(request, "queue/queue.html", context)


def held_by(participant: Participant) -> Assignment | None:
    """What is held for this person now."""
    held = participant.assignments.filter(state=Assignment.State.OFFERED).select_related("item__scenario", "draft")
    return held.order_by("position").first()


def _so_far(participant: Participant, now) -> dict[str, int]:
    """How much was read: altogether, a while ago, and a second time."""
    read = participant.assignments.filter(state=Assignment.State.JUDGED)
    return read.aggregate(
        read=Count("pk"),
        older=Count("pk", filter=Q(ended_at__lt=now - LOOK_BACK_AFTER)),
        again=Count("pk", filter=Q(occasion__gt=0)),
    )


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
    """Where this person goes on: the item held or offered now, else the queue, which says why there is none."""
    try:
        found = assigning.next_assignment(participant, now=timezone.now())
    except (StudyClosed, NotYours):
        found = None
    if found is None:
        return reverse("judging:queue", args=[participant.study.slug])
    return reverse("judging:item", args=[found.uid])


# Time ---------------------------------------------------------------------------------------------


@login_required
@require_POST
@never_cache
def beat(request, slug):
    """A page says that its reader was active for so many milliseconds since it last said so."""
    participant = permissions.participant_for(request.user, slug)
    said = request.POST.get("active_ms", "")
    if not (said.isascii() and said.isdigit() and len(said) < 9):
        return HttpResponse(status=400)
    active = timedelta(milliseconds=min(int(said), MOST_ACTIVE_MS))
    sittings.beat(participant, active, now=timezone.now())
    return HttpResponse(status=204)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def time(request, slug):
    """The time counted, sitting by sitting, and how to correct it."""
    participant = permissions.participant_for(request.user, slug)
    if request.method == "POST":
        minutes = _minutes(request.POST)
        if minutes is None:
            return _time_page(request, participant, status=422)
        sittings.correct(participant, minutes, request.POST.get("why", ""), actor=request.user, now=timezone.now())
        words = ngettext("%d minute added.", "%d minutes added.", minutes) if minutes > 0 else ngettext(
            "%d minute taken off.", "%d minutes taken off.", -minutes
        )  # fmt: skip
        messages.success(request, words % abs(minutes))
        return redirect("queue:time", slug)
    return _time_page(request, participant)


def _minutes(data) -> int | None:
    """Whole minutes to add, or to take off; None for anything that is not a plausible number."""
    said = data.get("minutes", "").strip()
    if not (said.isascii() and said.isdigit() and 0 < int(said[:6]) <= TimeCorrection.MOST_MINUTES):
        return None
    return -int(said) if data.get("way") == "off" else int(said)


def _time_page(request, participant, status=200):
    spans = [(row.begun_at, Counted.of(timedelta(seconds=row.active_seconds)))
             for row in participant.sittings.filter(active_seconds__gt=0).order_by("-pk")[:60]]  # fmt: skip
    page = {
        "study": participant.study,
        "counted": Counted.of(sittings.counted(participant)),
        "spans": spans,
        "corrections": participant.time_corrections.select_related("why").order_by("-pk")[:60],
        "problem": _("Write a number of minutes from 1 to 600.") if status == 422 else "",
        "given": request.POST,
    }
    return render(request, "queue/time.html", page, status=status)


app_name = "queue"
urlpatterns = [
    path("<slug:slug>/beat/", beat, name="beat"),
    path("<slug:slug>/time/", time, name="time"),
]
