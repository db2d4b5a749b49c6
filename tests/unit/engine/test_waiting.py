from __future__ import annotations

import threading

import pytest

from pytest_goldenprompt.engine.waiting import Promise, wait


def test_whoever_waits_looks_up_now_and_then():
    promise: Promise[str] = Promise()
    looks = []

    def look():
        looks.append(promise.done())
        if len(looks) == 2:
            promise.set_result("yes")

    assert wait(promise, look) == "yes"
    assert looks == [False, False]


def test_a_promise_is_kept_by_another_thread_and_read_as_often_as_wanted():
    promise: Promise[str] = Promise()
    with pytest.raises(TimeoutError):
        promise.result(0.001)
    threading.Timer(0.01, promise.set_result, ["yes"]).start()
    assert [wait(promise), promise.result(), promise.result(0)] == ["yes"] * 3
    assert promise.done()


def test_a_result_may_be_anything():
    promise: Promise[None] = Promise()
    promise.set_result(None)
    assert promise.done()
    assert promise.result() is None
