"""Bringing material and judgments in: one module a format, one pipeline, all or nothing."""

from judgments.importing.dataset import import_judgments
from judgments.importing.discarding import discard
from judgments.importing.items import import_items
from judgments.importing.limits import Limits
from judgments.importing.outcome import Outcome
from judgments.importing.problems import Problem

__all__ = ["Limits", "Outcome", "Problem", "discard", "import_items", "import_judgments"]
