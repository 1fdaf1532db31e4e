"""Drafts: what is on a page, kept while it is being written."""

import json
import uuid

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from judgments import submission
from judgments.errors import AlreadyJudged, AnswersUnfit, DraftConflict, StaleRevision, StudyClosed


@require_http_methods(["PUT"])
@never_cache
def draft(request, uid):
    """What is on the page, kept while it is being written. Programs read the answers, so they are JSON."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    assignment = permissions.assignment_for(request.user, uid)
    try:
        said = json.loads(request.body, parse_constant=_refused)
        answers, based_on = said["answers"], said["based_on"]
        revises = uuid.UUID(said["revises"]) if said.get("revises") else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    if not isinstance(answers, dict) or type(based_on) is not int or not 0 <= based_on < 2**31 - 1:
        return JsonResponse({"error": "malformed"}, status=400)
    try:
        kept = submission.save_draft(
            assignment, answers, based_on=based_on, revises=revises, actor=request.user, now=timezone.now()
        )
    except DraftConflict as error:
        newer = {"error": error.code, "revision": error.draft.revision, "answers": error.draft.answers}
        return JsonResponse(newer, status=409)
    except (AlreadyJudged, StaleRevision, StudyClosed) as error:
        return JsonResponse({"error": error.code}, status=409)
    except AnswersUnfit as error:
        return JsonResponse({"error": error.code, "problems": error.problems}, status=422)
    return JsonResponse({"revision": kept.revision})


def _refused(constant: str):
    raise ValueError(f"{constant} is not a number that can be kept.")
