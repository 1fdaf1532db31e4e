"""Taking an import back: what it brought is hidden, nothing is deleted."""

from datetime import datetime

from django.db import transaction

from judgments import audit
from judgments.models import Import, Item, Study


@transaction.atomic
def discard(import_row: Import, *, actor, now: datetime) -> Import:
    """Hide what an import brought, so that it can be brought in again. Judgments of its items are kept.

    Discarding imported judgments discards their study and frees its address. Doing it twice changes nothing.
    """
    study = Study.objects.select_for_update(no_key=True).get(pk=import_row.study_id)
    row = Import.objects.select_for_update(no_key=True).get(pk=import_row.pk)
    if row.discarded_at is not None:
        return row
    row.discarded_at = now
    row.save(update_fields=["discarded_at"])
    hidden = Item.objects.filter(brought_by=row, hidden_at__isnull=True).update(hidden_at=now)
    if row.kind == Import.Kind.JUDGMENTS and study.discarded_at is None:
        study.discarded_at = now
        study.save(update_fields=["discarded_at"])
    audit.record("import_discarded", study=study, actor=actor, at=now, subject=row.uid, items_hidden=hidden)
    return row
