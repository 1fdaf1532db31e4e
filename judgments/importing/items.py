"""Items from a file: every row is checked before one is stored, and all are stored or none."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction

from judgments import audit
from judgments.importing import material, tables
from judgments.importing.bulk import take_stock
from judgments.importing.itemrows import Answered, ItemRow, Reader
from judgments.importing.limits import ITEMS, Limits
from judgments.importing.outcome import Outcome, Step, steps
from judgments.importing.problems import Problems
from judgments.importing.sources import Source
from judgments.importing.values import alike
from judgments.models import Import, Item, ItemResponse, Response, Scenario, Study

BATCH = 2_000
SPOOL_BYTES = 16 * 1024 * 1024


def import_items(
    study: Study, content: Path | bytes, *, name: str, actor, now: datetime, dry_run: bool = False,
    progress: Any = None, limits: Limits = ITEMS,
) -> Outcome:  # fmt: skip
    """Bring the items of a CSV, JSON Lines, JSON or Parquet file into a study.

    name: how messages call the file. progress: called with (done, total, note), or an object with such a `step`.
    The same file again adds nothing; an item that is there already with the same content is passed over.
    Raises ImportRefused with located problems; then nothing was stored.
    """
    source = Source(content, name[-300:], limits, Problems())
    digest, step = source.digest(), steps(progress)
    if (earlier := _earlier(study, digest)) is not None:
        return Outcome(study, earlier, earlier.counts, already_present=True)
    with closing(tempfile.SpooledTemporaryFile(SPOOL_BYTES)) as spool:
        checked = _Checked(source, spool, step)
        if source.digest() != digest:
            raise source.problems.stop(source.name, None, "", "changed", "The file changed while it was read.")
        with transaction.atomic():
            return _bring_in(study, checked, digest, actor, now, dry_run, step)


def _earlier(study: Study, digest: str) -> Import | None:
    kept = Import.objects.filter(study=study, kind=Import.Kind.ITEMS, digest=digest, discarded_at__isnull=True)
    return kept.first()


class _Checked:
    """Every row of the file, read and checked; the rows wait in a spool so that memory stays flat."""

    def __init__(self, source: Source, spool: Any, step: Step):
        self.source, self.problems, self._spool = source, source.problems, spool
        self.reader = Reader(source)
        self.lines: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        self._alike: dict[str, str] = {}
        self.scenarios = material.Scenarios(source)
        for count, row in enumerate(tables.rows(source), 1):
            item = self.reader.read(row)
            if item is not None and self._is_new(item):
                self._keep(item)
            if count % BATCH == 0:
                step(count, None, "checking rows")
        self.problems.refuse_if_any()
        self.scenarios.check_shifts()
        self.problems.refuse_if_any()

    def _is_new(self, item: ItemRow) -> bool:
        form = alike(item.id)
        if form not in self._alike:
            self._alike[form] = item.id
            return True
        other = self._alike[form]
        words = f"Line {self.lines[other]} has " + (
            "this id too." if other == item.id else f"the id {other!r}, which looks the same."
        )
        self.problems.add(self.source.name, item.line, "id", "duplicate_id", words)
        return False

    def _keep(self, item: ItemRow) -> None:
        self.lines[item.id] = item.line
        self.digests[item.id] = item.digest
        place = self.scenarios.place(item)
        responses = [given.plain() for given in item.responses]
        record = [item.line, item.id, item.messages, responses, item.purpose, item.facts, item.metadata, place]
        self._spool.write(orjson.dumps(record) + b"\n")

    def items(self) -> Iterator[tuple[ItemRow, int]]:
        """The rows again, each with the place of its scenario."""
        self._spool.seek(0)
        for line in self._spool:
            number, id_, messages, responses, purpose, facts, metadata, place = orjson.loads(line)
            given = [Answered(*response) for response in responses]
            yield ItemRow(number, id_, messages, given, "", purpose, facts, metadata), place

    def present(self, study: Study) -> set[str]:
        """Ids that the study has with the same content. Other content, or an id that looks the same, is a problem."""
        found: set[str] = set()
        kept = Item.objects.kept().filter(study=study).values_list("external_id", "digest")
        for id_, digest in kept.iterator(chunk_size=5_000):
            same = self._alike.get(alike(id_))
            if same is None:
                continue
            if same != id_:
                words = f"The study has an item {id_!r}, whose id looks the same."
                self.problems.add(self.source.name, self.lines[same], "id", "duplicate_id", words)
            elif digest != self.digests[id_]:
                words = "The study has an item of this id with other content. It is kept as it is."
                self.problems.add(self.source.name, self.lines[id_], "id", "other_content", words)
            else:
                found.add(id_)
        self._compare_details(study, found)
        self.problems.refuse_if_any()
        return found

    def _compare_details(self, study: Study, found: set[str]) -> None:
        if not found:
            return
        kept = Item.objects.kept().filter(study=study, brought_by__isnull=False)
        details = {id_: rest for id_, *rest in kept.values_list("external_id", "purpose", "metadata") if id_ in found}
        for item, _ in self.items():
            if item.id in details and details[item.id] != [item.purpose, item.metadata]:
                words = "The study has this item with another purpose or other metadata. It is kept as it is."
                self.problems.add(self.source.name, item.line, "id", "other_content", words)

    def warnings(self) -> tuple[str, ...]:
        found = []
        if self.reader.unknown:
            names = ", ".join(sorted(self.reader.unknown))
            found.append(f"Columns kept with each item as metadata: {names}.")
        if self.reader.unread:
            found.append(f"Fields of messages that are not kept: {', '.join(sorted(self.reader.unread))}.")
        return tuple(found)


def _bring_in(
    study: Study, checked: _Checked, digest: str, actor, now: datetime, dry_run: bool, step: Step
) -> Outcome:
    # The lock keeps two imports of one study apart; whoever waited looks again.
    study = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if (earlier := _earlier(study, digest)) is not None:
        return Outcome(study, earlier, earlier.counts, already_present=True)
    present = checked.present(study)
    checked.scenarios.meet(study)
    checked.problems.refuse_if_any()
    counts = {"rows": len(checked.lines), "items": len(checked.lines) - len(present), "already_there": len(present)}
    if dry_run or not counts["items"]:
        return Outcome(study, None, counts, already_present=not counts["items"], warnings=checked.warnings())
    row = Import.objects.create(
        study=study, kind=Import.Kind.ITEMS, source=checked.source.name, digest=digest, counts=counts,
        created_by=actor if actor is not None and actor.is_authenticated else None, created_at=now,
    )  # fmt: skip
    writer = material.Writer(study, checked.scenarios, row, now)
    new = ((item, place) for item, place in checked.items() if item.id not in present)
    for done in writer.write(new, BATCH):
        step(done, counts["items"], "storing items")
    take_stock(Scenario, Response, Item, ItemResponse)
    row.counts = counts | writer.counts
    row.save(update_fields=["counts"])
    facts = {"source": row.source, "digest": digest, "counts": row.counts}
    audit.record("items_imported", study=study, actor=actor, at=now, subject=row.uid, **facts)
    return Outcome(study, row, row.counts, warnings=checked.warnings())
