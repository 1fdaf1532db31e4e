"""Reading through the API: what is next, its draft, its judgment."""

import re
import uuid

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.response import Response

from annotate import permissions
from annotate.api import examples
from annotate.api.bodies import DraftBody, EmptyBody, FirstReadingBody, JudgmentBody, NextBody, ProposalBody
from annotate.api.endpoint import Endpoint, refusals
from annotate.api.serializers import (
    AssignmentSerializer,
    DraftProblem,
    DraftSaved,
    FirstReadingSerializer,
    ProposalSerializer,
    ReceiptProblem,
    ReceiptSerializer,
    SkippedSerializer,
)
from judgments import answers, first_readings, proposals, rubrics, submission
from judgments.assignment import next_assignment, open_item, skip
from judgments.errors import AnswersUnfit, IdempotencyKeyMissing
from judgments.models import Assignment, Draft, Proposal

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
KEY_PARAMETER = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER, required=True,
    description="The assignment's `key` for its judgment, or a UUID of your own; the same on each retry.",
)  # fmt: skip
ANOTHER_VERSION = 0
"""No rubric version has this primary key: the domain answers that the questions have changed."""


class Next(Endpoint):
    @extend_schema(
        operation_id="assignments_next", summary="What you read next", request=NextBody,
        responses={200: AssignmentSerializer, 204: OpenApiResponse(description="Nothing is left for you to read.")}
        | refusals(
            401, 403, 404, 409, 413, 415,
            s409="`study_closed`; or for this person now: `consent_wanted`, `enough_for_today`, `has_left`.",
        ),
        examples=[OpenApiExample("The body", {"study": "field-study"}, request_only=True)],
    )  # fmt: skip
    def post(self, request):
        """An item, held for you until `lease_until`. Asking again gives the same one until you judge or skip it."""
        given = self.body(NextBody)
        participant = permissions.participant_for(request.user, given["study"])
        now = timezone.now()
        assignment = next_assignment(participant, now=now)
        if assignment is None:
            return Response(status=204)
        open_item(assignment, now=now)
        return Response(_shown(permissions.assignment_for(request.user, assignment.uid)))


class OneAssignment(Endpoint):
    @extend_schema(
        operation_id="assignments_retrieve", summary="One of your assignments",
        responses={200: AssignmentSerializer} | refusals(401, 404),
    )  # fmt: skip
    def get(self, request, uid):
        return Response(_shown(permissions.assignment_for(request.user, uid)))


class AssignmentDraft(Endpoint):
    @extend_schema(
        operation_id="assignments_draft", summary="Keep a draft", request=DraftBody,
        responses={200: DraftSaved}
        | refusals(401, 403, 404, 413, 415, 422)
        | {409: OpenApiResponse(DraftProblem, description="`draft_conflict`, `already_submitted` …")},
        examples=[OpenApiExample("The body", {"based_on": 0, "answers": examples.ANSWERS}, request_only=True)],
    )  # fmt: skip
    def put(self, request, uid):
        """What is on your page, not yet saved. Say which revision of the draft it is `based_on`: nothing is lost."""
        assignment = permissions.assignment_for(request.user, uid)
        given = self.body(DraftBody)
        draft = submission.save_draft(
            assignment, given["answers"], based_on=given["based_on"], revises=given.get("revises"),
            actor=request.user, now=timezone.now(),
        )  # fmt: skip
        return Response(DraftSaved(draft).data)


class AssignmentFirstReading(Endpoint):
    @extend_schema(
        operation_id="assignments_first_reading", summary="Keep a first reading", request=FirstReadingBody,
        parameters=[KEY_PARAMETER],
        responses={201: FirstReadingSerializer}
        | refusals(401, 403, 404, 409, 413, 415, 422, s409="`first_reading_locked`: another one is kept, and stays."),
    )  # fmt: skip
    def post(self, request, uid):
        """What struck somebody before they saw a question. Written once, and locked; safe to send twice."""
        assignment = permissions.assignment_for(request.user, uid)
        key, given = _key(request), self.body(FirstReadingBody)
        said = answers.from_plain({"rationale": given["words"], "marks": given.get("marks", [])})
        first = first_readings.write(
            assignment, said.rationale, key=key, actor=request.user, now=timezone.now(),
            marks=[mark.plain() for mark in said.marks], reading_ms=given.get("reading_ms"),
        )  # fmt: skip
        return Response(FirstReadingSerializer(first).data, status=201)


