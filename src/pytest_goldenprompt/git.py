"""What git says of a checkout: commits, and files as they were committed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.errors import InputError

SECONDS = 120
WHERE = "--golden-baseline"
FILE = ("100644", "100755")
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE")
"""Variables, set inside git's own hooks, that would turn every question to another checkout."""


def git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """Run git in a folder and give what it printed; None where it fails or is not there."""
    done = _run(root, arguments, given)
    return done.stdout if done is not None and done.returncode == 0 else None


def _run(root: Path, arguments: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes] | None:
    command = ["git", "-C", str(root), *arguments]
    around = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        return subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False, env=around)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None


def word(root: Path, *arguments: str) -> str | None:
    """Run git and give what it printed as text, without the ends' blanks."""
    told = git(root, *arguments)
    return None if told is None else told.decode("utf-8", "replace").strip()


def resolve(root: Path, revision: str) -> str:
    """Give the commit that a revision names; a branch goes before a tag of its name. None is an InputError."""
    done = _run(root, ("rev-parse", "--git-dir"))
    if done is None or done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().split("\n")[0] if done else "git is not installed"
        raise InputError(f"git cannot read this checkout: {why}", where=WHERE)
    names = () if revision.startswith("-") else (f"refs/remotes/{revision}", f"refs/heads/{revision}", revision)
    for name in names:
        commit = word(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if commit:
            return commit
    raise InputError(
        f"no such revision in this checkout, found {revision!r}; a branch, tag or commit is accepted",
        where=WHERE,
        remedy="fetch it first, in CI with the whole history (fetch-depth: 0)",
    )


def base_of(root: Path, revision: str) -> str:
    """Give the newest commit of a revision's own line that HEAD has too; none is an InputError.

    The line is that of first parents: what a merged branch held between, and took back, was never on it.
    """
    line = (word(root, "rev-list", "--first-parent", resolve(root, revision)) or "").split()
    mine = set((word(root, "rev-list", "HEAD") or "").split())
    base = next((commit for commit in line if commit in mine), None)
    if base is None:
        raise InputError(
            f"HEAD and {revision!r} have no commit in common here; a revision that HEAD branched from is accepted",
            where=WHERE,
            remedy="a shallow checkout lacks it: fetch the whole history (fetch-depth: 0)",
        )
    return base


def blob(root: Path, commit: str, path: str) -> str | None:
    """Read one file of a commit as text, its path relative to the folder; None where it has none or no text."""
    told = git(root, "cat-file", "blob", f"{commit}:{path if path.startswith('../') else f'./{path}'}")
    try:
        return None if told is None else told.decode("utf-8")
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below one folder of a checkout as a commit has them, by path from there, each with its blob's name."""

    root: Path
    commit: str
    blobs: Mapping[str, str]

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Read files as they were committed, byte by byte, whatever attributes and filters a checkout applies."""
        wanted = [path for path in paths if path in self.blobs]
        names = "".join(f"{self.blobs[path]}\n" for path in wanted)
        told = git(self.root, "cat-file", "--batch", given=names.encode())
        if told is None:
            raise InputError(f"commit {self.commit} cannot be read", where="git")
        return dict(zip(wanted, _contents(told), strict=True))


def _contents(told: bytes) -> Iterable[bytes]:
    """Take apart what `git cat-file --batch` prints: a line with the size at its end, the bytes, a line feed."""
    start = 0
    while start < len(told):
        end = told.index(b"\n", start)
        if told[start:end].endswith(b" missing"):
            raise InputError("an object of the commit is missing in this checkout", where=WHERE, remedy="fetch it")
        size = int(told[start:end].rsplit(b" ", 1)[1])
        yield told[end + 1 : end + 1 + size]
        start = end + 1 + size + 1


def tree(root: Path, commit: str, paths: Iterable[str]) -> Tree:
    """List the files of a commit below some paths of a checkout's folder; a link among them is an InputError."""
    listed = git(root, "ls-tree", "-r", "-z", commit, "--", *paths)
    if listed is None:
        raise InputError(f"commit {commit} cannot be read", where="git")
    blobs = {}
    for entry in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        about, _, path = entry.partition("\t")
        mode, _, blob = about.split(" ")
        if mode not in FILE:
            raise InputError(f"no file in commit {commit}, found a link or a submodule; files are accepted", where=path)
        blobs[path] = blob
    return Tree(root, commit, blobs)
