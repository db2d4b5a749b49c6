"""Small run records, made by hand."""

from __future__ import annotations

from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.store import FolderStore


def name_of(text):
    return digest_of(text, SHORT_DIGEST_LENGTH)


def case(case_id, text="yes", *, passed=True, **more):
    repeat = Repeat(float(passed), passed, output=name_of(text), latency=0.5, response_id="r", attempts=2)
    more.setdefault("repeats", (repeat,))
    return CaseResult("p", case_id, "d", **more)


def record(run_id="r1", *cases, **more):
    more.setdefault("kind", RunKind.RECORDING)
    more.setdefault("month", "2026-10")
    more.setdefault("finished", "2026-10-01T05:00:00Z")
    more.setdefault("prompts", (PromptFacts("p", "p.golden.yaml"),))
    return RunRecord(run_id, cases=cases or (case("a"), case("b", "no", passed=False)), **more)


def texts(*said):
    return {name_of(text): text for text in said or ("yes", "no")}


def verdict(state=State.PASS):
    return f'{{"verdict": "{state.value}"}}\n'


def save(store: FolderStore, made: RunRecord, *, keep=True):
    return store.save(made, texts(), verdict(), keep=keep)
