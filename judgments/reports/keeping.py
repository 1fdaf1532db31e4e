"""Findings kept in the cache for as long as what they were made of stays the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.core.cache import caches

from judgments import canonical, ledger
from judgments.models import Study

ARITHMETIC = 2
"""Counts up when the same data would give other findings."""

FINDINGS_KEPT = 64
"""Findings that a process has at hand: a large one takes longer to read from the cache than a page may."""

Finding = TypeVar("Finding")


class _Place(NamedTuple):
    """Where a finding is at hand; one of a later state of the study takes the place of the one before."""

    study: UUID
    section: str
    subset: str | None


_at_hand: OrderedDict[_Place, tuple[str, Any]] = OrderedDict()
_lock = threading.Lock()
_moment: ContextVar[dict[UUID, ledger.Stamp] | None] = ContextVar("moment", default=None)


def kept(study: Study, section: str, subset: str | None, compute: Callable[[ledger.Ledger], Finding]) -> Finding:
    """The finding for the study as it is now: from the cache, or computed and put there."""
    at = _stamp(study)
    place, key = _Place(study.uid, section, subset), _key(study, section, subset, at)
    finding = _recalled(place, key)
    if finding is None:
        finding = compute(selected(study, subset, at))
        caches["findings"].set(key, finding, timeout=None)
        _remember(place, key, finding)
    return finding


def known(study: Study, section: str, subset: str | None) -> Any:
    """The finding for the study as it is now if it is in the cache; else None. Raises UnknownSubset."""
    at = _stamp(study)
    found = _recalled(_Place(study.uid, section, subset), _key(study, section, subset, at))
    if found is None and subset is not None:
        selected(study, subset, at)  # Says so if there is no such subset.
    return found


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside, a study is looked at as it was when it was first asked for: all parts of a report are of one state."""
    if _moment.get() is not None:
        yield
        return
    token = _moment.set({})
    try:
        yield
    finally:
        _moment.reset(token)


def selected(study: Study, subset: str | None, at: ledger.Stamp | None = None) -> ledger.Ledger:
    """The study's ledger, or that of one of its subsets. Raises UnknownSubset."""
    whole = ledger.of_study(study, at)
    return whole if subset is None else ledger.subset(study, whole, subset)


def forget() -> None:
    """Let go of what this process has at hand; the cache keeps it."""
    with _lock:
        _at_hand.clear()


def _stamp(study: Study) -> ledger.Stamp:
    seen = _moment.get()
    if seen is None:
        return ledger.stamp(study)
    if study.uid not in seen:
        seen[study.uid] = ledger.stamp(study)
    return seen[study.uid]


def _recalled(place: _Place, key: str) -> Any:
    with _lock:
        of, finding = _at_hand.get(place, ("", None))
        if of == key:
            _at_hand.move_to_end(place)
            return finding
    found = caches["findings"].get(key)
    if found is not None:
        _remember(place, key, found)
    return found


def _remember(place: _Place, key: str, finding: Any) -> None:
    with _lock:
        _at_hand[place] = key, finding
        _at_hand.move_to_end(place)
        while len(_at_hand) > FINDINGS_KEPT:
            _at_hand.popitem(last=False)


def _key(study: Study, section: str, subset: str | None, at: ledger.Stamp) -> str:
    depends_on: list[Any] = [
        ARITHMETIC, str(study.uid), section, subset, study.subsets, study.rubric_version_id, asdict(at),
    ]  # fmt: skip
    return canonical.digest(depends_on)
