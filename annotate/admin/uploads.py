"""Bringing items in from a file: checked first, all or nothing, problems by line and column."""

import uuid
from pathlib import PurePath

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from annotate import permissions
from judgments import importing, jobs, tasks
from judgments.errors import ImportRefused
from judgments.models import Study

AT_ONCE_BYTES = 1024 * 1024
"""Larger files are brought in by a worker, with progress."""


class ItemsForm(forms.Form):
    file = forms.FileField(
        label="File", help_text="CSV, JSON Lines, JSON or Parquet, one item a row. The first line of a CSV names the "
        "columns: id, prompt or messages, response, model, family, axis …",
        widget=forms.FileInput(attrs={"accept": ".csv,.jsonl,.ndjson,.json,.parquet,.gz"}),
    )  # fmt: skip
    dry_run = forms.BooleanField(label="Only check the file", required=False)  # Its button's words.


def bring_items_in(model_admin, request, pk):
    """The page and its answer. A refusal lists each problem with its place; then nothing was stored."""
    study = Study.objects.kept().filter(pk=pk).first()
    if study is None:
        raise Http404("There is no such study.")
    if not permissions.is_admin(request.user):
        raise PermissionDenied
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ItemsForm(*sent, label_suffix="")
    page = {"form": form, "study": study, "title": f"Bring items into {study}", "opts": model_admin.opts}
    status = 200
    if request.method == "POST":
        if form.is_valid() and form.cleaned_data["file"].size > AT_ONCE_BYTES:
            return _ask_a_worker(request, study, **form.cleaned_data)
        try:
            outcome = _bring_in(request, study, **form.cleaned_data) if form.is_valid() else None
        except ImportRefused as refusal:
            outcome, page["problems"] = None, refusal.problems
        if outcome is not None and outcome.import_row is not None and not outcome.already_present:
            messages.success(request, _said(outcome.counts))
            return redirect(model_admin.address_of(study))
        page["outcome"] = outcome
        status = 200 if outcome is not None else 422
    page["back"] = model_admin.address_of(study)
    return TemplateResponse(
        request, "admin/items.html", model_admin.admin_site.each_context(request) | page, status=status
    )


def _bring_in(request, study: Study, *, file: UploadedFile, dry_run: bool) -> importing.Outcome:
    return importing.import_items(
        study, file.read(), name=_name(file), actor=request.user, now=timezone.now(), dry_run=dry_run
    )


def _ask_a_worker(request, study: Study, *, file: UploadedFile, dry_run: bool):
    """Keep the file under a name of ours and leave the work to a job."""
    stored = f"{uuid.uuid4().hex}{''.join(PurePath(_name(file)).suffixes[-2:])[:20]}"
    folder = tasks.uploads()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / stored).open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    payload = {"file": stored, "name": _name(file), "dry_run": dry_run}
    with transaction.atomic():
        job = jobs.enqueue("import_items", payload, study=study, asked_by=request.user, now=timezone.now())
    messages.info(request, "The file is large, so a worker brings it in. Load this page again to see how far it is.")
    return redirect(reverse("admin:judgments_job_change", args=[job.pk]))


def _name(file: UploadedFile) -> str:
    return PurePath(file.name or "file").name[-200:]


def _said(counts: dict[str, int]) -> str:
    there = f" {counts['already_there']} were there already." if counts.get("already_there") else ""
    return f"{counts['items']} items came in, from {counts['rows']} rows.{there}"
