"""The same person with the same item again: what nobody can agree beyond."""

import pandas as pd

from judgments.analysis.repeats import Retest, repeat_pairs, retest
from judgments.models import Judgment
from judgments.reports.sections.material import Compared

DAY = 86_400


def find(each: Compared) -> Retest | None:
    """People against themselves on one dimension, also by days in between; None without a repeat."""
    r = each.all_occasions
    return retest(r, gap=_days_between(each)) if len(repeat_pairs(r)) else None


def _days_between(each: Compared) -> pd.Series | None:
    """Days since the answer before, by item, annotator and occasion; None where times are not known."""
    judged = each.held.judgments
    rows = pd.DataFrame({"item": judged.item, "annotator": judged.reader, "occasion": judged.occasion,
                         "id": judged.id})[judged.is_current]  # fmt: skip
    repeated = rows[rows.duplicated(["item", "annotator"], keep=False)]
    at = dict(Judgment.objects.filter(pk__in=repeated["id"].tolist()).values_list("pk", "judged_at"))
    repeated = repeated.assign(at=pd.to_datetime(repeated["id"].map(at), utc=True))
    repeated = repeated.sort_values(["item", "annotator", "occasion"])
    seconds = repeated.groupby(["item", "annotator"])["at"].diff().dt.total_seconds()
    known = repeated.assign(days=seconds / DAY).dropna(subset=["days"])
    return known.set_index(["item", "annotator", "occasion"])["days"] if len(known) else None
