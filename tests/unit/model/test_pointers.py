from __future__ import annotations

from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.model.suggest import did_you_mean


def test_the_newest_month_may_be_asked_for_before_another():
    pointers = Pointers({"2026-09": Pointer("a", "1"), "2026-11": Pointer("c", "3"), "2026-10": Pointer("b", "2")})
    assert pointers.newest() == Pointer("c", "3")
    assert pointers.newest(before="2026-11") == Pointer("b", "2")
    assert pointers.newest(before="2026-09") is None
    assert Pointers().newest() is None


def test_a_near_word_is_suggested_and_a_far_one_not():
    assert did_you_mean("exat", ["exact", "json"]) == ", did you mean `exact`?"
    assert not did_you_mean("zzz", ["exact", "json"])


def test_every_pointer_is_given_once():
    one, two = Pointer("r1", "d1"), Pointer("r2", "d2")
    assert Pointers().all() == set()
    assert Pointers({"2026-10": one}).all() == {one}
    assert Pointers({"2026-10": one, "2026-11": two}, one).all() == {one, two}
