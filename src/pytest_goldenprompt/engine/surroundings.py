"""What a run must know of the world around it: the commit it judges, and whether the tree differs from it."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.git import word

STATUS = ("status", "--porcelain", "--ignore-submodules=none")
"""All that a person's settings could hide is asked for."""

NO_STORES = (":/", ":(top,exclude,glob)**/.goldenprompt/**")
"""The whole checkout but the stores in it."""


def commit_of(root: Path) -> tuple[str | None, bool | None]:
    """Give the commit of a checkout and whether tracked or new files differ from it; (None, None) outside of git.

    The whole checkout counts, above the library's root too: code that prompts use may lie there. Stores do not count:
    a recording run writes there.
    """
    commit = word(root, "rev-parse", "HEAD")
    if commit is None:
        return None, None
    changes = word(root, *STATUS, "--untracked-files=normal", "--", *NO_STORES)
    return commit, None if changes is None else bool(changes)
