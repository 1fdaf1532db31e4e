"""History: one event per act, each bound to the one before it by its hash."""

from django.conf import settings
from django.db import models

from judgments.models.append_only import AppendOnlyModel


class Event(AppendOnlyModel):
    """Something somebody did. `body` is the canonical JSON text that the hash covers."""

    chain = models.CharField(max_length=36, help_text="A study's uid, or `site`.")
    number = models.PositiveBigIntegerField(help_text="Place in the chain, from 1.")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=36, blank=True, help_text="The uid of what was acted on.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnlyModel.Meta):
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="event_number_once")]
        indexes = [models.Index(fields=["subject"], condition=~models.Q(subject=""), name="event_by_subject")]

    def __str__(self):
        return f"{self.number} {self.kind}"


class ChainHead(models.Model):
    """The last event of a chain. Locked last, just before commit, so that a chain has one order."""

    chain = models.CharField(max_length=36, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
