"""Trends as a table with a small curve a row, as a summary in Markdown, and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

from pytest_goldenprompt.model.trend import Drift, Measure, Trend
from pytest_goldenprompt.reports.inert import in_markdown, one_line
from pytest_goldenprompt.reports.shares import percent

SCHEMA = "goldenprompt.trend/1"
HEADERS = ("prompt", "what", "first", "last", "change", "curve", "by luck", "trend")
BARS = "▁▂▃▄▅▆▇█"


def trend_table(shown: Sequence[Trend], every: Sequence[Trend]) -> str:
    """Lay out one row a series that is shown, and a last line that counts all of them."""
    rows = [_row(one) for one in shown]
    table = tabulate(rows, HEADERS, tablefmt="simple", disable_numparse=True) + "\n" if rows else ""
    return f"{table}{_conclusion(every)}"


def trend_markdown(every: Sequence[Trend], windows: str) -> str:
    """Write a summary: what to look into, each with a box to tick, then what got better, then the counts."""
    worse = [one for one in every if one.drift is Drift.WORSE]
    better = [one for one in every if one.drift is Drift.BETTER]
    lines = [f"# Trends over {windows}", ""]
    lines += ["## To look into", "", *(f"- [ ] {_sentence(one)}" for one in worse), ""] if worse else []
    lines += ["## Better", "", *(f"- {_sentence(one)}" for one in better), ""] if better else []
    return "\n".join([*lines, f"{_conclusion(every)[:1].upper()}{_conclusion(every)[1:]}."])


def trend_record(every: Sequence[Trend]) -> dict[str, Any]:
    """Give all of it for programs."""
    counts = Counter(one.drift for one in every)
    return {
        "schema": SCHEMA,
        "counts": {one.name.lower(): counts[one] for one in Drift},
        "trends": [
            {
                "prompt": one.prompt,
                "measure": one.measure.name,
                "better": "more" if one.measure.more_is_better else "less",
                "owner": one.owner,
                "trend": one.drift.name.lower(),
                "p": round(one.p, 9),
                "change": round(one.change, 9),
                "points": [{"window": point.window, "value": round(point.value, 9)} for point in one.points],
            }
            for one in every
        ],
    }


def curve(values: Sequence[float]) -> str:
    """Draw figures as bars between the least and the greatest; a flat line where they are equal."""
    low, high = min(values), max(values)
    if high == low:
        return BARS[3] * len(values)
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)


def _row(one: Trend) -> tuple[str, ...]:
    first, last = one.points[0], one.points[-1]
    return (
        one_line(one.prompt, 60),
        one_line(one.measure.name, 30),
        f"{_shown(first.value, one.measure)}",
        f"{_shown(last.value, one.measure)}",
        _change(one),
        curve([point.value for point in one.points]),
        _luck(one.p) if one.drift is not Drift.FEW else "-",
        one.drift.value if one.drift is not Drift.FEW else f"{one.drift.value} ({len(one.points)})",
    )


def _sentence(one: Trend) -> str:
    first, last = one.points[0], one.points[-1]
    fell = "fell" if one.change < 0 else "rose"
    then, now = (f"{_shown(point.value, one.measure)} ({point.window})" for point in (first, last))
    told = f"{in_markdown(one.prompt, 80)}: {in_markdown(one.measure.name, 80)} {fell} from {then} to {now}"
    told += f", {len(one.points)} points"
    told += f", by luck {_luck(one.p)}" if one.drift is Drift.WORSE else ""
    return told + (f"; owner {in_markdown(one.owner, 80)}" if one.owner and one.drift is Drift.WORSE else "")


def _conclusion(every: Sequence[Trend]) -> str:
    counts = Counter(one.drift for one in every)
    if not every:
        return "no stored run has figures yet"
    worse = f"{counts[Drift.WORSE]} of {len(every)} series got worse, {counts[Drift.BETTER]} better"
    few = f"; too few points to tell in {counts[Drift.FEW]}" if counts[Drift.FEW] else ""
    return worse + few


def _shown(value: float, measure: Measure) -> str:
    return percent(value) if measure.share else f"{value:.4g}"


def _change(one: Trend) -> str:
    return f"{one.change * 100:+.1f} points" if one.measure.share else f"{one.change:+.4g}"


def _luck(p: float) -> str:
    return percent(p) if p >= 0.001 else "< 0.1 %"  # noqa: PLR2004 - the last that is shown
