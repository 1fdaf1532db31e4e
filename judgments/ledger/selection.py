"""Named subsets of a study: the judgments whose reader, item or own details have certain values."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from django.db.models.fields.json import KeyTransform

from judgments import models
from judgments.errors import DissensusError
from judgments.ledger.tables import Ledger, Mask, words


class UnknownSubset(DissensusError):
    """The study has no subset of this name, or the subset asks for a column that nothing has."""

    code = "unknown_subset"


def subset_names(study: models.Study) -> list[str]:
    """The names of a study's subsets, in alphabetical order."""
    return sorted(study.subsets)


def subset(study: models.Study, ledger: Ledger, name: str) -> Ledger:
    """The judgments of one of the study's subsets.

    Its `where` maps columns to the values that are kept; all columns must fit. A column is looked for in the
    details of participants, the facets, the metadata of items and the details of judgments, in this order,
    and the first that have it decide. Values are compared as they would be written: 0 and "0" are the same.
    Raises UnknownSubset, saying which subsets or columns there are.
    """
    if name not in study.subsets:
        names = ", ".join(subset_names(study)) or "none"
        raise UnknownSubset(f"{study.slug} has no subset {name!r}. Its subsets: {names}.")
    keep = np.ones(len(ledger.judgments.id), dtype=bool)
    for column, values in study.subsets[name].get("where", {}).items():
        wanted = {_written(value) for value in (values if isinstance(values, list) else [values])}
        keep &= _fitting(study, ledger, name, column, wanted)
    return ledger.where(keep)


def _fitting(study: models.Study, ledger: Ledger, name: str, column: str, wanted: set[str]) -> Mask:
    for values_of in _SOURCES:
        values = values_of(study, ledger, column)
        if values is not None:
            return np.fromiter((_written(value) in wanted for value in values), dtype=bool, count=len(values))
    raise UnknownSubset(
        f"The subset {name!r} of {study.slug} asks for the column {column!r}, "
        "which no participant, item or judgment has."
    )


def _of_participants(study: models.Study, ledger: Ledger, column: str) -> np.ndarray | None:
    rows = models.Participant.objects.filter(study=study, details__has_key=column)
    by_reader = _spread(rows.values_list("pk", KeyTransform(column, "details")), ledger.readers.id)
    return None if by_reader is None else by_reader[ledger.judgments.reader]


def _of_facets(study: models.Study, ledger: Ledger, column: str) -> np.ndarray | None:
    facet = next((found for found in ledger.facets if found.slug == column), None)
    return None if facet is None else facet.value[ledger.judgments.reader]


def _of_items(study: models.Study, ledger: Ledger, column: str) -> np.ndarray | None:
    rows = models.Item.objects.filter(study=study, metadata__has_key=column)
    by_item = _spread(rows.values_list("pk", KeyTransform(column, "metadata")), ledger.items.id)
    return None if by_item is None else by_item[ledger.judgments.item]


def _of_judgments(study: models.Study, ledger: Ledger, column: str) -> np.ndarray | None:
    rows = models.Judgment.objects.filter(study=study, details__has_key=column)
    return _spread(rows.values_list("pk", KeyTransform(column, "details")), ledger.judgments.id)


_SOURCES: tuple[Callable[[models.Study, Ledger, str], np.ndarray | None], ...] = (
    _of_participants,
    _of_facets,
    _of_items,
    _of_judgments,
)


def _spread(rows: Iterable[tuple[int, Any]], ids: np.ndarray) -> np.ndarray | None:
    """The value for each id, None for ids without one; None altogether where nothing has the column."""
    found = dict(rows)
    return words([found.get(pk) for pk in ids.tolist()]) if found else None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
