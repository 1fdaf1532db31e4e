"""What all endpoints share: who may ask, strict query parameters and bodies, nothing kept by caches."""

from collections.abc import Mapping

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from annotate.api.authentication import Session, Token
from annotate.api.pagination import Pages
from annotate.api.serializers import Problem


class Endpoint(APIView):
    """Refuses anonymous callers and query parameters it does not know."""

    authentication_classes = [Token, Session]
    permission_classes = [IsAuthenticated]
    metadata_class = None
    parameters: frozenset[str] = frozenset()

    def initial(self, request, *args, **kwargs):
        if unknown := sorted(set(request.query_params) - self.parameters):
            why = [ErrorDetail("There is no such parameter.", code="unknown_parameter")]
            raise ValidationError(dict.fromkeys(unknown, why))
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def body(self, shape: type[Serializer]) -> dict:
        """The request's body in this shape; else ValidationError naming each field."""
        if not isinstance(self.request.data, Mapping):
            raise ValidationError({"": [ErrorDetail("The body is an object.", code="invalid")]})
        serializer = shape(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class Listing(Endpoint):
    """An endpoint that answers with pages."""

    parameters = frozenset({"page", "page_size"})

    def page(self, rows: QuerySet, shape, **context) -> Response:
        pages = Pages()
        shown = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response(shape(shown, many=True, context=context).data)


class Nowhere(Endpoint):
    """Every address under /api/v1/ that is none: the same kind of answer as everywhere else."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request, *args, **kwargs):
        raise NotFound("There is nothing at this address.")


REFUSALS = {
    400: "The request cannot be read, or a field does not fit.",
    401: "No token, or one that is revoked, expired or unknown.",
    403: "The session's CSRF token is missing.",
    404: "There is no such thing for you.",
    409: "Something else came first; the code says what.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not `application/json`.",
    422: "The answers do not fit the rubric; each problem is named.",
    429: "Too many attempts; `Retry-After` says how long to wait.",
    503: "The database does not answer just now; send the same again after `Retry-After` seconds.",
}


def refusals(*statuses: int, **words: str) -> dict[int, OpenApiResponse]:
    """How an endpoint refuses, for its description; 400 and 503 always. `s409="…"` says one in words of its own."""
    return {
        status: OpenApiResponse(Problem, description=words.get(f"s{status}", REFUSALS[status]))
        for status in (400, *statuses, 503)
    }
