"""Rubrics: lineages, versions with their questions, questions with their points. Publishing freezes a version."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Max
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from annotate.admin.base import Act, ActingAdmin, HouseForm, HouseInline, Link, NamedFields, Whether
from annotate.forms.judging import Question
from judgments import rubrics
from judgments.models import Dimension, Kind, Level, Rubric, RubricVersion, ScalePoint, Tag

LINE_ENDS = (0.0, 100.0)
"""The numbers at the ends of a line where nobody gave any."""


class OfDraft:
    """Parts of a published version are looked at and not changed."""

    def has_change_permission(self, request, obj=None):
        return not _is_frozen(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not _is_frozen(obj) and request.user.has_perm("judgments.delete_dimension")


class PartOfDraft(OfDraft):
    """The same, listed on the page of what it is part of: nothing is added to a published version either."""

    def has_add_permission(self, request, obj=None):
        return not _is_frozen(obj) and super().has_add_permission(request, obj)


def _is_frozen(obj) -> bool:
    """Whether a version, or the version a question belongs to, is published."""
    if isinstance(obj, Dimension):
        return obj.version.is_published
    return isinstance(obj, RubricVersion) and obj.is_published


class VersionInline(HouseInline):
    model = RubricVersion
    fields = readonly_fields = ("version", "published_at", "change_note")
    verbose_name_plural = "versions"

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="version")
    def version(self, obj):
        address = reverse("admin:judgments_rubricversion_change", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', address, obj)


@admin.register(Rubric)
class RubricAdmin(ActingAdmin):
    list_display = ("title", "slug", "count_of_versions")
    search_fields = ("title", "slug")
    ordering = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    while_empty = "Each lineage of questions is listed here. Add a rubric, and write its first version."
    fields = ("title", "slug", "description")
    inlines = (VersionInline,)

    def links(self, obj):
        return [] if obj.versions.exists() else [Link("Write the first version", _first_version(obj))]

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def response_post_save_add(self, request, obj):
        """On to the first version, where the questions are written."""
        return redirect(_first_version(obj))

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count_of_versions=Count("versions"))

    @admin.display(description="versions")
    def count_of_versions(self, obj):
        return obj.count_of_versions


def _first_version(rubric: Rubric) -> str:
    """The page on which a new rubric's first version is written, its names filled in."""
    given = urlencode({"rubric": rubric.pk, "title": rubric.title})
    return f"{reverse('admin:judgments_rubricversion_add')}?{given}"


