from __future__ import annotations

import dataclasses
import gc

import pytest

from pytest_goldenprompt.model.many import opened, uncollected
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.result import Repeat


def test_what_a_twin_makes_becomes_one_of_the_frozen_kind():
    made = opened(Repeat)(1.0, True, output="x")
    made.__class__ = Repeat
    assert made == Repeat(1.0, True, output="x")
    assert hash(made) == hash(Repeat(1.0, True, output="x"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.score = 0.0
    assert dataclasses.replace(made, score=0.5) == Repeat(0.5, True, output="x")


def test_a_twin_has_the_defaults_of_its_kind_each_its_own():
    one, other = opened(RunRecord)("r1"), opened(RunRecord)("r2")
    assert one.info == RunRecord("r1").info
    assert one.info is not other.info


def test_a_twin_refuses_what_its_kind_refuses():
    with pytest.raises(TypeError, match="Repeat"):
        opened(Repeat)(more=1)


@pytest.mark.parametrize("active", [True, False])
def test_the_collector_is_afterwards_as_it_was(active):
    before = gc.isenabled()
    try:
        (gc.enable if active else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is active
        with pytest.raises(KeyError):
            uncollected()({}.pop)("x")
        assert gc.isenabled() is active
    finally:
        (gc.enable if before else gc.disable)()
