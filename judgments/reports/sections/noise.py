"""How much of all variation is the item, how much is who answered and when, and how many readers an item needs."""

from dataclasses import dataclass
from typing import Any

from judgments.analysis.dstudy import DStudy, annotators_needed, d_study
from judgments.analysis.needed import Needed
from judgments.analysis.noise import NoiseAudit, noise_audit
from judgments.reports.sections.material import Compared


@dataclass(frozen=True)
class Noise:
    """audit: variance components. readers: reliability by number of readers. needed: for a dependability of 0.8."""

    audit: NoiseAudit
    readers: DStudy
    needed: Needed

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"audit": self.audit.to_dict(), "readers": self.readers.to_dict(), "needed": self.needed.to_dict()}


def find(each: Compared) -> Noise | None:
    """The noise audit of an ordered dimension; None for answers without an order."""
    if not each.is_ordered:
        return None
    audit = noise_audit(each.all_occasions)
    return Noise(audit, d_study(audit), annotators_needed(audit))
