"""The description of the API, for programs and for people."""

import json
import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse
from rest_framework.test import APIClient

from annotate.api.docs import described
from annotate.api.urls import urlpatterns


def test_the_description_is_valid_and_complete(db):
    out, err = StringIO(), StringIO()

    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out, stderr=err)

    assert err.getvalue() == ""
    assert yaml.safe_load(out.getvalue())["paths"].keys() == described()["paths"].keys()


def test_every_address_is_described_except_those_about_the_description():
    written = {"/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)) for pattern in urlpatterns[:-1]}

    assert written - set(described()["paths"]) == {"/api/v1/docs/", "/api/v1/schema/"}
    assert set(described()["paths"]) <= written


def test_the_schema_comes_as_json_and_as_yaml(db):
    plain = APIClient().get("/api/v1/schema/", HTTP_ACCEPT="*/*")
    written = APIClient().get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi")

    assert plain.json() == json.loads(json.dumps(described()))
    assert yaml.safe_load(written.content) == plain.json()


def test_each_judgment_needs_a_key_by_the_description():
    operation = described()["paths"]["/api/v1/assignments/{uid}/judgment"]["post"]
    key = next(parameter for parameter in operation["parameters"] if parameter["name"] == "Idempotency-Key")

    assert (key["in"], key["required"]) == ("header", True)
    assert {"200", "201", "400", "401", "403", "404", "409", "413", "415", "422", "503"} == set(
        operation["responses"]
    )


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_page_names_every_operation_field_and_answer(jo, client, signed_in):
    if signed_in:
        client.force_login(jo.user)

    page = client.get(reverse("api:docs"))

    text = page.content.decode()
    assert page.status_code == 200
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in text
            assert f'id="{operation["operationId"]}"' in text
    for name, shape in described()["components"]["schemas"].items():
        for field in shape.get("properties", {}):
            assert f"<code>{field}</code>" in text, name
    targets = set(re.findall(r'href="#([^"]+)"', text)) - {"content"}
    assert targets <= set(re.findall(r'id="([^"]+)"', text))


def test_the_page_lies_under_the_strict_policy(db, client):
    page = client.get(reverse("api:docs"))

    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert re.search(r"<script|style=|<style|https?://(?!127\.0\.0\.1|testserver)", page.content.decode()) is None


def test_the_page_is_only_read(db, client):
    assert client.post(reverse("api:docs")).status_code == 405
