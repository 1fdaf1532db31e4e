"""Strengths of models from responses set side by side, with errors that know who compared."""

from __future__ import annotations

from collections import defaultdict

from judgments.analysis.comparison import Strengths, bradley_terry
from judgments.ledger.tables import POINT
from judgments.models import ItemResponse, Judgment, Kind
from judgments.reports.sections.material import Compared


def find(each: Compared) -> Strengths | None:
    """Bradley-Terry strengths of the models that wrote the responses; None for questions that compare nothing.

    A point that stands for no response, such as "no difference", is a tie of all. Where more than two stand side
    by side, the one chosen is preferred to each of the others. Models have numbers while the study hides them.
    Responses of one and the same model, or of none that is known, are not compared.
    """
    if each.dimension.kind != Kind.COMPARE:
        return None
    rows = list(_comparisons(each))
    if not rows:
        return None
    first, second, outcome, annotator, placed = zip(*rows, strict=True)
    return bradley_terry(first, second, outcome, annotator=annotator, position=all(placed))


def _comparisons(each: Compared):
    """(option, option, outcome, reader, whether the order is as shown), a row a pair of responses."""
    shown, names = _shown(each)
    given, judged = each.readings, each.held.judgments
    is_point = given.form == POINT
    of = given.judgment[is_point]
    place = each.dimension.place_of(given.point[is_point]).tolist()
    orders = _orders(each, set(judged.id[of].tolist()))
    for judgment, chosen in zip(of.tolist(), place, strict=True):
        responses = shown.get(int(each.held.items.id[judged.item[judgment]]), [])
        order = orders.get(int(judged.id[judgment])) or []
        for one, other in _pairs(chosen, len(responses)):
            (uid, a), (against, b) = responses[one], responses[other]
            if a is None or b is None or a == b:
                continue
            outcome = 1.0 if chosen == one else 0.0 if chosen == other else 0.5
            known = uid in order and against in order
            if known and order.index(uid) > order.index(against):
                a, b, outcome = b, a, 1 - outcome
            yield names[a], names[b], outcome, int(judged.reader[judgment]), known


def _pairs(chosen: int, n: int) -> list[tuple[int, int]]:
    if chosen < n:
        return [(chosen, other) for other in range(n) if other != chosen]
    return [(one, other) for one in range(n) for other in range(one + 1, n)]


def _shown(each: Compared) -> tuple[dict[int, list[tuple[str, int | None]]], dict[int, str]]:
    """The responses of each item as (uid, model), in stored order; and what the models are called."""
    found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    names: dict[int, str] = {}
    rows = ItemResponse.objects.filter(item__study=each.material.study).order_by("item_id", "position")
    for item, uid, model, name, version in rows.values_list(
        "item_id", "response__uid", "response__model", "response__model__name", "response__model__version"
    ):
        found[item].append((str(uid), model))
        if model is not None:
            names[model] = f"{name} {version}".strip()
    if each.material.study.hides_models:
        order = each.rng("names of models").permutation(sorted(names))
        names = {int(model): f"model {number}" for number, model in enumerate(order, 1)}
    return found, names


def _orders(each: Compared, judgments: set[int]) -> dict[int, list[str]]:
    """The uids of responses in the order in which each of these judgments' readers saw them."""
    rows = Judgment.objects.filter(study=each.material.study).values_list("pk", "assignment__response_order")
    return {pk: order for pk, order in rows if pk in judgments}
