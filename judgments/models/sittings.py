"""Sittings: stretches of work, the time counted in them, and where somebody left off."""

import uuid

from django.db import models
from django.db.models import Q

from judgments.models.append_only import AppendOnlyModel
from judgments.models.people import ErasableText


class Sitting(models.Model):
    """One stretch of work of one participant. It changes while it lasts, like a draft, and ends once.

    active_seconds: time in which the person was active; idle time is not in it.
    rested_at, rested_seconds: when the last break was taken or declined, and what had been counted by then.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="sittings")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When time was last counted.")
    active_seconds = models.PositiveIntegerField(default=0)
    rested_at = models.DateTimeField()
    rested_seconds = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(ended_at__isnull=True), name="sitting_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["participant", "begun_at"], name="sitting_by_person")]


class TimeCorrection(AppendOnlyModel):
    """Minutes a person adds to the time counted, or takes off it: “I was reading on paper”."""

    MOST_MINUTES = 600

    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="time_corrections")
    minutes = models.SmallIntegerField()
    why = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    why_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=-600, minutes__lte=600) & ~Q(minutes=0), name="time_correction_plausible"
            ),
        ]


class Bookmark(AppendOnlyModel):
    """A line somebody left for themselves on pausing: where they were. The latest is shown in the queue."""

    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="bookmarks")
    assignment = models.ForeignKey("judgments.Assignment", models.PROTECT, null=True, related_name="+")
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
