"""Reading: what somebody wrote before any question was shown, and what they would have asked themselves."""

import uuid

from django.db import models
from django.db.models import Q

from judgments.models.append_only import AppendOnlyModel
from judgments.models.people import ErasableText


class FirstReading(AppendOnlyModel):
    """What struck a person before they saw a question, and what they had marked by then. Nothing is an answer too.

    marks: the places marked so far, as {response or turn, start, end, tag}; memos come with the judgment.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.OneToOneField("judgments.Assignment", models.PROTECT, related_name="first_reading")
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="first_readings")
    key = models.UUIDField("idempotency key", unique=True)
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64, blank=True)
    marks = models.JSONField(default=list)
    reading_ms = models.PositiveIntegerField(null=True, help_text="Active time on the text, if the page told.")
    written_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(text__isnull=True, text_digest="") | (Q(text__isnull=False) & ~Q(text_digest="")),
                name="first_reading_text_with_digest",
            ),
        ]


class Proposal(AppendOnlyModel):
    """Something a reader would ask: of the situation, of every item, or what the questions left out."""

    class Kind(models.TextChoices):
        WHAT_IF = "what_if", "what if"
        QUESTION = "question", "a question to ask"
        GAP = "gap", "what mattered and was not asked"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="proposals")
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="proposals")
    assignment = models.ForeignKey("judgments.Assignment", models.PROTECT, related_name="proposals")
    rubric_version = models.ForeignKey("judgments.RubricVersion", models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.UUIDField("idempotency key", unique=True)
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        indexes = [models.Index(fields=["study", "kind"], name="proposal_by_study")]
