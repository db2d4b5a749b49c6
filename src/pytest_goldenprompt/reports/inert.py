"""Text that came from a model or a file, made harmless for a terminal, a log and a CI system's command parser."""

from __future__ import annotations

import re

# Controls but tab and line feed, lone surrogates, the characters that reorder or hide text, and what opens a command
# of a CI system anywhere in a line (`##[error]`, `##vso[...]`).
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|#(?=#[A-Za-z]*\\[)"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~@!])")
_COMMAND = re.compile(r"\s*::")


def inert(text: str, limit: int | None = None) -> str:
    """Escape what a terminal would obey or hide; cut after `limit` characters, saying how many are left out."""
    if limit is not None and len(text) > limit:
        return f"{inert(text[:limit])} [... {len(text) - limit} more characters]"
    return _UNSAFE.sub(lambda found: _escaped(found.group()), text)


def quoted(text: str, limit: int = 160) -> str:
    """Give a text on one line, cut after `limit` characters."""
    return inert(text, limit).replace("\n", "\\n").replace("\t", " ")


def one_line(text: str, limit: int | None = None) -> str:
    """Give a text as one line that may begin a line of the output, where `::` would open a command of GitHub's."""
    shown = inert(text, limit).replace("\n", "\\n").replace("\t", " ")
    return shown.replace(":", _escaped(":"), 1) if _COMMAND.match(shown) else shown


def in_markdown(text: str, limit: int | None = None) -> str:
    """Give a text as one line of Markdown in which nothing is a link, a mention, a tag or emphasis."""
    return _MARKDOWN.sub(r"\\\1", one_line(text, limit))


def prefixed(text: str, mark: str, limit: int = 2000) -> list[str]:
    """Give the lines of a text, each behind `mark`, so that none of them starts a line of the output."""
    return [f"{mark}{line}" for line in inert(text, limit).split("\n")]


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the last of the short form
