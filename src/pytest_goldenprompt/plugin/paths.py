"""Which paths are collected when nobody typed one: `testpaths` must not hide golden datasets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.endings import Formats
from pytest_goldenprompt.formats.pairing import discover, files_under, is_opened
from pytest_goldenprompt.formats.python_files import mentions_mark
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.store.place import find_root, is_root


def add_golden_paths(config: pytest.Config, settings: Settings, formats: Formats) -> None:
    """Add the golden datasets under `golden_paths` (the root directory by default), file by file.

    Folders are not added, so that no Python test is collected that would not be without `--golden`.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    found = golden_files(settings, formats)
    folders = [Path(config.invocation_params.dir, argument).resolve() for argument in config.args]
    if settings.only:
        tests = _marked_files(folders, config.getini("python_files"))
        config.args[:] = [str(path) for path in (*found, *tests)]
        return
    config.args.extend(str(path) for path in found if not _is_visited(path, folders))


def library_root(config: pytest.Config) -> Path:
    """Give the library's root: the nearest folder over the typed paths with a store or a policy, else pytest's own.

    Pytest's root directory follows its configuration file; without one it would follow whatever path is typed.
    """
    start = config.rootpath
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        typed = [Path(config.invocation_params.dir, word.split("::")[0]).resolve() for word in config.args]
        folders = [path if path.is_dir() else path.parent for path in typed]
        start = Path(os.path.commonpath(folders)) if folders else start
    found = find_root(start)
    return found if is_root(found) else config.rootpath


def node_of(root: Path, rootdir: Path) -> Callable[[str], str]:
    """Turn a dataset's path, relative to the library's root, into its node id, relative to pytest's."""
    if root == rootdir:
        return lambda dataset: dataset
    return lambda dataset: Path(os.path.relpath(root / dataset, rootdir)).as_posix()


def golden_files(settings: Settings, formats: Formats) -> list[Path]:
    """Find the files that may hold golden cases, sorted; a folder that is not there would leave its own out unseen."""
    absent = next((path for path in settings.paths if not (settings.root / path).exists()), None)
    if absent is not None:
        raise InputError(f"no such folder or file in {settings.root}, found {absent!r}", where="golden_paths")
    return discover(settings.root, [Path(path) for path in settings.paths] or [Path()], formats=formats)


def _marked_files(folders: Iterable[Path], patterns: Iterable[str]) -> list[Path]:
    """Find the files of Python tests, among those that pytest would collect, that may have a marked one; sorted."""
    paths = {path for folder in folders for path in ([folder] if folder.is_file() else files_under(folder))}
    named = (path for path in paths if any(path.match(pattern) for pattern in patterns))
    return sorted(path for path in named if mentions_mark(path))


def _is_visited(path: Path, folders: list[Path]) -> bool:
    """Say whether pytest comes by a file on its own way through the folders; of hidden ones it enters but `.github`."""
    return any(
        path.is_relative_to(folder)
        and (is_opened(folder, path) or not any(part.startswith(".") for part in path.relative_to(folder).parts))
        for folder in folders
    )
