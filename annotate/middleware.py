"""A request id on every response and log line, and one line per request."""

import re
import time
import uuid

import structlog

log = structlog.get_logger("annotate.request")
_SECRET = re.compile(r"^/(join|welcome/\w+|welcome)/.+")


class RequestLog:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        milliseconds = round((time.perf_counter() - started) * 1_000, 1)
        # No query, which may hold a search, and no code of an invitation or of a link that signs in.
        path = _SECRET.sub(r"/\1/…", request.path)
        log.info("request", method=request.method, path=path, status=response.status_code, ms=milliseconds)
        return response
