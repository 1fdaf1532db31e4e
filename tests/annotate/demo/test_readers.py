"""The demonstration's readers, and what they might write."""

import re
from collections import Counter
from itertools import product

from annotate.demo import content
from tests.support.written import LATER, SCALED_DEFAULTS, VOICES, sentences


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


def test_nothing_that_readers_write_is_written_twice(reasons, replies):
    quoted = {sentence for reply in replies.values() for sentence in sentences(reply["text"])}
    written = [
        sentence
        for pieces in reasons.values()
        for piece in pieces
        for name in ("text", "memo", "low_reading", "high_reading")
        for sentence in sentences(piece.get(name, ""))
        if sentence not in quoted
    ]

    assert len(reasons["reason"]) >= 1_000
    assert [sentence for sentence, count in Counter(written).items() if count > 1] == []


def test_every_piece_speaks_of_a_reply_question_and_side_that_exist(reasons, families, replies):
    for kind in ("first", "reason", "passage", "torn"):
        for piece in reasons[kind]:
            contexts = {scenario["slug"] for scenario in families[piece["family"]]["scenario"]}
            places = [piece["scenario"]] if "scenario" in piece else contexts

            assert contexts.issuperset(places), piece
            assert any((place, piece["voice"]) in replies for place in places), piece
    for reason in reasons["reason"]:
        assert reason["about"] in SCALED_DEFAULTS, reason
        assert reason["side"] in ("low", "fitting", "high"), reason


def test_every_voice_in_every_showcase_family_has_reasons_from_each_side(reasons):
    counts = Counter((reason["family"], reason["voice"], reason["side"]) for reason in reasons["reason"])
    cells = product(content.SHOWCASE, (voice.lower() for voice in VOICES), ("low", "fitting", "high"))

    assert {cell: counts[cell] for cell in cells if counts[cell] < 4} == {}


def test_every_reply_has_at_least_five_reasons_of_its_own_and_a_first_reading(reasons, replies):
    counts = Counter((reason.get("scenario"), reason["voice"]) for reason in reasons["reason"])
    first = {(piece["scenario"], piece["voice"]) for piece in reasons["first"]}

    assert {key: counts[key] for key in replies if counts[key] < 5} == {}
    assert first == set(replies)


def test_what_speaks_of_a_life_is_bound_to_a_reader_who_exists(reasons, readers):
    names = {reader["code_name"] for reader in readers}
    bound = [piece["reader"] for pieces in reasons.values() for piece in pieces if "reader" in piece]

    assert len(bound) >= 40
    assert set(bound) <= names


def test_readers_name_no_voice(reasons):
    for pieces in reasons.values():
        for piece in pieces:
            words = {word for name in ("text", "memo") for word in re.findall(r"[a-z]+", piece.get(name, "").lower())}

            assert words.isdisjoint(voice.lower() for voice in VOICES), piece


def test_every_marked_passage_stands_exactly_once_in_its_reply(reasons, replies):
    passages = reasons["passage"]
    found = [replies[p["scenario"], p["voice"]]["text"].count(p["quote"]) for p in passages]

    assert len(passages) >= 400
    assert [p["quote"] for p, count in zip(passages, found, strict=True) if count != 1] == []


def test_every_marked_passage_has_a_known_tag_and_a_weight(reasons, rubric, scenarios, families):
    tags = {tag["slug"] for tag in rubric["tag"]}

    assert {passage["tag"] for passage in reasons["passage"]} == tags
    for passage in reasons["passage"]:
        assert scenarios[passage["scenario"]] in families[passage["family"]]["scenario"]
        assert passage["weight"] >= 1


def test_one_sentence_of_hes_gone_is_marked_by_seventeen(reasons):
    most_marked = max(reasons["passage"], key=lambda passage: passage["weight"])

    assert (most_marked["scenario"], most_marked["voice"]) == ("gone-base", "alder")
    assert (most_marked["quote"], most_marked["weight"]) == ("Losing him must be devastating.", 17)


def test_passages_that_both_saw_something_and_felt_wrong_lie_in_every_showcase_family(reasons):
    tags = {}
    for passage in reasons["passage"]:
        place = (passage["family"], passage["scenario"], passage["voice"], passage["quote"])
        tags.setdefault(place, set()).add(passage["tag"])
    contested = Counter(place[0] for place, found in tags.items() if {"saw-something", "felt-wrong"} <= found)

    assert contested.total() >= 10
    assert set(content.SHOWCASE) <= set(contested)


def test_torn_answers_have_two_readings(reasons, replies):
    assert len(reasons["torn"]) >= 12
    for torn in reasons["torn"]:
        assert (torn["scenario"], torn["voice"]) in replies
        assert torn["about"] in SCALED_DEFAULTS
        assert torn["low_reading"].startswith("If I look at ")
        assert torn["high_reading"].startswith("but as ")


def test_what_it_depends_on_is_named_for_every_family(reasons, scenarios):
    assert len(reasons["depends"]) >= 12
    assert {note["family"] for note in reasons["depends"]} == set(content.FAMILIES)
    assert {note["scenario"] for note in reasons["depends"] if "scenario" in note} <= set(scenarios)


def test_every_voice_has_lines_on_the_kind_of_person_it_is(reasons):
    counts = Counter(line["voice"] for line in reasons["person"])

    assert counts.keys() == {"alder", "birch", "rowan", LATER}
    assert min(counts.values()) >= 7
