"""Whether a person may read on in a study: everything that decides it, in one query."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery, Sum

from judgments.models import Consent, ConsentText, Participant, Sitting, Withdrawal


@dataclass(frozen=True)
class Standing:
    """has_left: by a way out, or by a no to the latest consent answered. consent_wanted: to a newer text.

    today: active time of the sittings begun today (UTC).
    """

    has_left: bool
    consent_wanted: bool
    today: timedelta
    daily_limit: timedelta | None

    @property
    def is_enough(self) -> bool:
        """Whether the study's limit for a day is reached."""
        return self.daily_limit is not None and self.today >= self.daily_limit


def of(participant: Participant, *, now: datetime) -> Standing:
    """The standing of a participant now."""
    given = Consent.objects.filter(participant=OuterRef("pk")).order_by("-pk")
    asked = ConsentText.objects.filter(study=OuterRef("study")).order_by("-version")
    ways_out = Withdrawal.objects.filter(participant=OuterRef("pk")).exclude(scope=Withdrawal.Scope.ITEM)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = Sitting.objects.filter(participant=OuterRef("pk"), begun_at__gte=midnight).order_by()
    found = Participant.objects.filter(pk=participant.pk).values_list(
        Subquery(asked.values("pk")[:1]),
        Subquery(given.values("text")[:1]), Subquery(given.values("takes_part")[:1]), Exists(ways_out),
        Subquery(seconds.values("participant").annotate(n=Sum("active_seconds")).values("n")),
        "study__daily_minutes",
    )  # fmt: skip
    text, answered, takes_part, left, today, limit = found.get()
    return Standing(
        has_left=left or takes_part is False,
        consent_wanted=text is not None and text != answered,
        today=timedelta(seconds=today or 0),
        daily_limit=None if limit is None else timedelta(minutes=limit),
    )
