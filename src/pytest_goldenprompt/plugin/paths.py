"""Which paths are collected when nobody typed one: `testpaths` must not hide golden datasets."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.formats.pairing import discover
from pytest_goldenprompt.plugin.options import Settings


def add_golden_paths(config: pytest.Config, settings: Settings) -> None:
    """Add the golden datasets under `golden_paths` (the root directory by default), file by file.

    Folders are not added, so that no Python test is collected that would not be without `--golden`.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    found = golden_files(settings)
    if settings.only:
        config.args[:] = [str(path) for path in found]
        return
    folders = [Path(config.invocation_params.dir, argument).resolve() for argument in config.args]
    config.args.extend(str(path) for path in found if not _is_visited(path, folders))


def golden_files(settings: Settings) -> list[Path]:
    """Find the files that may hold golden cases, sorted."""
    return discover(settings.root, [Path(path) for path in settings.paths] or [Path()], inline=True)


def _is_visited(path: Path, folders: list[Path]) -> bool:
    """Say whether pytest comes by a file on its own way through the folders; it enters no hidden ones."""
    return any(
        path.is_relative_to(folder) and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        for folder in folders
    )
