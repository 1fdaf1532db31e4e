"""Annotators drawn again, alone or together with the items, without letting a person agree with themself."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from .coding import Floats, Ints
from .deletion import Units
from .disagreement import COUNT, MOMENTS, SQUARED_WEIGHT, WEIGHT, Coefficient
from .estimate import blocks


def crossed_bootstrap(
    u: Units, coefficient: Coefficient, n_resamples: int, rng: np.random.Generator, *, items: bool = True
) -> Floats:
    """(n_resamples,) the coefficient when annotators, and with `items` also items, are drawn with replacement.

    An annotator drawn w times has weight w. Items then keep Σ w and Σ w² over their people, so that a
    coefficient of weighted ratings counts pairs of different people alone; pairing the copies of one person
    would make every resample agree too much. Wider than the truth by construction: the check on the two-way
    jackknife rather than its replacement.
    Source: the pigeonhole bootstrap of Owen (2007), doi:10.1214/07-AOAS122.
    """
    sums = _sums_of_people(u, coefficient)
    n_items, n_columns = u.n_items, len(sums)
    values = np.empty(n_resamples)
    for some in blocks(n_resamples, 16 * n_items * n_columns):
        n = some.stop - some.start
        people = rng.multinomial(u.n_annotators, np.full(u.n_annotators, 1 / u.n_annotators), size=n).T
        rows = np.empty((n, n_items, n_columns))
        for column, table in enumerate(sums):
            rows[:, :, column] = (table @ _power(people, column)).T
        added = coefficient.statistics(rows.reshape(n * n_items, n_columns)).reshape(n, n_items, -1)
        times = rng.multinomial(n_items, np.full(n_items, 1 / n_items), size=n) if items else np.ones((n, n_items))
        values[some] = coefficient.value(np.einsum("bu,buk->bk", times.astype(np.float64), added))
    return values


def _power(people: Ints, column: int) -> Floats:
    """What a column of an item's row adds up: heads, squared weights, or weights."""
    if column == COUNT:
        return (people > 0).astype(np.float64)
    w = people.astype(np.float64)
    return w**2 if column == SQUARED_WEIGHT else w


def _sums_of_people(u: Units, coefficient: Coefficient) -> list[csr_array]:
    """For each column of an item's row, (items, annotators) what each annotator's rating adds to it."""
    cell = u.rating_cell
    weight = None if u.cell_weight is None else u.cell_weight[cell]
    each = coefficient.ratings(u.cell_value[cell], weight)
    assert each.shape[1] >= MOMENTS > WEIGHT
    shape = (u.n_items, u.n_annotators)
    tables = []
    for column in each.T:
        some = np.flatnonzero(column)
        tables.append(csr_array((column[some], (u.rating_item[some], u.annotator[some])), shape=shape))
    return tables
