"""Studies: a body of items judged with a rubric by participants."""

import secrets
import uuid

from django.conf import settings
from django.db import models

from judgments.models.people import Role


def new_seed() -> str:
    """The secret from which a study draws every order and side."""
    return secrets.token_hex(32)


class StudyQuerySet(models.QuerySet):
    def kept(self):
        """Studies that have not been discarded."""
        return self.filter(discarded_at__isnull=True)

    def researched_by(self, user):
        """Studies whose results this user may see."""
        if user.is_superuser:
            return self.kept()
        roles = [Role.RESEARCHER, Role.ADMIN]
        return self.kept().filter(memberships__user=user, memberships__role__in=roles).distinct()

    def judged_by(self, user):
        """Studies in which this user takes part as an annotator."""
        return self.kept().filter(participants__user=user)


class Study(models.Model):
    class Wander(models.TextChoices):
        CLOSED = "closed", "no reading room"
        READ = "read", "what a reader has judged already"
        ALL = "all", "every item"

    class State(models.TextChoices):
        DRAFT = "draft", "being set up"
        OPEN = "open", "open"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    class Origin(models.TextChoices):
        OWN = "own", "judged here"
        IMPORTED = "imported", "imported judgments"
        INVENTED = "invented", "invented for demonstration"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(
        blank=True, help_text="For the people who take part: what this is and who leads it."
    )
    rubric_version = models.ForeignKey(
        "judgments.RubricVersion", models.PROTECT, null=True, blank=True, related_name="studies",
        help_text="A published version. A later one can be chosen while the study runs; each judgment keeps its own.",
    )  # fmt: skip
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.OWN, editable=False)
    judgments_wanted = models.PositiveIntegerField(default=12, help_text="How many people should judge each item.")
    lease_minutes = models.PositiveIntegerField(
        default=60,
        help_text="How long a place is held for someone who opened an item. A late judgment is still kept.",
    )
    models_hidden = models.BooleanField(
        default=True, help_text="Nobody sees which model wrote a response until the study is closed."
    )
    first_reading = models.BooleanField(
        "read first", default=True,
        help_text="People write what struck them, or nothing, before they see a question. The rubric should not tell "
        "them what to notice.",
    )  # fmt: skip
    markdown = models.BooleanField(
        default=False,
        help_text="Show responses with bold, lists and headings. Plain text sways readers less.",
    )
    licence = models.CharField(
        max_length=80, blank=True, help_text="Licence of the judgments, as an SPDX identifier."
    )
    attribution = models.TextField(blank=True, help_text="Shown on each page and release of the study.")
    content_warning = models.TextField(blank=True)
    led_by = models.CharField(
        max_length=200, blank=True, help_text="Who leads it and where; stands on the invitation."
    )
    payment = models.CharField(
        max_length=200,
        blank=True,
        help_text="What people are paid, such as “£14 an hour”. Say the rate. Pay the time it really takes.",
    )
    pause_note = models.CharField(
        max_length=300, blank=True, help_text="While the study is paused: by whom, and why."
    )
    care_lines = models.TextField(
        "people and lines",
        blank=True,
        help_text="Shown when something stays with a reader: one person, number or address a line.",
    )
    care_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The one account that sees what readers write when something stays with them. Researchers do not.",
    )
    daily_minutes = models.PositiveSmallIntegerField(
        "minutes a day",
        null=True,
        blank=True,
        default=120,
        help_text="After so much counted time nothing new is offered until tomorrow; the open item can be finished. "
        "Empty: no limit.",
    )
    break_minutes = models.PositiveSmallIntegerField(
        "a break after (minutes)",
        default=25,
        help_text="Judging is tiring. Tired is a different instrument.",
    )
    break_items = models.PositiveSmallIntegerField(
        "a break after (items)", default=10, help_text="A break is offered, never forced."
    )
    wander = models.CharField(
        "reading room",
        max_length=6,
        choices=Wander.choices,
        default=Wander.READ,
        help_text="What people may read, mark and write about without questions. An item read here first is not "
        "a first reading any more.",
    )
    withdrawal_until = models.DateField(
        "can be taken back until",
        null=True,
        blank=True,
        help_text="The last day on which people can take their judgments out. Name the same day in the consent text. "
        "Empty: until the first release.",
    )
    subsets = models.JSONField(default=dict, blank=True, editable=False)
    # The design of who reads what: read by judgments.design, carried out by judgments.assignment.
    quotas = models.JSONField(
        default=dict,
        blank=True,
        help_text="Places of each item kept for cohorts, by the answers to one background question: "
        '{"facet": "region", "at_least": {"north": 3, "south": 3}}. The rest is open to everybody.',
    )
    repeat_share = models.FloatField(
        default=0.1,
        help_text="Some items come back. It shows how steady a judgment is. We tell readers at the start that it "
        "happens.",
    )
    repeat_gap_items = models.PositiveIntegerField(default=20, help_text="Items read in between, at least.")
    repeat_gap_days = models.PositiveIntegerField(default=7, help_text="Days in between, at least.")
    family_gap = models.PositiveIntegerField(
        default=4, help_text="Items of one family stand at least so many places apart for a reader."
    )
    base_first = models.BooleanField(
        default=True, help_text="Half of the readers, drawn by lot, read the base of a family before its shifts."
    )
    most_per_person = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many items one person reads at most; empty for no limit."
    )
    wave = models.PositiveIntegerField(
        default=1,
        help_text="In every wave each reader judges each anchor once more. Without anchors you cannot "
        "tell a changed model from changed readers.",
    )
    slots_laid_for = models.CharField(max_length=64, blank=True, editable=False)
    seed = models.CharField(max_length=64, default=new_seed, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    discarded_at = models.DateTimeField(null=True, blank=True, editable=False)
    researchers = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="studies")

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(discarded_at__isnull=True), name="study_slug_once",
                violation_error_message="Another study has this address.",
            ),
            models.CheckConstraint(condition=models.Q(judgments_wanted__gte=1), name="study_wants_judgments"),
            models.CheckConstraint(condition=models.Q(lease_minutes__gte=1), name="study_lease_positive"),
            models.CheckConstraint(
                condition=models.Q(break_minutes__gte=1, break_items__gte=1), name="study_breaks_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_share__gte=0, repeat_share__lte=1), name="study_repeat_share_is_share"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(rubric_version__isnull=False),
                name="study_open_has_rubric",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.discarded_at is None

    @property
    def hides_models(self) -> bool:
        """Whether model names are still withheld from everyone but admins."""
        return self.models_hidden and self.state != self.State.CLOSED
