"""How far a judge agrees with people, as text for people and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from pytest_goldenprompt.judge.agreement import ENOUGH, ENOUGH_EACH, Agreement, Trust
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.shares import percent

SCHEMA = "goldenprompt.agreement/1"
MOST = 50
"""Disagreements that the text shows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled answer as the judge saw it: where it stands, its label, the choice (None: no verdict), and why."""

    where: str
    line: int
    label: str
    choice: str | None
    told: str

    @property
    def text(self) -> str:
        """Say it in a line."""
        judged = "no verdict" if self.choice is None else f"the judge says {self.choice}"
        return one_line(f"{self.where}:{self.line}: labelled {self.label}, {judged}: {self.told}", 300)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked: the judge by name, model and version, the kappa wished for, and every row."""

    judge: str
    model: str
    version: str
    wished: float
    agreement: Agreement
    rows: Sequence[Row]
    spent: str = ""

    @property
    def unjudged(self) -> list[Row]:
        """Give the rows without a verdict."""
        return [row for row in self.rows if row.choice is None]

    @property
    def apart(self) -> list[Row]:
        """Give the rows on which judge and person disagree."""
        return [row for row in self.rows if row.choice not in (None, row.label)]


def agreement_text(checked: Checked) -> str:
    """Write the figures, what they can and cannot say, the table, and the rows that disagree."""
    found = checked.agreement.counted
    low, high = found.interval
    lines = [
        one_line(f"{checked.judge}@{checked.version}, asking {checked.model}, against {len(checked.rows)} labels"),
        f"agreement   {found.hits} of {found.tries}: {percent(found.share)} ({percent(low)} to {percent(high)})",
        _kappa(checked.agreement),
        f"            {_said(checked)}",
        *_warnings(checked),
        "",
        _table(checked.agreement),
        *_listed("disagree", checked.apart),
        *_listed("without a verdict", checked.unjudged),
    ]
    return "\n".join([*lines, *([f"\nspent       {checked.spent}"] if checked.spent else [])])


def agreement_record(checked: Checked) -> dict[str, JSON]:
    """Give the same as plain data."""
    found, interval = checked.agreement.counted, checked.agreement.interval
    return {
        "schema": SCHEMA,
        "judge": checked.judge,
        "model": checked.model,
        "version": checked.version,
        "labels": len(checked.rows),
        "judged": found.tries,
        "agreement": found.share,
        "agreement_interval": list(found.interval),
        "kappa": checked.agreement.kappa,
        "kappa_interval": list(interval) if interval else None,
        "wished": checked.wished,
        "trust": checked.agreement.trust(checked.wished).value,
        "few": list(checked.agreement.few),
        "confusion": [
            {"label": label, "judge": choice, "rows": number}
            for (label, choice), number in sorted(checked.agreement.table.items())
        ],
        "disagree": [_plain(row) for row in checked.apart],
        "unjudged": [_plain(row) for row in checked.unjudged],
    }


def _plain(row: Row) -> dict[str, JSON]:
    return {"file": row.where, "line": row.line, "label": row.label, "judge": row.choice, "reason": row.told}


def _kappa(agreement: Agreement) -> str:
    kappa, interval = agreement.kappa, agreement.interval
    if kappa is None or interval is None:
        return "kappa       cannot be told: label and judge never vary"
    return f"kappa       {kappa:.2f} ({interval.low:.2f} to {interval.high:.2f}, with 95 % confidence)"


def _said(checked: Checked) -> str:
    told = {
        Trust.GOOD: f"it is at least the {checked.wished:g} wished for",
        Trust.POOR: f"it is below the {checked.wished:g} wished for: do not rely on this judge",
        Trust.UNSURE: f"whether it is the {checked.wished:g} wished for, these labels cannot tell",
    }
    return told[checked.agreement.trust(checked.wished)]


def _warnings(checked: Checked) -> Iterator[str]:
    if len(checked.rows) < ENOUGH:
        yield f"too few     {len(checked.rows)} labels; take {ENOUGH} or more, better 100"
    if few := checked.agreement.few:
        yield one_line(f"too few     of {', '.join(few)}: fewer than {ENOUGH_EACH} labels each", 300)
    if unjudged := len(checked.unjudged):
        yield f"incomplete  {unjudged} of {len(checked.rows)} rows have no verdict and are not counted"


def _table(agreement: Agreement) -> str:
    rows = [
        [one_line(label), *(agreement.table.get((label, choice), 0) for choice in agreement.choices)]
        for label in agreement.choices
    ]
    headers = ["labelled", *(one_line(f"judge: {choice}") for choice in agreement.choices)]
    return tabulate(
        rows, headers=headers, disable_numparse=True, colalign=("left", *["right"] * len(agreement.choices))
    )


def _listed(what: str, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield f"\n{len(rows)} {what}"
        yield from (f"  {row.text}" for row in rows[:MOST])
    if len(rows) > MOST:
        yield f"  and {len(rows) - MOST} more: --json lists all"
