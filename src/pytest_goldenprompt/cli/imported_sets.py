"""`goldenprompt import promptfoo` and its like: golden sets of other tools, written as files of our own."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.engine.plan import plan_prompt
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.deepeval import read_deepeval
from pytest_goldenprompt.exchange.golden_set import Found, GoldenSet, finish
from pytest_goldenprompt.exchange.langsmith import read_langsmith
from pytest_goldenprompt.exchange.openai_evals import read_openai_evals
from pytest_goldenprompt.exchange.opening import Place
from pytest_goldenprompt.exchange.promptfoo import NAMES, read_promptfoo
from pytest_goldenprompt.exchange.pydantic_evals import read_pydantic_evals
from pytest_goldenprompt.exchange.usable import Wishes, needs_package
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.pairing import is_dataset
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.store.files import write_files

LEFT = 1
"""The exit code where something was left behind and nothing may be."""

Read = Callable[[Place, Wishes], Found]


@dataclass(frozen=True, slots=True)
class Kind:
    """One tool: what its files are, what reads them, and which file stands for a folder."""

    about: str
    read: Read
    files: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "promptfoo": Kind("a promptfoo configuration: its prompts and tests", read_promptfoo, NAMES),
    "pydantic-evals": Kind("a dataset of pydantic-evals", read_pydantic_evals),
    "openai-evals": Kind("samples of OpenAI Evals, or their entry in the registry", read_openai_evals),
    "deepeval": Kind("goldens of DeepEval", read_deepeval),
    "langsmith": Kind("examples exported by LangSmith", read_langsmith),
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", metavar="PATH", help="the file, or the folder it lies in")
    parser.add_argument("--into", default=".", metavar="FOLDER", help="where to write (this folder)")
    parser.add_argument("--provider", metavar="NAME", help="who answers, such as python:module:function")
    parser.add_argument(
        "--evaluator", action="append", default=[], metavar="ENTRY", help="a check of every case, as a dataset has it"
    )
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.add_argument("--strict", action="store_true", help="write nothing where something cannot be carried")


def run(options: argparse.Namespace) -> int:
    """Write the golden sets, and list what could not be carried."""
    registry, folder = Registry(), Path(options.folder).resolve()
    into = folder / options.into
    wishes = Wishes(registry.evaluator, options.provider, [_entry(text) for text in options.evaluator])
    found = KINDS[options.what].read(_place(options, folder), wishes)
    for golden in found.sets:
        finish(golden, wishes.evaluators, found.listing)
        _provide(golden, options.provider)
    sets = [golden for golden in found.sets if golden.cases]
    files = {name: text for golden in sets for name, text in golden.files().items()}
    if not files:
        raise InputError(f"nothing that can be carried; {found.listing.text().strip()}", where=options.path)
    refused = options.strict and found.listing.left
    if not refused:
        _refuse_present(into, files, force=options.force)
        for golden in sets:
            _prove(golden, registry.evaluator)
        write_files(into, files, replace=options.force)
    print(_told(sets, files, options, found), end="")
    return LEFT if refused else 0


def _place(options: argparse.Namespace, folder: Path) -> Place:
    path = (folder / options.path).resolve()
    if path.is_dir():
        names = KINDS[options.what].files
        inside = [path / name for name in names if (path / name).is_file()]
        if not inside:
            wanted = " or ".join(names) or "a file"
            raise InputError(f"a folder without {wanted}; the path of a file is accepted", where=options.path)
        path = inside[0]
    root = root_of(options)
    beside = path.parent.parent if options.what == "openai-evals" else path.parent  # its samples lie in ../data
    return Place(root if path.is_relative_to(root) else beside, path)


def _entry(text: str) -> JSON:
    entry: JSON = plain(load_yaml(text, "--evaluator"))
    return entry


def _provide(golden: GoldenSet, provider: str | None) -> None:
    if provider is not None:
        golden.header = {"provider": provider, **golden.header}


def _refuse_present(into: Path, files: Mapping[str, str], *, force: bool) -> None:
    there = sorted(name for name in files if (into / name).exists())
    if there and not force:
        raise InputError(
            f"these files are there already: {', '.join(there[:5])}", remedy="write --into another folder, or --force"
        )


def _prove(golden: GoldenSet, build: BuildEvaluator) -> None:
    """Read what would be written as a run would read it: each case with its checks, and filled into its prompt."""
    header = golden.header if golden.prompt or "provider" in golden.header else {"provider": "echo", **golden.header}
    proof = GoldenSet(golden.stem, golden.cases, header, golden.prompt)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        files = proof.files()
        write_files(root, files, replace=False)
        name = next(name for name in files if is_dataset(name))
        try:
            plan_prompt(root, root / name, build, lambda asked: asked or "echo")
        except InputError as error:
            if not needs_package(error):
                raise


def _told(sets: list[GoldenSet], files: Mapping[str, str], options: argparse.Namespace, found: Found) -> str:
    cases = sum(len(golden.cases) for golden in sets)
    if options.strict and found.listing.left:
        return f"nothing is written: {len(found.listing.left)} things cannot be carried\n{found.listing.text()}"
    lines = [f"wrote {', '.join(sorted(files))} to {options.into}: {counted(cases, 'case')}\n", found.listing.text()]
    lines += [
        f"next: write {golden.stem}.prompt.md, or name the `provider` in the header of the dataset\n"
        for golden in sets
        if golden.prompt is None and options.provider is None
    ]
    return "".join(lines)
