"""Findings: every answer counted once and in its place, agreement only of what can be compared."""

import math

import krippendorff
import numpy as np
import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from judgments import reports, rubrics
from judgments.models import Item, Rubric, Study
from tests import factories
from tests.factories import NOW, make_background, make_item, make_items, make_participant, said
from tests.support.readings import bring, read, read_again, revise

# Four observers, twelve units, values 1 to 5; 0 means missing. Krippendorff (2011), "Computing alpha-reliability".
K = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]


def depth_study(**fields) -> Study:
    return factories.make_study(version=factories.make_rubric(dimensions=["depth"]), **fields)


def only(overview: reports.Overview, name: str) -> reports.DimensionFinding:
    return next(finding for finding in overview.dimensions if finding.dimension.name == name)


def filled(study: Study, table: list[list[int]], slug: str = "depth") -> list[Item]:
    """One reader a row, one item a column; 0 is no judgment."""
    items = make_items(study, len(table[0]))
    for row in table:
        reader = make_participant(study)
        for item, point in zip(items, row, strict=True):
            if point:
                bring(reader, item, {slug: point})
    return items


# The study at a glance ----------------------------------------------------------------------------


def test_alpha_and_its_interval_are_those_of_the_published_example(db):
    study = depth_study()
    filled(study, K)

    alpha = only(reports.overview(study), "depth").alpha

    assert list(alpha) == ["nominal", "ordinal"]
    assert alpha["nominal"].value == pytest.approx(0.7434210526, abs=1e-10)
    assert (alpha["nominal"].low, alpha["nominal"].high) == (
        pytest.approx(-0.862923, abs=1e-6), pytest.approx(0.964662, abs=1e-6),
    )  # fmt: skip
    assert alpha["ordinal"].value == pytest.approx(0.8153875038, abs=1e-10)
    assert (alpha["nominal"].n_items, alpha["nominal"].n_annotators, alpha["nominal"].n_ratings) == (11, 4, 40)


def test_alpha_is_that_of_the_krippendorff_library_at_every_level(study):
    rng = np.random.default_rng(7)
    items = make_items(study, 12)
    table = {slug: np.full((5, 12), np.nan) for slug in ("care", "voice", "warmth")}
    for row in range(5):
        reader = make_participant(study)
        for column, item in enumerate(items):
            if rng.random() < 0.8:
                points = {"care": rng.integers(1, 8), "voice": rng.integers(1, 4), "warmth": rng.integers(0, 101)}
                bring(reader, item, {slug: float(point) for slug, point in points.items()})
                for slug, point in points.items():
                    table[slug][row, column] = point

    overview = reports.overview(study)

    compared = 0
    for slug, metrics in {
        "care": ["nominal", "ordinal"],
        "voice": ["nominal"],
        "warmth": ["nominal", "ordinal", "interval"],
    }.items():
        alpha = only(overview, slug).alpha
        assert list(alpha) == metrics
        for metric in metrics:
            theirs = krippendorff.alpha(reliability_data=table[slug], level_of_measurement=metric)
            assert alpha[metric].value == pytest.approx(theirs, abs=1e-9)
            compared += 1
    assert compared == 6


def test_sets_are_compared_as_sets(db):
    # MASI: a pair that differs is 1, 1 − 2/3 · 1/2, 1 − 2/3 · 1/3 or 1 − 2/3 · 2/3 apart; worked out by hand.
    study = factories.make_study(version=factories.make_rubric(dimensions=["moves"]))
    sets = {"A": [1], "B": [2], "AB": [1, 2], "ABC": [1, 2, 3]}
    columns = [["A", "A", "AB"], ["B", "B", "AB"], ["AB", "AB", "ABC"], ["A", "ABC", "ABC"], ["A", "A", "A"]]
    items = make_items(study, len(columns))
    for reader in range(3):
        answers = {item: said(moves=sets[column[reader]]) for item, column in zip(items, columns, strict=True)}
        read(make_participant(study), answers)

    finding = only(reports.overview(study), "moves")

    assert list(finding.alpha) == ["nominal", "set"]
    assert finding.alpha["set"].value == pytest.approx(4 / 11, abs=1e-12)
    assert finding.counts == (13, 9, 3)
    assert finding.forms.counts["point"] == 15


