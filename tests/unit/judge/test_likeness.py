from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_goldenprompt.judge.likeness import KEPT, Chosen, Near, neighbours, stand_ins, weighed, words_of

TEXTS = [
    "The parcel is late again",
    "My PARCEL is very late",
    "a charge on the invoice",
    "the invoice has a second charge",
    "how do I log in",
    "reset of a password",
    "open at weekends?",
    "",
]


def test_words_are_counted_without_case_and_unspaced_scripts_in_pairs():
    assert words_of("Late, late: the_parcel!") == {"late": 2, "the": 1, "parcel": 1}
    assert words_of("荷物が") == {"荷物": 1, "物が": 1}
    assert words_of("荷") == {"荷": 1}


def test_the_nearest_share_rare_words():
    texts = weighed(TEXTS)
    near = neighbours(texts)
    assert [one[0].place if one else None for one in near[:4]] == [1, 0, 3, 2]
    assert near[7] == ()
    expected = math.fsum(weight * texts[1].get(word, 0.0) for word, weight in texts[0].items())
    assert near[0][0].like == pytest.approx(expected)


def test_common_words_tell_nothing_and_long_texts_are_told_by_their_heaviest():
    texts = weighed(["the same old words"] * 8)
    assert texts == ({},) * 8
    [long, *_] = weighed([" ".join(f"word{n}" for n in range(300)), "b", "c", "d"])
    assert len(long) == KEPT


@settings(max_examples=30)
@given(st.lists(st.text("ab c日", max_size=12), min_size=1, max_size=12))
def test_likeness_is_mutual_and_a_share(texts):
    near = neighbours(weighed(texts))
    alike = {(at, one.place): one.like for at, others in enumerate(near) for one in others}
    assert all(0.0 < like <= 1.0 for like in alike.values())
    assert all(alike[other, one] == pytest.approx(like) for (one, other), like in alike.items())


def test_who_stands_for_most_is_chosen_first():
    near = [
        (Near(1, 0.8), Near(2, 0.8)),
        (Near(0, 0.8),),
        (Near(0, 0.8),),
        (),
        (Near(5, 0.9),),
        (Near(4, 0.9),),
    ]
    there = {0: 0.0, 1: 0.0, 2: 0.0, 3: 0.0, 4: 0.95}  # place 5 is golden
    assert stand_ins(near, there, 2) == (Chosen(0, 3), Chosen(3, 1))
    assert [one.place for one in stand_ins(near, there, 9)] == [0, 3, 1, 2]
    assert stand_ins(near, {}, 3) == ()
    assert stand_ins(near, {3: 1.0}, 3) == ()
