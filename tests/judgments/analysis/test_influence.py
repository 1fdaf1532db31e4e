import json

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale, alpha
from judgments.analysis.influence import influence
from tests.support.ratings import crossed, some_ratings


@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("n_points", [4, 40])
def test_each_shift_is_that_of_leaving_one_out_and_starting_again(kind, n_points):
    r = some_ratings(1, kind=kind, n_points=n_points, share=0.7)
    found = influence(r, top=None)
    value = alpha(r, interval=None).value

    assert found.value == pytest.approx(value, abs=1e-12)
    for row in found.items.itertuples():
        left = r.where(items=r.item_ids != row.id)
        assert row.shift == pytest.approx(alpha(left, interval=None).value - value, abs=1e-9)
        assert row.n == (r.item_ids[r.item] == row.id).sum()
    for row in found.annotators.itertuples():
        left = r.where(annotators=r.annotator_ids != row.id)
        assert row.without == pytest.approx(alpha(left, interval=None).value, abs=1e-9)


def test_the_item_that_carries_the_disagreement_comes_first(published):
    r = Ratings.from_frame(published, Scale("interval", (1, 2, 3, 4, 5)))

    found = influence(r, top=3)

    assert found.items["id"].to_list()[0] == "6"
    assert found.items["shift"].to_list()[0] == pytest.approx(
        alpha(r.where(items=r.item_ids != "6"), interval=None).value - 0.8491071429, abs=1e-9
    )
    assert len(found.items) == 3
    assert (found.items["shift"].abs().diff().dropna() <= 0).all()


def test_without_alpha_there_is_no_influence():
    found = influence(crossed(np.full((4, 3), 2), Scale("nominal", (1, 2))))

    assert found.items.empty
    assert found.notes == ("Not defined: every rating is the same, so there is no disagreement to expect.",)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["value"] is None


def test_one_item_alone_is_listed_with_nothing_left():
    found = influence(crossed([[1, 2, 2]], Scale("nominal", (1, 2))))

    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["items"] == [
        {"id": 0, "n": 3, "without": None, "shift": None}
    ]
