from __future__ import annotations

import asyncio

from pytest_goldenprompt.engine.admission import Admission, Leave, Places, Stop
from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from simulated_clock import simulate

ASKED = Request("p", "c", 0, ())


def with_one_place(work):
    """Run a coroutine function with an admission of one place, its queue and its stop."""

    async def run():
        traffic, stop = Traffic(), Stop()
        admission = Admission(asyncio.get_running_loop(), traffic.purse, stop)
        places = Places(1)
        queue = admission.queue(traffic.lane(Asked("openai:m"), Limits()), (places,))
        await work(admission, queue, stop)
        return places

    return simulate(run())


def test_a_call_that_is_given_up_just_when_it_is_let_in_leaves_its_place():
    async def work(admission, queue, stop):
        first = await admission.enter(queue, ASKED, 0.0)
        waiting = asyncio.create_task(admission.enter(queue, ASKED, 0.0))
        await asyncio.sleep(1)
        admission.leave(queue, ASKED, first, Output("yes"))
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        assert isinstance(await admission.enter(queue, ASKED, 0.0), Leave)

    assert with_one_place(work).taken == 1


def test_a_call_that_is_given_up_while_it_waits_is_passed_over():
    async def work(admission, queue, stop):
        first = await admission.enter(queue, ASKED, 0.0)
        waiting = [asyncio.create_task(admission.enter(queue, ASKED, wait)) for wait in (0.0, 0.5, 0.0)]
        await asyncio.sleep(1)
        for task in waiting[:2]:
            task.cancel()
        await asyncio.sleep(1)
        admission.leave(queue, ASKED, first, None)
        assert isinstance(await waiting[2], Leave)

    with_one_place(work)


def test_a_further_attempt_waits_its_time_and_goes_before_new_calls_then():
    async def work(admission, queue, stop):
        order = []

        async def call(name, wait):
            leave = await admission.enter(queue, ASKED, wait)
            order.append((name, asyncio.get_running_loop().time()))
            await asyncio.sleep(10)
            admission.leave(queue, ASKED, leave, Output("yes"))

        await asyncio.gather(*(call(name, wait) for name, wait in [("a", 0), ("late", 25), ("b", 0), ("soon", 5)]))
        assert order == [("a", 0), ("soon", 10), ("b", 20), ("late", 30)]

    assert with_one_place(work).taken == 0


def test_whoever_waits_is_told_when_the_run_is_stopped():
    async def work(admission, queue, stop):
        await admission.enter(queue, ASKED, 0.0)
        waiting = [asyncio.create_task(admission.enter(queue, ASKED, wait)) for wait in (0.0, 3600.0)]
        await asyncio.sleep(1)
        stop.say("-x")
        stop.say("a later reason")
        admission.move()
        assert [await task for task in waiting] == ["-x", "-x"]
        assert asyncio.get_running_loop().time() == 1

    with_one_place(work)
