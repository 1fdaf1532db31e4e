"""Work done outside a request: jobs, and the imports and releases they make."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    """A piece of work as a row: the row is the truth, a message broker only a doorbell.

    `fence` grows each time the job is taken up; a worker that lost its lease cannot finish the job
    of the one that took over.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "under way"
        DONE = "done", "done"
        FAILED = "failed", "stopped"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0, help_text="Progress: how many so far.")
    total = models.PositiveBigIntegerField(null=True, help_text="Progress: of how many, if known.")
    note = models.CharField(max_length=200, blank=True, help_text="Progress in words.")
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="Located errors, in words for the person who asked.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    study = models.ForeignKey("judgments.Study", models.CASCADE, null=True, related_name="jobs")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_by_state")]

    def __str__(self):
        return f"{self.kind} · {self.get_state_display()}"


class Import(models.Model):
    """One file or dataset brought into a study, whole. Discarding hides what it brought and deletes nothing."""

    class Kind(models.TextChoices):
        ITEMS = "items", "items"
        JUDGMENTS = "judgments", "judgments"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    source = models.CharField(max_length=300, help_text="File or mapping name.")
    digest = models.CharField(max_length=64, help_text="sha256 over everything that was read.")
    mapping = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "kind", "digest"], condition=Q(discarded_at__isnull=True), name="import_once"
            )
        ]

    def __str__(self):
        return f"{self.source} · {self.created_at:%Y-%m-%d}"


class Release(models.Model):
    """A sealed release of a study: an immutable folder that names its own content."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80, help_text="Made of the content: the same data give the same name.")
    folder = models.CharField(max_length=500)
    facts = models.JSONField(default=dict, help_text="release.json as written.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return self.name
