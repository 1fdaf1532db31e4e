import re
from pathlib import Path

import pytest

import annotate

CSS = (Path(annotate.__file__).parent / "static/css/charts.css").read_text()
PAPER = {"light": "#fbfaf7", "dark": "#171614"}
COHORT = re.compile(r"--cohort-(\d): (#[0-9a-f]{6});")


def colours(selector: str) -> dict[str, str]:
    """The cohort colours of the rule that begins with the selector."""
    return dict(COHORT.findall(CSS.split(selector + " {", 1)[1].split("}", 1)[0]))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_cohort_stands_out_from_the_paper(theme, capsys):
    found = colours(f':root[data-theme="{theme}"]')
    ratios = {name: round(contrast(colour, PAPER[theme]), 2) for name, colour in found.items()}

    print(theme, ratios)
    assert sorted(ratios) == ["1", "2", "3", "4", "5"]
    assert min(ratios.values()) >= 4.5


def test_the_chosen_theme_and_the_device_theme_have_the_same_colours():
    dark_device = CSS.split("@media (prefers-color-scheme: dark)", 1)[1]

    assert dict(COHORT.findall(dark_device.split("}", 1)[0])) == colours(':root[data-theme="dark"]')
    assert colours(":root") == colours(':root[data-theme="light"]')


def test_every_class_drawn_is_styled(balance):
    from annotate.charts import (
        BothWays,
        Distribution,
        Estimate,
        Intervals,
        NotThis,
        Placed,
        Ranged,
        Strip,
        draw_distribution,
        draw_intervals,
        draw_strip,
    )

    answers = (Placed(1, "a"), Ranged(1, 2, 1, "b"), BothWays(1, 7, "a"), NotThis("misfit", "b"))
    drawn = [
        draw_strip(Strip("Care", balance, answers, ("a", "b")), "a"),
        draw_distribution(Distribution("Care", balance, (1,) * 7, 1), "b"),
        draw_intervals(Intervals("Alike?", (Estimate("A", 0.1, 0, 1), Estimate("B", *[float("nan")] * 3))), "c"),
    ]

    used = {name for chart in drawn for value in re.findall(r'class="([^"]*)"', chart.svg) for name in value.split()}
    only_counted = {"chart-mark"}
    assert {name for name in used if f".{name}" not in CSS} <= only_counted
