"""Whether judging changes as people go on, apart from which items they meet."""

import numpy as np

from judgments.analysis.drift import Drift, drift
from judgments.models import Judgment
from judgments.reports.sections.material import Compared

N_PERMUTATIONS = 499


def find(each: Compared) -> Drift | None:
    """Drift on an ordered dimension over the times of judging; None without an order, or where times are unknown."""
    if not each.is_ordered or not len(each.first):
        return None
    times = dict(Judgment.objects.filter(study=each.material.study).values_list("pk", "judged_at"))
    judged = [times.get(pk) for pk in each.held.judgments.id[each.judgment_of_first].tolist()]
    seconds = np.array([np.nan if at is None else at.timestamp() for at in judged])
    if not np.isfinite(seconds).all() or len(np.unique(seconds)) < 2:
        return None
    return drift(each.first, seconds, n_permutations=N_PERMUTATIONS, rng=each.rng("drift"))
