import random
import time
from xml.etree import ElementTree

import pytest

from annotate.charts import (
    BothWays,
    Chosen,
    Line,
    NotThis,
    Placed,
    Point,
    Ranged,
    Scale,
    Strip,
    draw_strip,
)

HOSTILE = "</title><script>alert(1)</script>\"'&\x00\x1b\u202e" + "w" * 300


def placed(counts, cohort=""):
    return tuple(Placed(value, cohort) for value, n in counts.items() for _ in range(n))


EVERY_FORM = (
    *placed({1: 4, 2: 6, 3: 1, 4: 2, 5: 3, 6: 7}),
    Ranged(2, 4),
    Ranged(5, 3, at=4),
    BothWays(6, 2),
    NotThis("depends"),
    NotThis("depends"),
    NotThis("misfit"),
    NotThis("left_open"),
)


def test_the_table_holds_exactly_the_answers_given(balance, assert_safe):
    chart = draw_strip(Strip("Care", balance, EVERY_FORM), "care")

    assert chart.table.headers == ("Answer", "Readers")
    assert chart.table.rows == (
        ("Far too little", "4"),
        ("Too little", "6"),
        ("A little too little", "1"),
        ("Fitting", "2"),
        ("A little too much", "3"),
        ("Too much", "7"),
        ("Far too much", "0"),
        ("A range from “Too little” to “Fitting”", "1"),
        ("A range from “A little too little” to “A little too much”, placed at “Fitting”", "1"),
        ("Both “Too little” and “Too much”", "1"),
        ("Not this: does not fit", "1"),
        ("Not this: depends", "2"),
        ("Not this: left open", "1"),
        ("Asked", "30"),
    )
    assert_safe(chart)


def test_everyone_asked_is_drawn_once_whatever_they_answered(balance, marks):
    chart = draw_strip(Strip("Care", balance, EVERY_FORM), "care")

    assert marks(chart) == 30
    assert marks(chart, "chart-hollow") == 4


@pytest.mark.parametrize("asked", [0, 1, 4, 5, 23, 59, 60])
def test_marks_and_gutter_add_up_to_the_readers_asked(balance, marks, assert_safe, asked):
    rng = random.Random(asked)
    answers = tuple(some_answer(rng, "") for _ in range(asked))

    chart = draw_strip(Strip("Care", balance, answers), "care")

    assert marks(chart) == asked
    assert chart.table.rows[-1] == ("Asked", str(asked))
    assert_safe(chart)


@pytest.mark.parametrize("asked", [61, 123, 1403])
def test_more_than_sixty_readers_become_fifty_dots_and_the_chart_says_so(balance, marks, assert_safe, asked):
    rng = random.Random(asked)
    answers = tuple(some_answer(rng, "") for _ in range(asked))

    chart = draw_strip(Strip("Care", balance, answers), "care")

    assert marks(chart) == 50
    assert sum(int(row[1].replace(",", "")) for row in chart.table.rows[:-1]) == asked
    assert f"Drawn as 50 marks for {asked:,} readers, about {asked / 50:.1f} readers a mark" in chart.finding
    assert f"about {asked / 50:.1f} readers</text>" in chart.svg
    assert_safe(chart)


def test_fifty_dots_are_the_quantiles_of_the_answers(nominal, marks):
    chart = draw_strip(Strip("Safe?", nominal, placed({"Y": 50, "N": 30}) + (NotThis("misfit"),) * 20), "safe")

    assert marks(chart) == 50
    assert marks(chart, "chart-hollow") == 10
    assert chart.finding.startswith("50 placed it at “Yes”, 30 at “No”. Twenty said “not this”.")


def test_the_finding_tells_the_two_sides_and_the_middle(balance):
    chart = draw_strip(Strip("Care", balance, EVERY_FORM), "care")

    assert chart.finding == (
        "Eleven placed it towards “Far too little”, ten towards “Far too much”, two at “Fitting”. "
        "Two gave a range, one went both ways, three said “not this”, one left it open."
    )


def test_a_scale_without_a_middle_names_the_points_most_chosen():
    scale = Scale(tuple(Point(i, word) for i, word in enumerate(["Not at all", "Slightly", "Some", "Deeply"])))

    chart = draw_strip(Strip("Values", scale, placed({0: 1, 1: 2, 2: 22, 3: 4})), "values")

    assert chart.finding == "22 placed it at “Some”, 4 at “Deeply”, 2 at “Slightly”, 1 elsewhere."


def test_points_without_an_order_are_said_to_have_none(nominal, assert_safe):
    chart = draw_strip(Strip("Safe?", nominal, placed({"N": 3, "Y": 2})), "safe")

    assert chart.finding == "Three placed it at “No”, two at “Yes”. The points have no order."
    assert_safe(chart)


def test_points_apart_stand_after_a_gap():
    scale = Scale((Point(1, "Honesty"), Point(2, "Kindness"), Point("held", "Held both", apart=True)))

    chart = draw_strip(Strip("Honest or kind", scale, placed({1: 1, 2: 1, "held": 1})), "kind")

    xs = [float(element.get("cx")) for element in in_class(chart, "chart-mark")]
    assert xs[2] - xs[1] == pytest.approx(xs[1] - xs[0] + 22, abs=0.11)


