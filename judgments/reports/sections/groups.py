"""Opinion groups that nobody labelled, and whether they hold on items that they were not found on."""

from dataclasses import replace

import numpy as np

from judgments.analysis.groups import OpinionGroups, opinion_groups
from judgments.reports.keeping import known
from judgments.reports.sections.material import Compared

NAME = "section groups"
"""Under which the cache knows this section, so that others can look whether it has been computed."""


def find(each: Compared) -> OpinionGroups:
    """Groups on one dimension; the items that split them by external id."""
    found = opinion_groups(each.first, rng=each.rng("groups"))
    return replace(found, per_item=each.with_items(found.per_item))


def splits_known(each: Compared) -> np.ndarray | None:
    """For each item of the ledger, the log Bayes factor that it splits the groups (nan without groups); None where
    nobody has looked for groups yet."""
    found = known(each.material.study, NAME, each.material.subset)
    if found is None:
        return None
    table = found.dimensions[each.dimension.name].per_item
    log_bf = dict(zip(table["item"].tolist(), table["log_bf"].tolist(), strict=True))
    return np.array([log_bf.get(name, np.nan) for name in each.held.items.external_id.tolist()], dtype=np.float64)
