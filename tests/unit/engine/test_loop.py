from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field

import pytest

from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.errors import ProviderError, StoreError
from pytest_goldenprompt.model.limits import Asked, Caps, Terms
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request

SOON = 10.0
"""Seconds within which whatever is waited for here must be there."""


def request(name: str, repeat: int = 0) -> Request:
    return Request("p", name, repeat, ())


def answer_name(asked: Request) -> Output:
    return Output(f"{asked.case_id}{asked.repeat}")


@dataclass
class Sync:
    """A blocking provider that counts how many calls are under way."""

    answer: Callable[[Request], Output] = answer_name
    max_concurrency: int | None = None
    asked: list[str] = field(default_factory=list)
    most: int = 0
    closed: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_deterministic(self, asked):
        return False

    def complete(self, asked):
        with self._lock:
            self.asked.append(asked.case_id)
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            return self.answer(asked)
        finally:
            with self._lock:
                self._now -= 1

    def close(self):
        self.closed += 1


@dataclass
class Async(Sync):
    """The same on the loop."""

    async def complete(self, asked):
        self.asked.append(asked.case_id)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(0.003)
            return self.answer(asked)
        finally:
            self._now -= 1

    async def close(self):
        self.closed += 1


@pytest.fixture
def engines():
    made: list[Engine] = []

    def make(**limits):
        made.append(Engine(Limits(**{"first_wait": 0.001, **limits}), random.Random(0)))
        return made[-1]

    yield make
    for engine in made:
        engine.close(1.0)


def jobs(provider, *names, repeats=1):
    return [Job(provider, tuple(request(name, repeat) for repeat in range(repeats))) for name in names]


def answers(job):
    return job.answers.result(SOON)


def test_what_is_in_the_journal_is_not_called_for_but_counts_as_called(tmp_path):
    provider, asked = Sync(), Asked("openai:m")
    journal = Journal(tmp_path / "main.jsonl")
    journal.keep("openai:m", request("a", 1), Answer(Output("before", usage=Usage(5, 2)), latency=9.0, attempts=3))
    journal.close()
    traffic = Traffic()
    traffic.journal = Journal(tmp_path / "again.jsonl", [tmp_path / "main.jsonl"])
    engine = Engine(Limits(), random.Random(0), traffic)
    [job] = jobs(provider, "a", repeats=3)
    job.asked = asked
    engine.submit([job])
    assert [(one.output.text, one.attempts) for one in answers(job)] == [("a0", 1), ("before", 3), ("a2", 1)]
    engine.close()
    assert len(provider.asked) == 2
    spent = traffic.purse.spent["openai:m"]
    assert (spent.calls, spent.counted, spent.input_tokens, spent.output_tokens) == (5, 1, 5, 2)
    traffic.journal.close()
    assert (tmp_path / "again.jsonl").read_bytes().count(b"\n") == 2


@dataclass
class Recalls(Sync):
    """Has an answer to everything on record."""

    def recall(self, asked):
        return self.complete(asked)


def test_a_recorded_answer_goes_before_the_journals_and_is_not_written_into_it(tmp_path):
    journal = Journal(tmp_path / "main.jsonl")
    journal.keep("", request("a"), Answer(Output("before")))
    journal.close()
    traffic = Traffic()
    traffic.journal = Journal(tmp_path / "again.jsonl", [tmp_path / "main.jsonl"])
    engine = Engine(Limits(), random.Random(0), traffic)
    [job] = jobs(Recalls(), "a")
    engine.submit([job])
    assert answers(job)[0].output.text == "a0"
    engine.close()
    assert not (tmp_path / "again.jsonl").exists()


def slow(asked):
    time.sleep(0.003)
    return answer_name(asked)


