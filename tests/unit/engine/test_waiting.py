from __future__ import annotations

from concurrent.futures import CancelledError, Future

import pytest

from pytest_goldenprompt.engine.waiting import wait


def test_whoever_waits_looks_up_now_and_then():
    future: Future[str] = Future()
    looks = []

    def look():
        looks.append(future.done())
        if len(looks) == 2:
            future.set_result("yes")

    assert wait(future, look) == "yes"
    assert looks == [False, False]


@pytest.mark.parametrize("error", [TimeoutError("the answer's own"), ValueError("wrong")])
def test_what_the_answer_raises_ends_the_wait(error):
    future: Future[str] = Future()
    future.set_exception(error)
    with pytest.raises(type(error), match=str(error)):
        wait(future)


def test_a_cancelled_answer_ends_the_wait():
    future: Future[str] = Future()
    future.cancel()
    with pytest.raises(CancelledError):
        wait(future)