class QuestionForm(forms.ModelForm):
    """What a kind of question asks for is filled in where nothing was given: its usual level, the ends of a line."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            self.fields["level"].required = False
            self.fields["level"].choices = [("", "as usual for its kind"), *Level.choices]
            if self.instance.pk is None:
                self.initial["level"] = ""

    def clean(self):
        given = super().clean()
        if kind := given.get("kind"):
            given["level"] = given.get("level") or rubrics.LEVELS_OF_KIND[Kind(kind)][0]
            self._set_ends(given, kind)
        return given

    def _set_ends(self, given, kind):
        for name, usual in zip(("line_low", "line_high"), LINE_ENDS, strict=True):
            end = given.get(name) if name in self.fields else getattr(self.instance, name)
            end = None if kind != Kind.LINE else usual if end is None else end
            setattr(self.instance, name, end)
            given[name] = end
        if kind == Kind.LINE and given["line_low"] >= given["line_high"]:
            self.add_error("line_high", "The right end needs a higher number than the left one.")


class DimensionRow(QuestionForm, NamedFields):
    class Meta:
        model = Dimension
        fields = ("position", "title", "slug", "question", "kind", "level")
        widgets = {"question": forms.Textarea(attrs={"rows": 2, "cols": 40})}


class DimensionInline(PartOfDraft, HouseInline):
    model = Dimension
    form = DimensionRow
    fields = ("position", "title", "slug", "question", "kind", "level")
    prepopulated_fields = {"slug": ("title",)}
    verbose_name = "question"
    verbose_name_plural = "questions"
    show_change_link = True


class TagInline(PartOfDraft, HouseInline):
    model = Tag
    fields = ("position", "text", "slug")
    prepopulated_fields = {"slug": ("text",)}
    verbose_name = "word for marks"
    verbose_name_plural = "words for marks"


def _publish(request, version: RubricVersion) -> str:
    rubrics.publish(version, actor=request.user, now=timezone.now())
    return "Published. This wording is frozen now; a change makes a new version."


def _fork(request, version: RubricVersion) -> str:
    draft = rubrics.fork(version)
    return reverse("admin:judgments_rubricversion_change", args=[draft.pk])


class DimensionForm(QuestionForm, HouseForm):
    pass


class IsPublished(Whether):
    title, parameter_name, field = "published", "published", "published_at"


@admin.register(RubricVersion)
class RubricVersionAdmin(OfDraft, ActingAdmin):
    list_display = ("title", "rubric", "number", "is_published", "count_of_questions")
    list_filter = (IsPublished,)
    list_select_related = ("rubric",)
    search_fields = ("title", "rubric__title")
    ordering = ("rubric__title", "-number")
    while_empty = "Add a rubric first; its versions hold the questions."
    fields = ("rubric", "title", "instructions", "change_note")
    inlines = (DimensionInline, TagInline)
    acts = (
        Act(
            "publish", "Publish", _publish, leads=True, offered=lambda version: not version.is_published,
            asks="Publishing freezes the wording for good: every judgment will name it. Publish this version?",
        ),
        Act("new-version", "Make a new version", _fork),
    )  # fmt: skip

    def links(self, obj):
        return [Link("See it as a reader", self.address_of(obj, "preview"))]

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.preview))
        return [path("<int:pk>/preview/", view, name=self.route("preview")), *super().get_urls()]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count_of_questions=Count("dimensions"))

    def get_readonly_fields(self, request, obj=None):
        return ("rubric",) if obj else ()

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not obj.studies.exists() and not obj.forks.exists()

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        if not change:
            Rubric.objects.select_for_update().get(pk=obj.rubric_id)
            obj.number = (obj.rubric.versions.aggregate(latest=Max("number"))["latest"] or 0) + 1
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """New rows whose place nobody chose come after the others, in the order in which they stand."""
        kept = [row for row in formset.forms if row.instance.pk or row.has_changed()]
        unplaced = [row for row in kept if not row.instance.pk and "position" not in row.changed_data]
        placed = [row.instance.position for row in kept if row not in unplaced]
        for position, row in enumerate(unplaced, max(placed, default=-1) + 1):
            row.instance.position = position
        super().save_formset(request, form, formset, change)

    @admin.display(description="published", boolean=True, ordering="published_at")
    def is_published(self, obj):
        return obj.is_published

    @admin.display(description="questions")
    def count_of_questions(self, obj):
        return obj.count_of_questions

    def preview(self, request, pk):
        """The questions as a reader meets them. Nothing on the page is saved."""
        version = self.get_object(request, str(pk))
        if version is None:
            raise Http404("There is nothing here for you.")
        page = self.admin_site.each_context(request) | {
            "version": version, "questions": _questions(version), "back": self.address_of(version),
            "problems": [] if version.is_published else rubrics.problems(version),
        }  # fmt: skip
        return TemplateResponse(request, "admin/preview.html", page)


def _questions(version: RubricVersion) -> list[Question]:
    """The version's questions as the judging page shows them, nothing answered."""
    dimensions = version.dimensions.prefetch_related("points")
    return [Question(dimension, {}, "") for dimension in dimensions]


class ScalePointForm(NamedFields):
    class Meta:
        model = ScalePoint
        fields = ("value", "text", "description", "code", "apart")
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "cols": 40})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = "How data files name it. Left empty, it is the value."

    def clean(self):
        given = super().clean()
        if not given.get("code") and given.get("value") is not None:
            given["code"] = f"{given['value']:g}"
        return given


class ScalePointInline(PartOfDraft, HouseInline):
    model = ScalePoint
    form = ScalePointForm
    fields = ("value", "text", "description", "code", "apart")
    verbose_name = "point"
    verbose_name_plural = "points, from one end to the other"


@admin.register(Dimension)
class DimensionAdmin(OfDraft, ActingAdmin):
    list_display = ("title", "version", "kind", "level", "position")
    list_select_related = ("version",)
    search_fields = ("title", "question")
    form = DimensionForm
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("version", "position", "title", "slug", "question", "kind", "level")}),
        ("Beside the question", {"fields": ("help", "not_about")}),
        (
            "Only for a line",
            {"fields": ("line_low", "line_high"), "description": "Left empty, a line goes from 0 to 100."},
        ),
    )
    inlines = (ScalePointInline,)

    def links(self, obj):
        version = RubricVersionAdmin(RubricVersion, self.admin_site)
        return [
            Link("Back to the version", version.address_of(obj.version)),
            Link("See it as a reader", version.address_of(obj.version, "preview")),
        ]

    def get_model_perms(self, request):
        """Not on the first page: questions are reached through their version."""
        return {}

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("version")

    def get_readonly_fields(self, request, obj=None):
        return ("version",) if obj else ()

    def get_prepopulated_fields(self, request, obj=None):
        return {} if _is_frozen(obj) else self.prepopulated_fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "version":
            kwargs["queryset"] = RubricVersion.objects.filter(published_at__isnull=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
