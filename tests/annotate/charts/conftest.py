import re
from xml.etree import ElementTree

import pytest

from annotate.charts import Chart, Point, Scale

BALANCE = (
    "Far too little",
    "Too little",
    "A little too little",
    "Fitting",
    "A little too much",
    "Too much",
    "Far too much",
)


@pytest.fixture
def balance() -> Scale:
    return Scale(tuple(Point(value, label) for value, label in enumerate(BALANCE, 1)), middle=4)


@pytest.fixture
def nominal() -> Scale:
    return Scale((Point("Y", "Yes"), Point("N", "No"), Point("U", "Unsure")), level="nominal")


@pytest.fixture
def labels() -> Scale:
    return Scale((Point("h", "Hate"), Point("b", "Bias"), Point("v", "Violence")), level="set")


@pytest.fixture
def marks():
    return count_marks


@pytest.fixture
def assert_safe():
    return check_safety


def count_marks(chart: Chart, *also: str) -> int:
    """Elements of class chart-mark that carry the other classes too."""
    wanted = {"chart-mark", *also}
    root = ElementTree.fromstring(chart.svg)
    return sum(wanted <= set(element.get("class", "").split()) for element in root.iter())


def check_safety(chart: Chart) -> None:
    """Well-formed, an image with a name and a description, and nothing that a strict page would refuse."""
    root = ElementTree.fromstring(chart.svg)
    space = "{http://www.w3.org/2000/svg}"
    elements = list(root.iter())
    ids = [element.get("id") for element in elements if element.get("id")]
    tags = {element.tag.removeprefix(space) for element in elements}
    attributes = {name for element in elements for name in element.attrib}

    assert root.get("role") == "img"
    assert root.get("viewBox")
    assert root.get("aria-labelledby").split() == ids
    assert len(ids) == len(set(ids)) == 2
    assert root.find(f"{space}title").text == chart.title
    assert root.find(f"{space}desc").text == chart.finding
    assert tags <= {"svg", "title", "desc", "g", "path", "rect", "circle", "text"}
    assert not {name for name in attributes if name == "style" or name.startswith("on") or "href" in name}
    assert not attributes & {"fill", "stroke", "color"}
    assert not re.search(r"\b(mean|average|median|score)\b", f"{chart.svg} {chart.finding} {chart.table}", re.I)
    assert {len(row) for row in chart.table.rows} <= {len(chart.table.headers)}
