"""A study's releases: make one, look at what is in it, take it away."""

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotate.permissions import study_for_researcher
from judgments import jobs, releasing
from judgments.models import Job, Release, Study

TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".zip": "application/zip",
}


@login_required
@require_GET
def index(request, slug):
    study = study_for_researcher(request.user, slug)
    under_way = Job.objects.filter(study=study, kind="release", state__in=jobs.UNDER_WAY).first()
    context = {"study": study, "releases": releasing.kept(study), "under_way": under_way}
    return render(request, "releases/index.html", context)


@login_required
@require_POST
def make(request, slug):
    study = study_for_researcher(request.user, slug)
    job = jobs.enqueue_once("release", {}, study=study, asked_by=request.user, now=timezone.now())
    return redirect("jobs:show", job.uid)


@login_required
@require_GET
def show(request, slug, name):
    study = study_for_researcher(request.user, slug)
    release = _release(study, name)
    files = [
        {"path": path, "bytes": (Path(release.folder) / path).stat().st_size} for path in releasing.files_in(release)
    ]
    return render(request, "releases/show.html", {"study": study, "release": release, "files": files})


@login_required
@require_GET
def download(request, slug, name, path):
    release = _release(study_for_researcher(request.user, slug), name)
    if path not in releasing.files_in(release):
        raise Http404("There is no such file in this release.")
    return _sent(Path(release.folder) / path, as_name=Path(path).name)


@login_required
@require_GET
def whole(request, slug, name):
    release = _release(study_for_researcher(request.user, slug), name)
    archive = releasing.archive_of(Path(release.folder), slug)
    if not archive.is_file():
        raise Http404("This release has no archive.")
    return _sent(archive, as_name=archive.name)


def _release(study: Study, name: str) -> Release:
    release = next((one for one in releasing.kept(study) if one.name == name), None)
    if release is None:
        raise Http404("There is no such release for you.")
    return release


def _sent(path: Path, *, as_name: str) -> FileResponse:
    type_ = TYPES.get(path.suffix, "text/plain; charset=utf-8")
    return FileResponse(path.open("rb"), as_attachment=True, filename=as_name, content_type=type_)


app_name = "releases"
urlpatterns = [
    path("<slug:slug>/releases/", index, name="index"),
    path("<slug:slug>/releases/make/", make, name="make"),
    path("<slug:slug>/releases/<str:name>.zip", whole, name="whole"),
    path("<slug:slug>/releases/<str:name>/", show, name="show"),
    path("<slug:slug>/releases/<str:name>/<path:path>", download, name="download"),
]
