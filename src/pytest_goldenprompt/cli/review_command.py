"""`goldenprompt review`: walk through what differs, and through candidates, and decide each with a letter."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_goldenprompt.authoring.reviewing import Item, accept, candidates, differing, drop
from pytest_goldenprompt.cli.judged import judged_run
from pytest_goldenprompt.cli.place import root_of, store_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.decision import Decision, decision_lines
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.store.lock import alone_in

SCHEMA = "goldenprompt.review/1"
WORDS = {"a": "accept", "k": "keep", "s": "skip", "d": "drop", "q": "quit"}
DONE = {"a": "accepted", "k": "kept", "s": "skipped", "d": "dropped"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", metavar="RUN", help="a run's id, its beginning, or `last` (the newest run)")
    parser.add_argument("--prompt", metavar="PROMPT", help="only what is of this prompt, by its id")
    parser.add_argument("--all", action="store_true", help="cases too that fail as before, or are waived")
    parser.add_argument("--candidates", action="store_true", help="candidates only")
    parser.add_argument("--json", action="store_true", help="list what is to be decided as JSON, and ask nothing")


def run(options: argparse.Namespace) -> int:
    """Ask about each; 1 where something that was decided could not be done."""
    items = [item for item in _items(options) if options.prompt in {None, item.prompt_id}]
    if options.json:
        record = {"schema": SCHEMA, "items": [item.plain() for item in items]}
        print(json.dumps(record, indent=1, sort_keys=True, allow_nan=False))
        return 0
    if not items:
        print("nothing to review: no case differs, and no candidate waits")
        return 0
    return _walk(root_of(options), items, _letters(sys.stdin))


def _items(options: argparse.Namespace) -> Iterator[Item]:
    root, store = root_of(options), store_of(options)
    if not options.candidates and (options.name or store.runs()):
        view = judged_run(store, root, options.name or "last")
        yield from differing(root, view, Registry(imports=False).evaluator, failing=options.all)
    yield from candidates(root)


def _letters(lines: Iterable[str]) -> Iterator[str]:
    """Give the letters that are typed, or come through a pipe, several on a line or one; its end is to quit."""
    try:
        for line in lines:
            yield from "".join(line.split()).lower()
    except KeyboardInterrupt:
        print()  # the terminal shows ^C on the line of the question
    yield "q"


def _walk(root: Path, items: list[Item], letters: Iterator[str]) -> int:
    done: Counter[str] = Counter()
    failed = False
    for number, item in enumerate(items, start=1):
        print("\n".join(decision_lines(_shown(item, f"{number}/{len(items)}"))))
        letter = _asked(item, letters)
        if letter == "q":
            break
        try:
            told = _do(root, item, letter)
        except InputError as error:
            failed, told = True, f"not {DONE[letter]}: {error}"
            letter = "s"
        done[DONE[letter]] += 1
        print(f"  {one_line(told)}\n" if told else "")
    left = len(items) - sum(done.values())
    parts = [f"{done[word]} {word}" for word in DONE.values() if done[word]]
    print(", ".join([*parts, *([f"{left} left"] if left else [])]))
    return int(failed)


def _asked(item: Item, letters: Iterator[str]) -> str:
    """Ask until a letter comes that means something here."""
    accepted = [key for key in WORDS if key != "d" or item.place]
    words = ", ".join(f"[{key}]{WORDS[key][1:]}" for key in accepted)
    while True:
        print(f"  {words}: ", end="", flush=True)
        letter = next(letters, "q")
        if not sys.stdin.isatty():  # a terminal shows what is typed
            print(letter)
        if letter in accepted:
            return letter


def _do(root: Path, item: Item, letter: str) -> str:
    with alone_in(root):  # another process would write over what is read here
        if letter == "a":
            return accept(root, item, Registry(imports=False).evaluator)
        return drop(item) if letter == "d" else ""


def _shown(item: Item, number: str) -> Decision:
    texts: list[tuple[str, JSON]] = list(item.case.inputs.items())
    texts += [(message.role, message.content) for message in item.case.messages]
    texts += [("expected", item.case.expected), ("then", item.then), ("now", item.now)]
    notes = [f"why       {reason}" for reason in item.reasons]
    notes += [f"said in {item.said} of {item.asked} answers"] if item.asked > 1 else []
    notes += [f"cannot be accepted from here: {item.problem}"] if item.problem else []
    return Decision(f"{number}  {item.prompt_id} {item.case.id}: {item.outcome}", item.where, texts, notes)
