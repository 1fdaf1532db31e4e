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

from .calibration import Calibration, LatentNormal, calibrate, model_like
from .chance import brennan_prediger, conger, fleiss, gwet
from .components import Cells, henderson, minque0
from .dip import dip
from .dstudy import DStudy, annotators_needed, d_study
from .icc import Icc, icc
from .influence import Influence, influence
from .needed import Needed
from .noise import NoiseAudit, noise_audit
from .pattern_agreement import pattern_alpha, pattern_chance, pattern_pair_agreement
from .patterns import PatternTable, merge
from .propensity import Raking, by_annotator, by_propensity, hajek, rake, weighted_shares
from .repeats import RepeatPairs, Retest, repeat_pairs, retest, retest_alpha
from .replication import CrossReplication, cross_replication, k_rater, raters_needed
from .spread import spread

__all__ += [
    "Calibration",
    "Cells",
    "CrossReplication",
    "DStudy",
    "Icc",
    "Influence",
    "LatentNormal",
    "Needed",
    "NoiseAudit",
    "PatternTable",
    "Raking",
    "RepeatPairs",
    "Retest",
    "annotators_needed",
    "brennan_prediger",
    "by_annotator",
    "by_propensity",
    "calibrate",
    "conger",
    "cross_replication",
    "d_study",
    "dip",
    "fleiss",
    "gwet",
    "hajek",
    "henderson",
    "icc",
    "influence",
    "k_rater",
    "merge",
    "minque0",
    "model_like",
    "noise_audit",
    "pattern_alpha",
    "pattern_chance",
    "pattern_pair_agreement",
    "rake",
    "raters_needed",
    "repeat_pairs",
    "retest",
    "retest_alpha",
    "spread",
    "weighted_shares",
]
