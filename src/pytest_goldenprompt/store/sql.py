"""An archive in a database: pointers change in one statement, and each output is kept once, whichever runs have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import IntegrityError

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store.archive import MovedError, RunFiles, TakenError, absent
from pytest_goldenprompt.store.codec import RESTORE
from pytest_goldenprompt.store.database import ALONE, TOGETHER, Database
from pytest_goldenprompt.store.packed import by_digest, digests_in, lines_in, pack, unpack

TEXTS = "texts.jsonl"
AT_ONCE = 500
"""Rows that are asked for in one statement."""

IDS = text("SELECT DISTINCT run FROM goldenprompt_files WHERE library = :library")
HAS = text("SELECT 1 FROM goldenprompt_files WHERE library = :library AND run = :run LIMIT 1")
FILE = text("SELECT content FROM goldenprompt_files WHERE library = :library AND run = :run AND name = :name")
PUT_FILE = text("INSERT INTO goldenprompt_files VALUES (:library, :run, :name, :content)")
DROP_FILES = text("DELETE FROM goldenprompt_files WHERE library = :library AND run = :run")
LISTS = text("SELECT content FROM goldenprompt_files WHERE name = :name")
TEXT_ROWS = text("SELECT digest, content FROM goldenprompt_texts WHERE digest IN :digests").bindparams(
    bindparam("digests", expanding=True)
)
PUT_TEXT = text("INSERT INTO goldenprompt_texts VALUES (:digest, :content) ON CONFLICT DO NOTHING")
DROP_TEXT = text("DELETE FROM goldenprompt_texts WHERE digest = :digest")
POINTERS = text("SELECT content FROM goldenprompt_pointers WHERE library = :library")
FIRST = text("INSERT INTO goldenprompt_pointers VALUES (:library, :after) ON CONFLICT DO NOTHING")
SWAP = text("UPDATE goldenprompt_pointers SET content = :after WHERE library = :library AND content = :before")
LOG = text("SELECT number, line FROM goldenprompt_log WHERE library = :library ORDER BY number")
LAST = text("SELECT max(number) FROM goldenprompt_log WHERE library = :library")
PUT_LINE = text("INSERT INTO goldenprompt_log VALUES (:library, :number, :line)")


class SqlArchive:
    """The runs, the pointers and the log of one library in a database, which may have several; `library` tells them."""

    def __init__(self, database: Database, library: str = "") -> None:
        self.name = database.name
        self._database = database
        self._library = library

    @property
    def runs(self) -> SqlArchive:
        """Give the runs: it is its own collection of them."""
        return self

    def where(self, part: str) -> str:
        """Name a part of it."""
        return f"{self.name} {part}"

    def ids(self) -> Iterable[str]:
        """Give the ids of all runs."""
        return [row.run for row in self._rows(IDS)]

    def has(self, run_id: str) -> bool:
        """Say whether anything of a run is there."""
        return _can_be_kept(run_id) and bool(self._rows(HAS, run=run_id))

    def open(self, run_id: str) -> RunFiles:
        """Give the files of a run."""
        where = self.where(f"runs/{run_id}")
        return RunFiles(where, lambda name: self._lines(run_id, name, f"{where}/{name}"))

    def put(self, run_id: str, files: Mapping[str, str]) -> None:
        """Keep a run: each line of its texts once, the rest file by file."""
        contents = {name: content.encode("utf-8") for name, content in files.items()}
        lines = by_digest(contents[TEXTS])
        contents[TEXTS] = b"".join(sha256(line).digest() for line in lines_in(contents[TEXTS]))
        rows = [self._with(run=run_id, name=name, content=pack(contents[name])) for name in sorted(contents)]
        try:
            with self._database.writing(TOGETHER) as connection:
                connection.execute(PUT_FILE, rows)
                if lines:  # in one order, so that two writers never wait for each other
                    texts = [{"digest": digest, "content": pack(lines[digest])} for digest in sorted(lines)]
                    connection.execute(PUT_TEXT, texts)
        except IntegrityError:
            raise TakenError(self.where(f"runs/{run_id}")) from None

    def pointers(self) -> str | None:
        """Give the text of the pointers."""
        rows = self._rows(POINTERS)
        return str(rows[0].content) if rows else None

    def log(self) -> Sequence[str]:
        """Give the lines of the log; where one is gone, a StoreError says so."""
        rows = self._rows(LOG)
        for number, row in enumerate(rows, start=1):
            if row.number != number:
                raise StoreError(f"{self.where('log.jsonl')}:{number}: not there: {RESTORE}")
        return [str(row.line) for row in rows]

    def swap(
        self,
        before: str | None,
        after: str,
        lines: Sequence[str],
        *,
        needs: Collection[str] = (),
        drop: Collection[str] = (),
    ) -> None:
        """Replace the pointers in one statement, and in its transaction add to the log and remove runs."""
        with self._database.writing(ALONE if drop else "") as connection:
            statement = FIRST if before is None else SWAP
            values = {"after": after} if before is None else {"before": before, "after": after}
            if connection.execute(statement, self._with(**values)).rowcount != 1:
                raise MovedError(self.name)
            for run_id in needs:
                if connection.execute(HAS, self._with(run=run_id)).first() is None:
                    raise absent(self.name, run_id)
            last = connection.execute(LAST, self._with()).scalar() or 0
            for number, line in enumerate(lines, start=last + 1):
                connection.execute(PUT_LINE, self._with(number=number, line=line))
            if drop:
                self._drop(connection, drop)

    def _drop(self, connection: Connection, runs: Collection[str]) -> None:
        """Remove runs, and the texts that no run of any library has any more."""
        gone: set[bytes] = set()
        for run_id in runs:
            for row in connection.execute(FILE, self._with(run=run_id, name=TEXTS)):
                gone.update(self._digests(row.content))
            connection.execute(DROP_FILES, self._with(run=run_id))
        for row in connection.execute(LISTS, {"name": TEXTS}):
            gone.difference_update(self._digests(row.content))
        if gone:
            connection.execute(DROP_TEXT, [{"digest": digest} for digest in sorted(gone)])

    def _lines(self, run_id: str, name: str, where: str) -> Iterator[bytes]:
        rows = self._rows(FILE, run=run_id, name=name)
        if not rows:
            raise StoreError(f"{where}: cannot be read: not there: {RESTORE}")
        content = _unpacked(rows[0].content, where)
        return self._texts(content, where) if name == TEXTS else lines_in(content)

    def _texts(self, listed: bytes, where: str) -> Iterator[bytes]:
        digests = _listed(listed, where)
        for start in range(0, len(digests), AT_ONCE):
            wanted = digests[start : start + AT_ONCE]
            found = {bytes(row.digest): row.content for row in self._database.rows(TEXT_ROWS, {"digests": wanted})}
            for digest in wanted:
                if digest not in found:
                    raise StoreError(f"{where}: damaged: a text of it is gone: {RESTORE}")
                yield _unpacked(found[digest], where)

    def _digests(self, content: bytes) -> list[bytes]:
        where = self.where(f"runs/*/{TEXTS}")
        return _listed(_unpacked(content, where), where)

    def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return self._database.rows(statement, self._with(**values))

    def _with(self, **values: Any) -> dict[str, Any]:
        return {"library": self._library, **values}


def _can_be_kept(name: str) -> bool:
    """Say whether a name is text that every database keeps: no half character, and none that ends a text."""
    return "\0" not in name and not any("\ud800" <= character <= "\udfff" for character in name)


def _unpacked(content: bytes, where: str) -> bytes:
    try:
        return unpack(content)
    except ValueError as error:
        raise StoreError(f"{where}: {error}: {RESTORE}") from None


def _listed(content: bytes, where: str) -> list[bytes]:
    try:
        return digests_in(content)
    except ValueError as error:
        raise StoreError(f"{where}: {error}: {RESTORE}") from None
