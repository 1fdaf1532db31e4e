"""Pattern tables counted by the database: the same numbers as from arrays, and parts that add up."""

import numpy as np
import pytest

from judgments import ledger, withdrawal
from judgments.analysis import alpha
from judgments.analysis.pattern_agreement import pattern_alpha
from judgments.analysis.patterns import PatternTable, merge
from judgments.analysis.table import Scale
from judgments.ledger.patterns import Part, pattern_table
from judgments.models import Import, Item
from judgments.reports.agreement import answers
from tests import factories
from tests.factories import NOW, make_items, make_participant, said
from tests.support.readings import bring, read, read_again, revise

POINTS = (1.0, 2.0, 3.0, 4.0, 5.0)


@pytest.fixture
def answered(db):
    """Many answers on one scale, and beside them all that agreement does not look at."""
    study = factories.make_study(version=factories.make_rubric(dimensions=["depth"]))
    items, rng = make_items(study, 15), np.random.default_rng(3)
    for _ in range(6):
        reader = make_participant(study)
        for place, item in enumerate(items[1:], 1):
            if rng.random() < 0.8:
                bring(reader, item, {"depth": float(np.clip(round(place / 3 + rng.normal()), 1, 5))})
    jo, sue = make_participant(study), make_participant(study)
    revise(read(jo, {items[0]: said(depth=1)})[items[0]], said(depth=5))
    read_again(jo, items[0], said(depth=2))
    read(sue, {items[0]: said(depth=(2, 4)), items[1]: said(depth="misfit")})
    brought = Import.objects.create(study=study, kind="judgments", source="a file", digest="d", created_at=NOW)
    bring(make_participant(study), items[2], {"depth": 5}, brought_by=brought)
    Import.objects.filter(pk=brought.pk).update(discarded_at=NOW)
    taken_back = make_participant(study)
    bring(taken_back, items[4], {"depth": 5})
    withdrawal.withdraw_item(taken_back, items[4], actor=None, now=NOW)
    Item.objects.filter(pk=items[3].pk).update(hidden_at=NOW)
    return study


@pytest.mark.parametrize("kind", ["nominal", "ordinal"])
def test_a_group_by_gives_what_arrays_give(answered, kind):
    table = pattern_table(answered, "depth", Scale(kind, POINTS))

    r = answers(ledger.of_study(answered), 0).measured(kind)
    expected, theirs = PatternTable.from_ratings(r), alpha(r)
    ours = pattern_alpha(table)
    assert table.counts.tolist() == expected.counts.tolist()
    assert table.multiplicity.tolist() == expected.multiplicity.tolist()
    assert table.n_ratings == len(r)
    assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high), abs=1e-12)
    assert (ours.n_items, ours.n_annotators, ours.n_ratings) == (
        theirs.n_items, theirs.n_annotators, theirs.n_ratings,
    )  # fmt: skip


def test_parts_add_up_to_the_whole(answered):
    scale = Scale("ordinal", POINTS)
    whole = pattern_table(answered, "depth", scale)

    parts = [pattern_table(answered, "depth", scale, Part(remainder, 4)) for remainder in (2, 0, 3, 1)]

    added = merge(parts)
    assert all(part.n_items < whole.n_items for part in parts)
    assert added.counts.tolist() == whole.counts.tolist()
    assert added.multiplicity.tolist() == whole.multiplicity.tolist()
    assert pattern_alpha(added) == pattern_alpha(whole)


def test_without_annotators_nobody_is_in_the_table(answered):
    table = pattern_table(answered, "depth", Scale("nominal", POINTS), annotators=False)

    assert table.given is None
    assert table.n_items == pattern_table(answered, "depth", Scale("nominal", POINTS)).n_items


def test_a_dimension_that_is_not_there_is_refused(answered):
    with pytest.raises(KeyError):
        pattern_table(answered, "truth", Scale("nominal", POINTS))
