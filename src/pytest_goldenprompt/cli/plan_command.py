"""`goldenprompt plan`: how many repeats or cases a wished detectable drop needs, and what they cost in calls."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.cli.repeated import NOTHING, declare_run, repeated_run, to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.judge.planning import plan
from pytest_goldenprompt.reports.plan import plan_record, plan_text

DROPS = (0.5, 100.0)
POWERS = (0.5, 0.999)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_run(parser)
    parser.add_argument(
        "--drop",
        type=float,
        required=True,
        metavar="POINTS",
        help="points of a hundred that every case of a prompt loses",
    )
    parser.add_argument(
        "--power", type=float, default=0.9, metavar="SHARE", help="share of checks that are to find it (0.9)"
    )


def run(options: argparse.Namespace) -> int:
    """Plan and print."""
    _check("--drop", options.drop, DROPS, "points are accepted (5 is from 90 % to 85 %)")
    _check("--power", options.power, POWERS, "is accepted")
    record = repeated_run(options)
    made = plan(record, read_policy(root_of(options)), drop=options.drop / 100.0, wished=options.power)
    print(to_json(plan_record(made, record.id)) if options.json else plan_text(made, record.id))
    return 0 if made.prompts else NOTHING


def _check(name: str, value: float, limits: tuple[float, float], accepted: str) -> None:
    if not limits[0] <= value <= limits[1]:
        raise InputError(f"{limits[0]:g} to {limits[1]:g} {accepted}, found {value:g}", where=name)
