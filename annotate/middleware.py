"""A request id on every response and log line, and one line per request."""

import time
import uuid

import structlog

log = structlog.get_logger("annotate.request")


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
        # The path only: a query may hold an invitation code or a search.
        log.info("request", method=request.method, path=request.path, status=response.status_code, ms=milliseconds)
        return response
