from collections import Counter

from judgments import draws

KEY = draws.key("seed", "order", "jo")


def test_people_have_orders_of_their_own():
    orders = {tuple(draws.shuffled(range(20), draws.key("seed", "order", who))) for who in range(50)}

    assert len(orders) == 50


def test_the_same_seed_draws_the_same_again():
    assert draws.key("seed", "sides", "jo", 7) == draws.key("seed", "sides", "jo", 7)
    assert draws.key("seed", "sides", "jo", 7) != draws.key("seed", "sides", "jo", 8)
    assert draws.shuffled("abcdef", KEY) == draws.shuffled("abcdef", KEY)


def test_an_order_holds_everything_once():
    assert sorted(draws.shuffled(range(100), KEY)) == list(range(100))


def test_sides_are_drawn_evenly():
    """Chi-square with one degree of freedom over 10,000 draws; 6.63 is its 99th percentile."""
    left = sum(draws.shuffled("ab", draws.key("seed", "sides", "jo", item))[0] == "a" for item in range(10_000))

    assert (left - 5_000) ** 2 / 2_500 < 6.63


def test_which_numbers_come_first_and_second_is_drawn_evenly():
    """Ordered pairs of 16 numbers over 12,000 orders: chi-square, 239 degrees of freedom, 99.9 %: 311."""
    counts = Counter()
    for who in range(12_000):
        counts[tuple(draws.shuffled(range(16), draws.key("seed", "offer", who))[:2])] += 1

    assert len(counts) == 240
    assert sum((count - 50) ** 2 / 50 for count in counts.values()) < 311


def test_whole_numbers_and_fractions_are_drawn_evenly():
    """Sixteen bins of 8,000 draws each: chi-square, 15 degrees of freedom, 99.9 %: 37.7."""
    keys = [draws.key("seed", who) for who in range(8_000)]
    whole = Counter(draws.below(16, key, "shelf") for key in keys)
    parts = Counter(int(16 * draws.fraction(key, "coin")) for key in keys)

    for counts in (whole, parts):
        assert sorted(counts) == list(range(16))
        assert sum((count - 500) ** 2 / 500 for count in counts.values()) < 37.7
