"""How a person likes to read, and their keys: a page without scripts, a panel with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotate.forms.reader import ReaderForm, settings_of
from annotate.views.judging.page import settings_context


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings(request):
    is_program = "application/json" in request.headers.get("Accept", "")
    if not request.user.is_authenticated and is_program:
        return JsonResponse({"error": "signed_out"}, status=401)
    return _settings(request, is_program=is_program)


@login_required
def _settings(request, *, is_program: bool):
    back = _back(request)
    if request.method != "POST":
        return render(request, "judging/settings.html", settings_context(settings_of(request.user)) | {"back": back})
    form = ReaderForm(settings_of(request.user), request.POST)
    if not form.is_valid():
        if is_program:
            return JsonResponse({"error": "unfit", "problems": form.errors}, status=422)
        context = settings_context(settings_of(request.user), form) | {"back": back, "problems": form.errors}
        return render(request, "judging/settings.html", context, status=422)
    request.user.reader_settings = form.settings()
    request.user.save(update_fields=["reader_settings"])
    if is_program:
        return JsonResponse({"settings": settings_of(request.user)})
    messages.success(request, _("Kept. It holds wherever you sign in."))
    return redirect(back or "judging:settings")


def _back(request) -> str:
    """Where the person came from, if that is a page of this site."""
    said = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return said if safe else ""
