from math import nan
from xml.etree import ElementTree

import pytest

from annotate.charts import Estimate, Intervals, draw_intervals

EVERYONE = Estimate("Everyone", 0.426, 0.391, 0.468, 123, 350, 43050)


def circles(chart):
    return [float(e.get("cx")) for e in ElementTree.fromstring(chart.svg).iter() if e.get("cx")]


def test_one_estimate_travels_with_its_interval(assert_safe):
    chart = draw_intervals(Intervals("Alike?", (EVERYONE,), "alpha (nominal)"), "alpha")

    assert chart.finding == "Everyone: alpha (nominal) is 0.43, 95% interval from 0.39 to 0.47."
    assert chart.table.headers == ("Group", "alpha (nominal)", "95% from", "95% to", "Readers", "Items", "Ratings")
    assert chart.table.rows == (("Everyone", "0.43", "0.39", "0.47", "123", "350", "43,050"),)
    assert "0.39 to 0.47</text>" in chart.svg
    assert_safe(chart)


def test_what_is_not_defined_is_said_in_words_and_not_drawn(assert_safe):
    lone = Estimate("Gen X", nan, nan, nan, 1, 350, 350, "one reader only")

    chart = draw_intervals(Intervals("Alike?", (lone,)), "alpha")

    assert chart.finding == "Gen X: alpha is not defined: one reader only."
    assert chart.table.rows == (("Gen X", "not defined: one reader only", "–", "–", "1", "350", "350"),)
    assert "not defined: one reader only</text>" in chart.svg
    assert circles(chart) == []
    assert "nan" not in chart.svg
    assert_safe(chart)


def test_an_estimate_without_an_interval_says_so(assert_safe):
    chart = draw_intervals(Intervals("Alike?", (Estimate("Two", 0.2, nan, nan),)), "alpha")

    assert chart.finding == "Two: alpha is 0.20, without an interval."
    assert chart.table.rows == (("Two", "0.20", "–", "–", "–", "–", "–"),)
    assert "no interval</text>" in chart.svg
    assert chart.svg.count("chart-whisker") == 0
    assert_safe(chart)


def test_cohorts_share_one_scale_and_keep_their_order(assert_safe):
    women = Estimate("Women", 0.31, 0.25, 0.37, 62)
    men = Estimate("Men", 0.52, 0.44, 0.60, 61)
    few = Estimate("Others", nan, nan, nan, 1)

    chart = draw_intervals(Intervals("Alike?", (EVERYONE, women, men, few)), "alpha")

    assert [row[0] for row in chart.table.rows] == ["Everyone", "Women", "Men", "Others"]
    assert chart.finding == (
        "Everyone: alpha is 0.43, 95% interval from 0.39 to 0.47. "
        "The rows run from 0.31 (Women) to 0.52 (Men), some of their intervals do not meet, one not defined."
    )
    everyone, of_women, of_men = circles(chart)
    assert of_women < everyone < of_men
    assert (of_men - of_women) / (everyone - of_women) == pytest.approx(0.21 / 0.116, abs=0.02)
    assert_safe(chart)


def test_intervals_with_a_common_part_are_said_to_overlap():
    rows = (Estimate("A", 0.3, 0.1, 0.5), Estimate("B", 0.4, 0.2, 0.6))

    assert draw_intervals(Intervals("Alike?", rows), "alpha").finding.endswith("all of their intervals overlap.")


@pytest.mark.parametrize(("low", "ticks"), [(0.2, 6), (-0.25, 6), (-0.31, 7), (-1.2, 10)])
def test_the_scale_reaches_down_to_the_lowest_interval(low, ticks):
    chart = draw_intervals(Intervals("Alike?", (Estimate("A", 0.3, low, 0.5),)), "alpha")

    root = ElementTree.fromstring(chart.svg)
    axis = [e for e in root.iter() if e.get("class") in ("chart-axis", "chart-zero")]
    xs = [
        float(number.split()[0])
        for e in root.iter("{http://www.w3.org/2000/svg}path")
        for number in e.get("d")[1:].split("L")
    ]
    assert len(axis) == ticks + 1
    assert min(xs) >= 150


def test_all_estimates_look_alike():
    chart = draw_intervals(Intervals("Alike?", tuple(Estimate(str(v), v, v, v) for v in (-0.2, 0.1, 0.9))), "alpha")

    classes = [e.get("class") for e in ElementTree.fromstring(chart.svg).iter() if e.get("cx")]
    assert classes == ["chart-estimate"] * 3


def test_hostile_names_stay_words(assert_safe):
    chart = draw_intervals(
        Intervals("<b>", (Estimate("<script>\x00" * 40, nan, nan, nan, why="</text><x/>" * 30),), "<i>"), "alpha"
    )

    assert_safe(chart)
    assert "<script" not in chart.svg
