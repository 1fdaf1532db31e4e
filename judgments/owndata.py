"""Everything of one's own: all rows that belong to a participant, as plain data to take away.

Tables are found rather than listed, so that none added later is forgotten. Offers that were not answered
yet are left out: they would say what comes back a second time.
"""

import io
import zipfile
from datetime import datetime
from typing import Any

import orjson
from django.apps import apps
from django.db import models

from judgments import audit
from judgments.models import Assignment, ErasableText, Participant

WAYS = ("participant", "judgment__participant", "assignment__participant")
"""How a table may lead to the person its rows belong to."""
LEFT_OUT = {"salt", "seed", "key"}
NAMED_BY = ("uid", "slug", "version")


def of(participant: Participant) -> dict[str, Any]:
    """The participant, and by table's name every row of theirs in the order they came."""
    study = participant.study
    tables = {}
    for model in apps.get_app_config("judgments").get_models():
        way = _way(model)
        if way and model is not ErasableText:
            rows = model._default_manager.filter(**{way: participant}).order_by("pk")
            if model is Assignment:
                rows = rows.exclude(state=Assignment.State.OFFERED)
            tables[model._meta.model_name or ""] = [_plain(row) for row in rows.select_related(*_foreign(model))]
    about = {
        "study": study.title, "study_id": str(study.uid), "code_name": participant.code_name,
        "joined_at": audit.stamp(participant.joined_at),
    }  # fmt: skip
    return {"about": about} | {name: rows for name, rows in sorted(tables.items()) if rows}


def as_zip(participant: Participant, *, now: datetime) -> bytes:
    """The same as a ZIP file: one JSON file a table, and a README that says what each is."""
    packed = io.BytesIO()
    data = of(participant)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(data, now))
        for name, rows in data.items():
            archive.writestr(f"{name}.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    return packed.getvalue()


def _readme(data: dict[str, Any], now: datetime) -> str:
    lines = [
        f"Everything of “{data['about']['code_name']}” in “{data['about']['study']}”, as of {audit.stamp(now)}.",
        "Each file is JSON, one object a row. Words you erased are not in it any more.",
        "",
    ]
    counted = (f"{name}.json: {len(rows)}" for name, rows in data.items() if isinstance(rows, list))
    return "\n".join([*lines, *counted, ""])


def _way(model: type[models.Model]) -> str:
    fields = {field.name for field in model._meta.concrete_fields if field.is_relation}
    return next((way for way in WAYS if way.split("__")[0] in fields), "")


def _foreign(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.is_relation]


def _plain(row: models.Model) -> dict[str, Any]:
    """A row as plain values: words in place of their reference, other rows by a name that means something."""
    plain = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in LEFT_OUT or field.name == "participant":
            continue
        if not field.is_relation:
            plain[field.name] = getattr(row, field.name)
        elif field.related_model is ErasableText:
            text = getattr(row, field.name)
            plain[field.name] = text.text if text is not None else None
        elif (name := _named(getattr(row, field.name))) is not None:
            plain[field.name] = name
    return plain


def _named(row: models.Model | None) -> Any:
    if row is None:
        return None
    return next((str(getattr(row, name)) for name in NAMED_BY if hasattr(row, name)), None)
