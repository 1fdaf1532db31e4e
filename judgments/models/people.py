"""People: accounts, their roles in studies, invitations, participants, consent and background."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from judgments.models.append_only import AppendOnlyModel


class User(AbstractUser):
    """An account that can sign in. What it may do in a study is said by Membership and Participant.

    reader_settings: how this person likes to read and which keys they use; empty means as the house has it.
    """

    reader_settings = models.JSONField(default=dict, blank=True, editable=False)

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class Role(models.TextChoices):
    ANNOTATOR = "annotator", "annotator"
    RESEARCHER = "researcher", "researcher"
    ADMIN = "admin", "admin"


class Membership(models.Model):
    """A researcher's or an admin's place in one study. Annotators are participants instead."""

    study = models.ForeignKey("judgments.Study", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=[(Role.RESEARCHER, "researcher"), (Role.ADMIN, "admin")])
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "user"], name="membership_once")]

    def __str__(self):
        return f"{self.user} · {self.role} · {self.study}"


class Invitation(models.Model):
    """A copyable link into a study. The code itself is derived from `uid` and the site's key, never stored."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.ANNOTATOR)
    note = models.CharField("for whom", max_length=200, blank=True, help_text="Only you and other admins see this.")
    email = models.EmailField(
        "for this address only", blank=True, help_text="If given, only an account with this e-mail address can join."
    )
    places = models.PositiveIntegerField(default=1, help_text="How many people may join with this link.")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.get_role_display()} in {self.study}" + (f" · {self.note}" if self.note else "")


class InvitationUse(models.Model):
    """One person who joined with an invitation; `place` makes the limit a row that can be taken once."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="uses")
    place = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "place"], name="invitation_place_once"),
            models.UniqueConstraint(fields=["invitation", "user"], name="invitation_user_once"),
        ]


class Participant(models.Model):
    """A person in a study, under a code name. Without an account it is read-only: it came with an import."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="participations"
    )
    code_name = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200, blank=True, help_text="The identifier in an imported dataset.")
    brought_by = models.ForeignKey(
        "judgments.Import", models.PROTECT, null=True, blank=True, editable=False, related_name="participants"
    )
    details = models.JSONField(default=dict, blank=True, help_text="Columns of an import that belong to the person.")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "code_name"], name="participant_code_name_once"),
            models.UniqueConstraint(
                fields=["study", "user"], condition=models.Q(user__isnull=False), name="participant_user_once"
            ),
            models.UniqueConstraint(
                fields=["study", "external_id"],
                condition=~models.Q(external_id=""),
                name="participant_external_once",
            ),
        ]

    def __str__(self):
        return self.code_name


class ConsentText(AppendOnlyModel):
    """What people are asked to agree to, in one version. A new wording is a new version."""

    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="consent_texts")
    version = models.PositiveIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        constraints = [models.UniqueConstraint(fields=["study", "version"], name="consent_text_version_once")]

    def __str__(self):
        return f"{self.study} · consent {self.version}"


class Consent(AppendOnlyModel):
    """One answer of one participant to one consent text; the latest counts."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    takes_part = models.BooleanField()
    may_quote = models.BooleanField(help_text="Written reasons may be quoted without a name.")
    may_publish = models.BooleanField(help_text="Answers may be in a public dataset.")
    given_at = models.DateTimeField()


class Facet(models.Model):
    """A background question of a study. Participants who share an answer form a cohort."""

    study = models.ForeignKey("judgments.Study", models.PROTECT, related_name="facets")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why this is asked; stands beside the question.")
    choices = models.TextField(
        blank=True,
        help_text="Answers to choose from, one a line. People can always answer in their own words instead.",
    )
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["study", "slug"], name="facet_slug_once")]

    def __str__(self):
        return self.title

    @property
    def offered(self) -> list[str]:
        """Answers to choose from; none for an open question."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class ErasableText(models.Model):
    """A person's words, in the one table from which words can go.

    Judgments and the event chain hold only `digest` = sha256(salt + text), so the history still
    verifies after the text was erased. Rows are added, read, and deleted by withdrawal; never changed.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="texts")
    salt = models.BinaryField(max_length=16)
    text = models.TextField()


class Background(AppendOnlyModel):
    """One participant's answer to one facet, with consent for analysis and for publication.

    The answer itself is an erasable text. "prefer_not_to_say" is a value like any other.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="background")
    facet = models.ForeignKey(Facet, models.PROTECT, related_name="answers")
    text = models.ForeignKey(ErasableText, models.DO_NOTHING, db_constraint=False, related_name="+")
    text_digest = models.CharField(max_length=64)
    may_analyse = models.BooleanField()
    may_publish = models.BooleanField()
    given_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        indexes = [models.Index(fields=["participant", "facet"], name="background_by_person")]
