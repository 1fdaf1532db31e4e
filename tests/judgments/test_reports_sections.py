"""Sections of a report: plain data, the same numbers twice, nothing about few people or about what is hidden."""

import re
from uuid import uuid4

import orjson
import pytest
from django.core.cache import caches
from django.utils import timezone

from judgments import jobs, ledger, reports, rubrics, tasks, withdrawal
from judgments.ledger import reading
from judgments.models import Assignment, Item, Job, ModelVersion, Response, Rubric, Study
from judgments.reports import keeping
from judgments.reports.sections import SECTIONS
from tests import factories
from tests.factories import NOW, make_background, make_item, make_items, make_participant, said
from tests.support.readings import bring, read, read_again

LIGHT = [name for name, section in SECTIONS.items() if not section.heavy]
POINTS = [
    [1, 2, 5, 4],
    [1, 2, 4, 4],
    [2, 2, 5, 1],
    [1, 3, 5, 2],
    [1, 2, 5, 5],
    [4, 4, 1, 3],
    [5, 5, 5, 3],
    [2, 1, 4, 1],
]


def nurses_and_a_clerk(slug: str = "field-study") -> Study:
    """Seven nurses and one clerk, four items on one scale; the first two nurses were removed by the authors."""
    version = factories.make_rubric(dimensions=["depth"])
    study = factories.make_study(slug, version=version, subsets={"stayed": {"where": {"removed": ["0"]}}})
    items = make_items(study, 4)
    for row, points in enumerate(POINTS):
        reader = make_participant(study, code_name=f"reader {row}", details={"removed": "1" if row < 2 else "0"})
        make_background(reader, "work", "clerk" if row == 7 else "nurse")
        for item, point in zip(items, points, strict=True):
            bring(reader, item, {"depth": point})
    return study


def plain(study: Study, name: str, subset: str | None = None) -> dict:
    return reports.section(study, name, subset).to_dict()


def anew() -> None:
    """As a process would find it that has never seen the study."""
    caches["findings"].clear()
    keeping.forget()
    reading._kept.clear()


@pytest.mark.parametrize("name", SECTIONS)
def test_each_section_is_plain_data_for_every_kind_of_question_and_answer(study, name):
    items = make_items(study, 3)
    for place in range(5):
        reader = make_participant(study)
        make_background(reader, "work", "nurse")
        care = [(2, 4), 5, frozenset({1, 7}), "misfit", 3][place]
        each = said(care=care, depth=1 + place, goods=1 + place % 2, voice=1 + place % 3, moves=[1, 1 + place % 3],
                    warmth=10 + 20 * place, settled=3)  # fmt: skip
        read(reader, dict.fromkeys(items, each))
        read_again(reader, items[0], said(depth=2, voice=1))

    found = plain(study, name)

    written = orjson.dumps(found)  # Refuses what is not plain.
    assert b"NaN" not in written
    assert orjson.loads(written) == found
    assert set(found) - {"whole"} == {"about", "dimensions"}
    assert set(found["dimensions"]) <= {"care", "depth", "goods", "voice", "moves", "warmth"}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_study_without_judgments_has_every_section(study, name):
    orjson.dumps(plain(study, name))


@pytest.mark.parametrize("name", ["cohorts", "spread", "kinds", "groups", "ladder", "calibration"])
def test_the_same_judgments_give_the_same_numbers_in_another_study_and_another_process(db, name):
    first = plain(nurses_and_a_clerk("one"), name)
    anew()
    second = plain(nurses_and_a_clerk("two"), name)

    assert orjson.dumps(first) == orjson.dumps(second)


def test_a_section_is_kept_until_a_judgment_comes_in(db):
    study = nurses_and_a_clerk()
    before = reports.section(study, "agreement")
    assert reports.section(study, "agreement").to_dict() == before.to_dict()
    assert reports.ready(study, "groups") is None

    bring(make_participant(study), study.items.first(), {"depth": 5})

    alpha = plain(study, "agreement")["dimensions"]["depth"]["coefficients"]["ordinal"]["alpha"]
    assert alpha["n_ratings"] == before.dimensions["depth"].coefficients["ordinal"]["alpha"].n_ratings + 1


@pytest.mark.parametrize("name", LIGHT)
def test_a_subset_is_its_judgments_alone(db, name):
    study = nurses_and_a_clerk()
    alone = factories.make_study("alone", version=study.rubric_version)
    items = make_items(alone, 4)
    for row, points in enumerate(POINTS):
        reader = make_participant(alone, code_name=f"reader {row}")
        make_background(reader, "work", "clerk" if row == 7 else "nurse")
        for item, point in zip(items, points, strict=True):
            if row >= 2:
                bring(reader, item, {"depth": point})

    found, expected = plain(study, name, "stayed"), plain(alone, name)

    # What is drawn at random depends on places in the whole study: it is left out of the comparison.
    assert _measured(found) == _measured(expected)


