from xml.etree import ElementTree

import pytest

from annotate.charts import svg


def test_children_and_attributes_are_escaped():
    drawn = svg.element("text", '<script>"&', class_='a"><b')

    assert drawn == '<text class="a&quot;&gt;&lt;b">&lt;script&gt;&quot;&amp;</text>'


def test_markup_is_written_as_it_is():
    assert svg.element("g", svg.Markup("<b/>")) == "<g><b/></g>"
    assert svg.Markup("<b/>").__html__() == "<b/>"


def test_control_characters_and_direction_overrides_are_replaced():
    assert svg.clean("a\x00b\x1b[\u202ec\ud800d\ufffe") == "a\ufffdb\ufffd[\ufffdc\ufffdd\ufffd"


def test_white_space_becomes_one_space():
    assert svg.clean("  two\n\t words ") == "two words"


def test_any_character_gives_well_formed_xml():
    for code in [*range(0x500), 0x2028, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x10FFFF]:
        drawn = svg.element("text", chr(code), class_=chr(code))
        ElementTree.fromstring(drawn.encode())


def test_attributes_that_are_none_are_left_out():
    assert svg.element("g", class_=None, x=1.50, aria_label="z") == '<g x="1.5" aria-label="z"/>'


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "–"), (0, 7, "0%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (7, 7, "100%"), (1, 3, "33%"), (2, 3, "67%")],
)
def test_nobody_and_everybody_are_said_only_when_meant(part, whole, said):
    assert svg.percent(part, whole) == said


@pytest.mark.parametrize(("number", "said"), [(0.426, "0.43"), (-0.031, "−0.03"), (-0.001, "0.00"), (1, "1.00")])
def test_decimals_have_a_true_minus_and_no_negative_zero(number, said):
    assert svg.decimal(number) == said


def test_long_labels_are_wrapped_at_words():
    assert svg.wrap("Took over a good deal", 80) == ["Took over a", "good deal"]


def test_a_word_that_is_too_wide_is_cut_without_losing_a_letter():
    word = "Rindfleischetikettierungsueberwachung"

    wrapped = svg.wrap(word, 80, most=9)

    assert "".join(wrapped) == word
    assert all(svg.text_width(line) <= 80 for line in wrapped)


def test_more_lines_than_allowed_end_in_an_ellipsis():
    wrapped = svg.wrap("word " * 50, 80, most=3)

    assert len(wrapped) == 3
    assert wrapped[-1].endswith("…")
    assert all(svg.text_width(line) <= 80 for line in wrapped)


def test_wide_letters_take_more_room():
    assert svg.text_width("判断", 10) == 20
    assert svg.text_width("ab", 10) == 12
    assert svg.text_width("e\u0301", 10) == svg.text_width("e", 10)


@pytest.mark.parametrize("chart_id", ["", "1st", "a b", 'a"', "a\n", "é"])
def test_an_id_unfit_for_a_page_is_refused(chart_id):
    with pytest.raises(ValueError, match="a chart's id"):
        svg.checked_id(chart_id)
