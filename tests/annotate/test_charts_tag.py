from xml.etree import ElementTree

from django.template import Context, Template

from annotate.charts import NotThis, Placed, Point, Scale, Strip, draw_strip

SCALE = Scale((Point(1, "Too <little>"), Point(2, "Fitting"), Point(3, "Too much")), middle=2)


def rendered(title="Care & candour"):
    chart = draw_strip(Strip(title, SCALE, (Placed(1), Placed(1), NotThis("misfit"))), "care")
    page = Template("{% load charts %}{% chart drawn %}").render(Context({"drawn": chart}))
    return chart, page, ElementTree.fromstring(page)


def test_the_figure_shows_title_finding_drawing_and_table():
    chart, page, figure = rendered()

    caption = figure.find("figcaption")
    assert (figure.tag, figure.get("class")) == ("figure", "chart")
    assert [part.text for part in caption] == [chart.title, chart.finding]
    assert chart.svg in page
    assert figure.find("details/summary").text == "The same numbers as a table"


def test_the_drawing_scrolls_in_a_focusable_region_with_a_name():
    _, _, figure = rendered()

    region = figure.find("div")
    assert (region.get("tabindex"), region.get("role")) == ("0", "group")
    assert region.get("aria-label") == "Chart: Care & candour"


def test_the_table_has_a_header_for_each_column_and_row():
    chart, _, figure = rendered()

    table = figure.find("details//table")
    rows = table.findall("tbody/tr")
    assert [cell.text for cell in table.findall("thead/tr/th[@scope='col']")] == list(chart.table.headers)
    assert [(row.find("th[@scope='row']").text, row.find("td").text) for row in rows] == list(chart.table.rows)
    assert rows[0].find("th").text == "Too <little>"


def test_hostile_words_stay_words_and_nothing_is_styled_inline():
    _, page, _ = rendered(title='"><script>alert(1)</script>')

    assert "<script" not in page
    assert "style=" not in page
