"""Rubrics in the set-up: drafts are written, publishing freezes, a change makes a new version."""

import pytest
from django.urls import reverse

from judgments.models import Dimension, Event, Kind, Rubric, RubricVersion, ScalePoint
from tests.factories import make_rubric, make_study

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


def page_of(obj, name="change", *more) -> str:
    return reverse(f"admin:judgments_{obj._meta.model_name}_{name}", args=[obj.pk, *more])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def rows(prefix: str, *given: dict, initial: int = 0) -> dict:
    """The fields of a table of rows, as a browser sends them."""
    fields = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}
    return fields | {f"{prefix}-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


@pytest.fixture
def draft(db):
    return make_rubric(published=False)


@pytest.fixture
def published(db):
    return make_rubric()


def test_a_version_is_written_with_its_questions_and_words(setting_up):
    rubric = Rubric.objects.create(slug="candour", title="Candour")
    question = {
        "position": 0,
        "title": "Care",
        "slug": "care",
        "question": "How?",
        "kind": "choice",
        "level": "nominal",
    }
    given = {"rubric": rubric.pk, "title": "Candour", "instructions": "", "change_note": ""}
    given |= rows("dimensions", question) | rows("tags", {"position": 0, "text": "turns here", "slug": "turns-here"})

    setting_up.post(reverse("admin:judgments_rubricversion_add"), given)

    version = RubricVersion.objects.get()
    assert (version.number, version.is_published) == (1, False)
    assert version.dimensions.get().question == "How?"
    assert version.tags.get().text == "turns here"


def test_the_next_version_of_a_rubric_has_the_next_number(setting_up, published):
    given = {"rubric": published.rubric_id, "title": "Again", "instructions": "", "change_note": ""}

    setting_up.post(reverse("admin:judgments_rubricversion_add"), given | rows("dimensions") | rows("tags"))

    assert published.rubric.versions.get(title="Again").number == 2


def test_points_are_written_on_the_page_of_their_question(setting_up, draft):
    dimension = draft.dimensions.get(slug="person")
    given = {"position": 6, "title": "Who", "slug": "person", "question": "Who?", "kind": "choice",
             "level": "nominal", "help": "", "not_about": "", "line_low": "", "line_high": ""}  # fmt: skip
    points = rows(
        "points", {"value": 1, "text": "A friend", "code": ""}, {"value": 2.5, "text": "A clerk", "code": "k"}
    )

    setting_up.post(page_of(dimension), given | points)

    assert list(dimension.points.values_list("value", "text", "code")) == [
        (1, "A friend", "1"),
        (2.5, "A clerk", "k"),
    ]


def test_two_questions_of_a_version_cannot_share_a_name_in_data(setting_up, draft):
    dimension = draft.dimensions.get(slug="person")
    given = {"position": 6, "title": "Who", "slug": "care", "question": "Who?", "kind": "open", "level": "open",
             "help": "", "not_about": "", "line_low": "", "line_high": ""}  # fmt: skip

    response = setting_up.post(page_of(dimension), given | rows("points"))

    assert (response.status_code, len(response.context["errors"])) == (200, 1)
    assert draft.dimensions.filter(slug="person").exists()


def test_publishing_asks_first_and_then_freezes(setting_up, draft):
    address = page_of(draft, "act", "publish")

    asked = setting_up.get(address)
    assert "freezes the wording for good" in asked.content.decode()
    assert not RubricVersion.objects.get().is_published

    told = setting_up.post(address, follow=True)
    assert said(told) == ["Published. This wording is frozen now; a change makes a new version."]
    assert RubricVersion.objects.get().is_published


def test_a_version_that_is_not_fit_says_why_and_stays_a_draft(setting_up, draft):
    ScalePoint.objects.filter(dimension__slug="care", value=7).delete()
    Dimension.objects.filter(slug="warmth").update(level="nominal")

    told = setting_up.post(page_of(draft, "act", "publish"), follow=True)

    assert said(told) == [
        "Care: a balance needs an odd number of points, three or more, with the fitting one in the middle.",
        "Warmth: a question of this kind is measured as interval or ratio, not nominal.",
    ]
    assert not RubricVersion.objects.get().is_published


def test_a_published_version_is_read_only(setting_up, published):
    page = setting_up.get(page_of(published)).content.decode()
    assert 'name="_save"' not in page
    assert 'name="title"' not in page

    response = setting_up.post(page_of(published), {"title": "Other words"})

    assert response.status_code == 403
    assert RubricVersion.objects.get().title == "A small rubric"


def test_the_questions_of_a_published_version_are_read_only(setting_up, published):
    dimension = published.dimensions.get(slug="care")

    assert 'name="question"' not in setting_up.get(page_of(dimension)).content.decode()
    assert setting_up.post(page_of(dimension), {"question": "Other?"}).status_code == 403
    assert setting_up.post(page_of(dimension, "delete"), {"post": "yes"}).status_code == 403
    assert published.dimensions.get(slug="care").question == "How much attention did it give to this person?"


def test_a_new_version_is_a_draft_with_the_same_wording(setting_up, published):
    response = setting_up.post(page_of(published, "act", "new-version"))

    draft = RubricVersion.objects.get(published_at=None)
    assert response.url == page_of(draft)
    assert (draft.number, draft.forked_from) == (2, published)
    assert draft.dimensions.count() == published.dimensions.count() == 7


def test_a_draft_can_be_taken_away_and_what_is_used_cannot(setting_up, draft, published):
    make_study(version=published)

    assert setting_up.post(page_of(published, "delete"), {"post": "yes"}).status_code == 403
    setting_up.post(page_of(draft, "delete"), {"post": "yes"})

    assert list(RubricVersion.objects.all()) == [published]


def test_the_preview_shows_the_questions_as_readers_meet_them(setting_up, draft):
    response = setting_up.get(page_of(draft, "preview"))

    page = response.content.decode()
    for dimension in draft.dimensions.all():
        assert dimension.question in page
    assert page.count('<fieldset class="question') == 7
    assert "nothing is saved" in page


def test_the_preview_says_what_keeps_a_draft_from_publishing(setting_up, draft):
    draft.dimensions.exclude(slug="care").delete()
    ScalePoint.objects.filter(value=7).delete()

    page = setting_up.get(page_of(draft, "preview")).content.decode()

    assert "Before this version can be published" in page
    assert "a balance needs an odd number of points" in page


def test_what_an_admin_wrote_stays_text(setting_up, draft):
    RubricVersion.objects.update(title=HOSTILE, instructions=HOSTILE)
    Dimension.objects.update(title=HOSTILE, question=HOSTILE)

    for name in ("change", "preview"):
        page = setting_up.get(page_of(draft, name)).content.decode()
        assert "<script>alert" not in page
        assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("act", ["publish", "new-version"])
def test_a_stranger_can_do_nothing(researching, client, draft, act):
    for somebody in (researching, client):
        assert somebody.get(page_of(draft, "act", act)).status_code == 302
        assert somebody.post(page_of(draft, "act", act)).status_code == 302
        assert somebody.get(page_of(draft, "preview")).status_code == 302

    assert RubricVersion.objects.count() == 2  # Rosa's study has one, the draft is the other.
    assert not RubricVersion.objects.get(pk=draft.pk).is_published


def test_an_act_that_does_not_exist_is_not_found(setting_up, draft):
    assert setting_up.post(page_of(draft, "act", "explode")).status_code == 404
    assert setting_up.post(reverse("admin:judgments_rubricversion_act", args=[999_999, "publish"])).status_code == 404


def test_looking_at_a_version_changes_nothing(setting_up, draft):
    before = Event.objects.count()

    for name in ("change", "preview"):
        setting_up.get(page_of(draft, name))
    setting_up.get(page_of(draft, "act", "new-version"))

    assert RubricVersion.objects.count() == 1
    assert Event.objects.count() == before


QUESTION = {"position": 0, "title": "Care", "slug": "care", "question": "How?", "kind": "choice", "level": ""}


def written(setting_up, rubric, *questions: dict):
    """A version of the rubric with these questions, sent as a browser does."""
    given = {"rubric": rubric.pk, "title": "Candour", "instructions": "", "change_note": ""}
    given |= rows("dimensions", *(QUESTION | question for question in questions)) | rows("tags")
    return setting_up.post(reverse("admin:judgments_rubricversion_add"), given)


def test_a_new_rubric_leads_on_to_its_first_version(setting_up, db):
    fields = {"title": "Candour & care", "slug": "candour", "description": ""}

    response = setting_up.post(reverse("admin:judgments_rubric_add"), fields, follow=True)

    rubric = Rubric.objects.get()
    assert response.request["PATH_INFO"] == reverse("admin:judgments_rubricversion_add")
    assert response.context["adminform"].form.initial == {"rubric": str(rubric.pk), "title": "Candour & care"}
    assert "Write the first version" in setting_up.get(page_of(rubric)).content.decode()


def test_what_a_kind_needs_is_filled_in(setting_up, db):
    rubric = Rubric.objects.create(slug="candour", title="Candour")

    written(setting_up, rubric, *({"slug": kind, "kind": kind} for kind in Kind.values))

    found = {d.kind: (d.level, d.line_low, d.line_high) for d in Dimension.objects.all()}
    assert found == {
        "balance": ("ordinal", None, None),
        "degree": ("ordinal", None, None),
        "two_goods": ("ordinal", None, None),
        "choice": ("nominal", None, None),
        "choices": ("set", None, None),
        "line": ("interval", 0.0, 100.0),
        "compare": ("pair", None, None),
        "open": ("open", None, None),
    }


def test_questions_stand_in_the_order_in_which_they_were_written(setting_up, db):
    rubric = Rubric.objects.create(slug="candour", title="Candour")

    written(setting_up, rubric, {"slug": "first"}, {"slug": "placed", "position": 4}, {"slug": "last"})

    assert list(Dimension.objects.values_list("slug", "position")) == [("placed", 4), ("first", 5), ("last", 6)]


def test_a_line_needs_its_higher_end_on_the_right(setting_up, draft):
    line = draft.dimensions.get(slug="warmth")
    given = {"position": 1, "title": "Warmth", "slug": "warmth", "question": "How?", "kind": "line", "level": "",
             "help": "", "not_about": "", "line_low": "5", "line_high": "5"}  # fmt: skip

    response = setting_up.post(page_of(line), given | rows("points"))

    errors = response.context["adminform"].form.errors
    assert errors == {"line_high": ["The right end needs a higher number than the left one."]}
    line.refresh_from_db()
    assert (line.line_low, line.line_high) == (0, 100)


def test_two_new_questions_of_a_version_cannot_share_a_name_in_data(setting_up, db):
    rubric = Rubric.objects.create(slug="candour", title="Candour")

    response = written(setting_up, rubric, {"slug": "care"}, {"slug": "care"})

    assert (response.status_code, RubricVersion.objects.count()) == (200, 0)
