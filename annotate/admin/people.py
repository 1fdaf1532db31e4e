"""People: accounts, invitations with links to copy, participants by code name, memberships, consent, background."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, Max, OuterRef, Subquery
from django.forms import Script
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from annotate.admin.base import Act, ActingAdmin, HouseAdmin
from judgments import audit, invitations, sittings
from judgments.models import Consent, ConsentText, Facet, Invitation, Membership, Participant, Study, User

admin.site.unregister(Group)


class OfKeptStudies:
    """Choosing a study offers those that have not been discarded."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "study":
            kwargs["queryset"] = Study.objects.kept()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """An existing row stays with its study."""
        return (*super().get_readonly_fields(request, obj), *(["study"] if obj else []))


@admin.register(User)
class AccountAdmin(HouseAdmin, UserAdmin):
    form = UserChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "first_name", "last_name", "=email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Who", {"fields": ("first_name", "last_name", "email")}),
        ("What this account may do", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )


def _withdraw(request, invitation: Invitation) -> str:
    invitations.withdraw(invitation, actor=request.user, now=timezone.now())
    return "Nobody can join with this link any more. Those who joined stay."


@admin.register(Invitation)
class InvitationAdmin(OfKeptStudies, ActingAdmin):
    list_display = ("for_whom", "role", "study", "link", "taken", "standing")
    list_display_links = ("for_whom",)
    list_filter = ("study", "role")
    list_select_related = ("study",)
    search_fields = ("note",)
    while_empty = "Add an invitation for a study; you get a link that you can copy and send in any way you like."
    ordering = ("-created_at", "-pk")
    fields = ("study", "role", "note", "email", "places", "expires_at")
    acts = (
        Act(
            "withdraw", "Withdraw", _withdraw, offered=lambda invitation: invitation.withdrawn_at is None,
            asks="Nobody will be able to join with this link any more. Withdraw it?",
        ),
    )  # fmt: skip

    class Media:
        js = (Script("js/copy.js", defer=True),)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(study__discarded_at=None).annotate(count_of_uses=Count("uses"))

    def get_fields(self, request, obj=None):
        return ("link", *self.fields, "taken", "standing") if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ("link", "taken", "standing", "study", "role") if obj else ()

    def get_changeform_initial_data(self, request):
        expires = timezone.now() + timedelta(days=invitations.DAYS_VALID)
        return {"expires_at": expires} | super().get_changeform_initial_data(request)

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        if not change:
            invitations.record_invited(obj, actor=request.user, now=timezone.now())

    def response_post_save_add(self, request, obj):
        """To the invitation's own page, where its link can be copied."""
        return redirect(self.address_of(obj))

    @admin.display(description="for whom", ordering="note")
    def for_whom(self, obj):
        return obj.note or "somebody"

    @admin.display(description="link")
    def link(self, obj):
        address = settings.PUBLIC_ADDRESS + reverse("joining:join", args=[invitations.code_of(obj)])
        return format_html('<code class="copied" data-copy="{}">{}</code>', address, address)

    @admin.display(description="places taken")
    def taken(self, obj):
        return f"{obj.count_of_uses} of {obj.places}"

    @admin.display(description="now")
    def standing(self, obj):
        if obj.withdrawn_at is not None:
            return "withdrawn"
        if obj.expires_at <= timezone.now():
            return "expired"
        return "used up" if obj.count_of_uses >= obj.places else "can be used"


@admin.register(Participant)
class ParticipantAdmin(OfKeptStudies, HouseAdmin):
    """People by code name. Nothing here shows how anybody judged, and no address stands beside a code name."""

    list_display = ("code_name", "study", "joined_at", "consent", "counted", "came_with_import")
    list_filter = ("study",)
    list_select_related = ("study",)
    search_fields = ("code_name", "=external_id")
    while_empty = "Whoever follows an invitation is listed here, under a code name."
    ordering = ("-pk",)
    fields = ("code_name", "study", "joined_at", "consent", "counted", "external_id", "brought_by")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        latest = Consent.objects.filter(participant=OuterRef("pk")).order_by("-pk").values("text__version")[:1]
        people = super().get_queryset(request).filter(study__discarded_at=None)
        return sittings.with_counted(people.annotate(consent_version=Subquery(latest)))

    def get_readonly_fields(self, request, obj=None):
        return ("consent", "counted")

    @admin.display(description="consent version")
    def consent(self, obj):
        return obj.consent_version

    @admin.display(description="time counted")
    def counted(self, obj):
        minutes = int(sittings.counted_in(obj).total_seconds()) // 60
        return f"{minutes // 60} h {minutes % 60} min" if minutes else None

    @admin.display(description="from an import", boolean=True)
    def came_with_import(self, obj):
        return obj.user_id is None


@admin.register(Membership)
class MembershipAdmin(OfKeptStudies, HouseAdmin):
    list_display = ("user", "role", "study", "since")
    list_filter = ("study", "role")
    list_select_related = ("study", "user")
    search_fields = ("user__username", "study__title")
    while_empty = "Researchers and admins of a study are listed here. An invitation makes one, or add one by hand."
    ordering = ("-since",)

    def has_delete_permission(self, request, obj=None):
        return request.user.has_perm("judgments.delete_membership")


@admin.register(ConsentText)
class ConsentTextAdmin(OfKeptStudies, HouseAdmin):
    """Wordings of consent, one version after the other. A new wording is added; an old one stays as it was."""

    list_display = ("study", "version", "created_at")
    list_filter = ("study",)
    list_select_related = ("study",)
    ordering = ("-created_at",)
    while_empty = "What people agree to before they read is kept here, wording by wording. Add one for a study."
    fields = ("study", "body")

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return ("study", "version", "body", "created_at") if obj else self.fields

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        study = Study.objects.select_for_update(no_key=True).get(pk=obj.study_id)
        obj.version = (study.consent_texts.aggregate(latest=Max("version"))["latest"] or 0) + 1
        obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)
        audit.record("consent_text_added", study=study, actor=request.user, at=obj.created_at, version=obj.version)


@admin.register(Facet)
class FacetAdmin(OfKeptStudies, HouseAdmin):
    list_display = ("title", "study", "question", "position")
    list_filter = ("study",)
    list_select_related = ("study",)
    search_fields = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    while_empty = "Questions about the reader's background, whose answers make cohorts. Each can be left open."
    fields = ("study", "title", "slug", "question", "why", "choices", "position")

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not obj.answers.exists() and request.user.has_perm("judgments.delete_facet")
