"""The demonstration's situations and replies, and the rubric they are read with."""

import re
from collections import Counter

import pytest

from annotate.demo import content
from tests.support.written import (
    AXES,
    DEFAULTS,
    DEMO,
    LATER,
    POINTS,
    RUBRIC,
    SCALED_DEFAULTS,
    VOICES,
    answers,
    read,
    sentences,
)

DESCRIBED = {"balance": [1, 4, 7], "degree": [1, 3, 5], "two_goods": [1, 6, 7, 8], "open": []}
FORBIDDEN = re.compile(
    r"\b(label\w*|annotation\w*|ground truth|gold|correct\w*|error rate|"
    r"accura(?:cy|te)|quality score|outliers?|noisy|submi(?:t|ts|tted|ssion))\b",
    re.IGNORECASE,
)


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


def test_every_file_says_it_is_in_the_public_domain(rubric):
    files = [read(path) for path in sorted(DEMO.rglob("*.toml"))]

    assert rubric["licence"] == "CC0-1.0"
    assert len(files) == 2 * 24 + 4
    assert all(file["licence"] == "CC0-1.0" and file["invented"] is True for file in files)


def test_every_file_of_the_demonstration_is_read():
    for folder in ("families", "reasons"):
        assert {path.stem for path in (DEMO / folder).glob("*.toml")} == set(content.FAMILIES)


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


def test_every_family_has_a_base_and_its_shifts(families):
    for slug, family in families.items():
        base, *shifts = family["scenario"]
        count = 2 if slug in ("the-borrowed-voice", "the-photograph") else 3

        assert family["slug"] == slug
        assert family["title"]
        assert family["opens"].endswith(".")
        assert (base["axis"], base["distance"], base["shift_of"]) == ("", 0, "")
        assert base["title"] == family["title"]
        assert [shift["shift_of"] for shift in shifts] == [base["slug"]] * count
        assert all(shift["axis"] in AXES and shift["distance"] in (1, 2, 3) for shift in shifts)
        assert all(shift["title"].startswith(f"{base['title']}: ") for shift in shifts)


def test_twenty_four_families_have_ninety_four_contexts(families, scenarios):
    contexts = [scenario for family in families.values() for scenario in family["scenario"]]

    assert len(families) == 24
    assert len(contexts) == len(scenarios) == len({scenario["title"] for scenario in contexts}) == 94
    assert {scenario["axis"] for scenario in contexts} == AXES | {""}


def test_there_are_one_hundred_and_twenty_replies(replies):
    voices = Counter(voice for _, voice in replies)

    assert voices == {"alder": 32 + 5, "birch": 32 + 6, "rowan": 32 + 5, LATER: 8}
    assert sum(voices.values()) == 120


def test_showcase_families_are_answered_in_every_context_by_every_voice(families):
    for slug in content.SHOWCASE:
        base, *shifts = families[slug]["scenario"]

        assert [content.voice(reply) for reply in answers(base)] == ["alder", "birch", "rowan", LATER]
        assert all([reply["model"] for reply in answers(shift)] == list(VOICES) for shift in shifts)


def test_the_other_families_are_answered_once_in_their_base(families):
    for slug in content.SINGLE:
        base, *shifts = families[slug]["scenario"]

        assert [reply["model"] in VOICES for reply in answers(base)] == [True], slug
        assert not any(answers(shift) for shift in shifts), slug


def test_every_reply_is_its_own_text_of_60_to_250_words(replies):
    lengths = {key: len(reply["text"].split()) for key, reply in replies.items()}

    assert {key: n for key, n in lengths.items() if not 60 <= n <= 250} == {}


def test_no_sentence_is_said_in_two_replies(replies, scenarios):
    said = {}
    for (slug, voice), reply in replies.items():
        asked = " ".join(message["content"] for message in scenarios[slug]["message"]).lower()
        for sentence in sentences(reply["text"]):
            # A reply may take up the person's own words.
            if sentence.rstrip(".!?") not in asked:
                said.setdefault(sentence, set()).add((slug, voice))

    assert {sentence: places for sentence, places in said.items() if len(places) > 1} == {}


def test_voices_differ_in_length_and_in_how_much_they_hedge(replies):
    hedges = re.compile(r"\b(may|might|could|perhaps|seems?|possible|possibly)\b", re.IGNORECASE)
    words, hedged = Counter(), Counter()
    for (_, voice), reply in replies.items():
        words[voice] += len(reply["text"].split())
        hedged[voice] += len(hedges.findall(reply["text"]))
    count = Counter(voice for _, voice in replies)
    length = {voice: words[voice] / count[voice] for voice in count}
    share = {voice: hedged[voice] / words[voice] for voice in count}

    assert length["birch"] > length["alder"] > length["rowan"] > 60
    assert share["birch"] > 3 * max(share["alder"], share["rowan"])


def test_the_later_rowan_is_warmer_and_less_candid(replies):
    now = [replies[key]["centre"] for key in replies if key[1] == LATER]
    then = [replies[slug, "rowan"]["centre"] for slug, voice in replies if voice == LATER]

    for was, is_now in zip(then, now, strict=True):
        assert is_now["attunement"] - was["attunement"] >= 1
        assert is_now["wisdom"] < was["wisdom"]
    assert sum(abs(is_now["candour"] - 4) for is_now in now) > 1.5 * sum(abs(was["candour"] - 4) for was in then)


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

    assert turns == {
        "ring-the-voicemail": 4,
        "gone-finally": 2,
        "prayer-do-it-anyway": 3,
        "rules-turned": 5,
        "favour-the-letter": 3,
        "diagnosis-asked-twice": 3,
        "wake-the-page": 3,
        "window-their-hour": 3,
        "argument-her-message": 2,
        "thesis-the-year": 3,
        "well-the-drought": 3,
    }


def test_what_comes_for_the_fifth_time_comes_in_the_fifth_turn(scenarios):
    asked = [message for message in scenarios["yoghurt-the-fifth"]["message"] if message["role"] == "person"]

    assert len(asked) == 5


def test_content_notes_are_what_one_would_warn_a_friend_of(scenarios):
    assert scenarios["wake-his-own-hand"]["content_notes"] == ["suicide", "death and grief"]
    for slug, scenario in scenarios.items():
        notes = scenario["content_notes"]

        assert len(notes) == len(set(notes)), slug
        assert all(note == note.strip() and note[0].islower() for note in notes), slug


def test_places_for_invented_answers_lie_on_their_scales(replies):
    for key, reply in replies.items():
        centre = reply["centre"]

        assert set(centre) == SCALED_DEFAULTS, key
        assert all(1 <= place <= (5 if slug == "wisdom" else 7) for slug, place in centre.items()), key
        assert set(reply.get("camps", {})) <= SCALED_DEFAULTS, key
        assert all(0 < share <= 0.5 for share in reply.get("misfit", {}).values()), key


@pytest.mark.parametrize("path", [RUBRIC, *sorted(DEMO.rglob("*.toml"))], ids=lambda path: path.stem)
def test_no_text_speaks_of_grading(path):
    found = [match.group() for text in strings(read(path)) for match in FORBIDDEN.finditer(text)]

    assert found == []
