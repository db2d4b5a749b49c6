from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from pytest_goldenprompt.judge.trend import measured, trends
from pytest_goldenprompt.model.trend import COST, FORM, PASS_RATE, TOKENS, WHOLE, Drift, Measure, Measured
from pytest_goldenprompt.model.upkeep import Upkeep

TODAY = date(2026, 12, 31)


def over_months(*values, prompt="p", measure=PASS_RATE):
    return [
        Measured(prompt, measure, date(2026, month, 5), f"2026-{month:02}", value)
        for month, value in enumerate(values, 1)
        if value is not None
    ]


def judged(figures, *, weekly=False, windows=12, today=TODAY, **more):
    given = {"alpha": 0.05, "upkeep": Upkeep(), "owners": {}, **more}
    return trends(figures, today, weekly=weekly, windows=windows, **given)


def one(figures, **more):
    [found] = judged(figures, **more)
    return found


def test_the_figures_of_a_verdict_are_taken_drafts_aside():
    change = {"then": 0.1, "now": 0.9}
    prompt = {"id": "p", "rate": change, "format_compliance": {"now": None}, "tokens": {"now": 12.5}}
    verdict = {"prompts": [prompt, {**prompt, "id": "d", "draft": True}], "spend": {"amount": 0.25}}
    assert [(one.prompt, one.measure, one.value) for one in measured(verdict, TODAY, "2026-12")] == [
        ("p", PASS_RATE, 0.9),
        ("p", TOKENS, 12.5),
        (WHOLE, COST, 0.25),
    ]
    assert list(measured({"prompts": [{"id": "p"}], "spend": None}, TODAY, "2026-12")) == []


@pytest.mark.parametrize(
    ("measure", "values", "drift"),
    [
        (PASS_RATE, (0.95, 0.94, 0.93, 0.92, 0.91), Drift.WORSE),
        (PASS_RATE, (0.91, 0.92, 0.93, 0.94, 0.95), Drift.BETTER),
        (TOKENS, (100, 110, 120, 130, 140), Drift.WORSE),
        (TOKENS, (140, 130, 120, 110, 100), Drift.BETTER),
        (PASS_RATE, (0.95, 0.91, 0.95, 0.91, 0.95), Drift.NONE),
        (PASS_RATE, (0.9, 0.9, 0.9, 0.9, 0.9), Drift.NONE),
        (PASS_RATE, (0.95, 0.949, 0.948, 0.947, 0.946), Drift.NONE),
        (TOKENS, (100, 100.1, 100.2, 100.3, 100.4), Drift.NONE),
        (FORM, (1.0, 0.9, 0.8), Drift.FEW),
        (FORM, (1.0,), Drift.FEW),
    ],
)
def test_a_slide_of_some_size_is_a_trend_in_its_direction(measure, values, drift):
    found = one(over_months(*values, measure=measure))
    assert found.drift is drift
    assert len(found.points) == len(values)


def test_the_change_is_the_slope_over_the_windows():
    found = one(over_months(0.9, 0.88, 0.86, 0.84))
    assert found.change == pytest.approx(-0.06)
    assert found.p == pytest.approx(1 / 24)


def test_several_runs_of_a_month_are_one_point_and_only_the_last_windows_count():
    figures = over_months(0.5, 0.9, 0.8, 0.7, 0.6, None, 0.5)
    figures += over_months(None, 0.7)
    found = one(figures, windows=5)
    assert [(point.window, point.value) for point in found.points] == [
        ("2026-02", 0.8),
        ("2026-03", 0.8),
        ("2026-04", 0.7),
        ("2026-05", 0.6),
        ("2026-07", 0.5),
    ]
    assert judged([*over_months(0.5, prompt="gone"), *over_months(None, 0.5, 0.5)], windows=2)[0].prompt == "p"


def test_weeks_are_counted_back_from_today_and_days_to_come_left_out():
    days = [0, 6, 7, 13, 14, -1]
    figures = [Measured("p", PASS_RATE, TODAY - timedelta(days=back), "2026-12", back / 20) for back in days]
    found = one(figures, weekly=True)
    assert [(point.window, point.value) for point in found.points] == [
        ("2026-12-17", pytest.approx(0.7)),
        ("2026-12-24", pytest.approx(0.5)),
        ("2026-12-31", pytest.approx(0.15)),
    ]


def test_among_many_series_one_lucky_slide_is_no_trend_and_a_real_one_is():
    """Five points can show p = 1/120, which a hundred series reach by luck; twelve can show much less."""
    deal = random.Random("trend")
    flat = [
        figure
        for number in range(100)
        for figure in over_months(*(deal.random() for _ in range(5)), prompt=f"p{number:03}")
    ]
    lucky = over_months(0.9, 0.8, 0.7, 0.6, 0.5, prompt="lucky")
    real = over_months(*(0.95 - 0.01 * month for month in range(12)), prompt="real")
    drifts = {one.prompt: one.drift for one in judged([*flat, *lucky, *real])}
    assert drifts["lucky"] is Drift.NONE
    assert drifts["real"] is Drift.WORSE
    assert sum(drift is Drift.WORSE for drift in drifts.values()) == 1


def test_worse_ones_come_first_with_their_owners():
    rates = (0.5, 0.6, 0.7, 0.8, 0.9)
    figures = [*over_months(*rates, prompt="up"), *over_months(*reversed(rates), prompt="down")]
    found = judged(figures, owners={"down": "ben"}, upkeep=Upkeep(owners={"up": "ada"}))
    assert [(one.prompt, one.drift, one.owner) for one in found] == [
        ("down", Drift.WORSE, "ben"),
        ("up", Drift.BETTER, "ada"),
    ]


def test_signals_are_judged_like_figures():
    corrected = Measure("corrected", more_is_better=False, least=0.05)
    assert one(over_months(0.01, 0.02, 0.03, 0.04, measure=corrected)).drift is Drift.WORSE
