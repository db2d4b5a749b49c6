from __future__ import annotations

from pytest_goldenprompt.engine.window import RISE, ROUND, Latency, Window


def test_a_window_begins_wide_and_is_halved_at_a_sign_of_too_much_down_to_one():
    window = Window(64)
    sizes = [window.size]
    for second in range(1, 9):
        window.halve(second, second)
        sizes.append(window.size)
    assert sizes == [64, 32, 16, 8, 4, 2, 1, 1, 1]


def test_signs_of_one_round_count_once():
    window = Window(64)
    window.halve(began=5.0, now=6.0)
    for began in (4.0, 5.0, 5.9):
        window.halve(began, now=7.0)
    assert window.size == 32
    window.halve(began=6.0, now=7.0)
    assert window.size == 16


def test_each_round_of_answers_widens_it_by_one_and_never_over_its_most():
    window = Window(6)
    window.halve(1.0, 1.0)
    sizes = []
    for _ in range(3 + 4 + 5 + 6):
        window.answered()
        sizes.append(window.size)
    assert sizes == [3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6]


def test_a_sign_begins_the_round_anew():
    window = Window(8)
    window.halve(1.0, 1.0)
    for _ in range(3):
        window.answered()
    window.halve(2.0, 2.0)
    window.answered()
    assert window.size == 2
    window.answered()
    assert window.size == 3


def test_it_is_not_halved_below_what_is_known_to_be_borne():
    window = Window(64)
    window.halve(1.0, 1.0, least=20)
    window.halve(2.0, 2.0, least=20)
    assert window.size == 20
    window.halve(3.0, 3.0, least=50)
    assert window.size == 20


def steady(latency, seconds, count, prompt="p", size=4):
    return [latency.rises(prompt, seconds, size) for _ in range(count)]


def test_answers_that_take_far_longer_than_usual_are_told_once_a_round():
    latency = Latency()
    assert not any(steady(latency, 1.0, 5 * ROUND))
    told = steady(latency, RISE + 0.5, 9 * ROUND)
    assert told.index(True) < 2 * ROUND
    assert told.count(True) == 1, "the longer time is the usual one from then on"
    assert steady(latency, 100.0, 9 * ROUND).count(True) == 3


def test_a_slower_answer_now_and_then_is_no_rise():
    latency = Latency()
    steady(latency, 1.0, 2 * ROUND)
    assert not any(latency.rises("p", 9.0 if number % 3 == 0 else 1.0, 4) for number in range(90))


def test_each_prompt_has_its_own_usual_time():
    latency = Latency()
    for _ in range(ROUND):
        latency.rises("short", 0.5, 4)
        latency.rises("long", 20.0, 4)
    assert not any(latency.rises("long", 20.0, 4) for _ in range(5 * ROUND))
    assert any(latency.rises("short", 20.0, 4) for _ in range(2 * ROUND))


def test_a_time_that_gets_shorter_is_the_usual_one():
    latency = Latency()
    steady(latency, 8.0, ROUND)
    steady(latency, 1.0, 2 * ROUND)
    assert True in steady(latency, 4.0, 2 * ROUND)


def test_the_shortest_times_say_nothing():
    latency = Latency()
    steady(latency, 0.001, 4 * ROUND)
    assert not any(steady(latency, 0.2, 4 * ROUND))
