"""Addresses of the API. Collections and their members end with a slash; what is done to an assignment does not."""

from django.urls import path, re_path

from annotate.api import docs
from annotate.api.assignments import (
    AssignmentDraft,
    AssignmentFirstReading,
    AssignmentJudgment,
    AssignmentProposal,
    AssignmentSkip,
    Next,
    OneAssignment,
)
from annotate.api.endpoint import Nowhere
from annotate.api.judgments import Judgments, OneJudgment
from annotate.api.reports import Report
from annotate.api.studies import Items, OneItem, OneStudy, Studies
from annotate.api.tokens import TokenEndpoint

app_name = "api"
urlpatterns = [
    path("", docs.Root.as_view(), name="root"),
    path("docs/", docs.page, name="docs"),
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("token/", TokenEndpoint.as_view(), name="token"),
    path("studies/", Studies.as_view(), name="studies"),
    path("studies/<slug:slug>/", OneStudy.as_view(), name="study"),
    path("studies/<slug:slug>/items/", Items.as_view(), name="items"),
    path("studies/<slug:slug>/items/<uuid:uid>/", OneItem.as_view(), name="item"),
    path("studies/<slug:slug>/report/", Report.as_view(), name="report"),
    path("assignments/next", Next.as_view(), name="next"),
    path("assignments/<uuid:uid>", OneAssignment.as_view(), name="assignment"),
    path("assignments/<uuid:uid>/draft", AssignmentDraft.as_view(), name="draft"),
    path("assignments/<uuid:uid>/judgment", AssignmentJudgment.as_view(), name="judgment"),
    path("assignments/<uuid:uid>/first-reading", AssignmentFirstReading.as_view(), name="first-reading"),
    path("assignments/<uuid:uid>/proposals", AssignmentProposal.as_view(), name="proposals"),
    path("assignments/<uuid:uid>/skip", AssignmentSkip.as_view(), name="skip"),
    path("judgments/", Judgments.as_view(), name="judgments"),
    path("judgments/<uuid:uid>/", OneJudgment.as_view(), name="own-judgment"),
    re_path("", Nowhere.as_view(), name="nowhere"),
]
