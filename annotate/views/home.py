"""The first page for each person, and help."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe


@require_safe
def home(request):
    return render(request, "home/home.html")


@require_safe
def help_page(request):
    return render(request, "home/help.html")


@login_required
@require_safe
def account(request):
    return render(request, "home/account.html")


urlpatterns = [
    path("", home, name="home"),
    path("help/", help_page, name="help"),
    path("you/", account, name="account"),
]
