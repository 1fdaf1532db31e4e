"""Charts as safe SVG: frozen dataclasses in, a `Chart` out. No Django, no database, only counting.

    chart = draw_strip(Strip("Care", scale, answers, cohorts=("nurses", "others")), "care")
    chart = draw_distribution(Distribution("Care", scale, points=(3, 9, 4), both=1), "care-shares")
    chart = draw_intervals(Intervals("Alike?", (Estimate("Everyone", 0.43, 0.39, 0.47),)), "care-alpha")

In a template: `{% load charts %}{% chart chart %}`, with `css/charts.css` on the page. The second argument
is an id, different for each chart on a page: letters, digits, - and _, beginning with a letter.

Scales are a `Scale` of worded `Point`s, or a `Line` of numbers. Readers' answers are `Placed`, `Ranged`,
`BothWays`, `Chosen` (sets) and `NotThis`, one a reader asked; see `answers` for their meaning.
"""

from .answers import (
    REASONS,
    Answer,
    BothWays,
    Chosen,
    Line,
    NotThis,
    Placed,
    Point,
    Ranged,
    Scale,
)
from .arrivals import Arrivals, draw_arrivals
from .distribution import Distribution, draw_distribution
from .figure import Chart, Table
from .interval import Estimate, Intervals, draw_intervals
from .ridge import Ridge, RidgeChart, Ridged, draw_ridge
from .shapes import MOST_COHORTS
from .slope import Slope, draw_difference, draw_slope
from .strip import Strip, draw_strip

__all__ = [
    "MOST_COHORTS",
    "REASONS",
    "Answer",
    "Arrivals",
    "BothWays",
    "Chart",
    "Chosen",
    "Distribution",
    "Estimate",
    "Intervals",
    "Line",
    "NotThis",
    "Placed",
    "Point",
    "Ranged",
    "Ridge",
    "RidgeChart",
    "Ridged",
    "Scale",
    "Slope",
    "Strip",
    "Table",
    "draw_arrivals",
    "draw_difference",
    "draw_distribution",
    "draw_intervals",
    "draw_ridge",
    "draw_slope",
    "draw_strip",
]
