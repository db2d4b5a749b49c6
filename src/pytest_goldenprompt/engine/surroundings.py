"""What a run must know of the world around it: the commit it judges, and whether the tree differs from it."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.git import word


def commit_of(root: Path) -> tuple[str | None, bool | None]:
    """Give the commit of a checkout and whether tracked or new files differ from it; (None, None) outside of git.

    The store's own folder does not count: a recording run writes there.
    """
    commit = word(root, "rev-parse", "HEAD")
    if commit is None:
        return None, None
    changes = word(root, "status", "--porcelain", "--", ".", ":(exclude,glob)**/.goldenprompt/**")
    return commit, None if changes is None else bool(changes)
