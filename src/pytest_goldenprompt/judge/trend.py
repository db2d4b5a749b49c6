"""From figures of stored runs to trends: which prompts slide, and which have too few points to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pytest_goldenprompt.judge.figures import mean
from pytest_goldenprompt.judge.mann_kendall import Kendall, mann_kendall, slope
from pytest_goldenprompt.judge.multiplicity import discoveries
from pytest_goldenprompt.model.trend import COST, FORM, PASS_RATE, TOKENS, WHOLE, Drift, Measure, Measured, Point, Trend
from pytest_goldenprompt.model.upkeep import Upkeep

WEEK = 7
_NOW = {"rate": PASS_RATE, "format_compliance": FORM, "tokens": TOKENS}


def measured(verdict: Mapping[str, Any], day: date, month: str) -> Iterator[Measured]:
    """Give the figures in a run's verdict record, drafts aside."""
    for prompt in verdict.get("prompts", ()):
        for key, measure in _NOW.items():
            value = (prompt.get(key) or {}).get("now")
            if value is not None and not prompt.get("draft"):
                yield Measured(prompt["id"], measure, day, month, value)
    amount = (verdict.get("spend") or {}).get("amount")
    if amount is not None:
        yield Measured(WHOLE, COST, day, month, amount)


def trends(  # noqa: PLR0913 - all that a reader may choose
    figures: Iterable[Measured],
    today: date,
    *,
    weekly: bool,
    windows: int,
    alpha: float,
    upkeep: Upkeep,
    owners: Mapping[str, str | None],
) -> tuple[Trend, ...]:
    """Test each measure of each prompt over the last windows; those that got worse come first.

    What is called worse or better is so at a false discovery rate of `alpha` over all series of enough points, and by
    as much as is worth an action.
    """
    series: dict[tuple[str, Measure], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in figures:
        window = _window(one, today, weekly=weekly)
        if window:
            series[one.prompt, one.measure][window].append(one.value)
    last = sorted({window for found in series.values() for window in found})[-windows:]
    made = [
        _trend(prompt, measure, [Point(name, mean(found[name]) or 0.0) for name in last if name in found])
        for (prompt, measure), found in series.items()
        if any(name in found for name in last)
    ]
    judged = _judged(made, alpha)
    named = (replace(one, owner=upkeep.owner_of(one.prompt, owners.get(one.prompt))) for one in judged)
    order = list(Drift)
    return tuple(sorted(named, key=lambda one: (order.index(one.drift), one.p, one.prompt, one.measure.name)))


def _window(one: Measured, today: date, *, weekly: bool) -> str:
    """Name the window of a figure: its month, or the last of seven days, counted back from today."""
    if not weekly:
        return one.month
    back = (today - one.day).days
    return (today - timedelta(days=back // WEEK * WEEK)).isoformat() if back >= 0 else ""


def _trend(prompt: str, measure: Measure, points: Sequence[Point]) -> tuple[Trend, Kendall]:
    values = [point.value for point in points]
    test = mann_kendall(values)
    worse = test.fall if measure.more_is_better else test.rise
    return Trend(prompt, measure, tuple(points), Drift.NONE, worse, slope(values) * (len(values) - 1)), test


def _judged(made: Sequence[tuple[Trend, Kendall]], alpha: float) -> Iterator[Trend]:
    enough = [(trend, test) for trend, test in made if _could_tell(len(trend.points), alpha)]
    _, worst = discoveries([trend.p for trend, _ in enough], alpha)
    _, best = discoveries([_better(trend, test) for trend, test in enough], alpha)
    for trend, test in made:
        drift = Drift.NONE if _could_tell(len(trend.points), alpha) else Drift.FEW
        if drift is Drift.NONE and _is_worth_it(trend):
            drift = Drift.WORSE if trend.p <= worst else Drift.BETTER if _better(trend, test) <= best else drift
        yield replace(trend, drift=drift)


def _could_tell(points: int, alpha: float) -> bool:
    """Say whether so many figures, all different, could show a trend at all."""
    return mann_kendall(range(points)).least <= alpha


def _better(trend: Trend, test: Kendall) -> float:
    return test.rise if trend.measure.more_is_better else test.fall


def _is_worth_it(trend: Trend) -> bool:
    least = trend.measure.least
    return abs(trend.change) >= (least if trend.measure.share else least * abs(trend.points[0].value))
