"""Before an item its reader wants to be warned of: what it speaks of, and two ways on."""

from django.http import HttpResponse
from django.shortcuts import render

from judgments import care
from judgments.models import Assignment, Draft


def gate(request, assignment: Assignment) -> HttpResponse | None:
    """The page in place of the text; None where there is no note, or the reader chose to go on."""
    if "read" in request.GET or not (notes := care.warned_of(assignment)):
        return None
    if Draft.objects.filter(assignment=assignment).exists():  # The reader is in the midst of it.
        return None
    return render(request, "judging/gate.html", {"assignment": assignment, "study": assignment.study, "notes": notes})
