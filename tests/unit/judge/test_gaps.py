from __future__ import annotations

import pytest
from scipy import stats

from pytest_goldenprompt.judge.gaps import Cover, Pool, deals, few, is_over, lacks


def bits(*places):
    return sum(1 << place for place in places)


def judged(golden_in, asked_in, pool, others=0):
    """Judge one part with so many golden cases and inputs, beside `others` that everything is in."""
    golden = (1 << pool.golden) - 1
    part = bits(*range(golden_in), *range(pool.golden, pool.golden + asked_in))
    whole = (1 << pool.size) - 1
    return lacks([part, *[whole] * others], golden, pool, tuple(deals(pool, 199, "s")), 0.05)[0]


@pytest.mark.parametrize(("size", "golden"), [(1, 0), (9, 0), (9, 2), (40, 2), (78, 0), (79, 2), (3, 3)])
def test_few_is_the_lower_side_of_fishers_test(size, golden):
    pool = Pool(50, 80)
    assert few(size, golden, pool) == pytest.approx(stats.hypergeom(130, 50, size).cdf(golden), rel=1e-9)


@pytest.mark.parametrize(
    ("asked", "production"), [(2, 50), (4, 50), (50, 50), (7, 200), (8, 200), (9, 200), (450, 20_000), (430, 20_000)]
)
def test_over_is_the_exact_binomial_test(asked, production):
    assert is_over(asked, production) == (stats.binom(production, 0.02).sf(asked - 1) <= 0.05)


def test_what_cannot_be_is_not_over():
    assert not is_over(1, 50)
    assert not is_over(51, 50)


def test_deals_are_repeatable_and_keep_the_number():
    pool = Pool(7, 12)
    first, again = tuple(deals(pool, 20, "a")), tuple(deals(pool, 20, "a"))
    assert first == again != tuple(deals(pool, 20, "b"))
    assert {deal.bit_count() for deal in first} == {7}
    assert max(deal.bit_length() for deal in first) <= pool.size
    places = [sum(deal >> place & 1 for deal in deals(pool, 300, "c")) for place in range(pool.size)]
    assert stats.chisquare(places).pvalue > 0.001


def test_a_part_without_golden_cases_is_a_gap():
    lack = judged(0, 15, Pool(100, 100))
    assert (lack.asked, lack.golden, lack.state, lack.p, lack.needs) == (15, 0, Cover.GAP, 1 / 200, None)


def test_three_cases_cover_whatever_the_share():
    assert judged(3, 60, Pool(100, 100)).state is Cover.COVERED


def test_a_rare_part_needs_no_case():
    assert judged(0, 2, Pool(100, 100)).state is Cover.COVERED


def test_what_luck_explains_is_unclear_and_says_what_would_tell():
    lack = judged(0, 2, Pool(80, 40), others=3)
    assert lack.state is Cover.UNCLEAR
    assert lack.needs > 40
    told = judged(0, round(2 / 40 * lack.needs), Pool(80, lack.needs), others=3)
    assert told.state is Cover.GAP


def test_too_few_golden_cases_tell_nothing_however_much_is_asked():
    lack = judged(0, 4, Pool(3, 60))
    assert (lack.state, lack.needs) == (Cover.UNCLEAR, None)


def test_without_a_deal_that_lacks_as_much_nothing_more_is_needed_than_a_deal():
    pool = Pool(100, 100)
    assert lacks([bits(*range(100, 115))], (1 << 100) - 1, pool, (), 0.05)[0].state is Cover.UNCLEAR
    assert lacks([], 0, pool, (), 0.05) == ()


def test_many_parts_raise_no_more_alarms_than_one():
    pool = Pool(40, 40)
    parts = [bits(*range(start, 80, 8)) for start in range(8)] + [bits(*range(start, start + 9)) for start in range(71)]
    dealt = tuple(deals(pool, 99, "null"))
    alarms = sum(
        any(lack.state is Cover.GAP for lack in lacks(parts, golden, pool, dealt, 0.05))
        for golden in deals(pool, 100, "worlds")
    )
    assert alarms <= 11  # 99 % of 100 tries at 5 %
