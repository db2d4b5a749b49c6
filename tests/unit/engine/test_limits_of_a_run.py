"""Whole runs on a simulated clock: what a provider bears, what a team allows, and what happens when neither answers."""

from __future__ import annotations

import random
from bisect import bisect_left
from decimal import Decimal

import pytest

from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.engine.waiting import Promise
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.limits import Allowance, Asked, Caps, Price, Terms
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from simulated_clock import SimulatedLoop
from unit.engine.models import MODEL, SOON, Ceiling, Model, run, run_together

YES = Output("yes", usage=Usage(10, 5))
DOWN = ProviderError("openai answered 503", transient=True, status=503)
RESET = ProviderError("the connection failed", transient=True)


def always(given):
    return lambda now, request: given


def errors(answers):
    return [answer.error for answer in answers if answer.output is None]


@pytest.mark.parametrize("retry_after", [0.1, 1.0, None])
@pytest.mark.parametrize(("concurrency", "latency"), [(16, 0.05), (16, 1.0), (64, 1.0), (64, 3.0)])
def test_a_ceiling_that_nobody_told_is_found_used_and_kept(retry_after, concurrency, latency):
    luck = random.Random(1)
    ceiling = Ceiling(10.0, retry_after)
    model = Model(ceiling, lambda request: latency * luck.lognormvariate(0, 0.4))
    answers = run(model, 1400, Limits(concurrency=concurrency))
    assert errors(answers) == []
    accepted = sum(30 <= second < 120 for second in ceiling.accepted)
    refused = sum(30 <= second < 120 for second in ceiling.refused)
    assert refused <= 0.05 * (accepted + refused)
    assert accepted >= 0.85 * 10 * 90
    assert ceiling.early == 0


def test_a_provider_that_allows_few_calls_at_once_gets_few():
    under_way = []

    def answer(now, request):
        under_way[:] = [end for end in under_way if end > now]
        if len(under_way) >= 5:
            return ProviderError("at most 5 at once", transient=True, status=429)
        under_way.append(now + 1.0)
        return YES

    model = Model(answer)
    assert errors(run(model, 900, Limits(concurrency=64))) == []
    late = [outcome for second, _, outcome in model.calls if second > 30]
    assert sum(map(bool, late)) <= 0.05 * len(late)
    assert max(model.seconds) < 900 / 5 / 0.85


def test_a_pause_that_is_asked_for_holds_all_calls_to_this_model_and_none_to_another():
    asked = []

    def answer(now, request):
        if now == 2.0 and not asked:
            asked.append(now)
            return ProviderError("busy", transient=True, status=429, retry_after=30.0)
        return YES

    paused, other = Model(answer), Model(always(YES))
    answers = run_together({MODEL: paused, Asked("openai:other"): other}, 200, Limits(concurrency=8))
    assert errors(answers) == []
    assert asked == [2.0]
    assert not [second for second in paused.seconds if 2.0 < second < 32.0]
    assert len([second for second in other.seconds if 2.0 < second < 32.0]) > 50


@pytest.mark.parametrize("error", [DOWN, RESET, ProviderError("no answer in time", transient=True, status=408)])
def test_an_outage_is_told_from_a_failed_call_and_the_rest_is_not_called(error):
    model = Model(always(error), lambda request: 0.1)
    answers = run(model, 1000)
    assert len(model.calls) < 40
    assert max(model.seconds) < 20
    assert errors(answers).count(str(error)) <= 16
    assert errors(answers)[-1] == f"not called: openai:m is down: {error}"


def test_calls_that_hang_are_an_outage_after_two_rounds():
    model = Model(always(YES), lambda request: 10_000.0)
    answers = run(model, 1000, Limits(timeout=60.0))
    assert len(model.calls) < 20
    assert max(model.seconds) < 70
    assert errors(answers)[-1] == "not called: openai:m is down: no answer within 60 s"


def test_an_outage_of_one_model_is_none_of_another():
    down, up = Model(always(DOWN), lambda request: 0.1), Model(always(YES))
    answers = run_together({MODEL: down, Asked("openai:up"): up}, 400)
    assert errors(answers[1::2]) == []
    assert errors(answers[::2])[-1] == f"not called: openai:m is down: {DOWN}"


def test_an_outage_that_ends_costs_the_calls_that_were_used_up_and_no_other():
    model = Model(lambda now, request: DOWN if 5 <= now < 14 else YES)
    answers = run(model, 300)
    assert len(errors(answers)) == 0
    assert len([second for second in model.seconds if 5 <= second < 14]) < 40


