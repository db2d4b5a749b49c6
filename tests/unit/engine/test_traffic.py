from __future__ import annotations

import json
import math

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.limits import Allowance, Asked, Terms
from pytest_goldenprompt.model.prompt import Request

TERMS = Terms({"openai": Allowance(3), "other": Allowance(9)})
ONE, TWO = Asked("openai:one"), Asked("openai:two")


def refuse(lane, now, retry_after):
    error = ProviderError("busy", transient=True, status=429, retry_after=retry_after)
    lane.end(lane.start(now, 0.0), Request("p", "c", 0, ()), error, now)


def told(traffic, now):
    """What travels between two processes."""
    return json.loads(json.dumps(traffic.told(now)))


def test_a_model_has_one_lane_whoever_asks_for_it():
    traffic = Traffic(TERMS)
    assert traffic.lane(ONE, Limits()) is traffic.lane(Asked("openai", "one"), Limits())
    assert traffic.lane(ONE, Limits()) is not traffic.lane(TWO, Limits())


def test_what_one_process_met_holds_in_the_next():
    worker, controller = Traffic(TERMS.shared(2)), Traffic(TERMS)
    refuse(worker.lane(ONE, Limits()), 100.0, 20.0)
    refuse(worker.lane(TWO, Limits()), 100.0, 3600.0)
    controller.learn(told(worker, 110.0), 5000.0)
    lane = controller.lane(ONE, Limits())
    assert lane.opens(5000.0, 0.0) == 5010.0
    assert controller.lane(TWO, Limits()).down == "it asks for a pause of 3600 s (busy)"
    assert controller.lane(Asked("openai:three"), Limits()).down == ""
    lane.start(5010.0, 0.0)
    assert lane.opens(5010.0, 0.0) == 5050.0, "three calls within a minute, two of them the worker's"


def test_several_processes_add_up_and_the_longest_pause_counts():
    controller = Traffic(TERMS)
    for seconds in (30.0, 10.0):
        worker = Traffic(TERMS)
        refuse(worker.lane(ONE, Limits()), 0.0, seconds)
        controller.learn(told(worker, 0.0), 0.0)
    assert controller.lane(ONE, Limits()).paused == 30.0
    assert len(controller.told(1.0)["recent"]["openai"]) == 2


def test_a_process_with_other_tables_is_heard_as_far_as_it_concerns_this_one():
    worker, controller = Traffic(Terms({"old": Allowance(1)})), Traffic(TERMS)
    worker.lane(Asked("old"), Limits()).start(0.0, 0.0)
    controller.learn(told(worker, 0.0), 0.0)
    assert controller.told(0.0) == {"recent": {}, "paused": {}, "down": {}}


def test_calls_that_never_came_back_to_their_engine_hold_up_no_later_one():
    traffic = Traffic()
    lane = traffic.lane(ONE, Limits(concurrency=2))
    for _ in range(2):
        lane.start(0.0, 0.0)
    assert lane.opens(1.0, 0.0) == math.inf
    traffic.renew()
    assert lane.opens(1.0, 0.0) <= 1.0


def test_a_second_engine_tries_anew_whether_the_model_is_there_unless_it_was_sent_away():
    traffic = Traffic()
    lane = traffic.lane(ONE, Limits(outage=1.0))
    for number in range(8):
        error = ProviderError("broken", transient=True, status=500)
        lane.end(lane.start(10.0 * number, 0.0), Request("p", f"c{number}", 0, ()), error, 10.0 * number)
    assert lane.down == "broken"
    traffic.renew()
    assert (lane.down, lane.opens(100.0, 0.0) <= 100.0) == ("", True)
    refuse(lane, 100.0, 3600.0)
    traffic.renew()
    assert lane.down == "it asks for a pause of 3600 s (busy)"
