"""`goldenprompt triage`: what runs found, who sees to it, and how each finding ended; kept in git beside the store."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.cli.due_command import declare_day, read_day, today
from pytest_goldenprompt.cli.place import UNREADABLE, moment, root_of, store_of, who
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.triage import file_of, lacking, read_ledger
from pytest_goldenprompt.formats.upkeep import read_upkeep
from pytest_goldenprompt.judge.triage import track
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.triage import Choice, Decision, Subject, Tracked
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.reports.triage import triage_record, triage_table
from pytest_goldenprompt.store.files import write_file
from pytest_goldenprompt.store.past import kept_sightings

_TASKS = {
    "list": "list the open findings",
    "assign": "say who sees to findings",
    "close": "end findings with an action, or as false positives",
    "reopen": "open findings again",
}


_REMEDIES = {
    Choice.ACTION: "pass --due YYYY-MM-DD with --link or --reason, or --false-positive REASON",
    Choice.ASSIGNED: "pass --owner",
    Choice.FALSE_POSITIVE: "pass --false-positive REASON",
    Choice.REOPENED: "pass --reason",
}
_NOTHING = Subject("", "")
"""Stands in a decision until it is known what it is about."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the tasks and their arguments."""
    tasks = parser.add_subparsers(required=True, metavar="TASK", dest="task")
    made = {
        name: tasks.add_parser(name, help=text, description=f"{text.capitalize()}.") for name, text in _TASKS.items()
    }
    made["list"].add_argument("--all", action="store_true", help="those in work and closed too")
    made["list"].add_argument("--owner", metavar="WHO", help="only findings of this owner")
    made["list"].add_argument("--json", action="store_true", help="print one JSON object, with all findings")
    for name in ("assign", "close", "reopen"):
        what = "a finding's id or its beginning, or a prompt's id for all of its findings"
        made[name].add_argument("findings", nargs="+", metavar="FINDING", help=what)
    made["assign"].add_argument("--owner", metavar="WHO", required=True, help="who sees to it")
    made["close"].add_argument("--false-positive", metavar="REASON", help="why there was nothing to mend")
    for name in ("assign", "close"):
        made[name].add_argument("--due", metavar="YYYY-MM-DD", help="the last day of the work")
        made[name].add_argument("--link", help="where it is worked on, such as a ticket")
    for name in ("assign", "close", "reopen"):
        made[name].add_argument("--reason", help="why, or what is done")
    for task in made.values():
        declare_day(task)


def run(options: argparse.Namespace) -> int:
    """List (1 where a finding is open) or decide; 4 where the ledger cannot be read."""
    root, day = root_of(options), today(options)
    decisions, faults = read_ledger(root)
    for fault in faults:
        sys.stderr.write(f"goldenprompt: {one_line(str(fault))}\n")
    if faults and options.task != "list":
        return UNREADABLE
    every = track(kept_sightings(store_of(options)), decisions, read_upkeep(root), day)
    if options.task != "list":
        return _decide(options, root, every)
    print(to_json(triage_record(every, day)) if options.json else _table(options, every))
    return UNREADABLE if faults else int(any(one.standing.is_open for one in every))


def _table(options: argparse.Namespace, every: Sequence[Tracked]) -> str:
    mine = [one for one in every if options.owner in {None, one.owner}]
    return triage_table([one for one in mine if options.all or one.standing.is_open], mine)


def _decide(options: argparse.Namespace, root: Path, every: Sequence[Tracked]) -> int:
    decision = _decision(options)
    chosen = _named(options, every)
    made = [replace(decision, subject=one.subject, seen=one.since, owner=_owner(one, decision)) for one in chosen]
    for path, text in map(file_of, made):
        write_file(root / path, text)
    for one in made:
        about = f"{one.subject.prompt}, {one.subject.kind}{f' {one.subject.part}' * bool(one.subject.part)}"
        print(f"{one.subject.id} {one.choice.value}: {one_line(about)}")
    return 0


def _owner(one: Tracked, decision: Decision) -> str | None:
    """Keep an owner whom somebody named before."""
    return decision.owner or next((old.owner for old in reversed(one.decisions) if old.owner), None)


def _decision(options: argparse.Namespace) -> Decision:
    choices = {"assign": Choice.ASSIGNED, "reopen": Choice.REOPENED, "close": Choice.ACTION}
    choice, reason = choices[options.task], _text(options, "reason")
    wrong = _text(options, "false_positive")
    if wrong is not None:
        choice, reason = Choice.FALSE_POSITIVE, wrong
        if options.due or options.link or options.reason:
            raise InputError(
                "a false positive and an action, found both; one of them is accepted", where="triage close"
            )
    asked, due = who(), getattr(options, "due", None)
    decision = Decision(
        _NOTHING,
        choice,
        who=asked if is_name(asked) else "unknown",
        time=moment(),
        owner=_text(options, "owner"),
        reason=reason,
        link=_text(options, "link"),
        due=None if due is None else read_day(due, "--due"),
    )
    lack = lacking(decision)
    if lack:
        raise InputError(f"a decision without {lack}", where=f"triage {options.task}", remedy=_REMEDIES[choice])
    return decision


def _text(options: argparse.Namespace, name: str) -> str | None:
    value: str | None = getattr(options, name, None)
    if value is not None and not is_name(value):
        raise InputError(
            f"text on one line, not blank, is accepted, found {value!a}", where=f"--{name.replace('_', '-')}"
        )
    return value


def _named(options: argparse.Namespace, every: Sequence[Tracked]) -> list[Tracked]:
    """Find the findings that were named; of a prompt those that are open, or all where they are to be opened again."""
    found: dict[str, Tracked] = {}
    for name in options.findings:
        of_prompt = [one for one in every if one.subject.prompt == name]
        opened = [one for one in of_prompt if one.standing.is_open != (options.task == "reopen")]
        fitting = opened if of_prompt else [one for one in every if one.subject.id.startswith(name)]
        if not fitting or (len(fitting) > 1 and not of_prompt):
            raise _no_such(name, len(fitting), every)
        found.update({one.subject.id: one for one in fitting})
    return list(found.values())


def _no_such(name: str, number: int, every: Iterable[Tracked]) -> InputError:
    known = {word for one in every for word in (one.subject.id, one.subject.prompt)}
    what = f"{number} findings" if number else "no finding"
    hint = "" if number else did_you_mean(name, known)
    remedy = "`goldenprompt triage list --all` shows them"
    return InputError(f"{what} of that name, found {name!a}{hint}; an id or a prompt is accepted", remedy=remedy)
