"""Material: families of scenarios, the responses models gave, and the items made of them."""

import uuid

from django.db import models
from django.utils.text import Truncator


class Family(models.Model):
    """A base situation and its shifts."""

    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="families")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    opens = models.TextField("what it opens", blank=True, help_text="What a reader might probe here.")

    class Meta:
        verbose_name_plural = "families"
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="family_slug_once")]

    def __str__(self):
        return self.title


class Scenario(models.Model):
    """One concrete prompt: the turns before the response. A shift names its base, axis and distance."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="scenarios")
    family = models.ForeignKey(Family, models.PROTECT, null=True, blank=True, related_name="scenarios")
    external_id = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    messages = models.JSONField(
        default=list,
        help_text='A list of {"role": "person" or "model" or "system", "content": "…", "lang": "en"}.',
    )
    shift_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="shifts")
    axis = models.CharField(max_length=40, blank=True, help_text="What changes against the base: who, stakes, time …")
    distance = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How far from the base: 1, 2, 3.")
    content_notes = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47, such as en or ar-EG.")
    digest = models.CharField(max_length=64, editable=False, db_index=True, help_text="sha256 of the turns.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shift_of__isnull=True) | ~models.Q(axis=""), name="scenario_shift_has_axis"
            ),
        ]
        indexes = [models.Index(fields=["study", "external_id"], name="scenario_by_external_id")]

    def __str__(self):
        return self.title or self.external_id or str(self.uid)

    @property
    def name(self) -> str:
        """What readers see it called: its title, else the words it opens with; nothing where it has neither."""
        return self.title or Truncator(next((turn["content"] for turn in self.messages), "")).words(8)


class ModelVersion(models.Model):
    """A model line at a version with its settings. No name means: not known, or withheld."""

    name = models.CharField(max_length=200)
    version = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict, blank=True, help_text="Temperature, system prompt and the like.")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="sha256 of the three above.")

    def __str__(self):
        return f"{self.name} {self.version}".strip()


class Response(models.Model):
    """A text one model produced for a scenario, kept verbatim. No text: the response was not text."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="responses")
    model = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="responses")
    text = models.TextField(null=True, blank=True)
    language = models.CharField(max_length=35, blank=True)
    generated_at = models.DateTimeField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)

    def __str__(self):
        return (self.text or "no text")[:60]


class ItemQuerySet(models.QuerySet):
    def kept(self):
        """Items that have not been taken out or discarded with their import."""
        return self.filter(hidden_at__isnull=True)


class Item(models.Model):
    """What is judged: one response, or two or more side by side.

    `number` counts the items of a study from 0 without gaps in use: offers are drawn by these numbers.
    `slots_made` says how many of its slots exist as rows so far.
    """

    class Purpose(models.TextChoices):
        MAIN = "main", "judged"
        PRACTICE = "practice", "practice"
        ANCHOR = "anchor", "anchor"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="items")
    number = models.PositiveIntegerField(editable=False)
    external_id = models.CharField(max_length=200)
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="items")
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.MAIN)
    metadata = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, editable=False, help_text="sha256 of the turns and responses.")
    slots_made = models.PositiveIntegerField(default=0, editable=False)
    brought_by = models.ForeignKey(
        "judgments.Import", models.PROTECT, null=True, blank=True, editable=False, related_name="items"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="item_number_once"),
            models.UniqueConstraint(
                fields=["study", "external_id"],
                condition=models.Q(hidden_at__isnull=True),
                name="item_external_once",
            ),
        ]
        indexes = [
            # Items never offered have no slots yet: where the next of them lies, and which are anchors.
            models.Index(
                fields=["study", "number"], name="item_untouched",
                condition=models.Q(slots_made=0, hidden_at__isnull=True, purpose="main"),
            ),
            models.Index(fields=["study"], condition=models.Q(purpose="anchor"), name="item_anchor"),
        ]  # fmt: skip

    def __str__(self):
        return self.external_id


class ItemResponse(models.Model):
    """A response's place in an item. The order people saw is recorded on the assignment."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="shown")
    response = models.ForeignKey(Response, models.PROTECT, related_name="shown_in")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="item_response_position_once"),
            models.UniqueConstraint(fields=["item", "response"], name="item_response_once"),
        ]
