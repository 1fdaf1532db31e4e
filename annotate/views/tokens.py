"""Tokens of one's own: see them, make one, revoke one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotate import tokens

CHOICES = (30, tokens.DAYS, 365)


@never_cache
@login_required
@require_GET
def index(request):
    return _page(request)


@never_cache
@login_required
@require_POST
def make(request):
    days = request.POST.get("days", "")
    if days not in map(str, CHOICES):
        return _page(request, status=422, problem="Choose how long the token should last.")
    _, text = tokens.issue(request.user, days=int(days))
    # Shown in this one answer: nothing that is kept holds the token itself.
    return _page(request, status=201, made=text)


@login_required
@require_POST
def revoke(request, prefix):
    if tokens.revoke(request.user, prefix):
        messages.success(request, f"The token {prefix}… no longer opens anything.")
    return redirect("tokens:index")


def _page(request, *, status=200, made="", problem=""):
    context = {
        "tokens": tokens.usable(request.user, now=timezone.now()),
        "choices": CHOICES,
        "usual": tokens.DAYS,
        "made": made,
        "problem": problem,
    }
    return render(request, "tokens/index.html", context, status=status)


app_name = "tokens"
urlpatterns = [
    path("", index, name="index"),
    path("make/", make, name="make"),
    path("<slug:prefix>/revoke/", revoke, name="revoke"),
]
