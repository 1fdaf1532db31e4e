"""The releases of a study: made with a button, taken away file by file or whole."""

import io
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from judgments import releasing, tasks
from judgments.models import Job, Release, Study
from judgments.releasing import seal
from tests.factories import judge, later, make_items, said


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def release(study, jo, rosa) -> Release:
    make_items(study, 2)
    judge(jo, said(care=4))
    return releasing.keep(study, actor=rosa, now=later(5))


def url(name, *more) -> str:
    return reverse(f"releases:{name}", args=["field-study", *more])


def test_a_study_without_releases_says_so(client, study, rosa):
    client.force_login(rosa)

    page = client.get(url("index"))

    assert page.status_code == 200
    assert b"None yet." in page.content
    assert b"Make a release" in page.content


def test_the_button_asks_for_a_release_and_shows_how_far_it_has_come(client, study, rosa):
    client.force_login(rosa)

    answer = client.post(url("make"))

    job = Job.objects.get()
    assert (job.kind, job.study, job.asked_by, job.state) == ("release", study, rosa, "queued")
    assert answer.status_code == 302
    assert answer.url == f"/jobs/{job.uid}/"


def test_two_clicks_ask_for_one_release(client, study, rosa):
    client.force_login(rosa)

    first, second = client.post(url("make")), client.post(url("make"))

    assert first.url == second.url
    assert Job.objects.count() == 1


def test_while_one_is_made_the_page_leads_to_it(client, study, rosa):
    client.force_login(rosa)
    client.post(url("make"))

    page = client.get(url("index"))

    assert f'href="/jobs/{Job.objects.get().uid}/"'.encode() in page.content
    assert b'<button class="primary"' not in page.content


def test_looking_makes_nothing(client, study, rosa):
    client.force_login(rosa)

    assert client.get(url("make")).status_code == 405
    assert Job.objects.count() == 0


def test_from_the_button_to_the_archive(client, study, jo, rosa):
    make_items(study, 2)
    judge(jo, said(care=4))
    client.force_login(rosa)
    client.post(url("make"))

    assert tasks.work_once() is True

    release = Release.objects.get()
    assert release.asked_by == rosa
    page = client.get(url("index"))
    assert f'href="{url("whole", release.name)}"'.encode() in page.content
    sent = client.get(url("whole", release.name))
    assert sent["Content-Disposition"] == f'attachment; filename="field-study-{release.name}.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content))) as archive:
        assert archive.testzip() is None
        assert f"field-study-{release.name}/data/ratings.parquet" in archive.namelist()


def test_a_release_shows_its_tables_and_its_second_reading(client, release, rosa):
    client.force_login(rosa)

    page = client.get(url("show", release.name))

    assert page.status_code == 200
    for table in release.facts["tables"]:
        assert url("download", release.name, table["path"]).encode() in page.content
        assert url("download", release.name, table["csv"]).encode() in page.content
    assert b"no licence given" in page.content
    assert b"krippendorff" in page.content


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("csv/ratings.csv", "text/csv; charset=utf-8"),
        ("data/ratings.parquet", "application/vnd.apache.parquet"),
        ("release.json", "application/json"),
        ("MANIFEST.sha256", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_sent_as_it_was_sealed(client, release, rosa, path, type_):
    client.force_login(rosa)

    sent = client.get(url("download", release.name, path))

    assert b"".join(sent.streaming_content) == (Path(release.folder) / path).read_bytes()
    assert sent["Content-Type"] == type_
    assert sent["Content-Disposition"] == f'attachment; filename="{Path(path).name}"'


@pytest.mark.parametrize("path", ["../secret", "data/../../secret", "data", "nowhere.csv", "/etc/passwd"])
def test_no_other_file_is_sent(client, release, rosa, path, tmp_path):
    Path(release.folder).with_name("secret").write_text("secret")
    client.force_login(rosa)

    assert client.get(f"/studies/field-study/releases/{release.name}/{path}").status_code in (301, 404)


def test_strangers_and_readers_see_no_release(client, release, sam, jo):
    for user in (sam, jo.user):
        client.force_login(user)
        for page in (
            url("index"),
            url("show", release.name),
            url("download", release.name, "README.md"),
            url("whole", release.name),
        ):
            assert client.get(page).status_code == 404, page
        assert client.post(url("make")).status_code == 404
    assert Job.objects.count() == 0


def test_a_release_of_another_study_is_not_found_here(client, release, rosa, ada):
    Study.objects.create(slug="other", title="Other")
    client.force_login(ada)

    assert client.get(reverse("releases:show", args=["other", release.name])).status_code == 404


def test_a_release_made_elsewhere_is_not_offered(client, study, rosa, tmp_path_factory):
    releasing.release(study, tmp_path_factory.mktemp("elsewhere") / "out", actor=None, now=later(5))
    client.force_login(rosa)

    assert Release.objects.count() == 1
    assert b"None yet." in client.get(url("index")).content


def test_one_release_and_three_cost_the_same_queries(client, release, study, jo, rosa, django_assert_num_queries):
    client.force_login(rosa)
    client.get(url("index"))
    with django_assert_num_queries(5):
        client.get(url("index"))
    for _ in range(2):
        make_items(study, 1)
        judge(jo, said(care=2))
        releasing.keep(study, actor=rosa, now=later(9))
    with django_assert_num_queries(5):
        page = client.get(url("index"))

    assert page.content.count(b'<th scope="row">') == 3


def test_a_kept_release_verifies(release):
    assert list(seal.faults(Path(release.folder))) == []
