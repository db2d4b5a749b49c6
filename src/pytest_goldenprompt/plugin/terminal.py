"""What pytest's terminal shows of a golden run: a header, the choice of cases, the summary."""

from __future__ import annotations

import pytest

from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.judge.shards import name_of
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.plugin.conclusion import Conclusion, shown
from pytest_goldenprompt.plugin.gate import Gate
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.plan_data import PlanData
from pytest_goldenprompt.plugin.reporting import run_view
from pytest_goldenprompt.plugin.upkeep import upkeep_lines
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST
from pytest_goldenprompt.reports.inert import inert, one_line
from pytest_goldenprompt.reports.spend import spend_line
from pytest_goldenprompt.reports.terminal import Line, summary
from pytest_goldenprompt.store.url import shown_url


class Display:
    """Writes into pytest's own report; it decides nothing."""

    def __init__(self, library: Library, gate: Gate) -> None:
        self._library = library
        self._gate = gate

    def pytest_report_header(self) -> list[str]:
        """Say which stored run this one is compared with, and what an earlier one has already asked for."""
        earlier = [one.line() for one in (self._library.resuming, self._library.batches) if one is not None]
        told = [*(one_line(line, 300) for line in earlier if line), *upkeep_lines(self._library)]
        return [self._baseline(), *(f"golden: {line}" for line in told)]

    def _baseline(self) -> str:
        """Say which stored run this one is compared with, how old it is, and where it is kept."""
        reference = self._library.reference
        facts = reference.facts
        if facts is None:
            stored = "none yet: this run records the first" if reference.first else "none"
            return f"golden: baseline {stored} (store {shown_url(self._library.settings.store)})"
        age = "" if facts.age_days is None else f", {facts.age_days} day{'s' * (facts.age_days != 1)} old"
        joined = f", joined with {len(facts.pooled)} earlier month{'s' * (len(facts.pooled) != 1)}" * bool(facts.pooled)
        anchor = reference.anchor
        pinned = "" if anchor is None else f"; anchor {anchor.month}{'' if anchor.approved else ', not yet approved'}"
        where = f", with policy and waivers from {one_line(reference.revision)}" if reference.revision else ""
        return f"golden: baseline {facts.month} (run {facts.id}{age}{joined}){pinned}{where}"

    def pytest_report_collectionfinish(self) -> list[str]:
        """Say how many golden cases there are, and which datasets cannot be read."""
        plan = self._gate.plan
        if plan is None:
            return []
        chosen, planned = len(plan.chosen & set(plan.cases)), len(plan.cases)
        cases = counted(planned, "case") if chosen == planned else f"{chosen} of {counted(planned, 'case')}"
        providers = sorted({facts.provider for facts in plan.prompts.values() if facts.provider})
        shard = self._library.settings.shard
        part = "" if shard is None else f", {name_of(shard)}"
        asked = ", ".join(providers) or "none"
        head = f"golden: {counted(len(plan.prompts), 'prompt')}, {cases}{part}, provider {asked}"
        return [head, *_errors(plan)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the terminal forget how golden cases were set up and torn down, of which it shows nothing but durations.

        It looks through all of that for each failure that it shows, which takes longer than the run where thousands
        of cases got worse.
        """
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        silent = getattr(reporter, "stats", {}).get("")
        if silent and session.config.getoption("durations", default=None) is None:
            silent[:] = [report for report in silent if report.sections or "golden" not in report.keywords]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show table, findings, verdict, report and next command."""
        if self._gate.trouble:
            terminalreporter.section("golden prompts", "=")
            terminalreporter.line(f"VERDICT ERROR: {inert(self._gate.trouble)}", red=True)
        elif self._gate.listing and self._gate.plan is not None and terminalreporter.verbosity < 0:
            for error in _errors(self._gate.plan):
                terminalreporter.line(error, red=True)
        elif self._gate.conclusion is not None:
            terminalreporter.section("golden prompts", "=")
            for line in self._lines(self._gate.conclusion):
                terminalreporter.line(line.text, **({line.colour: True} if line.colour else {}))

    def _lines(self, conclusion: Conclusion) -> list[Line]:
        view = run_view(self._library, conclusion.record, conclusion.verdict, conclusion.texts)
        lines = list(summary(view))
        if self._library.reference.trouble:
            lines.append(
                Line(f"stored  its answers cannot be shown: {inert(self._library.reference.trouble)}", "yellow")
            )
        batches = self._library.batches
        lines += [Line(f"batch   {one_line(told, 300)}") for told in (batches.told if batches else ())]
        lines += self._spend()
        if conclusion.kept:
            lines.append(Line(f"record  {inert(conclusion.kept)}"))
        lines += [Line(told, "yellow") for told in upkeep_lines(self._library, self._gate.plan)]
        tests = unbounded(self._library.settings, conclusion.record)
        told = [*self._gate.notes, tests, self._library.traffic.journal.trouble, conclusion.left]
        lines += [Line(f"note    {one_line(note)}", "yellow") for note in told if note]
        lines += [Line(f"report  {shown(path)}") for path in conclusion.reports]
        if conclusion.verdict.state is State.INCONCLUSIVE and self._gate.is_green(conclusion.verdict):
            lines.append(Line("        inconclusive lets a deploy pass; --golden-strict makes it fail", "yellow"))
        return lines

    def _spend(self) -> list[Line]:
        """Say what was spent, where prices are known or a bound was set."""
        library, settings = self._library, self._library.settings
        bounded = settings.budget or settings.max_calls or settings.deadline
        if not library.spent or not (library.terms.prices or bounded):
            return []
        return [Line(f"spend   {spend_line(library.spent, library.terms, settings.budget)}")]


def unbounded(settings: Settings, record: RunRecord) -> str:
    """Say which options, meant for calls made here, do nothing to the Python tests of a run; empty where none is."""
    if not any(facts.provider == PYTHON_TEST for facts in record.prompts):
        return ""
    given = {
        "--golden-provider": settings.provider,
        "--golden-budget": settings.budget,
        "--golden-max-calls": settings.max_calls,
        "--golden-replay": None if settings.record else settings.replay,
    }
    options = [option for option, value in given.items() if value]
    return f"{' and '.join(options)}: nothing of that holds for what Python tests call" if options else ""


def _errors(plan: PlanData) -> list[str]:
    return [f"golden: {inert(facts.error)}" for facts in plan.prompts.values() if facts.error]
