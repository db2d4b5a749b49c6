from __future__ import annotations

from pytest_goldenprompt.model.triage import Standing


def test_what_waits_for_a_person_is_open():
    assert {one for one in Standing if one.is_open} == {Standing.OPEN, Standing.AGAIN}
