"""Looking back and taking back: which of two judgments somebody stands by, and what they take out of a study."""

import uuid

from django.db import models
from django.db.models import Q

from judgments.models.append_only import AppendOnlyModel


class Stand(AppendOnlyModel):
    """Which of two judgments of the same item its author would stand by; the latest row counts."""

    class Choice(models.TextChoices):
        THEN = "then", "then"
        NOW = "now", "now"
        BOTH = "both", "both"
        NEITHER = "neither", "neither any more"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="stands")
    earlier = models.ForeignKey("judgments.Judgment", models.PROTECT, related_name="+")
    later = models.ForeignKey("judgments.Judgment", models.PROTECT, related_name="stands")
    choice = models.CharField(max_length=7, choices=Choice.choices)
    at = models.DateTimeField()


class Withdrawal(AppendOnlyModel):
    """Something a participant took out of a study. What they said is erased; judgments count nowhere any more.

    item: all judgments of that item. judgments: all of them. part: no more reading; what was said stays.
    link: nothing leads from the code name to the person any more, and the background is erased.
    """

    class Scope(models.TextChoices):
        ITEM = "item", "one item"
        JUDGMENTS = "judgments", "all judgments"
        PART = "part", "taking part"
        LINK = "link", "the link to the person"

    OF_JUDGMENTS = (Scope.ITEM, Scope.JUDGMENTS)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="withdrawals")
    item = models.ForeignKey("judgments.Item", models.PROTECT, null=True, related_name="+")
    scope = models.CharField(max_length=9, choices=Scope.choices)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="item", item__isnull=False) | (~Q(scope="item") & Q(item__isnull=True)),
                name="withdrawal_of_item_names_it",
            ),
            models.UniqueConstraint(
                fields=["participant", "item"], condition=Q(scope="item"), name="withdrawal_item_once"
            ),
            models.UniqueConstraint(
                fields=["participant", "scope"], condition=~Q(scope="item"), name="withdrawal_scope_once"
            ),
        ]
