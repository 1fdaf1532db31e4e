"""What is planted in the demonstration: whole, about things that exist, and adding up."""

from collections import Counter

from tests.support.written import AXES, LATER, POINTS, SCALED_DEFAULTS


def test_proposals_are_five_what_ifs_and_two_questions_one_of_them_better_than_ours(
    proposals, rubric, readers, scenarios, families
):
    names = {reader["code_name"] for reader in readers}
    ours = {dimension["slug"] for dimension in rubric["dimension"]}

    assert (len(proposals["what_if"]), len(proposals["question"])) == (5, 2)
    for what_if in proposals["what_if"]:
        assert what_if["reader"] in names
        assert what_if["axis"] in AXES
        assert scenarios[what_if["scenario"]] in families[what_if["family"]]["scenario"]
    for question in proposals["question"]:
        assert question["reader"] in names
        assert question["beside"] in ours
        assert question["slug"] not in ours
        assert len(question["question"].split()) <= 20
        assert [point["value"] for point in question.get("point", [])] == list(range(1, POINTS[question["kind"]] + 1))
    assert [question["slug"] for question in proposals["question"] if question["better"]] == ["the-others"]


def every(value, name):
    """All values of a key, however deep they lie."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from every(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, name)


def test_everything_planted_names_readers_contexts_and_questions_that_exist(patterns, readers, scenarios):
    names = {reader["code_name"] for reader in readers}
    groups = [
        group
        for found in every(patterns, "readers")
        for group in (found.values() if isinstance(found, dict) else [found])
    ]

    assert set(every(patterns, "reader")) | {name for group in groups for name in group} <= names
    assert all(len(group) == len(set(group)) for group in groups)
    assert set(every(patterns, "scenario")) | {
        slug for found in every(patterns, "scenarios") for slug in found
    } <= set(scenarios)
    assert set(every(patterns, "dimension")) <= SCALED_DEFAULTS
    assert set(every(patterns, "voice")) <= {"alder", "birch", "rowan", LATER}


def test_two_camps_stand_apart_on_the_item_page(patterns, readers, reasons, replies):
    item = patterns["item_page"]
    way = {reader["code_name"]: reader["way"] for reader in readers}
    places = item["places"]
    text = replies[item["scenario"], item["voice"]]["text"]

    assert len(places) == 24
    assert all(place <= 3 if way[reader] < 0 else place >= 5 for reader, place in places.items())
    assert min(Counter(place > 4 for place in places.values()).values()) >= 24 / 4
    assert [len(mark["readers"]) for mark in item["marked"]] == [17, 11]
    for mark in item["marked"]:
        assert text.count(mark["quote"]) == 1
        assert sum(mark["tags"].values()) == len(mark["readers"])
        assert set(mark["readers"]) <= places.keys()
    for said, high in zip(item["said"], (False, True), strict=True):
        side = "high" if high else "low"
        assert (places[said["reader"]] > 4) is high
        assert {"text": said["text"], "side": side}.items() <= next(
            reason for reason in reasons["reason"] if reason["text"] == said["text"]
        ).items()


def test_a_fifth_is_torn(patterns, reasons):
    torn = patterns["torn"]
    place = (torn["scenario"], torn["voice"], torn["dimension"])
    words = [piece for piece in reasons["torn"] if (piece["scenario"], piece["voice"], piece["about"]) == place]

    assert len(torn["both"]) == 5
    assert all(answer["both_a"] < answer["both_b"] for answer in torn["both"])
    assert len(torn["both"]) + sum(torn["points"]) + len(torn["ranges"]) == torn["readers_in_all"] == 24
    assert len(words) >= 5


def test_a_third_finds_no_fit(patterns):
    misfit = patterns["misfit"]

    assert misfit["readers"].keys() == {"alder", "birch", "rowan"}
    assert all(len(group) * 3 == misfit["readers_in_all"] for group in misfit["readers"].values())


def test_a_shift_is_seen_to_hold_to_slide_and_to_split(patterns, families):
    transfer = patterns["transfer"]
    contexts = [scenario["slug"] for scenario in families[transfer["family"]]["scenario"]]

    def middle(points):
        return sum(place * count for place, count in enumerate(points, 1)) / sum(points)

    assert transfer["scenarios"] == contexts
    assert [step["word"] for step in transfer["step"]] == ["holds", "slides", "splits"]
    for step in transfer["step"]:
        assert [sum(points) for points in step["points"]] == [len(transfer["readers"])] * 4 == [24] * 4
    holds, slides, splits = transfer["step"]
    assert max(map(middle, holds["points"])) - min(map(middle, holds["points"])) < 0.25
    assert max(map(middle, slides["points"])) - min(map(middle, slides["points"])) > 1.5
    *before, last = splits["points"]
    assert (sum(last[:3]), last[3] + last[4], sum(last[5:])) == (11, 1, 12)
    assert all(points[3] >= 7 for points in before)


def test_the_anchors_move_in_one_wave_and_the_later_version_steps(patterns, replies):
    over_time = patterns["over_time"]
    moved = [wave["number"] for wave in over_time["waves"] if wave["anchors_move"]]

    def mean(voice, dimension):
        return sum(replies[slug, voice]["centre"][dimension] for slug in over_time["scenarios"]) / 8

    assert [wave["voice"] for wave in over_time["waves"]] == ["rowan", "rowan", "rowan", LATER]
    assert moved == [3]
    assert all((anchor["scenario"], anchor["voice"]) in replies for anchor in over_time["anchors"])
    assert not any(anchor["voice"].startswith("rowan") for anchor in over_time["anchors"])
    assert [scenario.split("-")[-1] for scenario in over_time["scenarios"]] == ["base"] * 8
    for dimension, step in over_time["steps"].items():
        assert abs(mean(LATER, dimension) - mean("rowan", dimension) - step) < 0.1, dimension


def test_the_landscape_holds_everyone_once(patterns, readers, replies):
    landscape = patterns["landscape"]
    feeling, decision = (set(way["readers"]) for way in landscape["ways"])

    assert feeling == {reader["code_name"] for reader in readers if reader["way"] < 0}
    assert decision == {reader["code_name"] for reader in readers if reader["way"] > 0}
    assert [landscape["alone"]] == [reader["code_name"] for reader in readers if reader["stands_alone"]]
    for found in landscape["contrasts"]:
        assert abs(replies[found["scenario"], found["voice"]]["camps"][found["dimension"]]) >= 0.8, found


def test_the_draft_holds_a_question_that_is_two_and_a_twin(patterns, rubric):
    health = patterns["rubric_health"]
    double, twin = health["double"], health["twin"]

    assert [len(question["points"]) for question in (double, twin)] == [7, 7]
    assert sum(double["spread_over"]) == 100
    assert sum(share > 0 for share in double["spread_over"]) == 4
    assert twin["of"] in {dimension["slug"] for dimension in rubric["dimension"]}
    assert all(said["reader"] in health["readers"] for question in (double, twin) for said in question["said"])


def test_in_the_round_five_move_two_widen_and_the_rest_stay(patterns, reasons):
    held = patterns["rounds"]
    readers = [answer["reader"] for part in ("moved", "widened", "stayed") for answer in held[part]]

    assert [len(held[part]) for part in ("moved", "widened", "stayed")] == [5, 2, 17]
    assert len(set(readers)) == 24
    assert all(answer["from"] != answer["to"] for answer in held["moved"])
    assert all(answer["low"] <= answer["from"] <= answer["high"] for answer in held["widened"])
    assert {answer["reader"] for answer in held["stayed_because"]} <= {answer["reader"] for answer in held["stayed"]}
    assert set(held["shown"]) <= {reason["text"] for reason in reasons["reason"]}


def test_sixty_pairs_are_read_again_and_fifteen_change(patterns, replies):
    pairs = [
        (pair["reader"], reply["scenario"], reply["voice"])
        for pair in patterns["then_now"]["pairs"]
        for reply in pair["replies"]
    ]
    changed = [(row["reader"], row["scenario"], row["voice"]) for row in patterns["then_now"]["changed"]]

    assert len(pairs) == len(set(pairs)) == 60
    assert all(place in replies for _, *names in pairs for place in [tuple(names)])
    assert len(changed) == len(set(changed)) == 15
    assert set(changed) <= set(pairs)
    assert all(row["by"] != 0 for row in patterns["then_now"]["changed"])


def test_the_atlas_has_forty_specimens_ten_of_them_contested(patterns, reasons):
    specimens = patterns["atlas"]["specimens"]
    known = {}
    for passage in reasons["passage"]:
        known.setdefault((passage["scenario"], passage["voice"], passage["quote"]), set()).add(passage["tag"])
    contested = [{"saw-something", "felt-wrong"} <= specimen["tags"].keys() for specimen in specimens]

    assert len(specimens) == 40
    assert contested == [True] * 10 + [False] * 30
    for specimen in specimens:
        assert specimen["tags"].keys() <= known[specimen["scenario"], specimen["voice"], specimen["quote"]]
        assert 3 <= sum(specimen["tags"].values()) <= 24
    for specimen in specimens:
        place = (specimen["scenario"], specimen["voice"], specimen["quote"])
        memos = [
            passage["memo"]
            for passage in reasons["passage"]
            if (passage["scenario"], passage["voice"], passage["quote"]) == place and "memo" in passage
        ]
        assert memos, specimen


def test_the_proposals_are_counted(patterns, proposals):
    planted = patterns["proposals"]

    assert (planted["what_ifs"], planted["questions"]) == (len(proposals["what_if"]), len(proposals["question"]))
    assert planted["better"] in {question["slug"] for question in proposals["question"]}
