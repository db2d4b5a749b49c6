"""Strict schemas: one map of a file, read key by key, every complaint with its line and what is accepted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.located import line_of_item, line_of_key, plain, shown
from pytest_goldenprompt.model.dataset import EvaluatorSpec, TransformSpec
from pytest_goldenprompt.model.suggest import did_you_mean

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, separators of lines, overrides of the writing direction, and halves of characters."""


def is_name(text: str) -> bool:
    """Say whether a text can stand in ids, tags and names: not blank, and nothing in it that disturbs a terminal."""
    return bool(text) and not text.isspace() and _UNPRINTABLE.search(text) is None


@dataclass(frozen=True, slots=True)
class Fields:
    """A map under a schema. `noun` names it in messages ("the header", "the case"), `line` is where it starts."""

    table: Mapping[str, Any]
    where: str
    line: int
    noun: str

    def line_of(self, key: str) -> int:
        """Give the line of a key, or the map's own where it is not known."""
        return line_of_key(self.table, key, self.line)

    def wrong(self, key: str, accepted: str, remedy: str = "") -> InputError:
        """Build the error for a key whose value is not what is accepted."""
        what = f"wrong `{key}` in {self.noun}, found {shown(self.table.get(key))}; {accepted} is accepted"
        return InputError(what, where=self.where, line=self.line_of(key), remedy=remedy)

    def refuse_unknown(self, accepted: Collection[str]) -> None:
        """Refuse keys that the schema does not have, with the one that was probably meant."""
        for key in self.table:
            if key not in accepted:
                raise InputError(
                    f"unknown key in {self.noun}, found {shown(key)}; {', '.join(accepted)} are accepted"
                    + did_you_mean(key[:LONGEST_KEY], accepted),
                    where=self.where,
                    line=self.line_of(key),
                )

    def text(self, key: str) -> str | None:
        """Give a text, None where the key is absent or null."""
        value = self.table.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(key, "text", "put it into quotes" if isinstance(value, bool | int | float) else "")

    def name(self, key: str) -> str | None:
        """Give a text that is not blank and holds no control characters."""
        value = self.text(key)
        if value is not None and not is_name(value):
            raise self.wrong(key, "text on one line, not blank,")
        return value

    def choice(self, key: str, words: Collection[str]) -> str | None:
        """Give one of a set of words."""
        value = self.table.get(key)
        if value is not None and (not isinstance(value, str) or value not in words):
            raise self.wrong(key, f"one of {', '.join(words)}")
        return value

    def flag(self, key: str) -> bool:
        """Give a Boolean, false where the key is absent."""
        value = self.table.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value is True

    def number(self, key: str, low: float, high: float) -> float | None:
        """Give a number from `low` to `high`, both included."""
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(key, f"a number from {low:g} to {high:g}")
        return value

    def whole(self, key: str, low: int, high: int) -> int | None:
        """Give a whole number from `low` to `high`, both included."""
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key, f"a whole number from {low:,} to {high:,}")
        return value

    def items(self, key: str) -> Sequence[tuple[int, Any]]:
        """Give a list's items, each with its line; nothing where the key is absent."""
        value = self.table.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        line = self.line_of(key)
        return [(line_of_item(value, index, line), item) for index, item in enumerate(value)]

    def map(self, key: str) -> Mapping[str, Any] | None:
        """Give a map with its places, None where the key is absent."""
        value = self.table.get(key)
        if value is None or isinstance(value, Mapping):
            return value
        raise self.wrong(key, "a map")

    def tags(self, key: str = "tags") -> tuple[str, ...]:
        """Give a list of tags, each once."""
        tags: dict[str, None] = {}
        for line, item in self.items(key):
            if not isinstance(item, str) or not is_name(item):
                raise InputError(
                    f"wrong tag in {self.noun}, found {shown(item)}; text on one line, not blank, is accepted",
                    where=self.where,
                    line=line,
                    remedy="put it into quotes" if isinstance(item, bool | int | float) else "",
                )
            tags[item] = None
        return tuple(tags)

    def evaluators(self, key: str = "evaluators") -> tuple[EvaluatorSpec, ...]:
        """Give a list of evaluators: each a name, or a map of one name with its settings."""
        return tuple(self._evaluator(*named) for named in self._named(key, "evaluator"))

    def transforms(self, key: str = "transform") -> tuple[TransformSpec, ...]:
        """Give a list of transforms: each a name, or a map of one name with its settings."""
        return tuple(TransformSpec(name, plain(settings), line) for name, settings, line in self._named(key, key))

    def _evaluator(self, name: str, settings: Any, line: int) -> EvaluatorSpec:
        """Take `transform` out of the settings, which all evaluators may have."""
        if not isinstance(settings, Mapping) or "transform" not in settings:
            return EvaluatorSpec(name, plain(settings), line)
        transform = Fields(settings, self.where, line, f"`{name}`").transforms()
        own = {key: value for key, value in plain(settings).items() if key != "transform"}
        return EvaluatorSpec(name, own or None, line, transform)

    def _named(self, key: str, what: str) -> Iterator[tuple[str, Any, int]]:
        for line, item in self.items(key):
            name, settings = item, None
            if isinstance(item, Mapping) and len(item) == 1:
                [(name, settings)] = item.items()
            if not isinstance(name, str) or not is_name(name):
                raise InputError(
                    f"wrong {what} in {self.noun}, found {shown(item)}; a name, or a map of one name with its "
                    "settings, is accepted",
                    where=self.where,
                    line=line,
                )
            yield name, settings, line


LONGEST_KEY = 100
"""Characters of an unknown key that are compared with the known ones; the comparison's time grows with the square."""