@pytest.mark.parametrize("kind", [Sync, Async])
@pytest.mark.parametrize(("limit", "own", "most"), [(4, None, 4), (4, 2, 2), (2, 9, 2), (1, None, 1), (8, 1, 1)])
def test_no_more_calls_are_under_way_than_the_run_and_the_provider_allow(engines, kind, limit, own, most):
    provider = kind(slow if kind is Sync else answer_name, own)
    todo = jobs(provider, *(f"c{number}" for number in range(24)))
    engine = engines(concurrency=limit)
    engine.submit(todo[:12])
    engine.submit(todo[12:])
    for job in todo:
        assert answers(job)[0].output is not None
    assert provider.most == most
    assert engine.calls == 24


def test_the_runs_limit_holds_over_all_its_providers(engines):
    under_way, most, lock = 0, 0, threading.Lock()

    def counted(asked):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.003)
        with lock:
            under_way -= 1
        return answer_name(asked)

    todo = [job for _ in range(3) for job in jobs(Sync(counted), *"abcdefgh")]
    engines(concurrency=3).submit(todo)
    for job in todo:
        answers(job)
    assert most == 3


@pytest.mark.parametrize("kind", [Sync, Async])
def test_requests_are_called_in_the_order_in_which_they_were_submitted(engines, kind):
    provider = kind(max_concurrency=1)
    engine = engines()
    todo = jobs(provider, *"hgfedcba")
    engine.submit(todo[:5])
    engine.submit(todo[5:])
    for job in todo:
        answers(job)
    assert provider.asked == list("hgfedcba")


def test_answers_stand_in_the_order_of_the_repeats_whichever_comes_first(engines):
    def later_first(asked):
        time.sleep(0.02 * (3 - asked.repeat))
        return answer_name(asked)

    (job,) = jobs(Sync(later_first), "a", repeats=4)
    engines().submit([job])
    assert [answer.output.text for answer in answers(job)] == ["a0", "a1", "a2", "a3"]


def test_a_job_without_requests_is_answered(engines):
    job = Job(Sync(), ())
    engines().submit([job])
    assert answers(job) == ()


def test_a_function_that_hangs_costs_its_own_case_alone(engines):
    free = threading.Event()

    def hangs(asked):
        if asked.case_id == "stuck":
            free.wait(SOON)
        return answer_name(asked)

    provider = Sync(hangs)
    todo = jobs(provider, "stuck", *"abcdef")
    engines(concurrency=1, timeout=0.1, retries=0).submit(todo)
    try:
        assert answers(todo[0])[0].error == "no answer within 0.1 s"
        assert [answers(job)[0].output.text for job in todo[1:]] == ["a0", "b0", "c0", "d0", "e0", "f0"]
    finally:
        free.set()


def test_an_asynchronous_call_that_takes_too_long_is_cancelled(engines):
    seen = []

    class Slow(Async):
        async def complete(self, asked):
            try:
                await asyncio.sleep(SOON)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

    (job,) = jobs(Slow(), "a")
    engines(timeout=0.02, retries=0).submit([job])
    assert answers(job)[0].error == "no answer within 0.02 s"
    assert seen == ["cancelled"]


HANGS = """
import random, threading
from pytest_goldenprompt.engine.attempt import Answer, Limits
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.journal import Journal
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.model.prompt import Request

class Hangs:
    max_concurrency = None
    def complete(self, request):
        threading.Event().wait()
    close = complete_close = lambda self: threading.Event().wait()

engine = Engine(Limits(timeout=.05, retries=0), random.Random(0))
job = Job(Hangs(), (Request("p", "c", 0, ()),))
engine.submit([job])
print(job.answers.result()[0].error)
engine.close(.5)
print("closed")
"""


def test_a_process_whose_calls_hang_for_ever_still_ends_at_once():
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "no answer within 0.05 s\nclosed\n"
    assert time.monotonic() - began < 5


