"""An archive in a bucket: objects are written once, but for one that is replaced only if it is as it was read."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import from_url

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store.archive import MovedError, RunFiles, TakenError, absent
from pytest_goldenprompt.store.codec import RESTORE
from pytest_goldenprompt.store.packed import lines_in, pack, unpack

LEDGER = "ledger.json"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
RETRIES: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
WRITE_ONCE = "create"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Pointers and log as they were read, and how to write what follows them: only if they are still so."""

    pointers: str | None = None
    log: tuple[str, ...] = ()
    mode: Any = WRITE_ONCE


class BucketArchive:
    """Each run's files by their digests, and a list of them; pointers and log are one object, as they change together.

    A run is there once its list is, which comes last and is written once: what a killed process wrote of a run before
    hinders nobody, and two that write a run of one id do not mix. All is compressed.
    """

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._url = url

    @cached_property
    def _bucket(self) -> Any:
        return from_url(self._url, retry_config=RETRIES)

    @property
    def runs(self) -> BucketArchive:
        """Give the runs: it is its own collection of them."""
        return self

    def where(self, part: str) -> str:
        """Name a part of it."""
        return f"{self.name} {part}"

    def ids(self) -> Iterable[str]:
        """Give the ids of all runs."""
        with self._told():
            paths = [entry["path"] for page in obstore.list(self._bucket, prefix="runs") for entry in page]
        return [path.removeprefix("runs/").removesuffix(".json") for path in paths]

    def has(self, run_id: str) -> bool:
        """Say whether a run is there."""
        return NAME.fullmatch(run_id) is not None and self._read(_list_of(run_id)) is not None

    def open(self, run_id: str) -> RunFiles:
        """Give the files of a run."""
        where = self.where(f"runs/{run_id}")

        def lines(name: str) -> Iterator[bytes]:
            digest = self._listed(run_id).get(name, "")
            return lines_in(self._needed(f"files/{run_id}/{digest}", f"{where}/{name}"))

        return RunFiles(where, lines)

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Write the files, then the list that makes them a run."""
        if not NAME.fullmatch(run_id):
            raise StoreError(f"{self.name}: letters, digits, - and _ are accepted in a run's id, found {run_id!r}")
        listed = {}
        for name, text in files.items():
            content = text.encode("utf-8")
            listed[name] = digest_of_bytes(content)
            self._write(f"files/{run_id}/{listed[name]}", pack(content))
        if not self._write(_list_of(run_id), _packed({"files": listed})):
            raise TakenError(self.where(f"runs/{run_id}"))

    def pointers(self) -> str | None:
        """Give the text of the pointers."""
        return self._ledger().pointers

    def log(self) -> Sequence[str]:
        """Give the lines of the log."""
        return list(self._ledger().log)

    def swap(
        self,
        before: str | None,
        after: str,
        lines: Sequence[str],
        *,
        needs: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        """Replace pointers and log if they are still as they were read, then remove runs."""
        ledger = self._ledger()
        if ledger.pointers != before:
            raise MovedError(self.name)
        for run_id in needs:
            if not self.has(run_id):
                raise absent(self.name, run_id)
        content = _packed({"pointers": after, "log": [*ledger.log, *lines]})
        if not self._write(LEDGER, content, ledger.mode):
            raise MovedError(self.name)
        for run_id in drop:
            listed = self._listed(run_id)
            with self._told():
                obstore.delete(self._bucket, [_list_of(run_id)])
                obstore.delete(self._bucket, [f"files/{run_id}/{digest}" for digest in sorted(set(listed.values()))])

    def _ledger(self) -> Ledger:
        where = self.where(LEDGER)
        with self._told():
            try:
                found = obstore.get(self._bucket, LEDGER)
                content = bytes(found.bytes())
            except FileNotFoundError:
                return Ledger()
        mode = {name: found.meta[name] for name in ("e_tag", "version") if found.meta[name] is not None}
        plain = _object(content, where)
        if plain.keys() != {"pointers", "log", "by"}:
            raise StoreError(f"{where}: not what this version writes: {RESTORE}")
        return Ledger(plain["pointers"], tuple(plain["log"]), mode)

    def _listed(self, run_id: str) -> Mapping[str, str]:
        where = self.where(f"runs/{run_id}")
        plain = _object(self._needed(_list_of(run_id), where, packed=True), where)
        listed = plain.get("files")
        if not isinstance(listed, dict):
            raise StoreError(f"{where}: not a list of files: {RESTORE}")
        return listed

    def _needed(self, key: str, where: str, *, packed: bool = False) -> bytes:
        content = self._read(key)
        if content is None:
            raise StoreError(f"{where}: cannot be read: not there: {RESTORE}")
        return content if packed else _unpacked(content, where)

    def _read(self, key: str) -> bytes | None:
        with self._told():
            try:
                return bytes(obstore.get(self._bucket, key).bytes())
            except FileNotFoundError:
                return None

    def _write(self, key: str, content: bytes, mode: Any = WRITE_ONCE) -> bool:
        """Write an object as `mode` allows, and say whether it is there by that.

        Where a try was answered too late, the next one finds its own bytes there.
        """
        with self._told():
            try:
                obstore.put(self._bucket, key, content, mode=mode)
            except (AlreadyExistsError, PreconditionError):
                return self._read(key) == content
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the client raises into a StoreError of one line."""
        try:
            yield
        except (BaseError, OSError) as error:
            lines = str(error).splitlines() or [type(error).__name__]
            raise StoreError(f"{self.name}: {lines[0]}") from None


def _list_of(run_id: str) -> str:
    return f"runs/{run_id}.json"


def _packed(plain: Mapping[str, Any]) -> bytes:
    """Pack an object so that no two writers ever write the same bytes."""
    return pack(json.dumps({**plain, "by": uuid4().hex}, sort_keys=True).encode("ascii"))


def _object(content: bytes, where: str) -> dict[str, Any]:
    plain = json.loads(_unpacked(content, where))
    if not isinstance(plain, dict):
        raise StoreError(f"{where}: not what this version writes: {RESTORE}")
    return plain


def _unpacked(content: bytes, where: str) -> bytes:
    try:
        return unpack(content)
    except ValueError as error:
        raise StoreError(f"{where}: {error}: {RESTORE}") from None
