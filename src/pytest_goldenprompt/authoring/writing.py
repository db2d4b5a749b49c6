"""Writing into files of a library: in one step, read again at once, and put back where the reader refuses them."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.reader import Source, read_source, relative
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store.files import write_file

_BYTE_ORDER_MARK = "\ufeff"
_MAY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Page:
    """A file that is to be changed, as it was read; `text` is None for one that is not there yet."""

    root: Path
    path: Path
    text: str | None
    mark: str = ""
    mode: int | None = None

    @property
    def where(self) -> str:
        """Name the file in messages."""
        return relative(self.root, self.path)

    def write(self, text: str, check: Callable[[], object]) -> None:
        """Put another text into the file; where `check` then refuses the library, the old one is put back.

        A file that nobody may write is left alone, though its folder would let it be replaced.
        """
        if self.mode is not None and not self.mode & _MAY_WRITE:
            raise InputError("a file that is read-only; one that may be written is accepted", where=self.where)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            what = "half a character, which no file can hold, found a surrogate; Unicode text is accepted"
            raise InputError(what, where=self.where) from None
        self._put(self.mark + text)
        try:
            check()
        except BaseException as error:
            self._put(None if self.text is None else self.mark + self.text)
            if not isinstance(error, InputError):
                raise
            what = f"nothing was written, as a run would refuse it: {error.what}"
            raise InputError(what, where=self.where, line=error.line) from None

    def _put(self, text: str | None) -> None:
        path = self.path.resolve()  # a link stays a link
        if text is None:
            path.unlink()
            return
        write_file(path, text)
        if self.mode is not None:
            path.chmod(self.mode)


def open_page(root: Path, path: Path) -> Page:
    """Read a file that is to be changed, or that is to be made."""
    if not path.exists() and not path.is_symlink():
        return Page(root, path, None)
    source = read_source(root, path)
    return Page(root, path, source.text, _mark(source), stat.S_IMODE(path.stat().st_mode))


def _mark(source: Source) -> str:
    """Give the byte order mark that the reader took off."""
    return "" if digest_of_bytes(source.text.encode("utf-8")) == source.digest else _BYTE_ORDER_MARK
