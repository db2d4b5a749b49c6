"""The test server is itself what it says: its latency, its luck and its drift come out as they were asked for."""

from __future__ import annotations

import statistics

from openai_server import OpenAIServer

BODY = {"model": "m", "messages": [{"role": "user", "content": "yes"}]}


def answers(server, count):
    return [server.reply("", BODY)["choices"][0]["message"]["content"] for _ in range(count)]


def test_the_share_of_flaky_answers_is_that_asked_for_and_the_same_each_time():
    first, second = (answers(OpenAIServer(flaky=0.2), 2000) for _ in range(2))
    assert first == second
    assert 0.17 < sum(answer != "yes" for answer in first) / 2000 < 0.23


def test_after_its_drift_every_answer_is_wrong():
    assert answers(OpenAIServer(drift=3, wrong="no"), 5) == ["yes", "yes", "yes", "no", "no"]


def test_times_are_fixed_or_lognormal_around_the_latency():
    server, times = OpenAIServer(latency=0.2, spread=0.5), []
    for server.calls in range(4001):
        times.append(server.seconds())
    assert 0.19 < statistics.median(times) < 0.21
    assert statistics.quantiles(times, n=20)[-1] > 0.4
    assert OpenAIServer(latency=0.2).seconds() == 0.2
