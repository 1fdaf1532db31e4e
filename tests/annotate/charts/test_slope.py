from xml.etree import ElementTree

import pytest

from annotate.charts import Slope, draw_difference, draw_slope

PLACES = ("Too little", "Fitting", "Too much")
BESIDE = ("A range", "Does not fit")


def slope(before, after, pairs):
    return Slope("The ring", ("base", "stakes"), PLACES, BESIDE, before, after, pairs)


def test_the_same_readers_are_joined_and_everyone_is_a_mark(assert_safe):
    drawn = draw_slope(slope((2, 1, 0, 1, 0), (0, 1, 2, 0, 1), ((0, 2, 2), (1, 1, 1), (3, 4, 1))), "step")

    root = ElementTree.fromstring(drawn.svg)
    dots = [path.get("d").count("h0") for path in root.iter() if path.get("class") == "ridge-dots"]
    joined = [path for path in root.iter() if path.get("class", "").startswith("slope-line")]
    assert dots == [4, 4]
    assert len(joined) == 3
    assert drawn.finding == (
        "Four read both. One stayed, two moved towards “Too much”, one gave no point on one side or both."
    )
    assert drawn.table.rows[0] == ("Too little", "2", "0", "0", "2", "0")
    assert drawn.table.rows[4] == ("Does not fit", "0", "1", "0", "0", "1")
    assert_safe(drawn)


def test_nobody_of_both_is_said_and_rows_beside_are_drawn_only_where_somebody_is(assert_safe):
    drawn = draw_slope(slope((1, 0, 0, 0, 0), (0, 2, 0, 0, 0), ()), "step")

    assert drawn.finding == "One read the one, two the other, nobody both."
    assert "Does not fit</text>" not in drawn.svg
    assert_safe(drawn)


def test_counts_that_do_not_fit_the_rows_are_refused():
    with pytest.raises(ValueError, match="a count for each row"):
        slope((1,), (0, 0, 0, 0, 0), ())


def test_the_tiny_difference_is_decoration_and_draws_only_what_is_there():
    drawn = ElementTree.fromstring(draw_difference((0, 3, 1), (0, 0, 4)))

    paths = [path.get("d").count("M") for path in drawn.iter() if path.get("class", "").startswith("difference-")]
    assert drawn.get("aria-hidden") == "true"
    assert paths == [2, 1]
