import re
from collections import Counter

import pytest
from django.db import transaction

from annotate.demo import content, seeding
from judgments import starter
from judgments.models import Assignment, Item, Judgment, Mark, ModelVersion, Participant, Rating, Scenario, Study
from tests.factories import NOW
from tests.support import engines


@pytest.fixture(scope="module")
def study(stage, django_db_blocker):
    """The demonstration, seeded once for all of these tests and taken back afterwards."""
    with django_db_blocker.unblock(), engines.using(stage.settings("sqlite")), transaction.atomic():
        yield seeding.seed(now=NOW)
        transaction.set_rollback(True)


def test_the_demonstration_is_whole_and_marked_as_invented(study):
    assert study.origin == Study.Origin.INVENTED
    assert Item.objects.count() == 120
    assert Scenario.objects.count() == 94
    assert Scenario.objects.filter(shift_of__isnull=False).count() == 70
    assert Participant.objects.filter(user__isnull=True).count() == len(content.readers()) == 31
    assert Judgment.objects.count() == 120 * seeding.READERS_PER_ITEM
    assert set(Rating.objects.values_list("form", flat=True)) == {"point", "range", "both", "none"}
    assert not Assignment.objects.filter(slot__isnull=False).exists()
    assert all(judgment.details == {"invented": True} for judgment in Judgment.objects.all())


def test_the_later_rowan_is_a_version_of_its_own(study):
    answered = Counter(Item.objects.values_list("shown__response__model__name", "shown__response__model__version"))

    assert answered == {
        ("Alder", "invented"): 37,
        ("Birch", "invented"): 38,
        ("Rowan", "invented"): 37,
        ("Rowan", "2"): 8,
    }
    assert ModelVersion.objects.count() == 4


def test_marks_quote_the_text_they_lie_in(study):
    for mark in Mark.objects.select_related("response"):
        assert mark.quote == mark.response.text[mark.start : mark.end]


def test_readers_part_over_care_in_the_first_situation(study):
    care = Rating.objects.filter(
        judgment__item__shown__response__model__name="Alder",
        judgment__item__scenario__external_id="gone-base",
        dimension__slug="care",
        form="point",
    ).values_list("point", flat=True)

    assert sum(point < 4 for point in care) >= 5
    assert sum(point > 4 for point in care) >= 5


def test_seeding_twice_changes_nothing(study):
    assert seeding.seed(now=NOW) == study
    assert Judgment.objects.count() == 120 * seeding.READERS_PER_ITEM
    assert seeding.sign_ins(study, now=NOW) == seeding.sign_ins(study, now=NOW)


def test_the_starter_pack_has_twelve_questions_and_seven_usual_ones(db):
    usual = starter.install(now=NOW)

    assert starter.install(now=NOW) == usual
    assert usual.dimensions.count() == 7
    assert usual.rubric.__class__.objects.get(slug="starter-twelve").versions.get().dimensions.count() == 12


def test_no_two_readers_of_a_reply_write_the_same_words(study):
    for item in Item.objects.all():
        standing = item.judgments.filter(superseded_by=None).select_related("rationale")
        rationales = [judgment.rationale.text for judgment in standing if judgment.rationale_id]
        memos = [
            mark.memo.text for mark in Mark.objects.filter(judgment__item=item).select_related("memo") if mark.memo
        ]
        assert len(rationales) == len(set(rationales))
        assert len(memos) == len(set(memos))


def test_readers_write_of_every_reply(study):
    for item in Item.objects.all():
        assert item.judgments.filter(rationale__isnull=False).count() >= 3, item


def test_what_speaks_of_a_life_is_written_by_that_reader(study):
    bound = {piece["text"]: piece["reader"] for piece in content.written()["reason"] if "reader" in piece}
    written = Judgment.objects.filter(rationale__text__in=bound).values_list(
        "rationale__text", "participant__code_name"
    )

    assert len(written) >= 5
    assert all(bound[text] == name for text, name in written)


def test_an_items_name_does_not_say_which_model_wrote_it(study):
    names = Item.objects.values_list("external_id", flat=True)

    assert all(re.fullmatch(r"[a-z0-9-]+-[1-4]", name) for name in names)
    assert not any(voice in name for name in names for voice in ("alder", "birch", "rowan"))
