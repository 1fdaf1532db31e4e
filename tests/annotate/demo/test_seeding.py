import re

from annotate.demo import content, seeding
from judgments import starter
from judgments.models import Assignment, Item, Judgment, Mark, Participant, Rating, Scenario, Study
from tests.factories import NOW


def test_the_demonstration_is_whole_and_marked_as_invented(db):
    study = seeding.seed(now=NOW)

    assert study.origin == Study.Origin.INVENTED
    assert Item.objects.count() == 36
    assert Scenario.objects.filter(shift_of__isnull=False).count() == 9
    assert Participant.objects.filter(user__isnull=True).count() == len(content.readers()) == 31
    assert Judgment.objects.count() == 36 * seeding.READERS_PER_ITEM
    assert set(Rating.objects.values_list("form", flat=True)) == {"point", "range", "both", "none"}
    assert not Assignment.objects.filter(slot__isnull=False).exists()
    assert all(judgment.details == {"invented": True} for judgment in Judgment.objects.all())


def test_marks_quote_the_text_they_lie_in(db):
    seeding.seed(now=NOW)

    for mark in Mark.objects.select_related("response"):
        assert mark.quote == mark.response.text[mark.start : mark.end]


def test_readers_part_over_care_in_the_first_situation(db):
    seeding.seed(now=NOW)

    care = Rating.objects.filter(
        judgment__item__shown__response__model__name="Alder",
        judgment__item__scenario__external_id="gone-base",
        dimension__slug="care",
        form="point",
    ).values_list("point", flat=True)

    assert sum(point < 4 for point in care) >= 5
    assert sum(point > 4 for point in care) >= 5


def test_seeding_twice_changes_nothing(db):
    first = seeding.seed(now=NOW)

    assert seeding.seed(now=NOW) == first
    assert Judgment.objects.count() == 36 * seeding.READERS_PER_ITEM
    assert seeding.sign_ins(first, now=NOW) == seeding.sign_ins(first, now=NOW)


def test_the_starter_pack_has_twelve_questions_and_seven_usual_ones(db):
    usual = starter.install(now=NOW)

    assert starter.install(now=NOW) == usual
    assert usual.dimensions.count() == 7
    assert usual.rubric.__class__.objects.get(slug="starter-twelve").versions.get().dimensions.count() == 12


def test_no_two_readers_of_a_reply_write_the_same_words(db):
    seeding.seed(now=NOW)

    for item in Item.objects.all():
        rationales = [judgment.rationale.text for judgment in item.judgments.select_related("rationale")
                      if judgment.rationale_id]  # fmt: skip
        assert len(rationales) == len(set(rationales))


def test_an_items_name_does_not_say_which_model_wrote_it(db):
    seeding.seed(now=NOW)

    names = Item.objects.values_list("external_id", flat=True)
    assert all(re.fullmatch(r"[a-z0-9-]+-[123]", name) for name in names)
    assert not any(voice in name for name in names for voice in ("alder", "birch", "rowan"))
