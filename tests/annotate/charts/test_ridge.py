from xml.etree import ElementTree

import pytest

from annotate.charts import BothWays, Chosen, Line, NotThis, Placed, Ranged, Ridge, draw_ridge


def dots(row) -> int:
    paths = ElementTree.fromstring(row.svg).iter("path")
    return sum(path.get("d").count("M") for path in paths if path.get("class") == "ridge-dots")


def of_class(row, name: str) -> int:
    return sum(element.get("class") == name for element in ElementTree.fromstring(row.svg).iter())


def test_every_reader_asked_is_one_mark_in_its_form(balance):
    answers = (Placed(1), Placed(1), Placed(7), Ranged(2, 4), BothWays(1, 7), NotThis("misfit"), NotThis("left_open"))

    row = draw_ridge(Ridge("Care", balance, (("gone", answers),))).rows[0]

    assert dots(row) == 3
    assert (of_class(row, "ridge-range"), of_class(row, "ridge-arc"), of_class(row, "ridge-hollow")) == (1, 1, 2)
    assert row.gutter == (("does not fit", 1), ("left open", 1))
    assert row.finding == (
        "Two towards “Far too little”, one towards “Far too much”, none at “Fitting”. "
        "One gave a range, one went both ways, one said “not this”, one left it open."
    )


def test_rows_and_table_are_in_the_order_given_and_name_every_reason(balance):
    rows = (("first", (Placed(4), NotThis("depends"))), ("second", (NotThis("misfit"),)))

    chart = draw_ridge(Ridge("Care", balance, rows))

    assert chart.table.headers[-2:] == ("Not this: depends", "Not this: does not fit")
    assert chart.table.rows == (
        ("first", "0", "0", "0", "1", "0", "0", "0", "0", "0", "1", "0"),
        ("second", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "1"),
    )


def test_many_readers_become_fifty_marks_and_stay_counted(balance):
    chart = draw_ridge(Ridge("Care", balance, (("many", (Placed(1),) * 75 + (Placed(7),) * 25),)))

    assert dots(chart.rows[0]) == 50
    assert chart.table.rows[0][1:8] == ("75", "0", "0", "0", "0", "0", "25")


def test_on_a_set_each_label_counts_and_on_a_line_its_part(labels):
    chosen = draw_ridge(Ridge("Harm", labels, (("a", (Chosen(("h", "v")), Chosen(()))),)))
    line = draw_ridge(Ridge("Warmth", Line("cold", "hot", parts=4), (("a", (Placed(100), Placed(3.5))),)))

    assert dots(chosen.rows[0]) == 2
    assert line.table.rows[0][1:5] == ("1", "0", "0", "1")


@pytest.mark.parametrize("answers", [(), (NotThis("x<script>"),)])
def test_nobody_and_hostile_words_draw_safely(balance, answers):
    chart = draw_ridge(Ridge("Care", balance, (("<b>", answers),)))

    assert "<script" not in chart.rows[0].svg
    assert ElementTree.fromstring(chart.rows[0].svg).get("aria-hidden") == "true"
    assert ElementTree.fromstring(chart.head).get("aria-hidden") == "true"