def test_a_fatal_error_stops_the_rest_with_its_sentence(engines):
    def refuses(asked):
        raise ProviderError("the key was refused (401)", fatal=True)

    provider = Sync(refuses, 1)
    todo = jobs(provider, *"abcd")
    engine = engines()
    engine.submit(todo)
    first, *others = [answers(job)[0] for job in todo]
    assert (first.error, first.fatal, first.attempts) == ("the key was refused (401)", True, 1)
    assert {(other.error, other.attempts) for other in others} == {("not called: the key was refused (401)", 0)}
    assert provider.asked == ["a"]
    assert engine.calls == 1


def test_stop_closes_admission_while_calls_under_way_may_end(engines):
    inside, go_on = threading.Event(), threading.Event()

    def waits(asked):
        inside.set()
        go_on.wait(SOON)
        return answer_name(asked)

    provider = Sync(waits, 1)
    todo = jobs(provider, *"abc")
    engine = engines()
    engine.submit(todo)
    assert inside.wait(SOON)
    engine.stop("-x")
    engine.stop("a later reason")
    late = jobs(provider, "late")
    engine.submit(late)
    go_on.set()
    assert answers(todo[0])[0].output.text == "a0"
    assert [answers(job)[0].error for job in (*todo[1:], *late)] == ["not called: -x"] * 3
    assert provider.asked == ["a"]


def test_stop_ends_the_retries_of_a_call_under_way(engines):
    engine = engines(retries=50)

    def busy(asked):
        engine.stop("-x")
        raise ProviderError("busy", transient=True)

    provider = Sync(busy)
    (job,) = jobs(provider, "a")
    engine.submit([job])
    assert answers(job)[0].error == "busy"
    assert provider.asked == ["a"]


