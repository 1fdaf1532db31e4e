"""Findings kept in the cache for as long as what they were made of stays the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from django.core.cache import caches

from judgments import canonical, ledger
from judgments.models import Study

ARITHMETIC = 1
"""Counts up when the same data would give other findings."""

FINDINGS_KEPT = 16
"""Findings that a process has at hand: a large one takes longer to read from the cache than a page may."""

Finding = TypeVar("Finding")

_recent: OrderedDict[str, Any] = OrderedDict()
_lock = threading.Lock()


def kept(study: Study, section: str, subset: str | None, compute: Callable[[ledger.Ledger], Finding]) -> Finding:
    """The finding for the study as it is now: from the cache, or computed and put there."""
    at = ledger.stamp(study)
    key = _key(study, section, subset, at)
    finding = _recalled(key)
    if finding is None:
        finding = compute(selected(study, subset, at))
        caches["findings"].set(key, finding, timeout=None)
        _remember(key, finding)
    return finding


def known(study: Study, section: str, subset: str | None) -> Any:
    """The finding for the study as it is now if it is in the cache; else None. Raises UnknownSubset."""
    at = ledger.stamp(study)
    found = _recalled(_key(study, section, subset, at))
    if found is None and subset is not None:
        selected(study, subset, at)  # Says so if there is no such subset.
    return found


def selected(study: Study, subset: str | None, at: ledger.Stamp | None = None) -> ledger.Ledger:
    """The study's ledger, or that of one of its subsets. Raises UnknownSubset."""
    whole = ledger.of_study(study, at)
    return whole if subset is None else ledger.subset(study, whole, subset)


def _recalled(key: str) -> Any:
    with _lock:
        if key in _recent:
            _recent.move_to_end(key)
            return _recent[key]
    found = caches["findings"].get(key)
    if found is not None:
        _remember(key, found)
    return found


def _remember(key: str, finding: Any) -> None:
    with _lock:
        _recent[key] = finding
        _recent.move_to_end(key)
        while len(_recent) > FINDINGS_KEPT:
            _recent.popitem(last=False)


def _key(study: Study, section: str, subset: str | None, at: ledger.Stamp) -> str:
    depends_on: list[Any] = [
        ARITHMETIC, str(study.uid), section, subset, study.subsets, study.rubric_version_id, asdict(at),
    ]  # fmt: skip
    return canonical.digest(depends_on)
