"""Care: what people would rather be warned of or spared, and what stayed with them."""

import uuid

from django.db import models

from judgments.models.append_only import AppendOnlyModel
from judgments.models.people import ErasableText


class ContentPreference(AppendOnlyModel):
    """What one participant wants for items that carry a content note; the latest row for a note counts."""

    class Choice(models.TextChoices):
        SHOW = "show", "show"
        WARN = "warn", "warn me first"
        SPARE = "spare", "leave out"

    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="content_preferences")
    note = models.CharField(max_length=200)
    choice = models.CharField(max_length=5, choices=Choice.choices)
    at = models.DateTimeField()


class CareRequest(AppendOnlyModel):
    """“Something here stays with me.” For the study's named contact alone; researchers never see it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="care_requests")
    assignment = models.ForeignKey("judgments.Assignment", models.PROTECT, null=True, related_name="+")
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
