"""The data and the material in the set-up: looked at, searched, and never changed."""

import pytest
from django.contrib import admin
from django.urls import reverse

from judgments import importing
from judgments.models import (
    Assignment,
    Event,
    Import,
    Item,
    Job,
    Judgment,
    Mark,
    ModelVersion,
    Rating,
    Release,
    Scenario,
)
from tests.factories import NOW, judge, make_items, make_participant, make_user, said

LOOKED_AT = [Assignment, Judgment, Rating, Mark, Event, Job, Release, Item, Scenario, ModelVersion]
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"
CSV = b"id,prompt,response\na,hello,fine\n"


def page_of(obj, name="change", *more) -> str:
    return reverse(f"admin:judgments_{obj._meta.model_name}_{name}", args=[obj.pk, *more])


def list_of(model) -> str:
    return reverse(f"admin:judgments_{model._meta.model_name}_changelist")


@pytest.fixture
def judged(study, jo):
    """A study in which Jo has judged two items, with a mark and a reason."""
    make_items(study, 2)
    mark = {"turn": 0, "start": 0, "end": 4, "tag": "turns here", "memo": "a private note"}
    for _ in range(2):
        judge(jo, said(care=4, depth=(2, 4), rationale="a private reason", marks=[mark]))
    return study


@pytest.mark.parametrize("model", LOOKED_AT)
def test_the_data_cannot_be_added_to_changed_or_deleted(setting_up, judged, model):
    Job.objects.create(kind="release", study=judged, created_at=NOW)
    Release.objects.create(study=judged, name="r", folder="/nowhere", created_at=NOW)
    before = list(model.objects.order_by("pk").values())
    obj = model.objects.first()

    assert setting_up.get(page_of(obj)).status_code == 200
    assert setting_up.post(page_of(obj), {"settled": "1"}).status_code == 403
    assert setting_up.post(page_of(obj, "delete"), {"post": "yes"}).status_code == 403
    assert setting_up.get(reverse(f"admin:judgments_{model._meta.model_name}_add")).status_code == 403
    setting_up.post(list_of(model), {"action": "delete_selected", "_selected_action": [obj.pk], "post": "yes"})
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [Assignment, Judgment, Rating, Mark, Event, Item, Scenario])
def test_more_rows_cost_no_more_queries(
    setting_up, judged, model, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10) as few:
        before = setting_up.get(list_of(model)).context["cl"].result_count
    other = make_participant(judged, make_user())
    for _ in range(2):
        judge(other, said(care=4, depth=(2, 4)))
    make_items(judged, 2)
    grows = 0 if model is Mark else 2

    with django_assert_num_queries(len(few)):
        assert setting_up.get(list_of(model)).context["cl"].result_count >= before + grows


@pytest.mark.parametrize("model", [Judgment, Rating, Mark, Assignment])
def test_peoples_words_and_the_seeds_of_draws_are_not_shown(setting_up, judged, model):
    for obj in model.objects.all():
        page = setting_up.get(page_of(obj)).content.decode()
        assert "private" not in page
        assert judged.seed not in page
        assert not any(seed and seed in page for seed in Assignment.objects.values_list("seed", flat=True))


def test_a_judgment_is_found_by_its_code_name_and_item(setting_up, judged):
    def found(model, words: str) -> int:
        return setting_up.get(list_of(model), {"q": words}).context["cl"].result_count

    uid = str(Judgment.objects.first().uid)
    for words, count in {"quiet heron": 2, "item-0": 1, uid: 1, "loud heron": 0, "' OR 1": 0}.items():
        assert found(Judgment, words) == count
    assert [found(Rating, words) for words in ("Quiet Heron", "item-0", uid, "heron")] == [4, 2, 2, 0]


def test_a_filter_that_walks_to_an_account_is_refused(setting_up, judged):
    response = setting_up.get(list_of(Judgment), {"participant__user__password__startswith": "p"})

    assert response.status_code == 400


def test_an_item_shows_its_turns_and_texts_as_text(setting_up, judged):
    item = Item.objects.first()
    item.shown.get().response.__class__.objects.update(text=HOSTILE)

    page = setting_up.get(page_of(item)).content.decode()

    assert "he&#x27;s gone" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


def test_discarding_an_import_hides_its_items_and_deletes_nothing(setting_up, study, ada):
    importing.import_items(study, CSV, name="items.csv", actor=ada, now=NOW)
    row = Import.objects.get()

    setting_up.get(page_of(row, "act", "discard"))
    assert Item.objects.kept().count() == 1
    setting_up.post(page_of(row, "act", "discard"))

    assert (Item.objects.kept().count(), Item.objects.count()) == (0, 1)
    assert Import.objects.get().discarded_at is not None
    assert setting_up.post(page_of(row), {"source": "x"}).status_code == 403


def test_strangers_see_none_of_it(client, researching, judged):
    addresses = [list_of(model) for model in LOOKED_AT] + [reverse("admin:index")]

    for somebody in (client, researching):
        assert [somebody.get(address).status_code for address in addresses] == [302] * len(addresses)


def test_nothing_in_the_set_up_is_deleted_by_the_dozen():
    assert [model for model, page in admin.site._registry.items() if page.actions is not None] == []


def test_every_page_of_the_set_up_keeps_to_the_strict_policy(setting_up, judged):
    models = [model for model in admin.site._registry if model._meta.app_label == "judgments"]

    for model in models:
        response = setting_up.get(list_of(model))
        page = response.content.decode()
        assert response.status_code == 200
        assert " style=" not in page
        assert "<style" not in page
        assert "onclick=" not in page
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_the_first_page_lists_the_work_in_its_order(setting_up):
    page = setting_up.get(reverse("admin:index")).content.decode()

    groups = ["Rubrics", "Studies", "People", "Material", "Data", "Signing in"]
    places = [page.index(f">{name}</h2>") for name in groups]
    assert places == sorted(places)


def test_an_empty_list_says_what_will_stand_there(setting_up):
    empty = setting_up.get(list_of(Release)).content.decode()
    sought = setting_up.get(list_of(Item) + "?hidden=yes").content.decode()

    assert "Releases are made on a study&#x27;s results pages and listed here." in empty
    assert "Nothing here fits what you look for." in sought
    assert "0 releases" not in empty


def test_a_rating_is_listed_in_the_words_of_its_question_and_without_what_was_written(setting_up, study):
    make_items(study, 1)
    judge(make_participant(study), said(care="misfit", depth=(2, 4), person="A private person"))

    listed = setting_up.get(list_of(Rating)).content.decode()
    judgment = setting_up.get(page_of(Judgment.objects.get())).content.decode()

    for page in (listed, judgment):
        assert "Somewhere from" in page
        assert "Not this: The question does not fit here" in page
        assert "A private person" not in page


def test_hidden_items_can_be_listed_alone(setting_up, judged):
    Item.objects.filter(pk=Item.objects.first().pk).update(hidden_at=NOW)

    def listed(query: str) -> int:
        return len(setting_up.get(list_of(Item) + query).context["cl"].result_list)

    assert [listed(query) for query in ("", "?hidden=yes", "?hidden=no")] == [2, 1, 1]
