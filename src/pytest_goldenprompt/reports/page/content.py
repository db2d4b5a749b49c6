"""What a page tells, as data: run, verdict, prompts, a row for every case, and the details of those that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.model.verdict import (
    CaseOutcome,
    Outcome,
    PromptVerdict,
    ReferenceFacts,
    State,
    Verdict,
    WaiverState,
)
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.next_steps import accept_command
from pytest_goldenprompt.reports.page.encoding import encoded, joined, moved, rounded, size, together
from pytest_goldenprompt.reports.page.fitting import Told, fit
from pytest_goldenprompt.reports.page.pool import Pool
from pytest_goldenprompt.reports.page.sentences import headline, month_name, then_name, told, worse
from pytest_goldenprompt.reports.view import RunView

Questions = Mapping[tuple[str, str], Case]
"""What was asked, by prompt id and case id: a run's record holds only the digests of it."""

ROOM = 5_700_000
"""Bytes of the data in a page; with style and script a page stays under 6 MB."""

PROMPT_SHARE = 4
"""Texts of prompts take one part in so many of the room at most."""

WAIVED_DAYS = 30
"""For how long the waiver holds that the page proposes."""

UNSAID: tuple[JSON, ...] = (None, "", [], [None, None])
"""Values of a prompt's facts that say nothing."""

FAILING = {WaiverState.EXCEEDED, WaiverState.LAPSED}
"""Waivers that do not hold."""

OUTCOMES = tuple(Outcome)
NAMED, MUST_PASS, PASSED = 1, 2, 4
"""Flags of a case's row."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A run to be shown as a page, with what its view does not hold."""

    view: RunView
    questions: Questions
    anchor: ReferenceFacts | None = None
    spend: str = ""
    """What it spent, as a sentence."""


