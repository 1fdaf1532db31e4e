"""Consent to a new text, and changing one's mind about an old one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate import permissions
from annotate.forms.consent import ConsentForm
from judgments import consents


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request, slug):
    participant = permissions.participant_for(request.user, slug)
    text = consents.text_of(participant.study)
    if text is None:
        raise Http404("This study asks for no consent.")
    latest = consents.latest(participant)
    given = latest if latest is not None and latest.text_id == text.pk else None
    if request.method != "POST":
        # What was agreed to in an older text is not carried over: nothing is chosen beforehand.
        return _page(request, participant, ConsentForm(text, initial=_said(given)), given, latest)
    form = ConsentForm(text, request.POST)
    if not form.is_valid():
        return _page(request, participant, form, given, latest, status=422)
    said = form.cleaned_data
    consents.give(
        participant, text, takes_part=not form.declines, may_quote=said["may_quote"],
        may_publish=said["may_publish"], actor=request.user, now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Kept as you said it. You can change it here at any time."))
    return redirect("judging:queue", slug)


def _said(given) -> dict:
    if given is None:
        return {}
    takes_part = "yes" if given.takes_part else "no"
    return {"takes_part": takes_part, "may_quote": given.may_quote, "may_publish": given.may_publish}


def _page(request, participant, form, given, latest, status=200):
    page = {"study": participant.study, "consent": form, "given": given, "earlier": latest if given is None else None}
    return render(request, "part/consent.html", page, status=status)
