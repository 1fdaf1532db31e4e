"""How far an import or a release has come."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotate.permissions import is_admin
from judgments.models import Job, Study

TITLES = {
    "import_items": "Bringing in items",
    "import_judgments": "Bringing in a dataset",
    "release": "Making a release",
    "section": "Working out a section of the report",
}
SECTIONS = {"calibration": "Simulating this design"}


@login_required
@never_cache
@require_GET
def show(request, uid):
    job = _job_for(request.user, uid)
    going_on = job.state in (Job.State.QUEUED, Job.State.RUNNING)
    context = {"job": job, "title": _title(job), "going_on": going_on, "counts": _counts(job)}
    return render(request, "jobs/_job.html" if request.htmx else "jobs/show.html", context)


def _job_for(user, uid) -> Job:
    """The job, for who asked for it, who researches its study, and admins; else Http404."""
    job = Job.objects.select_related("study").filter(uid=uid).first()
    if job is None:
        raise Http404("There is no such job for you.")
    researches = job.study_id is not None and Study.objects.researched_by(user).filter(pk=job.study_id).exists()
    if not (researches or job.asked_by_id == user.pk or is_admin(user)):
        raise Http404("There is no such job for you.")
    return job


def _title(job: Job) -> str:
    return SECTIONS.get(job.payload.get("section", ""), TITLES.get(job.kind, job.kind))


def _counts(job: Job) -> list[tuple[str, int]]:
    counts = job.result.get("counts", {})
    return [(name.replace("_", " "), count) for name, count in counts.items()]


app_name = "jobs"
urlpatterns = [path("<uuid:uid>/", show, name="show")]
