"""Material: families, scenarios, model versions and items. It comes in from files; here it is looked at."""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.html import format_html, format_html_join

from annotate.admin.base import HouseAdmin, ReadOnlyAdmin, Whether
from judgments.models import Family, Item, ItemResponse, ModelVersion, Scenario

FROM_FILES = "Material comes in from files: open a study and choose “Bring items in”."


class AxisFilter(admin.AllValuesFieldListFilter):
    """The base of a family changes nothing, and says so."""

    def choices(self, changelist):
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or "none: the base"}


class IsHidden(Whether):
    title, parameter_name, field = "hidden", "hidden", "hidden_at"


@admin.register(Family)
class FamilyAdmin(HouseAdmin):
    list_display = ("title", "study", "slug")
    list_filter = ("study",)
    list_select_related = ("study",)
    search_fields = ("title", "slug")
    while_empty = FROM_FILES
    fields = ("study", "slug", "title", "opens")
    readonly_fields = ("study", "slug")

    def has_add_permission(self, request):
        return False


@admin.register(Scenario)
class ScenarioAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "study", "family", "axis", "distance")
    list_filter = ("study", ("axis", AxisFilter))
    while_empty = FROM_FILES
    list_select_related = ("study", "family")
    search_fields = ("title", "=external_id")
    fields = (
        "study", "family", "title", "external_id", "turns", "shift_of", "axis", "distance", "language",
        "content_notes",
    )  # fmt: skip
    readonly_fields = ("turns",)

    @admin.display(description="turns")
    def turns(self, obj):
        return _turns(obj.messages)


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ("name", "version")
    search_fields = ("name", "version")
    ordering = ("name", "version")
    while_empty = FROM_FILES
    fields = ("name", "version", "settings")


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "study", "scenario", "purpose", "is_kept")
    list_filter = ("study", "purpose", IsHidden)
    while_empty = FROM_FILES
    list_select_related = ("study", "scenario")
    search_fields = ("=external_id", "scenario__title")
    ordering = ("-pk",)
    fields = ("study", "external_id", "purpose", "scenario", "turns", "responses", "metadata", "brought_by")
    readonly_fields = ("turns", "responses")

    def get_queryset(self, request):
        shown = ItemResponse.objects.select_related("response__model")
        return super().get_queryset(request).prefetch_related(Prefetch("shown", shown))

    @admin.display(description="in use", boolean=True)
    def is_kept(self, obj):
        return obj.hidden_at is None

    @admin.display(description="what comes before")
    def turns(self, obj):
        return _turns(obj.scenario.messages)

    @admin.display(description="what is judged")
    def responses(self, obj):
        texts = (
            (place.response.model or "model not known", place.response.text or "no text") for place in obj.shown.all()
        )
        return format_html_join("", '<p class="turn-by">{}</p><div class="turn">{}</div>', texts)


def _turns(messages: list[dict]):
    if not messages:
        return format_html('<p class="turn-by">{}</p>', "nothing")
    told = ((message.get("role", ""), message.get("content", "")) for message in messages)
    return format_html_join("", '<p class="turn-by">{}</p><div class="turn">{}</div>', told)