def content(subject: Subject, room: int = ROOM) -> str:
    """Give the page's data as JSON that may stand in HTML, in `room` bytes or little more."""
    view, pool = subject.view, Pool()
    tags: dict[str, int] = {}
    prompts = joined(_prompts(view, pool, room // PROMPT_SHARE))
    rows: list[str] = []
    cases: list[Told] = []
    for number, prompt in enumerate(view.verdict.prompts):
        for outcome in prompt.outcomes:
            key = prompt.id, outcome.case_id
            cases.append(Told(len(rows), outcome, partial(view.case, prompt.id, outcome), subject.questions.get(key)))
            rows.append(_row(number, outcome, view.result(*key).tags, tags, pool))
    parts = {
        "head": masked(encoded(_head(subject))),
        "prompts": prompts,
        "tags": masked(encoded(list(tags))),
        "outcomes": encoded([outcome.value for outcome in OUTCOMES]),
        "rows": joined(rows),
    }
    details, left_out = fit(cases, pool, room - sum(map(size, parts.values())))
    parts["details"] = together({str(row): text for row, text in sorted(details.items())})
    parts["leftOut"] = encoded(left_out)
    parts["texts"] = pool.text()
    return together(parts)


def _head(subject: Subject) -> dict[str, JSON]:
    view, run, verdict = subject.view, subject.view.record, subject.view.verdict
    reference, anchor = view.reference, subject.anchor
    return {
        "sentence": headline(view),
        "state": verdict.state.value,
        "partial": verdict.look,
        "then": then_name(view),
        "worse": [one.id for one in worse(verdict.prompts)],
        "reasons": list(verdict.reasons),
        "aside": _aside(verdict),
        "run": {
            "id": run.id,
            "month": run.month,
            "kind": run.kind.value,
            "finished": run.finished,
            "commit": run.commit,
            "dirty": run.dirty,
            "tool": run.tool,
        },
        "baseline": _reference(reference, run.month),
        "anchor": _reference(anchor, run.month),
        "calls": verdict.counts.calls,
        "again": verdict.counts.extra_calls,
        "spend": subject.spend,
        "show": view.show_command() if view.name else "",
        "accept": accept_command(view) if view.name and _may_be_meant(view) else "",
        "until": _until(run.finished),
    }


def _may_be_meant(view: RunView) -> bool:
    """Say whether a person may want to accept the run: it is whole, and worse, or cases are gone."""
    state = view.verdict.state
    gone = state is State.INCOMPLETE and any("removed" in prompt.kinds for prompt in view.verdict.prompts)
    return view.record.shard is None and (gone or state in {State.REGRESSED, State.DRIFTED})


def _aside(verdict: Verdict) -> list[JSON]:
    """Tell of waivers, of what was made easier, and of copies: kind, sentence, whether it is bad."""
    waived = [(one.waiver.scope, one.told, one.state in FAILING) for one in verdict.waived]
    told: list[JSON] = [
        ["Waiver", text if scope in text else f"{scope}: {text}", int(bad)] for scope, text, bad in waived
    ]
    told += [["Made easier", f"{one.what}: {one.then} then, {one.now} now", 0] for one in verdict.loosened]
    return told + [["Copies", f"{one.id}: {note}", 0] for one in verdict.prompts for note in one.notes]


def _until(finished: str) -> str:
    """Propose the last day of a waiver; empty where the run does not say when it was."""
    try:
        return f"{datetime.fromisoformat(finished) + timedelta(days=WAIVED_DAYS):%Y-%m-%d}"
    except ValueError:
        return ""


def _reference(reference: ReferenceFacts | None, now: str) -> JSON:
    if reference is None:
        return None
    return {
        "id": reference.id,
        "month": month_name(reference.month, now),
        "days": reference.age_days,
        "revision": reference.revision,
        "joined": len(reference.pooled),
    }


def _prompts(view: RunView, pool: Pool, room: int) -> Sequence[str]:
    """Tell every prompt; the texts of those that got worse come first, as far as there is room for them."""
    facts = {one.id: one for one in view.record.prompts}
    before = {one.id: one for one in view.baseline.prompts} if view.baseline else {}
    texts: dict[str, dict[str, JSON]] = {}
    for one in sorted(view.verdict.prompts, key=lambda one: not one.kinds):
        mark = pool.mark()
        texts[one.id] = _texts(view, facts.get(one.id), before.get(one.id), pool)
        if pool.bytes > room:
            pool.back(mark)
            texts[one.id] = {}
    return [masked(encoded({**_prompt(view, one, facts.get(one.id)), **texts[one.id]})) for one in view.verdict.prompts]


def _texts(view: RunView, now: PromptFacts | None, then: PromptFacts | None, pool: Pool) -> dict[str, JSON]:
    text = view.texts.get(now.digest) if now else None
    if now is None or text is None:
        return {}
    found: dict[str, JSON] = {"text": pool.add(text)}
    former = view.texts_then().get(then.digest) if then and then.digest != now.digest else None
    return found if former is None else {**found, "textThen": pool.add(former)}


def _prompt(view: RunView, one: PromptVerdict, facts: PromptFacts | None) -> dict[str, JSON]:
    """Give a prompt; what is not known or not there is left out."""
    found: dict[str, JSON] = {
        "id": one.id,
        "state": one.state.value,
        "then": "approved run" if one.state is State.DRIFTED else None,
        "dataset": one.dataset,
        "owner": one.owner,
        "draft": 1 if one.draft else None,
        "kinds": list(one.kinds),
        "reasons": list(told(one)),
        "cause": list(one.cause),
        "notes": list(one.notes),
        "rate": moved(one.rate),
        "drop": rounded(one.drop),
        "dropUpper": rounded(one.drop_upper),
        "p": one.p,
        "needs": one.needs,
        "form": moved(one.format_compliance),
        "content": moved(one.content),
        "tokens": moved(one.tokens),
        "months": [[month_name(past.month, view.record.month), rounded(past.rate)] for past in one.history],
        "slices": [[part.tag, part.cases, *moved(part.rate), part.p] for part in one.slices],
        "fields": [
            [part.path, part.what, rounded(part.then), rounded(part.now), part.number, *part.cases]
            for part in one.fields
        ],
        "removed": list(one.removed),
        "planned": one.planned,
        "compared": one.compared,
    }
    found |= _asked(facts) if facts else {}
    return {name: value for name, value in found.items() if value not in UNSAID}


def _asked(facts: PromptFacts) -> dict[str, JSON]:
    """Give who answered a prompt, and how."""
    return {
        "provider": facts.provider,
        "model": facts.model,
        "served": list(facts.served),
        "temperature": facts.temperature,
        "checks": list(facts.evaluators),
        "replayed": 1 if facts.replayed else None,
        "error": facts.error,
    }


def _row(prompt: int, outcome: CaseOutcome, tags: Sequence[str], known: dict[str, int], pool: Pool) -> str:
    """Give one case: prompt, id, outcome, passes and repeats then and now, flags, tags by number, why."""
    flags = NAMED * outcome.named | MUST_PASS * outcome.must_pass | PASSED * outcome.passed
    row: list[JSON] = [
        prompt,
        outcome.case_id,
        OUTCOMES.index(outcome.outcome),
        outcome.x,
        outcome.k0,
        outcome.y,
        outcome.k1,
        flags,
        [known.setdefault(tag, len(known)) for tag in tags],
    ]
    return encoded([*row, pool.add(outcome.why)] if outcome.why else row)
