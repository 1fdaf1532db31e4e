"""The demo's words: texts only, read straight from their files, without a database."""

import re
import tomllib
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "annotate" / "demo"
RUBRIC = ROOT / "judgments" / "starter" / "rubric.toml"
FAMILIES = ("the-ring", "hes-gone", "the-nervous-driver")
VOICES = ("Alder", "Birch", "Rowan")
DEFAULTS = ["candour", "care", "autonomy", "proportion", "attunement", "wisdom", "kind-of-person"]
SCALED_DEFAULTS = set(DEFAULTS) - {"kind-of-person"}
AXES = {"who", "stakes", "power", "culture", "medium", "time", "role", "news", "scale"}
POINTS = {"balance": 7, "degree": 5, "two_goods": 8, "open": 0}
DESCRIBED = {"balance": [1, 4, 7], "degree": [1, 3, 5], "two_goods": [1, 6, 7, 8], "open": []}
FORBIDDEN = re.compile(
    r"\b(label\w*|annotation\w*|ground truth|gold|correct\w*|error rate|"
    r"accura(?:cy|te)|quality score|outliers?|noisy|submi(?:t|ts|tted|ssion))\b",
    re.IGNORECASE,
)


def read(path):
    with path.open("rb") as file:
        return tomllib.load(file)


