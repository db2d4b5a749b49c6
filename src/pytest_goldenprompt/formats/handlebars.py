"""Handlebars and Mustache templates, filled: no code runs, and what a template may do is counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.front_matter import bounds, unix
from pytest_goldenprompt.formats.handlebars_names import HISTORY, first_name, nodes_of
from pytest_goldenprompt.formats.handlebars_tree import Node, tree_of
from pytest_goldenprompt.formats.handlebars_values import MISSING, Frame, compared, is_false, looked_up, spoken
from pytest_goldenprompt.formats.handlebars_words import Operator, Path, Word
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.references import References, check_name
from pytest_goldenprompt.formats.roles import Marks, is_role
from pytest_goldenprompt.model.prompt import Template
from pytest_goldenprompt.model.values import JSON

MOST_STEPS = 1_000_000
LONGEST = 8 * 1024 * 1024
"""Pieces that filling one template may take, and characters that it may give."""

_MOST_INSIDE = 20
_MARKUP = {"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}


def parts_of(body: str, files: References, where: str, line: int) -> dict[str, str]:
    """Check a template, and read and check the partials that it names: `{{>rules}}` is `_rules.prompt` beside it."""
    parts: dict[str, str] = {}
    waiting = [(body, where, line)]
    while waiting:
        text, place, start = waiting.pop()
        for node in nodes_of(_checked(text, place, start)):
            if node.kind != "partial" or node.name in parts:
                continue
            folder, slash, name = check_name(node.name, place, node.line).rpartition("/")
            source = files.read(f"{folder}{slash}_{name}.prompt", place, node.line)
            lines = unix(source.text).split("\n")
            _, first = bounds(lines, source.where, comments=True)
            parts[node.name] = "\n".join(lines[first:])
            waiting.append((parts[node.name], source.where, first + 1))
    return parts


def _checked(text: str, where: str, line: int) -> tuple[Node, ...]:
    try:
        return tree_of(text, line)
    except InputError as error:
        raise error.at(where) from None


def fill(template: Template, values: Mapping[str, JSON], marks: Marks, where: str) -> str:
    """Fill a template. Refused, at its line: a name without a value, data where text is needed, too much work."""
    filling = _Filling(template, marks)
    body = marks.on_lines(template.body, template.roles)
    given = {**values, **{name: marks.thread(name) for name in template.threads if name != HISTORY}}
    try:
        filling.add(tree_of(body, template.line), Frame(given))
    except InputError as error:
        raise error.at(where, template.line) from None
    return "".join(filling.pieces)


class _Filling:
    """One template on its way to a text."""

    def __init__(self, template: Template, marks: Marks) -> None:
        self.template = template
        self.marks = marks
        self.pieces: list[str] = []
        self._steps = 0
        self._length = 0
        self._inside = 0

    def add(self, nodes: Sequence[Node], frame: Frame) -> None:
        """Fill nodes one after the other."""
        for node in nodes:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise InputError(f"the template takes more than {MOST_STEPS:,} steps", line=node.line)
            _FILLERS[node.kind](self, node, frame)

    def put(self, text: str, line: int) -> None:
        """Add a text."""
        self._length += len(text)
        if self._length > LONGEST:
            raise InputError(f"the template gives more than {LONGEST:,} characters", line=line)
        self.pieces.append(text)

    def text(self, node: Node, frame: Frame) -> None:  # noqa: ARG002 - the others' signature
        """Add a text as it is."""
        self.put(node.name, node.line)

    def value(self, node: Node, frame: Frame) -> None:
        """Add a value; what has no text of its own is refused."""
        text = spoken(self._found(node.words[0], frame, node), node)
        if self.template.language == "mustache" and not node.raw:
            text = re.sub(r'[&"<>]', lambda match: _MARKUP[match[0]], text)
        self.put(text, node.line)

    def helper(self, node: Node, frame: Frame) -> None:
        """Add what `json`, `role` and `history` give; `media` and `section` are no text."""
        if node.name == "json":
            value = self._found(node.words[0], frame, node)
            indent = node.options.get("indent")
            wide = indent if isinstance(indent, int) and 0 < indent <= 10 else None  # noqa: PLR2004 - as in JavaScript
            between = (",", ": " if wide else ":")
            self.put(json.dumps(value, ensure_ascii=False, indent=wide, separators=between), node.line)
        elif node.name == "role":
            self.put(self._role(node, frame), node.line)
        elif node.name == HISTORY:
            self.put(self.marks.thread(HISTORY), node.line)
        else:
            raise InputError(
                f"{{{{{node.name}}}}} is no text, which is what is sent; texts are accepted",
                line=node.line,
                remedy="ask through a `python:` provider, which takes inputs by name",
            )

    def _role(self, node: Node, frame: Frame) -> str:
        name = spoken(self._found(node.words[0], frame, node), node)
        if not is_role(name):
            what = f"no role, found {shown(name)}; system, user, assistant, model, developer and tool are accepted"
            raise InputError(what, line=node.line)
        return self.marks.role(name)

    def partial(self, node: Node, frame: Frame) -> None:
        """Add a partial, whose names mean what they mean here, and those that it is given."""
        self._inside += 1
        if self._inside > _MOST_INSIDE:
            raise InputError(f"partials nested too deep; at most {_MOST_INSIDE} levels are accepted", line=node.line)
        own = {name: self._found(word, frame, node) for name, word in node.options.items()}
        value = {**frame.value, **own} if own and isinstance(frame.value, Mapping) else frame.value
        try:
            self.add(tree_of(self.template.parts[node.name]), Frame(value, frame.around, frame.own))
        except InputError as error:
            if error.where:
                raise
            what = f"in the partial {node.name!a}, line {error.line}: {error.what}"
            raise InputError(what, line=node.line, remedy=error.remedy) from None
        self._inside -= 1

    def block(self, node: Node, frame: Frame) -> None:
        """Add a block, as often as it says."""
        if node.name in {"if", "unless", "ifEquals", "unlessEquals"}:
            self.add(node.body if self._holds(node, frame) else node.otherwise, frame)
        elif node.name == "role":
            self.put(self._role(node, frame), node.line)
            self.add(node.body, frame)
            self.put(self.marks.role("user"), node.line)
        else:
            self._section(node, frame)

    def _section(self, node: Node, frame: Frame) -> None:
        value = self._found(node.words[0], frame, node, absent=True)
        items = self._items(node, value)
        if not items:
            self.add(node.otherwise, frame)
        for index, (key, item) in enumerate(items):
            own = {"@index": index, "@key": key, "@first": index == 0, "@last": index == len(items) - 1}
            own.update(zip(node.names, (item, key), strict=False))
            same = node.name not in {"each", "with"} and item is True
            self.add(node.body, Frame(frame.value if same else item, frame, own))

    def _items(self, node: Node, value: Any) -> list[tuple[Any, Any]]:
        """Give what a block goes through: items of a list, entries of a map for `each`, or the value itself."""
        if isinstance(value, list) and node.name != "with":
            return list(enumerate(value))
        if node.name == "each":
            if is_false(value):
                return []
            if isinstance(value, Mapping):
                return list(value.items())
            what = f"`each` of what is no list, found {shown(value)}; a list or a map is accepted"
            raise InputError(what, line=node.line)
        return [] if is_false(value) else [("", value)]

    def _holds(self, node: Node, frame: Frame) -> bool:
        words = node.words
        if node.name in {"ifEquals", "unlessEquals"}:
            same = self._found(words[0], frame, node) == self._found(words[1], frame, node)
            return same is (node.name == "ifEquals")
        if isinstance(words[min(1, len(words) - 1)], Operator):
            left, sign, right = self._found(words[0], frame, node), words[1], self._found(words[2], frame, node)
            held = compared(left, str(getattr(sign, "text", "")), right, node.line)
        else:
            held = not is_false(self._found(words[0], frame, node, absent=True))
        return held is (node.name == "if")

    def _found(self, word: Word, frame: Frame, node: Node, *, absent: bool = False) -> Any:
        """Look a word up; `absent`: a part of a value, or an input that may be absent, may be missing."""
        if not isinstance(word, Path):
            return word
        value = looked_up(word.text, frame, fall_back=self.template.language == "mustache")
        if value is not MISSING:
            return value
        optional = first_name(word.text) in self.template.optional
        if optional or (absent and (frame.around is not None or re.search(r"[./]", word.text))):
            return None
        raise InputError(
            f"unknown name in the template, found {shown(word.text)}",
            line=node.line,
            remedy="add it to the case's inputs, or declare it as one that may be absent",
        )


_FILLERS: Mapping[str, Callable[[_Filling, Node, Frame], None]] = {
    "text": _Filling.text,
    "value": _Filling.value,
    "helper": _Filling.helper,
    "partial": _Filling.partial,
    "block": _Filling.block,
}
