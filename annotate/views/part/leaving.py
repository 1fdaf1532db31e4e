"""Leaving, in three steps of different reach; and taking one's own data along."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotate import permissions
from judgments import owndata, standing, withdrawal
from judgments.errors import TooLate
from judgments.models import Withdrawal

Scope = Withdrawal.Scope


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, slug):
    """Stop reading, take everything back, or cut the link to oneself; each is asked for by name."""
    participant = permissions.participant_for(request.user, slug)
    if request.method != "POST":
        return _page(request, participant)
    step = request.POST.get("step", "")
    if step not in _STEPS or request.POST.get("sure") != "1":
        return _page(request, participant, chosen=step if step in _STEPS else "", status=422)
    try:
        _STEPS[step](participant, actor=request.user, now=timezone.now())
    except TooLate:
        return _page(request, participant, status=409)
    messages.success(request, _SAID[step])
    return redirect("home" if step == Scope.LINK else "judging:queue", *([] if step == Scope.LINK else [slug]))


_STEPS = {Scope.PART: withdrawal.stop, Scope.JUDGMENTS: withdrawal.withdraw_judgments, Scope.LINK: withdrawal.unlink}
_SAID = {
    Scope.PART: _("You have stopped. What you said stays as you agreed."),
    Scope.JUDGMENTS: _("Everything you said has been taken out, and your words are erased."),
    Scope.LINK: _("Nothing leads from your code name to you any more."),
}


def _page(request, participant, *, chosen="", status=200):
    now = timezone.now()
    page = {
        "study": participant.study,
        "participant": participant,
        "chosen": chosen,
        "has_left": standing.of(participant, now=now).has_left,
        "can_take_back": withdrawal.is_open(participant.study, now=now),
        "released": list(withdrawal.released_with(participant)),
    }
    return render(request, "part/leave.html", page, status=status)


@login_required
@never_cache
@require_safe
def own_data(request, slug):
    participant = permissions.participant_for(request.user, slug)
    packed = owndata.as_zip(participant, now=timezone.now())
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{participant.study.slug}-my-data.zip"'
    return answer
