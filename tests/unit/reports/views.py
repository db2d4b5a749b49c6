"""Judged runs, ready to be shown: the real judge over records made by hand."""

from __future__ import annotations

from dataclasses import replace

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.reports.view import RunView


def name_of(text):
    return digest_of(text, SHORT_DIGEST_LENGTH)


def case(case_id, *answers, prompt="p", error=None, reason="exact: not what was expected", **more):
    """Give a case that expects `yes`, with one repeat an answer, and one for the error where there is one."""
    repeats = [
        Repeat(float(text == "yes"), text == "yes", output=name_of(text), reasons=() if text == "yes" else (reason,))
        for text in answers
    ]
    if error is not None:
        repeats.append(Repeat(error=error))
    return CaseResult(prompt, case_id, more.pop("digest", "d"), tuple(repeats), **more)


def record(*cases, run_id="now", sure=True, **more):
    prompts = more.pop("prompts", {})
    facts = tuple(
        PromptFacts(name, f"{name}.golden.yaml", **{"deterministic": sure, **prompts.get(name, {})})
        for name in sorted({one.prompt_id for one in cases} | set(prompts))
    )
    return RunRecord(run_id, prompts=facts, cases=cases, month="2026-11", **more)


def view(now, then=None, *answers, first=False, policy=None, **more):
    """Judge and give the view; `answers` are the texts that the run's outputs have."""
    verdict = judge(then, now, policy or Policy(), first=first)
    texts = {name_of(text): text for text in ("yes", "no", *answers)}
    facts = ReferenceFacts(then.id, "2026-10", "d" * 64, 30) if then else None
    return RunView(now, verdict, then, facts, texts, lambda: texts, **more)


def plain(lines):
    return [line.text for line in lines]


def of_then(*cases, **more):
    return replace(record(*cases, run_id="then", **more), month="2026-10")
