"""Before judging, and after, a reader learns nothing of the others: not here."""

import re
import uuid

from django.urls import get_resolver

from annotate.api.urls import urlpatterns
from judgments.models import Assignment
from tests import factories
from tests.annotate.api.conftest import judge, take

NEW_EACH_TIME = re.compile(rb'"(key|request_id|lease_until)":"[^"]*"')


def steady(response) -> bytes:
    """A body without what is new in each reply."""
    return NEW_EACH_TIME.sub(b"", response.content)


def crawl(program, places: dict) -> dict[str, bytes]:
    """All that a program can read, headers included, by address; unknown queries and refusals too."""
    seen = {}
    for pattern in urlpatterns:
        route = re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)) if pattern.name != "nowhere" else "x"
        uids = places["uids"] if "{uid}" in route else [""]
        for uid in uids:
            address = "/api/v1/" + route.format(slug="field-study", uid=uid)
            for query in ("", "?page=1", "?page_size=500", "?study=field-study", "?ordering=settled", "?format=csv"):
                for method in ("get", "head", "options"):
                    response = getattr(program, method)(address + query)
                    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
                    seen[f"{method} {address}{query}"] = headers.encode() + response.content
    return seen


def test_nothing_of_the_other_reader_can_be_found_anywhere(study, jo, lee, speak):
    canaries = [f"CANARY-{uuid.uuid4()}" for _ in range(7)]
    rationale, memo, words, model, code_name, metadata, external = canaries
    item = factories.make_item(study, model=model, metadata={"made by": metadata}, external_id=external)
    type(lee).objects.filter(pk=lee.pk).update(code_name=code_name)
    theirs = take(speak(lee))
    judge(
        speak(lee), theirs, rationale=rationale, settled=1, marks=[{"turn": 0, "start": 0, "end": 1, "memo": memo}],
        ratings={"person": {"form": "point", "text": words}},
    )  # fmt: skip
    their_judgment = speak(lee).get("/api/v1/judgments/").json()["results"][0]
    secrets = [*canaries, their_judgment["uid"], theirs["uid"], their_judgment["receipt"]["answers_sha256"], "lee"]
    mine = take(speak(jo))
    places = {"uids": [mine["uid"], item.uid, theirs["uid"], their_judgment["uid"]]}

    before = crawl(speak(jo), places)
    receipt = judge(speak(jo), mine)
    after = crawl(speak(jo), places)

    replies = before | {f"after: {address}": body for address, body in after.items()} | {"receipt": receipt.content}
    assert len(replies) > 400
    found = {
        (address, secret)
        for address, body in replies.items()
        for secret in secrets
        # What was asked for may stand in an address of a refusal; nothing else may.
        if re.search(rf"\b{re.escape(secret)}\b".encode(), body)
    }
    assert found == set()


def test_replies_are_the_same_whether_or_not_somebody_judged(study, jo, lee, speak):
    factories.make_item(study)
    mine = take(speak(jo))
    program = speak(jo)
    addresses = ["studies/", "studies/field-study/", "judgments/", f"assignments/{mine['uid']}"]
    before = [steady(program.get("/api/v1/" + address)) for address in addresses]
    lengths = [program.get("/api/v1/" + address)["Content-Length"] for address in addresses]

    judge(speak(lee), take(speak(lee)), rationale="Quite different.")

    assert [steady(program.get("/api/v1/" + address)) for address in addresses] == before
    assert [program.get("/api/v1/" + address)["Content-Length"] for address in addresses] == lengths
    assert steady(program.post("/api/v1/assignments/next", {"study": "field-study"})) == before[3]


def test_a_repeat_looks_like_any_other_item(study, jo, speak):
    factories.make_item(study)
    mine = take(speak(jo))
    first = steady(speak(jo).get(f"/api/v1/assignments/{mine['uid']}"))

    Assignment.objects.update(kind="repeat", occasion=1, propensity=0.25, reason="repeat", eligible=4)

    assert steady(speak(jo).get(f"/api/v1/assignments/{mine['uid']}")) == first


def test_replies_are_not_kept_by_caches(study, jo, speak):
    for program in (speak(jo), speak()):
        for address in ("studies/", "judgments/", "no/such/place"):
            response = program.get("/api/v1/" + address)
            assert response["Cache-Control"] == "no-store"
            assert "ETag" not in response


def test_no_route_of_the_api_lies_elsewhere():
    api = [pattern for pattern in get_resolver().url_patterns if "api" in str(pattern.pattern)]

    assert [str(pattern.pattern) for pattern in api] == ["api/v1/"]
