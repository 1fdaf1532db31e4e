import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from judgments.analysis.comparison import bradley_terry, bradley_terry_of_table, circles

REFERENCE = Path(__file__).parents[2] / "reference"


def rng():
    return np.random.default_rng(4)


def test_strengths_and_errors_of_four_options():
    found = bradley_terry_of_table([[0, 3, 1, 4], [1, 0, 2, 3], [2, 2, 0, 1], [0, 1, 3, 0]])

    assert found.table["strength"].tolist() == pytest.approx([0.741254, -0.004924, -0.194541, -0.541789], abs=1e-6)
    assert found.table["se"].tolist() == pytest.approx([0.511572, 0.448793, 0.470759, 0.468337], abs=1e-6)
    assert found.loglik == pytest.approx(-14.490139, abs=1e-6)
    assert (found.n, found.notes) == (23, ())


def test_strengths_that_even_out():
    found = bradley_terry_of_table([[0, 3, 1, 4], [1, 0, 2, 3], [2, 2, 0, 1], [0, 1, 2, 0]])

    assert found.table["strength"].tolist() == pytest.approx([0.741, 0, 0, -0.741], abs=5e-4)


def test_ties_by_davidson():
    wins = [[0, 3, 1, 4], [1, 0, 2, 3], [2, 2, 0, 1], [0, 1, 2, 0]]

    found = bradley_terry_of_table(wins, [[0, 1, 0, 1], [1, 0, 2, 0], [0, 2, 0, 1], [1, 0, 1, 0]])

    assert found.table["strength"].tolist() == pytest.approx([0.756052, 0.035738, -0.040497, -0.751292], abs=1e-6)
    assert found.ties.value == pytest.approx(0.495757, abs=1e-6)
    assert found.ties.low < found.ties.value < found.ties.high


def test_the_season_of_1987_is_as_printed():
    table = pd.read_csv(REFERENCE / "agresti_2002_baseball.csv", comment="#")

    found = bradley_terry_of_table(table.iloc[:, 2:].to_numpy())

    above_baltimore = [round(found.difference(row, 6).value, 2) for row in range(7)]
    assert above_baltimore == table["strength"].tolist()
    assert found.difference(0, 6).se == pytest.approx(0.3433, abs=5e-5)


def compared(seed=0, n_people=40, each=12, wavering=0.0, first=0.0, beta=(1.0, 0.3, -0.3, -1.0)):
    draw = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_people), each)
    i = draw.integers(0, 4, len(person))
    j = (i + draw.integers(1, 4, len(person))) % 4
    own = np.array(beta) + draw.normal(0, wavering, (n_people, 4))
    logit = own[person, i] - own[person, j] + first
    return i, j, (draw.random(len(person)) < 1 / (1 + np.exp(-logit))).astype(float), person


def test_rows_and_a_table_give_the_same():
    i, j, y, _ = compared()
    wins = np.zeros((4, 4))
    np.add.at(wins, (np.where(y == 1, i, j), np.where(y == 1, j, i)), 1)

    assert bradley_terry(i, j, y).table.to_numpy() == pytest.approx(bradley_terry_of_table(wins).table.to_numpy())


def test_errors_grow_where_each_person_has_their_own_order():
    i, j, y, person = compared(wavering=2.0, each=40)

    alone, clustered = bradley_terry(i, j, y), bradley_terry(i, j, y, annotator=person)

    assert clustered.table["strength"].tolist() == alone.table["strength"].tolist()
    assert (clustered.table["se"] > 1.3 * alone.table["se"]).all()
    assert (clustered.df, clustered.n_annotators) == (39.0, 40)


def test_clustered_errors_are_close_to_what_other_people_would_give():
    found = [bradley_terry(*compared(seed, wavering=1.0)[:3], annotator=compared(seed)[3]) for seed in range(60)]

    spread = np.std([each.table["strength"][0] for each in found], ddof=1)
    claimed = np.mean([each.table["se"][0] for each in found])
    assert claimed == pytest.approx(spread, rel=0.25)


def test_being_shown_first_is_told_from_being_better():
    i, j, y, person = compared(1, n_people=100, first=0.8)

    found = bradley_terry(i, j, y, annotator=person, position=True)

    assert found.position.low < 0.8 < found.position.high
    assert found.position.low > 0
    assert found.difference(0, 3).low < 2.0 < found.difference(0, 3).high


def test_names_and_order_of_rows_do_not_matter():
    i, j, y, person = compared()
    order = rng().permutation(len(y))
    names = np.array(["d", "a", "c", "b"])

    found, renamed = (
        bradley_terry(i, j, y, annotator=person),
        bradley_terry(names[i][order], names[j][order], y[order], annotator=person[order]),
    )

    assert renamed.difference("d", "b").value == pytest.approx(found.difference(0, 3).value, abs=1e-9)
    assert renamed.difference("d", "b").se == pytest.approx(found.difference(0, 3).se, abs=1e-9)
    swapped = bradley_terry(j, i, 1 - y, annotator=person)
    assert swapped.table["strength"].to_numpy() == pytest.approx(found.table["strength"].to_numpy(), abs=1e-9)


def test_an_option_that_was_never_beaten_is_drawn_towards_the_rest():
    found = bradley_terry([0, 0, 1], [1, 1, 2], [1, 1, 1])

    assert found.ridge == 0.25
    assert found.notes[0].startswith("Some options were never beaten")
    assert found.table["strength"].is_monotonic_decreasing
    assert np.isfinite(found.table["se"]).all()
    assert found.probability(0, 2) > 0.5


def test_one_person_gives_no_limits():
    found = bradley_terry([0, 1], [1, 0], [1, 1], annotator=["x", "x"])

    assert found.table["se"].isna().all()
    assert found.notes[-1] == "No limits: errors clustered by person need two people."
    json.dumps(found.to_dict(), allow_nan=False)


def test_nothing_compared():
    found = bradley_terry([], [], [])

    assert found.table.empty
    assert found.n == 0


def test_circles_are_counted_against_what_strengths_would_give():
    rock, line = np.array([[0, 9, 1], [1, 0, 9], [9, 1, 0]]), np.array([[0, 9, 9], [1, 0, 9], [1, 1, 0]])

    around, along = circles(rock, rng()), circles(line, rng())

    assert (around.n, around.n_triads) == (1, 1)
    assert (along.n, along.p) == (0, 1.0)
    decided = 1 - math.comb(10, 5) / 2**10
    assert around.expected == pytest.approx(0.25 * decided**3, abs=0.03)
    assert math.isnan(circles(np.zeros((3, 3)), rng()).p)


def test_what_is_no_comparison_is_refused():
    with pytest.raises(ValueError, match="outcome is 1"):
        bradley_terry([0], [1], [2])
    with pytest.raises(ValueError, match="with itself"):
        bradley_terry([0], [0], [1])
    with pytest.raises(ValueError, match="differ in length"):
        bradley_terry([0], [1], [1, 0])
    with pytest.raises(KeyError):
        bradley_terry([0, 1], [1, 0], [1, 1]).difference(0, 9)
