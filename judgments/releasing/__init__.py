"""Releases: a study as files that others can load, check and keep; the same data give the same bytes.

`release` makes one in a folder; `keep` makes one in the data folder and remembers it.
"""

import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from judgments import audit, rubrics
from judgments.models import Event, Release, RubricVersion, Study
from judgments.releasing import card, rows, seal, selfcheck, tables
from judgments.releasing.files import Written, write
from judgments.releasing.identities import Gate
from judgments.releasing.people import K
from judgments.releasing.rows import Scope

CHANGES_OF_DATA = ("judged", "revised", "withdrawn", "left", "first_reading", "note_shared", "stood")
STEPS = 16


def release(study: Study, folder: Path | str, *, actor, now: datetime, progress=None) -> dict[str, Any]:
    """Make a release of a study in this folder; its facts, as written into release.json.

    The folder must be missing or empty, or hold the very same release. Raises ReleaseRefused, and leaves nothing,
    when a cell names an account, when the files read again do not say what the database says, or when something
    else lies there.
    """
    folder = Path(folder).absolute()
    unfinished = seal.begin(folder)
    try:
        facts = _make(study, unfinished, progress)
        seal.place(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _remember(study, folder, facts, actor=actor, now=now)
    return facts


def keep(study: Study, *, actor, now: datetime, progress=None) -> Release:
    """Make a release in the data folder, with its ZIP file beside it, and remember it. Raises ReleaseRefused."""
    place = settings.DATA / "releases" / str(study.uid)
    unfinished = seal.begin(place / "release")
    try:
        facts = _make(study, unfinished, progress)
        folder = place / facts["release_id"]
        seal.place(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    seal.archive(folder, archive_of(folder, study.slug))
    return _remember(study, folder, facts, actor=actor, now=now)


def kept(study: Study) -> list[Release]:
    """Releases that lie in the data folder, the latest first."""
    place = settings.DATA / "releases" / str(study.uid)
    return [one for one in study.releases.all() if Path(one.folder).parent == place and Path(one.folder).is_dir()]


def files_in(release: Release) -> list[str]:
    """Paths of the files of a kept release, relative to its folder."""
    return seal.files_of(Path(release.folder))


def archive_of(folder: Path, slug: str) -> Path:
    """Where the ZIP file of a kept release lies."""
    return folder.with_name(f"{slug}-{folder.name}.zip")


@transaction.atomic
def _remember(study: Study, folder: Path, facts: dict[str, Any], *, actor, now: datetime) -> Release:
    """The row of a release; the same release in the same place is remembered once."""
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    name = facts["release_id"]
    if (known := Release.objects.filter(study=study, name=name, folder=str(folder)).first()) is not None:
        return known
    made = Release.objects.create(
        study=study, name=name, folder=str(folder), facts=facts, asked_by=actor, created_at=now
    )
    audit.record("released", study=study, actor=actor, at=now, subject=made.uid, release=name)
    return made


def _make(study: Study, folder: Path, progress) -> dict[str, Any]:
    step = progress.step if progress is not None else lambda *said, **more: None
    for name in seal.CONTENT:
        (folder / name).mkdir()
    tally, gate = selfcheck.Tally(), Gate(study)
    with rows.snapshot():
        study = Study.objects.get(pk=study.pk)
        scope = rows.scope_of(study)
        written = _write_tables(scope, folder, tally, gate, step)
        wordings = _wordings(scope)
        head = _last_change(study)
    for wording in wordings:
        path = folder / "rubrics" / f"{wording['rubric']}-{wording['version']}.json"
        path.write_bytes(seal.dumps(wording))
    step(len(written), STEPS, "Reading the files again")
    checked = selfcheck.check(folder, written, tally)
    facts = _facts(scope, folder, written, checked, gate, head)
    card.write(folder, scope, written, facts, wordings)
    step(STEPS - 1, STEPS, "Sealing")
    seal.seal(folder, facts)
    return facts


def _write_tables(scope: Scope, folder: Path, tally: selfcheck.Tally, gate: Gate, step) -> list[Written]:
    facets = [(facet.slug, facet.title) for facet in scope.people.facets]
    sources = [
        (tables.RUBRICS, rows.rubrics),
        (tables.DIMENSIONS, rows.dimensions),
        (tables.SCALE_POINTS, rows.scale_points),
        (tables.SCENARIOS, rows.scenarios),
        (tables.RESPONSES, rows.responses),
        (tables.ITEMS, rows.items),
        (tables.annotators(facets), rows.annotators),
        (tables.ASSIGNMENTS, rows.assignments),
        (tables.JUDGMENTS, rows.judgments),
        (tables.RATINGS, rows.ratings),
        (tables.MARKS, rows.marks),
        (tables.FIRST_READINGS, rows.first_readings),
        (tables.NOTES, rows.notes),
        (tables.STANDS, rows.stands),
    ]

    def look(table: tables.Table, columns: list[tuple]) -> None:
        gate.look(table, columns)
        tally.look(table, columns)

    written = []
    for number, (table, source) in enumerate(sources):
        step(number, STEPS, f"Writing {table.name.replace('_', ' ')}")
        written.append(write(table, source(scope), folder, look=look))
    return written


def _wordings(scope: Scope) -> list[dict[str, Any]]:
    """Every rubric version of the release in its exact wording."""
    found = {version.pk: version for version in RubricVersion.objects.filter(pk__in=scope.versions)}
    in_order = sorted(scope.versions.items(), key=lambda named: named[1])
    return [
        rubrics.definition(found[pk]) | {"rubric": slug, "version": number, "sha256": found[pk].digest}
        for pk, (slug, number) in in_order
    ]


def _last_change(study: Study) -> dict[str, Any]:
    """The last event that changed what a release holds: the time and place in history that the release is of."""
    events = Event.objects.filter(chain=audit.chain_of(study)).order_by("-number")
    changes = events.filter(kind__in=CHANGES_OF_DATA) | events.filter(kind__contains="import")
    last = changes.first()
    if last is None:
        return {"event_number": 0, "chain_head": audit.ZERO, "taken_at": audit.stamp(study.created_at)}
    return {"event_number": last.number, "chain_head": last.hash, "taken_at": audit.stamp(last.at)}


def _facts(
    scope: Scope, folder: Path, written: list[Written], checked: list[dict], gate: Gate, head: dict
) -> dict[str, Any]:
    study = scope.study
    return {
        "schema_version": tables.SCHEMA_VERSION,
        "release_id": seal.release_id(folder),
        "dataset": study.slug,
        "title": study.title,
        "created": head["taken_at"],
        "tool": {"name": "Dissensus"} | {name: version(name) for name in ("dissensus", "pyarrow", "pandas")},
        "study": {
            "study_id": str(study.uid),
            "origin": study.origin,
            "judgments_wanted": study.judgments_wanted,
            "rubrics": [f"{slug}-{number}" for slug, number in sorted(scope.versions.values())],
        },
        "licence": study.licence or "no licence given",
        "attribution": study.attribution,
        "snapshot": head,
        "models": "withheld until the study is closed" if scope.hides_models else "given",
        "privacy": _privacy(scope, gate),
        "counts": {one.table.name: one.rows for one in written},
        "left_out": {"people": len(scope.people.left_out)} | scope.left_out,
        "self_check": {
            "library": f"krippendorff {version('krippendorff')}",
            "counted": selfcheck.COUNTED,
            "tolerance": selfcheck.TOLERANCE,
            "dimensions": checked,
        },
        "tables": [_table_facts(folder, one) for one in written],
    }


def _table_facts(folder: Path, one: Written) -> dict[str, Any]:
    return {
        "name": one.table.name, "path": one.parquet, "csv": one.csv, "rows": one.rows, "key": list(one.table.key),
        "columns": one.table.names, "bytes": (folder / one.parquet).stat().st_size,
        "sha256": seal.sha256(folder / one.parquet), "csv_sha256": seal.sha256(folder / one.csv),
    }  # fmt: skip


def _privacy(scope: Scope, gate: Gate) -> dict[str, Any]:
    people = scope.people
    own = any(not person.imported for person in people.by_pk.values())
    brought = any(person.imported for person in people.by_pk.values())
    invented = scope.study.origin == Study.Origin.INVENTED
    if own and people.consent_asked:
        words = "Written reasons are here where their authors agreed to be quoted."
    elif own:
        words = "Written reasons of people who took part are not here: nobody was asked whether they may be quoted."
    else:
        words = "Written reasons are here as they are."
    as_it_was = "invented" if invented else "by the licence of the imported data"
    background = ["by consent"] * own + [f"{as_it_was}, nothing suppressed"] * brought
    return {
        "pseudonym": "hmac-sha256 of a random id, under the study's secret",
        "background": "; ".join(background) or "of nobody",
        "k": K if own else None,
        "cells_suppressed": people.n_suppressed,
        "words": words,
        "texts_checked_for_names": gate.checked,
    }


__all__ = ["archive_of", "files_in", "keep", "kept", "release"]