class AssignmentProposal(Endpoint):
    @extend_schema(
        operation_id="assignments_proposal", summary="Propose", request=ProposalBody, parameters=[KEY_PARAMETER],
        responses={201: ProposalSerializer} | refusals(401, 403, 404, 409, 413, 415, 422),
    )  # fmt: skip
    def post(self, request, uid):
        """A what-if for the situation, a question to ask, or what mattered and was not asked. Safe to send twice."""
        assignment = permissions.assignment_for(request.user, uid)
        key, given = _key(request), self.body(ProposalBody)
        words = answers.from_plain({"rationale": given["words"]}).rationale
        if not words.strip():
            raise AnswersUnfit({"words": "A proposal needs words."})
        made = proposals.make(
            assignment, Proposal.Kind(given["kind"]), words, key=key, actor=request.user, now=timezone.now()
        )
        return Response(ProposalSerializer(made).data, status=201)


class AssignmentJudgment(Endpoint):
    @extend_schema(
        operation_id="assignments_judgment", summary="Judge", request=JudgmentBody,
        parameters=[KEY_PARAMETER],
        responses={
            201: OpenApiResponse(ReceiptSerializer, description="Accepted; this is the receipt."),
            200: OpenApiResponse(ReceiptSerializer, description="Accepted before with this key and these answers: "
                                 "the same receipt, and the header `Idempotent-Replay: true`."),
            409: OpenApiResponse(ReceiptProblem, description="`already_submitted` with the receipt of the judgment "
                                 "that is kept; `idempotency_conflict`; `rubric_changed`; `stale_revision`."),
        } | refusals(401, 403, 404, 413, 415, 422, s400="`idempotency_key_required`, or a field does not fit."),
        examples=[OpenApiExample("The body", examples.JUDGMENT, request_only=True)],
    )  # fmt: skip
    def post(self, request, uid):
        """Safe to send twice. Once accepted it is never changed; a change of mind names what it `supersedes`."""
        assignment = permissions.assignment_for(request.user, uid)
        key = _key(request)
        given = self.body(JudgmentBody)
        plain = {name: given[name] for name in ("ratings", "settled", "rationale", "marks") if name in given}
        receipt = submission.submit(
            assignment, answers.from_plain(plain), key=key, actor=request.user, now=timezone.now(),
            rubric_version=_version(assignment, given), supersedes=given.get("supersedes"),
            circumstances=submission.Circumstances(given.get("steps_ms", {}), given.get("instrument", {})),
        )  # fmt: skip
        if receipt.replayed:
            return Response(receipt.plain(), status=200, headers={"Idempotent-Replay": "true"})
        return Response(receipt.plain(), status=201)


class AssignmentSkip(Endpoint):
    @extend_schema(
        operation_id="assignments_skip", summary="Give an item back", request=EmptyBody,
        responses={200: SkippedSerializer} | refusals(401, 403, 404, 413, 415),
    )  # fmt: skip
    def post(self, request, uid):
        """It is not offered to you again. What has been judged stays judged."""
        assignment = permissions.assignment_for(request.user, uid)
        self.body(EmptyBody)
        skip(assignment, actor=request.user, now=timezone.now())
        assignment.refresh_from_db(fields=["state"])
        return Response(SkippedSerializer(assignment).data)


def _key(request) -> uuid.UUID:
    given = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(given):
        raise IdempotencyKeyMissing("Send the header Idempotency-Key with a UUID, the same on each retry.")
    return uuid.UUID(given)


def _version(assignment: Assignment, given: dict) -> int | None:
    if "rubric_version" not in given:
        return None
    same = given["rubric_version"] == assignment.rubric_version.digest
    return assignment.rubric_version_id if same else ANOTHER_VERSION


def _shown(assignment: Assignment) -> dict:
    """An assignment as its reader sees it, with a key for its judgment."""
    shown = {
        "uid": assignment.uid,
        "study": assignment.study.slug,
        "state": assignment.state,
        "asks_first_reading": first_readings.is_wanted(assignment),
        "lease_until": assignment.lease_until,
        "item": _item(assignment),
        "rubric": _rubric(assignment),
        "draft": Draft.objects.filter(assignment=assignment).first(),
        "standing": assignment.judgments.order_by("-revision").first(),
        "key": uuid.uuid4(),
    }
    return AssignmentSerializer(shown).data


def _item(assignment: Assignment) -> dict:
    item = assignment.item
    responses = {str(shown.response.uid): shown.response for shown in item.shown.select_related("response")}
    return {
        "uid": item.uid,
        "messages": item.scenario.messages,
        "content_notes": item.scenario.content_notes,
        "responses": [responses[uid] for uid in assignment.response_order],
    }


def _rubric(assignment: Assignment) -> dict:
    version = assignment.rubric_version
    drawn = {slug: place for place, slug in enumerate(assignment.dimension_order)}
    shown = answers.as_shown(rubrics.dimensions_of(version), assignment)
    shown.sort(key=lambda dimension: drawn[dimension.slug])
    return rubrics.definition(version) | {
        "version": version.digest,
        "dimensions": [rubrics.dimension_wording(dimension) for dimension in shown],
    }
