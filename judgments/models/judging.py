"""Judging: slots, assignments, drafts, and the judgments that are only ever added to."""

import uuid

from django.db import models
from django.db.models import Q

from judgments.models.append_only import AppendOnlyModel
from judgments.models.people import ErasableText


class Slot(models.Model):
    """Room for one counted judgment of an item. k judgments wanted are k rows, so room is never a count."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        HELD = "held", "held"
        FILLED = "filled", "filled"

    item = models.ForeignKey("judgments.Item", models.PROTECT, related_name="slots")
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField(help_text="The item's number in its study.")
    stratum = models.CharField(max_length=80, blank=True, help_text="The cohort it is kept for; empty: everybody.")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="slot_number_once"),
            models.CheckConstraint(
                condition=Q(state="held", held_until__isnull=False) | (~Q(state="held") & Q(held_until__isnull=True)),
                name="slot_held_until_when_held",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "state"], name="slot_by_item"),
            # Finds the next item with room, however many full ones lie in between.
            models.Index(fields=["study", "stratum", "place"], condition=Q(state="open"), name="slot_open"),
            models.Index(fields=["study", "held_until"], condition=Q(state="held"), name="slot_held"),
        ]


class Assignment(models.Model):
    """The promise of a slot to a participant, and everything about the offer that cannot be recovered later."""

    class Kind(models.TextChoices):
        FRESH = "fresh", "fresh"
        REPEAT = "repeat", "repeat"
        ANCHOR = "anchor", "anchor"
        ROUND = "round", "round"

    class State(models.TextChoices):
        OFFERED = "offered", "offered"
        JUDGED = "judged", "judged"
        SKIPPED = "skipped", "skipped"
        EXPIRED = "expired", "expired"

    LIVE = (State.OFFERED, State.JUDGED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="assignments")
    item = models.ForeignKey("judgments.Item", models.PROTECT, related_name="assignments")
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="assignments")
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, related_name="assignments")
    rubric_version = models.ForeignKey("judgments.RubricVersion", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.FRESH)
    occasion = models.PositiveIntegerField(default=0, help_text="The how-manieth time, from 0.")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OFFERED)
    position = models.PositiveIntegerField(help_text="The how-manieth item of this participant, from 0.")
    response_order = models.JSONField(default=list, help_text="Response uids in the order shown, left to right.")
    dimension_order = models.JSONField(default=list, help_text="Dimension slugs in the order shown.")
    seed = models.CharField(max_length=64, blank=True, help_text="What item and sides were drawn from.")
    eligible = models.PositiveIntegerField(null=True, help_text="Among how many items it was drawn at last.")
    propensity = models.FloatField(null=True, help_text="The probability with which this item was offered.")
    draw = models.JSONField(default=dict, help_text="How the probability came about, step by step.")
    reason = models.CharField(max_length=40, help_text="Why this item: the rule that chose it.")
    wave = models.PositiveIntegerField(default=1)
    returns_at = models.DateTimeField(
        null=True, help_text="Drawn to come back: from when on. Empty: not drawn, or come back already."
    )
    offered_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "participant", "occasion"], name="assignment_once"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=["offered", "judged"]), name="assignment_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(propensity__isnull=True) | Q(propensity__gt=0, propensity__lte=1),
                name="assignment_propensity_is_probability",
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "state"], name="assignment_by_person"),
            models.Index(fields=["participant", "-position"], name="assignment_by_position"),
            models.Index(
                fields=["participant", "returns_at"], condition=Q(returns_at__isnull=False), name="assignment_returns"
            ),
            models.Index(fields=["study", "state"], name="assignment_by_state"),
        ]

    def __str__(self):
        return f"{self.participant} on {self.item}"


class Draft(models.Model):
    """The one mutable thing a person writes: what is on the page of an assignment, not yet saved."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="draft")
    revision = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()


class Judgment(AppendOnlyModel):
    """One accepted reading of an assignment's item. A change of mind is a new revision naming the one before."""

    class Status(models.TextChoices):
        COUNTED = "counted", "counted"
        SURPLUS = "surplus", "surplus"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="judgments")
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="judgments")
    item = models.ForeignKey("judgments.Item", models.PROTECT, related_name="judgments")
    participant = models.ForeignKey("judgments.Participant", models.PROTECT, related_name="judgments")
    occasion = models.PositiveIntegerField()
    rubric_version = models.ForeignKey("judgments.RubricVersion", models.PROTECT, related_name="judgments")
    revision = models.PositiveIntegerField(default=0)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.COUNTED)
    key = models.UUIDField("idempotency key", unique=True)
    answers_digest = models.CharField(max_length=64, help_text="sha256 of the canonical answers.")
    settled = models.PositiveSmallIntegerField(null=True, help_text="1 a first impression … 4 settled.")
    rationale = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    rationale_digest = models.CharField(max_length=64, blank=True)
    steps_ms = models.JSONField(default=dict, help_text="Milliseconds spent per step: reading, judging …")
    instrument = models.JSONField(default=dict, help_text="Layout, pointer, reader settings, software version.")
    details = models.JSONField(default=dict, help_text="Columns of an import that belong to the judgment.")
    brought_by = models.ForeignKey("judgments.Import", models.PROTECT, null=True, related_name="judgments")
    judged_at = models.DateTimeField(null=True, help_text="When the person judged; unknown for some imports.")
    created_at = models.DateTimeField(help_text="When the server accepted it.")

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["assignment", "revision"], name="judgment_revision_once"),
            models.CheckConstraint(
                condition=Q(revision=0, supersedes__isnull=True) | Q(revision__gt=0, supersedes__isnull=False),
                name="judgment_revision_names_predecessor",
            ),
            models.CheckConstraint(
                condition=Q(settled__isnull=True) | Q(settled__gte=1, settled__lte=4),
                name="judgment_settled_range",
            ),
            models.CheckConstraint(
                condition=Q(rationale__isnull=True, rationale_digest="")
                | (Q(rationale__isnull=False) & ~Q(rationale_digest="")),
                name="judgment_rationale_with_digest",
            ),
        ]
        indexes = [
            models.Index(fields=["study", "id"], name="judgment_by_study"),
            # What somebody read since a moment, at the same cost whatever they read before.
            models.Index(fields=["participant", "created_at"], name="judgment_by_person"),
        ]

    def __str__(self):
        return f"{self.participant} on {self.item}"


