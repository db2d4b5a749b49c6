"""`goldenprompt trend`: what slides over months or weeks, slower than any single run shows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pytest_goldenprompt.cli.due_command import declare_day, today
from pytest_goldenprompt.cli.place import UNREADABLE, root_of, store_of
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.formats.signals import signals_at
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.judge.trend import measured, trends
from pytest_goldenprompt.model.many import uncollected
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.trend import Drift, Measured, Trend
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.trend import trend_markdown, trend_record, trend_table
from pytest_goldenprompt.store.answers import answers_in
from pytest_goldenprompt.store.past import whole_verdicts
from pytest_goldenprompt.store.store import Store

WINDOWS = 12
_MOST_WINDOWS = 120


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("prompts", nargs="*", metavar="PROMPT", help="show these prompts whatever they show")
    parser.add_argument("--window", choices=("month", "7d"), default="month", help="what makes one point (month)")
    parser.add_argument("--windows", type=int, default=WINDOWS, metavar="N", help=f"how many, to the last ({WINDOWS})")
    parser.add_argument("--signals", metavar="PATH", help="figures from production (signals.jsonl of the library)")
    parser.add_argument("--answers", action="store_true", help="latency and withheld answers too, which takes longer")
    parser.add_argument("--all", action="store_true", help="show series without a trend too")
    declare_day(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--markdown", action="store_true", help="print a summary in Markdown, with action items")


@uncollected()
def run(options: argparse.Namespace) -> int:
    """Print; 1 where something got worse, 4 where the signals cannot be read."""
    if not 1 <= options.windows <= _MOST_WINDOWS:
        raise InputError(f"1 to {_MOST_WINDOWS} windows are accepted, found {options.windows}", where="--windows")
    root, day = root_of(options), today(options)
    try:
        signals = signals_at(root, Path(options.folder, options.signals).resolve() if options.signals else None)
    except InputError as error:
        sys.stderr.write(f"goldenprompt: {one_line(str(error))}\n")
        return UNREADABLE
    figures, owners = _stored(store_of(options), answers=options.answers)
    found = trends(
        [*figures, *signals],
        day,
        weekly=options.window == "7d",
        windows=options.windows,
        alpha=read_policy(root).alpha,
        upkeep=read_upkeep(root),
        owners=owners,
    )
    print(_told(options, found))
    return int(any(one.drift is Drift.WORSE for one in found))


def _stored(store: Store, *, answers: bool) -> tuple[list[Measured], dict[str, str | None]]:
    figures: list[Measured] = []
    owners: dict[str, str | None] = {}
    for ran, month, verdict in whole_verdicts(store):
        figures += measured(verdict, ran.day, month)
        owners |= ran.prompts
        if answers:
            figures += answers_in(store.files(ran.id), ran.day, month)
    return figures, owners


def _told(options: argparse.Namespace, found: Sequence[Trend]) -> str:
    if options.json:
        return to_json(trend_record(found))
    if options.markdown:
        last = "months" if options.window == "month" else "weeks"
        return trend_markdown(found, f"the last {options.windows} {last}")
    known = {one.prompt for one in found}
    for name in options.prompts:
        if name not in known:
            raise InputError(f"no such prompt has figures, found {name!a}{did_you_mean(name, known)}", where="PROMPT")
    shown = [one for one in found if _is_shown(one, options)]
    return trend_table(shown, found)


def _is_shown(one: Trend, options: argparse.Namespace) -> bool:
    if options.prompts:
        return one.prompt in options.prompts
    return options.all or one.drift in {Drift.WORSE, Drift.BETTER}
