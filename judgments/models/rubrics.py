"""Rubrics: a lineage of instruments; each version frozen once it is published."""

from django.db import models


class Rubric(models.Model):
    """A lineage of rubric versions."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.title


class RubricVersion(models.Model):
    """One wording of a rubric. Publishing freezes it: the database refuses every later change."""

    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True, help_text="Plain words for readers, shown before the first item.")
    change_note = models.TextField(blank=True, help_text="What changed since the version before.")
    forked_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="forks"
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="sha256 of the whole wording.")

    class Meta:
        ordering = ["rubric", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "number"], name="rubric_version_once"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, digest="")
                | (models.Q(published_at__isnull=False) & ~models.Q(digest="")),
                name="rubric_version_published_with_digest",
            ),
        ]

    def __str__(self):
        return f"{self.title} · version {self.number}" + ("" if self.is_published else " (draft)")

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Kind(models.TextChoices):
    """How a dimension is asked."""

    BALANCE = "balance", "Balance: too little … fitting … too much"
    DEGREE = "degree", "Degree: not at all … very deeply"
    TWO_GOODS = "two_goods", "Two goods: from one good to the other"
    CHOICE = "choice", "Choice: one of several"
    CHOICES = "choices", "Choices: any of several"
    LINE = "line", "Line: a place between two ends"
    COMPARE = "compare", "Compare: two or more responses side by side"
    OPEN = "open", "Open: words only"


class Level(models.TextChoices):
    """Level of measurement: decides which distance is meaningful."""

    NOMINAL = "nominal", "nominal"
    ORDINAL = "ordinal", "ordinal"
    INTERVAL = "interval", "interval"
    RATIO = "ratio", "ratio"
    SET = "set", "set"
    RANKING = "ranking", "ranking"
    PAIR = "pair", "pair"
    OPEN = "open", "open"


class Dimension(models.Model):
    """One thing judged. Annotators see its question."""

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="dimensions")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=300)
    help = models.TextField(blank=True, help_text="Opened on request, beside the question.")
    not_about = models.TextField("what it is not about", blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BALANCE)
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.ORDINAL)
    position = models.PositiveIntegerField(default=0)
    line_low = models.FloatField(null=True, blank=True, help_text="Line only: the number at the left end.")
    line_high = models.FloatField(null=True, blank=True, help_text="Line only: the number at the right end.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "slug"], name="dimension_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="line")
                | models.Q(line_low__isnull=False, line_high__isnull=False, line_low__lt=models.F("line_high")),
                name="dimension_line_has_ends",
            ),
        ]

    def __str__(self):
        return self.title


class ScalePoint(models.Model):
    """One worded point of a dimension. A point set apart lies outside ordinal distance ("held both")."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="points")
    value = models.FloatField(help_text="Its place on the scale; for named choices a number of its own.")
    code = models.CharField(max_length=200, help_text="How data files name it.")
    text = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    apart = models.BooleanField(default=False)
    side: int | None = None
    """Where a comparison shows this point to one person, from 0; set in memory by answers.as_shown."""

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "value"], name="scale_point_value_once"),
            models.UniqueConstraint(fields=["dimension", "code"], name="scale_point_code_once"),
        ]

    def __str__(self):
        return self.text


class Tag(models.Model):
    """A word offered for marks. Readers may also write their own."""

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="tags")
    slug = models.SlugField(max_length=80)
    text = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="tag_slug_once")]

    def __str__(self):
        return self.text