class Form(models.TextChoices):
    POINT = "point", "one place"
    RANGE = "range", "a range"
    BOTH = "both", "both ways"
    NONE = "none", "not this"


class Reason(models.TextChoices):
    MISFIT = "misfit", "The question does not fit here"
    CANNOT_TELL = "cannot_tell", "I cannot tell from what is shown"
    RATHER_NOT = "rather_not", "I would rather not judge this"
    DEPENDS = "depends", "It depends on something I am not told"


class Rating(AppendOnlyModel):
    """A judgment's value on one dimension, in one of four forms.

    point: `point` (a scale value), or `labels` (any of several), or words (`text`).
    range: `low` < `high`, and `point` if a best place was given too.
    both: `both_a` and `both_b`, two places held at once.
    none: a `reason`.
    """

    judgment = models.ForeignKey(Judgment, models.PROTECT, related_name="ratings")
    dimension = models.ForeignKey("judgments.Dimension", models.PROTECT, related_name="ratings")
    form = models.CharField(max_length=5, choices=Form.choices)
    point = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    both_a = models.FloatField(null=True)
    both_b = models.FloatField(null=True)
    labels = models.JSONField(null=True, help_text="Scale values chosen, ascending; an empty list is an answer too.")
    reason = models.CharField(max_length=11, choices=Reason.choices, blank=True)
    text = models.ForeignKey(
        ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        help_text="Words: an open answer, the two readings of both ways, or on what it depends.",
    )  # fmt: skip
    text_digest = models.CharField(max_length=64, blank=True)

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["judgment", "dimension"], name="rating_once"),
            models.CheckConstraint(
                condition=(
                    Q(form="point", low__isnull=True, high__isnull=True, both_a__isnull=True, both_b__isnull=True)
                    & Q(reason="")
                    & (
                        Q(point__isnull=False, labels__isnull=True)
                        | Q(point__isnull=True, labels__isnull=False)
                        | (Q(point__isnull=True, labels__isnull=True) & ~Q(text_digest=""))
                    )
                )
                | Q(
                    form="range", low__isnull=False, high__isnull=False, low__lt=models.F("high"),
                    both_a__isnull=True, both_b__isnull=True, labels__isnull=True, reason="",
                )
                | (
                    Q(
                        form="both", both_a__isnull=False, both_b__isnull=False, both_a__lt=models.F("both_b"),
                        point__isnull=True, low__isnull=True, high__isnull=True, labels__isnull=True, reason="",
                    )
                )
                | (
                    Q(
                        form="none", point__isnull=True, low__isnull=True, high__isnull=True, both_a__isnull=True,
                        both_b__isnull=True, labels__isnull=True,
                    )
                    & ~Q(reason="")
                ),
                name="rating_form_fits_values",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.dimension}: {self.judgment}"


AROUND = 32
"""Code points kept before and after a marked passage."""


def quoted(text: str, start: int, end: int) -> dict[str, str]:
    """A passage by its words: what is marked, and a little before and after it.

    With these it can be found again where offsets cannot be trusted, in a text that was edited or counted otherwise.
    Source: TextQuoteSelector of the Web Annotation Data Model (W3C, 2017).
    """
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return {"quote": text[start:end], "prefix": before, "suffix": after}


class Mark(AppendOnlyModel):
    """A passage somebody marked, by code points of the text as stored. Removing one appends its retraction."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    judgment = models.ForeignKey(Judgment, models.PROTECT, related_name="marks")
    response = models.ForeignKey("judgments.Response", models.PROTECT, null=True, related_name="marks")
    turn = models.PositiveSmallIntegerField(null=True, help_text="Or a turn of the scenario, from 0.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField(help_text="Exclusive.")
    quote = models.TextField()
    prefix = models.CharField(max_length=AROUND, blank=True, help_text="What stands right before the quote.")
    suffix = models.CharField(max_length=AROUND, blank=True, help_text="What stands right after it.")
    tag = models.CharField(max_length=120, blank=True)
    memo = models.ForeignKey(ErasableText, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    memo_digest = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    retracts = models.OneToOneField("self", models.PROTECT, null=True, related_name="retracted_by")

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=models.F("end")), name="mark_not_empty"),
            models.CheckConstraint(
                condition=Q(response__isnull=False, turn__isnull=True) | Q(response__isnull=True, turn__isnull=False),
                name="mark_in_one_text",
            ),
        ]

    def __str__(self):
        return f"“{self.quote}”"
