"""One shape for every error: {code, message, errors: [{field, code, message}], request_id}."""

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from judgments import errors

STATUS = {
    errors.NotYours: 404,
    errors.StudyClosed: 409,
    errors.AnswersUnfit: 422,
    errors.RubricChanged: 409,
    errors.IdempotencyKeyMissing: 400,
    errors.IdempotencyConflict: 409,
    errors.AlreadyJudged: 409,
    errors.StaleRevision: 409,
    errors.DraftConflict: 409,
    errors.ImportRefused: 422,
}


def handle(exception, context):
    """DRF's exception handler: domain errors and DRF's own, in one shape; anything else goes on up."""
    request = getattr(context["request"], "_request", None)
    request_id = getattr(request, "id", "")
    if isinstance(exception, errors.DissensusError) and type(exception) in STATUS:
        body = _body(exception.code, str(exception), _problems(exception), request_id)
        return Response(body, status=STATUS[type(exception)])
    response = exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, ValidationError):
        response.data = _body(
            "invalid", "The request does not fit.", list(_fields(exception.detail)), request_id
        )
    elif isinstance(exception, APIException):
        codes = exception.get_codes()
        response.data = _body(
            codes if isinstance(codes, str) else "invalid", str(exception.detail), [], request_id
        )
    else:
        message = str(response.data.get("detail", "")) if isinstance(response.data, dict) else ""
        response.data = _body(
            "not_found" if response.status_code == 404 else "refused", message, [], request_id
        )
    return response


def _body(code: str, message: str, problems: list, request_id: str) -> dict:
    return {"code": code, "message": message, "errors": problems, "request_id": request_id}


def _problems(exception) -> list[dict]:
    problems = getattr(exception, "problems", {})
    if isinstance(problems, dict):
        return [{"field": field, "code": exception.code, "message": why} for field, why in problems.items()]
    return [{"field": "", "code": exception.code, "message": str(problem)} for problem in problems]


def _fields(detail, path: str = ""):
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _fields(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        yield {"field": path, "code": detail.code, "message": str(detail)}
