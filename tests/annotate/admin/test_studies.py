"""Studies in the set-up: settings, steps, and items from a file."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from judgments import jobs, tasks
from judgments.models import Event, Import, Item, Job, Study
from tests.factories import make_item, make_rubric, make_study

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"
CSV = b"id,prompt,response,model\na,he's gone,I am so sorry.,Alder\nb,he's gone,Who was he?,Birch\n"


def page_of(study, name="change", *more) -> str:
    return reverse(f"admin:judgments_study_{name}", args=[study.pk, *more])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def settings_of(version, **changes) -> dict:
    given = {
        "title": "Field notes", "slug": "field-notes", "description": "", "rubric_version": version.pk,
        "judgments_wanted": 12, "lease_minutes": 60, "models_hidden": "on", "content_warning": "", "licence": "",
        "attribution": "", "break_minutes": 25, "break_items": 10, "daily_minutes": 120, "wander": "read",
        "quotas": "{}", "initial-quotas": "{}", "family_gap": 4, "base_first": "on",
        "repeat_share": 0.1, "repeat_gap_items": 20, "repeat_gap_days": 7, "wave": 1,
    }  # fmt: skip
    return given | changes


def upload(content: bytes = CSV, name: str = "items.csv", **more) -> dict:
    return {"file": SimpleUploadedFile(name, content)} | more


# Settings


def test_a_study_is_made_and_its_settings_are_in_the_history(setting_up, db):
    setting_up.post(reverse("admin:judgments_study_add"), settings_of(make_rubric()))

    study = Study.objects.get()
    assert (study.slug, study.state, study.origin) == ("field-notes", Study.State.DRAFT, Study.Origin.OWN)
    facts = json.loads(Event.objects.get(kind="study_changed").body)["facts"]["changed"]
    assert (facts["title"], facts["judgments_wanted"]) == ("Field notes", 12)


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        ('{"facet": "region"}', "Quotas name a facet and at_least"),
        ('{"facet": "region", "at_least": {"north": 0}}', "1 or more"),
        ('{"facet": "region", "at_least": {"north": 7, "south": 6}}', "more places than the 12"),
        ('{"facet": "region", "at_least": {"north": 3}}', "no background question “region”"),
        ('{"facet": ', "Enter a valid JSON"),
    ],
)
def test_quotas_that_cannot_hold_are_not_kept(setting_up, study, quotas, words):
    given = settings_of(study.rubric_version, title=study.title, slug=study.slug, quotas=quotas)

    response = setting_up.post(page_of(study), given)

    assert words in response.context["adminform"].form.errors["quotas"][0]
    study.refresh_from_db()
    assert study.quotas == {}


def test_an_empty_field_means_no_quotas(setting_up, study):
    given = settings_of(study.rubric_version, title=study.title, slug=study.slug, quotas="")

    assert setting_up.post(page_of(study), given).status_code == 302
    study.refresh_from_db()
    assert study.quotas == {}


def test_a_change_names_what_was_changed(setting_up, study):
    given = settings_of(study.rubric_version, title=study.title, slug=study.slug, judgments_wanted=5)

    setting_up.post(page_of(study), given)

    assert Study.objects.get().judgments_wanted == 5
    assert json.loads(Event.objects.get(kind="study_changed").body)["facts"]["changed"] == {"judgments_wanted": 5}


def test_a_draft_rubric_cannot_be_chosen(setting_up, db):
    draft = make_rubric(published=False)

    page = setting_up.post(reverse("admin:judgments_study_add"), settings_of(draft)).content.decode()

    assert "Select a valid choice" in page
    assert not Study.objects.exists()


def test_two_studies_cannot_share_an_address(setting_up, study):
    given = settings_of(study.rubric_version, slug=study.slug)

    page = setting_up.post(reverse("admin:judgments_study_add"), given).content.decode()

    assert "Another study has this address." in page
    assert Study.objects.count() == 1


def test_the_state_cannot_be_written_by_hand(setting_up, study):
    given = settings_of(study.rubric_version, slug=study.slug, state="closed", origin="imported")

    setting_up.post(page_of(study), given)

    study.refresh_from_db()
    assert (study.state, study.origin) == (Study.State.OPEN, Study.Origin.OWN)


# Steps


def test_a_study_is_opened_paused_and_closed_by_buttons(setting_up, study):
    Study.objects.update(state=Study.State.DRAFT)
    make_item(study)

    for act, state in (("open", "open"), ("pause", "paused"), ("open", "open"), ("close", "closed")):
        setting_up.post(page_of(study, "act", act))
        assert Study.objects.get().state == state

    kinds = Event.objects.filter(kind__startswith="study_").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["study_opened", "study_paused", "study_opened", "study_closed"]


def test_a_study_that_cannot_open_says_why(setting_up, study):
    Study.objects.update(state=Study.State.DRAFT)

    told = setting_up.post(page_of(study, "act", "open"), follow=True)

    assert said(told) == ["The study has nothing to read yet: bring items in first."]
    assert Study.objects.get().state == Study.State.DRAFT


@pytest.mark.parametrize("act", ["open", "pause", "close", "discard"])
def test_looking_at_a_button_takes_no_step(setting_up, study, act):
    assert setting_up.get(page_of(study, "act", act)).status_code == 200

    study.refresh_from_db()
    assert (study.state, study.discarded_at) == (Study.State.OPEN, None)


def test_a_discarded_study_is_gone_from_the_set_up(setting_up, study):
    response = setting_up.post(page_of(study, "act", "discard"))

    assert response.url == reverse("admin:judgments_study_changelist")
    assert Study.objects.get().discarded_at is not None
    assert setting_up.get(page_of(study, "items")).status_code == 404
    assert setting_up.post(page_of(study, "act", "open")).status_code == 404


@pytest.mark.parametrize("act", ["open", "pause", "close", "discard"])
def test_a_stranger_takes_no_step(client, researching, study, act):
    for somebody in (client, researching):
        assert somebody.post(page_of(study, "act", act)).status_code == 302

    study.refresh_from_db()
    assert (study.state, study.discarded_at) == (Study.State.OPEN, None)


def test_a_study_is_never_deleted(setting_up, study):
    assert setting_up.post(page_of(study, "delete"), {"post": "yes"}).status_code == 403
    assert Study.objects.exists()


def test_one_study_and_three_cost_the_same(
    setting_up, study, django_assert_num_queries, django_assert_max_num_queries
):
    address = reverse("admin:judgments_study_changelist")
    with django_assert_max_num_queries(10) as one:
        setting_up.get(address)
    for _ in range(2):
        make_item(make_study())

    with django_assert_num_queries(len(one)):
        assert setting_up.get(address).context["cl"].result_count == 3


def test_a_hostile_title_stays_text(setting_up, study):
    Study.objects.update(title=HOSTILE)

    for address in (page_of(study), page_of(study, "items"), page_of(study, "act", "close"),
                    reverse("admin:judgments_study_changelist")):  # fmt: skip
        page = setting_up.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


# Items from a file


def test_items_come_in_from_a_file(setting_up, study):
    told = setting_up.post(page_of(study, "items"), upload(), follow=True)

    assert said(told) == ["2 items came in, from 2 rows."]
    assert list(Item.objects.order_by("number").values_list("external_id", flat=True)) == ["a", "b"]
    assert Import.objects.get().created_by.username == "ada"


def test_only_checking_stores_nothing(setting_up, study):
    response = setting_up.post(page_of(study, "items"), upload(dry_run="on"))

    assert "2 items would come in, from 2 rows." in response.content.decode()
    assert not Item.objects.exists()
    assert not Import.objects.exists()


def test_the_same_file_twice_adds_nothing(setting_up, study):
    setting_up.post(page_of(study, "items"), upload())

    page = setting_up.post(page_of(study, "items"), upload()).content.decode()

    assert "Everything in this file has been brought in before." in page
    assert (Item.objects.count(), Import.objects.count()) == (2, 1)


def test_a_file_with_problems_is_refused_line_by_line(setting_up, study):
    wrong = b"id,prompt,response\na,hello,fine\na,hello,again\n,hello,no id\n"

    response = setting_up.post(page_of(study, "items"), upload(wrong))

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was stored." in page
    problems = {(problem.line, problem.column) for problem in response.context["problems"]}
    assert problems == {(3, "id"), (4, "id")}
    assert not Item.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"nonsense"])
def test_a_file_that_is_no_table_is_refused(setting_up, study, content):
    response = setting_up.post(page_of(study, "items"), upload(content))

    assert response.status_code == 422
    assert not Import.objects.exists()


def test_no_file_is_asked_for_again(setting_up, study):
    response = setting_up.post(page_of(study, "items"), {})

    assert response.status_code == 422
    assert "This field is required." in response.content.decode()


def test_a_hostile_file_stays_text(setting_up, study):
    content = f'id,prompt,response\na,x,y\na,x,"{HOSTILE}"\n'.encode()

    page = setting_up.post(page_of(study, "items"), upload(content, f"{HOSTILE}.csv")).content.decode()

    assert "<script>alert" not in page


def test_a_large_file_is_left_to_a_worker(setting_up, study, monkeypatch, tmp_path, settings):
    settings.DATA = tmp_path
    monkeypatch.setattr("annotate.admin.uploads.AT_ONCE_BYTES", 10)

    response = setting_up.post(page_of(study, "items"), upload(name="../../evil.csv"))

    job = Job.objects.get()
    assert response.url == reverse("admin:judgments_job_change", args=[job.pk])
    assert (job.kind, job.study, job.asked_by.username) == ("import_items", study, "ada")
    assert job.payload["name"] == "evil.csv"
    assert (tasks.uploads() / job.payload["file"]).read_bytes() == CSV
    assert not Item.objects.exists()
    assert setting_up.get(response.url).status_code == 200

    tasks.work_once()
    assert Item.objects.count() == 2
    assert jobs.waiting() is None


def test_a_stranger_brings_nothing_in(client, researching, study):
    for somebody in (client, researching):
        assert somebody.post(page_of(study, "items"), upload()).status_code == 302

    assert not Item.objects.exists()