def test_calls_that_can_never_succeed_are_no_outage():
    def answer(now, request):
        return RESET if request.case_id in {"c0", "c1", "c2", "c50", "c51", "c52"} else YES

    for concurrency in (1, 16):
        answers = run(Model(answer), 100, Limits(concurrency=concurrency))
        assert errors(answers) == [str(RESET)] * 6


def test_a_request_that_is_always_refused_as_one_too_many_costs_itself_alone():
    large = ProviderError("request too large", transient=True, status=429)
    model = Model(lambda now, request: large if request.case_id == "c3" else YES)
    assert errors(run(model, 600)) == ["request too large"]
    others = [second for second, case, _ in model.calls if case != "c3"]
    assert max(others) < 1.5 * 600 / 16
    assert max(model.seconds) < 90
    alone = Model(lambda now, request: large if request.case_id == "c3" else YES)
    assert errors(run(alone, 60, Limits(concurrency=1))) == ["request too large"]


def test_a_provider_that_refuses_everything_for_a_minute_is_down():
    model = Model(always(ProviderError("daily limit", transient=True, status=429, retry_after=5.0)))
    answers = run(model, 500)
    assert 60 <= max(model.seconds) < 90
    assert len(model.calls) < 60
    assert errors(answers)[-1] == "not called: openai:m is down: daily limit"


def test_a_pause_of_an_hour_is_an_outage_at_once():
    model = Model(always(ProviderError("quota", transient=True, status=429, retry_after=3600.0)))
    answers = run(model, 500)
    assert set(model.seconds) == {0.0}
    assert errors(answers)[-1] == "not called: openai:m is down: it asks for a pause of 3600 s (quota)"


def test_what_a_model_could_not_bear_in_one_engine_holds_in_the_next():
    traffic = Traffic()
    run(Model(always(ProviderError("quota", transient=True, status=429, retry_after=3600.0))), 5, traffic=traffic)
    later = Model(always(YES))
    assert errors(run(later, 3, traffic=traffic))[-1].startswith("not called: openai:m is down")
    assert later.calls == []


def test_an_error_that_is_not_transient_is_no_outage_whatever_their_number():
    model = Model(always(ProviderError("bad request", status=400)))
    assert errors(run(model, 200)) == ["bad request"] * 200


def test_answers_that_take_longer_and_longer_halve_what_is_under_way():
    model = Model(always(YES))
    model.latency = lambda request: 0.5 if int(request.case_id[1:]) < 64 else 0.5 * max(1, model._now / 4) ** 2
    assert errors(run(model, 800, Limits(concurrency=32, timeout=1000.0))) == []
    starts = [second for second, case, _ in model.calls if int(case[1:]) >= 400]
    assert len(starts) == 400
    crowded = 400 / 32 * 0.5 * (32 / 4) ** 2
    assert starts[-1] - starts[0] < 0.7 * crowded


def most_in_a_minute(model):
    seconds = sorted(model.seconds)
    return max(bisect_left(seconds, second + 60) - number for number, second in enumerate(seconds))


def test_no_minute_has_more_calls_than_the_team_allows():
    model = Model(always(YES), lambda request: 0.3)
    terms = Terms({"m": Allowance(40)})
    assert errors(run(model, 130, traffic=Traffic(terms))) == []
    assert most_in_a_minute(model) == 40
    assert 180 <= max(model.seconds) < 182


def test_further_attempts_count_as_calls():
    model = Model(lambda now, request: RESET if hash(now) % 2 else YES, lambda request: 1.0)
    run(model, 60, traffic=Traffic(Terms({"openai": Allowance(30)})))
    assert len(model.calls) > 60
    assert most_in_a_minute(model) <= 30


def test_models_under_one_entry_share_it_and_those_with_one_of_their_own_do_not():
    terms = Terms({"openai": Allowance(20), "c": Allowance(100)})
    models = {Asked(f"openai:{name}"): Model(always(YES), lambda request: 0.3) for name in "abc"}
    assert errors(run_together(models, 120, traffic=Traffic(terms))) == []
    one, two, own = models.values()
    together = Model(always(YES), calls=one.calls + two.calls)
    assert most_in_a_minute(together) == 20
    assert max(own.seconds) < 60


