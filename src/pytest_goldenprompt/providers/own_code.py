"""What is behind a provider that runs a team's own code, as far as it can be told: two runs of the same are alike."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pytest_goldenprompt.git import git, word
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, digest_of, digest_of_bytes

_SOURCES = (
    ".py",
    ".pyi",
    ".md",
    ".txt",
    ".j2",
    ".jinja",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".prompt",
    ".prompty",
    ".sh",
)
"""How new files end that code may run or read; others are mostly what runs leave behind."""

_NOT_STORES = (":/", ":(top,exclude,glob)**/.goldenprompt/**")


def code_version(root: Path) -> str:
    """Name the code that may run by its bytes: modules under the root that are imported by now, and what git sees.

    Git sees the commit, every change of a tracked file of the whole repository, and new files that look like sources.
    """
    content: JSON = [_imported(root), _seen(root)]
    return digest_of(content, SHORT_DIGEST_LENGTH)


def _imported(root: Path) -> list[JSON]:
    named = (getattr(module, "__dict__", {}).get("__file__") for module in tuple(sys.modules.values()))
    files = sorted({str(name) for name in named if name and str(name).startswith(f"{root}{os.sep}")})
    own = [Path(name) for name in files if "site-packages" not in name]
    return [digest_of_bytes(path.read_bytes()) for path in own if path.is_file()]


def _seen(root: Path) -> list[JSON]:
    """Give what git has to say; nothing outside of git."""
    commit, top = word(root, "rev-parse", "HEAD"), word(root, "rev-parse", "--show-toplevel")
    if commit is None or top is None:
        return []
    changes = git(root, "diff", "HEAD", "--binary", "--no-ext-diff", "--ignore-submodules=none", "--", *_NOT_STORES)
    listed = git(root, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", *_NOT_STORES)
    names = (listed or b"").decode("utf-8", "surrogateescape").split("\0")
    new = [Path(top, name) for name in sorted(names) if name.endswith(_SOURCES)]
    return [
        commit,
        digest_of_bytes(changes or b""),
        *(digest_of_bytes(path.read_bytes()) for path in new if path.is_file()),
    ]
