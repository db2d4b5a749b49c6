"""`goldenprompt calibrate`: how often the gate is wrong on this library, and what it finds, by its stored repeats."""

from __future__ import annotations

import argparse

from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.cli.repeated import NOTHING, declare_run, repeated_run, to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.judge.calibrate import calibrate
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.reports.certificate import certificate_record, certificate_text
from pytest_goldenprompt.store.codec import cases_text

SPLITS = 200
MOST_SPLITS = 100_000


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_run(parser)
    parser.add_argument(
        "--splits", type=int, default=SPLITS, metavar="N", help=f"how often the run is compared with itself ({SPLITS})"
    )


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 where the gate is shown to be wrong more often than it aims at."""
    if not 1 <= options.splits <= MOST_SPLITS:
        raise InputError(f"1 to {MOST_SPLITS:,} splits are accepted, found {options.splits}", where="--splits")
    record, policy = repeated_run(options), read_policy(root_of(options))
    digest = digest_of_bytes(cases_text(record).encode())
    certificate = calibrate(record, policy, seed=digest, splits=options.splits)
    plain = certificate_record(certificate, record.id, digest)
    print(to_json(plain) if options.json else certificate_text(certificate, record.id))
    if not certificate.alarms.tries:
        return NOTHING
    return 0 if certificate.within_aim else 1
