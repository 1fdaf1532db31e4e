"""Which kinds of disagreement an item shows: a probability for each, never a single class.

Each probability is that of a plain claim about the people who could have been asked, given those who were.
Claims do not exclude each other: an item can have two camps and torn readers. The three shapes of the
distribution, agreed, two_camps before its conditions, and scattered, do exclude each other and add to 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, logsumexp

from .coding import Floats
from .estimate import blocks, json_safe
from .posterior import FEWEST_ITEMS_FOR_A_PRIOR, posterior, spread_of, two_camps
from .readings import Readings

KINDS = (
    "agreed",
    "two_camps",
    "scattered",
    "cohort_split",
    "hidden_camp",
    "torn_readers",
    "vague_item",
    "misfit_question",
    "self_inconsistent",
    "too_few_readings",
)
CLAIMS = {
    "agreed": "most people stand on one point, or on two that touch",
    "two_camps": "people stand on two sides with a gap between, settled and without wide ranges",
    "scattered": "people neither stand together nor on two sides",
    "cohort_split": "people of different declared backgrounds answer differently",
    "hidden_camp": "people who part on other items part here too",
    "torn_readers": "many answer both ways",
    "vague_item": "many cannot tell, say that it depends, or give a wide range",
    "misfit_question": "many say that the question does not fit, more than of other questions on the item",
    "self_inconsistent": "most people who meet the item again answer otherwise",
    "too_few_readings": "the shape named from these answers is not the true one",
}


@dataclass(frozen=True)
class Thresholds:
    """What counts as much; every share is of people.

    agreed_share: on one point, or on two neighbouring points of an ordered scale with four or more.
    side, between: camps hold at least `side` each, a gap of two points or more at most `between`.
    settled_share: at least so many are settled. torn, unclear, misfit: more than this share.
    moved: more than this share of people who met the item again moved.
    prior_split: how probable a split is before anything is seen, shared by all traits looked at.
    """

    agreed_share: float = 0.75
    side: float = 0.25
    between: float = 0.10
    settled_share: float = 0.5
    torn: float = 0.10
    unclear: float = 0.15
    misfit: float = 0.15
    moved: float = 0.5
    prior_split: float = 0.1

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 < value < 1:
                raise ValueError(f"{name} lies between 0 and 1, not {value!r}.")


@dataclass(frozen=True)
class Kind:
    """One kind on one item. probability: nan where nothing was seen that speaks of it; note then says what.

    claim: what is probable, in words. evidence: the numbers behind it.
    """

    name: str
    probability: float
    claim: str
    evidence: Mapping[str, Any]
    note: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: json_safe(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class ItemKinds:
    """All kinds of one item."""

    item_id: Any
    n: int
    kinds: tuple[Kind, ...]

    def __getitem__(self, name: str) -> Kind:
        return next(kind for kind in self.kinds if kind.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "item_id": json_safe(self.item_id),
            "n": self.n,
            "kinds": {kind.name: kind.to_dict() for kind in self.kinds},
        }


@dataclass(frozen=True)
class Kinds:
    """The ledger of one dimension: a row an item, a column a kind, probabilities.

    statistics: by item the mean shares and other numbers the probabilities come from.
    """

    table: pd.DataFrame
    statistics: pd.DataFrame
    readings: Readings
    thresholds: Thresholds

    def of(self, item_id: Any) -> ItemKinds:
        """The kinds of one item with their evidence. Raises KeyError for an unknown item."""
        rows = np.flatnonzero(self.readings.item_ids == item_id)
        if not len(rows):
            raise KeyError(item_id)
        row = int(rows[0])
        seen, numbers = self.readings.at(row), self.statistics.iloc[row].to_dict()
        limits = {f"threshold_{name}": value for name, value in asdict(self.thresholds).items()}
        kinds = []
        for name, probability in zip(KINDS, self.table.to_numpy(dtype=np.float64)[row].tolist(), strict=True):
            evidence = {key: (seen | numbers | limits)[key] for key in EVIDENCE[name]}
            note = NOTHING_SEEN[name] if math.isnan(probability) else None
            kinds.append(Kind(name, probability, CLAIMS[name], evidence, note))
        return ItemKinds(item_id, int(seen["n"]), tuple(kinds))

    def expected(self) -> pd.Series:
        """How many items of each kind to expect: sums of probabilities, nan where nothing was seen."""
        return self.table.sum(min_count=1)


EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "agreed": ("counts", "spread", "threshold_agreed_share"),
    "two_camps": ("counts", "camps", "settled", "n_settled", "wide", "n", "threshold_side", "threshold_between"),
    "scattered": ("counts", "spread"),
    "cohort_split": ("trait", "log_bf", "threshold_prior_split"),
    "hidden_camp": ("hidden_log_bf", "threshold_prior_split"),
    "torn_readers": ("both", "n", "both_share", "threshold_torn"),
    "vague_item": ("unclear", "wide", "n", "unclear_share", "threshold_unclear"),
    "misfit_question": ("misfit", "n", "misfit_share", "misfit_elsewhere", "threshold_misfit"),
    "self_inconsistent": ("moved", "repeats", "moved_share", "threshold_moved"),
    "too_few_readings": ("counts", "undersampled", "inherent"),
}
NOTHING_SEEN = {
    "agreed": "No point answers.",
    "two_camps": "No point answers.",
    "scattered": "No point answers.",
    "cohort_split": "No two cohorts with answers to this item were compared.",
    "hidden_camp": "No groups were found, or none were looked for.",
    "torn_readers": "No answers.",
    "vague_item": "No answers.",
    "misfit_question": "No answers.",
    "self_inconsistent": "Nobody met this item twice.",
    "too_few_readings": "",
}


def kinds(
    readings: Readings,
    *,
    cohorts: Mapping[str, ArrayLike] | None = None,
    hidden: ArrayLike | None = None,
    elsewhere: tuple[ArrayLike, ArrayLike] | None = None,
    thresholds: Thresholds = Thresholds(),
    n_draws: int = 2_000,
    rng: np.random.Generator,
) -> Kinds:
    """The kinds of every item.

    cohorts: for each trait (items,) log Bayes factors of a split, nan where both sides did not answer. Traits
    share the prior probability of a split, so that looking at more of them finds no more by chance.
    hidden: (items,) log Bayes factors between opinion groups found without the item; nan without groups.
    elsewhere: (items,) misfits and answers on the item's other dimensions.
    Probabilities of shapes come from Dirichlet posteriors and n_draws; those of shares from Beta posteriors
    whose prior is learnt over all items, so that a rare form of answer stays improbable where few were asked.
    Raises ValueError when an array does not run along the items.
    """
    n_items = len(readings.item_ids)
    t = thresholds
    shapes = _shapes(readings, t, n_draws, rng)
    torn = _Share.of(readings.both, readings.n)
    vague = _Share.of(readings.unclear + readings.wide, readings.n)
    misfit = _Share.of(readings.misfit, readings.n)
    moved = _Share.of(readings.moved, readings.repeats)
    asked, repeated = readings.n > 0, readings.repeats > 0
    split, trait, log_bf = _split(cohorts or {}, n_items, t.prior_split)
    hidden_bf = _along(hidden, n_items, "hidden")
    away = None if elsewhere is None else tuple(_along(each, n_items, "elsewhere") for each in elsewhere)
    other = _elsewhere(away, n_items)

    calm = _Share.of(readings.settled, readings.n_settled).above(t.settled_share)
    calm = np.where(readings.n_settled > 0, calm, 1.0)
    narrow = np.where(readings.wide > 0, 1 - _Share.of(readings.wide, readings.n).above(t.unclear), 1.0)
    table = pd.DataFrame(
        {
            "agreed": shapes["agreed"],
            "two_camps": shapes["camps"] * calm * narrow,
            "scattered": shapes["scattered"],
            "cohort_split": split,
            "hidden_camp": _posterior(hidden_bf, t.prior_split),
            "torn_readers": np.where(asked, torn.above(t.torn), np.nan),
            "vague_item": np.where(asked, vague.above(t.unclear), np.nan),
            "misfit_question": np.where(asked, _misfit(misfit, other, t.misfit, n_draws, rng), np.nan),
            "self_inconsistent": np.where(repeated, moved.above(t.moved), np.nan),
            "too_few_readings": shapes["error"],
        },
        index=pd.Index(readings.item_ids, name="item_id"),
        columns=list(KINDS),
    )
    statistics = pd.DataFrame(
        {
            "camps": shapes["camps"],
            "spread": shapes["spread"],
            "inherent": shapes["inherent"],
            "undersampled": shapes["undersampled"],
            "both_share": torn.mean,
            "unclear_share": vague.mean,
            "misfit_share": misfit.mean,
            "misfit_elsewhere": other.mean if away is not None else np.full(n_items, np.nan),
            "moved_share": moved.mean,
            "trait": trait,
            "log_bf": log_bf,
            "hidden_log_bf": hidden_bf,
        },
        index=table.index,
    )
    return Kinds(table, statistics, readings, t)


def _shapes(r: Readings, t: Thresholds, n_draws: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Posterior probabilities of the three shapes, and how probable it is that the likeliest is wrong."""
    known = posterior(r.counts)

    def shape(p: Floats) -> Floats:
        together = _together(p, r.ordered) >= t.agreed_share
        apart = two_camps(p, side=t.side, between=t.between, ordered=r.ordered).astype(bool) & ~together
        return np.column_stack([each.mean(axis=1) for each in (together, apart, spread_of(p, r.ordered))])

    agreed, camps, spread = known.from_draws(shape, 3, n_draws, rng).T
    seen = r.counts.sum(axis=1) > 0
    scattered = np.maximum(1 - agreed - camps, 0.0)
    uncertain = known.entropy_split()
    shown = {"agreed": agreed, "camps": camps, "scattered": scattered, "spread": spread}
    return {name: np.where(seen, value, np.nan) for name, value in shown.items()} | {
        "error": 1 - np.max([agreed, camps, scattered], axis=0),
        "inherent": uncertain["inherent"].to_numpy(),
        "undersampled": uncertain["undersampled"].to_numpy(),
    }


