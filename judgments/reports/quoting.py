"""Whose written words may be quoted: beside the words of others, away from the judgment they belong to."""

from judgments.models import Consent, ConsentText, Participant, Study


def may_be_quoted(study: Study) -> frozenset[int]:
    """Participants by primary key whose latest consent allows it.

    Words that were published or invented before they came here may be quoted, and so may everyone's in a
    study that asks for no consent.
    """
    people = Participant.objects.filter(study=study).values_list("pk", "brought_by")
    if not ConsentText.objects.filter(study=study).exists():
        return frozenset(pk for pk, _ in people)
    given = Consent.objects.filter(participant__study=study).order_by("given_at", "pk")
    latest = dict(given.values_list("participant", "may_quote"))
    return frozenset(pk for pk, brought_by in people if brought_by is not None or latest.get(pk, False))
