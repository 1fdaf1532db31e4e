from annotate.charts import Arrivals, draw_arrivals


def test_new_tags_are_said_by_block_and_silence_at_the_end_is_counted_in_items(assert_safe):
    chart = draw_arrivals(Arrivals("New tags", 20, 70, (8, 2, 0, 0), (1, 0, 0, 0)), "new")

    assert chart.finding == "Eleven different tags in 70 items. The first 20 items brought nine, none in the last 30."
    assert chart.table.rows == (("1–20", "8", "1"), ("21–40", "2", "0"), ("41–60", "0", "0"), ("61–70", "0", "0"))
    assert_safe(chart)


def test_one_block_says_only_how_many(assert_safe):
    chart = draw_arrivals(Arrivals("New tags", 20, 3, (1,), (0,)), "new")

    assert chart.finding == "One tag in 3 items."
    assert chart.table.rows == (("1–3", "1", "0"),)
    assert_safe(chart)


def test_nothing_tagged_is_said(assert_safe):
    chart = draw_arrivals(Arrivals("New tags", 20, 3, (0,), (0,)), "new")

    assert chart.finding == "Nothing has been tagged yet."
    assert_safe(chart)
