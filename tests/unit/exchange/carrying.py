"""Imports and exports in a folder, for tests: what they print, and what our own reader makes of what they write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.cli import main
from pytest_goldenprompt.evaluators.evaluate import judge_output
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.registry import Registry


@dataclass(frozen=True, slots=True)
class Done:
    """One command: its exit code, what it printed on both ways, and the folder that it wrote into."""

    code: int
    out: str
    err: str
    into: Path

    def dataset(self, name: str) -> Dataset:
        return read_dataset(self.into, self.into / name)

    def only(self) -> Dataset:
        [path] = [*self.into.glob("*.golden.*")]
        return self.dataset(path.name)


def passes(case: Case, answer: str, **more) -> bool:
    """Judge an answer by what a case was given; a crash is a failure of the test."""
    registry = Registry()
    repeat = judge_output([registry.evaluator(spec) for spec in case.evaluators], Output(answer, **more), case)
    assert repeat.error is None, repeat.error
    return repeat.passed


class Desk:
    """A folder with files of other tools in it."""

    def __init__(self, folder: Path, capsys) -> None:
        self.folder, self.capsys = folder, capsys
        self.into = folder / "ours"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def take(self, what: str, path: str = ".", *more: str) -> Done:
        """Import a file of the folder."""
        return self.call("import", what, path, "--into", "ours", *more)

    def call(self, *words: str) -> Done:
        code = main(["-C", str(self.folder), *words])
        shown = self.capsys.readouterr()
        return Done(code, shown.out, shown.err, self.into)