def _measured(value):
    """Numbers of estimates alone: what was counted, not what was drawn."""
    if isinstance(value, dict):
        if "n_ratings" in value:
            return {key: value[key] for key in ("value", "n_items", "n_annotators", "n_ratings")}
        return {key: _measured(each) for key, each in value.items() if isinstance(each, (dict, list))}
    return [_measured(each) for each in value if isinstance(each, (dict, list))]


def test_of_a_small_cohort_only_the_size_is_said(db):
    study = nurses_and_a_clerk()

    found = plain(study, "cohorts")["dimensions"]["depth"]

    clerk = next(row for row in found["cohorts"] if row["name"] == "work: clerk")
    nurse = next(row for row in found["cohorts"] if row["name"] == "work: nurse")
    assert clerk == {"name": "work: clerk", "n_annotators": 1, "suppressed": True}
    # The rest of the nurses is the one clerk: what would speak of that one person is withheld.
    assert nurse["irr"]["value"] is not None
    assert (nurse["xrr"]["value"], nurse["delta"]["value"], nurse["gai"]["value"]) == (None, None, None)
    assert found["apart"] == {"work": {}}
    for name in ("ladder", "abstention", "kinds"):
        assert "clerk" not in orjson.dumps(plain(study, name)).decode(), name


@pytest.mark.parametrize("name", LIGHT)
def test_items_taken_out_are_in_no_section(db, name):
    study = nurses_and_a_clerk()
    Item.objects.filter(external_id="item-3").update(hidden_at=NOW)

    found = orjson.dumps(plain(study, name)).decode()

    assert "item-3" not in found


def test_judgments_taken_back_are_in_no_section(db):
    study = nurses_and_a_clerk()
    reader, item = study.participants.get(code_name="reader 6"), study.items.get(external_id="item-0")
    before = plain(study, "agreement")["dimensions"]["depth"]["coefficients"]["ordinal"]["alpha"]

    withdrawal.withdraw_item(reader, item, actor=None, now=NOW)

    after = plain(study, "agreement")["dimensions"]["depth"]["coefficients"]["ordinal"]["alpha"]
    assert (before["n_ratings"], after["n_ratings"]) == (32, 31)
    counts = reports.kinds(study)["depth"].of("item-0")[0].evidence["counts"]
    assert counts == [4.0, 2.0, 0.0, 1.0, 0.0]


def test_kinds_come_with_probabilities_and_the_numbers_behind_them(db):
    study = nurses_and_a_clerk()

    found = reports.kinds(study)["depth"]

    by_name = {kind.name: kind for kind in found.of("item-2")}
    assert by_name["agreed"].evidence["counts"] == [1.0, 0.0, 0.0, 2.0, 5.0]
    shapes = [by_name[name].probability for name in ("agreed", "scattered")]
    assert all(0 <= probability <= 1 for probability in shapes)
    assert by_name["agreed"].probability > by_name["scattered"].probability
    assert by_name["hidden_camp"].note == "No groups were found, or none were looked for."
    with pytest.raises(KeyError):
        found.of("item-9")


def test_hidden_camps_are_told_once_groups_have_been_looked_for(db):
    study = factories.make_study(version=factories.make_rubric(dimensions=["depth"]))
    items = make_items(study, 24)
    for row in range(16):
        reader = make_participant(study)
        for place, item in enumerate(items):
            low = (row % 2 == 0) == (place % 2 == 0)
            bring(reader, item, {"depth": 1 + (row + place) % 2 if low else 4 + (row + place) % 2})
    before = reports.kinds(study)["depth"].expected["hidden_camp"]

    groups = reports.section(study, "groups").dimensions["depth"]

    assert before != before  # nan: nothing is known of groups yet.
    assert groups.k == 2
    assert reports.kinds(study)["depth"].expected["hidden_camp"] > 12


def side_by_side(study: Study, chosen: list[int]) -> None:
    """One item of two responses, by Alder and by Birch; each reader chooses a place of the question."""
    item = make_item(study, model="Alder")
    birch = ModelVersion.objects.create(name="Birch", digest=str(uuid4()))
    other = Response.objects.create(scenario=item.scenario, text="Yes.", model=birch)
    item.shown.create(response=other, position=1)
    for place in chosen:
        bring(make_participant(study), item, {"better": place})


@pytest.fixture
def compared(db):
    better = {
        "slug": "better", "kind": "compare", "level": "nominal", "title": "Better", "question": "Which?",
        "points": factories.points(["The first", "The second", "No difference"]),
    }  # fmt: skip
    rubric = Rubric.objects.create(slug="compare", title="Side by side")
    words = factories.wording() | {"dimensions": [better]}
    study = factories.make_study(version=rubrics.publish(rubrics.build(rubric, words), actor=None, now=NOW))
    side_by_side(study, [1, 1, 1, 2, 3])
    return study