def test_every_form_and_reason_is_counted_and_only_points_are_compared(study):
    items = make_items(study, 2)
    given = [said(care=4), said(care=4), said(care=7), said(care=(2, 4)), said(care=frozenset({1, 7})),
             said(care="misfit"), said(care="depends"), said()]  # fmt: skip
    for answers in given:
        read(make_participant(study), {items[0]: answers})

    finding = only(reports.overview(study), "care")

    assert finding.forms.counts == {"point": 3, "range": 1, "both": 1, "none": 2}
    assert finding.forms.share("range") == 1 / 7
    assert finding.forms.reasons == {"depends": 1, "misfit": 1}
    assert finding.forms.share_of_reason("misfit") == 1 / 7
    assert finding.counts == (0, 0, 0, 2, 0, 0, 1)
    assert finding.left_open == 1 + 8
    assert (finding.n_readers, finding.n_items) == (7, 1)
    assert finding.alpha["nominal"].n_ratings == 3
    assert finding.alpha["nominal"].n_abstained == 4


def test_only_the_current_revision_counts(db):
    study = depth_study()
    item = make_item(study)
    jo, sue = make_participant(study), make_participant(study)
    read(sue, {item: said(depth=5)})
    first = read(jo, {item: said(depth=1)})[item]
    revise(first, said(depth=5))

    finding = only(reports.overview(study), "depth")

    assert finding.counts == (0, 0, 0, 0, 2)
    assert finding.pair_agreement.value == 1.0
    assert finding.revised == 1


def test_repeats_and_surplus_are_told_beside_and_never_compared(db):
    study = depth_study(judgments_wanted=2)
    item, _ = make_items(study, 2)
    jo, sue, ann = (make_participant(study) for _ in range(3))
    read(jo, {item: said(depth=1)})
    read(sue, {item: said(depth=1)})
    read_again(jo, item, said(depth=5))
    read_again(ann, item, said(depth=4), occasion=0)

    overview = reports.overview(study)

    finding = only(overview, "depth")
    assert finding.counts == (2, 0, 0, 0, 0)
    assert (finding.repeats, finding.surplus) == (1, 1)
    assert finding.pair_agreement.n_ratings == 2
    assert (overview.n_readers, overview.n_items, overview.n_judgments, overview.n_repeats) == (2, 2, 4, 1)


def test_items_taken_out_are_in_no_finding(db):
    study = depth_study()
    items = filled(study, [[1, 5], [1, 2]])
    assert only(reports.overview(study), "depth").counts == (2, 1, 0, 0, 1)

    Item.objects.filter(pk=items[1].pk).update(hidden_at=NOW)

    assert only(reports.overview(study), "depth").counts == (2, 0, 0, 0, 0)
    assert [row.external_id for row in reports.items(study)] == ["item-0"]


def test_points_that_stand_apart_are_outside_the_order_and_inside_the_counts(study):
    table = [[1, 2, 5], [1, 3, 4], [2, 6, 4]]
    filled(study, table, "goods")

    finding = only(reports.overview(study), "goods")

    in_order = np.where(np.array(table) > 4, np.nan, np.array(table, dtype=float))
    ordinal = krippendorff.alpha(reliability_data=in_order, level_of_measurement="ordinal")
    nominal = krippendorff.alpha(reliability_data=np.array(table, dtype=float), level_of_measurement="nominal")
    assert finding.counts == (2, 2, 1, 2, 1, 1)
    assert finding.alpha["ordinal"].value == pytest.approx(ordinal, abs=1e-12)
    assert finding.alpha["nominal"].value == pytest.approx(nominal, abs=1e-12)
    assert (finding.alpha["ordinal"].n_ratings, finding.alpha["nominal"].n_ratings) == (7, 9)


def test_an_ordinal_scale_of_plain_numbers_also_has_the_interval_metric(db):
    numbered = {"slug": "stars", "kind": "degree", "level": "ordinal", "title": "Stars", "question": "How many?",
                "points": factories.points(["1", "2", "3"])}  # fmt: skip
    draft = rubrics.build(Rubric.objects.create(slug="stars"), {"title": "Stars", "dimensions": [numbered]})
    study = factories.make_study(version=rubrics.publish(draft, actor=None, now=NOW))
    table = [[1, 2, 3, 3], [1, 2, 2, 3], [2, 2, 3, 1]]
    filled(study, table, "stars")

    alpha = only(reports.overview(study), "stars").alpha

    theirs = krippendorff.alpha(reliability_data=np.array(table, dtype=float), level_of_measurement="interval")
    assert list(alpha) == ["nominal", "ordinal", "interval"]
    assert alpha["interval"].value == pytest.approx(theirs, abs=1e-12)


