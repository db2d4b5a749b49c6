"""What a run must know of the world around it: the commit it judges, and whether the tree differs from it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit_of(root: Path) -> tuple[str | None, bool | None]:
    """Give the commit of a checkout and whether tracked or new files differ from it; (None, None) outside of git.

    The store's own folder does not count: a recording run writes there.
    """
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return None, None
    changes = _git(root, "status", "--porcelain", "--", ".", ":(exclude,glob)**/.goldenprompt/**")
    return commit, None if changes is None else bool(changes)


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
