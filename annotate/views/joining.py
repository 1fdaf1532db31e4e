"""Joining a study by an invitation link: what it is, consent, an account, a place."""

import secrets

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotate.accounts import BACKEND, AccountForm
from annotate.forms import preferences
from annotate.forms.consent import ConsentForm
from judgments import backgrounds, care, invitations
from judgments.errors import InvitationUnusable
from judgments.models import Invitation, Participant, Role


@never_cache
@require_safe
def code(request):
    """A place to paste a code that came without its link."""
    given = request.GET.get("code", "").strip().lower()
    if given.isascii() and given.isalnum():
        return redirect("joining:join", code=given)
    return render(request, "joining/code.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, code):
    now = timezone.now()
    try:
        invitation = invitations.find(code)
    except InvitationUnusable:
        return render(request, "joining/unknown.html", status=404)
    if request.user.is_authenticated and invitations.has_joined(invitation, request.user):
        return _into(invitation)
    if why := invitations.why_unusable(invitation, now=now, user=request.user):
        return _unusable(request, invitation, why)
    consent, account = _forms(request, invitation)
    if request.method == "POST":
        return _answer(request, invitation, consent, account, now)
    return _page(request, invitation, consent, account)


def _forms(request, invitation: Invitation) -> tuple[ConsentForm | None, AccountForm | None]:
    """The parts this person has to fill in: consent where the study asks for it, an account unless signed in."""
    data = request.POST if request.method == "POST" else None
    text = invitations.consent_text_for(invitation)
    consent = ConsentForm(text, data) if text else None
    account = None if request.user.is_authenticated else AccountForm(data, label_suffix="")
    return consent, account


def _answer(request, invitation: Invitation, consent, account, now):
    parts = [form for form in (consent, account) if form is not None]
    # Each part is checked, so that every problem is shown at once; a no needs nothing else.
    fine = [form.is_valid() for form in parts]
    if consent is not None and consent.declines:
        invitations.decline(invitation, now=now)
        return render(request, "joining/declined.html", {"invitation": invitation})
    if not all(fine):
        return _page(request, invitation, consent, account, status=422)
    try:
        with transaction.atomic():
            user = request.user if account is None else account.create()
            if user is None:
                return _page(request, invitation, consent, account, status=422)
            agreement = _agreement(consent) if consent is not None else None
            place = invitations.join(invitation, user, agreement=agreement, now=now, rng=secrets.SystemRandom())
            if isinstance(place, Participant):
                notes = care.notes_of(invitation.study)
                care.prefer(place, preferences.read(request.POST, notes), now=now)
    except InvitationUnusable as error:
        return _unusable(request, invitation, error.why)
    if account is not None:
        login(request, user, backend=BACKEND)
    _greet(request, place)
    return _first_steps(place) if isinstance(place, Participant) else _into(invitation)


def _agreement(consent: ConsentForm) -> invitations.Agreement:
    given = consent.cleaned_data
    return invitations.Agreement(consent.text, may_quote=given["may_quote"], may_publish=given["may_publish"])


def _first_steps(participant: Participant):
    """On to the questions about oneself where the study has any, else to the practice item."""
    step = "part:about" if backgrounds.facets_of(participant.study) else "part:practice"
    return redirect(step, slug=participant.study.slug)


def _greet(request, place) -> None:
    if isinstance(place, Participant):
        messages.success(request, f"Welcome. In this study you are known as “{place.code_name}”.")
    else:
        messages.success(request, f"Welcome. You have joined as {place.get_role_display()}.")


def _into(invitation: Invitation):
    """Where this kind of guest goes on."""
    if invitation.role == Role.ANNOTATOR:
        return redirect("judging:queue", slug=invitation.study.slug)
    if invitation.role == Role.RESEARCHER:
        return redirect("results:overview", slug=invitation.study.slug)
    return redirect("admin:index")


def _page(request, invitation: Invitation, consent, account, status=200):
    page = {"invitation": invitation, "study": invitation.study, "consent": consent, "account": account}
    if invitation.role == Role.ANNOTATOR:
        notes = care.notes_of(invitation.study)
        page["note_rows"] = preferences.rows(notes, preferences.read(request.POST, notes))
    return render(request, "joining/join.html", page, status=status)


def _unusable(request, invitation: Invitation, why: str):
    page = {"why": why, "invitation": invitation, "study": invitation.study}
    return render(request, "joining/unusable.html", page, status=410)


app_name = "joining"
urlpatterns = [
    path("", code, name="code"),
    path("<slug:code>/", join, name="join"),
]
