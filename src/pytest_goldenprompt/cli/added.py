"""Examples of a file or standard input, and their way to a prompt's candidates or cases."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from pytest_goldenprompt.authoring.adding import add_candidates, add_case, fit
from pytest_goldenprompt.authoring.candidate import Candidate, Known, candidate_of
from pytest_goldenprompt.authoring.candidates import read_candidates
from pytest_goldenprompt.authoring.places import Place
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.examples import Example
from pytest_goldenprompt.formats.reader import SIZE_LIMIT, Source, read_source
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.inert import one_line

STDIN = "-"


def source_of(start: Path, name: str) -> Source:
    """Read a file that was named in a folder, or standard input, under the limits of a file."""
    if name != STDIN:
        return replace(read_source(None, start / name), where=name)
    content = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise InputError(f"too much, found over {SIZE_LIMIT:,} bytes; at most these are accepted", where="stdin")
    try:
        return Source("stdin", content.decode("utf-8-sig"), "")
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text; UTF-8 is accepted", where="stdin") from None


class Adding:
    """What is there already, while several are added; `told` is where it is said (standard output)."""

    def __init__(
        self, place: Place, tags: Iterable[str] = (), *, accept: bool = False, told: TextIO | None = None
    ) -> None:
        self._place = place
        self._tags = tuple(tags)
        self._accept = accept
        self._told = told
        self._prompt = place.read_prompt()
        self._dataset = place.read_dataset() or Dataset(place.id, (), "")
        self._known = Known([*self._dataset.cases, *read_candidates(place.root, place.candidates)])

    def add(self, examples: Sequence[Example]) -> int:
        """Add them, say why not where one is refused, and count those that are in."""
        made = [one for example in examples if (one := self._made(example)) is not None]
        if self._accept:
            return sum(self._written([one]) for one in made)
        return self._written(made)

    def _made(self, example: Example) -> Candidate | None:
        try:
            made = candidate_of(example, self._prompt, self._known, self._tags)
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
        what = "added" if self._accept else "added as a candidate, which `goldenprompt review` shows:"
        for case, one in zip(added, made, strict=True):
            print(one_line(f"{case.path}:{case.line}: {what} {case.id}"), file=self._told)
            if one.secrets:
                told = f"{case.path}:{case.line}: what looks like a secret was masked, {one.secrets} in all"
                sys.stderr.write(f"goldenprompt: {one_line(told)}; look for others before you commit\n")
        return len(added)

    def _add(self, made: Sequence[Candidate]) -> Sequence[Case]:
        if self._accept:
            return [add_case(self._place, one.written, Registry(imports=False).evaluator) for one in made]
        return add_candidates(self._place, [one.written for one in made])


def _refused(error: InputError, where: str, line: int) -> None:
    sys.stderr.write(f"goldenprompt: not added: {one_line(str(error.at(where, line)))}\n")
