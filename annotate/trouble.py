"""When the database is away or full: an honest answer with when to come back, never a half state and never a 500.

Whole transactions have been tried again before (judgments.transactions). What is still in the way is said
to people on a page, to programs as JSON; both keep what they were about to send.
"""

import sys

import structlog
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from judgments.transactions import is_storage_full, passes

log = structlog.get_logger("annotate.trouble")

WORDS = {
    "storage_full": "The disk of this server is full. Nothing of this was kept; send the same again later.",
    "try_again": "The database does not answer just now. Send the same again in a moment.",
}
RETRY_AFTER_SECONDS = {"storage_full": 60, "try_again": 5}


def code_of(error: BaseException | None) -> str | None:
    """What to call this trouble; None where it is none that passes by itself."""
    if not isinstance(error, (DatabaseError, InterfaceError)):
        return None
    if is_storage_full(error):
        return "storage_full"
    return "try_again" if passes(error) else None


def answer(request: HttpRequest, code: str) -> HttpResponse:
    """503 with Retry-After: JSON for programs and scripts, a page that needs no database for people."""
    response: HttpResponse
    if "text/html" in request.headers.get("Accept", ""):
        response = HttpResponse(render_to_string("503.html", {"words": WORDS[code]}), status=503)
    else:
        body = {"code": code, "error": code, "message": WORDS[code], "request_id": getattr(request, "id", "")}
        response = JsonResponse(body, status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS[code])
    response["Cache-Control"] = "no-store"
    return response


class DatabaseAway:
    """Catches what a view lets through. What fails before it, such as reading the session, ends in `handler500`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        code = code_of(exception)
        if code is None:
            return None
        log.warning("database_trouble", code=code, error=type(exception).__name__)
        return answer(request, code)


def handler500(request: HttpRequest) -> HttpResponse:
    """Django calls this inside its `except`: the error is the one being handled."""
    code = code_of(sys.exc_info()[1])
    return answer(request, code) if code else server_error(request)
