"""The starter rubric pack: twelve questions to begin with, and the seven a study takes when in doubt. CC0."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from judgments import rubrics
from judgments.models import Rubric, RubricVersion

WORDING = Path(__file__).with_name("rubric.toml")


@transaction.atomic
def install(*, now: datetime) -> RubricVersion:
    """Publish the pack where it is not there yet; the version with the seven usual questions."""
    given = tomllib.loads(WORDING.read_text(encoding="utf-8"))
    usual = [dimension for dimension in given["dimension"] if dimension.get("default")]
    _publish("starter-twelve", "Starter rubric: all twelve questions", given, given["dimension"], now)
    return _publish("starter", "Starter rubric", given, usual, now)


def _publish(slug: str, title: str, given: dict, dimensions: list[dict], now: datetime) -> RubricVersion:
    rubric, _ = Rubric.objects.get_or_create(slug=slug, defaults={"title": title})
    if (version := rubric.versions.filter(published_at__isnull=False).order_by("number").first()) is not None:
        return version
    version = rubrics.build(rubric, wording(title, given, dimensions))
    return rubrics.publish(version, actor=None, now=now)


def wording(title: str, given: dict, dimensions: list[dict]) -> dict:
    """The pack's file as `rubrics.build` takes it."""
    return {
        "title": title,
        "instructions": given["instructions"].strip(),
        "tags": given["tag"],
        "dimensions": [
            {name: value for name, value in dimension.items() if name not in {"default", "point"}}
            | {"points": dimension.get("point", [])}
            for dimension in dimensions
        ],
    }
