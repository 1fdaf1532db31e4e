"""A published annotator-level dataset becomes a study: read whole, checked whole, then stored whole."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from judgments import audit
from judgments.importing import mappingfile
from judgments.importing.limits import DATASET, Limits
from judgments.importing.mapping import Mapping
from judgments.importing.outcome import Outcome, Step, steps
from judgments.importing.problems import Problems
from judgments.importing.readings import Dataset
from judgments.importing.sources import Source
from judgments.importing.storing import Storing
from judgments.models import Import, Study


def import_judgments(
    mapping: Path | str, *, files: Path | None = None, actor, now: datetime, dry_run: bool = False,
    progress: Any = None, limits: Limits = DATASET,
) -> Outcome:  # fmt: skip
    """Bring a published dataset in as a closed study of its own, under read-only participants.

    mapping: a TOML file, or the bare name of a shipped one. files: the folder of the data; without it they are
    looked for in $DISSENSUS_SAMPLES, then beside the mapping.
    progress: called with (done, total, note), or an object with such a `step`.
    The same mapping and files again add nothing. Raises ImportRefused with located problems; then nothing was stored.
    """
    problems, step = Problems(), steps(progress)
    path = mappingfile.find(mapping)
    read = mappingfile.read(path, problems)
    found = {name: _file(name, path, files, problems) for name in _names(read)}
    problems.refuse_if_any()
    digest = _digest(path, found, limits, problems)
    if (earlier := _earlier(read, digest)) is not None:
        return Outcome(earlier.study, earlier, earlier.counts, already_present=True)
    _check_address(read, problems)
    dataset = Dataset(read, found, limits, problems, step)
    if _digest(path, found, limits, problems) != digest:
        raise problems.stop(read.name, None, "", "changed", "A file changed while it was read.")
    counts, warnings = _counts(dataset), _warnings(dataset)
    if dry_run:
        return Outcome(None, None, counts, warnings=warnings)
    return _store(dataset, digest, counts, warnings, actor, now, step)


def _store(dataset: Dataset, digest: str, counts: dict[str, int], warnings, actor, now, step: Step) -> Outcome:
    mapping = dataset.mapping
    try:
        with transaction.atomic():
            storing = Storing(dataset, digest, actor, now, step)
            row = storing.store(counts)
            facts = {"source": row.source, "digest": digest, "counts": counts}
            audit.record("judgments_imported", study=row.study, actor=actor, at=now, subject=row.uid, **facts)
    except IntegrityError:
        # Somebody brought the same dataset in, or took its address, while we were reading.
        if (earlier := _earlier(mapping, digest)) is not None:
            return Outcome(earlier.study, earlier, earlier.counts, already_present=True)
        _check_address(mapping, dataset.problems)
        raise
    return Outcome(row.study, row, counts, warnings=warnings)


def _names(mapping: Mapping) -> list[str]:
    return list(dict.fromkeys([mapping.items.file, mapping.annotators.file, mapping.ratings.file]))


def _file(name: str, mapping: Path, files: Path | None, problems: Problems) -> Path:
    """Where a file of the mapping lies; a problem where it lies nowhere."""
    samples = os.environ.get("DISSENSUS_SAMPLES")
    if files is not None:
        folders = [Path(files)]
    else:
        folders = ([Path(samples), Path(samples) / mapping.stem] if samples else []) + [mapping.parent]
    for folder in folders:
        for path in (folder / name, folder / Path(name).name):
            if path.is_file():
                return path
    looked = "the folder given" if files is not None else "$DISSENSUS_SAMPLES and beside the mapping"
    line = next((n for n, text in enumerate(mapping.read_text("utf-8-sig").splitlines(), 1) if name in text), 1)
    problems.add(mapping.name, line, "file", "missing_file", f"{name} was not found in {looked}.")
    return mapping


def _digest(path: Path, files: dict[str, Path], limits: Limits, problems: Problems) -> str:
    """sha256 over the mapping and every file."""
    total = hashlib.sha256(path.read_bytes())
    for name, file in sorted(files.items()):
        total.update(f"\n{name} {Source(file, name, limits, problems).digest()}".encode())
    return total.hexdigest()


def _earlier(mapping: Mapping, digest: str) -> Import | None:
    kept = Import.objects.filter(kind=Import.Kind.JUDGMENTS, digest=digest, discarded_at__isnull=True)
    return kept.filter(study__slug=mapping.slug, study__discarded_at__isnull=True).select_related("study").first()


def _check_address(mapping: Mapping, problems: Problems) -> None:
    if Study.objects.kept().filter(slug=mapping.slug).exists():
        words = f"There is a study {mapping.slug!r} already. Discard it, or give this one another slug."
        raise problems.stop(mapping.name, mapping.lines.of("study", "slug"), "study.slug", "slug_taken", words)


def _counts(dataset: Dataset) -> dict[str, int]:
    readings = dataset.readings
    return {
        "items": len(dataset.things),
        "participants": len(dataset.people),
        "judgments": len(readings),
        "ratings": sum(value is not None for reading in readings for value in reading.values),
        "marks": sum(len(reading.passages) for reading in readings),
        "repeats": sum(reading.occasion > 0 for reading in readings),
        "left_out": sum(dataset.left_out.values()),
    }


def _warnings(dataset: Dataset) -> tuple[str, ...]:
    found = [f"{count:,} {words}." for words, count in dataset.left_out.items()]
    if dataset.mapping.duplicates == "first" and dataset.repeats:
        found.append(f"{dataset.repeats:,} later rows of the same item and annotator left out.")
    if dataset.blank_texts:
        found.append(f"{dataset.blank_texts:,} blank texts count as not written.")
    if dataset.clipped:
        found.append(
            f"{dataset.clipped:,} marks ended past their text and end with it; the mark says what was given."
        )
    if dataset.not_placed:
        found.append(
            f"{dataset.not_placed:,} of these lie wholly past their text; they are in the judgment's details."
        )
    return tuple(found)
