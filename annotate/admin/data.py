"""The data, to look at: what was judged, imported, released and done. Nothing here can be changed."""

import uuid

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html_join

from annotate.admin.base import Act, ActingAdmin, ReadOnlyAdmin
from annotate.forms import words
from judgments import importing
from judgments.answers import Answer
from judgments.models import (
    Assignment,
    Event,
    Form,
    Import,
    Item,
    Job,
    Judgment,
    Kind,
    Mark,
    Participant,
    Rating,
    Release,
)


class SearchedAdmin(ReadOnlyAdmin):
    """Lists that grow long, searched by what has an index: a code name, an item's id, a uid."""

    search_fields = ("uid",)
    search_help_text = "A code name, an item’s id, or a uid, written in full."
    through = ""
    while_empty = "What people say is listed here once they have read the first items."

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


def _answer(rating: Rating) -> str:
    """A rating in its question's words, without what the person wrote."""
    dimension = rating.dimension
    if dimension.kind == Kind.OPEN and rating.form == Form.POINT:
        return "in words"
    values = {name: getattr(rating, name) for name in ("form", "point", "low", "high", "both_a", "both_b", "reason")}
    return words.spoken(Answer(**values, labels=None if rating.labels is None else tuple(rating.labels)), dimension)


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
    fields = (
        "study", "item", "participant", "answers", "passages", "settled", "occasion", "revision", "supersedes",
        "status", "rubric_version", "judged_at", "created_at", "steps_ms", "instrument", "details", "brought_by",
        "answers_digest", "rationale_digest",
    )  # fmt: skip
    readonly_fields = ("answers", "passages")

    @admin.display(description="answers")
    def answers(self, obj):
        """What somebody wrote stands on the results pages alone."""
        ratings = obj.ratings.select_related("dimension").prefetch_related("dimension__points")
        said = ((rating.dimension, _answer(rating)) for rating in ratings.order_by("dimension__position"))
        return format_html_join("", "<div><b>{}:</b> {}</div>", said) or "no question was answered"

    @admin.display(description="marks")
    def passages(self, obj):
        kept = obj.marks.filter(retracts=None, retracted_by=None)
        return format_html_join("", "<div>“{}” {}</div>", ((mark.quote, mark.tag) for mark in kept)) or "none"


@admin.register(Rating)
class RatingAdmin(SearchedAdmin):
    through = "judgment__"
    list_display = ("dimension", "answer", "participant", "item")
    list_filter = ("form", "judgment__study")
    list_select_related = ("dimension", "judgment__participant", "judgment__item")
    ordering = ("-pk",)
    exclude = ("text",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("dimension__points")

    @admin.display(description="answer")
    def answer(self, obj):
        return _answer(obj)

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
    list_display = ("number", "kind", "chain", "at")
    list_filter = ("kind",)
    while_empty = "Each act on this site is written here, bound to the one before it."
    search_fields = ("=subject", "=chain", "=kind")
    ordering = ("-pk",)
    fields = ("chain", "number", "kind", "subject", "at", "body", "previous", "hash")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("kind", "study", "state", "done", "total", "note", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("study",)
    search_fields = ("=uid",)
    while_empty = "Releases and large files are worked on outside a page; they are listed here with how far they are."
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
    while_empty = "Each file that was brought in is listed here. Open a study and choose “Bring items in”."
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
    while_empty = "Releases are made on a study's results pages and listed here."
    fields = ("name", "study", "facts", "created_at")
