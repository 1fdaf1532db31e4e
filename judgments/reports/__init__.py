"""From arrays to findings: what a study, its cohorts and its items show. Plain frozen results, nothing written.

    overview(study, subset=None)     each dimension: answers by place and form, agreement with its interval
    cohorts(study, subset=None)      agreement inside each cohort, and inside each pair of them
    items(study, subset=None)        each item: answers by place, and how many pairs of readers differ
    noticed(study, subset=None)      each item: how often it was marked, and how often a question did not fit
    question(study, name, subset=None)  one dimension: how every item was answered on it, and where the reasons are
    failures(study, subset=None)     passages that readers marked, overlapping marks as one specimen
    transfer(study, subset=None)     each family's base beside its shifts: the same readers, question by question
    item(study, item)                one item: who answered what, why, and which passages they marked
    section(study, name, subset)     one section of the full report; see reports.sections
    kinds(study, subset=None)        each item: how probable each kind of disagreement is
    report(study, subset, sections)  all of it as plain data
    prepare(study)                   what pages show first, so that nobody has to wait for it

All but an item's are computed once for a given state of the study and then kept in the cache "findings". An
item's finding holds people's words, which may be withdrawn, so it is read anew each time.
"""

from judgments.ledger import UnknownSubset
from judgments.reports.agreement import PRIMARY
from judgments.reports.cohorts import FEWEST_IN_GROUP, DimensionCohorts, FacetCohorts, Group, cohorts
from judgments.reports.failures import CONTESTED, Atlas, Excerpt, NewTags, Specimen, excerpts, failures
from judgments.reports.item import ItemDimension, ItemFinding, MarkSeen, Place, Quote, ReaderAnswer, item
from judgments.reports.items import ItemCounts, ItemRow, items
from judgments.reports.keeping import one_moment
from judgments.reports.noticed import Noticed, noticed
from judgments.reports.overview import DimensionFinding, Overview, overview
from judgments.reports.question import ORDERED, Question, QuestionRow, Said, answers_on, drawn, question
from judgments.reports.sections import SECTIONS, Found, UnknownSection, ask, ready, section, under_way
from judgments.reports.sections.kinds import DimensionKinds
from judgments.reports.transfer import BESIDE, Context, FamilyFound, Move, Profile, transfer
from judgments.reports.whole import ALL, kinds, prepare, report, sections_of

__all__ = [
    "ALL",
    "BESIDE",
    "CONTESTED",
    "FEWEST_IN_GROUP",
    "ORDERED",
    "PRIMARY",
    "SECTIONS",
    "Atlas",
    "Context",
    "DimensionCohorts",
    "DimensionFinding",
    "DimensionKinds",
    "Excerpt",
    "FacetCohorts",
    "FamilyFound",
    "Found",
    "Group",
    "ItemCounts",
    "ItemDimension",
    "ItemFinding",
    "ItemRow",
    "MarkSeen",
    "Move",
    "NewTags",
    "Noticed",
    "Overview",
    "Place",
    "Profile",
    "Question",
    "QuestionRow",
    "Quote",
    "ReaderAnswer",
    "Said",
    "Specimen",
    "UnknownSection",
    "UnknownSubset",
    "answers_on",
    "ask",
    "cohorts",
    "drawn",
    "excerpts",
    "failures",
    "item",
    "items",
    "kinds",
    "noticed",
    "one_moment",
    "overview",
    "prepare",
    "question",
    "ready",
    "report",
    "section",
    "sections_of",
    "transfer",
    "under_way",
]
