"""What an import did, for commands, jobs and pages alike; and how it says how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from judgments.models import Import, Study

Step = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Outcome:
    """study: None only where a dry run would make it.
    import_row: the import that holds the data; None after a dry run and where nothing new was found.
    already_present: nothing was added, because everything had been brought in before.
    """

    study: Study | None
    import_row: Import | None
    counts: dict[str, int]
    already_present: bool = False
    warnings: tuple[str, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """As a job's result."""
        return {
            "study": self.study.slug if self.study else None,
            "import": str(self.import_row.uid) if self.import_row else None,
            "counts": self.counts,
            "already_present": self.already_present,
            "warnings": list(self.warnings),
        }


def steps(progress: Any) -> Step:
    """A function (done, total, note) from what the caller gave: a job's progress, such a function, or None."""
    if progress is None:
        return lambda done, total, note: None
    return getattr(progress, "step", progress)
