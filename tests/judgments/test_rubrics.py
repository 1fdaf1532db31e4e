import pytest

from judgments import canonical, rubrics
from judgments.errors import RubricFrozen, RubricUnfit
from judgments.models import Event
from tests import factories
from tests.factories import NOW


def test_publishing_freezes_the_whole_wording(db):
    version = factories.make_rubric(published=False)

    published = rubrics.publish(version, actor=None, now=NOW)

    assert published.published_at == NOW
    assert published.digest == canonical.digest(rubrics.definition(version))
    assert Event.objects.get(chain="site").kind == "rubric_published"


def test_publishing_twice_is_refused(db):
    version = factories.make_rubric()

    with pytest.raises(RubricFrozen):
        rubrics.publish(version, actor=None, now=NOW)


def test_a_fork_has_the_same_wording_under_the_next_number(db):
    version = factories.make_rubric()

    draft = rubrics.fork(version, change_note="Shorter.")

    assert (draft.number, draft.forked_from, draft.is_published) == (version.number + 1, version, False)
    assert rubrics.definition(draft) == rubrics.definition(version)


def dimension(**changes):
    return {"slug": "d", "title": "D", "question": "How?", "kind": "balance", "level": "ordinal",
            "points": factories.points(["a", "b", "c"])} | changes  # fmt: skip


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (dimension(points=factories.points(["a", "b"])), "odd number"),
        (dimension(level="nominal"), "measured as"),
        (dimension(kind="two_goods"), "no middle"),
        (dimension(kind="degree", points=factories.points(["a"])), "two points"),
        (dimension(kind="open", level="open"), "no points"),
        (dimension(points=factories.points(["a", " ", "c"])), "needs words"),
        (
            dimension(points=[*factories.points(["a", "b", "c"]), {"value": 9, "text": "x", "apart": True}]),
            "set apart",
        ),
    ],
)
def test_a_question_that_cannot_work_is_not_published(db, given, why):
    version = factories.make_rubric(published=False, dimensions=[])
    version = rubrics.build(version.rubric, {"title": "T", "dimensions": [given]})

    with pytest.raises(RubricUnfit, match=why):
        rubrics.publish(version, actor=None, now=NOW)

    version.refresh_from_db()
    assert not version.is_published


def test_a_rubric_without_questions_is_not_published(db):
    with pytest.raises(RubricUnfit, match="at least one question"):
        rubrics.publish(factories.make_rubric(published=False, dimensions=[]), actor=None, now=NOW)
