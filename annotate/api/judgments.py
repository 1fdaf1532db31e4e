"""One's own judgments, with their receipts. Nothing here changes them: they are kept as they are."""

import uuid

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from annotate import permissions
from annotate.api.endpoint import Endpoint, Listing, refusals
from annotate.api.pagination import Pages
from annotate.api.serializers import OwnJudgment, OwnJudgmentDetail
from judgments import submission
from judgments.models import Event, Judgment

FILTERS = {"study": "study__slug", "item": "item__uid", "assignment": "assignment__uid"}


class Judgments(Listing):
    pagination_class = Pages
    parameters = Listing.parameters | set(FILTERS)

    @extend_schema(
        operation_id="judgments_list", summary="Your judgments",
        parameters=[
            OpenApiParameter("study", OpenApiTypes.STR, description="A study's slug."),
            OpenApiParameter("item", OpenApiTypes.UUID),
            OpenApiParameter("assignment", OpenApiTypes.UUID),
        ],
        responses={200: OwnJudgment(many=True)} | refusals(401),
    )  # fmt: skip
    def get(self, request):
        """Newest first, each with its receipt; revisions are rows of their own."""
        rows = _own(request.user).filter(**_wanted(request.query_params)).order_by("-pk")
        pages = Pages()
        shown = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(OwnJudgment(shown, many=True, context=_events(shown)).data)


class OneJudgment(Endpoint):
    @extend_schema(
        operation_id="judgments_retrieve", summary="One of your judgments",
        responses={200: OwnJudgmentDetail} | refusals(401, 404),
    )  # fmt: skip
    def get(self, request, uid):
        judgment = get_object_or_404(_own(request.user), uid=uid)
        judgment.answers = submission.answers_of(judgment).plain()
        return Response(OwnJudgmentDetail(judgment, context=_events([judgment])).data)


def _own(user):
    newer = Judgment.objects.filter(supersedes=OuterRef("pk"))
    return (
        permissions.judgments_of(user)
        .annotate(superseded=Exists(newer))
        .select_related("study", "item", "assignment", "supersedes", "rubric_version")
    )


def _wanted(given) -> dict:
    """Filters by name: each name stands for one fixed path, and values are checked before they reach the database."""
    wanted = {}
    for name, path in FILTERS.items():
        if name in given:
            wanted[path] = given[name] if name == "study" else _uid(name, given[name])
    if "\x00" in str(wanted.get("study__slug", "")):
        raise Http404
    return wanted


def _uid(name: str, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValidationError({name: [ErrorDetail("This is not a UUID.", code="invalid")]}) from None


def _events(shown: list[Judgment]) -> dict:
    named = [str(judgment.uid) for judgment in shown]
    events = Event.objects.filter(subject__in=named, kind__in=["judged", "revised"])
    return {"events": {event.subject: event for event in events}}