def _together(p: Floats, ordered: bool) -> Floats:
    """(...) the largest share on one point, or on two neighbours of an ordered scale with four points or more."""
    if p.shape[-1] == 0:
        return np.zeros(p.shape[:-1])
    if ordered and p.shape[-1] >= 4:
        return np.asarray((p[..., 1:] + p[..., :-1]).max(axis=-1))
    return np.asarray(p.max(axis=-1))


@dataclass(frozen=True)
class _Share:
    """Beta posteriors of a share by item; prior learnt over the items."""

    a: Floats
    b: Floats

    @classmethod
    def of(cls, k: Floats, n: Floats) -> _Share:
        if (n > 0).sum() >= FEWEST_ITEMS_FOR_A_PRIOR:
            a, b = posterior(np.column_stack([k, n - k])).concentration.T
            return cls(a, b)
        # Too few items to learn how they differ: they are taken for as different as two answers each would show.
        common = (k.sum() + 0.5) / (n.sum() + 1)
        return cls(2 * common + k, 2 * (1 - common) + n - k)

    @property
    def mean(self) -> Floats:
        return np.asarray(self.a / (self.a + self.b))

    def above(self, share: float) -> Floats:
        """(items,) P(share of the item > share)."""
        return np.asarray(1 - betainc(self.a, self.b, share))


