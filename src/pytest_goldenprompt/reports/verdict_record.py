"""The verdict record: the report that a deploy pipeline reads; its JSON Schema is shipped beside it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from pytest_goldenprompt.model.fault import FieldRate
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.verdict import (
    CaseOutcome,
    Change,
    PromptVerdict,
    ReferenceFacts,
    Verdict,
    Waived,
)

SCHEMA = "goldenprompt.verdict/1"


def verdict_record(  # noqa: PLR0913, PLR0917 - all that a deploy may ask for
    verdict: Verdict,
    run: RunRecord,
    baseline: ReferenceFacts | None,
    anchor: ReferenceFacts | None,
    records: str,
    spend: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Give the record as plain data. `records` is the digest of the run's raw results, `spend` what it called."""
    return {
        "schema": SCHEMA,
        "verdict": verdict.state.value,
        "reasons": list(verdict.reasons),
        "partial": verdict.look,
        "prompts": [_prompt(prompt) for prompt in verdict.prompts],
        "counts": _counts(verdict),
        "run": _run(run),
        "baseline": _reference(baseline),
        "anchor": _reference(anchor),
        "loosened": [{"what": one.what, "then": one.then, "now": one.now} for one in verdict.loosened],
        "waived": [_waived(one) for one in verdict.waived],
        "spend": spend,
        "expires": _expires(run),
        "digest": records,
    }


def to_text(record: dict[str, Any]) -> str:
    """Write the record: sorted keys, ASCII, the same bytes for the same run."""
    return json.dumps(record, indent=2, sort_keys=True, allow_nan=False) + "\n"


def _expires(run: RunRecord) -> str | None:
    """Give the moment until which the verdict lets a deploy go on; None for results that come from no run."""
    hours = run.policy.get("max_age_hours")
    if not isinstance(hours, int) or not run.finished:
        return None
    return (datetime.fromisoformat(run.finished) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _prompt(prompt: PromptVerdict) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "dataset": prompt.dataset,
        "owner": prompt.owner,
        "draft": prompt.draft,
        "state": prompt.state.value,
        "reasons": list(prompt.reasons),
        "kinds": list(prompt.kinds),
        "p": prompt.p,
        "drop": _rounded(prompt.drop),
        "drop_upper": _rounded(prompt.drop_upper),
        "rate": _change(prompt.rate),
        "cases": [_case(case) for case in prompt.cases],
        "slices": [
            {"tag": one.tag, "cases": one.cases, "rate": _change(one.rate), "p": one.p} for one in prompt.slices
        ],
        "removed": list(prompt.removed),
        "format_compliance": _change(prompt.format_compliance),
        "content": _change(prompt.content),
        "moved": [move.value for move in prompt.moved],
        "fields": [_field(one) for one in prompt.fields],
        "tokens": _change(prompt.tokens),
        "needs": prompt.needs or None,
        "cause": list(prompt.cause),
        "planned": prompt.planned,
        "compared": prompt.compared,
        "notes": list(prompt.notes),
        "months": [{"month": one.month, "rate": _rounded(one.rate)} for one in prompt.history],
    }


def _case(case: CaseOutcome) -> dict[str, Any]:
    return {
        "id": case.case_id,
        "outcome": case.outcome.value,
        "then": {"passed": case.x, "repeats": case.k0},
        "now": {"passed": case.y, "repeats": case.k1},
        "p": case.p,
        "why": case.why,
    }


def _field(one: FieldRate) -> dict[str, Any]:
    return {
        "path": one.path,
        "what": one.what,
        "rate": {"then": _rounded(one.then), "now": _rounded(one.now)},
        "number": one.number,
        "cases": list(one.cases),
    }


def _waived(one: Waived) -> dict[str, Any]:
    return {
        **one.waiver.plain(),
        "state": one.state.value,
        "cases": list(one.cases),
        "rate": _change(one.rate),
        "told": one.told,
    }


def _counts(verdict: Verdict) -> dict[str, int]:
    counts = verdict.counts
    return {name: getattr(counts, name) for name in sorted(counts.__dataclass_fields__)}


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind.value,
        "month": run.month,
        "started": run.started,
        "finished": run.finished,
        "commit": run.commit,
        "dirty": run.dirty,
        "tool": run.tool,
        "policy": run.policy_digest,
        "prompts": {facts.id: facts.digest for facts in run.prompts},
        "datasets": {facts.dataset: facts.dataset_digest for facts in run.prompts},
        "models": {facts.id: {"asked": facts.model, "answered": list(facts.served)} for facts in run.prompts},
        "providers": sorted({facts.provider for facts in run.prompts if facts.provider}),
        "narrowed": list(run.narrowed),
        "stopped": list(run.stopped),
        "shard": None if run.shard is None else list(run.shard),
        "info": dict(run.info),
    }


def _reference(reference: ReferenceFacts | None) -> dict[str, Any] | None:
    if reference is None:
        return None
    return {
        "id": reference.id,
        "month": reference.month,
        "age_days": reference.age_days,
        "digest": reference.digest,
        "approved": reference.approved,
        "revision": reference.revision,
        "pooled": list(reference.pooled),
    }


def _change(change: Change) -> dict[str, float | None]:
    return {"then": _rounded(change.then), "now": _rounded(change.now)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
