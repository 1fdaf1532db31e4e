"""The three shipped mappings on the published data, when DISSENSUS_SAMPLES names their folder."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from judgments.importing import import_judgments
from judgments.models import ErasableText, Judgment, Mark, Rating
from tests import factories


def bring(name: str):
    return import_judgments(name, actor=None, now=factories.NOW)


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def test_dices350_is_whole(db, samples):
    outcome = bring("dices350")

    assert outcome.counts == {
        "items": 350, "participants": 123, "judgments": 43_050, "ratings": 43_050, "marks": 0, "repeats": 0,
        "left_out": 0,
    }  # fmt: skip
    ratings = Rating.objects.filter(judgment__study=outcome.study)
    codes = dict(outcome.study.rubric_version.dimensions.get().points.values_list("value", "code"))
    points = Counter(codes[point] for point in ratings.values_list("point", flat=True))
    assert points == {"No": 26_292, "Yes": 14_064, "Unsure": 2_694}
    kept = outcome.study.participants.filter(details__removed_by_authors="0")
    assert (kept.count(), list(outcome.study.facets.values_list("slug", flat=True))) == (
        104,
        ["rater_gender", "rater_race", "rater_age"],
    )


def test_nibblers_pairs_that_came_twice_have_a_second_occasion(db, samples):
    outcome = bring("adversarial_nibbler")

    occasions = Counter(Judgment.objects.filter(study=outcome.study).values_list("occasion", flat=True))
    assert occasions == {0: 12_054, 1: 17}
    assert (outcome.counts["items"], outcome.counts["participants"]) == (2_419, 15)
    assert not outcome.study.items.filter(shown__response__text__isnull=False).exists()


def test_nibblers_choices_sets_and_words_are_kept_as_published(db, samples):
    study = bring("adversarial_nibbler").study
    rows = lines(samples / "adversarial_nibbler" / "annotations.jsonl.gz")

    for column in ("image_failure_target", "text_attack_mode"):
        dimension = study.rubric_version.dimensions.get(slug=column)
        codes = dict(dimension.points.values_list("value", "code"))
        stored = Counter(code for labels in dimension.ratings.values_list("labels", flat=True) for code in labels)
        published = Counter(code for row in rows for code in row[column])
        assert {codes[value]: count for value, count in stored.items()} == published
    words = study.rubric_version.dimensions.get(slug="image_target_other_reason_text").ratings
    texts = ErasableText.objects.filter(pk__in=words.values("text_id")).values_list("text", flat=True)
    published = [row["image_target_other_reason_text"] for row in rows]
    assert Counter(texts) == Counter(text for text in published if text)


def test_every_mark_of_wmt_quotes_its_text(db, samples):
    outcome = bring("wmt_mqm_ende")

    marks = Mark.objects.filter(judgment__study=outcome.study).select_related("response", "judgment__item__scenario")
    for mark in marks.iterator(chunk_size=2_000):
        text = mark.response.text if mark.response_id else mark.judgment.item.scenario.messages[0]["content"]
        assert mark.quote == text[mark.start : mark.end]
        assert text[: mark.start].endswith(mark.prefix)
        assert text[mark.end :].startswith(mark.suffix)
    assert Counter(marks.values_list("turn", flat=True)) == {None: 9_244, 0: 732}
    assert Counter(marks.values_list("details__severity", flat=True)) == {"Minor": 7_450, "Major": 2_526}
    assert (outcome.counts["judgments"], outcome.counts["left_out"]) == (3_120, 245)


def test_wmts_judgments_have_the_worst_severity_and_the_number_of_errors(db, samples):
    study = bring("wmt_mqm_ende").study
    rank, worst, count, last = {"No-error": 1, "Minor": 2, "Major": 3}, Counter(), Counter(), Counter()
    for row in lines(samples / "wmt_mqm_ende" / "annotations.jsonl.gz"):
        if row["severity"] != "HOTW-test":
            pair = row["item_id"], row["rater"]
            worst[pair] = max(worst[pair], rank[row["severity"]])
            count[pair] += row["severity"] != "No-error"
            last[pair] = max(last[pair], row["timestamp_ms"])

    for slug, expected in (("severity", worst), ("errors", count)):
        ratings = Rating.objects.filter(judgment__study=study, dimension__slug=slug)
        fields = ("judgment__item__external_id", "judgment__participant__external_id", "point")
        assert {(item, rater): point for item, rater, point in ratings.values_list(*fields)} == dict(expected)
    judged = study.judgments.values_list("item__external_id", "participant__external_id", "judged_at")
    assert {(item, rater): at for item, rater, at in judged} == {
        pair: datetime.fromtimestamp(ms / 1000, UTC) for pair, ms in last.items()
    }


@pytest.mark.parametrize("name", ["dices350", "adversarial_nibbler", "wmt_mqm_ende"])
def test_a_published_dataset_again_adds_nothing(db, samples, name):
    first = bring(name)

    again = bring(name)

    assert (again.already_present, again.counts) == (True, first.counts)