def _misfit(here: _Share, other: _Share, least: float, n_draws: int, rng: np.random.Generator) -> Floats:
    """(items,) P(the share of misfits is above `least` and above that of other questions)."""
    rows, inverse = np.unique(np.column_stack([here.a, here.b, other.a, other.b]), axis=0, return_inverse=True)
    found = np.empty(len(rows))
    for some in blocks(len(rows), 32 * n_draws):
        a, b, c, d = rows[some].T[:, :, None]
        drawn, beside = rng.beta(a, b, size=(len(a), n_draws)), rng.beta(c, d, size=(len(a), n_draws))
        found[some] = ((drawn > least) & (drawn > beside)).mean(axis=1)
    return found[inverse.reshape(-1)]


def _elsewhere(away: tuple[Floats, ...] | None, n_items: int) -> _Share:
    """The share of misfits on other questions; practically 0 where there are none to compare with."""
    if away is None:
        return _Share(np.full(n_items, 1e-3), np.full(n_items, 1e3))
    return _Share.of(away[0], away[1])


def _split(cohorts: Mapping[str, ArrayLike], n_items: int, prior: float) -> tuple[Floats, Any, Floats]:
    """P(some trait splits the item), the trait that most likely does, and its log Bayes factor."""
    names = list(cohorts)
    if not names:
        nothing = np.full(n_items, np.nan)
        return nothing, np.full(n_items, None, dtype=object), nothing
    log_bf = np.array([_along(cohorts[name], n_items, name) for name in names])
    known = np.isfinite(log_bf)
    tried = known.sum(axis=0)
    weighed = np.where(known, log_bf, -np.inf)
    some = tried > 0
    mean = np.full(n_items, np.nan)
    mean[some] = np.asarray(logsumexp(weighed[:, some], axis=0)) - np.log(tried[some])
    best = weighed.argmax(axis=0)
    trait = np.where(some, np.array(names, dtype=object)[best], None)
    return _posterior(mean, prior), trait, np.where(some, weighed[best, np.arange(n_items)], np.nan)


def _posterior(log_bf: Floats, prior: float) -> Floats:
    """π BF / (1 − π + π BF)."""
    return np.asarray(1 / (1 + (1 - prior) / prior * np.exp(-np.clip(log_bf, -700, 700))))


def _along(values: ArrayLike | None, n_items: int, name: str) -> Floats:
    if values is None:
        return np.full(n_items, np.nan)
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (n_items,):
        raise ValueError(f"{name} does not have one number for each of {n_items} items.")
    return found
