"""Studies and, for researchers, their items."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from annotate import permissions
from annotate.api.endpoint import Endpoint, Listing, refusals
from annotate.api.pagination import Pages
from annotate.api.serializers import ItemSerializer, StudyDetail, StudySerializer
from judgments import withdrawal
from judgments.models import Item, ItemResponse, Study


class Studies(Listing):
    pagination_class = Pages

    @extend_schema(
        operation_id="studies_list", summary="Your studies",
        responses={200: StudySerializer(many=True)} | refusals(401),
    )  # fmt: skip
    def get(self, request):
        """Studies you read in or research. Researchers get a few fields more."""
        studies = permissions.studies_for(request.user).select_related("rubric_version")
        return self.page(studies.order_by("title", "pk"), StudySerializer)


class OneStudy(Endpoint):
    @extend_schema(
        operation_id="studies_retrieve", summary="One study", responses={200: StudyDetail} | refusals(401, 404)
    )
    def get(self, request, slug):
        study = permissions.studies_for(request.user).select_related("rubric_version").filter(slug=slug).first()
        if study is None:
            raise Http404
        shown = StudyDetail(_counted(study)).data
        return Response(shown)


def _counted(study: Study) -> Study:
    if study.researches:
        study.counts = {
            "items": study.items.kept().count(),
            "participants": study.participants.count(),
            "judgments": withdrawal.standing(study.judgments.all()).count(),
        }
    return study


class Items(Listing):
    pagination_class = Pages

    @extend_schema(
        operation_id="items_list", summary="A study's items",
        responses={200: ItemSerializer(many=True)} | refusals(401, 404),
    )  # fmt: skip
    def get(self, request, slug):
        """For researchers of the study. Which model wrote what is left out while the study hides it."""
        study = permissions.study_for_researcher(request.user, slug)
        sees = permissions.sees_model_names(request.user, study)
        return self.page(_items(study).order_by("number"), ItemSerializer, models=sees)


class OneItem(Endpoint):
    @extend_schema(
        operation_id="items_retrieve", summary="One item", responses={200: ItemSerializer} | refusals(401, 404)
    )
    def get(self, request, slug, uid):
        study = permissions.study_for_researcher(request.user, slug)
        item = get_object_or_404(_items(study), uid=uid)
        sees = permissions.sees_model_names(request.user, study)
        return Response(ItemSerializer(item, context={"models": sees}).data)


def _items(study: Study):
    shown = ItemResponse.objects.select_related("response__model").order_by("position")
    items = Item.objects.kept().filter(study=study)
    return items.select_related("scenario__family", "scenario__shift_of").prefetch_related(Prefetch("shown", shown))
