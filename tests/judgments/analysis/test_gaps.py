import math

import numpy as np
import pytest

from judgments.analysis import Ratings, Scale
from judgments.analysis.gaps import distance_by_gap
from judgments.analysis.ladder import ladder


def repeated(kind="interval"):
    """Three people on two items; all meet both again, after 1, 8 or 30 days."""
    item = [0, 0, 0, 1, 1, 1] * 2
    person = [0, 1, 2] * 4
    value = [1, 2, 3, 4, 5, 1, 1, 4, 1, 4, 5, 5]
    r = Ratings.from_arrays(item, person, value, Scale(kind, (1, 2, 3, 4, 5)), occasion=[0] * 6 + [1] * 6)
    return r, np.array([1, 8, 30])[r.annotator]


def test_distances_stand_by_how_long_ago_the_first_answer_was():
    found = distance_by_gap(*repeated(), [0, 7, 28, 100])

    assert found["distance"].tolist() == pytest.approx([0, (4 + 0) / 2, (4 + 16) / 2, math.nan], nan_ok=True)
    assert found["n"].tolist() == [2, 2, 2, 0]
    assert found["gap_to"].tolist() == [7, 28, 100, math.inf]


def test_all_gaps_together_are_the_first_rung_of_the_ladder():
    for kind in ("interval", "nominal"):
        r, gap = repeated(kind)
        found = distance_by_gap(r, gap, [0])
        assert found["distance"].item() == pytest.approx(ladder(r).rungs["self"].value)


def test_errors_are_clustered_by_person():
    found = distance_by_gap(*repeated(), [0])

    means = np.array([0, 2, 10])
    scores = 2 * (means - 4)
    assert found["se"].item() == pytest.approx(math.sqrt((scores**2).sum() * 3 / 2) / 6)
    assert found["n_annotators"].item() == 3


def test_repeats_of_nothing_and_no_repeats_are_left_out():
    lonely = Ratings.from_arrays([0, 1], [0, 0], [1, 2], Scale("interval"), occasion=[1, 0])
    assert distance_by_gap(lonely, [3, 0], [0])["n"].item() == 0
    empty = Ratings.from_arrays([], [], [], Scale("nominal", ("a",)))
    assert math.isnan(distance_by_gap(empty, [], [0])["distance"].item())
    with pytest.raises(ValueError, match="2 ratings and 1 gaps"):
        distance_by_gap(lonely, [1], [0])
