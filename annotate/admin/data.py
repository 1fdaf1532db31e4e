"""The data, to look at: what was judged, imported, released and done. Nothing here can be changed."""

import uuid

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from annotate.admin.base import Act, ActingAdmin, ReadOnlyAdmin
from judgments import importing
from judgments.models import Assignment, Event, Import, Item, Job, Judgment, Mark, Participant, Rating, Release


class SearchedAdmin(ReadOnlyAdmin):
    """Lists that grow long, searched by what has an index: a code name, an item's id, a uid."""

    search_fields = ("uid",)
    search_help_text = "A code name, an item’s id, or a uid, written in full."
    through = ""

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        people = Participant.objects.filter(code_name=term.lower()).values("pk")
        items = Item.objects.filter(external_id=term).values("pk")
        found = Q(**{f"{self.through}participant__in": people}) | Q(**{f"{self.through}item__in": items})
        if _is_uid(term):
            found |= Q(**{f"{self.through}uid": term})
        return queryset.filter(found), False


def _is_uid(term: str) -> bool:
    try:
        uuid.UUID(term)
    except ValueError:
        return False
    return True


@admin.register(Assignment)
class AssignmentAdmin(SearchedAdmin):
    list_display = ("participant", "item", "study", "kind", "occasion", "state", "offered_at")
    list_filter = ("study", "state", "kind")
    list_select_related = ("participant", "item", "study")
    ordering = ("-pk",)
    exclude = ("seed",)


@admin.register(Judgment)
class JudgmentAdmin(SearchedAdmin):
    list_display = ("participant", "item", "study", "occasion", "revision", "settled", "created_at")
    list_filter = ("study", "status")
    list_select_related = ("participant", "item", "study")
    ordering = ("-pk",)
    exclude = ("key", "rationale", "assignment")


@admin.register(Rating)
class RatingAdmin(SearchedAdmin):
    through = "judgment__"
    list_display = ("dimension", "participant", "item", "form", "point", "low", "high", "both_a", "both_b", "reason")
    list_filter = ("form", "judgment__study")
    list_select_related = ("dimension", "judgment__participant", "judgment__item")
    ordering = ("-pk",)
    exclude = ("text",)

    @admin.display(description="participant")
    def participant(self, obj):
        return obj.judgment.participant

    @admin.display(description="item")
    def item(self, obj):
        return obj.judgment.item


@admin.register(Mark)
class MarkAdmin(SearchedAdmin):
    through = "judgment__"
    list_display = ("quote", "tag", "participant", "item")
    list_filter = ("judgment__study",)
    list_select_related = ("judgment__participant", "judgment__item")
    ordering = ("-pk",)
    exclude = ("memo",)

    @admin.display(description="participant")
    def participant(self, obj):
        return obj.judgment.participant

    @admin.display(description="item")
    def item(self, obj):
        return obj.judgment.item


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind", "subject", "at")
    list_filter = ("kind",)
    search_fields = ("=subject", "=chain", "=kind")
    ordering = ("-pk",)
    fields = ("chain", "number", "kind", "subject", "at", "body", "previous", "hash")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("kind", "study", "state", "done", "total", "note", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("study",)
    search_fields = ("=uid",)
    fields = ("kind", "study", "state", "done", "total", "note", "problems", "result", "created_at", "finished_at")


def _discard(request, row: Import) -> str:
    importing.discard(row, actor=request.user, now=timezone.now())
    return "What this import brought is hidden. Nothing was deleted, and judgments of its items are kept."


@admin.register(Import)
class ImportAdmin(ActingAdmin, ReadOnlyAdmin):
    list_display = ("source", "study", "kind", "created_at", "in_use")
    list_filter = ("kind", "study")
    list_select_related = ("study",)
    search_fields = ("source", "=digest")
    ordering = ("-pk",)
    fields = ("source", "study", "kind", "counts", "digest", "created_at", "discarded_at", "mapping")
    acts = (
        Act(
            "discard", "Discard", _discard, offered=lambda row: row.discarded_at is None,
            asks="Discarding hides what this import brought, so that it can be brought in again. Nothing is deleted. "
            "Discarding imported judgments hides their study. Discard this import?",
        ),
    )  # fmt: skip

    @admin.display(description="in use", boolean=True)
    def in_use(self, obj):
        return obj.discarded_at is None


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("name", "study", "created_at")
    list_filter = ("study",)
    list_select_related = ("study",)
    search_fields = ("name",)
    fields = ("name", "study", "facts", "created_at")
