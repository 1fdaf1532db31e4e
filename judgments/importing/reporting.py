"""An outcome in words, for commands."""

from collections.abc import Iterator

from judgments.importing.outcome import Outcome


def lines_of(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    if outcome.already_present:
        yield "Already present: nothing was added."
    elif dry_run:
        yield "Checked; nothing was stored."
    elif outcome.study is not None:
        yield f"Brought into {outcome.study.slug}."
    for name, count in outcome.counts.items():
        yield f"{name.replace('_', ' ')}: {count:,}"
    yield from outcome.warnings
