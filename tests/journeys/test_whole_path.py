"""From an empty site to a verified release, through the pages alone, as the people concerned would go."""

import csv
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotate import accounts
from judgments import starter
from judgments.models import Assignment, Invitation, Item, Judgment, Participant, Release, Study

PASSWORD = "four quiet words here"
MATERIAL = (
    "id,prompt,response,model\r\n"
    'a,"he\'s gone","I am so sorry. Who was he?",Alder\r\n'
    'b,"he\'s gone","Who is?",Rowan\r\n'
    'c,"he\'s gone","It could mean many things.",Birch\r\n'
)
PLACES = {"a": 6, "b": 2, "c": 4}


@pytest.fixture
def admin(committed):
    """Whoever follows the link that `serve` prints becomes the first admin."""
    starter.install(now=timezone.now())
    client = Client()
    client.post(
        accounts.first_admin_link(), {"username": "ana", "password": PASSWORD, "again": PASSWORD, "email": ""}
    )
    return client


@pytest.fixture
def study(admin):
    """Made, filled from a file, opened: all in the admin."""
    version = starter.install(now=timezone.now())
    settings = {"title": "Field notes", "slug": "field-notes", "rubric_version": version.pk, "judgments_wanted": 12,
                "lease_minutes": 60, "models_hidden": "on", "break_minutes": 25, "break_items": 10,
                "wander": "read", "quotas": "{}", "family_gap": 4, "repeat_share": 0.1, "repeat_gap_items": 20,
                "repeat_gap_days": 7, "wave": 1}  # fmt: skip
    admin.post(reverse("admin:judgments_study_add"), settings)
    study = Study.objects.get()
    file = SimpleUploadedFile("material.csv", MATERIAL.encode())
    admin.post(reverse("admin:judgments_study_items", args=[study.pk]), {"file": file})
    admin.post(reverse("admin:judgments_study_act", args=[study.pk, "open"]))
    study.refresh_from_db()
    return study


def invited(admin, study, role: str, places: int) -> str:
    """The link an admin copies from the invitation's page."""
    given = {"study": study.pk, "role": role, "note": "", "places": places, "expires_at": "2099-01-01T00:00"}
    admin.post(reverse("admin:judgments_invitation_add"), given)
    invitation = Invitation.objects.order_by("pk").last()
    page = admin.get(reverse("admin:judgments_invitation_change", args=[invitation.pk])).content.decode()
    return re.search(r'data-copy="http://[^/]+([^"]+)"', page).group(1)


def joined(link: str, name: str) -> Client:
    client = Client()
    client.post(link, {"username": name, "password": PASSWORD, "again": PASSWORD, "email": ""})
    return client


def read_everything(client: Client, study: Study) -> int:
    """Judge item after item until the queue says there is nothing left; how many."""
    for count in range(100):
        arrived = client.post(reverse("judging:next", args=[study.slug]), follow=True)
        if "form" not in (arrived.context or {}):
            return count
        assignment = Assignment.objects.get(uid=arrived.request["PATH_INFO"].split("/")[-2])
        page = arrived.content.decode()
        hidden = dict(re.findall(r'name="(key|rubric_version)" value="([^"]+)"', page))
        said = {
            "q.care": PLACES[assignment.item.external_id],
            "q.candour": 4,
            "settled": 3,
            "rationale": "It waited.",
        }
        assert client.post(arrived.request["PATH_INFO"], {**hidden, **said, "marks": "[]"}).status_code in (302, 303)
    raise AssertionError("The queue never ends.")


def test_from_an_empty_site_to_a_verified_release(admin, study, tmp_path):
    assert (study.state, Item.objects.count()) == ("open", 3)

    link = invited(admin, study, "annotator", places=6)
    readers = [joined(link, f"reader{number}") for number in range(6)]
    assert Participant.objects.count() == 6
    assert [read_everything(reader, study) for reader in readers] == [3] * 6
    assert Judgment.objects.filter(status="counted").count() == 18

    rosa = joined(invited(admin, study, "researcher", places=1), "rosa")
    overview = rosa.get(reverse("results:overview", args=["field-notes"])).content.decode()
    assert "6 readers" in overview
    assert "18 judgments" in overview
    item = Item.objects.get(external_id="a")
    page = rosa.get(reverse("results:item", args=["field-notes", item.uid])).content.decode()
    assert page.count("It waited.") >= 6
    assert "Alder" not in page
    answer = rosa.get(reverse("results:ratings", args=["field-notes"]))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    assert len(rows) == 36
    assert {float(row["point"]) for row in rows if row["dimension"] == "care" and row["item"] == "a"} == {6}

    rosa.post(reverse("releases:make", args=["field-notes"]))
    call_command("work", once=True, stdout=io.StringIO())
    release = Release.objects.get()
    page = rosa.get(reverse("releases:show", args=["field-notes", release.name]))
    assert release.name in page.content.decode()
    said = io.StringIO()
    call_command("verify", release.folder, stdout=said)
    call_command("verify", stdout=said)
    assert "is as it was sealed" in said.getvalue()
    assert "The history holds." in said.getvalue()

    call_command("report", "field-notes", json=True, stdout=(printed := io.StringIO()))
    care = json.loads(printed.getvalue())["dimensions"]["care"]["alpha"]["ordinal"]
    assert (care["value"], care["n_items"], care["n_annotators"], care["n_ratings"]) == (1.0, 3, 6, 18)


def test_a_stranger_and_a_reader_see_nothing_of_the_others(admin, study):
    reader = joined(invited(admin, study, "annotator", places=1), "jo")
    read_everything(reader, study)
    stranger = joined(invited(admin, study, "annotator", places=1), "sam")

    for address in (
        reverse("results:overview", args=["field-notes"]),
        reverse("results:items", args=["field-notes"]),
        reverse("results:ratings", args=["field-notes"]),
        reverse("releases:index", args=["field-notes"]),
        reverse("judging:item", args=[Assignment.objects.first().uid]),
    ):
        assert stranger.get(address).status_code == 404, address