def test_models_are_compared_by_their_responses_and_named_when_the_study_closes(compared):
    hidden = plain(compared, "comparison")["dimensions"]["better"]
    Study.objects.update(state="closed")
    compared.refresh_from_db()

    shown = plain(compared, "comparison")["dimensions"]["better"]

    assert {row["option"] for row in hidden["options"]} == {"model 1", "model 2"}
    strength = {row["option"]: row["strength"] for row in shown["options"]}
    assert set(strength) == {"Alder", "Birch"}
    assert strength["Alder"] > 0 > strength["Birch"]
    assert (shown["n"], shown["n_annotators"]) == (5, 5)
    assert shown["ties"]["value"] > 0


def test_answers_count_by_the_probability_of_being_asked_for(db):
    study = nurses_and_a_clerk()
    assert plain(study, "propensity")["dimensions"] == {}
    first = Item.objects.get(external_id="item-0")
    Assignment.objects.filter(item=first).update(propensity=0.5)
    Assignment.objects.exclude(item=first).update(propensity=0.25)
    anew()

    found = plain(study, "propensity")["dimensions"]["depth"]

    weights = [(2, row[0]) for row in POINTS] + [(4, point) for row in POINTS for point in row[1:]]
    expected = sum(weight * point for weight, point in weights) / sum(weight for weight, _ in weights)
    assert found["mean"]["value"] == pytest.approx(expected, abs=1e-12)
    assert (found["n"], found["n_unknown"]) == (32, 0)


def test_people_against_themselves_and_how_long_after(db):
    study = factories.make_study(version=factories.make_rubric(dimensions=["depth"]))
    items = make_items(study, 2)
    for place in range(3):
        reader = make_participant(study)
        read(reader, {items[0]: said(depth=1 + place), items[1]: said(depth=5 - place)})
        read_again(reader, items[0], said(depth=1 + place if place else 2))

    found = plain(study, "retest")["dimensions"]["depth"]

    assert found["same"]["value"] == pytest.approx(2 / 3)
    assert plain(study, "ladder")["dimensions"]["depth"]["everyone"]["ceiling"]["value"] is not None


def test_everything_at_once_names_what_it_does_not_wait_for(db):
    study = nurses_and_a_clerk()

    found = reports.report(study, None, [reports.ALL])

    assert list(found["sections"]) == LIGHT
    assert found["waiting"] == [name for name in SECTIONS if SECTIONS[name].heavy]
    assert {name: found[name] for name in ("study", "dimensions", "items")} == reports.report(study)


def test_a_heavy_section_that_is_asked_for_is_worked_out_by_a_job_and_then_there(db, engine):
    study = nurses_and_a_clerk()
    asked = reports.ask(study, "groups", None, asked_by=None, now=timezone.now())
    again = reports.ask(study, "groups", None, asked_by=None, now=timezone.now())
    assert asked == again == reports.under_way(study, "groups")

    job = jobs.take(timezone.now(), asked.uid)
    said_so = []
    progress = type("Watched", (), {"step": lambda self, *how_far: said_so.append(how_far)})()
    result = tasks.section(job, progress)

    assert result == {"section": "groups", "counts": {"questions": 1}}
    assert said_so == [(0, 100, "Depth")]
    assert reports.ready(study, "groups") is not None
    assert Job.objects.count() == 1


def test_only_heavy_sections_are_left_to_workers_and_only_of_what_is_there(db):
    study = nurses_and_a_clerk()

    with pytest.raises(reports.UnknownSection, match="takes no time"):
        reports.ask(study, "agreement", None, asked_by=None, now=NOW)
    with pytest.raises(reports.UnknownSubset, match="no subset 'left'"):
        reports.ask(study, "groups", "left", asked_by=None, now=NOW)

    assert not Job.objects.exists()


def test_a_design_is_simulated_as_it_is(db):
    study = nurses_and_a_clerk()
    steps = []

    found = reports.section(study, "calibration", said=lambda *step: steps.append(step)).dimensions["depth"]

    assert found.n_simulations == 400
    assert set(found.table["measure"]) >= {"alpha", "pair_agreement", "item", "level"}
    # Four items are too few for an interval: that is what a simulation of this design finds too.
    assert found.table.loc[found.table["measure"] == "alpha", "n"].tolist() == [0, 0]
    assert [done for done, _, _ in steps] == [0, 0, 33, 67]
    assert re.match(r"Depth: pair agreement", steps[2][2])


def test_a_name_that_is_no_section_is_refused_with_those_that_are(db):
    with pytest.raises(reports.UnknownSection, match=r"no section 'truth'\. There are: agreement, spread"):
        reports.section(nurses_and_a_clerk(), "truth")


def test_the_number_behind_what_is_drawn_is_that_of_the_judgments(db):
    study = nurses_and_a_clerk()
    one = ledger.content(ledger.of_study(study))
    anew()

    same = ledger.content(ledger.of_study(study))
    bring(make_participant(study), study.items.first(), {"depth": 5})

    assert one == same
    assert ledger.content(ledger.of_study(study)) != one
