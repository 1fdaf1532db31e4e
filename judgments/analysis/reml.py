"""Exact restricted maximum likelihood for a crossed design, by eliminating the items.

Cells are collapsed to their means, whose variance is D = σ_ab² + σ_e²/n; what varies inside a cell speaks of
σ_e² alone. With w = 1/D and k_u = σ_a² / (1 + σ_a² Σ_j w_uj), eliminating items leaves a matrix over annotators,
A = diag(Σ_u w) − W'diag(k)W, so that one evaluation costs O(C + B³).
Source: the likelihood of Patterson & Thompson (1971), doi:10.1093/biomet/58.3.545.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.sparse import csr_array

from .coding import Floats
from .components import Cells, henderson

MOST_ANNOTATORS = 2_000
MOST_CELLS = 200_000
NOTHING = 1e-12


@dataclass(frozen=True)
class Reml:
    """components: (4,) σ² of item, level, pattern, occasion, none negative; without repeats the sum of the last
    two stands in both places. deviance: −2 restricted log likelihood without its 2π term. mean, mean_se: μ."""

    components: Floats
    deviance: float
    mean: float
    mean_se: float
    converged: bool


def reml(cells: Cells) -> Reml:
    """The components under which the ratings are most likely.

    nan when the design cannot tell them apart, or people do not differ about items or from themselves.
    Raises ValueError beyond 2,000 annotators or 200,000 cells, where Henderson's method is as good and far
    faster.
    """
    if cells.n_annotators > MOST_ANNOTATORS or len(cells.n) > MOST_CELLS:
        raise ValueError(f"Exact REML is for at most {MOST_ANNOTATORS} annotators and {MOST_CELLS} cells.")
    start = henderson(cells)
    scale = float(cells.squares.sum()) / max(cells.n_ratings - 1, 1)
    if not np.isfinite(start).all() or not _varies(cells):
        return Reml(np.full(4, np.nan), math.nan, math.nan, math.nan, False)
    profile = _Profile(cells)
    n_ratios = 3 if cells.repeated else 2
    residual = max(start[3], 0.05 * scale)
    first = np.sqrt(np.maximum(start[:n_ratios], 0.05 * scale) / residual)
    best = minimize(
        profile.deviance_at, first, method="L-BFGS-B", jac="3-point", bounds=[(0, None)] * n_ratios,
        options={"ftol": 1e-14, "gtol": 1e-7, "maxiter": 200},
    )  # fmt: skip
    polished = minimize(
        profile.deviance_at, best.x, method="Nelder-Mead", bounds=[(0, None)] * n_ratios,
        options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 60 if len(cells.n) > 5_000 else 400},
    )  # fmt: skip
    components = profile.components(polished.x)
    mean, variance = profile.mean_at(components)
    return Reml(components, float(polished.fun), mean + cells.mean, math.sqrt(variance), bool(best.success))


def deviance(cells: Cells, components: Floats) -> tuple[float, float, float]:
    """−2 restricted log likelihood (no 2π term) at given components, with μ̂ and its standard error.

    components: (4,) item, level, pattern, occasion; without repeats the last is not used.
    """
    profile = _Profile(cells)
    logdet, quadratic, mean, variance = profile.forms(components)
    inside = 0.0
    if cells.repeated:
        free = cells.n_ratings - len(cells.n)
        inside = free * math.log(components[3]) + cells.within / components[3]
    return logdet + quadratic + inside - math.log(variance) + profile.constant, mean + cells.mean, math.sqrt(variance)


def _varies(cells: Cells) -> bool:
    """True when people differ about an item and, where they repeat themselves, from themselves."""
    whole = float(cells.squares.sum())
    of_item = np.bincount(cells.item, weights=cells.total) ** 2 / np.bincount(cells.item, weights=cells.n)
    inside = cells.within if cells.repeated else whole - float(of_item.sum())
    return inside > NOTHING * whole


class _Profile:
    """The likelihood with the residual variance at its best for given ratios to it."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.y = cells.total / cells.n
        self.free = cells.n_ratings - len(cells.n)
        self.constant = float(np.log(cells.n).sum())

    def deviance_at(self, root_ratios: Floats) -> float:
        """−2 restricted log likelihood at square roots of the variances over the residual one."""
        logdet, quadratic, _, variance = self.forms(self._relative(root_ratios))
        degrees = self.cells.n_ratings - 1
        residual = (quadratic + self.cells.within) / degrees
        return logdet - math.log(variance) + degrees * (1 + math.log(residual)) + self.constant

    def components(self, root_ratios: Floats) -> Floats:
        relative = self._relative(root_ratios)
        quadratic = self.forms(relative)[1]
        residual = (quadratic + self.cells.within) / (self.cells.n_ratings - 1)
        found = relative * residual
        return found if self.cells.repeated else np.asarray([found[0], found[1], found[2], found[2]])

    def mean_at(self, components: Floats) -> tuple[float, float]:
        _, _, mean, variance = self.forms(components)
        return mean, variance

    def _relative(self, root_ratios: Floats) -> Floats:
        if self.cells.repeated:
            return np.append(root_ratios**2, 1.0)
        return np.append(root_ratios**2, [1.0, 0.0])

    def forms(self, components: Floats) -> tuple[float, float, float, float]:
        """log|V|, the quadratic form of y about its mean, that mean and its variance."""
        cells, (item, level, pattern, occasion) = self.cells, components
        d = pattern + (occasion / cells.n if cells.repeated else 0.0) * np.ones(len(cells.n))
        w = 1 / d
        of_item = np.bincount(cells.item, weights=w)
        k = item / (1 + item * of_item)
        table = csr_array((w, (cells.item, cells.annotator)), shape=(cells.n_items, cells.n_annotators))
        shrunk = csr_array(table.multiply(k[:, None]))
        a = -(table.T @ shrunk).toarray()
        a[np.diag_indices_from(a)] += np.bincount(cells.annotator, weights=w)
        inner = level * a
        inner[np.diag_indices_from(inner)] += 1.0
        factor = cho_factor(inner, lower=True)
        logdet = float(np.log(d).sum() + np.log1p(item * of_item).sum() + 2 * np.log(factor[0].diagonal()).sum())

        both = np.column_stack([np.ones(len(w)), self.y])
        sums = np.column_stack([np.bincount(cells.item, weights=w * column) for column in both.T])
        gram = both.T @ (w[:, None] * both) - sums.T @ (k[:, None] * sums)
        people = np.column_stack([np.bincount(cells.annotator, weights=w * column) for column in both.T])
        people = people - table.T @ (k[:, None] * sums)
        gram = gram - level * people.T @ cho_solve(factor, people)
        mean = float(gram[0, 1] / gram[0, 0])
        return logdet, float(gram[1, 1] - gram[0, 1] * mean), mean, float(1 / gram[0, 0])
