"""Whether an answer of the API is what its description says: every field declared, none more."""

import functools
import re

import jsonschema
from rest_framework.test import APIClient

from annotate.api.docs import described

PREFIX = "/api/v1/"


class Program(APIClient):
    """A client that checks each JSON answer against the description before handing it on."""

    def request(self, **kwargs):
        response = super().request(**kwargs)
        if response.get("Content-Type") == "application/json":
            check(response, kwargs["REQUEST_METHOD"].lower())
        return response


def check(response, method: str) -> None:
    """Raise jsonschema.ValidationError where a body says more, less or something else than described."""
    route = re.sub(r"<\w+:(\w+)>", r"{\1}", response.resolver_match.route).removeprefix("api/v1/")
    if route == "schema/" or method == "head":
        return
    operation = described()["paths"].get(PREFIX + route, {}).get(method, {})
    content = operation.get("responses", {}).get(str(response.status_code), {}).get("content")
    if content is None:
        # What every address may answer: no such address, no such method, no such media type.
        usual = {404, 405, 406} if operation else {400, 401, 404, 405, 406}
        assert response.status_code in usual, f"{method} {route}: {response.status_code} is not described"
        jsonschema.validate(response.json(), _component("Problem"))
        return
    jsonschema.validate(response.json(), _plain(content["application/json"]["schema"]))


@functools.cache
def _component(name: str) -> dict:
    return _plain(described()["components"]["schemas"][name])


def _plain(schema: dict) -> dict:
    """OpenAPI 3.0 as JSON Schema: references written out, `nullable` said its way, undeclared fields refused."""
    if "$ref" in schema:
        return _component(schema["$ref"].rsplit("/", 1)[-1])
    plain = {name: value for name, value in schema.items() if name != "nullable"}
    for name in ("allOf", "oneOf", "anyOf"):
        if name in plain:
            plain[name] = [_plain(inner) for inner in plain[name]]
    if "properties" in plain:
        plain["properties"] = {name: _plain(inner) for name, inner in plain["properties"].items()}
        plain["additionalProperties"] = False
    elif isinstance(plain.get("additionalProperties"), dict):
        plain["additionalProperties"] = _plain(plain["additionalProperties"])
    if "items" in plain:
        plain["items"] = _plain(plain["items"])
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain
