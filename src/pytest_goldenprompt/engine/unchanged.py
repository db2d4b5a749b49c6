"""What is asked as it was asked in a stored run, so that nothing has to be asked again. In doubt, it is not."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from pytest_goldenprompt.formats.endings import PROMPT_ENDINGS
from pytest_goldenprompt.formats.pairing import folder_of
from pytest_goldenprompt.git import git, word
from pytest_goldenprompt.model.limits import portable
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult

NAMED = frozenset({"openai", "anthropic", "any-llm", "echo", "embeddings"})
"""Kinds of provider whose name and version say all of what is asked; behind any other stands code, or a file."""

STORE = ".goldenprompt/"
DIFF = ("diff", "--name-only", "--no-renames", "--no-relative", "--ignore-submodules=none", "-z")
NEW = ("ls-files", "--others", "--exclude-standard", "--full-name", "-z")
"""All that a person's settings could hide is asked for."""


def is_same(now: PromptFacts, then: PromptFacts) -> bool:
    """Say whether a prompt is asked as it was then, as far as its facts tell."""
    asked = (
        (now.digest, then.digest),
        (now.parameters_digest, then.parameters_digest),
        (now.provider, then.provider),
        (now.provider_version, then.provider_version),
        (now.model, then.model),
    )
    return all(mine == theirs for mine, theirs in asked)


def is_told(facts: PromptFacts) -> bool:
    """Say whether a prompt's facts tell all of what is asked; a reader that a plugin added is code, as providers are.

    An ending that a plugin adds may also be that of code, or of settings that code reads.
    """
    return facts.provider.partition(":")[0] in NAMED and (not facts.path or facts.path.endswith(PROMPT_ENDINGS))


def is_whole(result: CaseResult) -> bool:
    """Say whether a stored result can stand for a new one: all of it was observed."""
    return bool(result.observed) and not result.missing and not result.errors


def changed_since(root: Path, record: RunRecord) -> frozenset[str] | None:
    """Give the files that git knows to differ from those of a run, stores left out; None where git cannot tell.

    Their paths are relative to the library's root, and begin with a slash where they lie elsewhere in the checkout.
    Git cannot tell of a run outside of git, nor of one on files that were not committed.
    """
    if record.commit is None or record.dirty is not False:
        return None
    below = word(root, "rev-parse", "--show-prefix")
    changed = git(root, *DIFF, record.commit, "--", ":/")
    new = git(root, *NEW, "--", ":/")
    if below is None or changed is None or new is None:
        return None
    names = filter(None, b"\0".join((changed, new)).decode("utf-8", "replace").split("\0"))
    code = (name for name in names if not name.startswith(STORE) and f"/{STORE}" not in name)
    return frozenset(name.removeprefix(below) if name.startswith(below) else f"/{name}" for name in code)


def is_code_unchanged(changed: Iterable[str], facts: PromptFacts) -> bool:
    """Say whether nothing changed but a prompt's own golden dataset, whose cases are compared one by one.

    Anything else, such as another prompt's file, may be read by the code.
    """
    own = Path(facts.dataset)
    return all(Path(name) == own or folder_of(Path(name)) == own for name in changed)


def is_in_sight(root: Path, provider: str) -> bool:
    """Say whether git has the code or the file that stands behind a provider, given by its whole name.

    Of a plugin's provider nobody knows where its code is; it is taken for that of the checkout.
    """
    kind, _, argument = provider.partition(":")
    if kind == "replay" or portable(provider) != provider:
        # The one reads the store, whose changes do not count; of the other a stored run does not say which it was.
        return False
    if kind == "python":
        file = getattr(sys.modules.get(argument.partition(":")[0]), "__file__", None)
        return file is not None and _is_tracked(root, Path(file))
    if kind == "local":
        return bool(argument) and _is_tracked(root, root / Path(argument).expanduser())
    return _is_command_tracked(root, argument) if kind == "command" else True


def _is_command_tracked(root: Path, line: str) -> bool:
    """Say whether git has the program and all files on a command's line; one that is looked up in PATH it has not."""
    try:
        program, *words = shlex.split(line)
        named = (root / one.rpartition("=")[2] for one in words)
        files = [root / program, *(path for path in named if path != root and path.exists())]
    except (ValueError, OSError):
        return False
    return "/" in program and all(_is_tracked(root, path) for path in files)


def _is_tracked(root: Path, path: Path) -> bool:
    """Say whether a file is one of the checkout's; a link is where it leads."""
    return git(root, "--literal-pathspecs", "ls-files", "--error-unmatch", "--", str(path.resolve())) is not None
