"""Links that sign somebody in: the first admin's, and those of the demonstration. A page first, then a button."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import accounts
from annotate.accounts import BACKEND


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request, token):
    """Works while the site has no admin; afterwards the link leads nowhere."""
    if not (accounts.is_first_admin_token(token) and accounts.first_admin_wanted()):
        raise Http404("This link is not in use.")
    form = accounts.AccountForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid() and (user := _made(form)):
        login(request, user, backend=BACKEND)
        messages.success(request, "You are the first admin. From here you set up rubrics, studies and people.")
        return redirect("home")
    status = 422 if request.method == "POST" else 200
    return render(request, "joining/first_admin.html", {"form": form}, status=status)


def _made(form: accounts.AccountForm):
    try:
        with transaction.atomic():
            user = form.create()
            return user and accounts.make_first_admin(user, now=timezone.now())
    except accounts.AdminExists as error:
        raise Http404("This link is not in use.") from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request, token):
    """Sign in as one of the people of the demonstration."""
    user = accounts.demo_user(token)
    if user is None:
        raise Http404("This link is not in use.")
    if request.method == "POST":
        login(request, user, backend=BACKEND)
        return redirect("home")
    return render(request, "joining/demo.html", {"person": user})


app_name = "welcome"
urlpatterns = [
    path("as/<str:token>/", demo, name="demo"),
    path("<str:token>/", first_admin, name="first_admin"),
]
