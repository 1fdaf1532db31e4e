"""The design of a study as data: how many judgments, from whom, and what of it each person's draws decide.

Everything here follows from the study's settings and its seed; nothing is counted or stored.
"""

from collections.abc import Mapping
from typing import Any

from judgments import canonical, draws
from judgments.models import Background, Item, Participant, Study

EVERYBODY = ""
"""The stratum of places that anyone may take."""
ANCHOR_SHARE = 0.25
"""The chance that an offer is an anchor while some are left in this wave; the last ones come at the end."""


def layout(study: Study) -> dict[str, int]:
    """Places of each item by stratum: those kept for a cohort, and the rest for everybody."""
    kept = {str(value): int(places) for value, places in (study.quotas or {}).get("at_least", {}).items()}
    return {EVERYBODY: max(0, study.judgments_wanted - sum(kept.values())), **kept}


def layout_key(study: Study) -> str:
    return canonical.digest(layout(study))


def problems(study: Study) -> list[str]:
    """What is wrong with a study's quotas, one sentence each."""
    quotas: Any = study.quotas
    if not quotas:
        return []
    if not isinstance(quotas, Mapping) or set(quotas) != {"facet", "at_least"}:
        return ["Quotas name a facet and at_least: how many places each cohort has at the least."]
    places = quotas["at_least"]
    if not isinstance(places, Mapping) or not all(type(number) is int and number > 0 for number in places.values()):
        return ["at_least gives each cohort a whole number of places, 1 or more."]
    if any(not value or len(value) > 80 for value in places):
        return ["A cohort is named by its answer, in at most 80 characters."]
    found = []
    if sum(places.values()) > study.judgments_wanted:
        found.append(f"The quotas want more places than the {study.judgments_wanted} judgments wanted of each item.")
    if study.pk and not study.facets.filter(slug=quotas["facet"]).exists():
        found.append(f"The study has no background question “{quotas['facet']}”.")
    return found


def strata_of(participant: Participant, study: Study) -> tuple[str, ...]:
    """The strata whose places this person may take, their own cohort's first."""
    if not study.quotas:
        return (EVERYBODY,)
    answers = Background.objects.filter(participant=participant, facet__slug=study.quotas["facet"], may_analyse=True)
    latest = answers.select_related("text").order_by("-pk").first()
    answer = latest.text.text if latest and latest.text else EVERYBODY
    return (answer, EVERYBODY) if answer in study.quotas["at_least"] else (EVERYBODY,)


def reads_base_first(participant: Participant, study: Study) -> bool:
    """Whether this person was drawn into the half that reads the base of a family before its shifts."""
    return study.base_first and draws.fraction(draws.key(study.seed, "base first", participant.uid)) < 0.5


def comes_back(participant: Participant, item: Item, study: Study) -> bool:
    """Whether this item was drawn to be read by this person a second time."""
    drawn = draws.fraction(draws.key(study.seed, "repeat", participant.uid, item.uid))
    return item.purpose == Item.Purpose.MAIN and drawn < study.repeat_share


def repeat_chance(study: Study) -> float:
    """The chance that an offer is a repeat while some are due: twice the share, so that none pile up."""
    return min(1.0, 2 * study.repeat_share)
