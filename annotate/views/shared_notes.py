"""For researchers: the notes that people who wander have shared with them."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from annotate import permissions
from judgments import notes

A_PAGE = 50


@login_required
@require_safe
def shared(request, slug):
    study = permissions.study_for_researcher(request.user, slug)
    page = Paginator(notes.shared_with_researchers(study), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "wander/shared.html", {"study": study, "page": page})


app_name = "shared_notes"
urlpatterns = [path("<slug:slug>/notes/", shared, name="index")]
