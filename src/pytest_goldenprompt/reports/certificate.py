"""The gate's calibration certificate, as text for people and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from pytest_goldenprompt.judge.calibrate import Certificate
from pytest_goldenprompt.judge.intervals import Counted
from pytest_goldenprompt.judge.splitting import LeftOut, Parts
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.shares import percent

SCHEMA = "goldenprompt.calibration/1"
NO_LUCK = "it holds no two independent repeats of a case that luck plays a part in"
SHOWN = 5
"""How many divisions of the repeats are told; the rest is counted."""


def certificate_text(certificate: Certificate, run: str) -> str:
    """Write what was measured on a run: the sentence first, then power, prompts, and how it was measured."""
    if not certificate.alarms.tries:
        lines = [f"Run {run} cannot be compared with itself: {NO_LUCK}."]
        return "\n".join([*lines, *left_out_lines(certificate.left_out)])
    parts = [
        _sentence(certificate),
        *_must_pass(certificate),
        "",
        _power_table(certificate),
        "",
        _prompts_table(certificate),
        "",
        *_method(certificate, run),
    ]
    return "\n".join(parts)


def _sentence(certificate: Certificate) -> str:
    alarms, aim = certificate.alarms, percent(certificate.alpha)
    flagged = "1 was flagged" if alarms.hits == 1 else f"{alarms.hits} were flagged"
    told = f"Of {alarms.tries} comparisons of this library with itself, {flagged}: {measured(alarms)}"
    if certificate.within_aim:
        return f"{told}; the gate aims at {aim} at most."
    return f"{told}, more than the {aim} that the gate aims at."


def _must_pass(certificate: Certificate) -> Iterator[str]:
    if certificate.must_pass:
        names = ", ".join(one_line(name) for name in certificate.failing_musts)
        yield (
            f"{certificate.must_pass} of them only since a case that must always pass failed, "
            f"as it does at times: {names}"
        )


def measured(counted: Counted) -> str:
    """Write a share with its 95 % interval."""
    low, high = counted.interval
    return f"{percent(counted.share)} ({percent(low).removesuffix(' %')} to {percent(high)})"


def _power_table(certificate: Certificate) -> str:
    rows = [
        (power.what, str(power.found.tries), measured(power.found), percent(power.named.share) if power.named else "-")
        for power in certificate.power
    ]
    headers = ("what was made worse", "tried", "found", "named")
    return tabulate(rows, headers, tablefmt="simple", disable_numparse=True)


def _prompts_table(certificate: Certificate) -> str:
    rows = [(one_line(one.prompt_id), str(one.cases), measured(one.flagged)) for one in certificate.prompts]
    return tabulate(rows, ("prompt", "cases", "flagged, unchanged"), tablefmt="simple", disable_numparse=True)


def _method(certificate: Certificate, run: str) -> Iterator[str]:
    """Say how it was measured, and what that cannot show."""
    yield f"how      the repeats of run {run}, dealt at random into then : first look : now (suspects)"
    for parts, cases in certificate.designs[:SHOWN]:
        yield f"         {cases} cases {divided(parts)}; the policy asks for {divided(certificate.asked)}"
    if len(certificate.designs) > SHOWN:
        yield f"         and {len(certificate.designs) - SHOWN} more ways"
    if any(parts != certificate.asked for parts, _ in certificate.designs):
        yield "         with fewer repeats than the policy asks for, less is found here than by the gate itself"
    yield "unseen   luck that differs from day to day, or that the cases of one run share"
    if certificate.unvaried:
        names = ", ".join(one_line(name) for name in certificate.unvaried)
        yield f"         luck in {names}: every case got one and the same answer each time"
    yield from left_out_lines(certificate.left_out)
    if certificate.cases_left_out:
        yield f"left out {certificate.cases_left_out} cases with fewer than two independent repeats"


def divided(parts: Parts) -> str:
    """Write how the repeats of a case are divided."""
    return " : ".join(map(str, parts))


def left_out_lines(left_out: tuple[LeftOut, ...]) -> list[str]:
    """Name the prompts that could not be looked at, each with the reason."""
    return [f"left out {one_line(one.prompt_id)}: {one_line(one.why)}" for one in left_out]


def certificate_record(certificate: Certificate, run: str, digest: str) -> dict[str, JSON]:
    """Give the certificate as plain data; `digest` is that of the run's raw results, from which the splits follow."""
    return {
        "schema": SCHEMA,
        "run": run,
        "digest": digest,
        "alpha": certificate.alpha,
        "within_aim": certificate.within_aim,
        "alarms": _plain(certificate.alarms),
        "must_pass": certificate.must_pass,
        "failing_must_pass": list(certificate.failing_musts),
        "prompts": [
            {"id": one.prompt_id, "cases": one.cases, "flagged": _plain(one.flagged)} for one in certificate.prompts
        ],
        "power": [
            {
                "what": power.what,
                "places": power.places,
                "found": _plain(power.found),
                "named": _plain(power.named) if power.named else None,
            }
            for power in certificate.power
        ],
        "policy": certificate.asked._asdict(),
        "divided": [{**parts._asdict(), "cases": cases} for parts, cases in certificate.designs],
        "left_out": [{"id": one.prompt_id, "why": one.why} for one in certificate.left_out],
        "cases_left_out": certificate.cases_left_out,
        "unvaried": list(certificate.unvaried),
    }


def _plain(counted: Counted) -> dict[str, JSON]:
    low, high = counted.interval
    return {"hits": counted.hits, "tries": counted.tries, "share": counted.share, "low": low, "high": high}