class Odd(BaseException):
    """Neither an error nor an interrupt."""


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize("kind", [Sync, Async])
@pytest.mark.parametrize(
    "raised",
    [
        ValueError("wrong"),
        StopIteration("over"),
        StopAsyncIteration(),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        asyncio.CancelledError(),
        Odd("odd"),
        MuteError(),
        MemoryError(),
        RecursionError("deep"),
        ProviderError("busy", transient=True, retry_after="soon"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_whatever_a_provider_raises_is_an_error_of_one_answer(engines, kind, raised):
    def raises(asked):
        if asked.case_id == "bad":
            raise raised
        return answer_name(asked)

    todo = jobs(kind(raises, 1), "bad", "good")
    engines(retries=1).submit(todo)
    bad, good = (answers(job)[0] for job in todo)
    assert bad.output is None
    assert bad.error
    assert good.output.text == "good0"


def test_a_time_out_that_the_provider_raised_itself_is_tried_again_and_told_as_its_own(engines):
    def times_out(asked):
        raise TimeoutError("the socket timed out")

    provider = Sync(times_out)
    (job,) = jobs(provider, "a")
    engines(retries=2).submit([job])
    assert answers(job)[0].error == "TimeoutError: the socket timed out"
    assert provider.asked == ["a"] * 3


@pytest.mark.parametrize("given", ["yes", None, 3, b"yes"])
@pytest.mark.parametrize("kind", [Sync, Async])
def test_what_is_no_output_is_an_error(engines, kind, given):
    (job,) = jobs(kind(lambda asked: given), "a")
    engines().submit([job])
    assert answers(job)[0].error == f"the provider gave no output, found {type(given).__name__}"


def test_a_plain_function_that_gives_an_awaitable_is_awaited(engines):
    class Given(Sync):
        def complete(self, asked):
            async def later():
                return answer_name(asked)

            return later()

    (job,) = jobs(Given(), "a")
    engines().submit([job])
    assert answers(job)[0].output.text == "a0"


@pytest.mark.parametrize("kind", [Sync, Async])
def test_close_gives_each_provider_back_once_and_ends_the_thread(engines, kind):
    first, second = kind(), kind()
    engine = engines()
    todo = [*jobs(first, "a"), *jobs(second, "b")]
    engine.submit(todo)
    for job in todo:
        answers(job)
    engine.close()
    engine.close()
    assert (first.closed, second.closed) == (1, 1)
    assert not engine._thread.is_alive()


def test_close_answers_what_waits_and_ends_within_its_patience_though_a_call_hangs(engines):
    free = threading.Event()
    provider = Sync(lambda asked: free.wait(SOON) and answer_name(asked), 1)
    todo = jobs(provider, *"abc")
    engine = engines()
    engine.submit(todo)
    while not provider.asked:
        time.sleep(0.001)
    began = time.monotonic()
    engine.close(0.5)
    try:
        assert time.monotonic() - began < 1
        assert [answers(job)[0].error for job in todo] == [
            "cancelled before it was answered",
            *["not called: the run ended"] * 2,
        ]
        assert provider.asked == ["a"]
        assert provider.closed == 1
    finally:
        free.set()


def test_close_ends_within_its_patience_though_a_provider_hangs_while_it_closes(engines):
    free = threading.Event()

    class Sticky(Sync):
        def close(self):
            free.wait(SOON)

    sticky, other = Sticky(), Sync()
    engine = engines()
    todo = [*jobs(sticky, "a"), *jobs(other, "b")]
    engine.submit(todo)
    for job in todo:
        answers(job)
    began = time.monotonic()
    engine.close(0.4)
    free.set()
    assert time.monotonic() - began < 1
    assert other.closed == 1


def test_close_ends_within_its_patience_though_a_call_ignores_its_cancellation(engines):
    inside = threading.Event()

    class Deaf(Async):
        async def complete(self, asked):
            end = time.monotonic() + 0.6
            inside.set()
            while time.monotonic() < end:
                try:
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    continue
            return answer_name(asked)

    provider = Deaf()
    engine = engines()
    engine.submit(jobs(provider, "a"))
    assert inside.wait(SOON)
    began = time.monotonic()
    engine.close(0.9)
    assert time.monotonic() - began < 1.2
    assert provider.closed == 1


def test_a_client_that_fails_to_close_loses_nothing(engines):
    class Broken(Sync):
        def close(self):
            raise OSError("already closed")

    broken, other = Broken(), Sync()
    engine = engines()
    todo = [*jobs(broken, "a"), *jobs(other, "b")]
    engine.submit(todo)
    for job in todo:
        answers(job)
    engine.close()
    assert other.closed == 1
    assert not engine._thread.is_alive()


def test_a_recording_that_cannot_be_written_at_the_end_is_said_once_all_is_closed(engines):
    class Full(Sync):
        def close(self):
            raise StoreError("answers.jsonl: cannot be written: No space left on device")

    full, other = Full(), Sync()
    engine = engines()
    todo = [*jobs(full, "a"), *jobs(other, "b")]
    engine.submit(todo)
    for job in todo:
        answers(job)
    with pytest.raises(StoreError, match="No space left"):
        engine.close()
    assert other.closed == 1
    assert not engine._thread.is_alive()


def test_other_things_are_done_on_the_loop_of_the_calls_and_end_with_it():
    engine = Engine(Limits(), random.Random(0))
    began = threading.Event()

    async def later(word):
        return asyncio.get_running_loop(), word

    async def both(run):
        return await run(later, "one"), await run(str.upper, "two")

    async def endless(run):
        began.set()
        await asyncio.Event().wait()

    (loop, one), two = engine.do(both).result(SOON)
    assert (loop, one, two) == (engine._loop, "one", "TWO")
    left = engine.do(endless)
    assert began.wait(SOON)
    engine.close()
    with pytest.raises(CancelledError):
        left.result(SOON)


def test_nothing_else_is_done_past_the_deadline():
    engine = Engine(
        Limits(), random.Random(0), Traffic(purse=Purse(Terms(), Caps(seconds=2)), deadline=time.monotonic() - 1)
    )
    done = []

    async def ask(run):
        await run(done.append, 1)

    with pytest.raises(CancelledError):
        engine.do(ask).result(SOON)
    engine.close()
    assert done == []
    assert engine.stopped == "the deadline of 2 s has passed"
