"""What a page's address asks to see. Every view of a study can be cited by its address."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from judgments import ledger
from judgments.models import Study

LONGEST_SEARCH = 100
SORTS = {
    "spread": "Where readers part most",
    "marks": "Most marked",
    "both": "Most often both ways",
    "misfit": "The question fits least",
    "number": "In their own order",
}


@dataclass(frozen=True)
class Lens:
    """One view of a study; "" means that nothing was asked for.

    subset: one of the study's subsets. facet, beside: cohorts by one background question, or by two at once.
    by: the cohorts of an item's strips. sort: a key of SORTS. on: the dimension that the order looks at.
    search: part of an item's name. draw: a number from which quotes are drawn at random.
    tag, only: marked passages of one tag, or of one kind.
    """

    subset: str = ""
    facet: str = ""
    beside: str = ""
    by: str = ""
    sort: str = "spread"
    on: str = ""
    search: str = ""
    page: str = ""
    draw: str = ""
    tag: str = ""
    only: str = ""

    @classmethod
    def of(cls, study: Study, asked: QueryDict, sorts: Collection[str] = tuple(SORTS)) -> "Lens":
        """The lens of an address; the first of the sorts is the usual one.

        Raises Http404 where it names a subset or an order that is not there, or draws from something else
        than a number.
        """
        names = cls.__dataclass_fields__
        given = {field: asked.get(_NAMES.get(field, field), "").strip() for field in names}
        given = {field: value.replace("\0", "")[:LONGEST_SEARCH] for field, value in given.items() if value}
        found = cls(**({"sort": next(iter(sorts))} | given))
        if found.subset and found.subset not in ledger.subset_names(study):
            raise Http404("This study has no subset of that name.")
        if found.sort not in sorts:
            raise Http404("There is no such order.")
        if found.draw and not (found.draw.isdecimal() and found.draw.isascii()):
            raise Http404("Quotes are drawn from a number.")
        return found

    @property
    def chosen_subset(self) -> str | None:
        return self.subset or None

    @property
    def query(self) -> str:
        """The part of the address after the path; what is as usual is left out."""
        usual = asdict(Lens())
        given = {_NAMES.get(name, name): value for name, value in asdict(self).items() if value != usual[name]}
        return f"?{urlencode(given)}" if given else ""

    @property
    def seed(self) -> int:
        """What quotes are drawn from."""
        return int(self.draw or 0)

    @property
    def of_items(self) -> str:
        """The order in which items stand, for links to one of them: without page."""
        return replace(self, page="", facet="", beside="", draw="", tag="", only="").query

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form on the item page carries along, besides `by`."""
        return [(_NAMES.get(name, name), getattr(self, name)) for name in _CARRIED if getattr(self, name)]

    def known(self, *, facets: Collection[str] = (), dimensions: Collection[str] = ()) -> "Lens":
        """This lens, if what it names is there; else Http404."""
        asked = {self.facet, self.beside, self.by} - {""}
        if not asked <= set(facets):
            raise Http404("This study has no such background question.")
        if self.on and self.on not in dimensions:
            raise Http404("This study has no such question.")
        return replace(self, beside="") if self.beside == self.facet or not self.facet else self

    def but(self, **changes: str) -> "Lens":
        return replace(self, **changes)


_NAMES = {"beside": "with", "search": "q"}
_CARRIED = ("subset", "sort", "on", "search")
