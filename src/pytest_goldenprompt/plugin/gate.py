"""The gate as pytest sees it: one report a dataset after the last case, and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import Any

import pytest

from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.judge.exits import is_green
from pytest_goldenprompt.judge.states import standing
from pytest_goldenprompt.model.values import canonical
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict
from pytest_goldenprompt.plugin.conclusion import Conclusion, conclude
from pytest_goldenprompt.plugin.distributed import Controller
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.plugin.leaving import INTERRUPTED, Leaving
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.plan_data import PlanData, plan_of
from pytest_goldenprompt.plugin.recorder import Recorder
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST
from pytest_goldenprompt.reports.inert import one_line, quoted
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.shares import percent

GATE = "goldenprompt-gate"
"""The name under which pytest knows the gate."""

NO_FAILURE = {
    State.INCONCLUSIVE: ("inconclusive", "i", "INCONCLUSIVE"),
    State.INCOMPLETE: ("partial", "p", "PARTIAL"),
}
"""How a gate is counted that does not stop a deploy, and yet did not pass."""


LONGEST = 2000
"""Characters of a reason that a gate shows."""


class Gate:
    """Concludes the run around pytest's own loop, so that plain runs, workers and -x end with the same verdict."""

    def __init__(  # noqa: PLR0913, PLR0917 - one object a concern that a run ends with
        self,
        library: Library,
        recorder: Recorder,
        controller: Controller,
        facts: Facts,
        clock: Callable[[], datetime],
        leaving: Leaving,
    ) -> None:
        self._library = library
        self._recorder = recorder
        self._controller = controller
        self._facts = facts
        self._clock = clock
        self.leaving = leaving
        self.conclusion: Conclusion | None = None
        self.trouble = ""
        """Why there is no conclusion, where the store or a report failed."""
        self.listing = False
        self.notes: list[str] = []
        """What plugins did wrong, which changes no verdict."""

    @property
    def plan(self) -> PlanData | None:
        """Give the plan as far as it is known."""
        return self._controller.plan

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep what was planned and chosen, where this process collects by itself."""
        self._controller.plan = plan_of(self._library, session.items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[Any]:
        """Run the loop, then judge, whatever ended the loop."""
        if session.config.option.collectonly:
            self.listing = True
            return (yield)
        stopped = INTERRUPTED
        gates = len(self.plan.prompts) if self.plan else 0
        session.testscollected += gates
        try:
            try:
                result = yield
                stopped = ""
            except (session.Failed, session.Interrupted, KeyboardInterrupt) as reason:
                stopped = str(reason) or stopped
                raise
            finally:
                self.leaving.shelter()
                if stopped:
                    self._controller.end_workers()
        finally:
            self._conclude(session, stopped or self._ended_early(session))
        if self.leaving.why:
            raise KeyboardInterrupt(self.leaving.why)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Make the exit code follow the verdict, also where no report could make a test fail."""
        if self.listing:
            unreadable = self.plan is not None and any(facts.error for facts in self.plan.prompts.values())
            if unreadable and exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        if exitstatus in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
            return
        if self.trouble or (self.conclusion and self.conclusion.verdict.state is State.ERROR):
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        elif exitstatus == pytest.ExitCode.OK and self.conclusion and not self.lets_pass():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count gates that are neither passed nor failed under their own word."""
        state = getattr(report, "golden_gate", None)
        if state is None or report.when != "call" or report.failed:
            return None
        return NO_FAILURE.get(State(state))

    def lets_pass(self) -> bool:
        """Say whether the run ended with a verdict that lets it pass; a look at no case at all has none."""
        verdict = self.conclusion.verdict if self.conclusion else None
        return verdict is not None and verdict.counts.run > 0 and self.is_green(verdict)

    def is_green(self, verdict: Verdict) -> bool:
        """Say whether a verdict lets the run pass, as it was started."""
        settings = self._library.settings
        return is_green(verdict, self._library.policy, strict=settings.strict, in_ci=settings.in_ci)

    def _ended_early(self, session: pytest.Session) -> str:
        """Say what cut a run short that came to the end of its loop; without a plan there is more to be said of it."""
        crashed = ", ".join(sorted(self._controller.crashed)) if self.plan else ""
        batches = self._library.batches
        waits = batches.waits if batches else ""
        return str(session.shouldfail or session.shouldstop or waits or (crashed and f"worker {crashed} crashed"))

    def _conclude(self, session: pytest.Session, stopped: str) -> None:
        hook = session.config.hook
        try:
            hook.pytest_goldenprompt_run_info(info=self._facts.info)
            canonical(self._facts.info)
        except Exception as error:  # noqa: BLE001 - a plugin's facts are not worth a paid run
            self._facts.info.clear()
            self.notes.append(f"pytest_goldenprompt_run_info gave no facts: {type(error).__name__}: {error}")
        try:
            parts = self._library, self._recorder, self.plan, self._facts, self._clock
            self.conclusion = conclude(*parts, stopped, self.leaving.interruptible)
        except GoldenpromptError as error:
            self.trouble = str(error)
            return
        if self._controller.told_by_workers:
            session.testscollected += len(self.conclusion.verdict.prompts)
        known = (run.prompts for run in (self.conclusion.record, self.conclusion.baseline) if run is not None)
        tests = {facts.id for prompts in known for facts in prompts if facts.provider == PYTHON_TEST}
        for prompt in self.conclusion.verdict.prompts:
            self._report(session, prompt, tests)
        try:
            hook.pytest_goldenprompt_verdict(record=self.conclusion.record, verdict=self.conclusion.verdict)
        except Exception as error:  # noqa: BLE001 - whom it may concern is told; the verdict stands
            self.notes.append(f"pytest_goldenprompt_verdict failed: {type(error).__name__}: {error}")

    def _report(self, session: pytest.Session, prompt: PromptVerdict, tests: Container[str]) -> None:
        """Emit the gate of a dataset, or of one of the Python `tests`, as a report that every listener understands."""
        assert self.conclusion is not None  # noqa: S101 - the caller concluded; said for the type checker
        single = Verdict(standing(prompt), prompt.reasons, (prompt,), look=self.conclusion.verdict.look)
        waits = self.conclusion.record.shard is not None and prompt.state is State.INCOMPLETE
        green = prompt.draft or waits or self.is_green(single)
        file, _, names = (prompt.id if prompt.id in tests else prompt.dataset).partition("::")
        path = self._recorder.node(file)
        node, location = "::".join(filter(None, [path, names, "gate"])), (path, 0, f"{prompt.id} gate")
        hook = session.config.hook
        hook.pytest_runtest_logstart(nodeid=node, location=location)
        for when in ("setup", "call", "teardown"):
            called = when == "call"
            report: Any = pytest.TestReport(
                node,
                location,
                {path: 1, "gate": 1},
                "failed" if called and not green else "passed",
                "\n".join(quoted(masked(reason), LONGEST) for reason in prompt.reasons)
                if called and not green
                else None,
                when,
                user_properties=list(_properties(prompt)) if self._library.settings.properties else (),
            )
            if called and green and prompt.state in NO_FAILURE and not prompt.draft:
                report.golden_gate = prompt.state.value
                report.outcome, report.wasxfail = "skipped", one_line(masked("; ".join(prompt.reasons)), LONGEST)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=node, location=location)


def _told(prompt: PromptVerdict) -> str:
    return "\n".join(quoted(masked(reason), LONGEST) for reason in prompt.reasons)


def _properties(prompt: PromptVerdict) -> Iterator[tuple[str, str]]:
    """Give what JUnit and other readers of reports may want to know of a gate."""
    yield "golden_prompt", one_line(prompt.id)
    yield "golden_state", prompt.state.value
    yield "golden_then", percent(prompt.rate.then)
    yield "golden_now", percent(prompt.rate.now)
