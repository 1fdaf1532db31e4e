"""One shape for every refusal: {code, message, errors: [{field, code, message}], request_id}.

Two carry something more: `already_submitted` the receipt of the judgment that is kept, `draft_conflict` the
newer draft.
"""

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from annotate import trouble
from annotate.api.serializers import DraftSerializer
from judgments import errors, submission

log = structlog.get_logger("annotate.api")

STATUS = {
    errors.NotYours: 404,
    errors.StudyClosed: 409,
    errors.EnoughForToday: 409,
    errors.ConsentWanted: 409,
    errors.HasLeft: 409,
    errors.AnswersUnfit: 422,
    errors.RubricChanged: 409,
    errors.IdempotencyKeyMissing: 400,
    errors.IdempotencyConflict: 409,
    errors.AlreadyJudged: 409,
    errors.StaleRevision: 409,
    errors.DraftConflict: 409,
    errors.FirstReadingLocked: 409,
    errors.ImportRefused: 422,
}
MAX_PROBLEMS = 100
MAX_NAME = 200


def handle(exception, context):
    """DRF's exception handler: domain errors and DRF's own, in one shape; anything else goes on up."""
    response = _respond(exception, context)
    if response is not None:
        response.data["request_id"] = getattr(getattr(context["request"], "_request", None), "id", "")
    return response


def _respond(exception, context) -> Response | None:
    match exception:
        case errors.NotYours():
            # In the same words as something that is not there at all.
            return Response(_body("not_found", "There is no such thing for you."), status=404)
        case errors.DissensusError() if type(exception) in STATUS:
            body = _body(exception.code, str(exception), _problems(exception)) | _beside(exception)
            return Response(body, status=STATUS[type(exception)])
        case SuspiciousOperation():
            return Response(_body("refused", "The request cannot be read."), status=400)
        case DatabaseError() | InterfaceError() if code := trouble.code_of(exception):
            log.warning("database_away", code=code, error=type(exception).__name__)
            wait = {"Retry-After": str(trouble.RETRY_AFTER_SECONDS[code])}
            return Response(_body(code, trouble.WORDS[code]), status=503, headers=wait)
    response = exception_handler(exception, context)
    if response is not None:
        response.data = _translated(exception)
    return response


def _translated(exception) -> dict:
    if isinstance(exception, ValidationError):
        return _body("invalid", "The request does not fit.", list(_fields(exception.detail)))
    if isinstance(exception, Http404):
        return _body("not_found", str(exception) or "There is no such thing for you.")
    if isinstance(exception, APIException):
        return _body(str(exception.get_codes()), str(exception.detail))
    return _body("permission_denied", "This is not allowed.")


def _body(code: str, message: str, problems: list | None = None) -> dict:
    problems = (problems or [])[:MAX_PROBLEMS]
    problems = [{**problem, "field": problem["field"][:MAX_NAME]} for problem in problems]
    return {"code": code, "message": message[:2_000], "errors": problems, "request_id": ""}


def _beside(exception) -> dict:
    match exception:
        case errors.AlreadyJudged():
            return {"receipt": submission.receipt_of(exception.judgment).plain()}
        case errors.DraftConflict():
            return {"draft": DraftSerializer(exception.draft).data}
    return {}


def _problems(exception) -> list[dict]:
    problems = getattr(exception, "problems", {})
    if isinstance(problems, dict):
        return [{"field": str(field), "code": exception.code, "message": why} for field, why in problems.items()]
    return [{"field": "", "code": exception.code, "message": str(problem)} for problem in problems]


def _fields(detail, path: str = ""):
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _fields(inner, ".".join(part for part in (path, _name(key)) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        yield {"field": path, "code": detail.code, "message": str(detail)}


def _name(key) -> str:
    return "" if key == "non_field_errors" else str(key)
