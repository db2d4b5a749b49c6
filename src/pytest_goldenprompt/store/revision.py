"""The library as another revision has it: its store and its policy, read from git alone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.errors import InputError, StoreError
from pytest_goldenprompt.git import Tree, base_of, tree
from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.store.archive import FILES
from pytest_goldenprompt.store.store import FolderStore, Store

PREFIX = "git:"
SHORT = 12
OF_EVERY_MONTH = ("run.json", "verdict.json")


@dataclass(frozen=True, slots=True)
class Revision:
    """A copy, in `folder`, of what a commit holds of a library: policy, pointers, and the runs that are asked for.

    A store that is no folder is not in git: `store` is then the one and only, and nothing of it is copied.
    """

    name: str
    commit: str
    folder: Path
    store: Store
    _tree: Tree
    _place: str

    @property
    def is_copied(self) -> bool:
        """Say whether the store is a copy of the commit's."""
        return isinstance(self.store, FolderStore)

    def fetch(self, runs: Iterable[Pointer]) -> None:
        """Copy some runs as a whole."""
        if self.is_copied:
            self._copy(f"{self._place}/runs/{one.run}/{name}" for one in runs for name in FILES)

    def _copy(self, paths: Iterable[str]) -> None:
        for path, content in self._tree.read(paths).items():
            _put(self.folder / path, content)


def open_revision(root: Path, name: str, store: Store, policy: str, folder: Path) -> Revision:
    """Copy into `folder` the policy, the pointers and the accepted months of the commit where HEAD left a revision.

    `name` is that of the revision, such as origin/main; `policy` the file's name. What the checkout holds is not
    looked at, so that a branch cannot edit what it is measured against.
    """
    if not isinstance(store, FolderStore):
        commit = base_of(root, name)
        made = Revision(name, commit, folder, store, tree(root, commit, (policy,)), "")
        made._copy([policy])  # noqa: SLF001 - its own maker
        return made
    place = Path(os.path.relpath(store.folder, root)).as_posix()
    if place.startswith("..") or place == ".":
        raise InputError(
            f"a store outside of the library, found {store.folder}; one below {root} is accepted with {PREFIX}{name}",
            where="--golden-store",
        )
    commit = base_of(root, name)
    listed = tree(root, commit, (policy, place))
    copied = Revision(name, commit, folder, FolderStore(folder / place), listed, place)
    copied._copy((policy, f"{place}/baselines.json", f"{place}/log.jsonl"))  # noqa: SLF001 - its own maker
    months = copied.store.pointers().months.values()
    copied._copy(f"{place}/runs/{one.run}/{name}" for one in months for name in OF_EVERY_MONTH)  # noqa: SLF001 - the same
    return copied


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from None


def moved(then: Pointers, now: Pointers) -> tuple[tuple[str, str, str], ...]:
    """List the pointers that differ: what, then, now."""
    before = {f"baseline of {month}": pointer for month, pointer in then.months.items()}
    after = {f"baseline of {month}": pointer for month, pointer in now.months.items()}
    if then.anchor:
        before["anchor"] = then.anchor
    if now.anchor:
        after["anchor"] = now.anchor
    names = sorted(before.keys() | after.keys())
    return tuple(
        (name, _told(before.get(name)), _told(after.get(name))) for name in names if before.get(name) != after.get(name)
    )


def _told(pointer: Pointer | None) -> str:
    return f"run {pointer.run}" if pointer else "none"
