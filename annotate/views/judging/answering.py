"""What the addresses that take work have in common: whose it is, and answers a script can read."""

import hashlib
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotate import permissions
from judgments.errors import DissensusError


def own_assignment(view):
    """Give the view the caller's own assignment. A script that is signed out is told so in its own terms."""

    @wraps(view)
    def asked(request, uid):
        request.is_program = "application/json" in request.headers.get("Accept", "")
        if not request.user.is_authenticated:
            if request.is_program:
                return JsonResponse({"error": "signed_out"}, status=401)
            return redirect_to_login(request.get_full_path())
        return view(request, permissions.assignment_for(request.user, uid))

    return asked


def received(request) -> dict[str, str]:
    """What the server has got, by its hash: only then does a device let go of its own copy.

    A body in parts has been read by now and cannot be hashed; no page of ours sends one.
    """
    if request.content_type == "multipart/form-data":
        return {"received": ""}
    return {"received": hashlib.sha256(request.body).hexdigest()}


def is_late(request) -> bool:
    """Whether a device sends what was done without a network: nobody is there to be led on or told."""
    return request.is_program and request.POST.get("offline") == "1"


def problem(error: DissensusError) -> dict:
    return {"error": error.code, "message": str(error)}


@require_safe
@never_cache
def signed_in(request):
    """Who is signed in, and a fresh token: how a page tells being signed out from anything else."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    return JsonResponse({"person": permissions.reader_key(request.user), "token": get_token(request)})
