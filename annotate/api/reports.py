"""A study's report for its researchers: the numbers that `manage.py report` prints."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from annotate import permissions
from annotate.api.endpoint import Endpoint, refusals
from annotate.api.serializers import ReportSerializer, SectionBody, WorkSerializer
from judgments import reports

_SECTIONS = [reports.ALL, *reports.SECTIONS]
_HEAVY = [name for name, section in reports.SECTIONS.items() if section.heavy]


class Report(Endpoint):
    parameters = frozenset({"section", "subset"})

    @extend_schema(
        operation_id="studies_report", summary="What a study shows",
        parameters=[
            OpenApiParameter("section", OpenApiTypes.STR, enum=_SECTIONS, many=True,
                             description="More than the first part; may be given again."),
            OpenApiParameter("subset", OpenApiTypes.STR, description="Only one of the subsets that the study names."),
        ],
        responses={200: ReportSerializer} | refusals(401, 404, s400="There is no such section, subset or parameter."),
    )  # fmt: skip
    def get(self, request, slug):
        """For researchers of the study. Sections that take a while are named under `waiting` until they have been
        asked for with POST and computed. What is not defined is null; groups of fewer than five people are withheld.
        """
        study = permissions.study_for_researcher(request.user, slug)
        subset, names = request.query_params.get("subset"), request.query_params.getlist("section")
        with _Named():
            plain = reports.report(study, subset)
            if names:
                plain |= reports.sections_of(study, subset, names, wait=False)
        return Response(plain)

    @extend_schema(
        operation_id="studies_report_section", summary="Have a section computed", request=SectionBody,
        responses={202: OpenApiResponse(WorkSerializer, description="A worker computes it, or it is there already.")}
        | refusals(401, 403, 404, 413, 415, s400=f"One of these takes a while: {', '.join(_HEAVY)}."),
    )  # fmt: skip
    def post(self, request, slug):
        """Asking again while it is under way asks for the same work."""
        study = permissions.study_for_researcher(request.user, slug)
        given = self.body(SectionBody)
        subset = given.get("subset")
        with _Named():
            job = reports.ask(study, given["section"], subset, asked_by=request.user, now=timezone.now())
        return Response(WorkSerializer(job).data, status=202)


class _Named:
    """Turns an unknown section or subset into a refusal of that parameter."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, (reports.UnknownSection, reports.UnknownSubset)):
            field = "section" if isinstance(error, reports.UnknownSection) else "subset"
            raise ValidationError({field: [ErrorDetail(str(error), code=error.code)]}) from None
