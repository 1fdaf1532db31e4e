"""Pure arithmetic on judgments: arrays and frames in, frozen results with their uncertainty out.

Nothing here knows the database, files or the web, prints, or keeps state; whatever is random takes an `rng`.
A result that is not defined has the value nan and a note that says why.
"""

from .agreement import alpha, pair_agreement
from .estimate import Estimate, LeftOut, Limits, item_jackknife, leave_out, two_way_jackknife, unit_bootstrap
from .forms import Forms, ValueCounts, answer_forms, answer_forms_by, value_counts
from .table import Patterns, Ratings, Scale, compress, distance, tabulate

__all__ = [
    "Estimate",
    "Forms",
    "LeftOut",
    "Limits",
    "Patterns",
    "Ratings",
    "Scale",
    "ValueCounts",
    "alpha",
    "answer_forms",
    "answer_forms_by",
    "compress",
    "distance",
    "item_jackknife",
    "leave_out",
    "pair_agreement",
    "tabulate",
    "two_way_jackknife",
    "unit_bootstrap",
    "value_counts",
]
