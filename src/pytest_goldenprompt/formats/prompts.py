"""A prompt file of any format that is read natively, chosen by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.github_models import read_github_models
from pytest_goldenprompt.formats.pairing import prompt_id
from pytest_goldenprompt.formats.plain import read_jinja, read_plain
from pytest_goldenprompt.formats.reader import Source, read_source, relative
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.prompt import Prompt

PromptReader: TypeAlias = Callable[[Source, str, References], Prompt]

_READERS: tuple[tuple[str, PromptReader], ...] = (
    (".yml", read_github_models),
    (".yaml", read_github_models),
    (".md", read_plain),
    (".txt", read_plain),
    (".j2", read_jinja),
)


def read_prompt(root: Path, path: Path) -> Prompt:
    """Read a prompt file under the root, and what it includes, in the format that its name ends in."""
    where = relative(root, path)
    for ending, reader in _READERS:
        if path.name.endswith(ending):
            return reader(read_source(root, path), prompt_id(where), References(root, (root / path).parent))
    raise InputError(
        f"no prompt format that is read, found {path.suffix or 'no ending'}; "
        f"{', '.join(ending for ending, _ in _READERS)} are accepted",
        where=where,
    )
