"""The description of the API: OpenAPI for programs, and a page for people made of the same."""

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from annotate.api.endpoint import Endpoint, refusals
from annotate.api.serializers import RootSerializer

METHODS = ("get", "post", "put", "patch", "delete")


class Root(Endpoint):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="root",
        summary="Where the description lies",
        auth=[],
        responses={200: RootSerializer} | refusals(),
    )
    def get(self, request):
        return Response({"docs": reverse("api:docs"), "schema": reverse("api:schema")})


class Schema(Endpoint):
    """JSON, or YAML with `Accept: application/vnd.oai.openapi`."""

    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJsonRenderer2, OpenApiYamlRenderer]
    schema = None

    def get(self, request):
        return Response(described())


@functools.cache
def described() -> dict:
    """The OpenAPI description. It depends on the code alone, so it is made once."""
    return SchemaGenerator().get_schema(request=None, public=True)


@require_safe
def page(request):
    context = {"groups": _groups(described()), "shapes": _shapes(described()), "address": settings.PUBLIC_ADDRESS}
    return render(request, "api/docs.html", context)


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    name: str
    type: "Type"
    required: bool
    words: SafeString


@dataclass(frozen=True)
class Type:
    """A type in words; `shape` names the shape it refers to, if any."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    words: SafeString
    type: Type | None


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: SafeString
    needs_token: bool
    parameters: list[Field]
    body: Type | None
    example: str
    answers: list[Answer]


def _groups(schema: dict) -> dict[str, list[Operation]]:
    """Operations by the first word of their address."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                group = (methods[method].get("tags") or [""])[0]
                groups.setdefault(group, []).append(_operation(path, method, methods[method]))
    return groups


def _operation(path: str, method: str, plain: dict) -> Operation:
    content = plain.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = next((given["value"] for given in content.get("examples", {}).values()), None)
    return Operation(
        anchor=plain["operationId"],
        method=method.upper(),
        path=path,
        summary=plain.get("summary", ""),
        description=_words(plain.get("description", "")),
        needs_token=bool(plain.get("security")) and {} not in plain["security"],
        parameters=[_parameter(given) for given in plain.get("parameters", [])],
        body=_type(content["schema"]) if content else None,
        example=_example(example) if example else "",
        answers=[_answer(status, given) for status, given in sorted(plain["responses"].items())],
    )


def _parameter(given: dict) -> Field:
    words = _words(f"In the {given['in']}. {given.get('description', '')}")
    return Field(given["name"], _type(given["schema"]), given.get("required", False), words)


def _answer(status: str, given: dict) -> Answer:
    content = given.get("content", {}).get("application/json")
    return Answer(status, _words(given.get("description", "")), _type(content["schema"]) if content else None)


def _words(text: str) -> SafeString:
    """Text with `names` set as code."""
    parts = text.split("`")
    parts[1::2] = [format_html("<code>{}</code>", part) for part in parts[1::2]]
    return format_html_join("", "{}", [(part,) for part in parts])


def _example(value: Any) -> str:
    """JSON with a line for each field, and for each inside ratings and marks."""
    return re.sub(r"\n {5,}|\n {4}(?=[}\]])", " ", json.dumps(value, indent=2, ensure_ascii=False))


def _shapes(schema: dict) -> dict[str, dict[str, Any]]:
    """Every shape that has fields, by name; those that are a list of words are said where they are used."""
    return {
        name: {
            "words": _words(shape.get("description", "")),
            "fields": [
                Field(field, _type(given), field in shape.get("required", []), _words(given.get("description", "")))
                for field, given in shape["properties"].items()
            ],
        }
        for name, shape in sorted(schema["components"]["schemas"].items())
        if "properties" in shape
    }


def _type(given: dict) -> Type:
    if "$ref" in given:
        return _referred(given["$ref"].rsplit("/", 1)[-1])
    for inner in given.get("allOf", given.get("oneOf", [])):
        return _type(inner)
    if given.get("type") == "array":
        inner = _type(given["items"])
        return Type(f"list of {inner.words}", inner.shape)
    if isinstance(given.get("additionalProperties"), dict) and given["additionalProperties"]:
        inner = _type(given["additionalProperties"])
        return Type(f"object, by name, of {inner.words}", inner.shape)
    if "enum" in given:
        return Type(" · ".join(str(value) for value in given["enum"] if value not in ("", None)))
    words = {"uuid": "UUID", "date-time": "time"}.get(given.get("format", ""), given.get("type", "anything"))
    return Type(f"{words} or null" if given.get("nullable") else words)


def _referred(name: str) -> Type:
    shape = described()["components"]["schemas"][name]
    return Type(name, name) if "properties" in shape else _type(shape)
