"""The rubric that a mapping describes, as plain data for judgments.rubrics."""

from typing import Any

from django.utils.text import slugify

from judgments import canonical
from judgments.importing.mapping import DimensionMap, Mapping
from judgments.importing.readings import Dataset


def wording_of(mapping: Mapping, dataset: Dataset) -> dict[str, Any]:
    """Its dimensions in the mapping's order, and the tags that its marks carry, in alphabetical order."""
    tags = sorted({passage.tag for reading in dataset.readings for passage in reading.passages if passage.tag})
    return {
        "title": mapping.title,
        "instructions": "",
        "dimensions": [_dimension(dimension) for dimension in mapping.dimensions],
        "tags": [{"slug": _tag_slug(tag), "text": tag} for tag in tags if len(tag) <= 80],
    }


def _dimension(dimension: DimensionMap) -> dict[str, Any]:
    names = ("slug", "title", "question", "help", "kind", "level")
    points = [
        {"value": point.value, "code": point.code, "text": point.text, "description": point.description}
        for point in dimension.points
    ]
    wording = {name: str(getattr(dimension, name)) for name in names} | {"points": points}
    return wording | {"line_low": dimension.low, "line_high": dimension.high}


def _tag_slug(tag: str) -> str:
    """Readable, and different for different tags: some differ only in what a slug leaves out."""
    return f"{slugify(tag)[:60]}-{canonical.digest(tag)[:8]}".lstrip("-")
