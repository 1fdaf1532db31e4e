"""What the pages of the set-up share: one date widget, records that are only read, and buttons that act."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from annotate import permissions
from judgments.errors import DissensusError

ROWS = 50
PARTS_OF_UNIQUE_NAMES = {"study", "version", "discarded_at"}


class Moment(forms.DateTimeInput):
    """One native field for a date and a time (in UTC)."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class HouseForm(forms.ModelForm):
    """Checks unique names also where part of them is set already and not on the form: the study, the version."""

    def _get_validation_exclusions(self):
        def is_set(name: str) -> bool:
            field = self._meta.model._meta.get_field(name)
            return field.null or getattr(self.instance, field.attname) is not None

        fields = {field.name for field in self._meta.model._meta.get_fields() if field.concrete}
        given = {name for name in PARTS_OF_UNIQUE_NAMES & fields if is_set(name)}
        return super()._get_validation_exclusions() - given


class HouseAdmin(admin.ModelAdmin):
    """The defaults of the house: nothing is deleted here, lists are bounded, no bulk actions."""

    actions = None
    form = HouseForm
    list_per_page = ROWS
    show_full_result_count = False
    save_on_top = False
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": Moment}}
    while_empty = "Nothing is here yet."
    """What an empty list says: what will stand here, and how it comes here."""

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        title = str(self.opts.verbose_name_plural).capitalize()
        more = {"title": title, "while_empty": self.while_empty}
        return super().changelist_view(request, more | (extra_context or {}))


class Whether(admin.SimpleListFilter):
    """A filter by yes and no, of a field that holds a moment once something has happened. Subclasses say which."""

    field: str

    def lookups(self, request, model_admin):
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "no"})


class NamedFields(forms.ModelForm):
    """In a row of a table no label stands beside a field, so each carries its name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)


class HouseInline(admin.TabularInline):
    extra = 0
    form = NamedFields


class ReadOnlyAdmin(HouseAdmin):
    """Records that are looked at and never written here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@dataclass(frozen=True)
class Act:
    """A button on an object's page: one domain verb, done by POST.

    do: takes (request, object); what it returns is said to the person, or, if it is an address, gone to.
    asks: when given, a page asks this first. leads: the step to take next.
    offered: whether the object can be acted on now.
    """

    name: str
    label: str
    do: Callable[[HttpRequest, models.Model], str]
    asks: str = ""
    leads: bool = False
    offered: Callable[[models.Model], bool] = lambda _: True


@dataclass(frozen=True)
class Link:
    """A link among the buttons of an object's page."""

    label: str
    address: str


class ActingAdmin(HouseAdmin):
    """An object's page with buttons. A subclass gives `acts` and may give `links`."""

    change_form_template = "admin/acting_change_form.html"
    acts: tuple[Act, ...] = ()

    def links(self, obj) -> list[Link]:
        return []

    def get_urls(self):
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.act_view))
        return [path("<int:pk>/do/<slug:name>/", view, name=self.route("act")), *super().get_urls()]

    def route(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def address_of(self, obj, name: str = "change", *more) -> str:
        return reverse(f"admin:{self.route(name)}", args=[obj.pk, *more])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.get_object(request, object_id)
        offered = [act for act in self.acts if obj is not None and act.offered(obj)]
        buttons = [
            {"act": act, "address": self.address_of(obj, "act", act.name)}
            for act in offered
            if permissions.is_admin(request.user)
        ]
        more = {"buttons": buttons, "links": self.links(obj) if obj else []}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | more)

    def act_view(self, request, pk, name):
        obj, act = self.get_object(request, str(pk)), next((act for act in self.acts if act.name == name), None)
        if obj is None or act is None:
            raise Http404("There is nothing here for you.")
        if not permissions.is_admin(request.user):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask(request, obj, act)
        try:
            outcome = act.do(request, obj)
        except DissensusError as error:
            for problem in getattr(error, "problems", None) or [str(error)]:
                messages.error(request, problem)
            outcome = ""
        if outcome.startswith("/"):
            return redirect(outcome)
        if outcome:
            messages.success(request, outcome)
        still_there = self.get_object(request, str(pk)) is not None
        return redirect(self.address_of(obj) if still_there else reverse(f"admin:{self.route('changelist')}"))

    def _ask(self, request, obj, act: Act):
        page = self.admin_site.each_context(request) | {
            "opts": self.opts, "object": obj, "act": act, "title": f"{act.label}: {obj}",
            "back": self.address_of(obj),
        }  # fmt: skip
        return TemplateResponse(request, "admin/ask.html", page)
