"""One object on the controller that sees every report and makes of them the run record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.judge.copies import counted_once
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.plugin.payload import graded_from_plain
from pytest_goldenprompt.plugin.plan_data import PlanData


@dataclass(eq=False)
class Recorder:
    """Collects the results that reports carry, from this process or from workers. Older pytests hash their plugins."""

    node: Callable[[str], str]
    """Turns a dataset's path into its node id."""
    stored: RunRecord | None = None
    """The run that this one is compared with."""
    graded: dict[tuple[str, str], Graded] = field(default_factory=dict)
    unrun: dict[str, str] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a result, or the reason why there is none; the report goes on without what is for nobody else."""
        given = vars(report).pop("golden", None)
        if given is not None:
            self.take_in(given if isinstance(given, Graded) else graded_from_plain(given))
        elif report.when in {"setup", "call"} and report.outcome != "passed":
            why = getattr(report, "golden_waits", "skipped")
            self.unrun[report.nodeid] = why if report.skipped else f"its {report.when} failed"

    def take_in(self, graded: Graded) -> None:
        """Keep a case's graded answers; a further word on the same case takes the place of the first."""
        key = graded.result.prompt_id, graded.result.case_id
        before = self.graded.get(key)
        self.graded[key] = graded if before is None else _joined(before, graded)

    def record(
        self, facts: Facts, plan: PlanData, finished: datetime, narrowed: tuple[str, ...], stopped: tuple[str, ...]
    ) -> RunRecord:
        """Make the record of the run: every planned case has a result or the reason why it has none.

        Only here are all answers of a prompt known, so that copies among them can be told; one shard has not all.
        """
        cases = tuple(self._result(plan, key) for key in sorted(plan.cases))
        made = RunRecord(
            id=facts.id,
            kind=facts.kind,
            month=facts.month,
            started=_text(facts.started),
            finished=_text(finished),
            commit=facts.commit,
            dirty=facts.dirty,
            tool=facts.tool,
            policy_digest=facts.policy_digest,
            policy=facts.policy,
            proposed=facts.proposed,
            moved=facts.moved,
            prompts=tuple(self._facts(plan.prompts[name]) for name in sorted(plan.prompts)),
            cases=cases,
            narrowed=narrowed,
            stopped=(*facts.stopped, *stopped),
            info=facts.info,
            shard=facts.shard,
        )
        if facts.shard is not None:
            return made
        return counted_once(made, {digest: len(text) for digest, text in self.texts(plan).items()}, self.stored)

    def texts(self, plan: PlanData) -> dict[str, str]:
        """Give all texts of the run by digest: prompts and outputs."""
        texts = dict(plan.texts)
        for graded in self.graded.values():
            texts.update(graded.texts)
        return texts

    def _result(self, plan: PlanData, key: tuple[str, str]) -> CaseResult:
        if key in self.graded:
            return self.graded[key].result
        planned = plan.cases[key]
        if key not in plan.chosen:
            return replace(planned, missing="deselected")
        node = plan.nodes.get(key) or f"{self.node(plan.place(key))}::{key[1]}"
        return replace(planned, missing=self.unrun.get(node, "not run"))

    def _facts(self, facts: PromptFacts) -> PromptFacts:
        graded = [one for (prompt, _), one in self.graded.items() if prompt == facts.id]
        return replace(
            facts,
            served=tuple(sorted({name for one in graded for name in one.served})),
            fingerprints=tuple(sorted({name for one in graded for name in one.fingerprints})),
            replayed=any(one.replayed for one in graded),
            judges_served=tuple(sorted({name for one in graded for name in one.judges})),
        )


def _joined(before: Graded, graded: Graded) -> Graded:
    """Keep of a case's earlier answers who gave them, and their texts; the result is the later one."""
    return replace(
        graded,
        texts={**before.texts, **graded.texts},
        served=tuple(sorted({*before.served, *graded.served})),
        fingerprints=tuple(sorted({*before.fingerprints, *graded.fingerprints})),
        replayed=before.replayed or graded.replayed,
        judges=tuple(sorted({*before.judges, *graded.judges})),
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
