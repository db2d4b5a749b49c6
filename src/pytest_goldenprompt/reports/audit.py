"""What an audit remarks, as a table, as a list to tick off in Markdown, and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tabulate import tabulate

from pytest_goldenprompt.model.audit import Remark
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.reports.inert import in_markdown, one_line

SCHEMA = "goldenprompt.audit/1"
HEADERS = ("", "rule", "prompt", "what", "owner")
MOST = 10
"""Rows of one rule that the table shows."""


def audit_table(found: Sequence[Remark], prompts: int, *, every: bool) -> str:
    """Lay out one row a remark, and a last line that counts them; of one rule the first rows, or with `every` all."""
    rows = list(_rows(found, every=every))
    table = tabulate(rows, HEADERS, tablefmt="simple", disable_numparse=True) + "\n" if rows else ""
    return f"{table}{_conclusion(found, prompts)}"


def audit_markdown(found: Sequence[Remark], prompts: int) -> str:
    """Write what is to be mended with a box to tick, and what is worth knowing, by weight."""
    lines = ["# Audit of the prompt library", "", f"{_conclusion(found, prompts)}.", ""]
    for weight in Severity:
        listed = [one for one in found if one.severity is weight]
        if listed:
            box = "- [ ] " if weight is not Severity.NOTE else "- "
            lines += [f"## {weight.value.capitalize()}s", "", *(box + _sentence(one) for one in listed), ""]
    return "\n".join(lines).rstrip()


def audit_record(found: Sequence[Remark], prompts: int) -> dict[str, Any]:
    """Give all of it for programs."""
    return {
        "schema": SCHEMA,
        "prompts": prompts,
        "counts": {f"{one.value}s": sum(remark.severity is one for remark in found) for one in Severity},
        "remarks": [
            {
                "severity": one.severity.value,
                "rule": one.rule.value,
                "prompt": one.prompt,
                "what": one.what,
                "remedy": one.remedy,
                "owner": one.owner,
            }
            for one in found
        ],
    }


def _rows(found: Sequence[Remark], *, every: bool) -> Iterator[tuple[str, ...]]:
    seen: Counter[tuple[str, str]] = Counter()
    counts = Counter((one.severity, one.rule) for one in found)
    for one in found:
        kind = one.severity, one.rule
        seen[kind] += 1
        if every or seen[kind] <= MOST:
            cells = one_line(one.prompt, 50), one_line(one.what, 110), one_line(one.owner or "-", 30)
            yield one.severity.value, one.rule.value, *cells
        elif seen[kind] == counts[kind]:
            yield one.severity.value, one.rule.value, "", f"and {counts[kind] - MOST} more prompts (--all)", ""


def _conclusion(found: Sequence[Remark], prompts: int) -> str:
    counts = Counter(one.severity for one in found)
    told = [f"{counts[one]} {one.value}{'s' * (counts[one] != 1)}" for one in Severity if counts[one]]
    return f"{', '.join(told) or 'nothing to remark'} in {prompts} prompt{'s' * (prompts != 1)}"


def _sentence(one: Remark) -> str:
    owner = f" ({in_markdown(one.owner, 400)})" if one.owner else ""
    return f"{in_markdown(one.prompt, 400)}{owner}: {in_markdown(one.what, 400)}; {in_markdown(one.remedy)}"
