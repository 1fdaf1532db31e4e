"""Consent: which text a person must still answer, and each answer kept as it was given."""

from datetime import datetime

from django.db import transaction

from judgments import audit
from judgments.models import Consent, ConsentText, Participant, Study


def text_of(study: Study) -> ConsentText | None:
    """The wording that counts now: the latest version; None where the study asks for no consent."""
    return study.consent_texts.order_by("-version").first()


def latest(participant: Participant) -> Consent | None:
    """This person's latest answer, to whichever version."""
    return participant.consents.select_related("text").order_by("-pk").first()


@transaction.atomic
def give(
    participant: Participant, text: ConsentText, *, takes_part: bool, may_quote: bool, may_publish: bool, actor,
    now: datetime,
) -> Consent:  # fmt: skip
    """Keep an answer to a consent text; one that says no more than the latest adds nothing.

    A no to taking part is also a no to quoting and publishing.
    """
    said = {
        "takes_part": takes_part,
        "may_quote": takes_part and may_quote,
        "may_publish": takes_part and may_publish,
    }
    given = latest(participant)
    if given is not None and given.text_id == text.pk and all(getattr(given, name) == said[name] for name in said):
        return given
    consent = Consent.objects.create(participant=participant, text=text, given_at=now, **said)
    audit.record(
        "consent_given", study=participant.study, actor=actor, at=now, subject=participant.uid, version=text.version,
        **said,
    )  # fmt: skip
    return consent
