"""The tests of a promptfoo configuration, wherever they lie, each with its defaults."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import Listing, UncarriedError
from pytest_goldenprompt.exchange.opening import is_code, loaded, named_files
from pytest_goldenprompt.exchange.promptfoo_csv import row_as_test
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Series, Table, plain, shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

TEST_KEYS = (
    "vars",
    "assert",
    "description",
    "threshold",
    "options",
    "metadata",
    "provider",
    "providers",
    "prompts",
    "providerOutput",
    "assertScoringFunction",
    "$ref",
)
_FILES = (".yaml", ".yml", ".json", ".jsonl", ".csv")
_REMOTE = ("http://", "https://", "huggingface://", "az://", "s3://", "gs://")
MOST_COMBINATIONS = 10_000
"""Cases that lists among one test's variables may make."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test as written, with the file that it stands in."""

    fields: Fields

    @property
    def where(self) -> str:
        """Name the file."""
        return self.fields.where

    @property
    def line(self) -> int:
        """Give the line that the test starts on."""
        return self.fields.line


def tests_of(config: Fields, files: References, listing: Listing) -> list[Test]:
    """Read `tests`: inline, or in the files that it names. None at all is refused: promptfoo would pass."""
    listed = config.table.get("tests")
    items = [(config.line_of("tests"), listed)] if isinstance(listed, str | Mapping) else config.items("tests")
    found = [test for line, item in items for test in _tests(item, config.where, line, files, listing)]
    if not found and not listing.left:
        raise config.wrong("tests", "a list of at least one test, or a file of them,")
    return found


def test_fields(table: Any, where: str, line: int) -> Fields:
    """Check a test's keys; a name that is near one of promptfoo's, or that says what is expected, is refused."""
    if not isinstance(table, Mapping):
        raise InputError(
            f"wrong test, found {shown(table)}; a map with vars and assert is accepted", where=where, line=line
        )
    fields = Fields(table, where, line, "the test")
    refuse_near(fields, TEST_KEYS, {"expected": "assert", "expect": "assert", "expected_output": "assert"})
    fields.map("vars"), fields.map("options"), fields.map("metadata"), fields.text("description")
    fields.number("threshold", 0, 1)
    return fields


def refuse_near(fields: Fields, known: tuple[str, ...], meant: Mapping[str, str] | None = None) -> None:
    """Refuse a key that is not known and was probably meant as one that is; others are told where they are met."""
    words = {**{key: key for key in known}, **(meant or {})}
    for key in fields.table:
        hint = "" if key in known else did_you_mean(key[:100], words)
        if hint:
            near = hint.split("`")[1]
            raise InputError(
                f"unknown key in {fields.noun}, found {shown(key)}; {', '.join(known)} are accepted, "
                f"did you mean `{words[near]}`?",
                where=fields.where,
                line=fields.line_of(key),
            )


def combinations(variables: Mapping[str, JSON], where: str, line: int) -> Iterator[dict[str, JSON]]:
    """Give a test's variables; a list of texts stands for one case each, as promptfoo takes it."""
    several = {name: value for name, value in variables.items() if _is_several(value)}
    count = 1
    for value in several.values():
        count *= len(value) if isinstance(value, list) else 1
    if count > MOST_COMBINATIONS:
        raise InputError(
            f"lists of variables that make {count:,} cases; at most {MOST_COMBINATIONS:,} are accepted",
            where=where,
            line=line,
        )
    for values in itertools.product(*(_listed(value) for value in several.values())):
        yield {**variables, **dict(zip(several, values, strict=True))}


def _is_several(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _listed(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list) else [value]


def _tests(item: Any, where: str, line: int, files: References, listing: Listing) -> Iterator[Test]:
    if isinstance(item, str):
        yield from _from_files(item, where, line, files, listing)
    elif isinstance(item, Mapping) and isinstance(item.get("path"), str):
        yield from _from_files(str(item["path"]), where, line, files, listing)
    else:
        yield Test(test_fields(item, where, line))


def _from_files(name: str, where: str, line: int, files: References, listing: Listing) -> Iterator[Test]:
    if name.startswith(_REMOTE) or is_code(name):
        why = "it is code, which is never run here" if is_code(name) else "it lies on another machine"
        listing.leave(where, line, f"the tests {shown(name)}", why)
        return
    try:
        sources = named_files(files, name, where, line)
    except UncarriedError as error:
        listing.leave(where, line, f"the tests {shown(name)}", str(error))
        return
    for source in sources:
        yield from _from_source(source)


def _from_source(source: Source) -> Iterator[Test]:
    tree = loaded(source, source.where, _FILES)
    if source.where.lower().endswith(".csv"):
        tables: Any = [row_as_test(row, source.where) for row in tree]
        lines = tree.lines
    else:
        tables = tree if isinstance(tree, Series) else [tree]
        lines = tree.lines if isinstance(tree, Series) else [1]
    if not tables:
        raise InputError("no tests, found an empty file; at least one is accepted", where=source.where, line=1)
    for table, line in zip(tables, lines, strict=True):
        yield Test(test_fields(table, source.where, line))


def merged(default: Fields | None, test: Test, key: str) -> dict[str, JSON]:
    """Give a map of a test over that of `defaultTest`."""
    below = plain(default.map(key) or {}) if default is not None else {}
    own = plain(test.fields.map(key) or Table())
    return {**below, **own}
