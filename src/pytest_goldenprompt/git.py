"""What git says of a checkout: commits, and files as they were committed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.errors import InputError

SECONDS = 120
FILE = ("100644", "100755")


def git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """Run git in a folder and give what it printed; None where it fails or is not there."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def word(root: Path, *arguments: str) -> str | None:
    """Run git and give what it printed as text, without the ends' blanks."""
    told = git(root, *arguments)
    return None if told is None else told.decode("utf-8", "replace").strip()


def merge_base(root: Path, revision: str) -> str:
    """Give the commit at which the checkout left a revision; none is an InputError."""
    where = "--golden-baseline"
    named = () if revision.startswith("-") else (f"{revision}^{{commit}}",)
    commit = word(root, "rev-parse", "--verify", "--quiet", *named)
    if commit is None:
        raise InputError(
            f"no such revision in this checkout, found {revision!r}; a branch, tag or commit is accepted",
            where=where,
            remedy="fetch it first, in CI with the whole history (fetch-depth: 0)",
        )
    base = word(root, "merge-base", "HEAD", commit)
    if not base:
        raise InputError(
            f"HEAD and {revision!r} have no commit in common here; a revision that HEAD branched from is accepted",
            where=where,
            remedy="a shallow checkout lacks it: fetch the whole history (fetch-depth: 0)",
        )
    return base


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
