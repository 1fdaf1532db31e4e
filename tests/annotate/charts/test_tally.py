import pytest

from annotate.charts import NotThis, Placed
from annotate.charts.tally import Place, tally, thin


@pytest.mark.parametrize(
    ("readers", "dots"),
    [((60, 1, 0), (49, 1, 0)), ((1, 60, 0), (1, 49, 0)), ((30, 1, 30), (25, 0, 25)), ((100, 50, 50), (25, 12, 13))],
)
def test_each_dot_is_the_reader_in_the_middle_of_its_fiftieth(readers, dots):
    places = [Place("point", (index,)) for index in range(3)]
    counts = {place: (n,) for place, n in zip(places, readers, strict=True)}

    drawn = thin(counts, 50)

    assert tuple(row[0] for row in drawn.values()) == dots


def test_points_without_readers_are_kept_and_reasons_come_in_their_order(nominal):
    answers = (NotThis("own words"), NotThis("depends"), NotThis("misfit"), Placed("N"))

    counted = tally(nominal, answers)

    assert [(place.form, place.at, place.reason, row) for place, row in counted.counts.items()] == [
        ("point", (0,), "", (0,)),
        ("point", (1,), "", (1,)),
        ("point", (2,), "", (0,)),
        ("none", (), "misfit", (1,)),
        ("none", (), "depends", (1,)),
        ("none", (), "own words", (1,)),
    ]
    assert counted.asked == 4
