"""“About you” as a form: every question optional, in one's own words first, each with its own consent."""

from dataclasses import dataclass

from judgments.backgrounds import PREFER_NOT_TO_SAY, Told
from judgments.models import Facet

LONGEST = 500


@dataclass(frozen=True)
class Row:
    """One question as the page shows it, with what was said so far."""

    facet: Facet
    words: str
    choice: str
    prefers_not: bool
    may_analyse: bool
    may_publish: bool

    @property
    def name(self) -> str:
        return f"facet.{self.facet.slug}"

    @property
    def id(self) -> str:
        return f"facet-{self.facet.slug}"

    @property
    def question(self) -> str:
        return self.facet.question or self.facet.title


def rows(facets: list[Facet], told: dict[int, Told]) -> list[Row]:
    """The questions in their order, with the answers given before."""
    return [_row(facet, told.get(facet.pk)) for facet in facets]


def _row(facet: Facet, told: Told | None) -> Row:
    if told is None:
        return Row(facet, "", "", False, False, False)
    prefers_not, chosen = told.text == PREFER_NOT_TO_SAY, told.text in facet.offered
    words = "" if prefers_not or chosen else told.text
    return Row(facet, words, told.text if chosen else "", prefers_not, told.may_analyse, told.may_publish)


def read(data, facets: list[Facet]) -> dict[Facet, Told]:
    """The answers a page sent; questions left empty are left out. Own words go before a choice from the list."""
    found = {facet: _told(data, facet) for facet in facets}
    return {facet: told for facet, told in found.items() if told is not None}


def _told(data, facet: Facet) -> Told | None:
    name = f"facet.{facet.slug}"
    words, choice = data.get(f"{name}.words", "").strip()[:LONGEST], data.get(f"{name}.choice", "")
    if data.get(f"{name}.not") == "1":
        text = PREFER_NOT_TO_SAY
    elif words:
        text = words
    else:
        text = choice if choice in facet.offered else ""
    if not text:
        return None
    return Told(text, data.get(f"{name}.analyse") == "1", data.get(f"{name}.publish") == "1")
