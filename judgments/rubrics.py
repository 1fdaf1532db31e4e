"""Rubrics: check, publish (freeze) and fork versions."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import Max

from judgments import audit, canonical
from judgments.errors import RubricFrozen, RubricUnfit
from judgments.models import Dimension, Kind, Level, Rubric, RubricVersion, ScalePoint, Tag

LEVELS_OF_KIND = {
    Kind.BALANCE: (Level.ORDINAL, Level.INTERVAL),
    Kind.DEGREE: (Level.ORDINAL, Level.INTERVAL),
    Kind.TWO_GOODS: (Level.ORDINAL,),
    Kind.CHOICE: (Level.NOMINAL, Level.ORDINAL),
    Kind.CHOICES: (Level.SET,),
    Kind.LINE: (Level.INTERVAL, Level.RATIO),
    Kind.COMPARE: (Level.PAIR, Level.NOMINAL),
    Kind.OPEN: (Level.OPEN,),
}
"""The levels a kind can be measured at, the usual one first."""
FORMS_BESIDE_POINT = {Kind.BALANCE, Kind.DEGREE, Kind.LINE}
"""Kinds that can be answered with a range or both ways; the others with a point or not at all."""


def definition(version: RubricVersion) -> dict:
    """The whole wording of a version as plain data: what is hashed, shown and released."""
    dimensions = version.dimensions.prefetch_related("points").order_by("position", "id")
    return {
        "title": version.title,
        "instructions": version.instructions,
        "dimensions": [dimension_wording(dimension) for dimension in dimensions],
        "tags": [{"slug": tag.slug, "text": tag.text} for tag in version.tags.order_by("position", "id")],
    }


def dimensions_of(version: RubricVersion) -> list[Dimension]:
    """The version's dimensions in order, with their points.

    A published version is read once and kept, because it cannot change; its rows are shared between
    requests, so callers leave them as they are.
    """
    if not version.is_published:
        return _read_dimensions(version.pk)
    return list(_frozen_dimensions(version.digest, version.pk))


@lru_cache(maxsize=256)
def _frozen_dimensions(digest: str, pk: int) -> list[Dimension]:
    # By digest as well: the same number names another version in another database.
    return _read_dimensions(pk)


def forget() -> None:
    """Let go of every version read: for a process that changes its database, as tests do."""
    _frozen_dimensions.cache_clear()


def _read_dimensions(pk: int) -> list[Dimension]:
    rows = Dimension.objects.filter(version=pk).order_by("position", "id")
    return list(rows.select_related("version").prefetch_related("points"))


def dimension_wording(dimension: Dimension) -> dict:
    """One dimension as plain data, its points by value."""
    fields = ("slug", "title", "question", "help", "not_about", "kind", "level", "line_low", "line_high")
    points = sorted(dimension.points.all(), key=lambda point: point.value)
    return {name: getattr(dimension, name) for name in fields} | {
        "points": [
            {name: getattr(point, name) for name in ("value", "code", "text", "description", "apart")}
            for point in points
        ]
    }


def problems(version: RubricVersion) -> list[str]:
    """What keeps a version from being published, one sentence each."""
    dimensions = list(version.dimensions.prefetch_related("points"))
    if not dimensions:
        return ["A rubric needs at least one question."]
    return [f"{dimension.title}: {why}" for dimension in dimensions for why in _dimension_problems(dimension)]


def _dimension_problems(dimension: Dimension) -> list[str]:
    found = []
    kind, points = dimension.kind, list(dimension.points.all())
    on_scale = [point for point in points if not point.apart]
    if dimension.level not in LEVELS_OF_KIND[Kind(kind)]:
        allowed = " or ".join(sorted(LEVELS_OF_KIND[Kind(kind)]))
        found.append(f"a question of this kind is measured as {allowed}, not {dimension.level}.")
    if kind == Kind.OPEN and points:
        found.append("an open question has no points.")
    if kind == Kind.BALANCE and (len(on_scale) < 3 or len(on_scale) % 2 == 0):
        found.append("a balance needs an odd number of points, three or more, with the fitting one in the middle.")
    if kind == Kind.TWO_GOODS and len(on_scale) % 2:
        found.append("two goods need an even number of points: there is no middle.")
    if kind in (Kind.DEGREE, Kind.CHOICE, Kind.CHOICES, Kind.COMPARE, Kind.TWO_GOODS) and len(on_scale) < 2:
        found.append("at least two points are needed.")
    if kind != Kind.TWO_GOODS and len(on_scale) != len(points):
        found.append("only two goods can have points set apart.")
    if any(not point.text.strip() for point in points):
        found.append("every point needs words.")
    return found


@transaction.atomic
def publish(version: RubricVersion, *, actor, now: datetime) -> RubricVersion:
    """Freeze a version: from here on the database refuses every change to it.

    Raises RubricUnfit with every reason, or RubricFrozen if it is published already.
    """
    version = RubricVersion.objects.select_for_update().get(pk=version.pk)
    if version.is_published:
        raise RubricFrozen(f"{version} is published already.")
    if found := problems(version):
        raise RubricUnfit(found)
    version.published_at, version.digest = now, canonical.digest(definition(version))
    version.save(update_fields=["published_at", "digest"])
    facts = {"rubric": version.rubric.slug, "number": version.number, "digest": version.digest}
    audit.record("rubric_published", study=None, actor=actor, at=now, **facts)
    return version


@transaction.atomic
def fork(version: RubricVersion, *, change_note: str = "") -> RubricVersion:
    """A new draft with the same wording, next in the lineage."""
    Rubric.objects.select_for_update().get(pk=version.rubric_id)
    return build(version.rubric, definition(version), forked_from=version, change_note=change_note)


@transaction.atomic
def build(rubric: Rubric, wording: dict, *, forked_from=None, change_note: str = "") -> RubricVersion:
    """A draft version from plain data, shaped as `definition` gives it. A point's code defaults to its value."""
    latest = rubric.versions.aggregate(latest=Max("number"))["latest"] or 0
    version = RubricVersion.objects.create(
        rubric=rubric, number=latest + 1, title=wording["title"], instructions=wording.get("instructions", ""),
        forked_from=forked_from, change_note=change_note,
    )  # fmt: skip
    for position, given in enumerate(wording["dimensions"]):
        fields = {name: value for name, value in given.items() if name != "points"}
        dimension = Dimension.objects.create(version=version, position=position, **fields)
        ScalePoint.objects.bulk_create(
            ScalePoint(dimension=dimension, **{"code": f"{point['value']:g}", **point})
            for point in given.get("points", [])
        )
    Tag.objects.bulk_create(
        Tag(version=version, position=position, **tag) for position, tag in enumerate(wording.get("tags", []))
    )
    return version