def test_fewer_than_five_readers_show_no_shape(balance):
    chart = draw_strip(Strip("Care", balance, placed({2: 4})), "care")

    assert chart.finding.endswith("Too few readers to see a shape yet.")


def test_nobody_asked_is_said_in_words(balance):
    assert draw_strip(Strip("Care", balance, ()), "care").finding == "Nobody has been asked this yet."


def test_cohorts_differ_by_shape_and_carry_their_numbers(balance, marks, assert_safe):
    answers = (
        *placed({1: 2, 2: 3}, "nurses"),
        *placed({6: 2}, "others"),
        NotThis("depends", "others"),
        BothWays(1, 6, "nurses"),
        Ranged(3, 4, cohort="others"),
    )

    chart = draw_strip(Strip("Care", balance, answers, ("nurses", "others")), "care")

    assert chart.table.headers == ("Answer", "nurses", "others", "Readers")
    assert chart.table.rows[0] == ("Far too little", "2", "0", "2")
    assert chart.table.rows[-2] == ("Not this: depends", "0", "1", "1")
    assert chart.table.rows[-1] == ("Asked", "6", "4", "10")
    assert "nurses (6)</text>" in chart.svg
    assert "others (4)</text>" in chart.svg
    assert chart.finding.endswith(
        "Nurses: most often towards “Far too little” (5 of 6); others: most often towards “Far too much” (2 of 4)."
    )
    assert marks(chart) == 10
    assert_safe(chart)


def test_five_cohorts_have_five_shapes(nominal):
    names = ("a", "b", "c", "d", "e")
    chart = draw_strip(Strip("Safe?", nominal, tuple(Placed("Y", name) for name in names), names), "safe")

    drawings = [ElementTree.tostring(element) for element in in_class(chart, "chart-mark")]
    shapes = {(mark.count(b"L"), mark.startswith(b"<ns0:circle")) for mark in drawings}
    outlines = {outline(element) for element in in_class(chart, "chart-mark")}

    assert len(drawings) == len(outlines) == 5
    assert (0, True) in shapes


def test_cohorts_stand_side_by_side_without_touching(nominal):
    answers = placed({"Y": 12}, "a") + placed({"Y": 14}, "b") + placed({"N": 20}, "a")
    chart = draw_strip(Strip("Safe?", nominal, answers, ("a", "b")), "safe")

    spots = [centre(element) for element in in_class(chart, "chart-mark")]

    assert len(spots) == 46
    assert min(distance(a, b) for i, a in enumerate(spots) for b in spots[:i]) >= 11.5


@pytest.mark.parametrize("cohorts", [("a", "b", "c", "d", "e", "f"), ("a", "a")])
def test_six_or_repeated_cohorts_are_refused(balance, cohorts):
    with pytest.raises(ValueError, match="up to 5 cohorts"):
        draw_strip(Strip("Care", balance, (), cohorts), "care")


def test_an_answer_of_no_listed_cohort_is_refused(balance):
    with pytest.raises(ValueError, match="not a cohort of this chart: 'x'"):
        draw_strip(Strip("Care", balance, (Placed(1, "x"),), ("a", "b")), "care")


@pytest.mark.parametrize("answer", [Placed(8), Ranged(0, 3), BothWays(1, "x"), Ranged(1, 3, at=9)])
def test_a_value_off_the_scale_is_refused(balance, answer):
    with pytest.raises(ValueError, match="not a point of the scale"):
        draw_strip(Strip("Care", balance, (answer,)), "care")


@pytest.mark.parametrize("answer", [Ranged("Y", "N"), BothWays("Y", "N"), Chosen(("Y",))])
def test_forms_that_need_an_order_are_refused_without_one(nominal, answer):
    with pytest.raises(ValueError, match="no answers of this form"):
        draw_strip(Strip("Safe?", nominal, (answer,)), "safe")


def test_marks_on_a_line_are_gathered_in_parts_and_ranges_keep_their_ends(marks, assert_safe):
    line = Line("Not at all", "Entirely", low=0, high=10, parts=4)
    answers = (
        *placed({0: 1, 2.5: 2, 9.9: 1, 10: 1}),
        Ranged(1.25, 7),
        BothWays(0, 10),
        NotThis("rather_not"),
    )

    chart = draw_strip(Strip("Like a person", line, answers), "line")

    assert chart.table.rows == (
        ("0 to 2.5", "1"),
        ("2.5 to 5", "2"),
        ("5 to 7.5", "0"),
        ("7.5 to 10", "2"),
        ("A range from 1.25 to 7", "1"),
        ("Both 0 and 10", "1"),
        ("Not this: would rather not", "1"),
        ("Asked", "8"),
    )
    assert chart.finding.startswith(
        "One placed it in the third nearest “Not at all”, two in the middle third, "
        "two in the third nearest “Entirely”."
    )
    assert marks(chart) == 8
    assert_safe(chart)


