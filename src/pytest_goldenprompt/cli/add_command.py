"""`goldenprompt add`: an example from production, or a trace, becomes a case for a person to look at."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.authoring.adding import add_candidate, add_case, fit
from pytest_goldenprompt.authoring.candidate import Candidate, candidate_of
from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.places import Place, find_place
from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.examples import Example, read_examples
from pytest_goldenprompt.formats.reader import SIZE_LIMIT, Source, read_source
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.inert import one_line

STDIN = "-"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("prompt", metavar="PROMPT", help="a prompt's id, its file or its golden dataset")
    parser.add_argument("file", nargs="?", default=STDIN, metavar="FILE", help="JSON, JSON Lines or a trace (stdin)")
    parser.add_argument("--expected", metavar="TEXT", help="what is right, in place of what was said")
    parser.add_argument("--id", metavar="ID", help="the case's id (made of its words)")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="a tag of the case")
    parser.add_argument("--accept", action="store_true", help="add to the dataset itself, not to its candidates")


def run(options: argparse.Namespace) -> int:
    """Add what is new, and say where it stands; 1 where something was refused."""
    root, start = root_of(options), Path(options.folder).resolve()
    examples = _chosen(options, read_examples(_source(start, options.file)))
    adding = _Adding(find_place(root, start, options.prompt), options)
    added = [adding.add(example) for example in examples]
    return int(not all(added))


def _source(start: Path, name: str) -> Source:
    if name != STDIN:
        return replace(read_source(None, start / name), where=name)
    content = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise InputError(f"too much, found over {SIZE_LIMIT:,} bytes; at most these are accepted", where="stdin")
    try:
        return Source("stdin", content.decode("utf-8-sig"), "")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text; UTF-8 is accepted", where="stdin") from None


def _chosen(options: argparse.Namespace, examples: tuple[Example, ...]) -> tuple[Example, ...]:
    """Put in what was typed, which only one example can mean."""
    typed = {"expected": options.expected, "id": options.id}
    typed = {key: value for key, value in typed.items() if value is not None}
    if typed and len(examples) > 1:
        what = f"one example is accepted beside it, found {len(examples)}"
        raise InputError(what, where=f"--{next(iter(typed))}")
    return tuple(replace(example, **typed) for example in examples)


class _Adding:
    """What is there already, while several are added."""

    def __init__(self, place: Place, options: argparse.Namespace) -> None:
        self._place = place
        self._options = options
        self._prompt = place.read_prompt()
        self._dataset = place.read_dataset() or Dataset(place.id, (), "")
        self._there: list[Case] = [*self._dataset.cases, *read_candidates(place.root, place.candidates)]

    def add(self, example: Example) -> bool:
        """Add one, or say why not."""
        try:
            made = candidate_of(example, self._prompt, self._there, self._options.tag)
            fit(self._prompt, self._dataset, made.case)
            added = self._write(made)
        except InputError as error:
            sys.stderr.write(f"goldenprompt: not added: {one_line(str(error.at(example.where, example.line)))}\n")
            return False
        self._there.append(added)
        what = "added" if self._options.accept else "added as a candidate, which `goldenprompt review` shows:"
        print(one_line(f"{added.path}:{added.line}: {what} {added.id}"))
        if made.secrets:
            told = f"{added.path}:{added.line}: what looks like a secret was masked, {made.secrets} in all"
            sys.stderr.write(f"goldenprompt: {one_line(told)}; look for others before you commit\n")
        return True

    def _write(self, made: Candidate) -> Case:
        if self._options.accept:
            return add_case(self._place, made.written, Registry(imports=False).evaluator)
        return add_candidate(self._place, made.written)
