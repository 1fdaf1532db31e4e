"""Small tables of ratings for tests of the arithmetic."""

import numpy as np

from judgments.analysis import Ratings, Scale


def crossed(table, scale):
    """Ratings of a table with items as rows and annotators as columns; nan is a missing value."""
    item, annotator = np.indices(np.shape(table))
    return Ratings.from_arrays(item.ravel(), annotator.ravel(), np.ravel(table), scale)


def rows_of(r):
    """(item, annotator, value) of each rating."""
    return [(int(u), int(j), r.points[v]) for u, j, v in zip(r.item, r.annotator, r.value, strict=True)]


def some_ratings(seed, n_items=14, n_annotators=6, n_points=4, share=0.6, kind="nominal", again=0.0):
    """Random answers, some missing, on points 1, 2, ...; `again` is the share of cells answered twice."""
    rng = np.random.default_rng(seed)
    item, annotator = np.nonzero(rng.random((n_items, n_annotators)) < share)
    occasion = np.zeros(len(item), dtype=int)
    twice = np.flatnonzero(rng.random(len(item)) < again)
    item, annotator = np.concatenate([item, item[twice]]), np.concatenate([annotator, annotator[twice]])
    occasion = np.concatenate([occasion, np.ones(len(twice), dtype=int)])
    leaning = rng.normal(size=n_items)[item] + 0.5 * rng.normal(size=n_annotators)[annotator]
    value = np.clip(np.round((leaning + rng.normal(size=len(item))) / 3 * n_points + n_points / 2), 1, n_points)
    scale = Scale(kind, tuple(range(1, n_points + 1)))
    return Ratings.from_arrays(item, annotator, value.astype(int), scale, occasion=occasion)
