"""What a Python file runs of a team's own, told from its imports, and alike on any machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of, digest_of_bytes

_IMPORT = re.compile(r"^import[ \t]+([^\n#;]+)", re.MULTILINE)
_FROM = re.compile(r"^from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#;]*))", re.MULTILINE)
_NAME = re.compile(r"[\w.]+")
_COMMENT = re.compile(r"#[^\n]*")


def code_behind(files: Iterable[tuple[Path, str]], root: Path) -> str:
    """Name by its bytes the code under the root that files import, and what that imports in turn.

    A file comes with the package that it is in, from which its relative imports start; it is not a part itself. Only
    imports at the margin count, as what a function imports is loaded in one run and not in another.
    """
    found: dict[str, str] = {}
    waiting = list(files)
    while waiting:
        path, package = waiting.pop()
        for name in _names(path, package):
            module = sys.modules.get(name)
            file = _own_file(module, root)
            if file is not None and (told := file.relative_to(root).as_posix()) not in found:
                found[told] = digest_of_bytes(file.read_bytes())
                waiting.append((file, getattr(module, "__package__", None) or ""))
    return digest_of(sorted(found.items()), SHORT_DIGEST_LENGTH)


def _own_file(module: object, root: Path) -> Path | None:
    """Give a module's file where it is a team's own: under the root, and in no environment there."""
    named = getattr(module, "__dict__", {}).get("__file__")
    file = Path(str(named)) if named else None
    own = file is not None and file.is_relative_to(root) and "site-packages" not in file.parts and file.is_file()
    return file if own else None


def _names(path: Path, package: str) -> Iterator[str]:
    """Give the names of the modules that a file may import, with the packages that they are in."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for found in _IMPORT.finditer(text):
        for part in found[1].split(","):
            yield from _with_packages(part.split()[0] if part.split() else "")
    for found in _FROM.finditer(text):
        base = _absolute(found[1], package)
        yield from _with_packages(base)
        listed = _COMMENT.sub("", found[2] or found[3] or "")
        for part in listed.split(","):
            if name := _NAME.match(part.strip()):
                yield f"{base}.{name[0]}"


def _absolute(name: str, package: str) -> str:
    """Give the name that a relative import means."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = package.split(".")
    return ".".join(filter(None, [*parts[: len(parts) - level + 1], name.lstrip(".")]))


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
