"""Studies by role, and items for researchers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments.models import Family, Item, Study
from tests import factories

FOR_READERS = {
    "slug", "title", "description", "state", "content_warning", "licence", "attribution", "reads", "researches",
}  # fmt: skip
FOR_RESEARCHERS = FOR_READERS | {
    "origin", "judgments_wanted", "lease_minutes", "models_hidden", "created_at", "rubric_version",
}  # fmt: skip


def queries(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert act().status_code == 200
    return len(captured)


def test_readers_see_what_a_study_is_and_nothing_of_its_state(items, jo, lee, speak):
    factories.judge(lee)

    listed = speak(jo).get("/api/v1/studies/").json()
    one = speak(jo).get("/api/v1/studies/field-study/").json()

    assert (listed["count"], listed["next"], listed["previous"]) == (1, None, None)
    assert set(listed["results"][0]) == FOR_READERS
    assert one == listed["results"][0]
    assert (one["title"], one["reads"], one["researches"]) == ("Field study", True, False)


def test_researchers_see_how_it_stands(items, jo, rosa, speak, study):
    factories.judge(jo)

    listed = speak(rosa).get("/api/v1/studies/").json()["results"]
    one = speak(rosa).get("/api/v1/studies/field-study/").json()

    assert set(listed[0]) == FOR_RESEARCHERS
    assert one["counts"] == {"items": 3, "participants": 1, "judgments": 1}
    assert one["rubric_version"] == study.rubric_version.digest
    assert (one["judgments_wanted"], one["models_hidden"], one["reads"]) == (12, True, False)


def test_strangers_have_no_studies_and_admins_all(study, sam, ada, speak):
    assert speak(sam).get("/api/v1/studies/").json()["results"] == []
    assert [row["slug"] for row in speak(ada).get("/api/v1/studies/").json()["results"]] == ["field-study"]


def test_someone_who_reads_and_researches_sees_one_study(study, rosa, speak):
    factories.make_participant(study, rosa)

    [row] = speak(rosa).get("/api/v1/studies/").json()["results"]

    assert (row["reads"], row["researches"]) == (True, True)


def test_an_item_is_its_scenario_and_its_responses(study, rosa, speak):
    family = Family.objects.create(study=study, slug="loss", title="Loss")
    item = factories.make_item(study)
    type(item.scenario).objects.update(family=family)

    listed = speak(rosa).get("/api/v1/studies/field-study/items/").json()["results"]
    one = speak(rosa).get(f"/api/v1/studies/field-study/items/{item.uid}/").json()

    assert listed == [one]
    assert (one["external_id"], one["number"], one["purpose"]) == ("item-0", 0, "main")
    assert one["scenario"]["family"] == "loss"
    assert one["scenario"]["messages"] == [{"role": "person", "content": "he's gone"}]
    assert [response["text"] for response in one["responses"]] == ["I am so sorry. Who was he?"]


def test_model_names_come_when_the_study_hides_them_no_longer(study, rosa, ada, speak):
    factories.make_item(study, model="Alder", metadata={"generator": "Alder 2"})
    address = "/api/v1/studies/field-study/items/"
    hidden = speak(rosa).get(address)
    Study.objects.update(state="closed")

    shown = speak(rosa).get(address).json()["results"][0]

    assert b"Alder" not in hidden.content
    assert {"model", "metadata"}.isdisjoint(
        {*hidden.json()["results"][0], *hidden.json()["results"][0]["responses"][0]}
    )
    assert shown["responses"][0]["model"] == {"name": "Alder", "version": ""}
    assert shown["metadata"] == {"generator": "Alder 2"}


def test_admins_know_model_names_before(study, ada, speak):
    factories.make_item(study, model="Alder")

    [row] = speak(ada).get("/api/v1/studies/field-study/items/").json()["results"]

    assert row["responses"][0]["model"]["name"] == "Alder"


def test_items_taken_out_are_not_listed(items, rosa, speak):
    Item.objects.filter(pk=items[0].pk).update(hidden_at=factories.NOW)

    assert speak(rosa).get("/api/v1/studies/field-study/items/").json()["count"] == 2
    assert speak(rosa).get(f"/api/v1/studies/field-study/items/{items[0].uid}/").status_code == 404


def test_an_item_of_another_study_is_not_found_here(items, rosa, speak):
    elsewhere = factories.make_item(factories.make_study("elsewhere"))

    assert speak(rosa).get(f"/api/v1/studies/field-study/items/{elsewhere.uid}/").status_code == 404
    assert speak(rosa).get(f"/api/v1/studies/elsewhere/items/{elsewhere.uid}/").status_code == 404


def test_pages_follow_each_other_without_gap(study, rosa, speak):
    factories.make_items(study, 7)
    program, address, seen = speak(rosa), "/api/v1/studies/field-study/items/?page_size=3", []
    while address:
        page = program.get(address).json()
        assert page["count"] == 7
        seen.append([row["number"] for row in page["results"]])
        address = page["next"]

    assert seen == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize("address", ["studies/", "studies/field-study/items/"])
def test_one_and_many_rows_cost_the_same_queries(address, study, rosa, speak):
    program = speak(rosa)
    factories.make_item(study)
    few = queries(lambda: program.get("/api/v1/" + address))
    factories.make_items(study, 5)
    for _ in range(5):
        factories.make_researcher(factories.make_study(), rosa)

    assert queries(lambda: program.get("/api/v1/" + address)) == few


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("page_size=0", 400, "page_size"), ("page_size=-1", 400, "page_size"), ("page_size=501", 400, "page_size"),
        ("page_size=1e9", 400, "page_size"), ("page_size=x", 400, "page_size"), ("page_size=", 400, "page_size"),
        ("page_size=٣", 400, "page_size"), ("page_size=" + "9" * 400, 400, "page_size"),
        ("page=0", 404, None), ("page=-1", 404, None), ("page=2", 404, None), ("page=1.5", 404, None),
        ("page=99999999999999999999999999", 404, None), ("page=" + "9" * 5_000, 404, None), ("page=%00", 404, None),
        ("page='%20OR%201=1--", 404, None), ("page=%F0%9F", 404, None),
        ("limit=5", 400, "limit"), ("ordering=-pk", 400, "ordering"), ("participant__user__password=x", 400,
                                                                     "participant__user__password"),
        ("study__seed__startswith=a", 400, "study__seed__startswith"), ("fields=*", 400, "fields"),
        ("format=json", 400, "format"), ("format=api", 400, "format"), ("token=abc", 400, "token"),
        ("%00=1", 400, "\x00"), ("page=1&page=2", 404, None), ("callback=alert(1)", 400, "callback"),
    ],
)  # fmt: skip
def test_abused_pages_and_filters_are_refused_by_name(items, rosa, speak, query, status, field):
    response = speak(rosa).get(f"/api/v1/studies/field-study/items/?{query}")

    assert response.status_code == status
    if field is not None:
        assert [problem["field"] for problem in response.json()["errors"]] == [field]
    else:
        assert response.json()["code"] == "not_found"
