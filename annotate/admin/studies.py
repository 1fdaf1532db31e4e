"""Studies: settings, their life step by step, and bringing items in."""

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from annotate.admin.base import Act, ActingAdmin, HouseForm, Link
from annotate.admin.uploads import bring_items_in
from judgments import design, studies
from judgments.models import Item, RubricVersion, Study

State = Study.State


def _open(request, study: Study) -> str:
    studies.open_study(study, actor=request.user, now=timezone.now())
    return "The study is open: people can read."


def _pause(request, study: Study) -> str:
    studies.pause(study, actor=request.user, now=timezone.now())
    return "The study is paused: nothing new is offered, and what people have open can still be saved."


def _close(request, study: Study) -> str:
    studies.close(study, actor=request.user, now=timezone.now())
    return "The study is closed."


def _discard(request, study: Study) -> str:
    studies.discard(study, actor=request.user, now=timezone.now())
    return "The study is hidden. Nothing was deleted, and its address is free again."


class StudyForm(HouseForm):
    """A study's settings; its quotas are held against the design's rules before they are kept."""

    def clean_quotas(self):
        return self.cleaned_data["quotas"] or {}

    def clean(self):
        given = super().clean() or self.cleaned_data
        if given.get("quotas") and given.get("judgments_wanted"):
            wanted = Study(pk=self.instance.pk, judgments_wanted=given["judgments_wanted"], quotas=given["quotas"])
            for problem in design.problems(wanted):
                self.add_error("quotas", problem)
        return given


@admin.register(Study)
class StudyAdmin(ActingAdmin):
    form = StudyForm
    list_display = ("title", "state", "origin", "rubric_version", "items_kept", "judgments_wanted")
    list_filter = ("state", "origin")
    list_select_related = ("rubric_version",)
    search_fields = ("title", "slug")
    ordering = ("-created_at", "-pk")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("state", "origin")
    while_empty = "Add a study: it binds items, people and a published version of a rubric."
    fieldsets = (
        (None, {"fields": ("title", "slug", "led_by", "description", "rubric_version", "state", "origin")}),
        (
            "How it is read",
            {"fields": ("judgments_wanted", "lease_minutes", "first_reading", "models_hidden", "markdown", "wander")},
        ),
        (
            "Who reads what",
            {
                "description": "manage.py simulate_study shows what this yields, before anyone is invited.",
                "fields": (
                    "quotas",
                    "most_per_person",
                    "family_gap",
                    "base_first",
                    "repeat_share",
                    "repeat_gap_items",
                    "repeat_gap_days",
                    "wave",
                ),
            },
        ),
        ("Time, pay and breaks", {"fields": ("payment", "daily_minutes", "break_minutes", "break_items")}),
        ("Care for readers", {"fields": ("care_lines", "care_contact", "withdrawal_until", "pause_note")}),
        ("Around it", {"fields": ("content_warning", "licence", "attribution")}),
    )
    acts = (
        Act("open", "Open", _open, leads=True, offered=lambda study: study.state != State.OPEN),
        Act("pause", "Pause", _pause, offered=lambda study: study.state == State.OPEN),
        Act(
            "close", "Close", _close, offered=lambda study: study.state in (State.OPEN, State.PAUSED),
            asks="Closing ends the reading and shows which model wrote what. Close this study?",
        ),
        Act(
            "discard", "Discard",  _discard,
            asks="Discarding hides the study from everybody and frees its address. It deletes nothing, and it "
            "cannot be taken back here. Discard this study?",
        ),
    )  # fmt: skip

    def links(self, obj):
        def listed(model: str) -> str:
            return reverse(f"admin:judgments_{model}_changelist") + f"?study__id__exact={obj.pk}"

        return [
            Link("Bring items in", self.address_of(obj, "items")),
            Link("Invite people", reverse("admin:judgments_invitation_add") + f"?study={obj.pk}"),
            Link("Items", listed("item")),
            Link("People", listed("participant")),
            Link("Consent texts", listed("consenttext")),
            Link("Background questions", listed("facet")),
            Link("Results", reverse("results:overview", args=[obj.slug])),
        ]

    def get_urls(self):
        view = self.admin_site.admin_view(self.items)
        return [path("<int:pk>/items/", view, name=self.route("items")), *super().get_urls()]

    def items(self, request, pk):
        return bring_items_in(self, request, pk)

    def get_queryset(self, request):
        kept = Item.objects.kept().filter(study=OuterRef("pk")).order_by().values("study")
        counted = Subquery(kept.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        return super().get_queryset(request).kept().annotate(items_kept=Coalesce(counted, 0))

    @admin.display(description="items")
    def items_kept(self, obj):
        return obj.items_kept

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "rubric_version":
            kwargs["queryset"] = RubricVersion.objects.filter(published_at__isnull=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("attribution", "content_warning", "care_lines"):
            field.widget = forms.Textarea(attrs={"rows": 3, "cols": 60})
        return field

    def response_post_save_add(self, request, obj):
        """To the study's own page, where the next steps are."""
        return redirect(self.address_of(obj))

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change or form.changed_data:
            changed = {name: form.cleaned_data[name] for name in (form.changed_data if change else form.fields)}
            studies.record_settings(obj, changed, actor=request.user, now=timezone.now())
