"""Items held ahead and handed over whole, so that reading goes on without a network."""

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from annotate import permissions
from annotate.views.judging.page import page
from annotate.views.judging.questions import questions_of
from judgments import assignment as assigning
from judgments import care, first_readings
from judgments.errors import NotYours, StudyClosed
from judgments.models import Assignment, Draft

USUAL = 3
"""The item on the page and the two after it."""
ALONG = 30
ALONG_HOURS = 24


@require_POST
@never_cache
def ahead(request, slug):
    """The next items as pages and questions, held for the caller; with `along` many of them, for a day.

    have: uids of items that are on the device already. Nothing here counts as having been opened. The answer
    names all that is held, so that a device can let go of what is not any more.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    participant = permissions.participant_for(request.user, slug)
    along = request.POST.get("along") == "1"
    try:
        held = assigning.take_along(
            participant, count=ALONG if along else USUAL, hours=ALONG_HOURS if along else None, now=timezone.now()
        )
    except (StudyClosed, NotYours) as error:
        return JsonResponse({"error": error.code}, status=409)
    still = participant.assignments.filter(state=Assignment.State.OFFERED).values_list("uid", flat=True)
    have = set(request.POST.get("have", "").split())
    wanted = [permissions.assignment_for(request.user, one.uid) for one in held if str(one.uid) not in have]
    # What somebody wants to be warned of is fetched when they have chosen to read it, not before.
    items = [_whole(request, one) for one in wanted if not care.warned_of(one)]
    return JsonResponse({"held": [str(uid) for uid in still], "items": items})


def _whole(request, assignment: Assignment) -> dict:
    draft = Draft.objects.filter(assignment=assignment).first()
    asks_first = first_readings.is_wanted(assignment)
    shown = page(request, assignment, draft=draft, asks_first=asks_first)
    return {
        "assignment": str(assignment.uid),
        "url": reverse("judging:item", args=[assignment.uid]),
        "title": assignment.item.scenario.title,
        "position": assignment.position,
        "page": shown.content.decode(),
        "questions": questions_of(request, assignment) if asks_first else "",
    }
