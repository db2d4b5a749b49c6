"""Which cases this run calls: those of its shard, or with a tag."""

from __future__ import annotations

import re

import pytest

from pytest_goldenprompt.judge.shards import dealt, name_of
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.tested import key_of, tags_of

SHARD = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")
NARROWING = {"keyword": "-k", "deselect": "--deselect", "lf": "--lf"}
"""Options of pytest that choose fewer cases than there are; what markers and other plugins leave out, merging finds."""


def read_shard(text: str | None) -> tuple[int, int] | None:
    """Read I/N; anything else is a usage error."""
    if text is None:
        return None
    found = SHARD.fullmatch(text)
    number, of = map(int, found.groups()) if found else (1, 0)
    if number > of:
        raise pytest.UsageError(f"--golden-shard: I/N with I from 1 to N is accepted, found {text!r}; such as 1/3")
    return number, of


def refuse_look(config: pytest.Config, settings: Settings) -> None:
    """Refuse a shard of a look before anything is paid for, as its gaps could not be merged; nor is one handed over."""
    for option in ("--golden-shard", "--golden-merge", "--golden-changed"):
        if settings.batch and config.getoption(option):
            raise pytest.UsageError(f"--golden-batch and {option}: one of them is accepted")
    if settings.shard is None:
        return
    typed = [flag for name, flag in NARROWING.items() if config.getoption(name, default=None)]
    typed += ["--golden-tag"] if config.getoption("--golden-tag") else []
    typed += [word for word in config.args if "::" in word]
    if typed:
        name = name_of(settings.shard)
        raise pytest.UsageError(f"--golden-shard: {name} runs all of its cases, found {typed[0]}; leave it out")


class Choice:
    """Leaves out, of the golden cases that are there once everybody else has chosen, those that others run."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the cases that are wanted. Shards are dealt over all that were planned, chosen or not."""
        shard, tags = self._library.settings.shard, set(config.getoption("--golden-tag"))
        mine = None if shard is None else set(dealt(_keys(self._library), shard))
        golden = [(item, key) for item in items if (key := key_of(item)) is not None]
        left = [
            item
            for item, key in golden
            if (tags and not tags & tags_of(item)) or (mine is not None and key not in mine)
        ]
        if left:
            gone = set(left)
            items[:] = [item for item in items if item not in gone]
            config.hook.pytest_deselected(items=left)


def _keys(library: Library) -> list[tuple[str, str]]:
    return [(planned.facts.id, case.case.id) for planned in library.planned.values() for case in planned.cases]
