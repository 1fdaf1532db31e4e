"""The one bridge from the database to arrays: who gave which answer to which item, in columns.

    held = ledger.of_study(study)          # everything of a study; kept in memory, read on from where it ended
    held = ledger.of_item(study, item)     # one item alone, straight from the database; of_items for a few
    kept = ledger.subset(study, held, "without_removed")

Judgments are only ever added to, so what was read once stays true. Items that were taken out, practice
items, discarded imports and judgments that their authors took back are left out; background answers are
here only with consent to analysis.
"""

from judgments.ledger.digest import content
from judgments.ledger.dimensions import LINE_PARTS, Dimension, Point
from judgments.ledger.reading import of_item, of_items, of_study, stamp
from judgments.ledger.selection import UnknownSubset, subset, subset_names
from judgments.ledger.tables import FORMS, REASONS, Facet, Items, Judgments, Ledger, Ratings, Readers, Stamp

__all__ = [
    "FORMS",
    "LINE_PARTS",
    "REASONS",
    "Dimension",
    "Facet",
    "Items",
    "Judgments",
    "Ledger",
    "Point",
    "Ratings",
    "Readers",
    "Stamp",
    "UnknownSubset",
    "content",
    "of_item",
    "of_items",
    "of_study",
    "stamp",
    "subset",
    "subset_names",
]
