from collections import Counter

import pytest

from judgments import draws

KEY = draws.key("seed", "order", "jo")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 16, 17, 1_000, 1_000_000])
def test_the_domain_holds_every_number_and_wastes_at_most_three_quarters(count):
    bits = draws.bits_for(count)

    assert bits % 2 == 0
    assert count <= 1 << bits <= max(4, 4 * count)


@pytest.mark.parametrize("bits", [2, 4, 10, 12])
def test_every_number_has_one_place(bits):
    numbers = [draws.permute(place, bits, KEY) for place in range(1 << bits)]

    assert sorted(numbers) == list(range(1 << bits))
    assert [draws.place_of(number, bits, KEY) for number in numbers] == list(range(1 << bits))


def test_people_have_orders_of_their_own():
    orders = {tuple(draws.permute(p, 10, draws.key("seed", "order", who)) for p in range(20)) for who in range(50)}

    assert len(orders) == 50


def test_the_same_seed_draws_the_same_again():
    assert draws.key("seed", "sides", "jo", 7) == draws.key("seed", "sides", "jo", 7)
    assert draws.key("seed", "sides", "jo", 7) != draws.key("seed", "sides", "jo", 8)
    assert draws.shuffled("abcdef", KEY) == draws.shuffled("abcdef", KEY)


def test_sides_are_drawn_evenly():
    """Chi-square with one degree of freedom over 10,000 draws; 6.63 is its 99th percentile."""
    left = sum(draws.shuffled("ab", draws.key("seed", "sides", "jo", item))[0] == "a" for item in range(10_000))

    assert (left - 5_000) ** 2 / 2_500 < 6.63


def test_first_places_are_spread_over_all_numbers():
    """Each of 16 numbers comes first for about 1/16 of 8,000 people: chi-square, 15 degrees, 99.9 %: 37.7."""
    counts = [0] * 16
    for who in range(8_000):
        counts[draws.permute(0, 4, draws.key("seed", "order", who))] += 1

    assert sum((count - 500) ** 2 / 500 for count in counts) < 37.7


def test_which_numbers_come_first_and_second_is_drawn_evenly():
    """Ordered pairs of 16 numbers over 12,000 orders: chi-square, 239 degrees of freedom, 99.9 %: 311."""
    counts = Counter()
    for who in range(12_000):
        key = draws.key("seed", "offer", who)
        counts[draws.permute(0, 4, key), draws.permute(1, 4, key)] += 1

    assert len(counts) == 240
    assert sum((count - 50) ** 2 / 50 for count in counts.values()) < 311


@pytest.mark.parametrize(("place", "bits"), [(-1, 4), (16, 4), (0, 3)])
def test_a_place_outside_the_domain_is_refused(place, bits):
    with pytest.raises(ValueError, match="outside a domain"):
        draws.permute(place, bits, KEY)
