"""A made-up shop's month, judged by the real judge: what the pages of the tests and of the documentation show."""

from __future__ import annotations

import json
import random

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Origin, Usage
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.model.verdict import MonthRate, ReferenceFacts
from pytest_goldenprompt.model.waiver import Waiver
from pytest_goldenprompt.reports.page.content import Subject
from pytest_goldenprompt.reports.view import RunView

LABELS = ("delivery", "refund", "account", "product")
LANGUAGES = ("en", "de", "fr")
MESSAGES = (
    "My parcel is three weeks late and nobody answers.",
    "The jacket does not fit, I want my money back.",
    "I cannot log in since I changed my mail address.",
    "Does the oak table come in a smaller size?",
)
PROMPT = """You sort messages of customers of a web shop.
Answer with one word: delivery, refund, account or product.
If a message is about two things, take the one that comes first.

{{message}}
"""
SHORTER = PROMPT.replace("If a message is about two things, take the one that comes first.\n", "")


class Story:
    """Two records of the same cases, then and now, with the texts of both."""

    def __init__(self, seed: int = 7) -> None:
        self.luck = random.Random(seed)
        self.texts: dict[str, str] = {}
        self.then: list[CaseResult] = []
        self.now: list[CaseResult] = []
        self.questions: dict[tuple[str, str], Case] = {}
        self.facts: dict[str, PromptFacts] = {}
        self.facts_then: dict[str, PromptFacts] = {}

    def prompt(self, name: str, text: str = "Answer: {{text}}\n", former: str = "", **more) -> None:
        """Add a prompt; `former` is its text then, where it was another one."""
        told = {"owner": "customer-operations", "provider": "openai:gpt-4o-mini", "model": "gpt-4o-mini", **more}
        known = {"served": ("gpt-4o-mini-2024-07-18",), "evaluators": ("exact@1",), "path": f"{name}.prompt.md"}
        facts = PromptFacts(name, f"{name}.golden.yaml", digest=self.keep(text), **told, **known)
        then = PromptFacts(name, f"{name}.golden.yaml", digest=self.keep(former or text), **told, **known)
        self.facts[name], self.facts_then[name] = facts, then

    def case(self, prompt: str, case_id: str, question: Case, then, now, **more) -> None:
        """Add a case; `then` and `now` are lists of an answer with whether it passes and why not."""
        digest = digest_of([prompt, case_id], SHORT_DIGEST_LENGTH)
        for side, given in ((self.then, then), (self.now, now)):
            repeats = tuple(self.repeat(*one) for one in given)
            if repeats:
                side.append(CaseResult(prompt, case_id, digest, repeats, question.tags, line=1, **more))
        self.questions[prompt, case_id] = question

    def repeat(self, text: str, passed=True, why: str = "", faults: tuple[str, ...] = ()) -> Repeat:  # noqa: FBT002
        usage = Usage(self.luck.randrange(90, 180), max(1, len(text) // 4))
        return Repeat(
            float(passed),
            passed,
            output=self.keep(text),
            reasons=(why,) if why else (),
            faults=faults,
            latency=round(self.luck.uniform(0.3, 2.4), 3),
            origin=Origin("gpt-4o-mini-2024-07-18", "stop", None, usage),
        )

    def keep(self, text: str) -> str:
        digest = digest_of(text, SHORT_DIGEST_LENGTH)
        self.texts[digest] = text
        return digest

    def subject(self, waivers: tuple[Waiver, ...] = (), **more) -> Subject:
        """Judge, and give what a page is made of."""
        then = self.record("20261012T060000000Z-1f0a3c", "2026-10", self.facts_then, self.then)
        now = self.record("20261112T060000000Z-9c41d7", "2026-11", self.facts, self.now)
        verdict = decide(References(then), now, Policy(waivers=waivers), today="2026-11-12", extra_calls=54)
        verdict = verdict.with_history({one.id: self.months(one.rate.then) for one in verdict.prompts})
        reference = ReferenceFacts(then.id, then.month, "d" * 64, 31, True)
        view = RunView(now, verdict, then, reference, self.texts, lambda: self.texts, now.id, even=("regressed",))
        return Subject(view, self.questions, ReferenceFacts("a", "2026-03", "e" * 64, 240, True), **more)

    def record(self, run_id, month, facts, cases) -> RunRecord:
        prompts = tuple(facts[name] for name in sorted(facts))
        ordered = tuple(sorted(cases, key=lambda case: (case.prompt_id, case.case_id)))
        told = {"finished": f"{month}-12T06:14:09Z", "commit": "3f9c2ab71d", "dirty": False, "tool": "0.1.0"}
        return RunRecord(run_id, month=month, prompts=prompts, cases=ordered, **told)

    def months(self, last: float | None) -> tuple[MonthRate, ...]:
        if last is None:
            return ()
        names = [f"2025-{number:02}" for number in (11, 12)] + [f"2026-{number:02}" for number in range(1, 11)]
        rates = [min(1.0, max(0.0, last + self.luck.uniform(-0.03, 0.03))) for _ in names[:-1]]
        return tuple(MonthRate(name, rate) for name, rate in zip(names, [*rates, last], strict=True))


def shop() -> Story:
    """Tell of a month in which an edited prompt broke German messages, and a field went missing."""
    story = Story()
    story.prompt("support/triage", SHORTER, PROMPT)
    for number in range(36):
        language, label = LANGUAGES[number % 3], LABELS[number % 4]
        question = Case(
            f"{label}-{number:02}",
            {"message": MESSAGES[number % 4]},
            label,
            (f"lang:{language}", f"product:{'shop' if number % 2 else 'app'}"),
            (EvaluatorSpec("exact"),),
        )
        broken = language == "de" and number % 4 != 1
        now = [("refund", False, f"exact: expected '{label}', found 'refund'")] * 10 if broken else [(label,)]
        must = {"must_pass": True} if number in {4, 8} else {}
        then = [(label,)] * 9 + [(label,) if number % 7 else ("other", False, f"exact: expected '{label}'")]
        story.case("support/triage", question.id, question, then, now, **must)
    orders(story)
    summaries(story)
    for name, cases in (("support/followup", 24), ("content/language", 30)):
        story.prompt(name, owner="content-desk")
        for number in range(cases):
            question = Case(f"case-{number:02}", {"text": f"Text {number}"}, "yes", (f"lang:{LANGUAGES[number % 3]}",))
            good = number % 9 != 5
            answer = ("yes",) if good else ("no", False, "exact: expected 'yes', found 'no'")
            story.case(name, question.id, question, [answer] * 10, [answer])
    return story


def orders(story: Story) -> None:
    """Tell of JSON answers that lose their items and their total in three cases; nothing of ours changed."""
    story.prompt("support/order_fields", owner="order-automation")
    why = "json: $.items[0] missing; $.total: expected a number, found null"
    for number in range(20):
        items = [{"sku": f"T{number}", "count": 1 + number % 3}]
        order = {"order": f"A-{4711 + number}", "items": items, "total": 19.5 + number}
        check = EvaluatorSpec("json", {"tolerance": {"$.total": 0.01}})
        inputs = {"mail": f"Hello, when does my order A-{4711 + number} come?"}
        question = Case(f"order-{number:02}", inputs, order, ("lang:en",), (check,))
        whole, cut = (json.dumps(one, indent=2) for one in (order, {**order, "items": [], "total": None}))
        broken = (cut, False, why, ("missing $.items[*]", "wrong $.total"))
        now = [broken] * 10 if number in {3, 4, 11} else [(whole,)]
        story.case("support/order_fields", question.id, question, [(whole,)] * 10, now)


THEN = "The council agreed on Tuesday to close the old bridge until the spring, and to run a ferry free of charge."
NOW = "On Tuesday the council decided to close the bridge until spring. A ferry will run free of charge, it said."


def summaries(story: Story) -> None:
    """Tell of answers that may be worse by luck."""
    story.prompt("content/summary", owner="content-desk")
    why = "length: one sentence is wanted, found two"
    for number in range(12):
        inputs = {"article": "The council met on Tuesday and talked about the bridge. " * 6}
        check = EvaluatorSpec("length", {"max": 25})
        question = Case(f"article-{number:02}", inputs, None, ("length:long",), (check,))
        then = [(THEN,)] * 8 + [(NOW, False, why)] * 2
        now = (NOW, False, why) if number in {2, 5} else (THEN,)
        story.case("content/summary", question.id, question, then, [now])
