"""A database of ours, SQLite or PostgreSQL: opened when it is first used, its tables made and kept up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from pytest_goldenprompt.errors import StoreError

PATIENCE = 30
"""Seconds to wait for another process that writes, or for the server."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE goldenprompt_files (
            library TEXT NOT NULL, run TEXT NOT NULL, name TEXT NOT NULL, content {bytes} NOT NULL,
            PRIMARY KEY (library, run, name))""",
        "CREATE TABLE goldenprompt_texts (digest {bytes} NOT NULL PRIMARY KEY, content {bytes} NOT NULL)",
        "CREATE TABLE goldenprompt_pointers (library TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL)",
        """CREATE TABLE goldenprompt_log (
            library TEXT NOT NULL, number INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (library, number))""",
    ),
)
"""What makes each version of the tables of the one before; the first is made of nothing. Only ever added to."""

VERSIONS = "goldenprompt_schema"
ALONE, TOGETHER = "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared"
LOCK = 7203118645
"""The number of the lock that keeps texts from being removed while a run that has them is written."""

WRITES = "goldenprompt_writes"


class Database:
    """Transactions on a database; `name` is how people are told of it, `path` the file that it is in, if any."""

    def __init__(self, url: str, name: str, path: Path | None = None) -> None:
        self.name = name
        self._url = url
        self._path = path
        self._ready = False

    def rows(self, statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        """Read rows; none where nothing was ever written."""
        with self._told():
            if not (self._ready or self._make_ready(create=False)):
                return []
            with self._engine.connect() as connection:
                found: Sequence[Any] = connection.execute(statement, values).all()
                return found

    @contextmanager
    def writing(self, lock: str = "") -> Iterator[Connection]:
        """Do in one transaction what is in the block, holding a lock of the server where one is named."""
        with self._told():
            if not self._ready:
                self._make_ready(create=True)
            with self._begun(lock) as connection:
                yield connection

    @contextmanager
    def _begun(self, lock: str) -> Iterator[Connection]:
        with self._engine.connect() as opened:
            connection = opened.execution_options(**{WRITES: True})
            with connection.begin():
                if lock and self._path is None:
                    connection.execute(text(f"SELECT {lock}(:number)"), {"number": LOCK})
                yield connection

    def _make_ready(self, *, create: bool) -> bool:
        """Bring the tables up to date; where there are none, make them only if that is wanted."""
        if not create and self._path is not None and not self._path.exists():
            return False
        with self._engine.connect() as connection:
            version = _version(connection)
        if version == 0 and not create:
            return False
        if version > len(STEPS):
            raise StoreError(
                f"{self.name}: written by a newer version, found schema {version}; up to {len(STEPS)} is known here: "
                "upgrade pytest-goldenprompt"
            )
        if version < len(STEPS):
            with self._begun(ALONE) as connection:
                _migrate(connection)
        self._ready = True
        return True

    @cached_property
    def _engine(self) -> Engine:
        engine = self._made()
        finalize(self, engine.dispose)  # a server is told when nobody will ask any more
        return engine

    def _made(self) -> Engine:
        if self._path is None:
            url = make_url(self._url).set(drivername="postgresql+psycopg")
            return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": PATIENCE})
        engine = create_engine(URL.create("sqlite", database=str(self._path)), connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database or its driver raises into a StoreError of one line without secrets."""
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, UnicodeError, ImportError) as error:
            raise StoreError(f"{self.name}: {self._reason(error)}") from None

    def _reason(self, error: Exception) -> str:
        told = " ".join(str(getattr(error, "orig", None) or error).split())
        secret = re.search(r"://[^/@]*:([^/@]+)@", self._url)
        return told.replace(secret[1], "***") if secret else told


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(VERSIONS):
        return 0
    return int(connection.execute(text(f"SELECT max(version) FROM {VERSIONS}")).scalar() or 0)  # noqa: S608 - our own


def _migrate(connection: Connection) -> None:
    """Take the steps that are left, looked at again now that nobody else takes any."""
    kind = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    if not inspect(connection).has_table(VERSIONS):
        connection.execute(text(f"CREATE TABLE {VERSIONS} (version INTEGER NOT NULL PRIMARY KEY)"))
    for number in range(_version(connection), len(STEPS)):
        for statement in STEPS[number]:
            connection.execute(text(statement.format(bytes=kind)))
        connection.execute(text(f"INSERT INTO {VERSIONS} VALUES (:version)"), {"version": number + 1})  # noqa: S608


def _leave_transactions_to_us(connection: Any, _: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """Begin as a writer at once where something will be written: who reads first may be too late to write."""
    word = "IMMEDIATE" if connection.get_execution_options().get(WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {word}")
