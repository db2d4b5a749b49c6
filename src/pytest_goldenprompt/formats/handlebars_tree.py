r"""Handlebars and Mustache templates as trees: the subset that prompts are written in, and no code.

Values (`{{name}}`, `{{a.b}}`, `{{../a}}`, `{{this}}`, `{{@index}}`), blocks (`#if`, `#unless`, `#each`, `#with`, and a
name of one's own as a section), `{{else}}`, partials, comments, `{{~ ~}}`, and `\{{` for two braces. A tag of a block
that stands alone on its line takes the line with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.handlebars_words import Path, Word, check_count, outside, words_of
from pytest_goldenprompt.formats.located import MAX_DEPTH

_TAG = re.compile(r"\{\{(~?)(!--.*?--~?|!.*?|\{.*?\}|[^{].*?)(~?)\}\}", re.DOTALL)
_AS = re.compile(r"\s+as\s*\|([^|]*)\|$")
_BLOCKS = {"if", "unless", "each", "with", "role", "ifEquals", "unlessEquals"}
_HELPERS = {"json", "role", "history", "media", "section"}


@dataclass(slots=True)
class Node:
    """A piece of a template: `kind` is text, value, block, partial or helper; `name` says which."""

    kind: str
    line: int
    name: str = ""
    words: tuple[Word, ...] = ()
    options: dict[str, Word] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """What a block calls its item and its key."""
    raw: bool = False
    """Whether nothing is escaped."""
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] = field(default_factory=list)


@lru_cache(maxsize=256)
def tree_of(text: str, first_line: int = 1) -> tuple[Node, ...]:
    """Read a template; an InputError names the line, counted from `first_line`."""
    return _Reader(text, first_line).read()


@dataclass(slots=True)
class _Open:
    """A block without its end: the list that is being filled, and the tag that will close it."""

    node: Node
    filled: list[Node]
    name: str
    line: int


class _Reader:
    """Builds the tree from the tags, from left to right."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.first_line = first_line
        self.root = Node("root", first_line)
        self._open = [_Open(self.root, self.root.body, "", first_line)]
        self._braces = 0

    def read(self) -> tuple[Node, ...]:
        position, trim = 0, False
        while (match := _TAG.search(self.text, position)) is not None:
            if match.start() > position and self.text[match.start() - 1] == "\\":
                self._add_text(self.text[position : match.start() - 1], position, trim, match[1] == "~")
                self._open[-1].filled.append(Node("text", self.line_at(match.start()), match[0]))
                position, trim = match.end(), False
                continue
            start, end = self._alone(match)
            self._add_text(self.text[position : max(start, position)], position, trim, match[1] == "~")
            self._take(match)
            position, trim = end, match[3] == "~"
        self._add_text(self.text[position:], position, trim, False)
        if len(self._open) > 1:
            block = self._open[-1]
            what = f"a block without an end, found {{{{#{block.name}}}}}; {{{{/{block.name}}}}} is accepted"
            raise InputError(what, line=block.line)
        return tuple(self.root.body)

    def line_at(self, position: int) -> int:
        return self.first_line + self.text.count("\n", 0, position)

    def _alone(self, match: re.Match[str]) -> tuple[int, int]:
        """Give the bounds of a tag's line where the tag stands alone on it, else of the tag."""
        start, end = match.span()
        if match[2].lstrip()[:1] not in set("#/^!>") and match[2].split()[:1] != ["else"]:
            return start, end
        before = self.text.rfind("\n", 0, start) + 1
        after = self.text.find("\n", end)
        after = len(self.text) if after < 0 else after + 1
        alone = not self.text[before:start].strip(" \t") and not self.text[end:after].strip()
        return (before, after) if alone else (start, end)

    def _add_text(self, text: str, position: int, trim_left: bool, trim_right: bool) -> None:  # noqa: FBT001 - two sides
        self._refuse_braces(text, position)
        text = text.lstrip() if trim_left else text
        text = text.rstrip() if trim_right else text
        if text:
            self._open[-1].filled.append(Node("text", self.line_at(position), text))

    def _refuse_braces(self, text: str, position: int) -> None:
        """Refuse `{{` without an end, and `}}` where no brace is open; data such as `{"a": {"b": 1}}` is text."""
        for match in re.finditer(r"\{\{|\}\}|[{}]", text):
            if match[0] == "{{" or (match[0] == "}}" and not self._braces):
                what = "braces that open no tag" if match[0] == "{{" else "braces that close no tag"
                raise InputError(
                    f"{what}, found {match[0]}; a tag such as {{{{name}}}} is accepted",
                    line=self.line_at(position + match.start()),
                    remedy="write \\{{ where two braces are text" if match[0] == "{{" else "take them out",
                )
            self._braces = max(0, self._braces + match[0].count("{") - match[0].count("}"))

    def _take(self, match: re.Match[str]) -> None:
        inside, line = match[2].strip(), self.line_at(match.start())
        sign = inside[:1]
        if sign == "!":
            return
        if sign == "#":
            self._begin(inside[1:].strip(), line)
        elif sign == "^" and inside != "^":
            self._begin(inside[1:].strip(), line, inverse=True)
        elif sign == "/":
            self._end(inside[1:].strip(), line)
        elif inside == "^" or inside.split()[:1] == ["else"]:
            self._otherwise(inside.removeprefix("else").removeprefix("^").strip(), line)
        else:
            self._open[-1].filled.append(self._inline(inside, line))

    def _inline(self, inside: str, line: int) -> Node:
        if inside[0] == ">":
            name, _, rest = inside[1:].strip().partition(" ")
            words, options = words_of(rest, line)
            if not name or words:
                raise outside(f"{{{{{inside}}}}}", line)
            return Node("partial", line, name.strip("\"'"), options=options)
        raw = inside[0] in "{&"
        inside = inside.strip("{}& ")
        head, _, rest = inside.partition(" ")
        if head in _HELPERS and (rest or head == "history"):
            words, options = words_of(rest, line)
            check_count(head, words, line)
            return Node("helper", line, head, words, options)
        words, options = words_of(inside, line)
        if len(words) != 1 or options or not isinstance(words[0], Path):
            raise outside(f"{{{{{inside}}}}}", line)
        return Node("value", line, inside, words, raw=raw)

    def _begin(self, inside: str, line: int, *, inverse: bool = False) -> None:
        if len(self._open) > MAX_DEPTH:
            raise InputError(f"blocks nested too deep; at most {MAX_DEPTH} levels are accepted", line=line)
        node = _block(inside, line)
        self._open[-1].filled.append(node)
        self._open.append(_Open(node, node.otherwise if inverse else node.body, node.name, line))

    def _otherwise(self, rest: str, line: int) -> None:
        block = self._open[-1]
        if block.node is self.root or block.filled is block.node.otherwise:
            raise InputError("{{else}} without a block; {{#if name}} before it is accepted", line=line)
        block.filled = block.node.otherwise
        if rest:
            # One end tag closes the whole chain of `else if`, by the first block's name.
            nested = _block(rest, line)
            block.filled.append(nested)
            self._open[-1] = _Open(nested, nested.body, block.name, block.line)

    def _end(self, name: str, line: int) -> None:
        block = self._open[-1]
        if block.node is self.root or block.name != name:
            what = "closes no block" if block.node is self.root else f"does not close {block.name} of line {block.line}"
            raise InputError(f"a tag that {what}, found {{{{/{name}}}}}; the open block's name is accepted", line=line)
        self._open.pop()


def _block(inside: str, line: int) -> Node:
    found = _AS.search(inside)
    name, _, rest = (inside[: found.start()] if found else inside).partition(" ")
    words, options = words_of(rest, line)
    if name not in _BLOCKS:
        if words or options:
            raise outside(f"{{{{#{inside}}}}}", line)
        words = words_of(name, line)[0]
    check_count(name, words, line)
    return Node("block", line, name, words, options, tuple(found[1].split()) if found else ())
