"""Raw columns as codes along ids and points, with refusals that name the rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Kind = Literal["nominal", "ordinal", "interval", "ratio", "set"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ROWS_NAMED = 5


def series(column: Any) -> pd.Series:
    """The column with rows numbered from 0; a list of lists stays one cell a row."""
    if isinstance(column, pd.Series):
        return column.reset_index(drop=True)
    if isinstance(column, np.ndarray) and column.ndim == 1:
        return pd.Series(column)
    as_cells = np.empty(len(column), dtype=object)
    for row, cell in enumerate(column):
        as_cells[row] = cell
    return pd.Series(as_cells)


def coded(ids: pd.Series, what: str) -> tuple[Ints, NDArray[Any]]:
    """Codes into the distinct ids in ascending order, so that the order of rows does not matter."""
    try:
        codes, uniques = pd.factorize(ids, sort=True)
    except TypeError as error:
        raise ValueError(f"Each {what} must be a plain value such as text or a number: {error}.") from error
    if (codes < 0).any():
        raise ValueError(f"The {what} is missing in rows {_named(np.flatnonzero(codes < 0))}.")
    return codes.astype(np.int64), np.asarray(uniques)


def occasions_of(occasion: Any, n: int) -> Ints:
    """Occasions as whole numbers from 0; all 0 when there are none."""
    if occasion is None:
        return np.zeros(n, dtype=np.int64)
    given = series(occasion)
    if given.isna().any():
        raise ValueError(f"The occasion is missing in rows {_named(np.flatnonzero(given.isna()))}.")
    occasions = given.to_numpy(dtype=np.int64)
    if (occasions < 0).any():
        raise ValueError(f"Occasions count from 0; rows {_named(np.flatnonzero(occasions < 0))} do not.")
    return occasions


def weights_of(weight: Any, n: int) -> Floats | None:
    """Finite weights that are not negative; None when every row counts once."""
    if weight is None:
        return None
    weights = series(weight).to_numpy(dtype=np.float64)
    if len(weights) != n:
        raise ValueError("Weights and values differ in length.")
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        raise ValueError(f"Weights are finite and not negative; rows {_named(np.flatnonzero(wrong))} are not.")
    return weights


def refuse_duplicates(
    order: Ints,
    item: Ints,
    annotator: Ints,
    occasion: Ints,
    item_ids: NDArray[Any],
    annotator_ids: NDArray[Any],
) -> None:
    """ValueError if neighbours in the sorted order share item, annotator and occasion."""
    before, after = order[:-1], order[1:]
    same = item[before] == item[after]
    same &= annotator[before] == annotator[after]
    same &= occasion[before] == occasion[after]
    if not same.any():
        return
    rows = np.unique(np.concatenate([before[same], after[same]]))
    one = int(before[same][0])
    raise ValueError(
        f"Rows {_named(rows)} answer the same item, annotator and occasion more than once, "
        f"for example item {item_ids[item[one]]!s}, annotator {annotator_ids[annotator[one]]!s}, "
        f"occasion {occasion[one]}."
    )


def placed(values: pd.Series, missing: Mask, kind: Kind, domain: tuple[Any, ...]) -> tuple[Ints, tuple[Any, ...]]:
    """Codes of the values along the points of the scale (-1 where missing), and these points."""
    codes = np.full(len(values), -1, dtype=np.int64)
    given = values[~missing]
    if kind == "set":
        places, points = _placed_sets(given, domain)
    elif domain:
        places, points = _placed_in_domain(given, domain), domain
    elif kind == "nominal":
        places, ids = coded(given, "value") if len(given) else (np.empty(0, np.int64), np.empty(0))
        points = tuple(ids.tolist())
    else:
        places, points = _placed_numbers(given)
    codes[~missing] = places
    return codes, points


def _placed_in_domain(given: pd.Series, domain: tuple[Any, ...]) -> Ints:
    try:
        places = pd.Index(series(domain).infer_objects()).get_indexer(pd.Index(given))
    except TypeError as error:
        raise ValueError(f"A value is not a single point of the scale: {error}.") from error
    off = places < 0
    if off.any():
        rows = given.index.to_numpy()[off]
        raise ValueError(f"Not on the scale {domain!r}: {given.loc[rows[0]]!r}, in rows {_named(rows)}.")
    return np.asarray(places, dtype=np.int64)


def _placed_numbers(given: pd.Series) -> tuple[Ints, tuple[Any, ...]]:
    try:
        numbers = given.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A scale without named points needs numbers: {error}.") from error
    if not np.isfinite(numbers).all():
        rows = given.index.to_numpy()[~np.isfinite(numbers)]
        raise ValueError(f"Values must be finite; rows {_named(rows)} are not.")
    points, places = np.unique(numbers, return_inverse=True)
    return places.astype(np.int64), tuple(points.tolist())


def _placed_sets(given: pd.Series, labels: tuple[Any, ...]) -> tuple[Ints, tuple[Any, ...]]:
    sets = [_as_set(cell, row, labels) for row, cell in given.items()]
    points = sorted(set(sets), key=lambda chosen: (len(chosen), sorted(map(str, chosen))))
    place = {chosen: code for code, chosen in enumerate(points)}
    return np.array([place[chosen] for chosen in sets], dtype=np.int64), tuple(points)


def _as_set(cell: Any, row: Any, labels: Collection[Any]) -> frozenset[Any]:
    if isinstance(cell, str) or not isinstance(cell, (list, tuple, set, frozenset, np.ndarray)):
        raise ValueError(f"A set of labels is needed in row {row}, not {cell!r}.")
    try:
        chosen = frozenset(cell)
    except TypeError as error:
        raise ValueError(f"The labels in row {row} must be plain values: {error}.") from error
    if labels and not chosen <= frozenset(labels):
        raise ValueError(f"Not among the labels, in row {row}: {sorted(map(str, chosen - frozenset(labels)))}.")
    return chosen


def _named(rows: NDArray[Any]) -> str:
    shown = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    return shown if len(rows) <= ROWS_NAMED else f"{shown} and {len(rows) - ROWS_NAMED} more"
