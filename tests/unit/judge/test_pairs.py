from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.judge.pairs import summed, tagged, tally, untagged
from unit.judge.records import pair


def test_pairs_that_differ_in_the_case_alone_are_counted():
    one, other = pair(1, 2, 2, 2, tags=("a",)), pair(1, 2, 2, 2)
    counted = tally([one, one._replace(case_id="d", must_pass=True), other, other._replace(removed=True)])
    assert [(of.then, of.now, of.tags, of.removed, times) for of, times in counted] == [
        (one.then, one.now, ("a",), False, 2),
        (one.then, one.now, (), False, 1),
        (one.then, one.now, (), True, 1),
    ]
    assert [times for _, times in untagged(counted)] == [3, 1]
    assert [times for _, times in tagged(counted, "a")] == [2]


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(0, 5))))
def test_a_counted_sum_is_the_sum_of_each_to_the_last_bit(terms):
    assert summed(terms) == math.fsum(value for value, times in terms for _ in range(times))
