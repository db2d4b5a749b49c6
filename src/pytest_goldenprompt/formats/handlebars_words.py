"""The words inside a tag of Handlebars: names, texts, numbers, comparisons, and settings such as `indent=2`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import shown

_WORD = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<operator>[<>=!]=|[<>])"""
    r"""|(?P<key>[\w-]+)=(?!=)|(?P<path>@?(?:\.\./)*(?:\.\.|\.|[^\W\d][\w$-]*(?:[./][\w$-]+)*))"""
)
_COUNTS = {"if": {1, 3}, "unless": {1, 3}, "ifEquals": {2}, "unlessEquals": {2}, "history": {0}, "media": {0}}
_COMPARED = 3
_FIXED = {"true": True, "false": False, "null": None, "undefined": None}


@dataclass(frozen=True, slots=True)
class Path:
    """A name to look up, such as `a.b` or `../a`."""

    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison of the words on both sides."""

    text: str


Word: TypeAlias = Path | Operator | str | float | bool | None


def words_of(text: str, line: int) -> tuple[tuple[Word, ...], dict[str, Word]]:
    """Split the inside of a tag; the second value holds the settings."""
    words: list[Word] = []
    options: dict[str, Word] = {}
    key, position = "", 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _WORD.match(text, position)
        if match is None:
            raise outside(text, line)
        position = match.end()
        if match["key"]:
            key = match["key"]
        elif key:
            options[key], key = _word(match), ""
        else:
            words.append(_word(match))
    return tuple(words), options


def _word(match: re.Match[str]) -> Word:
    if match["text"] is not None:
        return match["text"][1:-1]
    if match["number"] is not None:
        return float(match["number"]) if "." in match["number"] else int(match["number"])
    if match["operator"] is not None:
        return Operator(match["operator"])
    return _FIXED[match[0]] if match[0] in _FIXED else Path(match[0])


def check_count(name: str, words: tuple[Word, ...], line: int) -> None:
    """Refuse a helper or block that has not as many words as it takes, or a comparison where none goes."""
    operators = [index for index, word in enumerate(words) if isinstance(word, Operator)]
    if len(words) not in _COUNTS.get(name, {1}) or operators != ([1] if len(words) == _COMPARED else []):
        raise outside(f"{name} with {len(words)} words", line)


def outside(found: str, line: int) -> InputError:
    """Build the complaint about what is Handlebars but not of the subset."""
    return InputError(
        f"a template that is not filled here, found {shown(found)}; names, `if`, `unless`, `each`, `with`, `json`, "
        "`role`, `history`, `ifEquals`, `unlessEquals`, partials and comments are accepted",
        line=line,
    )
