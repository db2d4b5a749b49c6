"""Python tests that run a golden dataset: called as often as a case has repeats, each time with fixtures of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

import pytest

from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.verdict import Outcome
from pytest_goldenprompt.plugin.functions import Functions
from pytest_goldenprompt.plugin.hearing import ENDS, Hearing, Skipped, heard, without_answer
from pytest_goldenprompt.plugin.items import attach, describe
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.payload import CaseRun
from pytest_goldenprompt.plugin.schedule import LEFT
from pytest_goldenprompt.plugin.tested import TESTED, Said, Tested, grade_said
from pytest_goldenprompt.providers.own_code import code_version
from pytest_goldenprompt.providers.python_test import NAME


class Calling:
    """Calls marked tests through pytest's own hooks, judges what they return, and lets their reports carry it."""

    def __init__(self, library: Library, functions: Functions) -> None:
        self._library = library
        self._functions = functions

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Make all calls of a case but the last, which is the item's own: its report tells of all."""
        tested = item.stash.get(TESTED, None)
        idle = item.config.getoption("setuponly", default=False)
        if tested is not None and isinstance(item, pytest.Function) and not idle:
            copies = (self._functions.another(item, number) for number in range(tested.repeat))
            tested.before = list(self.one_by_one(copies, item))
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Let a test be where nothing may be called any more, or is not to be called yet."""
        tested = item.stash.get(TESTED, None)
        if tested is not None and (why := self._waits()):
            tested.waits = why
            pytest.skip(why)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Hear what the function returns; the item that stands for its case is judged then."""
        tested = item.stash.get(TESTED, None)
        if tested is None or not isinstance(item, pytest.Function):
            return (yield)
        hearing = self._hearing(tested)
        try:
            with heard(item, hearing):
                result = yield
        except (*ENDS, Skipped):
            raise
        except BaseException as error:  # noqa: BLE001 - what a test may raise is no error of ours
            hearing.said = without_answer(error)
            result = None
        tested.said = self._kept(tested, hearing.said)
        if not tested.apart:
            self._judge(item, tested)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Attach the result, or why there is none."""
        report: Any = yield
        tested = item.stash.get(TESTED, None)
        if tested is not None and tested.waits:
            report.golden_waits = tested.waits
        if tested is not None and call.when == "call" and tested.run is not None:
            attach(report, tested.run)
            tested.run, tested.before, tested.said = None, [], None  # pytest keeps items for as long as it runs
        return report

    def one_by_one(self, items: Iterable[pytest.Function], following: pytest.Item | None) -> Iterator[Said]:
        """Run items that have no report, one after the other; what they share is kept for the next, and `following`."""
        item: pytest.Function | None = None
        for one in items:
            if item is not None:
                yield self._run(item, one)
            item = one
        if item is not None:
            yield self._run(item, following)

    def _run(self, item: pytest.Function, following: pytest.Item | None) -> Said:
        """Set an item up, call its function and tear it down. A call whose tear-down fails has no answer."""
        tested = item.stash[TESTED]
        recalled = self._recalled(tested)
        if recalled is not None:
            return recalled
        hook = item.ihook
        raised = _phase(item, "setup", lambda: hook.pytest_runtest_setup(item=item))
        if raised is None:
            raised = _phase(item, "call", lambda: hook.pytest_runtest_call(item=item))
        said = tested.said or without_answer(raised or RuntimeError("the test was not called"), _doing(raised))
        raised = _phase(item, "teardown", lambda: hook.pytest_runtest_teardown(item=item, nextitem=following))
        return said if raised is None else without_answer(raised, "its tear-down failed: ")

    def _hearing(self, tested: Tested) -> Hearing:
        facts = tested.prompt.facts
        hearing = Hearing(facts.id, deterministic=facts.deterministic)
        hearing.said = self._recalled(tested)
        return hearing

    def _judge(self, item: pytest.Function, tested: Tested) -> None:
        """Judge all calls of a case, and fail where it is certainly worse or could not be run.

        An application that crashed is shown as pytest shows any exception; what was answered reads as any case does.
        """
        library = self._library
        said = [*tested.before, tested.said or without_answer(RuntimeError("the test was not called"))]
        graded = grade_said(tested.prompt, tested.planned, said)
        run = tested.run = CaseRun(graded, *library.judge_alone(tested.prompt.facts, graded.result))
        item.user_properties.extend(run.properties())
        if not run.red:
            return
        raised = next((one.raised for one in said if one.raised is not None and not one.failed), None)
        if run.outcome.outcome is Outcome.MISSING and raised is not None:
            raise raised
        pytest.fail(describe(tested.prompt.facts.id, run, library.reference), pytrace=False)

    def _waits(self) -> str:
        """Say why no test is called now; empty where it is."""
        batches, deadline = self._library.batches, self._library.traffic.deadline
        if batches is not None and batches.collects and batches.waits:
            return LEFT
        late = deadline is not None and time.monotonic() >= deadline
        return f"the deadline of {self._library.settings.deadline or 0:g} s has passed" if late else ""

    def _recalled(self, tested: Tested) -> Said | None:
        """Give what a run that was cut off has already heard."""
        answer = self._library.traffic.journal.recall(self._source, _request(tested))
        return None if answer is None else Said(answer)

    def _kept(self, tested: Tested, said: Said | None) -> Said | None:
        if said is not None and said.answer.output is not None:
            self._library.traffic.journal.keep(self._source, _request(tested), said.answer)
        return said

    @cached_property
    def _source(self) -> str:
        """Name the code that answers, so that another run goes on only with what the same code said."""
        return f"{NAME}@{code_version(self._library.settings.root)}"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look at the code before any test is called, which may import more of it."""
        if any(item.stash.get(TESTED, None) is not None for item in session.items):
            assert self._source  # noqa: S101 - it is kept from now on


def _request(tested: Tested) -> Request:
    return tested.prompt.request(tested.planned, tested.repeat)


def _phase(
    item: pytest.Item, when: Literal["setup", "call", "teardown"], run: Callable[[], Any]
) -> BaseException | None:
    """Run one phase of an item, with a report made of it, as fixtures such as tmp_path look at it; give the error."""
    call = pytest.CallInfo.from_call(run, when=when, reraise=ENDS)
    item.ihook.pytest_runtest_makereport(item=item, call=call)
    return None if call.excinfo is None else call.excinfo.value


def _doing(raised: BaseException | None) -> str:
    return "skipped: " if isinstance(raised, Skipped) else ""
