"""Sections of a report: what else a study's judgments show, each asked for by its name.

section(study, "ladder", subset=None)    computed once for a given state of the study, then kept
SECTIONS                                  what there is, in the order of a full report
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from judgments import jobs
from judgments.errors import DissensusError
from judgments.ledger import Ledger
from judgments.models import Job, Study
from judgments.reports.keeping import kept, known
from judgments.reports.sections import (
    abstention,
    agreement,
    bridging,
    calibration,
    ceiling,
    cohorts,
    comparison,
    drift,
    groups,
    indicators,
    influence,
    kinds,
    ladder,
    noise,
    posterior,
    propensity,
    ranges,
    retest,
    saturation,
    spread,
    transfer,
)
from judgments.reports.sections.material import Compared, Material, Step, silent


class UnknownSection(DissensusError):
    """There is no section of this name."""

    code = "unknown_section"


@dataclass(frozen=True)
class Section:
    """about: the question it answers. find: asks it of a dimension; find_whole: of the study as a whole.

    heavy: takes longer than anybody wants to wait for a page.
    """

    about: str
    find: Callable[[Compared], Any] | None = None
    heavy: bool = False
    find_whole: Callable[[Material], Any] | None = None


SECTIONS: dict[str, Section] = {
    "agreement": Section("How much less do people differ about one item than about two?", agreement.find),
    "spread": Section("Which items are agreed, spread out or split?", spread.find),
    "noise": Section("How much of the variation is the item, and how many readers does one need?", noise.find),
    "cohorts": Section("Do people who share a background agree more with each other?", cohorts.find),
    "crossed_cohorts": Section("And people who share two?", cohorts.find_crossed, heavy=True),
    "ladder": Section("Where does disagreement come from?", ladder.find),
    "posterior": Section("Do people differ, or were too few asked?", posterior.find),
    "abstention": Section("Who said “not this”, and why?", abstention.find),
    "retest": Section("How much do people differ from themselves?", retest.find),
    "influence": Section("Which items and people move alpha most?", influence.find),
    "groups": Section("Are there groups that nobody labelled?", groups.find, heavy=True),
    "kinds": Section("How probable is each kind of disagreement, item by item?", kinds.find),
    "bridging": Section("What do people like who usually disagree?", bridging.find, heavy=True),
    "drift": Section("Does judging change as people go on?", drift.find, heavy=True),
    "transfer": Section("How does judgment move when the context is shifted?", transfer.find),
    "saturation": Section("Would more reading bring new kinds of passages?", find_whole=saturation.find),
    "indicators": Section("Do versions of a model converge at the top of the scale?", indicators.find),
    "ranges": Section("Unclear inside each head, or different between them?", ranges.find),
    "ceiling": Section("How much of the scale is left?", ceiling.find),
    "propensity": Section("What if all answers had been equally likely to be asked for?", propensity.find),
    "comparison": Section("Which model is preferred side by side?", comparison.find),
    "calibration": Section("Do the intervals hold what they say in this design?", calibration.find, heavy=True),
}


@dataclass(frozen=True)
class Found:
    """One section of one study. dimensions: by name, only those that have something of the kind to tell.

    whole: of the study as a whole, where it was asked; None where there is nothing of the kind.
    """

    section: str
    about: str
    dimensions: dict[str, Any]
    whole: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain: dict[str, Any] = {
            "about": self.about,
            "dimensions": {name: found.to_dict() for name, found in self.dimensions.items()},
        }
        return plain if self.whole is None else plain | {"whole": self.whole.to_dict()}


def section(study: Study, name: str, subset: str | None = None, *, said: Step = silent) -> Found:
    """One section: from the cache, or computed and put there. Raises UnknownSection and UnknownSubset."""
    chosen = _section(name)

    def compute(held: Ledger) -> Found:
        return _found(Material(study, subset, held, said), name, chosen)

    return kept(study, _key(study, name, subset), subset, compute)


def ready(study: Study, name: str, subset: str | None = None) -> Found | None:
    """The section if it has been computed for the study as it is now, or is computed in no time; else None."""
    return section(study, name, subset) if is_ready(study, name, subset) else None


def is_ready(study: Study, name: str, subset: str | None = None) -> bool:
    """Whether nobody has to wait for the section. Raises UnknownSection and UnknownSubset."""
    return not _section(name).heavy or known(study, _key(study, name, subset), subset) is not None


def ask(study: Study, name: str, subset: str | None, *, asked_by, now: datetime) -> Job:
    """Have a worker compute a heavy section; the job's page says how far it is. Raises like `section`."""
    if not _section(name).heavy:
        raise UnknownSection(f"{name!r} takes no time: it is computed when it is looked at.")
    known(study, _key(study, name, subset), subset)  # Refuses a subset that is not there, before anybody waits.
    payload = {"section": name} | ({"subset": subset} if subset else {})
    return jobs.enqueue_once("section", payload, study=study, asked_by=asked_by, now=now)


def under_way(study: Study, name: str) -> Job | None:
    """The job that computes this section, if one waits or runs."""
    found = Job.objects.filter(study=study, kind="section", state__in=jobs.UNDER_WAY)
    return next((job for job in found if job.payload["section"] == name), None)


def plain(study: Study, name: str, subset: str | None = None) -> dict[str, Any]:
    """One section as plain data, which is kept as well: long tables take a while to write out."""

    def compute(held: Ledger) -> dict[str, Any]:
        return section(study, name, subset).to_dict()

    return kept(study, f"{_key(study, name, subset)}, plain", subset, compute)


def _section(name: str) -> Section:
    if name not in SECTIONS:
        raise UnknownSection(f"There is no section {name!r}. There are: {', '.join(SECTIONS)}.")
    return SECTIONS[name]


def _key(study: Study, name: str, subset: str | None) -> str:
    """What the cache calls the section: findings may depend on more than the judgments."""
    if name in ("comparison", "indicators") and study.hides_models:
        return f"section {name}, models hidden"
    if name == "kinds" and known(study, groups.NAME, subset) is not None:
        return "section kinds, with hidden camps"
    return f"section {name}"


def _found(material: Material, name: str, chosen: Section) -> Found:
    whole = chosen.find_whole(material) if chosen.find_whole else None
    if chosen.find is None:
        return Found(name, chosen.about, {}, whole)
    by_dimension = {}
    for each in material.compared():
        each.step(0, each.dimension.title)
        by_dimension[each.dimension.name] = chosen.find(each)
    return Found(
        name, chosen.about, {name: found for name, found in by_dimension.items() if found is not None}, whole
    )