def test_a_line_is_counted_in_parts(study, jo):
    items = make_items(study, 3)
    for item, place in zip(items, [0, 52.5, 100], strict=True):
        bring(jo, item, {"warmth": place})

    finding = only(reports.overview(study), "warmth")

    assert [place for place, n in enumerate(finding.counts) if n] == [0, 10, 19]
    assert len(finding.counts) == 20


def test_words_alone_have_no_alpha(study, jo):
    read(jo, {make_item(study): said(person="An uncle.")})

    finding = only(reports.overview(study), "person")

    assert finding.forms.counts["point"] == 1
    assert finding.alpha == {}
    assert finding.pair_agreement is None
    assert finding.counts == ()


def test_a_study_without_judgments_has_findings_that_say_so(study):
    overview = reports.overview(study)

    finding = only(overview, "care")
    assert overview.n_judgments == 0
    assert finding.counts == (0,) * 7
    assert math.isnan(finding.alpha["ordinal"].value)
    assert finding.alpha["ordinal"].notes == ("Not defined: no item has two ratings.",)
    assert overview.to_dict()["dimensions"][0]["alpha"]["ordinal"]["value"] is None
    assert reports.items(study) == ()


def test_a_subset_has_findings_of_its_own(db):
    study = depth_study(subsets={"stayed": {"where": {"removed": ["0"]}}})
    item, other = make_items(study, 2)
    for point, removed in [(1, "0"), (2, "0"), (5, "1")]:
        bring(make_participant(study, details={"removed": removed}), item, {"depth": point})
    bring(make_participant(study, details={"removed": "1"}), other, {"depth": 5})

    whole, stayed = reports.overview(study), reports.overview(study, "stayed")

    assert only(whole, "depth").counts == (1, 1, 0, 0, 2)
    assert only(stayed, "depth").counts == (1, 1, 0, 0, 0)
    assert (stayed.subset, stayed.n_readers, stayed.n_items) == ("stayed", 2, 1)
    assert [row.external_id for row in reports.items(study, "stayed")] == ["item-0"]
    assert [row.external_id for row in reports.items(study)] == ["item-0", "item-1"]


def test_findings_are_kept_until_a_judgment_comes_in(db):
    study = depth_study()
    items = filled(study, [[1, 2], [1, 0]])
    before = reports.overview(study)
    with CaptureQueriesContext(connection) as queries:
        assert reports.overview(study).to_dict() == before.to_dict()
    assert len(queries) == 1

    bring(make_participant(study), items[1], {"depth": 2})

    assert only(reports.overview(study), "depth").counts == (2, 2, 0, 0, 0)


def test_what_was_prepared_is_not_computed_again(db):
    study = depth_study()
    filled(study, K)
    reports.prepare(study)

    for find in (reports.overview, reports.cohorts, reports.items, reports.noticed):
        with CaptureQueriesContext(connection) as asked:
            find(study)
        assert not any("judgments_rating" in query["sql"] for query in asked), find


def test_findings_in_the_cache_hold_no_words_of_a_person(db):
    study = factories.make_study()
    item = make_item(study)
    read(make_participant(study), {item: said(person="An uncle.", rationale="It never asks who.")})

    reports.report(study)
    reports.item(study, item)

    kept = b"".join(caches["findings"]._cache.values())
    assert b"item-0" in kept
    assert b"An uncle." not in kept
    assert b"It never asks who." not in kept


# Cohorts ------------------------------------------------------------------------------------------


@pytest.fixture
def nurses_and_clerks(db):
    """Six nurses, two of them old, and one clerk; three items."""
    study = depth_study()
    items = make_items(study, 3)
    table = [[1, 2, 5], [1, 2, 4], [2, 2, 5], [1, 3, 5], [1, 2, 5], [4, 4, 1], [5, 5, 5]]
    for row, points in enumerate(table):
        reader = make_participant(study)
        make_background(reader, "work", "clerk" if row == 6 else "nurse")
        if row != 5:
            make_background(reader, "age", "old" if row == 0 else "young")
        for item, point in zip(items, points, strict=True):
            bring(reader, item, {"depth": point})
    return study, table


