"""The first reading: kept and locked, and only then the questions."""

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from annotate import permissions
from annotate.forms.instrument import whole
from annotate.forms.judging import first_key, uuid_or_none
from annotate.views.judging.answering import is_late, own_assignment, problem, received
from annotate.views.judging.page import page
from annotate.views.judging.questions import questions_of
from judgments import first_readings
from judgments.errors import AnswersUnfit, DissensusError, FirstReadingLocked, StudyClosed
from judgments.models import Assignment


@require_POST
@never_cache
@own_assignment
def first(request, assignment: Assignment) -> HttpResponse:
    words = request.POST.get("first", "").replace("\r\n", "\n")
    key = uuid_or_none(request.POST.get("key", "")) or first_key(assignment)
    try:
        first_readings.write(
            assignment, words, key=key, actor=request.user, now=timezone.now(),
            marks=_marks(request.POST.get("marks", "")), reading_ms=whole(request.POST.get("reading_ms", "")),
        )  # fmt: skip
    except FirstReadingLocked as error:
        return _locked(request, assignment, words, error)
    except (AnswersUnfit, StudyClosed) as error:
        return _refused(request, assignment, words, error)
    if not request.is_program:
        answer = redirect("judging:item", assignment.uid)
        answer.status_code = 303
        return answer
    if is_late(request):
        return JsonResponse(received(request))
    assignment = permissions.assignment_for(request.user, assignment.uid)
    return JsonResponse(received(request) | {"questions": questions_of(request, assignment)})


def _locked(request, assignment: Assignment, words: str, error: FirstReadingLocked) -> HttpResponse:
    if request.is_program:
        return JsonResponse(problem(error) | {"questions": questions_of(request, assignment)}, status=409)
    assignment = permissions.assignment_for(request.user, assignment.uid)
    notice = _("Your first reading was kept in another window, and stays. This is what you wrote here:")
    return page(request, assignment, status=409, notice=notice, unkept=words)


def _refused(request, assignment: Assignment, words: str, error: DissensusError) -> HttpResponse:
    status = 422 if isinstance(error, AnswersUnfit) else 409
    if request.is_program:
        return JsonResponse(problem(error), status=status)
    return page(request, assignment, status=status, notice=_("This could not be kept as it is."), unkept=words)


def _marks(posted: str) -> list:
    try:
        marks = json.loads(posted or "[]")
    except (ValueError, RecursionError):
        return []
    return marks if isinstance(marks, list) else []
