"""In which form people answered, and which answers one item was given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .coding import Mask
from .estimate import json_safe
from .table import Ratings

Form = Literal["point", "range", "both", "none"]
FORMS: tuple[Form, ...] = get_args(Form)
NO_REASON = ""


@dataclass(frozen=True)
class Forms:
    """How often each form of answer was given on one dimension.

    counts: every form, also those that nobody used. reasons: why there was no answer, `none` taken
    apart; the empty text stands for no reason given. n: all answers, the `none` included.
    """

    n: int
    counts: dict[Form, int]
    reasons: dict[str, int]

    def share(self, form: Form) -> float:
        """Proportion of all answers that have this form; nan without any answer."""
        return self.counts[form] / self.n if self.n else math.nan

    def share_of_reason(self, reason: str) -> float:
        """Proportion of all answers that are `none` for this reason; nan without any answer."""
        return self.reasons.get(reason, 0) / self.n if self.n else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, counts and shares side by side."""
        table = {
            "n": self.n,
            "counts": self.counts,
            "shares": {form: self.share(form) for form in FORMS},
            "reasons": self.reasons,
            "reason_shares": {reason: self.share_of_reason(reason) for reason in self.reasons},
        }
        return {name: json_safe(value) for name, value in table.items()}


def answer_forms(form: ArrayLike | pd.Series, reason: ArrayLike | pd.Series | None = None) -> Forms:
    """Counts of the forms of answers on one dimension.

    form: point, range, both or none for each answer. reason: why none; read only where form is none.
    Raises ValueError, naming the forms, when there is one that is not known.
    """
    forms = pd.Series(np.asarray(form, dtype=object))
    unknown = sorted({str(each) for each in forms[~forms.isin(FORMS)]})
    if unknown:
        raise ValueError(f"Unknown form of answer: {', '.join(unknown)}; one of {', '.join(FORMS)}.")
    times = forms.value_counts()
    counts: dict[Form, int] = {each: int(times.get(each, 0)) for each in FORMS}
    return Forms(len(forms), counts, _reasons(forms, reason))


def answer_forms_by(
    dimension: ArrayLike | pd.Series, form: ArrayLike | pd.Series, reason: ArrayLike | pd.Series | None = None
) -> dict[Any, Forms]:
    """The forms of answers on each dimension, in ascending order of the dimensions."""
    table = pd.DataFrame({"dimension": np.asarray(dimension, dtype=object), "form": np.asarray(form, object)})
    table["reason"] = None if reason is None else np.asarray(reason, dtype=object)
    return {name: answer_forms(rows["form"], rows["reason"]) for name, rows in table.groupby("dimension")}


@dataclass(frozen=True)
class ValueCounts:
    """How often each point was given to one item on first occasions, in the order of the scale."""

    item_id: Any
    points: tuple[Any, ...]
    counts: tuple[int, ...]
    n: int
    n_abstained: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: json_safe(value) for name, value in asdict(self).items()}


def value_counts(r: Ratings, item_id: Any, *, annotators: Mask | None = None) -> ValueCounts:
    """Counts of one item; annotators is a mask along annotator_ids, for one cohort.

    Raises KeyError when no rating or abstention names the item.
    """
    places = np.flatnonzero(r.item_ids == item_id)
    if not len(places):
        raise KeyError(item_id)
    first = r.where(items=r.item_ids == item_id, annotators=annotators).first()
    counts = np.bincount(first.value, minlength=len(r.points))
    return ValueCounts(
        item_id=item_id,
        points=tuple(r.points),
        counts=tuple(counts.tolist()),
        n=len(first),
        n_abstained=first.n_abstained,
    )


def _reasons(forms: pd.Series, reason: Sequence[Any] | ArrayLike | pd.Series | None) -> dict[str, int]:
    given = pd.Series([None] * len(forms), dtype=object) if reason is None else pd.Series(np.asarray(reason, object))
    if len(given) != len(forms):
        raise ValueError("Forms and reasons differ in length.")
    without = given[forms == "none"]
    named = without.where(without.notna(), NO_REASON).astype(str)
    return {str(each): int(times) for each, times in named.value_counts().sort_index().items()}
