"""What is asked as it was asked in a stored run, so that nothing has to be asked again."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.formats.endings import DATASET_ENDINGS, PROMPT_ENDINGS
from pytest_goldenprompt.formats.pairing import folder_of
from pytest_goldenprompt.git import git
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult

NAMED = frozenset({"openai", "anthropic", "any-llm", "echo"})
"""Kinds of provider whose name says all of what is asked; behind any other stands code or a file that may change."""

CODE = "python:"
"""How the name of an evaluator begins that is code of the team's own; its version names one function and no more."""

NO_CODE = (*DATASET_ENDINGS, *PROMPT_ENDINGS)
"""Ours alone: an ending that a plugin adds may be that of code, or of settings that code reads."""

STORE = ".goldenprompt/"


def is_same(now: PromptFacts, then: PromptFacts, *, code: bool) -> bool:
    """Say whether a prompt is asked as it was then; `code` says that no code changed since, as far as is known."""
    asked = (
        (now.digest, then.digest),
        (now.parameters_digest, then.parameters_digest),
        (now.provider, then.provider),
        (now.model, then.model),
    )
    known = now.provider.partition(":")[0] in NAMED and not any(one.startswith(CODE) for one in now.evaluators)
    return (known or code) and all(mine == theirs for mine, theirs in asked)


def is_whole(result: CaseResult) -> bool:
    """Say whether a stored result can stand for a new one: all of it was observed."""
    return bool(result.observed) and not result.missing and not result.errors


def is_code_unchanged(root: Path, record: RunRecord) -> bool:
    """Say whether git knows of no file that changed since a run, but for prompts, golden datasets and stores.

    What git cannot tell has changed: a run outside of git, or one on files that were not committed.
    """
    if record.commit is None or record.dirty is not False:
        return False
    changed = git(root, "diff", "--name-only", "-z", record.commit, "--", ":/")
    new = git(root, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/")
    if changed is None or new is None:
        return False
    names = f"{changed.decode('utf-8', 'replace')}{new.decode('utf-8', 'replace')}".split("\0")
    return not any(name and not _is_data(name) for name in names)


def _is_data(name: str) -> bool:
    return name.endswith(NO_CODE) or name.startswith(STORE) or f"/{STORE}" in name or folder_of(Path(name)) is not None
