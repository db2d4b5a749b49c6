"""`goldenprompt add`: an example from production, or a trace, becomes a case for a person to look at."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.authoring.adding import add_candidates, add_case, fit
from pytest_goldenprompt.authoring.candidate import Candidate, Known, candidate_of
from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.places import Place, find_place
from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.examples import Example, read_examples
from pytest_goldenprompt.formats.reader import SIZE_LIMIT, Source, read_source
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.store.lock import alone_in

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
    place = find_place(root, start, options.prompt)
    with alone_in(root):  # another process would write over what is read here
        added = _Adding(place, options).add(examples)
    return int(added < len(examples))


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
        self._known = Known([*self._dataset.cases, *read_candidates(place.root, place.candidates)])

    def add(self, examples: Sequence[Example]) -> int:
        """Add them, say why not where one is refused, and count those that are in."""
        made = [one for example in examples if (one := self._made(example)) is not None]
        if self._options.accept:
            return sum(self._written([one]) for one in made)
        return self._written(made)

    def _made(self, example: Example) -> Candidate | None:
        try:
            made = candidate_of(example, self._prompt, self._known, self._options.tag)
            fit(self._prompt, self._dataset, made.case)
        except InputError as error:
            _refused(error, example.where, example.line)
            return None
        self._known.add(made.case)
        return made

    def _written(self, made: Sequence[Candidate]) -> int:
        """Write them in one go; where one among several cannot be written, each half on its own."""
        if not made:
            return 0
        try:
            added = self._add(made)
        except InputError as error:
            if len(made) > 1:
                half = len(made) // 2
                return self._written(made[:half]) + self._written(made[half:])
            _refused(error, made[0].case.path, made[0].case.line)
            return 0
        what = "added" if self._options.accept else "added as a candidate, which `goldenprompt review` shows:"
        for case, one in zip(added, made, strict=True):
            print(one_line(f"{case.path}:{case.line}: {what} {case.id}"))
            if one.secrets:
                told = f"{case.path}:{case.line}: what looks like a secret was masked, {one.secrets} in all"
                sys.stderr.write(f"goldenprompt: {one_line(told)}; look for others before you commit\n")
        return len(added)

    def _add(self, made: Sequence[Candidate]) -> Sequence[Case]:
        if self._options.accept:
            return [add_case(self._place, one.written, Registry(imports=False).evaluator) for one in made]
        return add_candidates(self._place, [one.written for one in made])


def _refused(error: InputError, where: str, line: int) -> None:
    sys.stderr.write(f"goldenprompt: not added: {one_line(str(error.at(where, line)))}\n")