def test_each_cohort_has_the_alpha_of_its_own_people(nurses_and_clerks):
    study, table = nurses_and_clerks

    by_work = reports.cohorts(study)[0].facets[0]

    nurse = next(group for group in by_work.groups if group.name == "nurse")
    theirs = krippendorff.alpha(reliability_data=np.array(table[:6], dtype=float), level_of_measurement="ordinal")
    assert (nurse.n_annotators, nurse.n_items, nurse.n_ratings) == (6, 3, 18)
    assert list(nurse.alpha) == ["ordinal"]
    assert nurse.alpha["ordinal"].value == pytest.approx(theirs, abs=1e-12)


def test_a_small_cohort_is_named_with_its_size_and_nothing_else(nurses_and_clerks):
    study, _ = nurses_and_clerks

    by_work = reports.cohorts(study)[0].facets[0]

    clerk = next(group for group in by_work.groups if group.name == "clerk")
    assert clerk == reports.Group(("clerk",), 1, None, None, {}, suppressed=True)


def test_pairs_of_facets_are_cohorts_too_and_who_said_nothing_is_in_none(nurses_and_clerks):
    study, _ = nurses_and_clerks

    facets = reports.cohorts(study)[0].facets

    sizes = {by.name: {group.name: group.n_annotators for group in by.groups} for by in facets}
    assert sizes == {
        "work": {"clerk": 1, "nurse": 6},
        "age": {"old": 1, "young": 5},
        "work × age": {"clerk × young": 1, "nurse × old": 1, "nurse × young": 4},
    }
    assert [by.n_without for by in facets] == [0, 1, 1]


def test_a_group_is_as_large_as_those_who_answered_this_very_question(study):
    items = make_items(study, 2)
    for row in range(5):
        reader = make_participant(study)
        make_background(reader, "work", "nurse")
        bring(reader, items[0], {"depth": 1, **({"care": 4} if row else {})})

    by_dimension = {found.dimension: found.facets[0].groups for found in reports.cohorts(study) if found.facets}

    assert [(group.n_annotators, group.suppressed) for group in by_dimension["depth"]] == [(5, False)]
    assert [(group.n_annotators, group.suppressed) for group in by_dimension["care"]] == [(4, True)]


def test_background_without_consent_to_analysis_makes_no_cohort(db):
    study = depth_study()
    item = make_item(study)
    for _ in range(5):
        reader = make_participant(study)
        make_background(reader, "work", "nurse", may_analyse=False)
        bring(reader, item, {"depth": 1})

    by_work = reports.cohorts(study)[0].facets[0]

    assert by_work.groups == ()
    assert by_work.n_without == 5


# Items --------------------------------------------------------------------------------------------


def test_items_come_with_counts_and_with_the_share_of_pairs_that_differ(db):
    study = depth_study()
    filled(study, [[1, 1, 3, 0], [1, 1, 3, 2], [1, 2, 4, 0], [1, 2, 5, 0]])

    rows = reports.items(study)

    assert [row.n_readers for row in rows] == [4, 4, 4, 1]
    assert [row.dimensions["depth"].counts for row in rows] == [
        {"1": 4, "2": 0, "3": 0, "4": 0, "5": 0},
        {"1": 2, "2": 2, "3": 0, "4": 0, "5": 0},
        {"1": 0, "2": 0, "3": 2, "4": 1, "5": 1},
        {"1": 0, "2": 1, "3": 0, "4": 0, "5": 0},
    ]
    assert [row.differ for row in rows[:3]] == [0.0, 4 / 6, 5 / 6]
    assert math.isnan(rows[3].differ)
    assert rows[3].to_dict()["differ"] is None


def test_pairs_are_pooled_over_dimensions_and_sets_differ_unless_equal(study):
    item = make_item(study)
    for voice, moves in [(1, [1, 2]), (1, [1, 2]), (2, [1])]:
        read(make_participant(study), {item: said(voice=voice, moves=moves, care="misfit")})

    row = reports.items(study)[0]

    assert row.dimensions["voice"].differ == 2 / 3
    assert row.dimensions["moves"].differ == 2 / 3
    assert row.dimensions["moves"].counts == {"1": 3, "2": 2, "3": 0}
    assert row.dimensions["care"].forms == {"point": 0, "range": 0, "both": 0, "none": 3}
    assert row.differ == 4 / 6
