"""What a wished detectable drop takes, as text for people and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from pytest_goldenprompt.judge.planning import MOST_CASES, MOST_REPEATS, Plan, PromptPlan, Settings
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.reports.certificate import NO_LUCK, divided, left_out_lines
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.shares import percent

SCHEMA = "goldenprompt.plan/1"
HEADERS = ("prompt", "cases", "found now", "finds from", "repeats", "calls", "or cases", "calls")


def plan_text(plan: Plan, run: str) -> str:
    """Write a plan: what to set first, then what each prompt needs."""
    if not plan.prompts:
        lines = [f"Run {run} is nothing to plan from: {NO_LUCK}."]
        return "\n".join([*lines, *left_out_lines(plan.left_out)])
    lines = [_sentence(plan), *_remedies(plan), "", _table(plan), "", *_legend(plan, run)]
    return "\n".join([*lines, *left_out_lines(plan.left_out)])


def points(value: float) -> str:
    """Write a drop of 0..1 in points."""
    return f"{100 * value:.1f}".removesuffix(".0")


def _sentence(plan: Plan) -> str:
    good = sum(prompt.already for prompt in plan.prompts)
    wish = f"A drop of {points(plan.drop)} points in every case of a prompt is found in {percent(plan.power)} of checks"
    if good == len(plan.prompts):
        return f"{wish} already, in every prompt: nothing needs to change."
    return f"{wish} in {good or 'none'} of {counted(len(plan.prompts), 'prompt')} as things are."


def _remedies(plan: Plan) -> Iterator[str]:
    if all(prompt.already for prompt in plan.prompts):
        return
    if plan.repeats is None:
        yield f"Not every prompt can be made to find it by repeats alone, up to {MOST_REPEATS:,} a case."
    else:
        then, look, now = plan.repeats.parts
        settings = f"baseline_repeats = {then}, repeats = {look}, confirm_repeats = {now}"
        yield f"For all prompts by repeats: {settings}"
        yield _cost(plan.repeats, plan.present)
    if plan.cases is None:
        yield f"Not every prompt can be made to find it by cases alone, up to {MOST_CASES:,}."
    else:
        more = f"{plan.cases.cases:,} cases like these in place of {plan.present.cases:,}"
        yield f"For all prompts by cases: {more}"
        yield _cost(plan.cases, plan.present)


def _cost(settings: Settings, present: Settings) -> str:
    return (
        f"    {settings.check:,} calls a check (now {present.check:,}), "
        f"{settings.recording:,} a recording run (now {present.recording:,})"
    )


def _table(plan: Plan) -> str:
    return tabulate([_row(prompt) for prompt in plan.prompts], HEADERS, tablefmt="simple", disable_numparse=True)


def _row(prompt: PromptPlan) -> tuple[str, ...]:
    return (
        one_line(prompt.prompt_id),
        f"{prompt.present.cases:,}",
        percent(prompt.found),
        "-" if prompt.smallest is None else f"{points(prompt.smallest)} points",
        divided(prompt.repeats.parts) if prompt.repeats else f"over {MOST_REPEATS:,}",
        _calls(prompt.repeats),
        f"{prompt.cases.cases:,}" if prompt.cases else f"over {MOST_CASES:,}",
        _calls(prompt.cases),
    )


def _calls(settings: Settings | None) -> str:
    return f"{settings.check:,} / {settings.recording:,}" if settings else "-"


def _legend(plan: Plan, run: str) -> Iterator[str]:
    yield f"finds from  the smallest drop found in {percent(plan.power)} of checks with the present settings"
    yield f"repeats     stored : first look : suspects in all; at present {divided(plan.present.parts)}"
    yield "calls       of a check, before suspects are run again / of a recording run"
    yield f"from        run {run}, by how steady its cases are"


def plan_record(plan: Plan, run: str) -> dict[str, JSON]:
    """Give a plan as plain data."""
    return {
        "schema": SCHEMA,
        "run": run,
        "drop": plan.drop,
        "power": plan.power,
        "present": _plain(plan.present),
        "repeats": _plain(plan.repeats),
        "cases": _plain(plan.cases),
        "prompts": [
            {
                "id": prompt.prompt_id,
                "already": prompt.already,
                "found": prompt.found,
                "smallest": prompt.smallest,
                "present": _plain(prompt.present),
                "repeats": _plain(prompt.repeats),
                "cases": _plain(prompt.cases),
            }
            for prompt in plan.prompts
        ],
        "left_out": [{"id": one.prompt_id, "why": one.why} for one in plan.left_out],
    }


def _plain(settings: Settings | None) -> dict[str, JSON] | None:
    if settings is None:
        return None
    then, look, now = settings.parts
    return {
        "cases": settings.cases,
        "baseline_repeats": then,
        "repeats": look,
        "confirm_repeats": now,
        "calls_check": settings.check,
        "calls_recording": settings.recording,
    }
