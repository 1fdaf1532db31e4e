"""Findings as charts and words: which chart shows what, and how an answer is said."""

from collections.abc import Iterable, Mapping
from math import nan

from annotate import charts
from annotate.charts.sentences import placed
from annotate.charts.svg import decimal, percent
from judgments import analysis
from judgments.ledger import LINE_PARTS, Dimension
from judgments.models import Form, Level
from judgments.reports import PRIMARY, DimensionFinding, FacetCohorts, ReaderAnswer

METRICS = {
    "nominal": "same or different",
    "ordinal": "by order",
    "interval": "by distance",
    "set": "by shared choices",
}
_LEVELS = {Level.SET: "set", Level.ORDINAL: "ordinal", Level.INTERVAL: "ordinal", Level.RATIO: "ordinal"}


def scale_of(dimension: Dimension) -> charts.Scale | charts.Line | None:
    """The scale to draw on; None for questions that are answered in words alone."""
    if dimension.is_line:
        return charts.Line(*ends_of(dimension), dimension.line_low, dimension.line_high, parts=LINE_PARTS)
    if not dimension.points or dimension.level == Level.OPEN:
        return None
    points = tuple(charts.Point(point.value, point.text, point.apart) for point in _in_order(dimension.points))
    return charts.Scale(points, level=_LEVELS.get(dimension.level, "nominal"), middle=dimension.middle)


def ends_of(line: Dimension) -> tuple[str, str]:
    """The words at both ends of a line, or its numbers where it has no words."""
    texts = [point.text for point in line.points] or [f"{line.line_low:g}", f"{line.line_high:g}"]
    return texts[0], texts[-1]


def _in_order(points: Iterable) -> list:
    """Points that stand apart come last, as charts draw them."""
    return sorted(points, key=lambda point: point.apart)


def counts_in_order(dimension: Dimension, counts: Iterable[int]) -> tuple[int, ...]:
    """Counts at `dimension.places`, in the order of the scale to draw on."""
    if dimension.is_line:
        return tuple(counts)
    pairs = zip(dimension.points, counts, strict=True)
    return tuple(n for _, n in sorted(pairs, key=lambda pair: pair[0].apart))


# Over all items -----------------------------------------------------------------------------------


def distribution(finding: DimensionFinding, chart_id: str) -> charts.Chart | None:
    """All answers to one question by place and form."""
    scale, forms = scale_of(finding.dimension), finding.forms
    if scale is None:
        return None
    left_open = (("left_open", finding.left_open),) if finding.left_open else ()
    return charts.draw_distribution(
        charts.Distribution(
            finding.dimension.question,
            scale,
            points=counts_in_order(finding.dimension, finding.counts),
            ranges=forms.counts["range"],
            both=forms.counts["both"],
            none=(*forms.reasons.items(), *left_open),
            asked=forms.n + finding.left_open if scale.level == "set" else None,
        ),
        chart_id,
    )


def intervals(finding: DimensionFinding, groups: FacetCohorts | None, chart_id: str) -> charts.Chart | None:
    """Alpha by the metric that fits the question's level: of all readers, then inside each group."""
    if not finding.alpha:
        return None
    metric = PRIMARY[finding.dimension.level]
    rows = [estimate("All readers", finding.alpha[metric])]
    title = "How alike are the answers?"
    if groups is not None:
        rows += [estimate(group.name, group.alpha[metric]) for group in groups.groups if not group.suppressed]
        title = f"How alike are the answers inside each group, by {' and '.join(groups.titles)}?"
    measure = f"alpha ({METRICS[metric]})"
    return charts.draw_intervals(charts.Intervals(title, tuple(rows), measure=measure), chart_id)


def estimate(name: str, found: analysis.Estimate) -> charts.Estimate:
    return charts.Estimate(
        name,
        found.value,
        nan if found.low is None else found.low,
        nan if found.high is None else found.high,
        readers=found.n_annotators,
        items=found.n_items,
        ratings=found.n_ratings,
        why=_why(found) if found.value != found.value else "",
    )