def strings(value):
    """Every text a reader may see, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


@pytest.fixture(scope="module")
def rubric():
    return read(RUBRIC)


@pytest.fixture(scope="module")
def families():
    return {slug: read(DEMO / "families" / f"{slug}.toml") for slug in FAMILIES}


@pytest.fixture(scope="module")
def scenarios(families):
    return {scenario["slug"]: scenario for family in families.values() for scenario in family["scenario"]}


@pytest.fixture(scope="module")
def replies(scenarios):
    return {
        (slug, reply["model"].lower()): reply for slug, scenario in scenarios.items() for reply in scenario["reply"]
    }


@pytest.fixture(scope="module")
def readers():
    return read(DEMO / "readers.toml")["reader"]


@pytest.fixture(scope="module")
def reasons():
    return read(DEMO / "reasons.toml")


def test_every_file_says_it_is_in_the_public_domain(rubric, families, reasons):
    files = [rubric, *families.values(), read(DEMO / "readers.toml"), reasons]

    assert [content["licence"] for content in files] == ["CC0-1.0"] * 6
    assert [content["invented"] for content in files[1:]] == [True] * 5


def test_the_rubric_has_twelve_questions_of_four_kinds(rubric):
    kinds = Counter(dimension["kind"] for dimension in rubric["dimension"])

    assert kinds == {"balance": 6, "degree": 3, "two_goods": 1, "open": 2}
    assert len({dimension["slug"] for dimension in rubric["dimension"]}) == 12


def test_every_question_has_as_many_worded_points_as_its_kind(rubric):
    for dimension in rubric["dimension"]:
        points = dimension.get("point", [])
        count = POINTS[dimension["kind"]]

        assert [point["value"] for point in points] == list(range(1, count + 1)), dimension["slug"]
        assert len({point["text"] for point in points}) == count, dimension["slug"]
        assert dimension["level"] == ("open" if dimension["kind"] == "open" else "ordinal")


def test_first_middle_and_last_points_are_described(rubric):
    for dimension in rubric["dimension"]:
        described = [point["value"] for point in dimension.get("point", []) if point.get("description")]

        assert described == DESCRIBED[dimension["kind"]], dimension["slug"]


def test_held_both_and_dodged_both_stand_apart(rubric):
    apart = [
        (dimension["slug"], point["value"], point["text"])
        for dimension in rubric["dimension"]
        for point in dimension.get("point", [])
        if point.get("apart")
    ]

    assert apart == [("honest-or-kind", 7, "held both"), ("honest-or-kind", 8, "dodged both")]


def test_the_default_questions_come_in_their_stated_order(rubric):
    assert [dimension["slug"] for dimension in rubric["dimension"] if dimension["default"]] == DEFAULTS


def test_questions_are_short_and_ask_about_the_thing_itself(rubric):
    for dimension in rubric["dimension"]:
        question = dimension["question"]

        assert len(question.split()) <= 20, question
        assert not re.search(r"\b(properly|fails|agree)\b", question, re.IGNORECASE), question
        assert dimension["not_about"], dimension["slug"]
        assert dimension["help"], dimension["slug"]


def test_the_tags_are_about_interest(rubric):
    assert [tag["text"] for tag in rubric["tag"]] == [
        "turns here",
        "odd inference",
        "missed something",
        "saw something",
        "felt wrong",
        "felt true",
        "dodged",
        "changed its mind",
        "voice slips",
        "made me stop",
    ]
    assert [tag["slug"] for tag in rubric["tag"]] == [tag["text"].replace(" ", "-") for tag in rubric["tag"]]


def test_every_family_has_a_base_and_three_shifts_of_it(families):
    for slug, family in families.items():
        base, *shifts = family["scenario"]

        assert family["slug"] == slug
        assert (base["axis"], base["distance"], base["shift_of"]) == ("", 0, "")
        assert [shift["shift_of"] for shift in shifts] == [base["slug"]] * 3
        assert all(shift["axis"] in AXES and shift["distance"] in (1, 2, 3) for shift in shifts)


def test_no_two_contexts_share_a_slug_or_title(families):
    contexts = [scenario for family in families.values() for scenario in family["scenario"]]

    assert len({scenario["slug"] for scenario in contexts}) == 12
    assert len({scenario["title"] for scenario in contexts}) == 12


def test_every_context_is_answered_in_every_voice(scenarios, replies):
    assert set(replies) == set(product(scenarios, (voice.lower() for voice in VOICES)))
    assert all([reply["model"] for reply in s["reply"]] == list(VOICES) for s in scenarios.values())


def test_every_reply_is_its_own_text_of_60_to_250_words(replies):
    lengths = {key: len(reply["text"].split()) for key, reply in replies.items()}

    assert {key: n for key, n in lengths.items() if not 60 <= n <= 250} == {}
    assert len({reply["text"] for reply in replies.values()}) == 36


def test_every_conversation_alternates_and_ends_with_the_person(scenarios):
    for slug, scenario in scenarios.items():
        roles = [message["role"] for message in scenario["message"]]

        assert roles == ["person", "model"] * (len(roles) // 2) + ["person"], slug
        assert all(message["content"].strip() for message in scenario["message"]), slug


def test_something_learned_midway_comes_after_earlier_turns(scenarios):
    turns = {
        slug: sum(message["role"] == "person" for message in scenario["message"])
        for slug, scenario in scenarios.items()
        if scenario["axis"] == "news"
    }

    assert turns == {"ring-the-voicemail": 4, "gone-finally": 2}


def test_places_for_invented_answers_lie_on_their_scales(replies):
    for key, reply in replies.items():
        centre = reply["centre"]

        assert set(centre) == SCALED_DEFAULTS, key
        assert all(1 <= place <= (5 if slug == "wisdom" else 7) for slug, place in centre.items()), key
        assert set(reply.get("camps", {})) <= SCALED_DEFAULTS, key
        assert all(0 < share <= 0.5 for share in reply.get("misfit", {}).values()), key


def test_the_readers_are_thirty_one_different_people(readers):
    assert len(readers) == 31
    for key in ("code_name", "profession", "line"):
        assert len({reader[key] for reader in readers}) == 31, key
    assert all(re.fullmatch(r"[a-z]+ [a-z]+", reader["code_name"]) for reader in readers)


def test_code_names_give_away_neither_a_profession_nor_a_voice(readers):
    for reader in readers:
        words = set(reader["code_name"].split())

        assert words.isdisjoint({voice.lower() for voice in VOICES})
        assert all(words.isdisjoint(re.split(r"[ -]", other["profession"])) for other in readers)


def test_the_two_ways_of_judging_cross_fields_and_one_reader_stands_alone(readers):
    feeling = Counter(reader["background"]["field"] for reader in readers if reader["way"] < 0)
    decision = Counter(reader["background"]["field"] for reader in readers if reader["way"] > 0)
    alone = [reader["code_name"] for reader in readers if reader["stands_alone"]]

    assert (feeling.total(), decision.total()) == (14, 16)
    assert {"care", "law", "arts", "teaching", "faith", "other"} <= feeling.keys() & decision.keys()
    assert max(feeling.values()) <= 5
    assert max(decision.values()) <= 4
    assert alone == [reader["code_name"] for reader in readers if reader["way"] == 0]
    assert len(alone) == 1


def test_the_readers_numbers_keep_their_bounds(readers):
    for reader in readers:
        assert -1 <= reader["way"] <= 1
        assert 0.4 <= reader["spread"] <= 1.0
        assert all(0 <= reader[share] <= 0.25 for share in ("range_share", "both_share", "none_share"))
        assert reader["settled"] in (1, 2, 3, 4)
        assert 0 <= reader["verbosity"] <= 1
        assert set(reader["leaning"]) == SCALED_DEFAULTS
        assert all(abs(shift) <= 1 for shift in reader["leaning"].values())
        assert list(reader["voice"]) == [voice.lower() for voice in VOICES]


def test_every_background_answer_is_shared_by_someone(readers):
    for facet in ("field", "reads_silence", "hears_hedging", "gives_advice"):
        counts = Counter(reader["background"][facet] for reader in readers)

        assert min(counts.values()) >= 2, (facet, counts)


def test_there_are_enough_reasons_and_none_is_said_twice(reasons):
    texts = [reason["text"] for reason in reasons["reason"]]

    assert len(texts) >= 150
    assert len(set(texts)) == len(texts)


def test_every_reason_speaks_of_a_voice_question_and_side_that_exist(reasons, families):
    for reason in reasons["reason"]:
        contexts = {scenario["slug"] for scenario in families[reason["family"]]["scenario"]}

        assert reason.get("scenario") is None or reason["scenario"] in contexts, reason
        assert reason["voice"].title() in VOICES, reason
        assert reason["about"] in SCALED_DEFAULTS, reason
        assert reason["side"] in ("low", "fitting", "high"), reason


def test_every_voice_in_every_family_has_reasons_from_each_side(reasons):
    counts = Counter((reason["family"], reason["voice"], reason["side"]) for reason in reasons["reason"])
    cells = product(FAMILIES, (voice.lower() for voice in VOICES), ("low", "fitting", "high"))

    assert {cell: counts[cell] for cell in cells if counts[cell] < 4} == {}


def test_every_reply_has_at_least_four_reasons_of_its_own(reasons, replies):
    counts = Counter((reason.get("scenario"), reason["voice"]) for reason in reasons["reason"])

    assert {key: counts[key] for key in replies if counts[key] < 4} == {}


def test_every_marked_passage_stands_exactly_once_in_its_reply(reasons, replies):
    passages = reasons["passage"]
    found = [replies[p["scenario"], p["voice"]]["text"].count(p["quote"]) for p in passages]

    assert len(passages) >= 60
    assert [p["quote"] for p, count in zip(passages, found, strict=True) if count != 1] == []


def test_every_marked_passage_has_a_known_tag_and_a_weight(reasons, rubric, scenarios, families):
    tags = {tag["slug"] for tag in rubric["tag"]}

    assert {passage["tag"] for passage in reasons["passage"]} == tags
    for passage in reasons["passage"]:
        assert scenarios[passage["scenario"]] in families[passage["family"]]["scenario"]
        assert passage["weight"] >= 1
        assert "memo" in passage


def test_one_sentence_of_hes_gone_is_marked_by_seventeen(reasons):
    most_marked = max(reasons["passage"], key=lambda passage: passage["weight"])

    assert (most_marked["scenario"], most_marked["voice"]) == ("gone-base", "alder")
    assert (most_marked["quote"], most_marked["weight"]) == ("Losing him must be devastating.", 17)


def test_ten_passages_both_saw_something_and_felt_wrong(reasons):
    tags = {}
    for passage in reasons["passage"]:
        tags.setdefault((passage["scenario"], passage["voice"], passage["quote"]), set()).add(passage["tag"])

    assert sum({"saw-something", "felt-wrong"} <= found for found in tags.values()) == 10


def test_torn_answers_have_two_readings(reasons, replies):
    assert len(reasons["torn"]) >= 12
    for torn in reasons["torn"]:
        assert (torn["scenario"], torn["voice"]) in replies
        assert torn["about"] in SCALED_DEFAULTS
        assert torn["low_reading"].startswith("If I look at ")
        assert torn["high_reading"].startswith("but as ")


def test_what_it_depends_on_is_named_for_every_family(reasons, scenarios):
    assert len(reasons["depends"]) >= 12
    assert {note["family"] for note in reasons["depends"]} == set(FAMILIES)
    assert {note["scenario"] for note in reasons["depends"] if "scenario" in note} <= set(scenarios)


@pytest.mark.parametrize("path", [RUBRIC, *sorted(DEMO.rglob("*.toml"))], ids=lambda path: path.stem)
def test_no_text_speaks_of_grading(path):
    found = [match.group() for text in strings(read(path)) for match in FORBIDDEN.finditer(text)]

    assert found == []
