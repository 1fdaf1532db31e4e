"""The readers of one item by one background question, as far as that names nobody."""

from collections import Counter
from dataclasses import dataclass

from annotate.charts import MOST_COHORTS
from judgments import reports

OTHERS = "all others"


@dataclass(frozen=True)
class Groups:
    """of_reader: each reader's group. names: groups in the order of the legend; empty where none can be shown.

    asked: whether a split was asked for. gathered: whether answers were gathered into OTHERS.
    """

    asked: bool
    names: tuple[str, ...] = ()
    of_reader: dict[str, str] | None = None
    gathered: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_reader", self.of_reader or {})


def groups(found: reports.ItemFinding, facet: str) -> Groups:
    """At most MOST_COHORTS groups of this item's readers, none of them smaller than FEWEST_IN_GROUP.

    Everyone else is gathered into OTHERS. If those are fewer than FEWEST_IN_GROUP, the smallest group joins
    them, so that nobody's answer can be found by subtraction.
    """
    if not facet:
        return Groups(asked=False)
    value = {
        answer.reader: (answer.cohort or {}).get(facet)
        for each in found.dimensions
        for answer in each.answers
        if answer.is_counted
    }
    sizes = Counter(each for each in value.values() if each is not None)
    large = [name for name, n in sizes.most_common() if n >= reports.FEWEST_IN_GROUP]
    shown = large[: MOST_COHORTS - 1] if len(large) > MOST_COHORTS or _rest(sizes, large, value) else large
    while shown and 0 < _rest(sizes, shown, value) < reports.FEWEST_IN_GROUP:
        shown.pop()
    if not shown:
        return Groups(asked=True)
    rest = _rest(sizes, shown, value)
    names = (*sorted(shown), OTHERS) if rest else tuple(sorted(shown))
    return Groups(True, names, {who: each if each in shown else OTHERS for who, each in value.items()}, rest > 0)


def _rest(sizes: Counter, shown: list[str], value: dict) -> int:
    return len(value) - sum(sizes[name] for name in shown)