def test_no_minute_has_many_more_tokens_than_the_team_allows():
    luck = random.Random(3)
    model = Model(lambda now, request: Output("yes", usage=Usage(luck.randint(50, 150), luck.randint(100, 500))))
    spent = []
    answer = model.answer
    model.answer = lambda now, request: spent.append((now, answer(now, request))) or spent[-1][1]
    assert errors(run(model, 300, traffic=Traffic(Terms({"m": Allowance(None, 20_000)})))) == []
    minutes = [0] * 20
    for second, output in spent:
        minutes[int(second // 60)] += output.usage.input_tokens + output.usage.output_tokens
    assert max(minutes) < 1.15 * 20_000
    assert minutes[1] > 0.8 * 20_000


def test_the_runs_concurrency_holds_over_all_models_and_each_gets_its_turn():
    under_way, most = 0, 0

    class Counted(Model):
        async def complete(self, request):
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            try:
                return await super().complete(request)
            finally:
                under_way -= 1

    models = {Asked(f"openai:{name}"): Counted(always(YES)) for name in "abc"}
    assert errors(run_together(models, 90, Limits(concurrency=4))) == []
    assert most == 4
    for model in models.values():
        assert 25 <= len(model.seconds) <= 30
        assert min(model.seconds) < 3
        assert max(model.seconds) > 15


def test_a_providers_own_concurrency_holds_over_its_models():
    model = Model(always(YES), max_concurrency=2)
    answers = run_together({Asked("openai:a"): model, Asked("openai:b"): model}, 40, Limits(concurrency=8))
    assert errors(answers) == []
    assert model.most == 2


def test_a_limit_that_is_hit_answers_those_at_once_that_wait_for_another_model():
    pause = ProviderError("busy", transient=True, status=429, retry_after=50.0)
    paused, other = Model(always(pause)), Model(always(YES))
    loop = SimulatedLoop()
    engine = Engine(Limits(), random.Random(0), Traffic(purse=purse(calls=30)), loop)
    jobs = [
        Job(model, (Request("p", f"c{number}", 0, ()),), asked)
        for number in range(100)
        for model, asked in ((paused, MODEL), (other, Asked("openai:other")))
    ]
    ends = []

    class Timed(Promise):
        def set_result(self, result):
            ends.append(loop.time())
            super().set_result(result)

    for job in jobs:
        job.answers = Timed()
    engine.submit(jobs)
    for job in jobs:
        job.answers.result(SOON)
    engine.close()
    assert len(ends) == len(jobs)
    assert max(ends) < 10


def purse(terms=None, **caps):
    return Purse(terms or Terms(), Caps(**caps))


def test_no_more_calls_are_made_than_the_run_may_make():
    model = Model(lambda now, request: RESET if now < 3 else YES)
    traffic = Traffic(purse=purse(calls=50))
    answers = run(model, 80, traffic=traffic)
    assert len(model.calls) == traffic.purse.calls == 50
    assert errors(answers)[-1] == "not called: the limit of 50 calls is reached"


@pytest.mark.parametrize("draw", range(200))
def test_the_budget_is_never_gone_over_with_eight_calls_under_way(draw):
    """Prices, lengths, failures and the budget itself are drawn; what the provider bills is what counts."""
    luck = random.Random(draw)
    money = lambda most: Decimal(luck.randint(1, most)) / 100  # noqa: E731
    price = Price(money(500), money(2000), money(500) if luck.random() < 0.5 else None, money(2) / 1000)
    most, billed = luck.randint(1, 2000), []

    def answer(now, request):
        chance = luck.random()
        if chance < 0.1:
            return ProviderError("busy", transient=True, status=429, retry_after=luck.random())
        sent, said = luck.randint(1, 64), luck.randint(0, most)
        usage = Usage(sent, said, cached_tokens=luck.randint(0, sent))
        billed.append(price.cost(usage, Usage()))
        if chance < 0.2:
            return RESET
        return Output("yes", usage=Usage() if chance < 0.3 else usage)

    budget = Decimal(luck.randint(1, 4000)) / 10_000
    spending = purse(Terms(prices={"m": price}), budget=budget)
    model = Model(answer, lambda request: luck.expovariate(1))
    answers = run(model, 60, Limits(concurrency=8), Traffic(purse=spending), parameters={"max_tokens": most})
    total = spending.spent.get("openai:m")
    assert sum(billed) <= budget
    assert total is None or sum(billed) <= total.amount <= budget
    left = {error for error in errors(answers) if error.startswith("not called")}
    assert left <= {f"not called: the budget of {budget:f} is spent"}
    dearest = price.most(price.bound(MODEL, request_of(most)))
    assert not left or budget - (total.amount if total else 0) < dearest, "what is left could have paid for a call"


def request_of(most):
    return Request("p", "c", 0, (), parameters={"max_tokens": most})


def test_a_budget_that_pays_for_everything_stops_nothing():
    spending = purse(Terms(prices={"m": Price(Decimal(1), Decimal(2))}, currency="USD"), budget=Decimal(1))
    answers = run(Model(always(YES)), 100, traffic=Traffic(purse=spending), parameters={"max_tokens": 100})
    assert errors(answers) == []
    assert spending.spent["openai:m"].amount == Decimal(100 * (10 + 2 * 5)) / 1_000_000


def test_a_spent_budget_names_its_currency():
    spending = purse(Terms(prices={"m": Price(Decimal(1), Decimal(1))}, currency="USD"), budget=Decimal("0.0001"))
    answers = run(Model(always(YES)), 3, traffic=Traffic(purse=spending), parameters={"max_tokens": 100})
    assert errors(answers) == ["not called: the budget of 0.0001 USD is spent"] * 3


def test_a_provider_that_goes_beyond_its_bound_is_trusted_no_further():
    """It answers with ten times the tokens that it was allowed: the cap is missed by the calls under way alone."""
    model = Model(always(Output("yes", usage=Usage(0, 1000))))
    spending = purse(Terms(prices={"m": Price(Decimal(0), Decimal(1000))}), budget=Decimal(20))
    run(model, 200, Limits(concurrency=1), Traffic(purse=spending), parameters={"max_tokens": 100})
    assert len(model.calls) == 20


@pytest.mark.parametrize("latency", [0.7, 1000.0])
def test_at_the_deadline_all_is_answered_and_nothing_is_called_after_it(latency):
    model = Model(always(YES), lambda request: latency)
    traffic = Traffic(purse=purse(seconds=30.5), deadline=30.5)
    answers = run(model, 10_000, Limits(timeout=600.0), traffic)
    assert max(model.seconds) < 30.5
    assert model._now == 0
    late = "the deadline of 30.5 s has passed"
    assert set(errors(answers)) == {f"no answer: {late}", f"not called: {late}"}
    assert errors(answers).count(f"no answer: {late}") == 16


def test_a_deadline_ends_waits_too():
    model = Model(always(ProviderError("busy", transient=True, status=429, retry_after=50.0)))
    answers = run(model, 100, traffic=Traffic(purse=purse(seconds=30.0), deadline=30.0))
    assert errors(answers)[-1] == "not called: the deadline of 30 s has passed"
    assert errors(answers)[0] == "busy"


def test_a_deadline_that_is_over_before_the_first_call_leaves_none():
    model = Model(always(YES))
    answers = run(model, 20, traffic=Traffic(purse=purse(seconds=9.0), deadline=-1.0))
    assert errors(answers) == ["not called: the deadline of 9 s has passed"] * 20
    assert model.calls == []


def test_what_was_turned_away_is_not_paid_for():
    model = Model(lambda now, request: DOWN if now < 3 else YES)
    spending = purse(Terms(prices={"m": Price(Decimal(1), Decimal(2))}), budget=Decimal(1))
    assert errors(run(model, 20, traffic=Traffic(purse=spending), parameters={"max_tokens": 100})) == []
    spent = spending.spent["openai:m"]
    assert spent.calls == len(model.calls) > 20
    assert (spent.amount, spent.estimated) == (Decimal(20 * (10 + 2 * 5)) / 1_000_000, 0)


class Recorded(Model):
    """Has the first fifty answers on record."""

    def recall(self, request):
        return YES if int(request.case_id[1:]) < 50 else None


def test_recorded_answers_are_not_given_either_once_a_run_was_stopped():
    model = Recorded(always(YES), max_concurrency=1)
    answers = run(model, 60, traffic=Traffic(purse=purse(calls=3)))
    assert len(errors(answers)) == 7
    traffic = Traffic(purse=purse(seconds=1.0), deadline=-1.0)
    assert len(errors(run(Recorded(always(YES)), 60, traffic=traffic))) == 60


def test_recorded_answers_use_up_no_limit_and_cost_nothing():
    terms = Terms({"m": Allowance(5)}, {"m": Price(call=Decimal(1))})
    model = Recorded(always(YES))
    traffic = Traffic(terms, purse(terms, budget=Decimal(10)))
    assert errors(run(model, 60, traffic=traffic)) == []
    assert (len(model.seconds), sum(second < 5 for second in model.seconds)) == (10, 5)
    assert traffic.purse.spent["openai:m"].calls == 10
    assert traffic.purse.spent["openai:m"].amount == 10
