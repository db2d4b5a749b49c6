"""What `@pytest.mark.goldenprompt(...)` says, and where it cannot be meant."""

from __future__ import annotations

import ast
import inspect
import os
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import Formats
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.pairing import is_dataset, is_dataset_folder
from pytest_goldenprompt.model.suggest import did_you_mean

MARK, CASE = "goldenprompt", "case"
"""The mark, and the argument by which a test receives its case."""

SETTINGS = {"deterministic"}


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark says: the dataset, and whether the test always returns the same for a case."""

    dataset: Path
    deterministic: bool


def is_marked(item: pytest.Item) -> bool:
    """Say whether an item has the mark, be it its own."""
    return item.get_closest_marker(MARK) is not None


def test_id(item: pytest.Function, root: Path) -> str:
    """Name the test function of an item: its path under the root, its classes, its name; cases and folders left out."""
    classes = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    return "::".join([file_of(item, root), *classes, item.originalname])


def file_of(item: pytest.Item | pytest.Collector, root: Path) -> str:
    """Give the path of an item's or a module's file as people are told of it, relative to the root."""
    return file_of_path(item.path, root)


def file_of_path(path: Path, root: Path) -> str:
    """Give a path as people are told of it, relative to the root."""
    return Path(os.path.relpath(path, root)).as_posix()


def named_by(item: pytest.Item) -> list[Path]:
    """Give the datasets that marks of an item mean, be they there or not, and be the marks right or not."""
    names = (mark.args[0] for mark in item.iter_markers(MARK) if mark.args)
    return [Path(os.path.normpath(item.path.parent / name)) for name in names if isinstance(name, str)]


def read_mark(item: pytest.Function, root: Path, formats: Formats) -> Marked:
    """Read the mark of a function; an InputError says in one line why it cannot be meant."""
    own = [mark for mark in item.own_markers if mark.name == MARK]
    _refuse_place(item, own, root)
    [mark] = own
    settings = _settings(mark)
    _refuse_function(item)
    return Marked(_dataset(item, mark, root, formats), settings.get("deterministic", False))


def _refuse_place(item: pytest.Function, own: list[pytest.Mark], root: Path) -> None:
    if not own:
        above = next(node for node, _ in item.iter_markers_with_node(MARK))
        what = "class" if isinstance(above, pytest.Class) else "module"
        raise InputError(
            f"the mark goldenprompt stands on the {what} {shown(above.name)}; it is accepted on a test function"
        )
    if len(own) > 1:
        raise InputError(
            f"two marks goldenprompt on {item.originalname}; one is accepted",
            remedy="write a second function for the second dataset",
        )
    if not item.path.is_relative_to(root):
        raise InputError(f"the test lies outside of the library, found it outside of {root}")


def _settings(mark: pytest.Mark) -> dict[str, bool]:
    for name, value in mark.kwargs.items():
        if name == "ahead":
            raise InputError(
                "the mark goldenprompt has no setting 'ahead': a test's fixtures serve one call at a time",
                remedy="a function without fixtures runs ahead as the dataset's `provider: python:module:function`",
            )
        if name not in SETTINGS:
            hint = did_you_mean(name, SETTINGS)
            raise InputError(f"the mark goldenprompt has no setting {name!r}{hint}; deterministic is accepted")
        if not isinstance(value, bool):
            raise InputError(f"deterministic={shown(value)} in the mark goldenprompt; True or False is accepted")
    return dict(mark.kwargs)


def _dataset(item: pytest.Function, mark: pytest.Mark, root: Path, formats: Formats) -> Path:
    """Find the dataset, relative to the test's file."""
    if len(mark.args) != 1 or not isinstance(mark.args[0], str) or not mark.args[0]:
        found = ", ".join(shown(one) for one in mark.args) or "nothing"
        raise InputError(
            f"the mark goldenprompt names no dataset, found {found}; one path, relative to the test's file, is accepted"
        )
    name: str = mark.args[0]
    path = Path(os.path.normpath(item.path.parent / name))
    try:
        is_there = path.resolve().is_relative_to(root.resolve()) and path.exists()
    except (OSError, ValueError, RuntimeError):
        is_there = False
    if not is_there or not path.is_relative_to(root):
        raise InputError(
            f"the golden dataset is not there, found no file {shown(name)}; a path relative to the test's file, "
            "under the root directory, is accepted"
        )
    if not is_dataset(path.name, formats) and not is_dataset_folder(path):
        raise InputError(f"no golden dataset, found {shown(name)}; a file such as triage.golden.yaml is accepted")
    return path


def _refuse_function(item: pytest.Function) -> None:
    if CASE not in item.fixturenames:
        raise InputError(f"{item.originalname} takes no argument `case`, by which it receives the case")
    for mark in item.iter_markers("parametrize"):
        names = mark.args[0] if mark.args else mark.kwargs.get("argnames", ())
        listed = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
        if CASE in listed:
            raise InputError("`case` has parameters of its own; the golden dataset's cases are accepted alone")
    if _returns_nothing(item.function):
        raise InputError(
            f"{item.originalname} returns nothing; a text, a JSON value or an Output is accepted",
            remedy="return what is to be judged",
        )


def _returns_nothing(function: Any) -> bool:
    """Say whether it shows in a function's source that it never returns a value."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    defined = tree.body[0] if tree.body else None
    if not isinstance(defined, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return not any(_is_value(node) for node in _own_nodes(defined))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Give what is in a function, functions and classes in it left out."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own_nodes(child)


def _is_value(node: ast.AST) -> bool:
    is_none = isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value is None
    return isinstance(node, ast.Return) and node.value is not None and not is_none