def test_a_number_off_the_line_is_refused():
    with pytest.raises(ValueError, match="not on the line"):
        draw_strip(Strip("Line", Line("a", "b"), (Placed(100.5),)), "line")


def test_several_labels_become_one_bar_a_label(labels, assert_safe):
    answers = (
        Chosen(("h", "b"), "raters"),
        Chosen(("h", "h"), "public"),
        Chosen((), "raters"),
        NotThis("cannot_tell", "public"),
    )

    chart = draw_strip(Strip("What harm?", labels, answers, ("raters", "public")), "harm")

    assert chart.table.headers == ("Label", "raters", "public", "Readers", "Share of those asked")
    assert chart.table.rows == (
        ("Hate", "1", "1", "2", "50%"),
        ("Bias", "1", "0", "1", "25%"),
        ("Violence", "0", "0", "0", "0%"),
        ("None of these", "1", "0", "1", "25%"),
        ("Not this: cannot tell", "0", "1", "1", "25%"),
        ("Asked", "2", "2", "4", "100%"),
    )
    assert chart.finding == (
        "Of four readers, two chose “Hate”, one “Bias”. One chose none of these, one said “not this” or left it open."
    )
    assert_safe(chart)


def test_a_place_among_several_labels_is_refused(labels):
    with pytest.raises(ValueError, match="a reader chooses labels"):
        draw_strip(Strip("What harm?", labels, (Placed("h"),)), "harm")


@pytest.mark.parametrize("level", ["ordinal", "nominal", "set"])
def test_hostile_words_stay_words(level, assert_safe):
    scale = Scale((Point(1, HOSTILE), Point(2, HOSTILE + "2")), level=level)
    one = Chosen((1,), HOSTILE) if level == "set" else Placed(1, HOSTILE)
    answers = (one, NotThis(HOSTILE, "b"))

    chart = draw_strip(Strip(HOSTILE, scale, answers, (HOSTILE, "b")), "hostile")

    assert_safe(chart)
    assert "<script" not in chart.svg
    assert not set("\x00\x1b\u202e") & set(f"{chart.svg}{chart.title}{chart.finding}{chart.table.rows}")


@pytest.mark.parametrize(
    ("points", "level", "middle", "said"),
    [
        ((), "ordinal", None, "a value of its own"),
        ((Point(1, "a"), Point(1, "b")), "ordinal", None, "a value of its own"),
        ((Point(1, "a"),), "ratio", None, "level is one of"),
        ((Point(1, "a"),), "ordinal", 2, "not a point"),
        ((Point(1, "a", apart=True), Point(2, "b")), "ordinal", None, "come after"),
    ],
)
def test_a_scale_that_cannot_be_drawn_is_refused(points, level, middle, said):
    with pytest.raises(ValueError, match=said):
        Scale(points, level, middle)


def test_the_same_strip_is_drawn_the_same(balance):
    assert draw_strip(Strip("Care", balance, EVERY_FORM), "a") == draw_strip(Strip("Care", balance, EVERY_FORM), "a")


def test_two_charts_share_no_id(balance):
    first, second = (draw_strip(Strip("Care", balance, EVERY_FORM), name) for name in ("first", "second"))

    def ids(chart):
        return {element.get("id") for element in ElementTree.fromstring(chart.svg).iter()} - {None}

    assert not ids(first) & ids(second)


def test_a_strip_of_twenty_five_readers_is_light(balance):
    strip = Strip("Care", balance, EVERY_FORM[:25])

    started = time.perf_counter()
    for _ in range(200):
        chart = draw_strip(strip, "care")
    milliseconds = (time.perf_counter() - started) / 200 * 1000

    print(f"\na strip of 25 readers: {milliseconds:.2f} ms, {len(chart.svg) / 1024:.1f} KiB")
    assert len(chart.svg) < 8 * 1024


def some_answer(rng, cohort):
    low, high = sorted(rng.sample(range(1, 8), 2))
    return rng.choice(
        [
            Placed(low, cohort),
            Placed(high, cohort),
            Ranged(low, high, cohort=cohort),
            BothWays(high, low, cohort),
            NotThis(rng.choice(["misfit", "cannot_tell", "rather_not", "depends", "left_open", ""]), cohort),
        ]
    )


def in_class(chart, name):
    return [
        element for element in ElementTree.fromstring(chart.svg).iter() if name in element.get("class", "").split()
    ]


def corners(element):
    pairs = element.get("d")[1:-1].split("L")
    return [tuple(float(number) for number in pair.split()) for pair in pairs]


def centre(element):
    """Middle of a mark's box."""
    if element.get("cx"):
        return float(element.get("cx")), float(element.get("cy"))
    xs, ys = zip(*corners(element), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def outline(element):
    """The form of a mark wherever it stands."""
    if element.get("cx"):
        return "circle"
    (x, y), spots = centre(element), corners(element)
    return tuple((round(a - x), round(b - y)) for a, b in spots)


def distance(a, b):
    return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
