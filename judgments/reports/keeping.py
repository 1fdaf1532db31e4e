"""Findings kept in the cache for as long as what they were made of stays the same."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from django.core.cache import caches

from judgments import canonical, ledger
from judgments.models import Study

ARITHMETIC = 1
"""Counts up when the same data would give other findings."""

Finding = TypeVar("Finding")


def kept(study: Study, section: str, subset: str | None, compute: Callable[[ledger.Ledger], Finding]) -> Finding:
    """The finding for the study as it is now: from the cache, or computed and put there."""
    at = ledger.stamp(study)
    key = _key(study, section, subset, at)
    finding = caches["findings"].get(key)
    if finding is None:
        finding = compute(selected(study, subset, at))
        caches["findings"].set(key, finding, timeout=None)
    return finding


def known(study: Study, section: str, subset: str | None) -> Any:
    """The finding for the study as it is now if it is in the cache; else None. Raises UnknownSubset."""
    at = ledger.stamp(study)
    found = caches["findings"].get(_key(study, section, subset, at))
    if found is None and subset is not None:
        selected(study, subset, at)  # Says so if there is no such subset.
    return found


def selected(study: Study, subset: str | None, at: ledger.Stamp | None = None) -> ledger.Ledger:
    """The study's ledger, or that of one of its subsets. Raises UnknownSubset."""
    whole = ledger.of_study(study, at)
    return whole if subset is None else ledger.subset(study, whole, subset)


def _key(study: Study, section: str, subset: str | None, at: ledger.Stamp) -> str:
    depends_on: list[Any] = [
        ARITHMETIC, str(study.uid), section, subset, study.subsets, study.rubric_version_id, asdict(at),
    ]  # fmt: skip
    return canonical.digest(depends_on)
