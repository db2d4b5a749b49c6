"""`goldenprompt verify`: whether a deploy may go on with a verdict record. It runs no code but our own."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from pytest_goldenprompt.cli.checkout import refuse_dirty, refuse_other_commit, refuse_other_files
from pytest_goldenprompt.cli.claim import AGAIN, Claim, read_claim
from pytest_goldenprompt.cli.derived import (
    Base,
    find_compared,
    open_base,
    refuse_age,
    refuse_other_policy,
    refuse_underived,
)
from pytest_goldenprompt.cli.place import now, root_of, store_of
from pytest_goldenprompt.cli.refusal import DeniedError, Why
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.judge.exits import EXIT_OF_STATE
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.reports.inert import one_line

NONSENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What comes of files that no run has written, as a forger may."""

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("record", metavar="RECORD", help="a verdict record, or the folder of a run that holds it")
    parser.add_argument("--run", dest="beside", metavar="FOLDER", help="where its run is (beside it, or the store)")
    parser.add_argument("--commit", metavar="SHA", help="the commit to be deployed (HEAD)")
    parser.add_argument("--base", metavar="REVISION", help="the protected branch (the main branch of origin)")
    parser.add_argument("--baseline", default="last-month", metavar="REF", help="what it is to be compared with there")
    parser.add_argument("--max-age", metavar="TIME", help="such as 90m, 24h or 7d (the policy's max_age_hours)")
    parser.add_argument("--path", action="append", default=[], metavar="FOLDER", help="a folder of golden_paths")
    parser.add_argument("--live", action="store_true", help="refuse answers that were recorded or taken over")


def run(options: argparse.Namespace) -> int:
    """Verify; give the verdict's own exit code, or that of what is refused."""
    try:
        return _verify(options)
    except DeniedError as refusal:
        return _refuse(refusal)
    except NONSENSE as error:
        told = f"the run's files hold what no run has written: {type(error).__name__}: {error}"
        return _refuse(DeniedError(Why.TAMPERED, told, AGAIN))


def _refuse(refusal: DeniedError) -> int:
    sys.stderr.write(f"goldenprompt: {one_line(str(refusal))}\n")
    return refusal.why


def _verify(options: argparse.Namespace) -> int:
    most, moment = _time(options.max_age), datetime.fromisoformat(now())
    root, store, folder = root_of(options), store_of(options), Path(options.folder)
    claim = read_claim(folder / options.record, folder / options.beside if options.beside else None, store)
    refuse_other_commit(claim, root, options.commit)
    refuse_dirty(claim, root)
    with tempfile.TemporaryDirectory(prefix="goldenprompt-") as copy:
        base = open_base(root, options.base, store, Path(copy))
        refuse_other_files(claim, root, options.path or ["."])
        refuse_other_policy(claim, base)
        expires = refuse_age(claim, base.policy, most, moment)
        compared = find_compared(claim, base, options.baseline, moment)
        refuse_underived(claim, base, compared)
    if options.live:
        _refuse_recorded(claim)
    _tell(claim, base, expires)
    return EXIT_OF_STATE[State(claim.record["verdict"])]


def _time(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text)
    if not found:
        raise InputError(f"a time such as 90m, 24h or 7d is accepted, found {text!r}", where="--max-age")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _refuse_recorded(claim: Claim) -> None:
    recorded = sorted(facts.id for facts in claim.run.prompts if facts.replayed)
    taken = sorted({case.prompt_id for case in claim.run.cases if case.carried})
    if recorded or taken:
        what = f"recorded answers of {recorded[0]}" if recorded else f"results of {taken[0]} from an earlier run"
        raise DeniedError(Why.NOT_LIVE, f"it holds {what}, which say nothing of the model today", AGAIN)


def _tell(claim: Claim, base: Base, expires: datetime) -> None:
    record, run = claim.record, claim.run
    print(f"VERIFIED {record['verdict'].upper()}: run {one_line(run.id)} of commit {run.commit}")
    compared = record["baseline"]
    against = f"run {one_line(compared['id'])} of {compared['month']}" if compared else "nothing stored"
    print(f"judged   by the policy of {one_line(base.name)}, compared with {against}")
    print(f"expires  {expires:%Y-%m-%d %H:%M} UTC")
    for reason in record["reasons"]:
        print(f"         {one_line(reason)}")
    for one in record["loosened"]:
        print(f"looser   {one_line(one['what'])}: {one_line(one['then'])} then, {one_line(one['now'])} now")
