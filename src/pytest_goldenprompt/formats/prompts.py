"""A prompt file of any format that is read natively, chosen by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.github_models import read_github_models
from pytest_goldenprompt.formats.pairing import prompt_id
from pytest_goldenprompt.formats.plain import read_plain
from pytest_goldenprompt.formats.reader import Source, read_source, relative
from pytest_goldenprompt.model.prompt import Prompt

PromptReader: TypeAlias = Callable[[Source, str], Prompt]

_READERS: tuple[tuple[str, PromptReader], ...] = (
    (".yml", read_github_models),
    (".yaml", read_github_models),
    (".md", read_plain),
    (".txt", read_plain),
)


def read_prompt(root: Path, path: Path) -> Prompt:
    """Read a prompt file under the root: `.md` and `.txt` as plain text, `.yml` and `.yaml` as GitHub Models."""
    where = relative(root, path)
    for ending, reader in _READERS:
        if path.name.endswith(ending):
            return reader(read_source(root, path), prompt_id(where))
    raise InputError(
        f"no prompt format that is read, found {path.suffix or 'no ending'}; "
        f"{', '.join(ending for ending, _ in _READERS)} are accepted",
        where=where,
    )
