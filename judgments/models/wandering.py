"""Wandering: what people mark and write in the reading room, apart from any judgment."""

import uuid

from django.db import models
from django.db.models import Q

from judgments.models.append_only import AppendOnlyModel
from judgments.models.people import ErasableText


class Note(AppendOnlyModel):
    """A mark, a memo, a link between two items, or a longer note. A change is a new row naming the one before.

    audience: who may read it besides its author. taken_back: the row that ends a note.
    """

    class Kind(models.TextChoices):
        MARK = "mark", "a marked passage"
        MEMO = "memo", "a note on an item"
        LINK = "link", "this reminds me of"
        NOTE = "note", "a longer note"

    class Audience(models.TextChoices):
        PRIVATE = "private", "only me"
        RESEARCHERS = "researchers", "the researchers"
        WANDERERS = "wanderers", "the researchers and others who wander here"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    item = models.ForeignKey("judgments.Item", models.PROTECT, null=True, related_name="notes")
    other_item = models.ForeignKey("judgments.Item", models.PROTECT, null=True, related_name="+")
    response = models.ForeignKey("judgments.Response", models.PROTECT, null=True, related_name="+")
    turn = models.PositiveSmallIntegerField(null=True, help_text="Or a turn of the scenario, from 0.")
    start = models.PositiveIntegerField(null=True, help_text="Code points of the text as stored.")
    end = models.PositiveIntegerField(null=True, help_text="Exclusive.")
    quote = models.TextField(blank=True)
    tag = models.CharField(max_length=120, blank=True)
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64, blank=True)
    audience = models.CharField(max_length=11, choices=Audience.choices, default=Audience.PRIVATE)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    taken_back = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="mark", item__isnull=False, start__isnull=False, end__gt=models.F("start"))
                | Q(kind="link", item__isnull=False, other_item__isnull=False)
                | Q(kind="memo", item__isnull=False)
                | Q(kind="note"),
                name="note_fits_its_kind",
            ),
        ]
        indexes = [models.Index(fields=["participant", "item"], name="note_by_person")]
