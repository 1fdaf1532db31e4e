"""What every drawing function returns: the chart, its words, and the same numbers as a table."""

from dataclasses import dataclass

from .svg import Markup, checked_id, clean, element, join, short

UNITS_PER_REM = 16


@dataclass(frozen=True)
class Table:
    """The table twin. Each row is as long as `headers`; its first cell names the row. All cells are words."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A finished figure, for `{% chart %}`.

    svg: safe to write out as it is. title: what was asked for. finding: what can be seen, in sentences made
    by rule. table: the same numbers. Title, finding and cells are plain text and still have to be escaped.
    """

    svg: Markup
    title: str
    finding: str
    table: Table


def figure(
    chart_id: str,
    kind: str,
    size: tuple[float, float],
    pieces: list[Markup],
    title: str,
    finding: str,
    table: Table,
) -> Chart:
    """The pieces framed as one image that scales, named by its title and finding.

    size: width and height in units, 16 of which make 1 rem, so a chart grows with the page's type.
    """
    chart_id, title, finding = checked_id(chart_id), clean(title), clean(finding)
    width, height = size
    frame = {"viewBox": f"0 0 {short(width)} {short(height)}", "width": f"{short(width / UNITS_PER_REM)}rem"}
    svg = element(
        "svg",
        element("title", title, id=f"{chart_id}-title"),
        element("desc", finding, id=f"{chart_id}-finding"),
        join(pieces),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{chart_id}-title {chart_id}-finding",
        class_=f"chart-svg chart-{kind}",
        **frame,
    )
    return Chart(svg, title, finding, _cleaned(table))


def _cleaned(table: Table) -> Table:
    return Table(
        tuple(clean(header) for header in table.headers),
        tuple(tuple(clean(cell) for cell in row) for row in table.rows),
    )