def _why(found: analysis.Estimate) -> str:
    said = found.notes[0].rstrip(".") if found.notes else ""
    return said[:1].lower() + said[1:]


def alpha_words(found: analysis.Estimate) -> tuple[str, str]:
    """Alpha and its interval, as the cells of a table."""
    if found.value != found.value:  # nan
        return "not defined", "–"
    if found.low is None or found.high is None:
        return decimal(found.value), "no interval"
    return decimal(found.value), f"{decimal(found.low)} to {decimal(found.high)}"


def other_alphas(finding: DimensionFinding) -> list[tuple[str, str, str]]:
    """Alpha by the metrics that are not drawn: (metric, value, interval)."""
    drawn = PRIMARY.get(finding.dimension.level)
    return [(METRICS[name], *alpha_words(found)) for name, found in finding.alpha.items() if name != drawn]


def pair_words(found: analysis.Estimate | None) -> str:
    """How often two readers of an item chose the same place, with its interval; "" where nobody can be paired."""
    if found is None or found.value != found.value:
        return ""
    said = f"Two readers of the same item chose the same place in {_share(found.value)} of pairs"
    if found.low is None or found.high is None:
        return f"{said}."
    return f"{said} (95% interval {_share(found.low)} to {_share(found.high)})."


def _share(value: float) -> str:
    return percent(round(value * 10_000), 10_000)


# One item -----------------------------------------------------------------------------------------


def strip(
    dimension: Dimension,
    answers: Iterable[ReaderAnswer],
    chart_id: str,
    cohorts: Mapping[str, str],
    names: tuple[str, ...],
) -> charts.Chart | None:
    """One mark a reader. cohorts: the name of each reader's cohort by reader; empty for no split."""
    scale = scale_of(dimension)
    if scale is None:
        return None
    marks = tuple(mark_of(answer, cohorts.get(answer.reader, "")) for answer in answers)
    return charts.draw_strip(charts.Strip(dimension.question, scale, marks, names), chart_id)


def mark_of(answer: ReaderAnswer, cohort: str) -> charts.Answer:
    """One reader's answer as charts take it; an answer in words alone has no place."""
    match answer.form:
        case Form.RANGE:
            return charts.Ranged(answer.low, answer.high, answer.point, cohort=cohort)
        case Form.BOTH:
            return charts.BothWays(answer.both_a, answer.both_b, cohort=cohort)
        case Form.NONE:
            return charts.NotThis(answer.reason, cohort=cohort)
        case Form.POINT if answer.labels is not None:
            return charts.Chosen(answer.labels, cohort=cohort)
        case Form.POINT:
            return charts.Placed(answer.point, cohort=cohort)
    return charts.NotThis("left_open", cohort=cohort)


def stood(dimension: Dimension, counts: Iterable[int]) -> str:
    """Where readers stood, in one short sentence; "" where nobody gave a place."""
    scale, counts = scale_of(dimension), list(counts)
    if scale is None or not any(counts):
        return ""
    return placed(scale, list(counts_in_order(dimension, counts)))


def spoken(answer, dimension: Dimension) -> str:
    """What an answer says, in the words of its scale. answer: a rating, or what a report made of it."""
    match answer.form:
        case Form.RANGE:
            best = f", most likely {_named(answer.point, dimension)}" if answer.point is not None else ""
            return f"{_named(answer.low, dimension)} to {_named(answer.high, dimension)}{best}"
        case Form.BOTH:
            return f"Both {_named(answer.both_a, dimension)} and {_named(answer.both_b, dimension)}"
        case Form.NONE:
            return f"Not this: {charts.REASONS.get(answer.reason, answer.reason)}"
        case Form.POINT if answer.labels is not None:
            return ", ".join(_named(value, dimension) for value in answer.labels) or "None of these"
        case Form.POINT:
            return "" if answer.point is None else _named(answer.point, dimension)
    return "left open"


def _named(value: float, dimension: Dimension) -> str:
    if dimension.is_line:
        return f"{value:g}"
    return next((point.text for point in dimension.points if point.value == value), f"{value:g}")
