"""Who is in a release, what of their words may be quoted, and what of their background may be told."""

import base64
import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, field

from judgments.models import Background, Consent, ConsentText, ErasableText, Facet, Participant, Study
from judgments.releasing.tables import NOT_ASKED, NOT_AVAILABLE, SUPPRESSED
from judgments.withdrawal import withdrawn_pairs

K = 5
"""No combination of released background answers is shared by fewer people."""


@dataclass(frozen=True)
class Person:
    """One person of a release. background: a value for each facet of the study, in its order."""

    annotator_id: str
    code_name: str
    external_id: str | None
    imported: bool
    consent_version: int | None
    may_be_quoted: bool
    details: dict
    background: list[str] = field(default_factory=list)

    @property
    def n_suppressed(self) -> int:
        return self.background.count(SUPPRESSED)


@dataclass(frozen=True)
class People:
    """by_pk: those in the release. left_out: participants whose answers may not be published."""

    by_pk: dict[int, Person]
    left_out: frozenset[int]
    facets: list[Facet]
    consent_asked: bool

    @property
    def n_suppressed(self) -> int:
        return sum(person.n_suppressed for person in self.by_pk.values())


def pseudonym(study: Study, participant: Participant) -> str:
    """Stable within a study, and without its seed unlinkable to anything else."""
    code = hmac.digest(study.seed.encode(), b"annotator" + participant.uid.bytes, hashlib.sha256)
    return "an_" + base64.b32encode(code).decode().lower()[:16]


def people_of(study: Study) -> People:
    """Everybody whose answers may be published.

    People who were brought in, published before or invented, are in with all they said. Of the others only those
    whose latest consent takes part and allows publication; where a study never asked, they are in without words.
    Whoever took everything back is not here at all.
    """
    asked = ConsentText.objects.filter(study=study).exists()
    given = Consent.objects.filter(participant__study=study).select_related("text").order_by("given_at", "pk")
    latest = {consent.participant_id: consent for consent in given}
    found = Participant.objects.filter(study=study, brought_by__discarded_at__isnull=True).order_by("pk")
    withdrawn = {person for person, item in withdrawn_pairs(study) if item is None}
    by_pk, left_out = {}, set()
    for participant in found.exclude(pk__in=withdrawn):
        consent = latest.get(participant.pk)
        if _was_brought(participant) or not asked or (consent and consent.takes_part and consent.may_publish):
            by_pk[participant.pk] = _person(study, participant, consent)
        else:
            left_out.add(participant.pk)
    facets = list(study.facets.order_by("position", "pk"))
    _tell_background(study, by_pk, facets)
    return People(by_pk, frozenset(left_out), facets, asked)


def _was_brought(participant: Participant) -> bool:
    """Whether the words were published or invented before they came here, so that nobody is asked."""
    return participant.brought_by_id is not None


def _person(study: Study, participant: Participant, consent: Consent | None) -> Person:
    imported = _was_brought(participant)
    return Person(
        annotator_id=pseudonym(study, participant),
        code_name=participant.code_name,
        external_id=participant.external_id if imported else None,
        imported=imported,
        consent_version=consent.text.version if consent else None,
        may_be_quoted=imported or bool(consent and consent.may_quote),
        details=participant.details if imported else {},
    )


def _tell_background(study: Study, by_pk: dict[int, Person], facets: list[Facet]) -> None:
    answers = _answers(study, by_pk)
    own: dict[int, list[str]] = {}
    for pk, person in by_pk.items():
        values = [answers.get((pk, facet.pk), NOT_ASKED) for facet in facets]
        if person.imported:
            person.background.extend(values)
        else:
            own[pk] = values
    for pk, values in k_anonymous(own).items():
        by_pk[pk].background.extend(values)


def _answers(study: Study, by_pk: dict[int, Person]) -> dict[tuple[int, int], str]:
    """The latest answer of each person to each facet; `not_available` without consent, or when it was erased."""
    latest = {
        (row.participant_id, row.facet_id): row
        for row in Background.objects.filter(participant__study=study).order_by("given_at", "pk")
    }
    told = {row.text_id for row in latest.values()}
    words = {
        text.pk: text.text
        for text in ErasableText.objects.filter(participant__study=study).iterator(chunk_size=5_000)
        if text.pk in told
    }
    imported = {pk for pk, person in by_pk.items() if person.imported}
    return {
        (pk, facet): words.get(row.text_id, NOT_AVAILABLE) if row.may_publish or pk in imported else NOT_AVAILABLE
        for (pk, facet), row in latest.items()
    }


def k_anonymous(people: dict[int, list[str]], k: int = K) -> dict[int, list[str]]:
    """The same table with cells suppressed until k people or more share each row, or all rows are the same.

    Column after column, the one with most answers first, is suppressed in the rows that too few share; what
    is left then is suppressed whole, together with the smallest other groups if it is still too few.
    """
    rows = {pk: list(values) for pk, values in people.items()}
    if not rows:
        return rows
    width = len(next(iter(rows.values())))
    for column in sorted(range(width), key=lambda at: (-len({row[at] for row in rows.values()}), at)):
        for pk in _in_small_groups(rows, k):
            rows[pk][column] = SUPPRESSED
    nothing = [SUPPRESSED] * width
    while _in_small_groups(rows, k):
        others = Counter(tuple(row) for row in rows.values() if row != nothing)
        if not others:
            break
        smallest = min(others, key=lambda group: (others[group], group))
        for pk in [pk for pk, row in rows.items() if tuple(row) == smallest]:
            rows[pk] = list(nothing)
    return rows


def _in_small_groups(rows: dict[int, list[str]], k: int) -> list[int]:
    size = Counter(map(tuple, rows.values()))
    return [pk for pk, row in rows.items() if size[tuple(row)] < k]
