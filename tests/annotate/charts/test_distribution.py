import pytest

from annotate.charts import Distribution, Line, draw_distribution


def test_bars_and_table_hold_the_same_counts(balance, assert_safe):
    counted = Distribution(
        "Care", balance, (258, 22, 223, 19, 41, 191, 80), 130, 40, (("cannot_tell", 12), ("misfit", 3))
    )

    chart = draw_distribution(counted, "care")

    assert chart.table.headers == ("Answer", "Answers", "Share")
    assert chart.table.rows == (
        ("Far too little", "258", "25%"),
        ("Too little", "22", "2%"),
        ("A little too little", "223", "22%"),
        ("Fitting", "19", "2%"),
        ("A little too much", "41", "4%"),
        ("Too much", "191", "19%"),
        ("Far too much", "80", "8%"),
        ("A range", "130", "13%"),
        ("Both ways", "40", "4%"),
        ("Not this: does not fit", "3", "<1%"),
        ("Not this: cannot tell", "12", "1%"),
        ("Asked", "1,019", "100%"),
    )
    for _, number, share in chart.table.rows[:-1]:
        assert f">{number}</text>" in chart.svg
        assert f">{share.replace('<', '&lt;')}</text>" in chart.svg
    assert chart.svg.count("chart-bar") == 11 + 4
    assert_safe(chart)


def test_the_finding_gives_shares_of_everyone_asked(balance):
    chart = draw_distribution(Distribution("Care", balance, (1, 2, 3, 4, 0, 0, 0), 5, 4, (("depends", 1),)), "care")

    assert chart.finding == (
        "30% towards “Far too little”, 0% towards “Far too much”, 20% at “Fitting”. "
        "25% gave a range, 20% went both ways, 5% said “not this”."
    )


def test_bars_are_as_long_as_their_share(nominal):
    chart = draw_distribution(Distribution("Safe?", nominal, (3, 1, 0)), "safe")

    assert chart.svg.count('width="148" height="11" rx="1.5" class="chart-track"') == 4
    assert 'width="111" height="11" rx="1.5" class="chart-bar"' in chart.svg
    assert 'width="37" height="11" rx="1.5" class="chart-bar"' in chart.svg


def test_points_without_an_order_have_no_ranges(nominal, assert_safe):
    chart = draw_distribution(Distribution("Safe?", nominal, (3, 1, 0)), "safe")

    assert [row[0] for row in chart.table.rows] == ["Yes", "No", "Unsure", "Not this", "Asked"]
    assert chart.finding.endswith("The points have no order.")
    assert_safe(chart)


def test_several_labels_are_shares_of_the_readers_asked(labels, assert_safe):
    chart = draw_distribution(Distribution("Harm", labels, (30, 12, 9), asked=40, unit="readers"), "harm")

    assert chart.table.headers[1] == "Readers"
    assert chart.table.rows[0] == ("Hate", "30", "75%")
    assert chart.table.rows[-1] == ("Asked", "40", "100%")
    assert chart.finding == "75% at “Hate”, 30% at “Bias”, 22% at “Violence”. One reader may choose several."
    assert_safe(chart)


def test_a_line_is_shown_in_its_parts(assert_safe):
    chart = draw_distribution(Distribution("Line", Line("no", "yes", parts=2), (3, 1)), "line")

    assert [row[:2] for row in chart.table.rows[:2]] == [("0 to 50", "3"), ("50 to 100", "1")]
    assert_safe(chart)


def test_nobody_asked_is_said_in_words(balance, assert_safe):
    chart = draw_distribution(Distribution("Care", balance, (0,) * 7), "care")

    assert chart.finding == "Nobody has been asked this yet."
    assert chart.table.rows[-1] == ("Asked", "0", "–")
    assert_safe(chart)


def test_counts_that_do_not_fit_the_scale_are_refused(balance, labels):
    with pytest.raises(ValueError, match="7 points, but 2 counts"):
        Distribution("Care", balance, (1, 2))
    with pytest.raises(ValueError, match="asked is given for a set scale, and only there"):
        Distribution("Harm", labels, (1, 2, 3))
    with pytest.raises(ValueError, match="asked is given for a set scale, and only there"):
        Distribution("Care", balance, (0,) * 7, asked=3)
